"""The reports of an output folder as a reviewer meets them: a row each, the worst first.

A ledger says at once what is disputed; what only the results say (which identities fail, what was left out) is
gathered beside, for two thousand of them take a minute to read.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from recount.desk.cards import is_idle, to_decide
from recount.pipeline.archive.sources import file_of
from recount.pipeline.errors import UsageError
from recount.pipeline.output.folder import result_files, whole_result
from recount.pipeline.result import Result
from recount.pipeline.review.decisions import Decision, Place, decided_in, field_of, place_of, standing
from recount.pipeline.run.fates import Attempt
from recount.pipeline.run.ledger import LEDGER, Ledger

_HEAD = 8192
_WORD = r'("(?:[^"\\]|\\.)*"|null)'
_ABOUT = re.compile(
    rf'"file":\s*{_WORD}.*?"report":\s*{{\s*(?:"unit_name":\s*{_WORD},\s*)?(?:"fiscal_year":\s*(\d+|null))?'.encode(),
    re.DOTALL,
)
"""The beginning of a result file: of which report it is, whose, and of which year."""
_MONEY = "万元"


@dataclass(frozen=True, slots=True)
class Break:
    """An identity that fails in a report. id: of its check; off: by how much, money of it in 万元; page: of it."""

    id: str
    rule: str
    severity: str
    off: Decimal
    money: bool
    page: int | None


@dataclass(frozen=True, slots=True)
class Details:
    """What a result says. statuses: how many figures have each; to_decide: as of cards.to_decide, the fields and places
    of the figures, of what nobody decided; decided: how many decisions it was made with that settle something."""

    statuses: Mapping[str, int]
    breaks: tuple[Break, ...]
    left_out: int
    unread: int
    pages: int
    scanned: int
    to_decide: tuple[tuple[tuple[tuple[str, ...], Place], ...], ...]
    decided: int


@dataclass(frozen=True, slots=True)
class Row:
    """A report of the output folder, or a file that gave none.

    key: stands for its name in addresses. file: of the archive. details: None until its result was read. attempt: of
    its file, None where no ledger says. reason: why there is no result, "" where there is one. decided: how much of
    what is to be decided was, since the result was made.
    """

    key: str
    name: str
    file: str
    unit: str
    year: int | None
    path: Path | None
    attempt: Attempt | None = None
    details: Details | None = None
    reason: str = ""
    decided: int = 0

    @property
    def failed(self) -> bool:
        return self.path is None

    @property
    def statuses(self) -> Mapping[str, int] | None:
        """How many figures have each status; None while nobody knows."""
        if self.details is not None:
            return self.details.statuses
        return self.attempt.figures if self.attempt is not None and self.attempt.reports == 1 else None

    @property
    def disputed(self) -> int:
        return (self.statuses or {}).get("disputed", 0)

    @property
    def to_decide(self) -> int | None:
        """How much there is to decide, and was; None while nobody knows."""
        if self.details is not None:
            return len(self.details.to_decide) + self.details.decided
        return 0 if self.statuses is not None and not self.disputed else None

    @property
    def settled(self) -> int:
        """How much of it was decided."""
        return self.decided + (self.details.decided if self.details is not None else 0)

    @property
    def open(self) -> int:
        """How much of it is left; of what nobody has counted yet, how many figures are disputed."""
        return self.disputed if self.to_decide is None else self.to_decide - self.settled

    @property
    def left_out(self) -> int:
        return self.details.left_out if self.details is not None else 0

    @property
    def unread(self) -> int:
        if self.details is not None:
            return self.details.unread
        return len(self.attempt.unread) if self.attempt is not None else 0

    @property
    def errors(self) -> int:
        return self._failing("error")

    @property
    def minor(self) -> int:
        return self._failing("minor")

    def _failing(self, severity: str) -> int:
        if self.details is not None:
            return sum(broken.severity == severity for broken in self.details.breaks)
        if self.attempt is None or self.attempt.reports != 1:
            return 0
        return self.attempt.errors if severity == "error" else self.attempt.minor

    @property
    def same_as(self) -> str | None:
        return self.attempt.same_as if self.attempt is not None else None

    @property
    def state(self) -> str:
        """One word for it: the first that holds of STATES."""
        if self.failed:
            return "failed"
        if self.open:
            return "open"
        if self.left_out:
            return "left_out"
        if self.unread:
            return "unread"
        return "done" if self.settled else "clean"

    @property
    def badness(self) -> tuple[Any, ...]:
        """Sorts the worst first."""
        bad = (bool(self.open), self.disputed, self.left_out, self.unread, self.failed, self.errors)
        return (*(-int(number) for number in bad), self.file, self.name)


STATES = ("open", "disputed", "left_out", "unread", "failed", "done", "clean")
"""What the queue may be asked for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows are asked for. state: one of STATES; unit: a part of unit or file; year; rule: one that fails."""

    state: str = ""
    unit: str = ""
    year: str = ""
    rule: str = ""

    def fits(self, row: Row) -> bool:
        """Whether a row is one of them."""
        return (
            self._fits_state(row)
            and (not self.year or str(row.year) == self.year)
            and (not self.unit or self.unit.lower() in f"{row.unit} {row.name}".lower())
            and (not self.rule or any(broken.rule == self.rule for broken in _breaks(row)))
        )

    def _fits_state(self, row: Row) -> bool:
        if self.state in ("left_out", "unread"):
            return bool(getattr(row, self.state))
        if self.state == "disputed":
            return row.disputed > 0
        return not self.state or row.state == self.state


def _breaks(row: Row) -> tuple[Break, ...]:
    return row.details.breaks if row.details is not None else ()


def key_of(name: str) -> str:
    """What stands for the name of a report in an address: a name may hold anything."""
    return hashlib.blake2s(name.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def details_of(result: Result) -> Details:
    """What the queue says of a result."""
    reach = result.summary.coverage
    return Details(
        Counter(figure.status for figure in result.figures.values()),
        tuple(_breaks_of(result)),
        len(reach.rows_left_out) if reach is not None else 0,
        len(result.summary.unread_pages),
        result.source.pages,
        len(result.source.scanned_pages),
        tuple(
            tuple((field_of(own), place_of(result.figures[own])) for own in unit)
            for unit in to_decide(result)
            if not any(result.figures[own].reviewed for own in unit)
        ),
        sum(
            one.state == "applied" and not is_idle(result.figures.get(one.pointer), one.verdict)
            for one in result.summary.decisions or ()
        ),
    )


def _breaks_of(result: Result) -> Iterator[Break]:
    for check in result.failing:
        left = next((result.figures[own] for own in check.pointers if own in result.figures), None)
        money = left is not None and left.unit == _MONEY
        off = abs(Decimal(check.residual or 0))
        yield Break(check.id, check.rule, check.severity or "error", off, money, left.page if left else None)


@dataclass
class Shelf:
    """The rows of an output folder. Any thread may ask."""

    out: Path
    _rows: dict[str, Row] = field(default_factory=dict)
    _stamp: object = None
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def rows(self) -> list[Row]:
        """All rows, the worst first, as the folder is now."""
        with self._lock:
            self._refresh()
            decided = self._decided()
            return sorted(
                (replace(row, decided=decided.get(row.name, 0)) for row in self._rows.values()),
                key=lambda row: row.badness,
            )

    def row(self, key: str) -> Row | None:
        """The row that a key stands for."""
        with self._lock:
            self._refresh()
            return self._rows.get(key)

    def put(self, name: str, details: Details) -> None:
        """What was found out about a result."""
        with self._lock:
            row = self._rows.get(key_of(name))
            if row is not None:
                self._rows[row.key] = replace(row, details=details)

    def uncounted(self) -> list[Row]:
        """The rows whose results were not read yet: those of which nothing is known first."""
        with self._lock:
            self._refresh()
            rows = [row for row in self._rows.values() if row.path is not None and row.details is None]
            return sorted(rows, key=lambda row: (row.statuses is not None, row.badness))

    def count(self, stop: threading.Event) -> None:
        """Reads every result that was not read yet, until there is none or it is to stop."""
        for row in self.uncounted():
            if stop.is_set():
                return
            assert row.path is not None
            try:
                self.put(row.name, details_of(whole_result(row.path)))
            except UsageError as error:
                with self._lock:
                    self._rows[row.key] = replace(row, path=None, reason=str(error))

    def keep_counting(self, stop: threading.Event, pause: float = 3.0) -> None:
        """Counts, and looks every so many seconds whether a run wrote more, until it is to stop."""
        self.count(stop)
        while not stop.wait(pause):
            self.count(stop)

    def _decided(self) -> dict[str, int]:
        """How many of its disputed figures were decided, by report."""
        found = {}
        corrections = decided_in(self.out)
        for row in self._rows.values():
            counting = standing(corrections(row.file).decisions) if row.details is not None else ()
            if counting and row.details is not None:
                found[row.name] = sum(_is_decided(unit, counting) for unit in row.details.to_decide)
        return found

    def _refresh(self) -> None:
        """Looks at the folder again, if its ledger was written to since."""
        stamp = tuple(_stamp_of(self.out / f"{LEDGER}{suffix}") for suffix in ("", "-wal"))
        if stamp == self._stamp:
            return
        self._stamp = stamp
        attempts, failed = self._of_ledger()
        rows = [*self._results(attempts), *failed]
        kept = self._rows
        self._rows = {row.key: _with_details(row, kept.get(row.key)) for row in rows}

    def _of_ledger(self) -> tuple[dict[str, Attempt], list[Row]]:
        """The attempts by file, and rows for the files that gave no result."""
        path = self.out / LEDGER
        if not path.is_file():
            return {}, []
        with Ledger(path, only_read=True) as ledger:
            attempts = ledger.latest()
            others = [file for file in ledger.found(attempts) if file.left_out and file.fate != "skipped"]
        rows = [_failed(name, done.reason or "") for name, done in attempts.items() if done.status != "ok"]
        return attempts, rows + [_failed(file.file, file.reason) for file in others]

    def _results(self, attempts: Mapping[str, Attempt]) -> Iterator[Row]:
        for path in result_files(self.out) if any((self.out / "reports").rglob("*.json")) else ():
            name, unit, year = _about(path)
            if name is None:
                yield replace(_failed(path.name, "is no result file"))
                continue
            file = file_of(name)
            attempt = attempts.get(file) or attempts.get(name)
            own = name if attempt is not None and attempt.file == name else file
            yield Row(key_of(name), name, own, unit or "", year, path, attempt)


def _is_decided(unit: Iterable[tuple[tuple[str, ...], Place]], decisions: Sequence[Decision]) -> bool:
    """Whether something was decided about one of some figures."""
    return any(field_of(one.pointer) == own and one.place.meets(place) for own, place in unit for one in decisions)


def _failed(name: str, reason: str) -> Row:
    return Row(key_of(f"!{name}"), name, name, "", None, None, reason=reason)


def _with_details(row: Row, before: Row | None) -> Row:
    """A row with what was found out about its result, unless that was written anew since."""
    if before is None or before.details is None or before.attempt != row.attempt:
        return row
    return replace(row, details=before.details)


def _stamp_of(path: Path) -> tuple[int, int] | None:
    try:
        about = path.stat()
    except OSError:
        return None
    return about.st_mtime_ns, about.st_size


def _about(path: Path) -> tuple[str | None, str | None, int | None]:
    """The name of the report that a result file is of, its unit and its year, by the beginning of the file."""
    with suppress(OSError, ValueError):
        with path.open("rb") as file:
            found = _ABOUT.search(file.read(_HEAD))
        if found is not None:
            name, unit, year = (json.loads(word) if word else None for word in found.groups())
            return name, unit, year
    return None, None, None

"""An output folder as those see it who read it: its results, in order, with their families, copies and files.

Results in Python: `recount.open(OUT)` gives typed reports, and tables as polars frames.

import recount

out = recount.open("out")
for entry in out.reports():
    print(entry.name, entry.report.unit_name, entry.report.income_expenditure)
figures = out.figures(status=["verified", "repaired"])
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel, ValidationError

from recount.pipeline.archive.kinds import is_text
from recount.pipeline.archive.locations import Place
from recount.pipeline.archive.sources import Source, file_of, names_of, printable
from recount.pipeline.errors import UsageError
from recount.pipeline.output.frames import frame, joined
from recount.pipeline.output.layout import FILES, Table, named_in, tables_of
from recount.pipeline.output.rows import NO_BOX, OpenResult, Row, rows_of, statuses_named
from recount.pipeline.recognise import family_folders, family_of, family_of_result
from recount.pipeline.result import STATUSES, Check, FigureEntry, Result, read_result
from recount.pipeline.run.fates import Attempt
from recount.pipeline.run.ledger import LEDGER, Ledger
from recount.pipeline.run.store import believed, result_path
from recount.schemas.family import Family
from recount.schemas.registry import FAMILIES, family_of_contract

if TYPE_CHECKING:
    import polars

_BATCH = 50_000
"""So many rows are held as Python values before they become a frame."""
_HEAD = 4096
_TEXT = r'("(?:[^"\\]|\\.)*")'
_BEGINS = re.compile(
    rf'\s*{{\s*"contract":\s*{_TEXT},\s*"source":\s*{{\s*"file":\s*{_TEXT},\s*"sha256":\s*{_TEXT}'.encode()
)
"""How a result file begins."""


# --- the results of an output folder, one after the other, in the order of their names


def result_files(out: Path) -> list[Path]:
    """The result files of an output folder. Raises UsageError if it is none, or holds none."""
    folder = out / "reports"
    if not folder.is_dir():
        raise UsageError(f"{out} is no output folder of recount structure: it has no folder reports")
    files = sorted(folder.rglob("*.json"), key=lambda file: _order(file.relative_to(folder).as_posix()))
    if not files:
        raise UsageError(f"there is no result in {out}")
    return files


def _order(path: str) -> tuple[str, int]:
    """The place of a result among others: those of one file in its order, the tenth report behind the second."""
    name = path.removesuffix(".json")
    file = file_of(name)
    return f"{file}.json", int(name[len(file) + 1 :] or 0)


class _Head(NamedTuple):
    """What is known of a result before it is read whole. file: the name of its report."""

    contract: str
    file: str
    sha256: str


def _head_of(file: Path) -> _Head:
    """The beginning of a result file. Raises UsageError if it is none."""
    try:
        with file.open("rb") as opened:
            found = _BEGINS.match(opened.read(_HEAD))
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
    if found is not None:
        with suppress(ValueError):
            return _Head(*(json.loads(word) for word in found.groups()))
    result = read_result(file)
    return _Head(result.contract, result.source.file, result.source.sha256)


def whole_result(path: Path, sha256: str | None = None) -> Result:
    """A result whose values are of the kinds that a reader relies on.

    sha256: what its file was written with, None if nobody knows. Raises UsageError if it is none, or has another.
    """
    result = believed(path, sha256)
    wrong = _wrong_in(result)
    if wrong is not None:
        raise UsageError(f"{path} is no result file: {wrong}")
    return result


def _wrong_in(result: Result) -> str | None:
    """What is of another kind than it must be; None if all is well."""
    source = result.source
    if not all(isinstance(word, str) for word in (result.contract, source.file, source.sha256)):
        return "contract, file and sha256 must be text"
    if not isinstance(result.report, Mapping):
        return "report is no object"
    for pointer, figure in result.figures.items():
        is_number = isinstance(figure.value, Decimal | int) and isinstance(figure.page, int)
        is_placed = figure.bbox is None or (isinstance(figure.bbox, list) and len(figure.bbox) == len(NO_BOX))
        if not (is_number and is_placed and isinstance(figure.checks, list | tuple) and figure.status in STATUSES):
            return f"figure {pointer} has no number, page, box, checks or status where they should be"
    for check in result.checks:
        if not isinstance(check.pointers, list | tuple):
            return f"check {check.id} has no pointers"
    return None


@dataclass(frozen=True, slots=True)
class Entry:
    """A result file. same_as: the report that is made of the same content and comes first; None for that itself.

    sha256: what the file was written with, None if no ledger says.
    """

    path: Path
    same_as: str | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Kinds:
    """What the results of a folder are. contracts: of all of them; own: the folders of those families of the user's
    that are among theirs. Processes are told this, and load the families themselves."""

    contracts: tuple[str, ...]
    own: tuple[str, ...] = ()

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables that they are exported as."""
        return _tables(self, tuple(family.definition for family in _loaded(self.own)))

    def opened(self, entry: Entry, statuses: Collection[str] | None = None) -> OpenResult:
        """A result. Raises UsageError if the file is none."""
        result = whole_result(entry.path, entry.sha256)
        return OpenResult(result, self.model(result.contract), statuses, entry.same_as)

    def model(self, contract: str) -> type[BaseModel]:
        """The model of the reports of a contract. Raises UsageError for one that is not known."""
        model: type[BaseModel] = family_of_result(contract, _loaded(self.own)).report_of(Decimal)
        return model


@cache
def _tables(kinds: Kinds, _definitions: tuple[str, ...]) -> tuple[Table, ...]:
    return tables_of(*(family_of_result(contract, _loaded(kinds.own)) for contract in kinds.contracts))


def _loaded(own: tuple[str, ...]) -> tuple[Family, ...]:
    return tuple(map(family_of, own))


@dataclass(frozen=True, slots=True)
class Shelf:
    """All results of an output folder."""

    entries: tuple[Entry, ...]
    kinds: Kinds


def shelf_of(out: Path, family: str | None = None) -> Shelf:
    """The results of an output folder, and what they are.

    family: the folder of one of the user's, or of all; those that runs were told of are known from the ledger. Raises
    UsageError if there are no results, if a file is none, or for a contract of no family that is known.
    """
    files = result_files(out)
    heads = [_head_of(file) for file in files]
    with _ledger_of(out) as ledger:
        attempts = ledger.latest() if ledger else {}
        families = ledger.families() if ledger else []
        written = _written(out, ledger) if ledger else {}
    contracts = list(dict.fromkeys(head.contract for head in heads))
    ranks = {known.contract: rank for rank, known in enumerate(FAMILIES)}
    contracts.sort(key=lambda contract: (ranks.get(contract, len(ranks)), contract))
    copies = _copies(heads, attempts)
    pairs = zip(files, heads, strict=True)
    entries = tuple(Entry(file, copies.get(head.file), written.get(file)) for file, head in pairs)
    return Shelf(entries, Kinds(tuple(contracts), _own(out, contracts, family, families)))


@contextmanager
def _ledger_of(out: Path) -> Iterator[Ledger | None]:
    """The ledger of an output folder, copied into memory; None where it has none."""
    path = out / LEDGER
    if not path.is_file():
        yield None
        return
    with Ledger(path, only_read=True) as ledger:
        yield ledger


def written_in(out: Path) -> Mapping[Path, str]:
    """The hash that each result file of an output folder was written with, as far as its ledger knows."""
    with _ledger_of(out) as ledger:
        return _written(out, ledger) if ledger else {}


def _written(out: Path, ledger: Ledger) -> dict[Path, str]:
    done = ledger.results().values()
    return {result_path(out, name): sha256 for attempt in done for name, sha256 in attempt.written.items()}


def _own(out: Path, contracts: Sequence[str], named: str | None, remembered: Sequence[str]) -> tuple[str, ...]:
    """The folders of the user's families that results are of: as was named, and others as they are missing.

    A family is a program. One that lies in the output folder came with it, maybe from somebody else: it is taken only
    where it is named.
    """
    found = {} if named is None else {family_of(folder).contract: folder for folder in family_folders(named)}
    inside = out.resolve()
    for folder in (own for place in remembered for own in family_folders(place)):
        if all(contract in found or family_of_contract(contract) for contract in contracts):
            break
        if inside not in (resolved := Path(folder).resolve(), *resolved.parents):
            with suppress(UsageError):  # it is no longer there, or broken; who misses it is told its contract
                found.setdefault(family_of(folder).contract, folder)
    return tuple(folder for contract, folder in found.items() if contract in contracts)


def model_near(result: Path, contract: str, family: str | None = None) -> type[BaseModel]:
    """The model of a result by itself. family: as of `shelf_of`; others are known from the ledger above the file."""
    out = next((folder for folder in Path(os.path.abspath(result)).parents if (folder / LEDGER).is_file()), None)
    remembered: Sequence[str] = ()
    if out is not None and family_of_contract(contract) is None:
        with Ledger(out / LEDGER, only_read=True) as ledger:
            remembered = ledger.families()
    return Kinds((contract,), _own(out or result, [contract], family, remembered)).model(contract)


def _copies(heads: Sequence[_Head], attempts: Mapping[str, Attempt]) -> dict[str, str]:
    """By the name of a report, the one with the same content that stands for it: that which was structured, of several
    one that people decided about; or the first where no ledger tells."""
    alike: dict[tuple[str, str, str], list[str]] = {}
    for head in heads:
        number = head.file[len(file_of(head.file)) :]
        alike.setdefault((head.sha256, head.contract, number), []).append(head.file)
    copies: dict[str, str] = {}
    for names in alike.values():
        made = {name: attempts.get(file_of(name)) or attempts.get(name) for name in names}
        done = [name for name, attempt in made.items() if not _is_copy(attempt)]
        decided = [name for name in done if (attempt := made[name]) is not None and attempt.corrections]
        first = (*decided, *done, *names)[0]
        copies |= {name: first for name in names if name != first}
    return copies


def _is_copy(attempt: Attempt | None) -> bool:
    return attempt is not None and attempt.same_as is not None


# --- the files that the ledger knows


def file_rows(out: Path) -> list[Row]:
    """The rows of the table of files."""
    with _ledger_of(out) as ledger:
        if ledger is None:
            return []
        attempts, given = ledger.latest(), {source.name: source for source in ledger.given()}
        others = [file for file in ledger.found(attempts) if not file.report]
    rows = []
    for name in sorted({*attempts, *given}):
        attempt, source = attempts.get(name), given.get(name)
        size = (source.size or None) if source else None  # of what is attached nobody knows it before it is read
        where = (printable(str(source.place)), source.member) if source else (None, None)
        sha256, same_as = (attempt.sha256, attempt.same_as) if attempt else (None, None)
        rows.append(Row((name, *_fate(attempt), size, sha256, *where, same_as)))
    no_report = (None,) * 7
    return rows + [Row((file.file, file.fate, file.reason or None, *no_report)) for file in others]


def _fate(attempt: Attempt | None) -> tuple[str, str | None, int | None, int | None]:
    """What became of a file: a word, the reason, how many reports and pages it holds."""
    if attempt is None:
        return "not begun", None, None, None
    if attempt.status != "ok":
        return attempt.status, attempt.reason, None, None
    pages = None if attempt.left_out else attempt.pages
    return attempt.fate, attempt.reason, attempt.reports, pages


def sources_in(out: Path) -> dict[str, Source]:
    """Where the files of an output folder's results lay when they were last given to a run, by result; empty if no
    ledger says."""
    with _ledger_of(out) as ledger:
        if ledger is None:
            return {}
        done = ledger.results()
        return {
            result: source for source in ledger.given() if source.name in done for result in done[source.name].results
        }


def pdf_paths(out: Path) -> dict[str, Place]:
    """Of those the PDFs and pictures that lie in no archive."""
    return {
        result: source.place
        for result, source in sources_in(out).items()
        if source.member is None and not is_text(PurePosixPath(source.name))
    }


# --- results in Python


@dataclass(frozen=True)
class StructuredReport:
    """One result. name: the report's path below its archive; result: the whole file, numbers as Decimal or int.

    same_as: the report that was made of a file with the same content, None for that itself. kinds: the families that
    its own may be among; without them Recount's.
    """

    name: str
    result: Result
    same_as: str | None = None
    kinds: Kinds | None = None

    @cached_property
    def report(self) -> Any:
        """The report in its family's model (schemas/final_accounts/report.py), Decimals for figures."""
        kinds = self.kinds or Kinds((self.result.contract,))
        try:
            return kinds.model(self.result.contract).model_validate(self.result.report)
        except ValidationError as error:
            own = self.result.family
            if own is not None:
                raise UsageError(
                    f"{self.name} was made by another definition of the family {own.name} than the one at hand; "
                    "structure it again"
                ) from error
            raise UsageError(
                f"{self.name} was structured by another version of Recount; structure it again ({error.error_count()} "
                "places do not fit)"
            ) from error

    @property
    def figures(self) -> Mapping[str, FigureEntry]:
        """Every figure with its place on the page and its status, by JSON pointer."""
        return self.result.figures

    @property
    def discrepancies(self) -> list[Check]:
        """The checks that fail: where the report contradicts itself."""
        return self.result.failing


class Output:
    """The results in an output folder. Nothing is kept in memory; every call reads the files."""

    def __init__(self, path: Path, family: str | None = None) -> None:
        self.path = path
        self._shelf = shelf_of(path, family)
        self._entries = {entry.path: entry for entry in self._shelf.entries}

    def __len__(self) -> int:
        return len(self._shelf.entries)

    def __repr__(self) -> str:
        return f"<recount.open({str(self.path)!r}): {len(self)} reports>"

    @property
    def names(self) -> list[str]:
        """The names of the reports, in their order."""
        return [report.name for report in self.reports()]

    def __getitem__(self, name: str) -> StructuredReport:
        """The report of this name. Raises KeyError if there is none, or if the file of this name holds several."""
        entry = self._entries.get(result_path(self.path, name))
        if entry is None:
            first, second = names_of(name, 2)
            several = result_path(self.path, first).is_file()
            raise KeyError(f"{name} holds several reports: {first}, {second} …" if several else name)
        return self._report(entry)

    def reports(self) -> Iterator[StructuredReport]:
        """Every report, typed, in the order of the names."""
        return map(self._report, self._shelf.entries)

    def _report(self, entry: Entry) -> StructuredReport:
        result = whole_result(entry.path, entry.sha256)
        return StructuredReport(result.source.file, result, entry.same_as, self._shelf.kinds)

    def figures(self, status: str | Sequence[str] | None = None) -> polars.DataFrame:
        """All figures, one a row. status: only these, "verified,repaired" or a list."""
        return self.table("figures", status)

    def table(self, name: str, status: str | Sequence[str] | None = None) -> polars.DataFrame:
        """A table of all reports: one of `tables`. Raises UsageError if there is none of this name."""
        kinds, statuses = self._shelf.kinds, _statuses(status)
        table = named_in(kinds.tables, name)
        frames, rows = [], [row.values for row in file_rows(self.path)] if table is FILES else []
        for entry in self._shelf.entries:
            rows += [row.values for row in rows_of(kinds.opened(entry, statuses), table)]
            if len(rows) >= _BATCH:
                frames.append(frame(table, rows))
                rows = []
        return joined([*frames, frame(table, rows)])

    @property
    def tables(self) -> list[str]:
        """The names of the tables that there are."""
        return [table.name for table in self._shelf.kinds.tables]


def _statuses(status: str | Sequence[str] | None) -> Collection[str] | None:
    return statuses_named(status if status is None or isinstance(status, str) else ",".join(status))


def open(path: str | Path, family: str | Path | None = None) -> Output:
    """The results in an output folder of `recount structure`. Raises UsageError if it is none.

    family: the folder of one of your own that results are of, or of several, where it is no longer where runs found it.
    """
    return Output(Path(path), None if family is None else str(family))

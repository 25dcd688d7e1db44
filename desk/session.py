"""A session at the desk: the output folder, the report that is open, the pages of its file, and what is decided."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import BaseModel

from recount.desk.cards import Figure, Findings, figures_of, findings_of
from recount.desk.pages import Book, kind_of_file, opened
from recount.desk.recounting import Again, NotRecounted, Recounter
from recount.desk.shelf import Row, Shelf, details_of
from recount.desk.sources import Whereabouts
from recount.eval.goldset.promote import promote as promoted
from recount.pipeline.errors import DocumentError, RecountError, UsageError
from recount.pipeline.output.folder import model_near, whole_result
from recount.pipeline.result import Result, write_result
from recount.pipeline.review.decisions import (
    Corrections,
    Decision,
    Verdict,
    append,
    decision_on,
    read,
    standing,
    withdrawal,
)
from recount.pipeline.run.runner import READINGS
from recount.pipeline.run.status import last_of

_BOOKS = 4
"""So many files are held open."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A report as it stands: its result, as of the folder or recounted with what was decided since.

    decisions: those that stand. waiting: whether there is to be a recount still; trouble: why there is none.
    """

    row: Row
    result: Result
    figures: Mapping[str, Figure]
    findings: Findings
    model: type[BaseModel]
    decisions: tuple[Decision, ...] = ()
    waiting: bool = False
    trouble: str = ""


@dataclass(frozen=True)
class Asked:
    """How the desk was asked to work. sources: the folder that the archive lies in now, None where runs found it. by:
    who decides. gold: the folder of a gold set that reviewed results may join."""

    out: Path
    sources: Path | None = None
    by: str = ""
    read_only: bool = False
    gold: Path | None = None
    family: str | None = None


_Asked = tuple[str, str, type[BaseModel]]
"""The name of a report, the hash of its decisions, the model of its family."""


@dataclass
class Session:
    """What the pages of the desk show, and what they may do. Any thread may ask."""

    asked: Asked
    shelf: Shelf
    _recounter: Recounter = field(default_factory=Recounter)
    _recounted: dict[_Asked, Result | NotRecounted] = field(default_factory=dict)
    _books: OrderedDict[str, tuple[Book, ExitStack]] = field(default_factory=OrderedDict)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _counting: threading.Lock = field(default_factory=threading.Lock)
    _read: tuple[object, Result] | None = None
    _seen: Opened | None = None

    @cached_property
    def whereabouts(self) -> Whereabouts:
        """Where the files of the results are."""
        return Whereabouts(self.asked.out, self.asked.sources)

    def row(self, key: str) -> Row:
        """The report that a key stands for. Raises KeyError if there is none."""
        row = self.shelf.row(key)
        if row is None or row.path is None:
            raise KeyError(key)
        return row

    def open(self, key: str, *, wait: bool = False) -> Opened:
        """A report as it stands; wait: after the recount, if there is to be one.

        Raises KeyError if there is none, UsageError if its result cannot be read.
        """
        row = self.row(key)
        kept = self._result(row)
        corrections = read(self.asked.out, row.file)
        done = row.attempt.corrections if row.attempt is not None else ""
        if corrections.sha256 == done:
            return self._opened(row, kept, corrections)
        if wait:
            self._recount(row, kept, corrections)
        found = self._recounted.get(self._asked_of(row, kept, corrections))
        if isinstance(found, Result):
            return self._opened(row, found, corrections)
        return self._opened(row, kept, corrections, waiting=found is None, trouble=found.reason if found else "")

    def _opened(
        self, row: Row, result: Result, corrections: Corrections, *, waiting: bool = False, trouble: str = ""
    ) -> Opened:
        seen, model = self._seen, self._model(row, result)
        if seen is None or seen.result is not result or seen.model is not model:
            figures = figures_of(result, model)
            self._seen = seen = Opened(row, result, figures, findings_of(result, model, figures), model)
            self.shelf.put(row.name, details_of(result))
        counting = standing(corrections.decisions)
        return replace(seen, row=row, decisions=counting, waiting=waiting, trouble=trouble)

    def _model(self, row: Row, result: Result) -> type[BaseModel]:
        """The model of its family, as that stands now."""
        assert row.path is not None
        return model_near(row.path, result.contract, self.asked.family)

    def _asked_of(self, row: Row, kept: Result, corrections: Corrections) -> _Asked:
        """What a recount depends on."""
        return row.name, corrections.sha256, self._model(row, kept)

    def _result(self, row: Row) -> Result:
        """The result in the folder. It is read again when it was written again."""
        assert row.path is not None
        with self._lock:
            written = (row.path, row.path.stat().st_mtime_ns) if row.path.is_file() else None
            if self._read is None or self._read[0] != written:
                self._read = written, whole_result(row.path)
            return self._read[1]

    def _recount(self, row: Row, kept: Result, corrections: Corrections) -> None:
        key = self._asked_of(row, kept, corrections)
        with self._counting:
            # Who decided something more meanwhile has asked for a recount with that.
            if key in self._recounted or read(self.asked.out, row.file).sha256 != corrections.sha256:
                return
            try:
                self._recounted[key] = self._recounter.recount(self._job(row, kept, corrections))
            except RecountError as error:
                self._recounted[key] = NotRecounted(str(error))

    def forget_failure(self, key: str) -> None:
        """The recount that there is none of is tried again when it is next waited for. Raises KeyError as open does."""
        row = self.row(key)
        asked = self._asked_of(row, self._result(row), read(self.asked.out, row.file))
        if isinstance(self._recounted.get(asked), NotRecounted):
            self._recounted.pop(asked, None)
            self.__dict__.pop("whereabouts", None)  # the archive may be back

    def _job(self, row: Row, kept: Result, corrections: Corrections) -> Again:
        last = last_of(self.asked.out)
        if last.settings.asked is not None:
            raise UsageError("a model took part in it: the next run applies the decision")
        source = self.whereabouts.of(kept)
        return Again(source, row.name, kept.source.sha256, corrections, last.settings, self.asked.out / READINGS)

    # --- the file of a report

    def book(self, key: str) -> Book:
        """The pages of a report's file. Raises RecountError if it cannot be opened, KeyError as open does."""
        row = self.row(key)
        with self._lock:
            if row.file not in self._books:
                self._books[row.file] = self._bound(row)
                while len(self._books) > _BOOKS:
                    _, (_, stack) = self._books.popitem(last=False)
                    stack.close()
            self._books.move_to_end(row.file)
            return self._books[row.file][0]

    def file(self, key: str) -> tuple[Row, bytes, str]:
        """The file of a report, and as what a browser may show it. Raises as book does."""
        book = self.book(key)
        if book.file.is_dir():
            raise DocumentError("it is a folder of pictures of pages")
        content = "\n".join(book.lines).encode() if book.lines else book.file.read_bytes()
        return self.row(key), content, kind_of_file(book)

    def _bound(self, row: Row) -> tuple[Book, ExitStack]:
        result = self._result(row)
        stack = ExitStack()
        return stack.enter_context(opened(self.whereabouts.of(result), result.source.sha256)), stack

    # --- what is decided

    def decide(self, key: str, pointer: str, verdict: Verdict, **given: Any) -> Decision:
        """Keeps a decision about a figure. given: as of decision_on.

        Raises UsageError for one that no run would apply, or where it cannot be kept; KeyError as open does.
        """
        self._check_writable()
        opened_now = self.open(key)
        made = decision_on(opened_now.result, pointer, verdict, self.asked.by, **given)
        append(self.asked.out, opened_now.row.file, made)
        return made

    def undo(self, key: str, which: str = "") -> Decision:
        """Takes a decision back: of this id, or the last one about this report of its file.

        Raises UsageError if there is none, and as decide.
        """
        self._check_writable()
        row = self.row(key)
        pages = self._result(row).source.report_pages
        counting = standing(read(self.asked.out, row.file).decisions)
        here = [one for one in counting if pages is None or one.place.page in pages]
        found = [one for one in (counting if which else here) if which in ("", one.id)]
        if not found:
            raise UsageError("there is nothing to take back")
        append(self.asked.out, row.file, withdrawal(found[-1], self.asked.by))
        return found[-1]

    def promote(self, key: str) -> Path:
        """Makes a case of gold of a report as it was reviewed. Raises UsageError if it cannot be one, or none is
        asked for."""
        self._check_writable()
        if self.asked.gold is None:
            raise UsageError("no folder for gold was given: --gold DIR")
        now = self.open(key, wait=True)
        with TemporaryDirectory(prefix="recount-") as folder:
            result = Path(folder, "result.json")
            write_result(result, now.result)
            return promoted(result, self.asked.gold, self.book(key).file)

    def _check_writable(self) -> None:
        if self.asked.read_only:
            raise UsageError("the desk was opened with --read-only")

    def close(self) -> None:
        """Ends the process beside, and closes all files."""
        self._recounter.stop()
        with self._lock, suppress(OSError):
            for _, stack in self._books.values():
                stack.close()
            self._books.clear()

"""Results in Python: `recount.open(OUT)` gives typed reports, and tables as polars frames.

import recount

out = recount.open("out")
for entry in out.reports():
    print(entry.name, entry.report.unit_name, entry.report.income_expenditure)
figures = out.figures(status=["verified", "repaired"])
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from recount.pipeline.archive.sources import names_of
from recount.pipeline.errors import UsageError
from recount.pipeline.output.frames import frame, joined
from recount.pipeline.output.layout import table_named, tables_of
from recount.pipeline.output.rows import readings, result_files, rows_of, statuses_named
from recount.pipeline.result import Check, FigureEntry, Result, read_result
from recount.pipeline.run.store import report_model, result_path
from recount.schemas.registry import FAMILIES

if TYPE_CHECKING:
    import polars

_BATCH = 50_000
"""So many rows are held as Python values before they become a frame."""


@dataclass(frozen=True)
class StructuredReport:
    """One result. name: the report's path below its archive; result: the whole file, numbers as Decimal or int."""

    name: str
    result: Result

    @cached_property
    def report(self) -> Any:
        """The report in its family's model (schemas/final_accounts/report.py), Decimals for figures."""
        try:
            return report_model(self.result.contract).model_validate(self.result.report)
        except ValidationError as error:
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

    def __init__(self, path: Path) -> None:
        self.path = path
        self._files = result_files(path)

    def __len__(self) -> int:
        return len(self._files)

    def __repr__(self) -> str:
        return f"<recount.open({str(self.path)!r}): {len(self)} reports>"

    @property
    def names(self) -> list[str]:
        """The names of the reports, in their order."""
        return [report.name for report in self.reports()]

    def __getitem__(self, name: str) -> StructuredReport:
        """The report of this name. Raises KeyError if there is none, or if the file of this name holds several."""
        file = result_path(self.path, name)
        if not file.is_file():
            first, second = names_of(name, 2)
            several = result_path(self.path, first).is_file()
            raise KeyError(f"{name} holds several reports: {first}, {second} …" if several else name)
        return StructuredReport(name, read_result(file))

    def reports(self) -> Iterator[StructuredReport]:
        """Every report, typed, in the order of the names."""
        for file in self._files:
            result = read_result(file)
            yield StructuredReport(result.source.file, result)

    def figures(self, status: str | Sequence[str] | None = None) -> polars.DataFrame:
        """All figures, one a row. status: only these, "verified,repaired" or a list."""
        return self.table("figures", status)

    def table(self, name: str, status: str | Sequence[str] | None = None) -> polars.DataFrame:
        """A table of all reports: one of `tables`. Raises UsageError if there is none of this name."""
        table = table_named(report_model(FAMILIES[0].contract), name)
        frames, rows = [], []
        for reading in readings(self.path, _statuses(status)):
            rows += [row.values for row in rows_of(reading, table)]
            if len(rows) >= _BATCH:
                frames.append(frame(table, rows))
                rows = []
        return joined([*frames, frame(table, rows)])

    @property
    def tables(self) -> list[str]:
        """The names of the tables that there are."""
        return [table.name for table in tables_of(report_model(FAMILIES[0].contract))]


def _statuses(status: str | Sequence[str] | None) -> Collection[str] | None:
    return statuses_named(status if status is None or isinstance(status, str) else ",".join(status))


def open(path: str | Path) -> Output:
    """The results in an output folder of `recount structure`. Raises UsageError if it is none."""
    return Output(Path(path))

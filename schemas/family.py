"""What the pipeline needs to know of a report family; adding one touches schemas/ and prompts/ only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from recount.schemas.figures import Model
from recount.schemas.outline import Heading


@dataclass(frozen=True, slots=True)
class Family:
    """A report family.

    contract: the name of its result contract. report: its model, generic in the figure type. outline: its headings.
    row_labels: words that make a table row of their own, also right after a page end. table_starts: regular
    expression for the folded words of a row that begins a new table.
    """

    contract: str
    report: type[Model]
    outline: tuple[Heading, ...]
    row_labels: frozenset[str]
    table_starts: str

    def report_of(self, figure: Any) -> Any:
        """The report model for a figure type: report_of(Ref), report_of(Decimal) …"""
        return self.report[figure]  # type: ignore[index]

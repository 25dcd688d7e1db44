"""What goes into the generator and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from recount.eval.generator.forms.regional import Region
from recount.eval.generator.typeset.compose import Manuscript


class Form(Enum):
    """The forms of forms.md."""

    X2021 = "x2021"
    X2022 = "x2022"
    X2023 = "x2023"
    S2024 = "s2024"
    N = "n"

    @property
    def year(self) -> int:
        """The fiscal year of a report of this form."""
        return {"x2021": 2021, "x2022": 2022, "x2023": 2023, "s2024": 2024, "n": 2022}[self.value]


@dataclass(frozen=True)
class Options:
    """Wishes for a report; what is None is left to the seed.

    slips 0 (clean) to 1 (many); plant: how many discrepancies; projects: how many performance tables;
    level: printed shares add to exactly 100.00; size: small, medium, large, huge; style: a name of typeset.style;
    yuan: money printed in 元 (forms S and N only; the gold is in 万元 all the same);
    year: the fiscal year (forms S and N only); trade: a key of accounts.classification.TRADES;
    statements: the keys of those of the nine that it carries (forms S and N, and regions); sections: the keys of all
    that it says beside them and the title (see excerpt).
    """

    slips: float = 0.0
    plant: int = 0
    projects: int | None = None
    level: bool | None = None
    funds: bool | None = None
    capital: bool | None = None
    summary: bool | None = None
    overall: bool | None = None
    classified: bool | None = None
    cover: bool | None = None
    size: str | None = None
    style: str | None = None
    yuan: bool | None = None
    year: int | None = None
    unit: str | None = None
    trade: str | None = None
    statements: tuple[str, ...] | None = None
    sections: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Discrepancy:
    """A printed figure that was changed so that it breaks a rule."""

    pointer: str
    rule: str
    printed: Any
    consistent: Any


@dataclass(frozen=True)
class Case:
    """A generated report: the gold, what it is like, what was planted, its PDF, and how each figure was printed.

    twins: the figures that are printed once and fill two keys, by their pointers.
    manuscript: what the PDF was set from, so that it can be set or written otherwise.
    """

    name: str
    form: Form | Region
    gold: dict[str, Any]
    tags: dict[str, Any]
    discrepancies: tuple[Discrepancy, ...]
    figures: tuple[tuple[str, str], ...]
    pdf: bytes
    manuscript: Manuscript
    twins: tuple[tuple[str, str], ...] = ()

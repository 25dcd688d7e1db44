"""One report's closing against the next year's opening, in an output folder that holds both.

A unit's carry-over at the end of a year is its carry-over at the beginning of the next. No single report shows where
the two differ; an archive does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from recount.pipeline.result import Result, read_result

LINKS = (
    ("年末结转和结余", "/income_expenditure/closing_carryover", "/income_expenditure/opening_carryover"),
    ("年末财政拨款结转和结余", "/fiscal_appropriation/closing_carryover", "/fiscal_appropriation/opening_carryover"),
    ("政府性基金年末结转和结余", "/government_funds/closing_carryover", "/government_funds/opening_carryover"),
    ("国有资本经营年末结转和结余", "/state_capital/closing_carryover", "/state_capital/opening_carryover"),
    (
        "收入支出决算总表·年末结转和结余",
        "/statements/income_expenditure/closing_carryover",
        "/statements/income_expenditure/opening_carryover",
    ),
    (
        "财政拨款收入支出决算总表·年末财政拨款结转和结余",
        "/statements/fiscal_appropriation/closing_carryover/total",
        "/statements/fiscal_appropriation/opening_carryover",
    ),
)
"""What is carried over: its title, its pointer in the earlier report, and in the later one."""

CHANGES = (
    ("收入总计", "/income_expenditure/income_total", "/income_expenditure/income_change/amount"),
    ("支出总计", "/income_expenditure/expenditure_total", "/income_expenditure/expenditure_change/amount"),
    ("财政拨款收入总计", "/fiscal_appropriation/income_total", "/fiscal_appropriation/income_change/amount"),
    ("财政拨款支出总计", "/fiscal_appropriation/expenditure_total", "/fiscal_appropriation/expenditure_change/amount"),
    ("一般公共预算财政拨款支出", "/general_public_budget/total", "/general_public_budget/change/amount"),
    ("“三公”经费支出", "/three_public/total", "/three_public/change/amount"),
)
"""What is compared with the year before: the later year's figure less its change is the earlier year's figure."""

_FULL_WIDTH = str.maketrans("（）", "()")


@dataclass(frozen=True, slots=True)
class Side:
    """A figure of one of the two reports: where it stands and what it says."""

    file: str
    pointer: str
    page: int
    value: Decimal

    def __str__(self) -> str:
        return f"{self.value} ({self.file}, page {self.page}, {self.pointer})"


@dataclass(frozen=True, slots=True)
class Finding:
    """Two years that contradict each other. says: what the later report says of the earlier year."""

    unit: str
    years: tuple[int, int]
    title: str
    closing: Side
    says: tuple[Side, ...]
    difference: Decimal
    tolerance: Decimal

    def __str__(self) -> str:
        earlier, later = self.years
        said = " less its change ".join(map(str, self.says))
        return (
            f"{self.unit}: {self.title} of {earlier} is {self.closing}, but the report of {later} says {said}: "
            f"difference {self.difference:f}, rounding explains up to {self.tolerance:f}"
        )


@dataclass(frozen=True, slots=True)
class Chain:
    """What was compared in a folder: pairs of years of one unit, comparisons made, and contradictions found."""

    pairs: int
    compared: int
    findings: tuple[Finding, ...]


def chain(out: Path) -> Chain:
    """Every report below an output folder against that of the same unit for the next year."""
    folder = out / "reports" if (out / "reports").is_dir() else out
    years: dict[str, dict[int, list[Result]]] = defaultdict(lambda: defaultdict(list))
    for path in sorted(folder.rglob("*.json")):
        result = read_result(path)
        unit, year = result.report.get("unit_name"), result.report.get("fiscal_year")
        if unit and year is not None:
            years[_same_unit(unit)][int(year)].append(result)
    pairs = compared = 0
    findings: list[Finding] = []
    for reports in years.values():
        for year in sorted(reports):
            # Two reports of one unit and year (a correction, an annex) say nothing certain of which one counts.
            if len(reports[year]) == 1 and len(reports.get(year + 1, ())) == 1:
                found = list(_between(reports[year][0], reports[year + 1][0]))
                pairs += 1
                compared += len(found)
                findings += [each for each in found if abs(each.difference) > each.tolerance]
    return Chain(pairs, compared, tuple(findings))


def _same_unit(name: str) -> str:
    """A unit's name without what differs from year to year: spaces, and the width of brackets."""
    return re.sub(r"\s", "", name).translate(_FULL_WIDTH)


def _between(earlier: Result, later: Result) -> Iterator[Finding]:
    """Every comparison of two years."""
    years = int(earlier.report["fiscal_year"]), int(later.report["fiscal_year"])
    unit = str(later.report["unit_name"])
    for title, closing, opening in LINKS:
        one, other = _side(earlier, closing), _side(later, opening)
        if one is not None and other is not None:
            tolerance = _half(earlier, closing) + _half(later, opening)
            yield Finding(unit, years, title, one, (other,), one.value - other.value, tolerance)
    for title, total, change in CHANGES:
        one, now, by = _side(earlier, total), _side(later, total), _side(later, change)
        if one is not None and now is not None and by is not None:
            tolerance = _half(earlier, total) + _half(later, total) + _half(later, change)
            yield Finding(unit, years, title, one, (now, by), one.value - (now.value - by.value), tolerance)


def _side(result: Result, pointer: str) -> Side | None:
    figure = result.figures.get(pointer)
    if figure is None:
        return None
    return Side(result.source.file, pointer, figure.page, Decimal(figure.value))


def _half(result: Result, pointer: str) -> Decimal:
    """Half a unit in the last printed place; an amount printed in 元 is finer than its value in 万元 shows."""
    exponent = Decimal(result.figures[pointer].value).as_tuple().exponent
    return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0) / 2

"""One report's closing against the next year's opening, in an output folder that holds both.

A unit's carry-over at the end of a year is its carry-over at the beginning of the next. No single report shows where
the two differ; an archive does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path

from recount.pipeline.errors import UsageError
from recount.pipeline.language import _, told
from recount.pipeline.output.folder import result_files, whole_result, written_in
from recount.pipeline.result import Result
from recount.schemas.registry import family_of_contract

_FULL_WIDTH = str.maketrans("（）", "()")


@dataclass(frozen=True, slots=True)
class Side:
    """A figure of one of the two reports: where it stands and what it says."""

    file: str
    pointer: str
    where: str
    value: Decimal

    def __str__(self) -> str:
        return _("{value} ({file}, {where}, {pointer})", **{**asdict(self), "where": told(self.where)})


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
        return _(
            "{unit}: {title} of {earlier} is {closing}, but the report of {later} says {said}: "
            "difference {difference:f}, rounding explains up to {tolerance:f}",
            unit=self.unit,
            title=self.title,
            earlier=earlier,
            closing=self.closing,
            later=later,
            said=_(" less its change ").join(map(str, self.says)),
            difference=self.difference,
            tolerance=self.tolerance,
        )


@dataclass(frozen=True, slots=True)
class Chain:
    """What was compared in a folder: pairs of years of one unit, comparisons made, and contradictions found.

    broken: a line for each result that cannot be read, and is compared with none.
    """

    pairs: int
    compared: int
    findings: tuple[Finding, ...]
    broken: tuple[str, ...] = ()


def chain(out: Path) -> Chain:
    """Every report of an output folder against that of the same unit for the next year.

    Raises UsageError if it is no output folder, or holds no results.
    """
    years, broken = _by_year(out)
    pairs = compared = 0
    findings: list[Finding] = []
    for reports in years.values():
        for year in sorted(reports):
            # Two reports of one unit and year (a correction, an annex) say nothing certain of which one counts.
            if len(reports[year]) == 1 and len(reports.get(year + 1, ())) == 1:
                found = list(_between(reports[year][0], reports[year + 1][0]))
                pairs += 1
                compared += len(found)
                findings += [finding for finding in found if abs(finding.difference) > finding.tolerance]
    return Chain(pairs, compared, tuple(findings), tuple(broken))


def _by_year(out: Path) -> tuple[dict[str, dict[int, list[Result]]], list[str]]:
    """The results of a folder by unit and year, and a line for each that cannot be read."""
    years: dict[str, dict[int, list[Result]]] = defaultdict(lambda: defaultdict(list))
    broken: list[str] = []
    written = written_in(out)
    for path in result_files(out):
        try:
            result = whole_result(path, written.get(path))
        except UsageError as error:
            broken.append(str(error))
            continue
        unit, year = result.report.get("unit_name"), result.report.get("fiscal_year")
        if isinstance(unit, str) and unit and isinstance(year, Decimal | int):
            years[_same_unit(unit)][int(year)].append(result)
        elif year is not None and not isinstance(year, Decimal | int) and family_of_contract(result.contract):
            broken.append(f"{path} is no result file: its year is {year!r}")
    return years, broken


def _same_unit(name: str) -> str:
    """A unit's name without what differs from year to year: spaces, and the width of brackets."""
    return re.sub(r"\s", "", name).translate(_FULL_WIDTH)


def _between(earlier: Result, later: Result) -> Iterator[Finding]:
    """Every comparison of two years."""
    years = int(earlier.report["fiscal_year"]), int(later.report["fiscal_year"])
    unit = str(later.report["unit_name"])
    family = family_of_contract(later.contract)
    for link in family.links if family is not None else ():
        one, other = _side(earlier, link.earlier), _side(later, link.later)
        grown = _side(later, link.change) if link.change is not None else None
        if one is None or other is None or (link.change is not None and grown is None):
            continue
        says = (other,) if grown is None else (other, grown)
        before = other.value if grown is None else other.value - grown.value
        tolerance = _half(earlier, link.earlier) + sum(_half(later, side.pointer) for side in says)
        yield Finding(unit, years, link.title, one, says, one.value - before, tolerance)


def _side(result: Result, pointer: str) -> Side | None:
    figure = result.figures.get(pointer)
    if figure is None:
        return None
    return Side(result.source.file, pointer, figure.where, Decimal(figure.value))


def _half(result: Result, pointer: str) -> Decimal:
    """Half a unit in the last printed place; an amount printed in 元 is finer than its value in 万元 shows."""
    exponent = Decimal(result.figures[pointer].value).as_tuple().exponent
    return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0) / 2

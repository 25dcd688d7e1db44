"""One report's closing against the next year's opening, in an output folder that holds both.

A unit's carry-over at the end of a year is its carry-over at the beginning of the next, and the column of a statement
that one report has for itself stands beside the next one's own. No single report shows where the two differ; an archive
does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

from recount.pipeline.errors import UsageError
from recount.pipeline.language import _, told
from recount.pipeline.map.statements import spaceless
from recount.pipeline.output.folder import result_files, whole_result, written_in
from recount.pipeline.result import Result
from recount.schemas.declared import end_of
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
    """Two reports that contradict each other. years: of them; of a statement the period that both have a column of, and
    the latest of the later report. says: what the later report says of the earlier year."""

    unit: str
    years: tuple[int | str, int | str]
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
    """What was compared in a folder: pairs of reports of one unit, comparisons made, and contradictions found.

    broken: a line for each result that cannot be read, and is compared with none.
    """

    pairs: int
    compared: int
    findings: tuple[Finding, ...]
    broken: tuple[str, ...] = ()


def chain(out: Path) -> Chain:
    """Every report of an output folder against that of the same unit for the next year, and the statements of families
    of the user's against the next report that has a column of the same period.

    Raises UsageError if it is no output folder, or holds no results.
    """
    results, broken = _results(out)
    pairs = 0
    found: list[Finding] = []
    for reports in _by_year(results).values():
        for year in sorted(reports):
            # Two reports of one unit and year (a correction, an annex) say nothing certain of which one counts.
            if len(reports[year]) == 1 and len(reports.get(year + 1, ())) == 1:
                found += _between(reports[year][0], reports[year + 1][0])
                pairs += 1
    for unit, same in _with_statements(results).items():
        compared = list(_columns_between(unit[1] or unit[0], same))
        pairs += len({(finding.closing.file, side.file) for finding in compared for side in finding.says})
        found += compared
    contradicting = tuple(finding for finding in found if abs(finding.difference) > finding.tolerance)
    return Chain(pairs, len(found), contradicting, tuple(broken))


def _results(out: Path) -> tuple[list[Result], list[str]]:
    """The results of a folder, and a line for each that cannot be read."""
    results, broken = [], []
    written = written_in(out)
    for path in result_files(out):
        try:
            result = whole_result(path, written.get(path))
        except UsageError as error:
            broken.append(str(error))
            continue
        year = result.report.get("fiscal_year")
        if year is None or isinstance(year, Decimal | int) or family_of_contract(result.contract) is None:
            results.append(result)
        else:
            broken.append(f"{path} is no result file: its year is {year!r}")
    return results, broken


def _by_year(results: Iterable[Result]) -> dict[str, dict[int, list[Result]]]:
    """Results by unit and year."""
    years: dict[str, dict[int, list[Result]]] = defaultdict(lambda: defaultdict(list))
    for result in results:
        unit, year = result.report.get("unit_name"), _year_of(result)
        if isinstance(unit, str) and unit and year is not None and family_of_contract(result.contract):
            years[_same_unit(unit)][year].append(result)
    return years


def _year_of(result: Result) -> int | None:
    year = result.report.get("fiscal_year")
    return int(year) if isinstance(year, Decimal | int) else None


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


# --- statements: the columns of one period in two reports

_OF_A_COLUMN = ("period", "head", "lines")
_YEARS_BACK = {"current": 0, "previous": 1, "opening": 1}
"""Of a column that no date tells: how many years before its report's it is, or ends."""

Spot = tuple[str, str, str]
"""A statement, a period, and a line."""


def _with_statements(results: Iterable[Result]) -> dict[tuple[str, str], list[Result]]:
    """The results that have statements, by family and unit; a family that names no units is of one alone. A report in
    which no unit was found may be anybody's."""
    found: dict[tuple[str, str], list[Result]] = defaultdict(list)
    for result in results:
        unit = result.report.get("unit_name", "")
        if isinstance(unit, str) and any(_statements(result)):
            found[result.contract.partition("/")[0], _same_unit(unit)].append(result)
    return found


def _statements(result: Result) -> Iterator[tuple[str, int, Mapping[str, Any]]]:
    """The columns of the statements of a report: the key of the statement, their places, and what they hold."""
    for key, value in result.report.items():
        for at, column in enumerate(value if isinstance(value, list) else ()):
            if isinstance(column, Mapping) and all(own in column for own in _OF_A_COLUMN):
                yield key, at, column


def _columns_between(unit: str, results: Sequence[Result]) -> Iterator[Finding]:
    """Every figure of a period that a report prints against the same in the next report that prints it, too. Of two
    reports that end with one period nobody knows which counts."""
    printed = {id(result): _printed(result) for result in results}
    by_end: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        by_end[max((end_of(spot[1]) for spot in printed[id(result)]), default="")].append(result)
    ordered = [(end, by_end[end][0]) for end in sorted(by_end) if end and len(by_end[end]) == 1]
    met: dict[Spot, list[tuple[str, Result]]] = defaultdict(list)
    for end, result in ordered:
        for spot in printed[id(result)]:
            met[spot].append((end, result))
    for spot, reports in met.items():
        for (_end, earlier), (end, later) in pairwise(reports):
            (label, one), (_label, other) = printed[id(earlier)][spot], printed[id(later)][spot]
            if earlier.figures[one.pointer].unit == later.figures[other.pointer].unit:
                tolerance = _half(earlier, one.pointer) + _half(later, other.pointer)
                title = f"{spot[0]}: {label}"
                yield Finding(unit, (spot[1], end), title, one, (other,), one.value - other.value, tolerance)


def _printed(result: Result) -> dict[Spot, tuple[str, Side]]:
    """The figures of a report's statements, each with its line's key or label; without those a column has twice."""
    found: dict[Spot, list[tuple[str, Side]]] = defaultdict(list)
    for key, at, column in _statements(result):
        period = _dated(column["period"], _year_of(result))
        for label, pointer in _lines(column, f"/{key}/{at}"):
            side = _side(result, pointer)
            if period is not None and side is not None:
                found[key, period, spaceless(label)].append((label, side))
    return {spot: sides[0] for spot, sides in found.items() if len(sides) == 1}


def _dated(period: object, year: int | None) -> str | None:
    """A period as two reports may share it: the year before this one's, and its end, are one report's year itself."""
    if not isinstance(period, str):
        return None
    back = _YEARS_BACK.get(period)
    return period if back is None else None if year is None else str(year - back)


def _lines(column: Mapping[str, Any], pointer: str) -> Iterator[tuple[str, str]]:
    """The lines of a column, by their keys or (those that no key names) their labels, and where their figures are."""
    yield from ((key, f"{pointer}/{key}") for key in column if key not in _OF_A_COLUMN)
    for at, line in enumerate(column["lines"]):
        for key in ("amount", "other"):
            yield str(line.get("label") or ""), f"{pointer}/lines/{at}/{key}"

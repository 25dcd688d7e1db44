"""What is in doubt in a result, as a person goes through it: a card for each identity that fails, the worst first, and
what stands beside them (rejected, left out, not read, repaired, grounded)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import takewhile

from pydantic import BaseModel

from recount.pipeline.document import MONEY
from recount.pipeline.result import Check, FigureEntry, LeftOut, PageRemark, Rejected, Result
from recount.schemas.describe import JOINT, fields_of, steps_of, titles
from recount.schemas.saying import Saying

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_WORST = {"error": 0, "minor": 1}
_KEPT = "万元"
"""The unit that results tell amounts in."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a result at its place.

    titles: from the section down. entry: as in the result. clears: the rules of the identities that hold with it;
    fails: of those that do not.
    """

    pointer: str
    titles: tuple[str, ...]
    entry: FigureEntry
    clears: tuple[str, ...] = ()
    fails: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What it is called, from the section down."""
        return JOINT.join(self.titles)

    @property
    def name(self) -> str:
        """What it is called below its section."""
        return JOINT.join(self.titles[1:]) or self.title

    @property
    def section(self) -> str:
        """The key of its section."""
        return steps_of(self.pointer)[0]


@dataclass(frozen=True, slots=True)
class Card:
    """An identity that fails.

    title: what the names of all its figures begin with. equation: it with the printed numbers filled in, None where
    it is between words. printed: the left side; computed: what the right side comes to; residual: printed − computed;
    tolerance: what rounding allows; all in unit, which is the page's own (None: a count, or nobody says). severity:
    "error" or "minor". operands: its figures, the left side first. suspects: those that are most suspect, the first
    of them first; one at least where a figure of it is disputed. named: whether the result says that they are, and not
    only that they are disputed. follows: the id of the identity before it that fails by the fault of the same figure.
    """

    id: str
    rule: str
    title: str
    equation: str | None
    printed: Decimal | None
    computed: Decimal | None
    residual: Decimal | None
    tolerance: Decimal | None
    unit: str | None
    severity: str
    explanation: Saying | None
    operands: tuple[Figure, ...]
    suspects: tuple[Figure, ...]
    named: bool = False
    follows: str | None = None

    @property
    def suspect(self) -> Figure | None:
        """The prime suspect."""
        return self.suspects[0] if self.suspects else None

    @property
    def others(self) -> tuple[Figure, ...]:
        """Its figures besides the prime suspect."""
        return tuple(figure for figure in self.operands if figure is not self.suspect)

    @property
    def pages(self) -> tuple[int, ...]:
        """The pages that its figures stand on, that of the prime suspect first."""
        first = (self.suspect,) if self.suspect else ()
        return tuple(dict.fromkeys(figure.entry.page for figure in (*first, *self.operands)))


@dataclass(frozen=True, slots=True)
class Refused:
    """A proposal that the verifier refused. titles: of the field that it was made for."""

    titles: tuple[str, ...]
    proposal: Rejected


@dataclass(frozen=True, slots=True)
class Findings:
    """All that is in doubt in a result.

    cards: by failing identity, the worst first. disputed: figures that are, though no identity fails with them.
    repaired, grounded: figures, in the order of the report. rejected, left_out, remarks: of the result; unread: pages.
    """

    cards: tuple[Card, ...]
    disputed: tuple[Figure, ...]
    rejected: tuple[Refused, ...]
    left_out: tuple[LeftOut, ...]
    unread: tuple[int, ...]
    remarks: tuple[PageRemark, ...]
    repaired: tuple[Figure, ...]
    grounded: tuple[Figure, ...]


def to_decide(result: Result) -> list[tuple[str, ...]]:
    """What a person is to decide, in the order of the report: for each identity that fails the disputed figures of it,
    by pointer, and each disputed figure that no identity fails with. Who decides one of them has decided the whole."""
    disputed = {pointer for pointer, figure in result.figures.items() if figure.status == "disputed"}
    found = [tuple(own for own in check.pointers if own in disputed) for check in result.failing]
    carded = {pointer for own in found for pointer in own}
    return [own for own in found if own] + [(own,) for own in result.figures if own in disputed - carded]


def is_idle(figure: FigureEntry | None, verdict: str) -> bool:
    """Whether a decision settles nothing: it is that a figure is as printed which nobody doubts."""
    return verdict == "as_printed" and figure is not None and figure.status not in ("disputed", "reviewed")


def figures_of(result: Result, model: type[BaseModel]) -> dict[str, Figure]:
    """The figures of a result by pointer, in its order. model: of its report, which says what its places are called."""
    rules = {check.id: check for check in result.checks}
    return {
        pointer: Figure(
            pointer,
            tuple(titles(model, result.report, pointer)),
            entry,
            _rules(rules, entry.checks, "pass"),
            _rules(rules, entry.checks, "fail"),
        )
        for pointer, entry in result.figures.items()
    }


def _rules(checks: Mapping[str, Check], ids: Iterable[str], outcome: str) -> tuple[str, ...]:
    found = (checks[own].rule for own in ids if own in checks and checks[own].result == outcome)
    return tuple(dict.fromkeys(found))


def findings_of(result: Result, model: type[BaseModel], figures: Mapping[str, Figure] | None = None) -> Findings:
    """What is in doubt in a result. model: as of figures_of; figures: what that gave, if it was asked."""
    figures = figures_of(result, model) if figures is None else figures
    cards = _in_order([_card(check, figures) for check in result.failing])
    carded = {figure.pointer for card in cards for figure in card.operands}
    summary = result.summary

    def of(status: str) -> tuple[Figure, ...]:
        return tuple(figure for figure in figures.values() if figure.entry.status == status)

    return Findings(
        tuple(cards),
        tuple(figure for figure in of("disputed") if figure.pointer not in carded),
        tuple(Refused(tuple(titles(model, result.report, one.pointer)), one) for one in result.rejected),
        tuple(summary.coverage.rows_left_out) if summary.coverage is not None else (),
        tuple(summary.unread_pages),
        tuple(summary.remarks),
        of("repaired"),
        of("grounded"),
    )


def sections_of(model: type[BaseModel], figures: Mapping[str, Figure]) -> list[tuple[str, list[Figure]]]:
    """The figures by the titles of their sections, in the order of the report; sections without any are left out."""
    by_key: dict[str, list[Figure]] = {key: [] for key in fields_of(model)}
    for figure in figures.values():
        by_key.setdefault(figure.section, []).append(figure)
    return [(own[0].titles[0], own) for own in by_key.values() if own]


def _in_order(cards: Sequence[Card]) -> list[Card]:
    """The worst first, and behind each those that follow from it."""
    by_id = {card.id: card for card in cards}
    first = {card.id: by_id.get(card.follows or "", card) for card in cards}
    return sorted(cards, key=lambda card: (how_bad(first[card.id]), first[card.id].id, card is not first[card.id]))


def how_bad(card: Card) -> tuple[int, bool, Decimal]:
    """The place of an identity among those that fail: what nothing explains first, then where a figure is disputed,
    then the largest difference."""
    disputed = any(figure.entry.status == "disputed" for figure in card.operands)
    return _WORST.get(card.severity, 0), not disputed, -abs(card.residual or Decimal(0))


def _card(check: Check, figures: Mapping[str, Figure]) -> Card:
    operands = tuple(figures[pointer] for pointer in check.pointers if pointer in figures)
    tens, unit = _unit_of(check, operands)
    numbers = (check.printed, check.computed, check.residual, check.tolerance)
    printed, computed, residual, tolerance = (None if one is None else _shifted(Decimal(one), tens) for one in numbers)
    return Card(
        check.id,
        check.rule,
        JOINT.join(_shared([figure.titles for figure in operands])),
        _equation(check.expression, operands, tens),
        printed,
        computed,
        residual,
        tolerance,
        unit,
        check.severity or "error",
        check.explanation,
        operands,
        *_suspects(check, operands, figures),
        check.follows,
    )


def _suspects(
    check: Check, operands: Sequence[Figure], figures: Mapping[str, Figure]
) -> tuple[tuple[Figure, ...], bool]:
    """Those that the result names, and else what is disputed, of these who fails most and is cleared least first; and
    whether it names them."""
    if named := tuple(figures[pointer] for pointer in check.suspects or () if pointer in figures):
        return named, True
    disputed = [figure for figure in operands if figure.entry.status == "disputed"]
    return tuple(sorted(disputed, key=lambda figure: (-len(figure.fails), len(figure.clears)))), False


def _shared(names: Sequence[Sequence[str]]) -> list[str]:
    """What all names begin with; of one name alone all but its end."""
    steps = zip(*(name[:-1] for name in names), strict=False)
    return [step[0] for step in takewhile(lambda step: len(set(step)) == 1, steps)]


def _unit_of(check: Check, operands: Sequence[Figure]) -> tuple[int, str | None]:
    """The unit that the page prints the left side in, and the power of ten that amounts of the result are of it."""
    left = operands[0].entry if operands and operands[0].pointer == check.pointers[0] else None
    if left is None:
        return 0, None
    printed = left.printed_unit
    if printed is None or left.unit != _KEPT or printed not in MONEY:
        return 0, left.unit
    return MONEY[_KEPT] - MONEY[printed], printed


def _equation(expression: str | None, operands: Sequence[Figure], tens: int) -> str | None:
    """An identity with its numbers as the page prints them, if it adds up amounts of one unit; else as it is."""
    alike = len({figure.entry.printed_unit for figure in operands}) == 1
    if expression is None or not tens or not alike or re.search("[×÷]", expression):
        return expression
    return _NUMBER.sub(lambda found: f"{_shifted(Decimal(found[0]), tens):f}", expression)


def _shifted(number: Decimal, tens: int) -> Decimal:
    """A number times a power of ten; with no more decimals than it needs, of those that converting gave it."""
    if not tens:
        return number
    moved = number.scaleb(tens)
    exponent = moved.as_tuple().exponent
    return moved if isinstance(exponent, int) and exponent <= 0 else moved.quantize(Decimal(1))

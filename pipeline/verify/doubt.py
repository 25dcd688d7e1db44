"""Doubt: what a failing identity says of figures that are no part of it.

A row that is missing or doubled takes its other columns with it, and so does a table whose unit was read wrong: then
sums that hold, for all is shifted or scaled alike, confirm nothing.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from recount.pipeline.document import Token
from recount.pipeline.verify.blame import Suspect, failing, is_of_shares, stands_out
from recount.pipeline.verify.ground import unit_of
from recount.pipeline.verify.place import columns_in, key_of, list_of, row_of, table_of
from recount.schemas.arithmetic import Evaluation
from recount.schemas.family import AS_PRINTED
from recount.schemas.figures import Figure, Kind, Model
from recount.schemas.terms import Sum

_POWERS = (4, -4, 8, -8, 1, -1, 3, -3, 2, -2, 5, -5, 6, -6, 7, -7)
"""Between units of money, those of 元, 万元 and 亿元 first."""
_TOLD = frozenset({4, -4, 8, -8})
"""Powers of ten that one identity tells from a misprinted figure: nobody misplaces a point so far."""


Contradictions = Mapping[str, tuple[int, Sequence[Evaluation]]]
"""Tables that contradict others by a power of ten: that which would settle it, and the identities that fail."""


def doubtful(
    figures: Mapping[str, Figure],
    tokens: Sequence[Token],
    evaluations: Sequence[Evaluation],
    suspects: Mapping[int, Sequence[Suspect]],
    scaled: Contradictions,
) -> set[str]:
    """The figures that no identity may confirm, by pointer. scaled: the tables of which the unit is in doubt."""
    found = set()
    lists = set(_lists_in_doubt(evaluations, suspects))
    if lists:
        found |= {pointer for pointer in figures if list_of(pointer) in lists}
    if scaled:
        found |= in_tables(_with_tied(scaled, tokens, evaluations), figures, tokens)
        found |= _contradicted(scaled, figures, tokens)
    return found


def nameless(report: Any, figures: Mapping[str, Figure], tokens: Sequence[Token]) -> dict[str, list[str]]:
    """The tables and rows of scanned pages of which the cell that names them was not read, or as no name: their
    figures, whose they are nobody can tell. report: Report[Figure]. A digital page prints no name where none is read.
    """
    scanned = [pointer for pointer, figure in figures.items() if tokens[figure.token].origin == "ocr"]
    tables = list(_unnamed(report, "")) if scanned else []
    own = {table: [pointer for pointer in scanned if pointer.startswith(f"{table}/")] for table in tables}
    return {table: pointers for table, pointers in own.items() if pointers}


def _unnamed(value: Any, pointer: str) -> Iterator[str]:
    """The places of the models that lack what names them."""
    if isinstance(value, Model):
        name = getattr(value, value.named_by) if value.named_by else ""
        if name is None or re.search(value.name_words, name) is None:
            yield pointer
        for key in type(value).model_fields:
            yield from _unnamed(getattr(value, key), f"{pointer}/{key}")
    elif isinstance(value, tuple):
        for number, row in enumerate(value):
            yield from _unnamed(row, f"{pointer}/{number}")


def _contradicted(scaled: Contradictions, figures: Mapping[str, Figure], tokens: Sequence[Token]) -> set[str]:
    """The other side: the amounts of the sections that such a table contradicts; which is right, nothing says."""
    sections = {
        table_of(operand.pointer)
        for table, (_, contradictions) in scaled.items()
        for evaluation in contradictions
        for operand in evaluation.operands
        if _side(operand, tokens) != table
    }
    return {p for p, figure in figures.items() if figure.kind is Kind.MONEY and table_of(p) in sections}


def _with_tied(scaled: Contradictions, tokens: Sequence[Token], evaluations: Sequence[Evaluation]) -> set[str]:
    """These tables, and those that only they tie to the rest of the report: they are in the same unit."""
    ties = _ties(tokens, evaluations)
    return _reached(scaled, ties, {"", *ties.get("", ())})


def without_unit(
    figures: Mapping[str, Figure], tokens: Sequence[Token], evaluations: Sequence[Evaluation]
) -> dict[str, list[str]]:
    """The tables of whose amounts no unit is printed, and that nothing ties to amounts of a known one: their figures.

    A tie is a sum that holds, and would not if the table were in another unit. Of a family that takes amounts as they
    are printed (AS_PRINTED) none is wanted.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for pointer, figure in figures.items():
        token = tokens[figure.token]
        as_printed = token.into is not None and token.into[0] == AS_PRINTED
        if figure.kind is Kind.MONEY and unit_of(token, Kind.MONEY) is None and not as_printed:
            found[table_of(pointer)].append(pointer)
    if not found:
        return {}
    ties = _ties(tokens, evaluations)
    known = _reached([side for side in ties if side not in found], ties)
    return {table: pointers for table, pointers in found.items() if table not in known}


def _reached(sides: Iterable[str], ties: Mapping[str, Set[str]], beyond: Set[str] = frozenset()) -> set[str]:
    """The sides that ties lead to from some, these among them; not over those that end a way."""
    found, open_ = set(sides), list(sides)
    while open_:
        more = ties.get(open_.pop(), frozenset()) - found - beyond
        found |= more
        open_ += more
    return found


def _ties(tokens: Sequence[Token], evaluations: Sequence[Evaluation]) -> Mapping[str, Set[str]]:
    """Which sides sums that hold tie to one another: by table; "" is for amounts with their units beside them."""
    found: dict[str, set[str]] = defaultdict(set)
    for evaluation in evaluations:
        if evaluation.result != "pass" or not _anchored(evaluation):
            continue
        sides = {_side(operand, tokens) for operand in evaluation.operands if operand.value}
        loose = {table for table, _ in scaled_in(evaluation, tokens)}
        for side in sides - loose:
            found[side] |= sides - loose - {side}
    return found


def _side(figure: Figure, tokens: Sequence[Token]) -> str:
    """The table that says the unit of a figure; "" where it has one beside it."""
    return table_of(figure.pointer) if _in_head(figure, tokens) else ""


_MANY = Decimal("0.05")
"""The share of failing identities from which on a report is held to print wrongly throughout (a font that lies)."""
_LEAST = 3
"""Fewer that fail are slips, however short the report is."""


def many_fail(evaluations: Sequence[Evaluation]) -> tuple[int, int] | None:
    """How many identities fail, and of how many; None where they are no more than slips make."""
    evaluated = sum(evaluation.result != "not_applicable" for evaluation in evaluations)
    failed = len(failing(evaluations))
    return (failed, evaluated) if failed >= _LEAST and failed > _MANY * evaluated else None


def of_two_prints(evaluation: Evaluation) -> bool:
    """Whether an identity says only that two places print the same number."""
    computed = evaluation.identity.computed
    return isinstance(computed, Sum) and len(computed.terms) == 1 and not computed.constant


@dataclass(frozen=True, slots=True)
class Unsettled:
    """What of a report's statements nothing settles. columns: those that contradict one another as if heads were
    exchanged (exchanged); units: tables whose unit may have been misread (of_other_units); figures: of all these."""

    columns: tuple[frozenset[str], ...]
    units: tuple[str, ...]
    figures: frozenset[str]


def unsettled(figures: Mapping[str, Figure], tokens: Sequence[Token], evaluations: Sequence[Evaluation]) -> Unsettled:
    """The statements of which no identity may confirm the figures, though each adds up by itself."""
    crossed, units = exchanged(figures, tokens, evaluations), of_other_units(figures, tokens, evaluations)
    columns = tuple(f"{column}/" for columns in crossed for column in columns)
    found = {pointer for pointer in figures if pointer.startswith(columns)} if columns else set()
    return Unsettled(crossed, units, frozenset(found | in_tables(units, figures, tokens)))


def of_other_units(
    figures: Mapping[str, Figure], tokens: Sequence[Token], evaluations: Sequence[Evaluation]
) -> tuple[str, ...]:
    """The statements of a scan, by pointer, whose heads say another unit than those of most others, and that no sum
    ties to these: a sign of a unit that was not read scales all of a table, which adds up as before.

    All of them where as many say the one as the other. A digital page prints the unit that it prints.
    """
    units: dict[str, str] = {}
    for pointer, figure in figures.items():
        token = tokens[figure.token]
        if token.origin == "ocr" and token.head and _in_head(figure, tokens):
            units.setdefault(table_of(pointer), token.head)
    if len(set(units.values())) < 2:
        return ()
    statements = {table_of(f"{at}/") for at in columns_in(figures, tokens)}
    units = {table: unit for table, unit in units.items() if table in statements}
    often = Counter(units.values()).most_common(2)
    if len(often) < 2:
        return ()
    usual = often[0][0] if often[0][1] > often[1][1] else None
    sure = _reached([table for table, unit in units.items() if unit == usual], _ties(tokens, evaluations))
    return tuple(sorted(units.keys() - sure))


def exchanged(
    figures: Mapping[str, Figure], tokens: Sequence[Token], evaluations: Sequence[Evaluation]
) -> tuple[frozenset[str], ...]:
    """The columns of statements, by pointer, that contradict one another as if the heads of two were exchanged.

    A sum over two statements fails, and holds with the same line of another column of one of them: this year's stands
    under last year's head. Then nothing tells whose the figures of these columns are, for each adds up by itself.
    """
    failed = [e for e in failing(evaluations) if len({list_of(operand.pointer) for operand in e.operands} - {None}) > 1]
    statements = columns_in(figures, tokens) if failed else {}
    found = []
    for evaluation in failed:
        columns = {row_of(operand.pointer) for operand in evaluation.operands}
        for column in sorted(columns):
            others = statements.get(column.rpartition("/")[0], frozenset()) - {column}
            for other in sorted(others):
                if _holds_with(evaluation, figures, column, other):
                    found.append(frozenset({*columns, other}) - {""})
    return tuple(dict.fromkeys(found))


def _holds_with(evaluation: Evaluation, figures: Mapping[str, Figure], column: str, other: str) -> bool:
    """Whether a sum would hold with the lines of another column in place of those of one."""
    identity = evaluation.identity
    if identity.printed is None or not isinstance(identity.computed, Sum) or identity.computed.constant is not None:
        return False
    whole = slack = Decimal(0)
    for sign, operand in ((-1, identity.printed), *identity.computed.terms):
        mine = operand.pointer.startswith(f"{column}/")
        figure = figures.get(f"{other}/{key_of(operand.pointer)}") if mine else operand
        if figure is None or (mine and not figure.value):
            return False
        whole, slack = whole + sign * figure.value, slack + figure.half
    return abs(whole) <= slack


def in_tables(tables: Collection[str], figures: Mapping[str, Figure], tokens: Sequence[Token]) -> set[str]:
    """The amounts, by pointer, whose unit stands in the head of one of these tables."""
    return {p for p, figure in figures.items() if table_of(p) in tables and _in_head(figure, tokens)}


def _lists_in_doubt(evaluations: Sequence[Evaluation], suspects: Mapping[int, Sequence[Suspect]]) -> Iterator[str]:
    """The lists of which a sum fails and no one figure stands out: it may be that a row is missing or doubled."""
    for at, ranked in suspects.items():
        evaluation = evaluations[at]
        if is_of_shares(evaluation):
            continue
        if isinstance(evaluation.identity.computed, Sum) and not evaluation.explanation and not stands_out(ranked):
            rows = Counter(list_of(operand.pointer) for operand in evaluation.identity.computed.operands)
            yield from (name for name, times in rows.items() if name and times > 1)


def _in_head(figure: Figure, tokens: Sequence[Token]) -> bool:
    """Whether a figure is an amount whose unit stands in the head of its table, or nowhere."""
    return figure.kind is Kind.MONEY and tokens[figure.token].unit is None


def misscaled(tokens: Sequence[Token], evaluations: Sequence[Evaluation]) -> dict[str, tuple[int, list[Evaluation]]]:
    """The tables that contradict others by a power of ten, the most often first.

    A table that agrees with others as often is not among them if they tie it to amounts with their units beside them.
    """
    accused: dict[tuple[str, int], list[Evaluation]] = defaultdict(list)
    for evaluation in failing(evaluations):
        for scaled in scaled_in(evaluation, tokens):
            accused[scaled].append(evaluation)
    if not accused:
        return {}
    passed = [evaluation for evaluation in evaluations if evaluation.result == "pass"]
    told_by_units = _reached([""], _ties(tokens, evaluations))
    found: dict[str, tuple[int, list[Evaluation]]] = {}
    for (table, power), contradictions in sorted(accused.items(), key=lambda item: -len(item[1])):
        # What would hold in the other unit as well (the rest outweighs the table) speaks for neither.
        anchors = (e for e in passed if table in _anchored(e) and (table, power) not in scaled_in(e, tokens, (power,)))
        if len(contradictions) > sum(1 for _ in anchors) or table not in told_by_units:
            found.setdefault(table, (power, contradictions))
    return found


def told(scaled: Contradictions) -> dict[str, int]:
    """The tables of which it may be said that their unit is wrong, with the power of ten: no one figure explains it."""
    return {
        table: power
        for table, (power, contradictions) in scaled.items()
        if power in _TOLD or not _of_one_figure(contradictions, table)
    }


def _of_one_figure(contradictions: Sequence[Evaluation], table: str) -> bool:
    """Whether one figure of a table is in all of these identities."""
    own = ({operand.pointer for operand in e.operands if table_of(operand.pointer) == table} for e in contradictions)
    return bool(set.intersection(*own))


def _anchored(evaluation: Evaluation) -> Iterable[str]:
    """The tables whose amounts an identity ties to amounts elsewhere."""
    if not isinstance(evaluation.identity.computed, Sum) or evaluation.identity.at_most:
        return ()
    tables = {table_of(figure.pointer) for figure in evaluation.operands if figure.kind is Kind.MONEY and figure.value}
    return tables if len(tables) > 1 else ()


def tied(evaluation: Evaluation, table: str) -> bool:
    """Whether an identity that holds ties the amounts of a table to amounts elsewhere."""
    return evaluation.result == "pass" and table in _anchored(evaluation)


def scaled_in(
    evaluation: Evaluation, tokens: Sequence[Token], powers: Sequence[int] = _POWERS
) -> Iterator[tuple[str, int]]:
    """The tables whose figures, times a power of ten between units of money, would satisfy a sum."""
    identity = evaluation.identity
    if identity.printed is None or not isinstance(identity.computed, Sum) or identity.computed.constant is not None:
        return
    parts: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for sign, operand in ((-1, identity.printed), *identity.computed.terms):
        key = table_of(operand.pointer) if _in_head(operand, tokens) else ""
        parts[key][0] += sign * operand.value
        parts[key][1] += operand.half
    whole = sum((amount for amount, _ in parts.values()), Decimal(0))
    slack = sum((half for _, half in parts.values()), Decimal(0))
    for table, (amount, half) in parts.items():
        power = next((exponent for exponent in powers if _fits(whole, slack, amount, half, exponent)), 0)
        if table and amount and power:
            yield table, power


def _fits(whole: Decimal, slack: Decimal, amount: Decimal, half: Decimal, power: int) -> bool:
    """Whether the sum comes to nothing with one of its parts scaled."""
    return abs(whole - amount + amount.scaleb(power)) <= slack - half + half.scaleb(power)

"""Doubt: what a failing identity says of figures that are no part of it.

A row that is missing or doubled takes its other columns with it, and so does a table whose unit was read wrong: then
sums that hold, for all is shifted or scaled alike, confirm nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from recount.pipeline.document import Token
from recount.pipeline.verify.blame import Suspect, failing, is_of_shares, stands_out
from recount.pipeline.verify.place import list_of, table_of
from recount.schemas.arithmetic import Evaluation
from recount.schemas.figures import Figure, Kind
from recount.schemas.terms import Sum

_POWERS = (4, -4, 8, -8)
"""Between 元, 万元 and 亿元."""


def doubtful(
    figures: Mapping[str, Figure],
    tokens: Sequence[Token],
    evaluations: Sequence[Evaluation],
    suspects: Mapping[int, Sequence[Suspect]],
    off_scale: Mapping[str, int],
) -> set[str]:
    """The figures that no identity may confirm, by pointer. off_scale: the tables of which the unit is in doubt."""
    found = set()
    lists = set(_lists_in_doubt(evaluations, suspects))
    if lists:
        found |= {pointer for pointer in figures if list_of(pointer) in lists}
    if off_scale:
        found |= in_tables(off_scale, figures, tokens)
    return found


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
    """Whether the unit of a figure stands in the head of its table."""
    if figure.kind is not Kind.MONEY:
        return False
    token = tokens[figure.token]
    return token.unit is None and token.head is not None


def misscaled(tokens: Sequence[Token], evaluations: Sequence[Evaluation]) -> dict[str, int]:
    """The tables that contradict others by a unit of money, more often than they agree with others, the most first.

    With each, the power of ten that would settle it.
    """
    accused = Counter(scaled for evaluation in failing(evaluations) for scaled in scaled_in(evaluation, tokens))
    if not accused:
        return {}
    passed = [evaluation for evaluation in evaluations if evaluation.result == "pass"]
    found: dict[str, int] = {}
    for (table, power), times in accused.most_common():
        # What would hold in the other unit as well (the rest outweighs the table) speaks for neither.
        anchors = (e for e in passed if table in _anchored(e) and (table, power) not in scaled_in(e, tokens, (power,)))
        if times > sum(1 for _ in anchors):
            found.setdefault(table, power)
    return found


def _anchored(evaluation: Evaluation) -> Iterable[str]:
    """The tables whose amounts an identity ties to amounts elsewhere."""
    if not isinstance(evaluation.identity.computed, Sum):
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

"""How exactly a figure is to be held: to the decimals of its column, whatever it prints itself.

A column of a list, or a section, prints its amounts alike. A figure there with fewer decimals may have lost them (0.49
read as 0, 373·52 as 373), one with more may have caught a footnote mark; at its own precision the first would satisfy
whatever its coarse half unit allows, the second whatever the others' does. So the outcome of a check is that of the
printed decimals, but what a check confirms is found with every such figure at the precision of its column.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace

from recount.pipeline.document import Token
from recount.pipeline.verify.ground import unit_of
from recount.pipeline.verify.place import key_of, list_of, table_of
from recount.schemas.arithmetic import Evaluation, evaluate, substituted
from recount.schemas.figures import Figure, Kind

_USUAL = {Kind.MONEY: 2, Kind.PERCENT: 2, Kind.AREA: 2}
"""The decimals of a column that nothing says them of, by the kinds that a column prints alike: counts and years are
exact, and of scores whole ones are."""
_FEW = 3
"""Fewer figures say nothing of a column; then its section says it, or the document."""


def columns_of(figures: Mapping[str, Figure], tokens: Sequence[Token]) -> dict[str, int]:
    """How many decimals the column of each figure has, by pointer: those of most of its figures.

    The column is, in a table, the figures of one key of its rows; where they are few, those of the table, or of the
    document, of the same kind and in the same printed unit. In running text it is those of the document: a section
    that lost all its points would else agree with itself. A bare 0 says nothing of it.
    """
    printed: dict[Hashable, Counter[int]] = defaultdict(Counter)
    wider: dict[str, tuple[Hashable, ...]] = {}
    for pointer, figure in figures.items():
        if figure.kind not in _USUAL:
            continue
        token = tokens[figure.token]
        wider[pointer] = tuple(_columns(figure, token))
        if token.value or token.decimals:
            for column in wider[pointer]:
                printed[column][token.decimals] += 1
    most = {column: _most(counted) for column, counted in printed.items() if counted.total() >= _FEW}
    return {
        pointer: next((most[column] for column in columns if column in most), _USUAL[figures[pointer].kind])
        for pointer, columns in wider.items()
    }


def _columns(figure: Figure, token: Token) -> Iterator[Hashable]:
    """The columns that a figure stands in, the narrowest first."""
    scale = token.into[1] if token.into is not None else unit_of(token, figure.kind)  # $ thousands are USD thousands
    alike = figure.kind, scale if figure.kind is Kind.MONEY else None
    if token.unit is None or token.head is not None:
        rows = list_of(figure.pointer)
        if rows is not None:
            yield rows, key_of(figure.pointer), *alike
        yield table_of(figure.pointer), *alike
    yield alike


def _most(counted: Counter[int]) -> int:
    """The decimals that most have; of two numbers alike the larger, for zeros at the end may be left out."""
    return max(counted, key=lambda decimals: (counted[decimals], decimals))


def odd_ones(figures: Mapping[str, Figure], tokens: Sequence[Token], columns: Mapping[str, int]) -> dict[str, Figure]:
    """The figures that have other decimals than their column, by pointer, each at the precision of the column."""
    return {
        pointer: at_precision(figures[pointer], tokens[figures[pointer].token].decimals, decimals)
        for pointer, decimals in columns.items()
        if tokens[figures[pointer].token].decimals != decimals
    }


def at_precision(figure: Figure, printed: int, decimals: int) -> Figure:
    """A figure that prints so many decimals, held to others."""
    return replace(figure, quantum=figure.quantum.scaleb(printed - decimals))


def sharpened(evaluations: Sequence[Evaluation], odd: Mapping[str, Figure]) -> list[Evaluation]:
    """The evaluations as they confirm: with every odd figure at the precision of its column."""
    return [_sharpened(evaluation, odd) for evaluation in evaluations] if odd else list(evaluations)


def _sharpened(evaluation: Evaluation, odd: Mapping[str, Figure]) -> Evaluation:
    if not evaluation.held or not any(operand.pointer in odd for operand in evaluation.operands):
        return evaluation
    again = evaluate(substituted(evaluation.identity, lambda figure: odd.get(figure.pointer, figure)))
    return again if again.result == evaluation.result else replace(evaluation, held=())

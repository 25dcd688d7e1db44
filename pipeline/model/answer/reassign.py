"""Fields that lost their figure, put right where the words give them exactly one other.

A small model often knows that a field has a figure, and copies its neighbour: the budget for the final amount, a
figure with a digit more. What it wrote stays refused; but where the words beside one figure alone of what was shown
speak for the field, that figure is meant, and the model need not be asked again. Of a row of a list it must stand by
the row's name too, in a clause with it or with the row's other figures: a row that the model left out has figures of
its own. Where the words leave a choice, or nothing, the field stays open.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Any

from recount.pipeline.model.answer.evidence import Chosen, Lost, Witness, chosen_in, falls, named, witness
from recount.pipeline.model.answer.quotation import Words
from recount.pipeline.model.ask.shown import Mark, Shown
from recount.pipeline.split.text import fold
from recount.pipeline.verify.resolve import fits
from recount.schemas.describe import Step, Trail, fields_of, names_of
from recount.schemas.figures import Kind, Model, Ref


def chosen(mark: Mark, trail: Trail, said: Witness) -> Chosen:
    """A number at its place in a field, its direction read from the words beside it."""
    down = falls(mark.place) is True and mark.token.value > 0
    return Chosen(Ref(mark.token.index, negative=down), mark, said, trail)


def is_one(mark: Mark, kind: Kind) -> bool:
    """Whether a number may be a figure of a kind: 12345热线 in running text is no amount."""
    counted = mark.place.grid is None and kind in (Kind.MONEY, Kind.PERCENT)
    return fits(mark.token, kind) and (mark.token.is_figure or not counted)


def stands_by(name: str, mark: Mark, others: Set[str], shown: Shown, words: Words) -> bool:
    """Whether a name is in the table row of a figure; in words, whether no other row is named in between.

    others: that name in all rows, folded.
    """
    wanted = fold(name)
    if mark.place.grid is not None and mark.place.line is not None:
        return wanted.replace(" ", "") in shown.lines.get((mark.place.grid, mark.place.line), "")
    ends = {each: words.last_end(each, mark.at) for each in {*others, wanted}}
    return ends[wanted] >= 0 and ends[wanted] == max(ends.values())


def amended(values: dict[str, Any], report: type[Model], shown: Shown, words: Words, depth: int) -> dict[str, Any]:
    """Nested values without Lost: each is the one figure that the words give to its field, or None.

    depth: so many steps of a trail need no words.
    """
    taken = {each.ref.token for _, each in chosen_in(values) if not _is_own(each.trail[-1])}
    amending = _Amending(shown, words, depth, taken)
    return {name: amending.part(each, report, name, None) for name, each in values.items()}


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a list: its names, each with those of all rows; its figures."""

    names: Sequence[tuple[str, Set[str]]]
    figures: Sequence[Mark]


class _Amending:
    """taken: the tokens that fields have, but for those that name the amount of another field once more."""

    def __init__(self, shown: Shown, words: Words, depth: int, taken: set[int]) -> None:
        self._shown, self._words, self._depth, self._taken = shown, words, depth, taken

    def part(self, value: Any, model: type[Model], name: str, row: _Row | None) -> Any:
        """What is in a field of a model. row: the row that it is part of."""
        if isinstance(value, Lost):
            return self._only(value.trail, row)
        field = fields_of(model)[name]
        if isinstance(value, dict) and field.model is not None:
            return self._fields(value, field.model, row)
        if isinstance(value, list) and field.model is not None and field.many:
            return list(self._rows(value, field.model))
        return value

    def _fields(self, values: dict[str, Any], model: type[Model], row: _Row | None) -> dict[str, Any]:
        """The fields of a part. The amount that it is of is given back only beside another that words speak for."""
        fields = {k: self.part(v, model, k, row) for k, v in values.items() if not _is_own(Step(model, k))}
        compared = any(each.witness is Witness.FOR for _, each in chosen_in(fields))
        return {
            key: fields[key] if key in fields else self.part(each, model, key, row) if compared else _no_longer(each)
            for key, each in values.items()
        }

    def _rows(self, rows: Sequence[dict[str, Any] | None], model: type[Model]) -> Iterator[dict[str, Any] | None]:
        names = names_of(model)
        said = {name: {fold(row[name]) for row in rows if row and row.get(name)} for name in names}
        for values in rows:
            if values is None:
                yield None
                continue
            own = [(values[name], said[name]) for name in names if values.get(name)]
            yield self._fields(values, model, _Row(own, [each.mark for _, each in chosen_in(values)]))

    def _only(self, trail: Trail, row: _Row | None) -> Chosen | None:
        """The one figure of what was shown that the words give to a field, where it is first and no other field's."""
        kind = trail[-1].field.kind or Kind.ANY
        given = [
            mark
            for mark in self._shown.marks
            if is_one(mark, kind) and (mark.place.grid is not None or mark.token.is_figure)
            if self._is_of(mark, trail[self._depth :], row)
        ]
        own = _is_own(trail[-1])
        free = next((mark for mark in given if own or mark.token.index not in self._taken), None)
        if free is None or len({(abs(mark.token.value), mark.token.unit) for mark in given}) > 1:
            return None
        self._taken |= set() if own else {free.token.index}
        return chosen(free, trail, Witness.FOR)

    def _is_of(self, mark: Mark, trail: Trail, row: _Row | None) -> bool:
        if row is None:
            return named(trail, mark.place)
        return (
            witness(trail, mark.place) is Witness.FOR
            and bool(row.names)
            and all(stands_by(name, mark, others, self._shown, self._words) for name, others in row.names)
            and self._is_beside(mark, row)
        )

    def _is_beside(self, mark: Mark, row: _Row) -> bool:
        """Whether a figure is in the row's line of its table, or in one clause with the row's figures or its name."""
        if mark.place.line is not None:
            return True
        ends = (self._words.last_end(name, mark.at) for name, _ in row.names)
        return any(self._words.in_a_clause(at, mark.at) for at in [*(each.at for each in row.figures), *ends])


def _is_own(step: Step) -> bool:
    """Whether a field holds the very amount that its part is of: 决算数 of a comparison."""
    return step.key in step.model.phrasing.also_own


def _no_longer(value: Any) -> Any:
    return None if isinstance(value, Lost) else value

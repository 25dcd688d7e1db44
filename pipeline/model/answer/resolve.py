"""Answers resolved: every figure of an answer becomes a reference to a token of what was shown, or it is refused.

The right pair of figure and mark is its exact place. A right figure with a wrong mark is found by the words of its
field, or left open where they do not tell its places apart. A figure that was not shown is an invention. The direction
of a figure is read from the words beside it, never from the model's sign. A figure that the words beside it give to
another field, or that stands by the name of another row, is refused; so is one that several fields have, where no words
speak for it: small models fill every field of a kind with the figure that they saw last. A field whose figure was
refused, or that was left null, gets one only where the words leave no choice (`_Reassignment`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any

from recount.pipeline.model.answer.evidence import (
    Evidence,
    Lost,
    Pick,
    evidence_of,
    falls,
    is_of,
    named,
    picks_in,
    row_of,
    says_something,
    subject_in,
)
from recount.pipeline.model.answer.vouch import is_no_class, with_names
from recount.pipeline.model.ask.protocol import Copied, Numbers
from recount.pipeline.model.ask.shown import Mark, Near, Shown, Words
from recount.pipeline.split.folding import fold
from recount.pipeline.verify.ground import fits
from recount.schemas.describe import Step, Trail, fields_of, leaves_in, names_of
from recount.schemas.figures import DOWN, UP, Kind, Model, Ref
from recount.schemas.saying import Saying, say

NOT_SHOWN = say("not_shown")
NO_NUMBER = say("no_number")
INVENTED = frozenset({NOT_SHOWN, NO_NUMBER})
"""What is no figure of the page: it is told in any case, and earns its field nothing."""
SEVERAL = say("several")
NOT_QUOTED = say("not_quoted")
NO_NAME = say("no_name")
OF_ANOTHER_ROW = say("of_another_row")
SAID_ONCE = say("said_once")
OF_ANOTHER_KIND = say("of_another_kind")
OF_ANOTHER_FIELD = say("of_another_field")
_SAID_OF_A_FIGURE = re.compile(rf"(?:[为是达]|[:的])$|^占|^(?:{UP}|{DOWN})$")
"""What words end with, or begin with, that are said of a figure and name nothing: 年初预算为, 占收入合计的, 增长."""
UNSAID = say("unsaid")
OF_SEVERAL = say("of_several")


@dataclass(frozen=True, slots=True)
class Refused:
    """A figure or a text of an answer that is not taken. pointer: its field in the report."""

    pointer: str
    proposed: str
    reason: Saying


@dataclass(slots=True)
class Resolved:
    """An answer as nested values: Pick for figures, text, lists, dicts.

    refused: what was not taken. quoted: where its texts stand in the words that were shown (start, end).
    """

    values: dict[str, Any]
    refused: list[Refused] = field(default_factory=list)
    quoted: list[tuple[int, int]] = field(default_factory=list)


def resolve(
    answer: Any, report: type[Model], shown: Shown, numbers: Numbers, before: Mapping[str, int], depth: int
) -> Resolved:
    """An answer (a model with some fields of the report) resolved against what was shown.

    report: the report's model, with any figure type. before: by pointer of a list, how many rows of it earlier blocks
    gave: a row's pointer counts them too. depth: how many steps of a pointer the outline or a table's title decided:
    of those no words need to speak.
    """
    return _Resolver(shown, numbers, before, depth).all(answer, report)


class _Resolver:
    def __init__(self, shown: Shown, numbers: Numbers, before: Mapping[str, int], depth: int) -> None:
        self._shown, self._numbers, self._before, self._depth = shown, numbers, before, depth
        self._words = Words(shown.words)
        self._refused: list[Refused] = []
        self._spans: list[tuple[int, int]] = []
        self._spoken: set[str] = set()  # the parts of which the answer says something

    def all(self, answer: Any, report: type[Model]) -> Resolved:
        said = answer.model_dump()
        self._spoken = {key for key in said if any(value not in (None, False) for _, value in leaves_in(said[key]))}
        values = self._each_in_its_field(self._model(answer, report, "", ()))
        values = _reassigned(values, report, self._shown, self._words, self._depth)
        pruned = {name: self._pruned(value, f"/{name}") for name, value in values.items()}
        return Resolved(pruned, self._refused, self._spans)

    def _pruned(self, values: Any, pointer: str) -> Any:
        """Values without the parts and the rows that hold nothing; in a table they are printed, blank or not."""
        if isinstance(values, dict):
            rest = {key: self._pruned(value, f"{pointer}/{key}") for key, value in values.items()}
            return rest if self._shown.lines or says_something(rest) else None
        if isinstance(values, list):
            start = self._before.get(pointer, 0)
            rows = [self._pruned(row, f"{pointer}/{index}") for index, row in enumerate(values, start)]
            rows = [None if isinstance(row, dict) and not says_something(row) else row for row in rows]
            # Where a row is not taken the next moves up; what was refused of it is told behind the last.
            order = sorted(range(len(rows)), key=lambda index: rows[index] is None)
            self._move(pointer, {start + old: start + new for new, old in enumerate(order) if new != old})
            return [row for row in rows if row is not None]
        return values

    def _move(self, pointer: str, moved: Mapping[int, int]) -> None:
        """Give the refused figures of the rows of a list the indices that the rows have now."""
        if not moved:
            return
        for at, refused in enumerate(self._refused):
            index, step, rest = refused.pointer.removeprefix(f"{pointer}/").partition("/")
            if refused.pointer.startswith(f"{pointer}/") and index.isdigit() and int(index) in moved:
                self._refused[at] = replace(refused, pointer=f"{pointer}/{moved[int(index)]}{step}{rest}")

    def _each_in_its_field(self, values: dict[str, Any]) -> dict[str, Any]:
        """The values without the figures that several fields have and no words give to this one: not to the row that
        is called by the most names (a class alone, where an item of it has the figure too); the amount that a
        comparison is of stands beside it too."""
        claims: dict[int, dict[int, int]] = {}  # by token and pick: how many names its row has
        picks = dict(picks_in(values))
        for at, pick in picks.items():
            own, beside = _is_own(pick.trail[-1]), f"{at.rsplit('/', 2)[0]}/"
            same = [picks[other] for other in picks if other.startswith(beside) and picks[other].ref == pick.ref]
            if own and any(other is not pick and self._is_given(other) for other in same):
                continue
            names = -1 if own else sum(isinstance(name, str) for name in row_of(values, at).values())
            claims.setdefault(pick.ref.token, {})[id(pick)] = names

        def strange(pick: Pick) -> bool:
            claim = claims.get(pick.ref.token, {})
            first = [at for at, names in claim.items() if names == max(claim.values())]
            return id(pick) in claim and first != [id(pick)] and not self._is_given(pick)

        kept: dict[str, Any] = self._without(values, "", strange, OF_SEVERAL)
        return kept

    def _is_given(self, pick: Pick) -> bool:
        """Whether words give a figure to its field; that none speaks against it is not enough."""
        spoken = pick.mark.place.grid is not None or named(pick.trail[self._depth :], pick.mark.place)
        return spoken and pick.evidence is Evidence.FOR

    def _without(self, values: Any, pointer: str, strange: Callable[[Pick], bool], reason: Saying) -> Any:
        """Values without the figures that are strange, which are refused. pointer: of a list, with its first row."""
        if isinstance(values, Pick) and strange(values):
            self._refused.append(Refused(pointer, values.mark.printed, reason))
            return Lost(values.trail)
        if isinstance(values, dict):
            return {key: self._without(value, f"{pointer}/{key}", strange, reason) for key, value in values.items()}
        if isinstance(values, list):
            start = self._before.get(pointer, 0)
            return [
                self._without(value, f"{pointer}/{start + index}", strange, reason)
                for index, value in enumerate(values)
            ]
        return values

    def _model(self, answer: Any, model: type[Model], pointer: str, trail: Trail) -> dict[str, Any]:
        """The fields of a part: figures first, for they say where its texts must stand."""
        names = list(type(answer).model_fields)
        values: dict[str, Any] = {}
        for name in sorted(names, key=lambda key: fields_of(model)[key].kind is None):
            at, way = f"{pointer}/{name}", (*trail, Step(model, name))
            value, field = getattr(answer, name), fields_of(model)[name]
            if field.kind is not None:
                values[name] = self._figure(value, at, way)
            elif field.many:
                values[name] = self._rows(value, field.model, at, way)
            elif field.model is not None:
                values[name] = self._part(value, field.model, at, way)
            else:
                values[name] = self._text(value, way[-1], at, _first(values))
        return {name: values[name] for name in names}

    def _part(self, value: Any, model: type[Model], pointer: str, trail: Trail) -> dict[str, Any] | None:
        part = self._model(value, model, pointer, trail) if value is not None else None
        if part is not None:
            part = self._without_its_own_alone(part, model, pointer)
        return part if part is not None and (self._shown.lines or says_something(part)) else None

    def _without_its_own_alone(self, part: dict[str, Any], model: type[Model], pointer: str) -> dict[str, Any]:
        """A part without the amount that it is of, where it says nothing else: 决算数 alone is no comparison."""
        picks = {name: value for name, value in part.items() if isinstance(value, Pick)}
        others = [figure for name, figure in picks.items() if name not in model.phrasing.also_own]
        if any(figure.evidence is Evidence.FOR for figure in others):
            return part
        own = [name for name in model.phrasing.also_own if name in picks]
        alone = [name for name in own if not any(is_of(figure, picks[name]) for figure in others)]
        for name in alone:
            self._refused.append(Refused(f"{pointer}/{name}", part[name].mark.printed, OF_ANOTHER_FIELD))
        return {**part, **dict.fromkeys(alone)}

    def _rows(self, value: Any, model: type[Model] | None, pointer: str, trail: Trail) -> list[Any]:
        start = self._before.get(pointer, 0)
        places = [(f"{pointer}/{start + index}", row) for index, row in enumerate(value or ())]
        if model is None:
            return [self._quoted(text, at, None) for at, text in places]
        answered = [self._model(row, model, at, trail) for at, row in places if row is not None]
        rows = with_names(answered, model, self._words)
        needed = [name for name, info in model.model_fields.items() if info.annotation is str]
        rows = [row for row in rows if all(row.get(name) for name in needed)]
        return list(self._each_once(self._in_their_rows(rows, model, pointer), pointer))

    def _each_once(self, rows: list[dict[str, Any]], pointer: str) -> Iterator[dict[str, Any] | None]:
        """The rows, None for those whose figures are all of one earlier row: small models say a row again and again."""
        earlier: list[set[int]] = []
        for index, row in enumerate(rows, self._before.get(pointer, 0)):
            tokens = _tokens(row)
            again = bool(tokens) and any(tokens <= other for other in earlier)
            if again:
                self._refused.append(Refused(f"{pointer}/{index}", "", SAID_ONCE))
            else:
                earlier.append(tokens)
            yield None if again else row

    def _in_their_rows(self, rows: list[dict[str, Any]], model: type[Model], pointer: str) -> list[dict[str, Any]]:
        """The rows, with what does not stand together in them taken out."""
        names = names_of(model)
        answered = {name: {fold(row[name]) for row in rows if row.get(name)} for name in names}
        away = [{name: self._away(row, name, answered[name]) for name in names if row.get(name)} for row in rows]
        standing = {
            index for row, far in zip(rows, away, strict=True) if not _strange(row, far) for index in _tokens(row)
        }
        start = self._before.get(pointer, 0)
        kept = [
            self._in_its_row(row, far, standing, f"{pointer}/{at}")
            for at, (row, far) in enumerate(zip(rows, away, strict=True), start)
        ]
        # In running text a row without the name that tells the others apart may be any row: 类 alone, where others
        # say their 项; so may one without any, which a sum takes for all of it. Nor is one that is called a class which
        # there is not.
        if self._shown.lines:
            return kept
        own = names[-1] if names and answered[names[-1]] else None
        return [
            _unsure(row)
            if (own and not row.get(own)) or is_no_class(row, model) or (names and not any(map(row.get, names)))
            else row
            for row in kept
        ]

    def _in_its_row(
        self, row: dict[str, Any], away: Mapping[str, Set[int]], standing: Set[int], pointer: str
    ) -> dict[str, Any]:
        """A row without the few figures that stand elsewhere; or, where most do, without those that another row has in
        their place, or else without its names.

        away: by field of a name, the tokens of the figures that do not stand by it. standing: those of rows that stand.
        """
        strange, tokens = _strange(row, away), _tokens(row)
        if strange and not tokens <= standing:
            for name in strange:
                self._refused.append(Refused(f"{pointer}/{name}", row[name], OF_ANOTHER_ROW))
            return _unsure({**row, **dict.fromkeys(strange)})  # type: ignore[no-any-return]
        foreign = tokens if strange else set().union(*away.values())
        return self._without(row, pointer, lambda pick: pick.ref.token in foreign, OF_ANOTHER_ROW)  # type: ignore[no-any-return]

    def _away(self, row: dict[str, Any], name: str, others: Set[str]) -> set[int]:
        """The tokens of the figures of a row that do not stand by one of its names. others: that name in all rows."""
        marks = [figure.mark for _, figure in picks_in(row)]
        return {mark.token.index for mark in marks if not _stands_by(row[name], mark, others, self._shown, self._words)}

    # --- texts

    def _text(self, value: Any, step: Step, pointer: str, mark: Mark | None) -> Any:
        if not isinstance(value, str) or step.field.choice:
            return value
        return self._quoted(value, pointer, mark, called=step.key in names_of(step.model))

    def _quoted(self, value: str, pointer: str, mark: Mark | None, *, called: bool = False) -> str | None:
        """A text as printed. mark: the first figure of its part; what the part is called stands before it."""
        if not value.strip():
            return None
        near = None if mark is None else Near(mark.at, before=called)
        quoted, span = self._words.quoted(value, near), self._words.find(value, near)
        of_figure = called and not self._shown.lines and (_SAID_OF_A_FIGURE.search(fold(value)) or _is_any(value, mark))
        if quoted is None or of_figure or (called and span is not None and self._has_an_amount(span)):
            self._refused.append(Refused(pointer, value, NOT_QUOTED if quoted is None else NO_NAME))
            return None
        self._spans += [span] if span is not None else []
        return quoted

    def _has_an_amount(self, span: tuple[int, int]) -> bool:
        """Whether words of running text hold an amount; a cell of a table is called what it says: ≤48小时."""
        inside = (mark for mark in self._shown.marks if span[0] <= mark.at < span[1] and mark.place.grid is None)
        return any(_is_one(mark, Kind.MONEY) for mark in inside)

    # --- figures

    def _figure(self, value: Any, pointer: str, trail: Trail) -> Pick | Lost | None:
        if value is None:
            in_row = self._shown.lines or any(step.field.many for step in trail)
            return Lost(trail) if trail[0].key in self._spoken and not in_row else None
        copied = self._numbers.copied(str(value))
        found = self._found(copied, trail) if copied else NO_NUMBER
        said = evidence_of(trail[self._depth :], found.place) if isinstance(found, Mark) else Evidence.AGAINST
        if isinstance(found, Mark) and said is not Evidence.AGAINST:
            return _pick(found, trail, said)
        reason = OF_ANOTHER_FIELD if isinstance(found, Mark) else found
        self._refused.append(Refused(pointer, str(value), reason))
        return None if reason in INVENTED else Lost(trail)

    def _found(self, copied: Copied, trail: Trail) -> Mark | Saying:
        """The mark of a copied number, or why there is none.

        Printed more than once, it is where it was pointed at; else where the words speak for its field, the first time.
        """
        marks, kind = self._shown.marks, trail[-1].field.kind or Kind.ANY
        exact = marks[copied.mark - 1] if copied.mark and copied.mark <= len(marks) else None
        alike = [
            mark
            for mark in marks
            if (mark is exact if copied.value is None else abs(mark.token.value) == abs(copied.value))
        ]
        same = [mark for mark in alike if _is_one(mark, kind)]
        if len(same) < 2:
            return same[0] if same else OF_ANOTHER_KIND if alike else NOT_SHOWN
        speaking = [mark for mark in same if evidence_of(trail[self._depth :], mark.place) is Evidence.FOR]
        if exact in same and (exact in speaking or len(speaking) != 1):
            return exact
        return speaking[0] if speaking else SEVERAL


def _is_any(name: str, mark: Mark | None) -> bool:
    """Whether what a row with a figure is called says of any figure what it is: 支出."""
    return mark is not None and not subject_in(name)


def _tokens(row: Mapping[str, Any]) -> set[int]:
    return {pick.ref.token for _, pick in picks_in(row)}


def _strange(row: Mapping[str, Any], away: Mapping[str, Set[int]]) -> list[str]:
    """The fields of the names that most figures of a row do not stand by."""
    return [name for name, far in away.items() if len(far) * 2 > len(_tokens(row))]


def _unsure(value: Any) -> Any:
    """The same values with the words against every figure."""
    if isinstance(value, Pick):
        return replace(value, evidence=Evidence.AGAINST)
    if isinstance(value, dict):
        return {key: _unsure(inner) for key, inner in value.items()}
    return [_unsure(inner) for inner in value] if isinstance(value, list) else value


def _first(values: Mapping[str, Any]) -> Mark | None:
    """The first figure of a part, in the order of the page."""
    marks = [figure.mark for _, figure in picks_in(values)]
    return min(marks, key=lambda mark: mark.at, default=None)


# --- a number at its place


def _pick(mark: Mark, trail: Trail, said: Evidence) -> Pick:
    """A number at its place in a field, its direction read from the words beside it."""
    down = falls(mark.place) is True and mark.token.value > 0
    return Pick(Ref(mark.token.index, negative=down), mark, said, trail)


def _is_one(mark: Mark, kind: Kind) -> bool:
    """Whether a number may be a figure of a kind: 12345热线 in running text is no amount."""
    counted = mark.place.grid is None and kind in (Kind.MONEY, Kind.PERCENT)
    return fits(mark.token, kind) and (mark.token.is_figure or not counted)


def _stands_by(name: str, mark: Mark, others: Set[str], shown: Shown, words: Words) -> bool:
    """Whether a name is in the table row of a figure; in words, whether no other row is named in between.

    others: that name in all rows, folded.
    """
    wanted = fold(name)
    if mark.place.grid is not None and mark.place.line is not None:
        return wanted.replace(" ", "") in shown.lines.get((mark.place.grid, mark.place.line), "")
    ends = {other: words.last_end(other, mark.at) for other in {*others, wanted}}
    return ends[wanted] >= 0 and ends[wanted] == max(ends.values())


# --- fields that lost their figure


def _reassigned(values: dict[str, Any], report: type[Model], shown: Shown, words: Words, depth: int) -> dict[str, Any]:
    """Nested values without Lost: each is the one figure that the words give to its field, or None.

    depth: so many steps of a trail need no words.
    """
    taken = {figure.ref.token for _, figure in picks_in(values) if not _is_own(figure.trail[-1])}
    reassignment = _Reassignment(shown, words, depth, taken)
    return {name: reassignment.part(value, report, name, None) for name, value in values.items()}


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a list: its names, each with those of all rows; its figures."""

    names: Sequence[tuple[str, Set[str]]]
    figures: Sequence[Mark]


class _Reassignment:
    """Gives fields that lost their figure the one that the words give them.

    A small model often knows that a field has a figure, and copies its neighbour: the budget for the final amount, a
    figure with a digit more. What it wrote stays refused; but where the words beside one figure alone of what was shown
    speak for the field, that figure is meant, and the model need not be asked again. Of a row of a list it must stand
    by the row's name too, in a clause with it or with the row's other figures: a row that the model left out has
    figures of its own. Where the words leave a choice, or nothing, the field stays open.

    taken: the tokens that fields have, but for those that name the amount of another field once more.
    """

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
        compared = any(figure.evidence is Evidence.FOR for _, figure in picks_in(fields))
        return {
            key: fields[key] if key in fields else self.part(value, model, key, row) if compared else _no_longer(value)
            for key, value in values.items()
        }

    def _rows(self, rows: Sequence[dict[str, Any] | None], model: type[Model]) -> Iterator[dict[str, Any] | None]:
        names = names_of(model)
        said = {name: {fold(row[name]) for row in rows if row and row.get(name)} for name in names}
        for values in rows:
            if values is None:
                yield None
                continue
            own = [(values[name], said[name]) for name in names if values.get(name)]
            yield self._fields(values, model, _Row(own, [figure.mark for _, figure in picks_in(values)]))

    def _only(self, trail: Trail, row: _Row | None) -> Pick | None:
        """The one figure of what was shown that the words give to a field, where it is first and no other field's."""
        kind = trail[-1].field.kind or Kind.ANY
        given = [
            mark
            for mark in self._shown.marks
            if _is_one(mark, kind) and (mark.place.grid is not None or mark.token.is_figure)
            if self._is_of(mark, trail[self._depth :], row)
        ]
        own = _is_own(trail[-1])
        free = next((mark for mark in given if own or mark.token.index not in self._taken), None)
        if free is None or len({(abs(mark.token.value), mark.token.unit) for mark in given}) > 1:
            return None
        self._taken |= set() if own else {free.token.index}
        return _pick(free, trail, Evidence.FOR)

    def _is_of(self, mark: Mark, trail: Trail, row: _Row | None) -> bool:
        if row is None:
            return named(trail, mark.place)
        return (
            evidence_of(trail, mark.place) is Evidence.FOR
            and bool(row.names)
            and all(_stands_by(name, mark, others, self._shown, self._words) for name, others in row.names)
            and self._is_beside(mark, row)
        )

    def _is_beside(self, mark: Mark, row: _Row) -> bool:
        """Whether a figure is in the row's line of its table, or in one clause with the row's figures or its name."""
        if mark.place.line is not None:
            return True
        ends = (self._words.last_end(name, mark.at) for name, _ in row.names)
        return any(self._words.in_a_clause(at, mark.at) for at in [*(figure.at for figure in row.figures), *ends])


def _is_own(step: Step) -> bool:
    """Whether a field holds the very amount that its part is of: 决算数 of a comparison."""
    return step.key in step.model.phrasing.also_own


def _no_longer(value: Any) -> Any:
    return None if isinstance(value, Lost) else value

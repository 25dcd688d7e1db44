"""What answers come to: the parts of a report that a model mapped, put together and made a Report[Ref]; what the
verifier says of them, and its findings in words for the model that is asked again.

A finding names both sides of a contradiction with their marks, and what of an answer was refused or left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, NamedTuple

from recount.pipeline.document import Document, Token
from recount.pipeline.model.answer.evidence import Evidence, Pick, evidence_of, leaves, named, picks_in, row_of
from recount.pipeline.model.answer.resolve import (
    NO_NAME,
    NO_NUMBER,
    NOT_QUOTED,
    NOT_SHOWN,
    OF_ANOTHER_FIELD,
    OF_ANOTHER_KIND,
    OF_ANOTHER_ROW,
    OF_SEVERAL,
    SAID_ONCE,
    SEVERAL,
    UNSAID,
    Refused,
)
from recount.pipeline.model.ask.pieces import Piece
from recount.pipeline.model.ask.question import Findings, Wanted
from recount.pipeline.model.ask.shown import Mark, Shown
from recount.pipeline.split.folding import fold
from recount.pipeline.usage import NOTHING, Usage
from recount.pipeline.verify.cover import DocumentNumbers
from recount.pipeline.verify.ground import fits
from recount.pipeline.verify.recount import Status
from recount.pipeline.verify.verify import Verified, verify
from recount.schemas.arithmetic import Evaluation
from recount.schemas.common.parts import UNMAPPED
from recount.schemas.describe import Step, Trail, fields_of, names_of, nested
from recount.schemas.family import Family
from recount.schemas.figures import Figure, Kind, Model, Ref
from recount.schemas.saying import Saying


@dataclass(slots=True)
class Draft:
    """A piece as it was answered.

    values: by field of the report, nested; Pick for figures. used: the tokens that its figures and texts took.
    shown: what was shown of it, in order. refused: what was not taken of the answers. open: why nothing came of it;
    unanswered: for no answer came, so that it may be asked again. prompts: their versions. usage: what they took.
    """

    piece: Piece
    values: dict[str, Any] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    shown: list[Shown] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    open: Saying | None = None
    unanswered: bool = False
    prompts: tuple[str, ...] = ()
    usage: Usage = NOTHING


def merged(one: Any, other: Any) -> Any:
    """Two answers about one part: the first that says something, if words speak for it; lists one after the other."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        keys = dict.fromkeys([*one, *other])
        return {key: merged(one.get(key), other.get(key)) for key in keys}
    if isinstance(one, list) and isinstance(other, list):
        return one + other
    if isinstance(one, Pick) and isinstance(other, Pick) and one.evidence is not Evidence.FOR:
        return other if other.evidence is Evidence.FOR else one
    return other if one in (None, False) and other is not None else one


def rows_in(values: Any, pointer: str = "") -> Iterator[tuple[str, int]]:
    """How many rows each list has, by its pointer."""
    if isinstance(values, Mapping):
        for key, value in values.items():
            yield from rows_in(value, f"{pointer}/{key}")
    elif isinstance(values, list):
        yield pointer, len(values)


def put_together(drafts: Sequence[Draft]) -> dict[str, Any]:
    """All pieces as the values of one report; the tables of a list become its rows, in the order of the report."""
    values: dict[str, Any] = {}
    for draft in drafts:
        values = merged(values, draft.values)
    return values


def filled(old: Any, new: Any, pointer: str, settled: Callable[[str], bool], used: Set[int] | None = None) -> Any:
    """Values with what a new answer says where nothing is, or where what is there is not settled.

    used: the tokens that the old values hold, where the rows of new lists are some of a list's; None where they are all
    of it.
    """
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        keys = dict.fromkeys([*old, *new])
        return {key: filled(old.get(key), new.get(key), f"{pointer}/{key}", settled, used) for key in keys}
    if isinstance(old, list) and isinstance(new, list) and old:
        if used is not None:
            return _with_rows(old, new, pointer, settled, used)
        if len(old) == len(new):
            return [filled(a, b, f"{pointer}/{at}", settled) for at, (a, b) in enumerate(zip(old, new, strict=True))]
        return old if all(settled(at) for at, _ in leaves(old, pointer)) else new
    if isinstance(old, Ref | Pick):
        return old if settled(pointer) or new is None else new
    return new if old in (None, [], False) and new is not None else old


def free_of_others(
    new: Mapping[str, Any], old: Mapping[str, Any], refused: list[Refused], *, loose: bool = False
) -> dict[str, Any]:
    """New values without the figures that another field of the old has, where no words give them to this one; rows
    apart, which take the place of theirs. refused: where those are told. loose: the new ones are of a passage, of which
    the model alone says of which part it is: then only a figure that no field has is taken."""
    places: dict[int, set[str]] = {}
    for at, leaf in leaves(old):
        places.setdefault(leaf.ref.token if isinstance(leaf, Pick) else leaf.token, set()).add(at)
    away = {
        at: pick
        for at, pick in picks_in(new)
        if (loose or pick.evidence is not Evidence.FOR) and not any(step.field.many for step in pick.trail)
        if any(not other.startswith(f"/{UNMAPPED}/") for other in places.get(pick.ref.token, set()) - {at})
    }
    refused += [Refused(at, pick.mark.printed, OF_SEVERAL) for at, pick in away.items()]
    return without(new, away.keys())  # type: ignore[no-any-return]


def without(values: Any, away: Set[str], pointer: str = "") -> Any:
    """Values without the figures at some pointers, and without the rows that hold no others."""
    if isinstance(values, Mapping):
        return {key: without(value, away, f"{pointer}/{key}") for key, value in values.items()}
    if isinstance(values, list):
        rows = [without(row, away, f"{pointer}/{at}") for at, row in enumerate(values)]
        return [row for row, old in zip(rows, values, strict=True) if any(leaves(row)) or not any(leaves(old))]
    return None if pointer in away else values


def _with_rows(
    old: list[Any], new: list[Any], pointer: str, settled: Callable[[str], bool], used: Set[int]
) -> list[Any]:
    """A list with some rows: each in the row that has figures of it, or its name; or else, if its figures are in no
    field yet, behind those that stand before it."""
    rows, added = list(old), []
    for row in new:
        at = next((at for at, known in enumerate(old) if _is_row(known, row)), None)
        if at is not None:
            rows[at] = filled(rows[at], row, f"{pointer}/{at}", settled, used)
        elif _is_called(row) and (tokens := tokens_in(row)) and not tokens & used:
            added.append((min(tokens), row))
    for first, row in added:
        at = next((at for at, known in enumerate(rows) if min(tokens_in(known), default=-1) > first), len(rows))
        rows.insert(at, row)
    return rows


def _is_called(row: Any) -> bool:
    """Whether a row says what it is: one without a name may be any other."""
    return not isinstance(row, Mapping) or any(isinstance(value, str) for value in row.values())


def _is_row(known: Any, row: Any) -> bool:
    """Whether two rows are one: they share figures, or all words that both have."""
    if not (isinstance(known, Mapping) and isinstance(row, Mapping)):
        return bool(known == row)
    if tokens_in(known) & tokens_in(row):
        return True
    both = [(words, row[key]) for key, words in known.items() if isinstance(words, str) and row.get(key)]
    return bool(both) and all(one == other for one, other in both)


def tokens_in(values: Any) -> set[int]:
    """The tokens of the figures in nested values, but for those without a key."""
    return {
        leaf.ref.token if isinstance(leaf, Pick) else leaf.token
        for at, leaf in leaves(values)
        if not at.startswith(f"/{UNMAPPED}/")
    }


def references(values: Any) -> Any:
    """Nested values with references in place of picks, and without what says nothing: what Report[Ref] is validated
    from. Null is no word of every field, but every field may be left out."""
    if isinstance(values, Mapping):
        return {key: references(value) for key, value in values.items() if value is not None}
    if isinstance(values, list | tuple):
        return [references(value) for value in values]
    return values.ref if isinstance(values, Pick) else nested(values, lambda leaf: leaf)


_ROW = re.compile(r"/\d+(?=/)")


class Reading:
    """What a second reader put where: by field, with the number of a row left open, and token, the rows it stands in.

    values: nested, of all that it read.
    """

    def __init__(self, values: Sequence[Mapping[str, Any]]) -> None:
        self._rows: dict[tuple[str, int], list[Mapping[str, Any]]] = {}
        for part in values:
            for at, leaf in leaves(part):
                token = leaf.ref.token if isinstance(leaf, Pick) else leaf.token
                self._rows.setdefault((_ROW.sub("/*", at), token), []).append(row_of(part, at))

    def has(self, at: str, pick: Pick, row: Mapping[str, Any]) -> bool:
        """Whether it has a figure in the same field, of a list in a row that is called alike. row: of the figure."""
        lists = [step.field.model for step in pick.trail if step.field.many and step.field.model is not None]
        names = [name for name in (names_of(lists[-1]) if lists else ()) if row.get(name)]
        rows = self._rows.get((_ROW.sub("/*", at), pick.ref.token), ())
        return any(all(not other.get(name) or _alike(row[name], other[name]) for name in names) for other in rows)


def _alike(one: str, other: str) -> bool:
    return fold("".join(one.split())) == fold("".join(other.split()))


def unsure_in(values: Any) -> Iterator[str]:
    """The pointers of the figures that no words speak for: identities do not confirm them."""
    return (at for at, pick in picks_in(values) if pick.evidence is not Evidence.FOR)


def used_by(values: Any, shown: Shown, quoted: Sequence[tuple[int, int]]) -> set[int]:
    """The tokens that an answer took: as figures, or inside its texts."""
    tokens = {figure.ref.token for _, figure in picks_in(values)}
    spans = [mark.token.index for mark in shown.marks if any(start <= mark.at < end for start, end in quoted)]
    return tokens | set(spans)


# --- what a model passed over: figures that it was shown and put into no field


def left_out(draft: Draft, verified: Verified) -> list[str]:
    """The figures of a piece that are in no field, as they were shown.

    A few may well have none; told are those that are most of what one question showed, or most of a paragraph of which
    the words give some to a field that is open.
    """
    used = draft.used | {figure.token for figure in verified.figures.values()}
    open_fields = list(_open_fields(type(verified.report), draft.piece, verified))
    left: dict[str, None] = {}
    for shown in draft.shown:
        figures = [mark for mark in shown.marks if mark.token.is_figure]
        out = _mostly_out(figures, used)
        for paragraph in _paragraphs(figures) if not out else ():
            lost = _mostly_out(paragraph, used)
            out += lost if any(_is_of(mark, trail) for mark in lost for trail in open_fields) else []
        left |= dict.fromkeys(mark.printed for mark in out)
    return list(left)


def _mostly_out(figures: Sequence[Mark], used: Set[int]) -> list[Mark]:
    """Those of some figures that are in no field, if they are most."""
    out = [mark for mark in figures if mark.token.index not in used]
    return out if len(out) * 2 > len(figures) else []


def _paragraphs(figures: Sequence[Mark]) -> Iterator[list[Mark]]:
    """The figures of running text by the paragraph that they are in."""
    running = (mark for mark in figures if mark.place.grid is None)
    return (list(marks) for _, marks in groupby(running, lambda mark: mark.place.before.count("\n")))


def _open_fields(model: type[Model], piece: Piece, verified: Verified) -> Iterator[Trail]:
    """The ways to the fields of a piece that no figure is in, rows of lists apart; without the steps that its place
    settles."""
    for pointer, trail in _ways(model, piece.wanted):
        if pointer not in verified.figures:
            yield trail[piece.depth :]


def _ways(model: type[Model], wanted: Wanted, pointer: str = "", trail: Trail = ()) -> Iterator[tuple[str, Trail]]:
    """The wanted figure fields of a model, rows of lists apart: pointer and way."""
    for name, inside in wanted.items():
        field, at, way = fields_of(model)[name], f"{pointer}/{name}", (*trail, Step(model, name))
        if field.kind is not None:
            yield at, way
        elif field.part is not None:
            deeper = dict.fromkeys(fields_of(field.part)) if inside is None else inside
            yield from _ways(field.part, deeper, at, way)


def _is_of(mark: Mark, trail: Trail) -> bool:
    return bool(trail) and fits(mark.token, trail[-1].field.kind or Kind.ANY) and named(trail, mark.place)


# --- what the verifier says of an answer, in words for the model that is asked again

_WORDS = {
    NOT_SHOWN: "原文没有这个数字",
    NO_NUMBER: "这不是原文的数字",
    SEVERAL: "这个数字在原文出现多次，编号不对，不知道是哪一个",
    NOT_QUOTED: "原文没有这些字",
    NO_NAME: "这里有金额，或说的是金额，不是名称",
    OF_ANOTHER_ROW: "这个名称不在这些数字所在的行",
    SAID_ONCE: "这一项原文只说了一次",
    OF_ANOTHER_KIND: "它的单位不合这个字段",
    OF_ANOTHER_FIELD: "它旁边的文字说的是别的项目",
    UNSAID: "没有文字说它属于这一部分",
    OF_SEVERAL: "它填到了几个字段，旁边的文字说的不是这一个",
}
_MOST_TOLD = 12
"""So many findings are told at most: a long list helps no model."""


class _Phrases(NamedTuple):
    """What is said of an answer, in the language of the question."""

    refused: str
    broken: str
    left: str
    unequal: str
    joint: str


_CHINESE = _Phrases(
    "- {at}：填了“{said}”，{why}。",
    "- 核对不符：{rule}：{sides}（{parts}）。",
    "- 原文的这些数字没有填到任何字段，请逐个看它们属于哪个字段：{figures}。",
    "不符",
    "，",
)
_ENGLISH = _Phrases(
    '- {at}: you wrote "{said}": {why}.',
    "- This does not add up: {rule}: {sides} ({parts}).",
    "- These figures of the text are in no field; look for each of them which field it is of: {figures}.",
    "not so",
    ", ",
)


def findings_in(
    draft: Draft, verified: Verified, tokens: Sequence[Token], *, in_english: bool = False
) -> Findings | None:
    """The findings about a piece, in Chinese or in English; None where there are none."""
    marks = {mark.token.index: mark.printed for shown in draft.shown for mark in shown.marks}
    fields = [f"/{name}" for name in _named_in(draft.piece.wanted)]
    phrases = _ENGLISH if in_english else _CHINESE
    lines = [
        phrases.refused.format(
            at=refused.pointer,
            said=refused.proposed,
            why=refused.reason.told("en") if in_english else _WORDS[refused.reason],
        )
        for refused in draft.refused
    ]
    lines += [
        _contradiction(evaluation, marks, tokens, phrases)
        for evaluation in verified.evaluations
        if evaluation.result == "fail" and evaluation.severity != "minor" and _about(evaluation.operands, fields)
    ]
    left = left_out(draft, verified)
    if left:
        lines.append(phrases.left.format(figures=phrases.joint.join(left[:_MOST_TOLD])))
    return Findings("\n".join(lines[-_MOST_TOLD:]), left_out=bool(left)) if lines else None


def _named_in(wanted: object, prefix: str = "") -> Iterator[str]:
    if isinstance(wanted, dict):
        for name, inside in wanted.items():
            if inside is None:
                yield f"{prefix}{name}"
            else:
                yield from _named_in(inside, f"{prefix}{name}/")


def _about(operands: Sequence[Figure], fields: Sequence[str]) -> bool:
    """Whether all the operands of an identity are of a piece: else it is no fault that one answer can put right."""
    return all(any(figure.pointer == at or figure.pointer.startswith(f"{at}/") for at in fields) for figure in operands)


def _contradiction(evaluation: Evaluation, marks: Mapping[int, str], tokens: Sequence[Token], phrases: _Phrases) -> str:
    printed = evaluation.identity.printed
    parts = phrases.joint.join(
        f"{figure.pointer}={marks.get(figure.token, tokens[figure.token].raw)}" for figure in evaluation.operands
    )
    sides = f"{printed.value} ≠ {evaluation.computed}" if printed is not None else phrases.unequal
    return phrases.broken.format(rule=evaluation.identity.rule, sides=sides, parts=parts)


@dataclass(frozen=True, slots=True)
class DraftVerifier:
    """What the verifier says of nested values that a model chose, while they are no report yet.

    mapper: who proposed the figures that were in the report before. model: who chose the others, as `model:<name>`.
    """

    document: Document
    family: Family
    mapper: str
    model: str
    _numbers: DocumentNumbers = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_numbers", DocumentNumbers(self.document.tokens))

    def report(self, values: dict[str, Any]) -> Model:
        """The values as a Report[Ref]."""
        return self.family.report_of(Ref).model_validate(references(values))  # type: ignore[no-any-return]

    def verified(self, values: dict[str, Any]) -> Verified:
        """What the verifier says of them. What the words of a choice do not speak for is unsure."""
        return verify(
            self.report(values),
            self.document.tokens,
            self.mapper,
            numbers=self._numbers,
            unsure=frozenset(unsure_in(values)),
            mappers=dict.fromkeys((at for at, _ in picks_in(values)), self.model),
        )


# --- which answer is taken


def better(new: Verified, old: Verified, *, sure: bool = False) -> bool:
    """Whether a report verifies better: no more contradictions and more figures verified; or fewer, and no fewer.

    An answer that contradicts less because it says less is not better. sure: the words speak for all of the answer;
    then it may be the page that contradicts itself, and more figures are better though some are disputed.
    """
    more = _verified_count(new) - _verified_count(old)
    worse = _contradictions(new) - _contradictions(old)
    if (worse > 0 and not sure) or more < 0 or _undisputed(new) < _undisputed(old):
        return False
    return worse < 0 or more > 0 or len(new.figures) > len(old.figures)


def spoken_for(values: Any) -> bool:
    """Whether the words beside every figure of an answer speak for its field; in running text they must name it."""
    return all(
        (evidence_of(pick.trail[1:], pick.mark.place) is Evidence.FOR)
        if pick.mark.place.grid is not None
        else named(pick.trail[1:], pick.mark.place)
        for _, pick in picks_in(values)
    )


def _undisputed(verified: Verified) -> int:
    return sum(status is not Status.DISPUTED for status in verified.statuses.values())


def _verified_count(verified: Verified) -> int:
    return sum(status is Status.VERIFIED for status in verified.statuses.values())


def _contradictions(verified: Verified) -> int:
    return sum(e.result == "fail" and e.severity != "minor" for e in verified.evaluations)

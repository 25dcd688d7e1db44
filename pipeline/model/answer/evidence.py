"""The evidence of the words: whether those beside a figure speak for the field that a model put it in.

Arithmetic cannot tell a figure in the right field from the same figure in a field that no other figure speaks of: a
sum holds as well with 其他收入 filed as 事业收入. So a figure that a model mapped is confirmed by identities only where
the printed words speak for its field too. Three kinds of words do: the subject that was named last (财政拨款收入), the
words right before the figure that say what of it (增加, 占, 预算数), and in a table the head of its column and its row.

What they said stays with the figure (`Pick`) in the values that an answer is resolved to.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from enum import Enum
from functools import cache, lru_cache
from typing import Any

from recount.pipeline.model.ask.shown import Mark, Place
from recount.pipeline.split.outline import is_heading_inside
from recount.pipeline.split.text import fold
from recount.schemas.common.codes import is_function_class
from recount.schemas.common.parts import BUDGET, LAST_YEAR, Change, Comparison, Portion
from recount.schemas.describe import Step, Trail, fields_of, holds_figures, leaves_in, names_of, names_rule, row_lists
from recount.schemas.figures import DOWN, UP, Kind, Model, Ref


class Evidence(Enum):
    """What the words beside a figure say of its field."""

    FOR = "for"
    AGAINST = "against"
    SILENT = "silent"


Pattern = re.Pattern[str]
NOWHERE = (-1, 0)
_HALF = 0.5
_LIKE = 0.4
"""So much a heading has in common with the title of its part: (四)预算绩效评价工作开展情况 with 预算绩效的情况说明."""
_ORDINAL = re.compile(r"^\s*[(（]?[一二三四五六七八九十]{1,3}[)）、.]*")
_SHORTEST_TITLE = 3  # characters; 金额 says nothing
_PARTS = (Change, Portion, Comparison)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a field is of. title: its name as it is compared. words: a rule for other names of it, on folded words."""

    title: str
    words: str | None

    def last_in(self, bare: str) -> tuple[int, int]:
        """Where it is named last in some words, as they are compared (end and length), or NOWHERE."""
        at = bare.rfind(self.title) if self.title else -1
        found = (at + len(self.title), len(self.title)) if at >= 0 else NOWHERE
        for match in re.finditer(self.words, bare) if self.words else ():
            found = max(found, (match.end(), len(match[0])))
        return found


_MARKS = re.compile(r"[\s\"'“”()（）、/·,，的]")
_GENERIC = re.compile(
    r"金额|占比|数值|决算数|预算数|支出决算|支出|收入|增减额|增减率|合计|小计|总计|数字|预决算差异率|完成预算百分比"
)
_COUNTED = re.compile(r"(?:(?:的)?(?:比例|比重|百分比)|(?<=..)数)$")
_TURN = re.compile(rf"(?P<turn>{UP}|{DOWN})(?:了|额|数|率|幅度|比例)?(?:为|是|达|约)?[:：]?$")
_BASIS = re.compile(f"{LAST_YEAR}|{BUDGET}")
_CLAUSE = re.compile(r"[^▮。;\n]*$")
_SENTENCE = re.compile(r"[^。\n]*$")
_PARAGRAPH = re.compile(r"[^\n]*$")
_ALL = re.compile(r"(?s:.*)$")
_SUM = re.compile(r"(?:合计|总计|总额|共计)$")
_PART_OF = re.compile(r"占[^▮。;,\n]{0,40}$")
"""What a share is of: 占“三公”经费的. It is not the share of what is named there."""
_TOTAL = "总计"
_SHARE = re.compile(r"占(.+)的(?:比例|比重)$")


def falls(place: Place) -> bool | None:
    """Whether the words right before a number say that it is a decrease; None where they say nothing of the kind."""
    turn = _TURN.search(_tail(_CLAUSE, place.before))
    return None if turn is None else re.fullmatch(DOWN, turn["turn"]) is not None


@lru_cache(maxsize=1024)
def _tail(stretch: Pattern, words: str) -> str:
    """The end of some words, from the beginning of a clause or sentence."""
    match = stretch.search(words)
    return match[0] if match else ""


def evidence_of(trail: Trail, place: Place) -> Evidence:
    """What the words beside a figure say of the field at the end of a trail."""
    found = _heard(trail, place)
    if Evidence.AGAINST in found:
        return Evidence.AGAINST
    return Evidence.SILENT if Evidence.SILENT in found else Evidence.FOR


def named(trail: Trail, place: Place) -> bool:
    """Whether words speak for the field, and not only none against it."""
    return Evidence.FOR in _heard(trail, place) and evidence_of(trail, place) is Evidence.FOR


def vouched(trail: Trail, place: Place, called: Sequence[str] = ()) -> bool:
    """Whether words say of a figure that it is of a field of a part that no heading or title of the outline decides.

    They name the field among others (增加 is said of any: its sentence must say most of the part's title), its whole
    title stands right before the figure, or the last heading is the part's. Of a row that has names the words must say
    the list and the row too. called: its names.
    """
    inside = next((at for at in range(len(trail), 0, -1) if _has_names(trail[at - 1])), 0)
    if inside:
        return _is_said_of_a_row(trail, inside, place, called)
    first, ways = trail[0], [way for way in (trail[1:], trail) if named(way, place)]
    of_part = bool(ways) and first.key in _told_of(first.model, None, normal(_tail(_SENTENCE, place.before)))
    by_name = of_part or any(_names_any(way, place) for way in ways)
    return by_name or _is_titled(trail[-1], place) or is_under(first, place)


def _names_any(trail: Trail, place: Place) -> bool:
    """Whether words name what a step of a trail is of, and do not only say what of it."""
    kind, said = trail[-1].field.kind or Kind.ANY, _said(trail[-1], place)
    return any(_named(step, kind, place, spoken=said) is Evidence.FOR for step in trail)


def stands_by(one: Place, other: Place) -> bool:
    """Whether two figures stand in one line of a table, or in one paragraph."""
    if one.grid is not None or other.grid is not None:
        return (one.grid, one.line) == (other.grid, other.line)
    return "\n" not in max(one.before, other.before, key=len)[min(len(one.before), len(other.before)) :]


def _has_names(step: Step) -> bool:
    """Whether a step is a list whose rows have names."""
    return step.field.many and step.field.model is not None and bool(names_of(step.field.model))


def _is_said_of_a_row(trail: Trail, inside: int, place: Place, called: Sequence[str]) -> bool:
    """Whether the words say of a figure that it is of a row: in a table the heads of its column; else its paragraph
    says its names, and the heading that it is of the list, or the words before it, and a class is what it is called.

    inside: so many steps lead to the row.
    """
    if place.grid is not None:
        return named(trail[inside:], place)
    paragraph, clause = normal(_tail(_PARAGRAPH, place.before)), normal(_tail(_CLAUSE, place.before))
    names = [normal(name) for name in called]
    if not names or not all(name in paragraph for name in names):
        return False
    if is_under(trail[0], place):
        return True
    own = named(trail[inside:], place) or _is_titled(trail[-1], place) or names[-1] in clause
    return (
        own
        and any(is_function_class(fold(name).removesuffix("(类)")) for name in called)
        and is_told_of(trail[:inside], place)
    )


def is_told_of(trail: Trail, place: Place) -> bool:
    """Whether the words before a figure say most of the title of the part with a list, and more than of that of another
    part with such a list: 一般公共预算财政拨款支出 for 一般公共预算财政拨款支出决算情况说明."""
    first, rows = trail[0], trail[-1].field.model
    return first.key in _told_of(first.model, rows, normal(place.before))


@lru_cache(maxsize=1024)
def _told_of(model: type[Model], rows: type[Model] | None, before: str) -> Set[str]:
    """The parts most of whose title stands in some words, more than of others. rows: only those with a list of such."""
    titles = {key: normal(field.title) for key, field in fields_of(model).items() if field.model is not None}
    with_rows = {found.way[0] for found in row_lists(model) if found.model is rows}
    scores = {key: _share_of(title, before) for key, title in titles.items() if rows is None or key in with_rows}
    best = max(scores.values(), default=0)
    return {key for key, score in scores.items() if score == best >= _HALF}


def _is_titled(step: Step, place: Place) -> bool:
    """Whether the title of a field stands right before a figure, a sum or none: 本年收入 before 年收入合计."""
    title, tail = normal(step.field.title), normal(_tail(_CLAUSE, place.before))
    tails = [words for words in (tail, _SUM.sub("", tail)) if len(words) >= _SHORTEST_TITLE]
    return len(title) >= _SHORTEST_TITLE and any(words.endswith(title) or title.endswith(words) for words in tails)


def is_under(step: Step, place: Place) -> bool:
    """Whether the last heading before a figure is more like the title of a part than like that of any other."""
    heading = next((line for line in reversed(place.before.split("\n")) if is_heading_inside(line)), "")
    scores = _likely_parts(step.model, heading)
    return scores.get(step.key, 0) > _LIKE and scores[step.key] == max(scores.values())


@lru_cache(maxsize=1024)
def _likely_parts(model: type[Model], heading: str) -> Mapping[str, float]:
    """How much a heading has in common with the title of each part of a model."""
    titles = {key: normal(field.title) for key, field in fields_of(model).items() if field.model is not None}
    return {key: _alikeness(title, normal(_ORDINAL.sub("", heading))) for key, title in titles.items()}


def _alikeness(one: str, other: str) -> float:
    """How much two titles have in common, by pairs of characters: twice those of both, over those of each."""
    pairs = [Counter(words[at : at + 2] for at in range(len(words) - 1)) for words in (one, other)]
    return 2 * (pairs[0] & pairs[1]).total() / max(pairs[0].total() + pairs[1].total(), 1)


def _heard(trail: Trail, place: Place) -> set[Evidence]:
    """What the words say of each step of a trail that needs them to."""
    if not trail:
        return set()
    kind = trail[-1].field.kind or Kind.ANY
    said = _said(trail[-1], place)
    # Where the words right before it say what of it, others of another sentence do not say otherwise.
    own = _named(trail[-1], kind, place, _NEAR if said is Evidence.FOR else _FAR)
    said = Evidence.AGAINST if _is_share_of_all(trail, place) else said
    words = [said, own, *(_named(step, kind, place, spoken=said) for step in trail[:-1])]
    return {told for told in words if told is not None}


# --- what of it: the words right before the figure


def _said(step: Step, place: Place) -> Evidence | None:
    before = step.model.phrasing.before
    tail = _tail(_CLAUSE, place.before)
    if place.heads:
        return None
    if step.key in before:
        if _compared_otherwise(step, place):
            return Evidence.AGAINST
        if re.search(f"(?:{before[step.key]})$", tail):
            return Evidence.FOR
        other = any(re.search(f"(?:{words})$", tail) for words in _said_of_others(step))
        return Evidence.AGAINST if other else Evidence.SILENT
    turned = falls(place) is not None and not re.search(f"{UP}|{DOWN}", step.field.title)
    return Evidence.AGAINST if turned or _said_of_a_part(step, tail) or _is_share_of_another(step, tail) else None


def _is_share_of_another(step: Step, tail: str) -> bool:
    """Whether a figure is said to be a share of something else than the title of its field says: 占中小企业合同金额的
    for 占政府采购支出总额的比例."""
    whole, said = _SHARE.match(step.field.title), _PART_OF.search(tail)
    return whole is not None and said is not None and _share_of(normal(whole[1]), normal(said[0])) < _HALF


def _is_share_of_all(trail: Trail, place: Place) -> bool:
    """Whether a share is said to be of 收入总计, where its part has no such total: that of 本年收入 is another."""
    said = _PART_OF.search(_tail(_CLAUSE, place.before)) if trail[-1].field.kind is Kind.PERCENT else None
    fields = fields_of(trail[-2].model).values() if len(trail) > 1 else ()
    return said is not None and _TOTAL in said[0] and not any(_TOTAL in field.title for field in fields)


def _compared_otherwise(step: Step, place: Place) -> bool:
    """Whether the sentence compares with something else: 增长 is said of the year before, and of the budget."""
    basis = step.model.phrasing.basis.get(step.key)
    named_last = _BASIS.findall(_tail(_SENTENCE, place.before))
    return basis is not None and bool(named_last) and not re.fullmatch(basis, named_last[-1])


@cache
def _said_of_others(step: Step) -> tuple[str, ...]:
    """What is said of other figures of the kind: of the same part, and of the parts that all sections share."""
    return tuple(
        words
        for part in (step.model, *_PARTS)
        for key, words in part.phrasing.before.items()
        if not (part is step.model and key == step.key) and fields_of(part)[key].kind is step.field.kind
    )


def _said_of_a_part(step: Step, tail: str) -> bool:
    """Whether the words after a figure's own name are those of a part beside it: 年初预算为 before an amount."""
    own = Subject(normal(step.field.title), names_rule(step.model, step.key))
    bare = normal(tail)
    rest = bare[max(own.last_in(bare)[0], 0) :]
    return any(re.search(f"(?:{words})$", rest) for words in _said_of_parts(step))


@cache
def _said_of_parts(step: Step) -> tuple[str, ...]:
    """What is said of figures of the kind in the parts beside a field."""
    parts = [beside.part for beside in fields_of(step.model).values() if beside.part is not None]
    return tuple(
        words
        for part in parts
        for key, words in part.phrasing.before.items()
        if key not in part.phrasing.also_own and fields_of(part)[key].kind is step.field.kind
    )


# --- of what: the subject that was named last, or the head of the column


_NEAR = (_SENTENCE,)
_FAR = (_SENTENCE, _PARAGRAPH, _ALL)


@lru_cache(maxsize=8192)
def _named(
    step: Step, kind: Kind, place: Place, stretches: tuple[Pattern, ...] = _FAR, spoken: Evidence | None = None
) -> Evidence | None:
    """What the subject says that was named last in the nearest stretch that names one. spoken: what the words right
    before the figure say of the last step."""
    name, every = step.key, subjects_of(step.model, kind)
    subjects = _counted_in(every, place.unit) if kind is Kind.COUNT else every
    if name in every and name not in subjects:
        return Evidence.AGAINST
    if name not in subjects or len({subject.title for subject in subjects.values()}) < 2:
        return None
    if place.heads or place.row:
        return _headed(name, subjects, place)
    before = _PART_OF.sub("", place.before) if kind is Kind.PERCENT else place.before
    for stretch in stretches if subjects is every else (_SENTENCE, _PARAGRAPH):
        last = _last_named(subjects, _tail(stretch, before))
        if (
            name in last
            or _alike(subjects, name, last)
            or (last and _is_joined(subjects, name, _tail(stretch, before)))
        ):
            return Evidence.FOR
        if last:
            return Evidence.SILENT if _compares_any(step, last, spoken) else Evidence.AGAINST
    return Evidence.SILENT


def _is_joined(subjects: Mapping[str, Subject], name: str, words: str) -> bool:
    """Whether a subject is named right before the last, of both of which the same is said: 收入总计、支出总计均为."""
    bare = normal(words)
    end, length = max(subject.last_in(bare) for subject in subjects.values())
    own = subjects[name].last_in(bare[: end - length].rstrip("和与及"))[0]
    return 0 < own == len(bare[: end - length].rstrip("和与及")) and bare[end:].startswith(("均", "都", "各"))


def _compares_any(step: Step, last: Set[str], spoken: Evidence | None) -> bool:
    """Whether a comparison (of an amount that its words name once more: 支出年初预算) may be of a plain amount that was
    named last."""
    part = step.field.part
    plain = all(fields_of(step.model)[key].kind is not None for key in last)
    return plain and part is not None and bool(part.phrasing.also_own) and spoken is Evidence.FOR


def _counted_in(subjects: Mapping[str, Subject], unit: str) -> Mapping[str, Subject]:
    """The subjects that a number of a unit can be of, without it: 国内公务接待 of 国内公务接待人次; all where no title
    names the unit."""
    known = {key: subject for key, subject in subjects.items() if len(unit) > 1 and subject.title.endswith(unit)}
    return {key: Subject(told.title.removesuffix(unit), told.words) for key, told in known.items()} or subjects


def _alike(subjects: Mapping[str, Subject], name: str, last: Set[str]) -> bool:
    """Whether what was named last is the subject's own name with more or fewer words before it."""
    own, others = subjects[name].title, [subjects[key].title for key in last]
    return any(own and other and (own.endswith(other) or other.endswith(own)) for other in others)


def _headed(name: str, subjects: Mapping[str, Subject], place: Place) -> Evidence:
    named = _last_named(subjects, place.row)
    if name in named:
        return Evidence.FOR
    heads = normal(place.heads)
    scores = {key: _share_of(subject.title, heads) for key, subject in subjects.items()}
    best = max(scores.values())
    if best < _HALF:
        return Evidence.AGAINST if named else Evidence.SILENT
    return Evidence.FOR if scores[name] == best else Evidence.AGAINST


def _last_named(subjects: Mapping[str, Subject], words: str) -> set[str]:
    """The fields whose subjects are named last in some words; of two that end together the longer."""
    bare = normal(words)
    ends = {name: subject.last_in(bare) for name, subject in subjects.items()}
    latest = max(ends.values(), default=NOWHERE)
    return {name for name, end in ends.items() if end == latest} if latest != NOWHERE else set()


def _share_of(subject: str, words: str) -> float:
    """How much of a name stands in some words, by pairs of characters."""
    pairs = [subject[at : at + 2] for at in range(max(len(subject) - 1, 1))]
    return sum(pair in words for pair in pairs) / len(pairs)


@cache
def subjects_of(model: type[Model], kind: Kind) -> dict[str, Subject]:
    """By field: what it is of, for the fields of a model that hold figures of a kind; the rows of a list have names."""
    found = {}
    for name, told in fields_of(model).items():
        title, words = subject_in(told.title), names_rule(model, name)
        if not told.many and holds_figures(model, name, kind) and (title or words):
            found[name] = Subject(title, words)
    return found


def subject_in(title: str) -> str:
    """What a title is of: 收入总计 of 收入总计与上年相比; nothing where the title is a word for any figure."""
    name = _COUNTED.sub("", normal(re.split(r"与(?:上年|年初|全年)", title)[0]))
    return "" if _GENERIC.fullmatch(name) else name


def normal(words: str) -> str:
    """Words as they are compared: without brackets, quotation marks and small words."""
    return _MARKS.sub("", fold(words))


# --- what resolving an answer leaves in its nested values: figures at their places, and fields that lost theirs


@dataclass(frozen=True, slots=True)
class Pick:
    """A figure of an answer at its place: the reference, the mark it was found by, what the words beside it say.

    trail: the way to its field.
    """

    ref: Ref
    mark: Mark
    evidence: Evidence
    trail: Trail = field(repr=False, default=())


@dataclass(frozen=True, slots=True)
class Lost:
    """A field whose figure was refused or left null, until it is known whether the words give it one.

    trail: the way to the field.
    """

    trail: Trail = field(repr=False)


def leaves(values: Any, pointer: str = "") -> Iterator[tuple[str, Ref | Pick]]:
    """All figures in nested values, with their pointers."""
    return ((at, leaf) for at, leaf in leaves_in(values, pointer) if isinstance(leaf, Ref | Pick))


def picks_in(values: Any) -> Iterator[tuple[str, Pick]]:
    """The figures that a model picked, with their pointers."""
    return ((at, leaf) for at, leaf in leaves(values) if isinstance(leaf, Pick))


def row_of(values: Any, at: str) -> Mapping[str, Any]:
    """The row that a figure is in, the innermost; nothing where it is in none."""
    row: Mapping[str, Any] = {}
    found = values
    for step in at.split("/")[1:]:
        found = found[int(step)] if isinstance(found, list | tuple) else found[step]
        row = found if step.isdigit() else row
    return row


def says_something(values: Mapping[str, Any]) -> bool:
    """Whether a part has anything that is printed (contract: one of which nothing is printed is null)."""
    return any(value not in (None, [], False) for value in values.values())

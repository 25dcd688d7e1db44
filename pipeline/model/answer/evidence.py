"""The evidence of the words: whether those beside a figure speak for the field that a model put it in.

Arithmetic cannot tell a figure in the right field from the same figure in a field that no other figure speaks of: a
sum holds as well with 其他收入 filed as 事业收入. So a figure that a model mapped is confirmed by identities only where
the printed words speak for its field too. Three kinds of words do: the subject that was named last (财政拨款收入), the
words right before the figure that say what of it (增加, 占, 预算数), and in a table the head of its column and its row.

What they said stays with the figure (`Pick`) in the values that an answer is resolved to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from enum import Enum
from functools import cache, lru_cache
from typing import Any

from recount.pipeline.model.ask.shown import Mark, Place
from recount.pipeline.split.folding import fold
from recount.schemas.common.parts import BUDGET, LAST_YEAR, Change, Comparison, Portion
from recount.schemas.describe import Step, Trail, fields_of, holds_figures, leaves_in, names_rule
from recount.schemas.figures import DOWN, UP, Kind, Model, Ref


class Evidence(Enum):
    """What the words beside a figure say of its field."""

    FOR = "for"
    AGAINST = "against"
    SILENT = "silent"


Pattern = re.Pattern[str]
NOWHERE = (-1, 0)
HALF = 0.5
_SHORTEST_END = 4  # characters of a title that stand for all of it
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
        last = re.search(f"(?:{self.words})$", bare) if self.words else None  # of two rules the one that ends there
        for match in (*re.finditer(self.words, bare), *([last] if last else ())) if self.words else ():
            found = max(found, (match.end(), len(match[0])))
        return found


_MARKS = re.compile(r"[\s\"'“”()（）、/·,，的]")
_GENERIC = re.compile(
    r"金额|占比|数值|决算数|预算数|支出决算|支出|收入|增减额|增减率|合计|小计|总计|数字|预决算差异率|完成预算百分比"
)
_COUNTED = re.compile(r"(?:(?:的)?(?:比例|比重|百分比)|(?<=..)数)$")
_TURN = re.compile(rf"(?P<turn>{UP}|{DOWN})(?:了|额|数|率|幅度|比例)?(?:为|是|达|约)?[:：]?$")
_BASIS = re.compile(f"{LAST_YEAR}|{BUDGET}")
CLAUSE = re.compile(r"[^▮。;\n]*$")
PHRASE = re.compile(r"[^▮。;:,、\n]*$")
SAID_AS = re.compile(r"(?:共计?|合计)?[为是达约有]?$")
SENTENCE = re.compile(r"[^。\n]*$")
PARAGRAPH = re.compile(r"[^\n]*$")
_ALL = re.compile(r"(?s:.*)$")
_COUNTED_IN = {"辆": "车", "台": "车|设备", "套": "设备"}
"""What numbers of a unit are of."""
_MOVES = re.compile(r"[增减升降多少高低差]|变[化动]|涨|跌")
"""Some word for what is more or less than it was."""
_PLANNED = re.compile(rf"{BUDGET}|年初|安排|计划")
_OF_A_ROW = re.compile(r".*\([类款项]\)(.*)$")
_OTHER_THING = re.compile(r"[^\W\d_][^\W\d_缴收]费(?!用)|外[事宾]接待")
_PART_OF = re.compile(r"占[^▮。;,\n]{0,40}$")
"""What a share is of: 占“三公”经费的. It is not the share of what is named there."""
_TOTAL = "总计"
_SHARE = re.compile(r"占(.+)的(?:比例|比重)$")


def falls(place: Place) -> bool | None:
    """Whether the words right before a number say that it is a decrease; None where they say nothing of the kind."""
    turn = _TURN.search(tail_of(CLAUSE, place.before))
    return None if turn is None else re.fullmatch(DOWN, turn["turn"]) is not None


@lru_cache(maxsize=1024)
def tail_of(stretch: Pattern, words: str) -> str:
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


def stands_by(one: Place, other: Place, ends: str = "\n") -> bool:
    """Whether two figures stand in one line of a table, or in one paragraph (with the ends of sentences: in one)."""
    if one.grid is not None or other.grid is not None:
        return (one.grid, one.line) == (other.grid, other.line)
    between = max(one.before, other.before, key=len)[min(len(one.before), len(other.before)) :]
    return not any(end in between for end in ends)


def names_any(trail: Trail, place: Place) -> bool:
    """Whether words name what a step of a trail is of, and do not only say what of it: of the part of a report any
    words before a figure may (a heading), of its fields those of the paragraph."""
    kind, said = trail[-1].field.kind or Kind.ANY, _said(trail[-1], place)
    return trail[0].key in _last_named(subjects_of(trail[0].model, kind), place.before) or any(
        _named(step, kind, place, (SENTENCE, PARAGRAPH), spoken=said) is Evidence.FOR for step in trail[1:]
    )


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
    words += [Evidence.AGAINST] if _is_of_an_item(trail, kind, place) else []
    return {told for told in words if told is not None}


def _is_of_an_item(trail: Trail, kind: Kind, place: Place) -> bool:
    """Whether a figure stands behind an item of expenditure (…(类)…(款)…(项)) in its paragraph, while its field is in
    no row, and was not named since."""
    item = _OF_A_ROW.search(tail_of(PARAGRAPH, place.before)) if place.grid is None else None
    if item is None or any(step.field.many for step in trail):
        return False
    told = [step for step in trail if step.key not in step.model.phrasing.before]
    return not any(step.key in _last_named(subjects_of(step.model, kind), item[1]) for step in told)


# --- what of it: the words right before the figure


def _said(step: Step, place: Place) -> Evidence | None:
    before = step.model.phrasing.before
    tail = tail_of(CLAUSE, place.before)
    if place.heads:
        return None
    if step.key in before:
        if _compared_otherwise(step, place):
            return Evidence.AGAINST
        if re.search(f"(?:{before[step.key]})$", tail):
            return Evidence.FOR
        other = any(re.search(f"(?:{words})$", tail) for words in _said_of_others(step)) or _lacks_basis(step, place)
        return Evidence.AGAINST if other else Evidence.SILENT
    turned = falls(place) is not None and not re.search(f"{UP}|{DOWN}", step.field.title)
    return Evidence.AGAINST if turned or _said_of_a_part(step, tail) or _is_share_of_another(step, tail) else None


def _is_share_of_another(step: Step, tail: str) -> bool:
    """Whether a figure is said to be a share of something else than the title of its field says: 占中小企业合同金额的
    for 占政府采购支出总额的比例."""
    whole, said = _SHARE.match(step.field.title), _PART_OF.search(tail)
    return whole is not None and said is not None and share_of(normal(whole[1]), normal(said[0])) < HALF


def _is_share_of_all(trail: Trail, place: Place) -> bool:
    """Whether a share is said to be of 收入总计, where its part has no such total: that of 本年收入 is another."""
    said = _PART_OF.search(tail_of(CLAUSE, place.before)) if trail[-1].field.kind is Kind.PERCENT else None
    fields = fields_of(trail[-2].model).values() if len(trail) > 1 else ()
    return said is not None and _TOTAL in said[0] and not any(_TOTAL in field.title for field in fields)


def _compared_otherwise(step: Step, place: Place) -> bool:
    """Whether the sentence compares with something else: 增长 is said of the year before, and of the budget."""
    basis = step.model.phrasing.basis.get(step.key)
    named_last = _BASIS.findall(tail_of(SENTENCE, place.before))
    return basis is not None and bool(named_last) and not re.fullmatch(basis, named_last[-1])


def _lacks_basis(step: Step, place: Place) -> bool:
    """Whether nothing in the sentence of a figure that says how far an amount moved says so; or nothing in the
    paragraph of one of a budget tells of any."""
    if step.key in step.model.phrasing.basis:
        return _MOVES.search(tail_of(SENTENCE, place.before)) is None
    return bool(step.model.phrasing.also_own) and _PLANNED.search(tail_of(PARAGRAPH, place.before)) is None


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


_NEAR = (SENTENCE,)
_FAR = (SENTENCE, PARAGRAPH, _ALL)


@lru_cache(maxsize=8192)
def _named(
    step: Step, kind: Kind, place: Place, stretches: tuple[Pattern, ...] = _FAR, spoken: Evidence | None = None
) -> Evidence | None:
    """What the subject says that was named last in the nearest stretch that names one. spoken: what the words right
    before the figure say of the last step."""
    name, every = step.key, subjects_of(step.model, kind)
    subjects = _counted_in(step.model, every, place) if kind is Kind.COUNT else every
    if name in every and name not in subjects:
        return Evidence.AGAINST
    if name not in subjects or len({subject.title for subject in subjects.values()}) < 2:
        other = (
            name in subjects and subjects is not every and _is_of_another(subjects[name], tail_of(PHRASE, place.before))
        )
        return Evidence.AGAINST if other else None
    if place.heads or place.row:
        return _headed(name, subjects, place)
    before = _PART_OF.sub("", place.before) if kind is Kind.PERCENT else place.before
    for stretch in stretches if subjects is every or place.unit in _COUNTED_IN else (SENTENCE, PARAGRAPH):
        words = tail_of(stretch, before)
        last = _shortened(subjects, before) or _last_named(subjects, words)
        if name in last or _alike(subjects, name, last) or (last and _is_joined(subjects, name, words)):
            other = _is_of_another(subjects[name], tail_of(PHRASE if stretch is SENTENCE else SENTENCE, before))
            return Evidence.AGAINST if other else Evidence.FOR
        if last:
            return Evidence.SILENT if _compares_any(step, last, spoken) else Evidence.AGAINST
    return Evidence.SILENT


def _is_of_another(subject: Subject, words: str) -> bool:
    """Whether words behind the last mention of a subject name another thing, for which there may be no field: 培训费
    behind 公务接待费."""
    bare = normal(words)
    end = subject.last_in(bare)[0]
    others = (match for match in _OTHER_THING.finditer(bare) if match.end() > end or match[0].startswith("外"))
    return any(match[0] not in subject.title for match in others)


def _shortened(subjects: Mapping[str, Subject], before: str) -> set[str]:
    """The one field whose title ends with all the words right before a figure: 本年支出 for 财政拨款本年支出, where
    财政拨款本年收入 was named before; nothing where they are the whole name of another."""
    words = normal(SAID_AS.sub("", tail_of(PHRASE, before)))
    if len(words) < _SHORTEST_END or any(subject.last_in(words)[0] == len(words) for subject in subjects.values()):
        return set()
    found = {key for key, subject in subjects.items() if subject.title.endswith(words)}
    return found if len(found) == 1 else set()


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


def _counted_in(model: type[Model], subjects: Mapping[str, Subject], place: Place) -> Mapping[str, Subject]:
    """The subjects of a model that a number of a unit can be of, without it: 国内公务接待 of 国内公务接待人次, a number
    of 辆 of vehicles alone; all where nothing tells."""
    unit = place.unit
    named = {key: told for key, told in subjects.items() if len(unit) > 1 and told.title.endswith(unit)}
    if named:
        return {key: Subject(told.title.removesuffix(unit), told.words) for key, told in named.items()}
    of, units = _COUNTED_IN.get(unit), model.phrasing.units
    fitting = {
        key: told
        for key, told in subjects.items()
        if (re.search(of, told.title) if of else not unit or unit in units.get(key, (unit,)))
    }
    return fitting if 0 < len(fitting) < len(subjects) else subjects


def _alike(subjects: Mapping[str, Subject], name: str, last: Set[str]) -> bool:
    """Whether what was named last is the subject's own name with more or fewer words before it."""
    own, others = subjects[name].title, [subjects[key].title for key in last]
    return any(own and other and (own.endswith(other) or other.endswith(own)) for other in others)


def _headed(name: str, subjects: Mapping[str, Subject], place: Place) -> Evidence:
    named = _last_named(subjects, place.row)
    if name in named:
        return Evidence.FOR
    heads = normal(place.heads)
    scores = {key: share_of(subject.title, heads) for key, subject in subjects.items()}
    best = max(scores.values())
    if best < HALF:
        return Evidence.AGAINST if named else Evidence.SILENT
    return Evidence.FOR if scores[name] == best else Evidence.AGAINST


def _last_named(subjects: Mapping[str, Subject], words: str) -> set[str]:
    """The fields whose subjects are named last in some words; of two that end together the longer."""
    bare = normal(words)
    ends = {name: subject.last_in(bare) for name, subject in subjects.items()}
    latest = max(ends.values(), default=NOWHERE)
    return {name for name, end in ends.items() if end == latest} if latest != NOWHERE else set()


def share_of(subject: str, words: str) -> float:
    """How much of a name stands in some words, by pairs of characters."""
    pairs = [subject[at : at + 2] for at in range(max(len(subject) - 1, 1))]
    return sum(pair in words for pair in pairs) / len(pairs)


@cache
def subjects_of(model: type[Model], kind: Kind) -> dict[str, Subject]:
    """By field: what it is of, for the fields of a model that hold figures of a kind; the rows of a list have names. Of
    two of one title each is of the figure before it: 占政府采购支出总额的比例 behind 授予小微企业合同金额."""
    found: dict[str, Subject] = {}
    titles = [told.title for told in fields_of(model).values()]
    before = ""
    for name, told in fields_of(model).items():
        title, words = subject_in(told.title if titles.count(told.title) == 1 else before), names_rule(model, name)
        before = told.title
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


def is_of(figure: Pick, amount: Pick) -> bool:
    """Whether a figure is said, in the sentence of an amount, to be of that: 年初预算为, before 支出决算为."""
    places = figure.mark.place, amount.mark.place
    return stands_by(*places, "。\n") and _said(figure.trail[-1], places[0]) is Evidence.FOR


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

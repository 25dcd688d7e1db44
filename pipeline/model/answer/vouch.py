"""Whether words say of a figure that it is of a part of the report, where no heading of the outline decides it.

Of a passage that the outline does not know the model alone says of which part it speaks. A figure of it is taken where
words name its field, its whole title stands right before it, or the last heading is like the title of its part; a row
needs words that say the list and the row too.

The words also give a row the names that an answer left out, where they leave no choice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

from recount.pipeline.model.answer.evidence import (
    CLAUSE,
    HALF,
    NOWHERE,
    PARAGRAPH,
    PHRASE,
    SAID_AS,
    SENTENCE,
    named,
    names_any,
    normal,
    picks_in,
    share_of,
    subjects_of,
    tail_of,
)
from recount.pipeline.model.ask.shown import Mark, Near, Place, Words
from recount.pipeline.split.folding import fold
from recount.pipeline.split.outline import is_heading_inside
from recount.schemas.common.codes import is_function_class
from recount.schemas.describe import Step, Trail, fields_of, names_of, row_lists
from recount.schemas.figures import Kind, Model

NOTHING: Mapping[str, Any] = MappingProxyType({})
"""No row."""
_LIKE = 0.35
"""So much a heading has in common with the title of its part: (四)预算绩效评价工作开展情况 with 预算绩效的情况说明."""
_UNKNOWN = 0.5
"""What a pair of characters of a heading weighs that no title has: as much as one that two have."""
_ORDINAL = re.compile(r"^\s*[(（]?[一二三四五六七八九十]{1,3}[)）、.]*")
_SHORTEST_TITLE = 3  # characters; 金额 says nothing
_FUND = re.compile("一般公共预算|政府性基金|国有资本经营")
_SUM = re.compile(r"(?:合计|总计|总额|共计)$")


def vouched(trail: Trail, place: Place, row: Mapping[str, Any] = NOTHING) -> bool:
    """Whether words say of a figure that it is of a field of a part that no heading or title of the outline decides.

    They name the field among others (增加 is said of any: its sentence must say most of the part's title), its whole
    title stands right before the figure, or the last heading is the part's. Of a row that has names the words must say
    the list and the row too. row: what is in it.
    """
    inside = next((at for at in range(len(trail), 0, -1) if _has_names(trail[at - 1])), 0)
    if place.grid is None and _is_said_of_another(trail, place):
        return False
    if inside:
        return _is_said_of_a_row(trail, inside, place, row)
    if is_under(trail[0], place) or _is_titled(trail[-1], place):
        return True
    of_part = trail[0].key in _told_of(trail[0].model, None, normal(tail_of(SENTENCE, place.before)))
    return (of_part or names_any(trail, place)) and any(named(way, place) for way in (trail[1:], trail))


def _is_said_of_another(trail: Trail, place: Place) -> bool:
    """Whether the words right before a figure are of another part of the report: they name another fund than its title
    (一般公共预算 for a field of 政府性基金预算), a field of the part that the heading is of, or a field elsewhere and
    nothing on the way to its own."""
    words = normal(SAID_AS.sub("", tail_of(PHRASE, place.before)))
    funds, own = _FUND.findall(words), _FUND.findall(trail[0].field.title)
    if funds and own and funds[-1] not in own:
        return True
    kind = trail[-1].field.kind or Kind.ANY
    headed = next((key for key in fields_of(trail[0].model) if is_under(Step(trail[0].model, key), place)), None)
    if headed not in (None, trail[0].key) and _ends_with_one_of(words, fields_of(trail[0].model)[headed].model, kind):
        return True
    titles = {title for title in _titles_of(trail[0].model, kind) if words.endswith(title)}
    return bool(titles) and not any(_is_said(step, kind, words) for step in trail)


def _ends_with_one_of(words: str, part: type[Model] | None, kind: Kind) -> bool:
    """Whether some words end with the name of a field of a part."""
    subjects = subjects_of(part, kind).values() if part is not None else ()
    return any(subject.last_in(words)[0] == len(words) for subject in subjects)


def _is_said(step: Step, kind: Kind, words: str) -> bool:
    """Whether some words name a step of a trail, or are the end of its title."""
    subject = subjects_of(step.model, kind).get(step.key)
    return subject is not None and (subject.last_in(words) != NOWHERE or subject.title.endswith(words))


@cache
def _titles_of(model: type[Model], kind: Kind) -> Set[str]:
    """What the figures of a kind are of, in a report or a part of it: the titles that are long enough to tell."""
    own = {subject.title for subject in subjects_of(model, kind).values()}
    parts = [field.model for field in fields_of(model).values() if field.model is not None]
    return {t for t in own.union(*(_titles_of(part, kind) for part in parts)) if len(t) > _SHORTEST_TITLE}


def _has_names(step: Step) -> bool:
    """Whether a step is a list whose rows have names."""
    return step.field.many and step.field.model is not None and bool(names_of(step.field.model))


def _is_said_of_a_row(trail: Trail, inside: int, place: Place, row: Mapping[str, Any]) -> bool:
    """Whether the words say of a figure that it is of a row: in a table the heads of its column; else its paragraph
    says its names, none of a class that there is not, and the heading that it is of the list, or the words before it,
    and a class is what it is called.

    inside: so many steps lead to the row.
    """
    if place.grid is not None:
        return named(trail[inside:], place)
    paragraph, clause = normal(tail_of(PARAGRAPH, place.before)), normal(tail_of(CLAUSE, place.before))
    model, called = trail[inside - 1].field.model, [name for name in row.values() if isinstance(name, str)]
    names = [normal(name) for name in called]
    if not names or not all(name in paragraph for name in names) or (model is not None and is_no_class(row, model)):
        return False
    if is_under(trail[0], place):
        return True
    own = named(trail[inside:], place) or _is_titled(trail[-1], place) or names[-1] in clause
    return (
        own
        and any(is_function_class(fold(name).removesuffix("(类)")) for name in called)
        and is_told_of(trail[:inside], place)
    )


def is_no_class(row: Mapping[str, Any], model: type[Model]) -> bool:
    """Whether what a row is called in the place of a class of expenditure is none."""
    key = model.phrasing.of_class
    return key is not None and bool(row.get(key)) and not is_function_class(fold(row[key]).removesuffix("(类)"))


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
    scores = {key: share_of(title, before) for key, title in titles.items() if rows is None or key in with_rows}
    best = max(scores.values(), default=0)
    return {key for key, score in scores.items() if score == best >= HALF}


def _is_titled(step: Step, place: Place) -> bool:
    """Whether the title of a field stands right before a figure, a sum or none: 本年收入 before 年收入合计."""
    title, tail = normal(step.field.title), normal(tail_of(CLAUSE, place.before))
    tails = [words for words in (tail, _SUM.sub("", tail)) if len(words) >= _SHORTEST_TITLE]
    return len(title) >= _SHORTEST_TITLE and any(words.endswith(title) or title.endswith(words) for words in tails)


def is_under(step: Step, place: Place) -> bool:
    """Whether the last heading before a figure is more like the title of a part than like that of any other."""
    heading = next((line for line in reversed(place.before.split("\n")) if is_heading_inside(line)), "")
    scores = _likely_parts(step.model, heading)
    return scores.get(step.key, 0) > _LIKE and scores[step.key] == max(scores.values())


@lru_cache(maxsize=1024)
def _likely_parts(model: type[Model], heading: str) -> Mapping[str, float]:
    """How much a heading has in common with the title of each part of a model, by pairs of characters: twice those of
    both, over those of each. A pair weighs the less the more titles have it: 三公 tells more than 支出."""
    titles = {key: _pairs(field.title) for key, field in fields_of(model).items() if field.model is not None}
    held = Counter(pair for pairs in titles.values() for pair in pairs)
    said = _pairs(_ORDINAL.sub("", heading))

    def weight(pairs: Counter[str]) -> float:
        return sum(count / held[pair] if pair in held else count * _UNKNOWN for pair, count in pairs.items())

    return {key: 2 * weight(own & said) / max(weight(own) + weight(said), 1) for key, own in titles.items()}


def _pairs(title: str) -> Counter[str]:
    words = normal(title)
    return Counter(words[at : at + 2] for at in range(len(words) - 1))


# --- what rows are called

_NAME = r"[^▮。;:,.、()\n](?:[^▮。;:,.()\n]|\((?![类款项]\))[^▮。;:,.()\n]*\))*"
_ITEM = re.compile(
    rf"(?:(?P<类>{_NAME})\(类\))?(?:(?P<款>{_NAME})\(款\))?(?:(?P<项>{_NAME})\(项\))?[^()\n]*$", re.DOTALL
)
"""What an item of expenditure is called, before a figure of it: 教育支出(类)普通教育(款)小学教育(项)。年初预算为."""
_MARK = re.compile(r"\([类款项]\)$")
_BEGINS = re.compile(r"(?:(?:^|[。;:,])\(?▮?[.、)]?|▮[万亿千]?元、)$")
"""What stands before a name that begins there: an ordinal, or what was said of another item."""


def with_names(rows: Sequence[dict[str, Any]], model: type[Model], words: Words) -> list[dict[str, Any]]:
    """The rows of an answer with the names that they leave null, where the words leave no choice: in a table those of
    their line, in running text those of the one item that their figures stand behind, there instead of other names too.
    None is called as another row is. words: that were shown."""
    names = names_of(model)
    called = [[row.get(name) for name in names] for row in rows]
    named = []
    for at, row in enumerate(rows):
        more = _with_names(row, model, words)
        own = [more.get(name) for name in names]
        alone = not any(_same_row(own, other) for other in called[:at] + called[at + 1 :])
        called[at] = own if alone else called[at]
        named.append(more if alone else row)
    return named


def _same_row(one: Sequence[str | None], other: Sequence[str | None]) -> bool:
    """Whether two rows are called the same: by the name that tells rows apart, and no other name that both have."""
    pairs = [(_MARK.sub("", fold(a)), _MARK.sub("", fold(b))) for a, b in zip(one, other, strict=True) if a and b]
    return bool(one and one[-1] and other[-1]) and all(a == b for a, b in pairs)


def _with_names(row: dict[str, Any], model: type[Model], words: Words) -> dict[str, Any]:
    marks = [pick.mark for _, pick in picks_in(row)]
    given = {name: fold("".join(row[name].split())) for name in names_of(model) if row.get(name)}
    left = [name for name in names_of(model) if name not in given]
    if len({(mark.place.grid, mark.place.line) for mark in marks}) != 1:
        return row
    names: Mapping[str, str]
    if marks[0].place.grid is not None:
        names = {left[0]: _beside({mark.place.row for mark in marks}, given.values())} if len(left) == 1 else {}
    else:
        names = _item_of(marks, model)
        away = [name for name, said in given.items() if names.get(name) and _MARK.sub("", said) != names[name]]
        if any(_MARK.sub("", given[name]) in _behind_item(mark.place) for name in away for mark in marks):
            return row  # a part of the item
        left += away
    near = Near(min(mark.at for mark in marks), before=True)
    return {**row, **{name: words.quoted(names[name], near) for name in left if names.get(name)}}


def _item_of(marks: Iterable[Mark], model: type[Model]) -> Mapping[str, str]:
    """What the one item is called that figures in running text stand behind, by field of a name; nothing where they
    stand behind several, or the last of the names is not said: an item is no class, nor is a class an item."""
    items = {_item_before(mark.place) for mark in marks}
    said: Mapping[str, str] = dict(*items) if len(items) == 1 else NOTHING
    names = {name: said.get(fields_of(model)[name].title, "") for name in names_of(model)}
    return names if list(said.values())[-1:] == list(names.values())[-1:] else NOTHING


def _behind_item(place: Place) -> str:
    """The words between what an item is called and a figure that stands behind it."""
    return tail_of(PARAGRAPH, place.before).rpartition(")")[2]


def _beside(said: Set[str], given: Iterable[str]) -> str:
    """What the words beside the figures of a line are but for the names that are given; nothing where they differ."""
    rest = next(iter(said)) if len(said) == 1 else ""
    for name in given:
        rest = rest.replace(name, "")
    return "" if re.search(r"\d", rest) else rest


@lru_cache(maxsize=1024)
def _item_before(place: Place) -> tuple[tuple[str, str], ...]:
    """What the item of expenditure is called that a figure stands behind in its paragraph, each name with its mark (类,
    款, 项); nothing where it is not sure where that begins."""
    paragraph = tail_of(PARAGRAPH, place.before)
    match = _ITEM.search(paragraph)
    names = {mark: name for mark, name in match.groupdict().items() if name} if match else {}
    begins = match is not None and _BEGINS.search(paragraph[: match.start()])
    return tuple(names.items()) if begins and is_function_class(names.get("类", "教育")) else ()

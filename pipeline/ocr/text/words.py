"""Signs of running text that are looked at again, since they make no word of what is one but for them.

The words only say where to look: what is put there is what the second look reads.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate

from recount.pipeline.document import hull
from recount.pipeline.ocr.image.prepare import Grey
from recount.pipeline.ocr.network.engine import Engine
from recount.pipeline.ocr.text.lines import OcrLine, room_at, with_sign, without
from recount.pipeline.ocr.text.looks import SIGNS, piece_of
from recount.pipeline.split.folding import fold
from recount.schemas.common.codes import FUNCTION_NAMES
from recount.schemas.department_budget.report import Report as DepartmentBudget
from recount.schemas.describe import fields_of
from recount.schemas.figures import Model, Ref
from recount.schemas.final_accounts.report import Report as FinalAccounts


@dataclass(frozen=True, slots=True)
class _Doubt:
    """Signs start..end of a text that may be misread. meant: what they may be, one of them. least: the share of the
    probability that it must have against what was read first."""

    start: int
    end: int
    meant: tuple[str, ...]
    least: float


_SURELY, _WORD, _ROUND, _SPECK, _NUMBER = 0.0, 0.1, 0.4, 0.5, 0.8
"""The least share where nothing else can be printed, so that no second look is needed; where one sign makes a word of
the schema of what is none; where a digit is read as what cannot be printed there, a 0 as brackets; where a speck parts
what nothing parts; and where a number changes."""
_SEEN = 0.05  # probability below which a text is not seen
_AHEAD = 2.0  # times that the first of several must be as probable as the second
_ROOM = 1.6  # em from the middle of an ideograph to that of the next; another one between them needs 2
_SURE = 0.97  # score from which an ideograph is taken as read
_PLAIN = 0.85  # the same of a sign of punctuation
_BARE = str.maketrans("", "", "()（）")
_LED = re.compile(r"(?<=[\u3400-\u9fff])\.(?=\d+\.\d)")  # a speck: no point stands before a number
_SPECKS = r"[.·'‘’`]"
_AMOUNT = r"\d[\d,]*\.\d\d(?:万?元|%)"
_COUNTED = r"(?:人次|[人次个辆台套批名])"
_WITH_UNIT = rf"{_AMOUNT}|\d+{_COUNTED}|\d{{5,7}}[\u3400-\u9fff]"  # or a code with its name
_LEVEL = r"\([类款项]\)"
_NO_LEVEL = "[\u4e00-\u9fff](?<![款类项室团含一二三四五六七八九十])"
_MEANT: tuple[tuple[re.Pattern[str], str, float], ...] = (
    (re.compile(rf"(?<=[\u3400-\u9fff]){_SPECKS}(?=[\u3400-\u9fff])"), "", _SPECK),
    (re.compile(rf"(?<=[,;:、。)]){_SPECKS}+(?=[\u3400-\u9fff])"), "", _SURELY),
    (re.compile(rf"(?<=[\u3400-\u9fff),;、]){_SPECKS}(?={_WITH_UNIT})"), "", _SURELY),
    (re.compile(rf"(?<=[\u3400-\u9fff)]\d)\.(?={_COUNTED})|(?<=月\d\d)\.(?=日)"), "", _WORD),
    (re.compile(r"(?<=\d{4})[-.·](?=年度)"), "", _SPECK),
    (
        re.compile(
            rf"\d%(?P<sign>:?)(?!的|以)[\u3400-\u9fff]{{2,16}}(?:支出|收入)(?:决算|{_LEVEL})?(?:支出|增加|减少)?\d"
        ),
        "；",
        _SURELY,
    ),
    (re.compile(r"(?<=元):(?=支出|决算|完成|占|比|较)"), ",，", _SPECK),
    (re.compile(rf"(?<=[\u3400-\u9fff])(?<!元)[,、:](?={_AMOUNT})"), "", _SPECK),
    (re.compile(r"(?<=\.\d\d)[方力刀](?=元)"), "万", _SURELY),
    (re.compile(r"(?<=\.\d\d万)[无兀](?=[,;。])"), "元", _SURELY),
    (re.compile(rf"(?<=\.\d\d万)(?:,|{_SPECKS})(?=元)"), "", _SURELY),
    (re.compile(r"(?<=\.\d\d)\)(?=万?元)"), "", _SURELY),
    (re.compile(rf"(?<=[\u3400-\u9fff])\(0\)(?={_COUNTED})"), "0", _SURELY),
    (re.compile(rf"\((?P<sign>{_NO_LEVEL})\)(?=[^(),;。]{{2,40}}\(项\))"), "款", _WORD),
    (re.compile(rf"\((?P<sign>{_NO_LEVEL})\)(?=[^(),;。]{{2,40}}\(款\))"), "类", _WORD),
    (re.compile(rf"\(款\)[^(),;。]{{2,60}}\((?P<sign>{_NO_LEVEL})\)"), "项", _WORD),
    (re.compile(rf"支出\((?P<sign>{_NO_LEVEL})\)(?=(?:支出)?\d)"), "款类项", _WORD),
    (
        re.compile(r"(?:占[^,;。\d]{0,20}|完成[^,;。\d]{0,8}的|增长|下降|降低)\d+\.\d\d(?P<sign>96|9|6)(?=[,;。.])"),
        "%",
        _NUMBER,
    ),
    (
        re.compile(r"(?:(?<!分别)[为是]|\([类款项]\)|[出入费款算](?=0、))\d{1,4}(?P<sign>、)(?=\d\d ?(?:万?元|%))"),
        ".",
        _SURELY,
    ),
    (re.compile(r"(?<=\d)、(?=\d\d ?(?:万?元|%))"), ".", _NUMBER),
    (re.compile(r"(?<=\d)(?:[:,](?=\d\d ?(?:万?元|%|平方米))|:(?=\d ?万元))"), ".", _SURELY),
    (re.compile(r"[\u3400-\u9fff]\d+(?P<sign>)\d\d ?万元"), ".", _NUMBER),
    (re.compile(r"(?<=[\u3400-\u9fff])[!|lIi](?=\d+\.\d\d ?(?:万?元|%))"), "1", _ROUND),
    (re.compile(r"、[\u3400-\u9fff()]{2,12}(?<!日常)(?<!其他)(?P<sign>:?)(?=公用经费\d)"), "；", _SURELY),
    (
        re.compile(
            rf"(?<=[\u3400-\u9fff])(?:\(\)|0\)|\(0|\)|C|\((?!.{{1,3}}\)))(?={_COUNTED}|\.\d\d(?:万?元|%)(?!\)))"
        ),
        "0",
        _ROUND,
    ),
)
"""What cannot be printed so in running text (folded), or the sign of it that is amiss; and what is printed there if the
second look says so: one of some signs, or none."""


def whole_words(lines: Sequence[OcrLine], running: Sequence[bool], image: Grey, engine: Engine) -> list[OcrLine]:
    """The lines of a page, in their order; in its running text signs that make no word are as a second look reads them.

    running: which lines are of running text. image: where their boxes are.
    """
    told = [index for index, runs in enumerate(running) if runs]
    ends = list(accumulate(len(lines[index].text) for index in told))
    text = fold("".join(lines[index].text for index in told))
    scores = [score for index in told for score in lines[index].scores]
    gaps = [start + at for start, index in zip([0, *ends], told, strict=False) for at in _gaps(lines[index])]
    mended = list(lines)
    # From the end: what is before stays in its place.
    for doubt in sorted(_doubts(text, scores, gaps), key=lambda doubt: -doubt.start):
        row = bisect_right(ends, doubt.start)
        begin = ends[row - 1] if row else 0
        if doubt.end <= ends[row]:
            own = replace(doubt, start=doubt.start - begin, end=doubt.end - begin)
            mended[told[row]] = _looked_at(mended[told[row]], own, image, engine)
    return mended


def _gaps(line: OcrLine) -> Iterator[int]:
    """The characters of a line before which another one may stand: an ideograph far from the one before it."""
    for at in range(1, len(line.text)):
        if room_at(line, at, at) > _ROOM and all(map(_is_ideograph, line.text[at - 1 : at + 1])):
            yield at


def _doubts(text: str, scores: Sequence[float], gaps: Sequence[int]) -> list[_Doubt]:
    """The places of a folded text that are looked at again, none over another. gaps: before these characters there is
    room for another."""
    within = list(_in_words(text, scores))
    within += [_Doubt(at, at, (lost,), _SURELY) for at in gaps if (lost := _lost(text, at))]
    taken = {doubt.start for doubt in within}
    found = [
        _Doubt(*span, tuple(meant) or ("",), least)
        for pattern, meant, least in _MEANT
        for match in pattern.finditer(text)
        if (span := match.span(pattern.groups))
        and (least == _SURELY or text[span[0]] not in ":、" or scores[span[0]] < _PLAIN)
    ]
    first = {doubt.start: doubt for doubt in reversed(found)}
    return [*within, *(doubt for doubt in first.values() if taken.isdisjoint(range(doubt.start, doubt.end)))]


def _in_words(text: str, scores: Sequence[float]) -> Iterator[_Doubt]:
    """The signs that make no word of what is one of the schemas with another sign there, or without it. A point stands
    in no word, and of signs of punctuation only its own."""
    for at, sign in enumerate(text):
        ideograph = _is_ideograph(sign)
        if (ideograph and scores[at] < _SURE) or sign in ",;:、。.·'":
            meant = _meant(text, at, parted=not ideograph)
            own = len(meant) == 1 and (sign in ".·'" or "" not in meant)
            least = _WORD if ideograph else _SURELY if own else _SPECK
            if meant:
                yield _Doubt(at, at + 1, tuple(sorted(meant)), least)


def _meant(text: str, at: int, *, parted: bool) -> Set[str]:
    """What a sign may be, by the longest word around it; nothing where what is read is a word.

    parted: it is a sign of punctuation, which may stand between two signs of a word.
    """
    words, wanted = _vocabulary()
    spans = [
        (start, end)
        for start in range(max(0, at - _LONGEST + 1), at + 1)
        for end in range(at + 1, min(len(text), start + _LONGEST + parted) + 1)
    ]
    for start, end in sorted(spans, key=lambda span: span[0] - span[1]):
        if text[start:end] in words:
            return frozenset()
        found = wanted.get(f"{text[start:at]}\0{text[at + 1 : end]}", frozenset())
        if found := frozenset(sign for sign in found if _is_ideograph(sign) is not parted):
            return found
    return frozenset()


def _lost(text: str, at: int) -> str | None:
    """The sign that a long word lacks before a sign of it, all its others being there; None where none does, or what is
    read is a word."""
    words, wanted = _vocabulary()
    for start in range(max(0, at - _LONGEST + 1), at):
        for end in range(min(len(text), start + _LONGEST), max(at, start + _LONG - 2), -1):
            if text[start:end] in words:
                return None
            signs = [sign for sign in wanted.get(f"{text[start:at]}\0{text[at:end]}", ()) if sign]
            if len(signs) == 1:
                return signs[0]
    return None


def _is_ideograph(sign: str) -> bool:
    return "\u3400" <= sign <= "\u9fff"


_SAID = (
    "完成预算", "完成年初预算", "年初预算数", "支出决算", "支出决算数", "与上年相比", "与年初预算相比", "比上年增加",
    "比上年减少", "比上年决算增加", "比上年决算减少", "主要原因是", "占本年支出合计", "结转和结余", "收、支总计",
    "截至年末", "年末公务用车", "共有车辆",
)  # fmt: skip
"""Words around figures that are no field's name."""
REPORTS: tuple[type[Model], ...] = (FinalAccounts[Ref], DepartmentBudget[Ref])
"""Whose words are known: of all families of our own (schemas/registry.py)."""
_SHORTEST = 4  # signs of a word; shorter ones have too many neighbours
_LONGEST = 14
_LONG = 6  # signs of a word that is known by all of them but one


@cache
def _vocabulary() -> tuple[Set[str], Mapping[str, Set[str]]]:
    """The words that figures are known by, folded; and for each word without one of its signs, or cut in two, what
    stands in the gap."""
    named = (name for report in REPORTS for name in _names_in(report))
    folded = {fold(name) for name in (*named, *_SAID, *FUNCTION_NAMES)}
    words = {word for word in folded if _SHORTEST <= len(word) <= _LONGEST and "·" not in word}
    wanted: dict[str, set[str]] = defaultdict(set)
    for word in words:
        for at, sign in enumerate(word):
            wanted[f"{word[:at]}\0{word[at + 1 :]}"].add(sign)
            if at:
                wanted[f"{word[:at]}\0{word[at:]}"].add("")
    return words, wanted


def _names_in(model: type[Model]) -> Iterator[str]:
    """What the figures of a model, and of its parts and rows, are called."""
    for field in fields_of(model).values():
        yield from field.called
        if field.model is not None:
            yield from _names_in(field.model)


def _looked_at(line: OcrLine, doubt: _Doubt, image: Grey, engine: Engine) -> OcrLine:
    """The line with some signs as a second look reads them, if it reads what is meant."""
    if doubt.least == _SURELY:
        return _with(line, doubt, doubt.meant[0], line.scores[doubt.start])
    start, end = _with_neighbours(line.text, doubt.start, doubt.end)
    first, *others = (
        line.text[start : doubt.start] + sign + line.text[doubt.end : end]
        for sign in (line.text[doubt.start : doubt.end], *doubt.meant)
    )
    signs = frozenset("".join((first, *others)))
    seen: dict[str, float] = defaultdict(float)
    for one in engine.alternatives([piece_of(line, start, end, image)], signs)[0]:
        seen[_LED.sub("", one.text)] += one.score
    if doubt.least == _WORD:  # the cut may have harmed the sign at an end
        ends = start < doubt.start, end > doubt.end
        seen = {text: sum(seen.get(form, 0.0) for form in _cut_short(text, *ends)) for text in (first, *others)}
    chances = [seen.get(text, 0.0) for text in others]
    if doubt.least == _ROUND:  # 0) and (0 are seen half
        chances = [sum(seen[text] for text in seen if text.translate(_BARE) == others[0])]
    best, next_best = sorted([*chances, 0.0], reverse=True)[:2]
    enough = max(_SEEN, doubt.least * (seen.get(first, 0.0) + sum(chances)), _AHEAD * next_best)
    return _with(line, doubt, doubt.meant[chances.index(best)], best) if best >= enough else line


def _cut_short(text: str, before: bool, after: bool) -> Set[str]:
    """A piece of a line as it is seen, perhaps without its neighbour at an end. before, after: whether it has one."""
    return {text, *(form for form in (text[before:], text[: len(text) - after]) if len(form) > 1)}


def _with_neighbours(text: str, start: int, end: int) -> tuple[int, int]:
    """A piece of a line with a sign more at either end; a number whole."""
    while start and text[start - 1] in SIGNS:
        start -= 1
    while end < len(text) and text[end] in SIGNS:
        end += 1
    return max(0, start - 1), min(len(text), end + 1)


def _with(line: OcrLine, doubt: _Doubt, meant: str, score: float) -> OcrLine:
    """The line with a sign in the place of some, or none."""
    start, end = doubt.start, doubt.end
    if start == end:
        return with_sign(line, start, meant)
    if not meant:
        return without(line, set(range(start, end)))
    return replace(
        line,
        text=line.text[:start] + meant + line.text[end:],
        boxes=(*line.boxes[:start], hull(line.boxes[start:end]), *line.boxes[end:]),
        scores=(*line.scores[:start], score, *line.scores[end:]),
    )

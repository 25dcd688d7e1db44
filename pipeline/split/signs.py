"""The sign of a printed number: a minus, brackets or a mark that make it negative, and what only looks like one.

-74.50, 74.50-, (74.50), △74.50 and 负74.50 are negative; a dash between two things (8-11月), before an item or in a
column of its own is no sign, and neither are the brackets of a note (12.50万元) or of an ordinal (1). What a reader
could take either way is told as doubtful: such a number is delivered, but nothing may confirm it
(docs/contract/report.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from recount.schemas.figures import DOWN, UP

_REACH = 24  # characters before a number that are looked at

_TURN = rf"(?:{UP}|{DOWN}|净增|净减|增减|升降|变化|变动|差异|差额|差|增|减)"
_CHANGE = re.compile(rf"{_TURN}(?:\({_TURN}\))?(?:了|额|数|率|幅|幅度|比例|金额|情况|为|是|达|约|:)*$")
"""Words right before a number that is a change, and so may be negative."""
_STATED = re.compile(r"[为是:,;=(]$")
"""Right before a minus that stands for no colon."""
_MONEY = r"(?:[百千万亿]*元)"
_UNIT = (
    rf"(?:{_MONEY}|%|个百分点|人次|人(?!员)|名|辆|批次|平方米|台(?!账)|套|个(?!人|体)|分|次|家(?!庭|具)|户|件|笔|份)"
)
"""（1）人员经费: what begins a word behind an ordinal is none."""
_ALONE_BEHIND = re.compile(rf"%?{_MONEY}?\s*$")
_UNIT_BEHIND = re.compile(rf"\s*{_UNIT}")
_NEVER_SIGNED = re.compile(r"\s*(?:年|月|日|号|页|楼|层|时|点)")
"""Behind numbers that count on from another: years, days, pages."""
_IN_A_RANGE = re.compile(
    r"(?:[\dA-Za-z)]|\d(?:%|年度?|月份?|日|号|时|点|周|季度|[百千万亿]*元|人次?|名|辆|批次?|平方米|公里|台|套|个|分|次|家|户"
    r"|件|页|岁|天|级|类|条|所|亩|吨))$"
)
"""Before a dash: the first of the two that it joins."""

_DASHES = "-—―─"
"""The others are folded to the first (text.py)."""
_DASH = re.compile(rf"[{_DASHES}]+$")
_MARK = re.compile(r"(?:(?<![自担背欠胜抱肩])负|[△∆▵▽▿▼▾▲↓])$")
_ARROWS = "▲↓"  # or risen; or a goal, to be lowered by so much
_ONE = re.compile(r"[一ー]$")  # a minus as the recogniser reads it
_CLOSE = re.compile(r"%?\)%?")
_BLANK = re.compile(rf"\([\d,.]+\)(?={_UNIT})")
"""What a form leaves blank, (  )万元, filled in: where all amounts stand so, brackets say nothing."""
_CELL = re.compile(r"\s*(?P<bracket>\(?)-?[\d,.]{4,}%?\)?\s*")
_FEW = 3  # figures in brackets that a table may have without their being its habit
_TAIL = re.compile(rf"%?[{_DASHES}](?![{_DASHES}\dA-Za-z])%?")
_SHORT = 3  # digits of a whole number in brackets that may be an ordinal or the number of a column

Apart = Callable[[int, int], bool]
"""Whether a wide gap, or the end of a line, is between two characters of a text."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A number with its sign: characters start..end (exclusive) of the text, with sign, brackets and percent sign.

    negative: whether it is below zero. doubtful: whether a reader could take it either way.
    """

    start: int
    end: int
    negative: bool = False
    doubtful: bool = False


def all_bracketed(cells: Iterable[str]) -> bool:
    """Whether most figures of a table (its cells, folded) stand in brackets, which then say nothing of their signs."""
    figures = [bool(figure["bracket"]) for figure in map(_CELL.fullmatch, cells) if figure]
    return sum(figures) > max(_FEW, len(figures) / 2)


def signed(text: str, start: int, end: int, apart: Apart, *, blanks: bool = False, sure: bool = False) -> Signed:
    """The sign of the number at start..end of a folded text: its digits, without sign and percent sign.

    blanks: whether the figures around it all stand in brackets. sure: brackets around nothing else say that it is
    negative, even of a number as short as an ordinal's.
    """
    percent = end + text.startswith("%", end)
    plain = Signed(start, percent)
    if (not start and percent == len(text)) or _NEVER_SIGNED.match(text, end):  # nothing stands beside most figures
        return plain
    before = text[max(0, start - _REACH) : start]
    if before.endswith("("):
        return _in_brackets(text, start, end, blanks, sure) or plain
    if mark := _MARK.search(before) or _ONE.search(before):
        return _marked(text, mark[0], start, end)
    tail = _trailing(text, start, end, apart)
    if dash := _DASH.search(before):
        led = _led(text, start - len(dash[0]), start, percent, apart)
        return Signed(led.start, tail.end, True, doubtful=True) if tail and led.negative else led
    return tail or Signed(start, percent, doubtful=_half_bracketed(text, start, percent))


def _in_brackets(text: str, start: int, end: int, blanks: bool, sure: bool) -> Signed | None:
    """(74.50), (6.13)%, (6.13%): negative in a cell of its own and as a change; None for a note and an ordinal."""
    close = _CLOSE.match(text, end)
    first, percent = start - 1, end + text.startswith("%", end)
    if close is None:  # (74.50 with the other bracket lost
        return Signed(start, percent, doubtful=_half_bracketed(text, start, percent))
    digits, last = text[start:end], close.end()
    whole = not sure and digits.isdigit() and len(digits) <= _SHORT and "%" not in close[0]
    outside = text[last - 1] == "%" or _UNIT_BEHIND.match(text, last) is not None
    if _is_change(text, first):
        if whole and not outside:
            return None
        blanks = blanks or any(not _is_change(text, blank.start()) for blank in _BLANK.finditer(text))
        return Signed(first, last, negative=not blanks, doubtful=blanks)
    if _is_alone(text, first, last):
        return Signed(start, percent, doubtful=True) if whole else Signed(first, last, not blanks, doubtful=blanks)
    if first and text[first - 1] in _DASHES and not whole:
        return Signed(first, last, True, doubtful=True)
    if outside:  # 收入总计(74.50)万元: brackets, or the blank of a form
        return Signed(first, last, doubtful=True)
    return Signed(start, percent, doubtful=True) if "." in digits and "%" not in close[0] else None


def _half_bracketed(text: str, start: int, end: int) -> bool:
    """Whether a number alone in its cell has one bracket of two: the other may stand in the next cell."""
    before, behind = text[:start].strip(), text[end:].strip()
    return (before == "(" and not behind) or (not before and behind == ")")


def _marked(text: str, mark: str, start: int, end: int) -> Signed:
    """△74.50, 负74.50; before a name (△3号) or a hot line (▲12345) it is a mark of the item, not of the number."""
    percent = end + text.startswith("%", end)
    change, alone = _is_change(text, start - 1), _is_alone(text, start - 1, percent)
    if mark in "一ー":
        doubtful = "." in text[start:end] and (change or alone)
        return Signed(start - doubtful, percent, doubtful, doubtful)
    figure = not text[start:end].isdigit() or alone or _UNIT_BEHIND.match(text, end) is not None
    if not figure:
        return Signed(start, percent)
    return Signed(start - 1, percent, True, doubtful=mark in _ARROWS)


def _led(text: str, first: int, start: int, end: int, apart: Apart) -> Signed:
    """A number behind dashes, of which the first is at `first`: a minus, or a dash that joins or parts."""
    plain, minus = Signed(start, end), Signed(first, end, True)
    if start - first > 1:  # 增加——74.50, as keyboards write the minus; 收入总计——74.50
        return Signed(first, end, True, doubtful=True) if _is_change(text, first) else Signed(start, end, doubtful=True)
    wide = apart(first, start)
    if _IN_A_RANGE.search(text, max(0, first - _REACH), first) and (wide or not (first and apart(first - 1, first))):
        return plain
    if _is_change(text, first):
        return minus
    hyphen = text[first] == "-" and not wide
    if _is_alone(text, first, end) or (hyphen and _STATED.search(text, 0, first)):
        return Signed(first, end, True, doubtful=wide)
    # An item's bullet, a dash for a colon, an empty cell beside the number.
    return Signed(first, end, True, doubtful=True) if hyphen else Signed(start, end, doubtful=True)


def _trailing(text: str, start: int, end: int, apart: Apart) -> Signed | None:
    """74.50-, as accounting programs print it; None where the dash is punctuation or stands in the next column."""
    tail = _TAIL.match(text, end)
    if tail is None or apart(end - 1, tail.start() + (text[end] == "%")):
        return None
    hyphen, last = "-" in tail[0], tail.end()
    unit = tail[0][-1] == "%" or _UNIT_BEHIND.match(text, last) is not None
    if _is_alone(text, start, last) or (_is_change(text, start) and (unit or last == len(text))):
        return Signed(start, last, True, doubtful=not hyphen)
    return Signed(start, end + text.startswith("%", end), doubtful=True) if unit else None


def _is_change(text: str, at: int) -> bool:
    return _CHANGE.search(text, max(0, at - _REACH), at) is not None


def _is_alone(text: str, start: int, end: int) -> bool:
    """Whether nothing but a unit stands beside it."""
    return not text[:start].strip() and _ALONE_BEHIND.match(text, end) is not None

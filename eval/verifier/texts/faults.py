"""What can happen to the lines of a text at a figure: each fault gives other lines, or None where it has no room."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

NUMBER = re.compile(r"(?<![\d.,])\d[\d,]*(?:\.\d+)?%?(?![\d.,])")
_AMOUNT = re.compile(r"\d[\d,]*\.\d+")
_ALONE = re.compile(r"\s*\d[\d,.]*%?\s*")


@dataclass(frozen=True, slots=True)
class Spot:
    """A figure in a text: its line, counted from 0, and the half-open range of its characters there."""

    line: int
    start: int
    end: int


Lines = Sequence[str]
Fault = Callable[[Lines, Spot, Random], list[str] | None]
_EXCHANGES = ("two cells exchanged", "two lines exchanged")


def spots(lines: Lines) -> list[Spot]:
    """The figures of a text that stand in a cell of their own or have decimals: no years, no numbers of headings."""
    return [
        Spot(at, *match.span())
        for at, line in enumerate(lines)
        for match in NUMBER.finditer(line)
        if _AMOUNT.match(match[0]) or _ALONE.fullmatch(_cell(line, match.start()))
    ]


def _cell(line: str, at: int) -> str:
    """What stands between tabs, or between blanks where there is no tab, around a place of a line."""
    mark = "\t" if "\t" in line.strip() else " "
    return line[line.rfind(mark, 0, at) + 1 :].partition(mark)[0]


def _with(lines: Lines, at: int, *instead: str, count: int = 1) -> list[str]:
    """The lines with others in place of some."""
    return [*lines[:at], *instead, *lines[at + count :]]


def _emptied(lines: Lines, spot: Spot, _rng: Random) -> list[str]:
    """The figure gone, its tabs or its line left."""
    line = lines[spot.line]
    return _with(lines, spot.line, line[: spot.start] + line[spot.end :])


def _lost(lines: Lines, spot: Spot, _rng: Random) -> list[str]:
    """The figure gone with the tab, the blank or the line that was its own."""
    line = lines[spot.line]
    rest = line[: spot.start].rstrip("\t ") + line[spot.end :] if spot.start else line[spot.end :].lstrip("\t ")
    return _with(lines, spot.line, *([rest] if rest.strip() else []))


def _exchanged(lines: Lines, spot: Spot, _rng: Random) -> list[str] | None:
    """The figure and the next one change places."""
    line = lines[spot.line]
    raw, behind = line[spot.start : spot.end], NUMBER.search(line, spot.end)
    if behind is not None:
        other = behind[0]
        changed = line[: spot.start] + other + line[spot.end : behind.start()] + raw + line[behind.end() :]
        return _with(lines, spot.line, changed) if other != raw else None
    at = _next(lines, spot.line)
    if at is None or not _ALONE.fullmatch(lines[at]) or lines[at].strip() == raw:
        return None
    first = line[: spot.start] + lines[at].strip() + line[spot.end :]
    return _with(_with(lines, spot.line, first), at, lines[at].replace(lines[at].strip(), raw))


def _torn(lines: Lines, spot: Spot, rng: Random) -> list[str] | None:
    """The line ends before the figure, and goes on behind an empty line or at once."""
    line = lines[spot.line]
    if not line[: spot.start].strip():
        return _with(lines, spot.line, "", line)
    between = [""] if rng.random() < 0.5 else []
    return _with(lines, spot.line, line[: spot.start].rstrip(" \t"), *between, line[spot.start :])


def _line_lost(lines: Lines, spot: Spot, _rng: Random) -> list[str]:
    """The whole line gone."""
    return _with(lines, spot.line)


def _joined(lines: Lines, spot: Spot, rng: Random) -> list[str] | None:
    """The line and the next one in one, with a blank, a tab or nothing between."""
    at = _next(lines, spot.line)
    if at is None:
        return None
    between = rng.choice((" ", "\t", ""))
    return _with(lines, spot.line, lines[spot.line] + between + lines[at].strip(), count=at - spot.line + 1)


def _lines_exchanged(lines: Lines, spot: Spot, _rng: Random) -> list[str] | None:
    """The line and the next one that is not empty change places."""
    at = _next(lines, spot.line)
    if at is None or lines[at] == lines[spot.line]:
        return None
    return _with(_with(lines, spot.line, lines[at]), at, lines[spot.line])


def _mark_lost(lines: Lines, spot: Spot, _rng: Random) -> list[str] | None:
    """A tab or a blank before the figure gone, or the empty line above."""
    line = lines[spot.line]
    if spot.start and line[spot.start - 1] in "\t ":
        return _with(lines, spot.line, line[: spot.start - 1] + line[spot.start :])
    if spot.line and not lines[spot.line - 1]:
        return _with(lines, spot.line - 1, count=1)
    return None


def _mark_added(lines: Lines, spot: Spot, rng: Random) -> list[str]:
    """A tab more before the figure, or an empty line."""
    line = lines[spot.line]
    if "\t" in line.strip():
        return _with(lines, spot.line, line[: spot.start] + "\t" + line[spot.start :])
    if rng.random() < 0.5:
        return _with(lines, spot.line, "", line)
    return _with(lines, spot.line, line[: spot.start] + "  " + line[spot.start :])


def _broken(lines: Lines, spot: Spot, rng: Random) -> list[str] | None:
    """The figure broken by a line's end, between any two of its characters."""
    if spot.end - spot.start < 2:
        return None
    line, at = lines[spot.line], rng.randrange(spot.start + 1, spot.end)
    between = [""] if rng.random() < 0.5 else []
    return _with(lines, spot.line, line[:at], *between, line[at:])


def _next(lines: Lines, at: int) -> int | None:
    """The next line that is not empty."""
    return next((below for below in range(at + 1, len(lines)) if lines[below].strip()), None)


FAULTS: Mapping[str, Fault] = {
    "a cell emptied": _emptied,
    "a cell lost": _lost,
    "two cells exchanged": _exchanged,
    "a row torn": _torn,
    "a line lost": _line_lost,
    "two lines joined": _joined,
    "two lines exchanged": _lines_exchanged,
    "a tab or blank lost": _mark_lost,
    "a tab or line added": _mark_added,
    "a figure broken": _broken,
}


@dataclass(frozen=True, slots=True)
class Made:
    """A text with one fault. moved: the numbers that stand in another's place now: there the text says them."""

    text: str
    words: str
    moved: frozenset[str]


def made(text: str, name: str, rng: Random, each: int) -> Iterator[Made]:
    """So many texts with one fault of a name each."""
    lines = text.split("\n")
    every = spots(lines)
    count = 0
    for spot in rng.sample(every, len(every)):
        changed = FAULTS[name](lines, spot, rng) if count < each else None
        if changed is not None and changed != lines:
            count += 1
            raw = lines[spot.line][spot.start : spot.end]
            yield Made("\n".join(changed), f"line {spot.line + 1}, at {raw}", _moved(lines, changed, name))


def _moved(lines: Lines, changed: Lines, name: str) -> frozenset[str]:
    """The numbers of the lines that an exchange has changed."""
    if name not in _EXCHANGES:
        return frozenset()
    apart = [at for at, (was, now) in enumerate(zip(lines, changed, strict=True)) if was != now]
    return frozenset(match[0] for at in apart for match in NUMBER.finditer(lines[at]))

"""The head of a table whose columns are lost: its torn labels put together, and the columns that they are of.

Of all ways to cut the words of a head into known labels the one is taken that leaves the fewest characters and tears the
fewest pieces. A label that stands over others makes way for those that stand below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from recount.pipeline.document import Line
from recount.pipeline.split.lattice import part_of
from recount.pipeline.split.text import fold
from recount.schemas.family import Heads

_UNKNOWN = 10  # what a character costs that is of no label
_NEARLY = 6  # a label without one of its characters
_TORN = 3  # a label that begins or ends in the middle of a piece
_SHORTEST = 4  # characters of a label that is known without one of them
_MOST_UNKNOWN = 0.12  # share of the characters of a head
_YEAR = re.compile(r"20\d\d年(?:度)?(?:执行数|决算数|预算数|预算执行数)")
_DIGITS = re.compile(r"\d{1,2}")


@dataclass(frozen=True, slots=True)
class Atom:
    """What stands between blanks: characters of a line. row: number of the line of text; cell: of its cell, by the tabs
    before it; slot: where it stands in a list of cells, a line each."""

    page: int
    line: Line
    row: int
    cell: int
    slot: int

    @property
    def text(self) -> str:
        """Its characters, folded."""
        return fold(self.line.text)


@dataclass(frozen=True, slots=True)
class Label:
    """A label of a head. words: as it is known. parts: what it was put together from, in order."""

    words: str
    parts: tuple[Atom, ...]


@cache
def _known(heads: Heads) -> dict[str, tuple[str, int]]:
    """The labels of some heads, and what is nearly one: what each is, and what it costs to take it for that."""
    found = {words: (words, 0) for words in heads.all}
    for words in sorted(heads.all):
        for at in range(len(words) if len(words) >= _SHORTEST else 0):
            found.setdefault(words[:at] + words[at + 1 :], (words, _NEARLY))
    return found


def labels_of(atoms: Sequence[Atom], heads: Heads) -> list[Label] | None:
    """The labels of a head, in order; None where too much of it is of none. Numbers of columns are "#"."""
    text = "".join(atom.text for atom in atoms)
    starts, at = {}, 0
    for index, atom in enumerate(atoms):
        starts[at] = index
        at += len(atom.text)
    ends = {*starts, len(text)}
    best: list[tuple[int, int, str]] = [(0, 0, "")] + [(_UNKNOWN * (len(text) + 1), 0, "")] * len(text)
    for start in range(len(text)):
        for end, words, price in (*_from(text, start, heads), (start + 1, "", _UNKNOWN)):
            cost = best[start][0] + price
            if words:
                cost += _TORN * ((start not in ends) + (end not in ends)) + 1
            if cost < best[end][0]:
                best[end] = cost, start, words
    return _walked(text, best, atoms)


def _from(text: str, start: int, heads: Heads) -> Iterator[tuple[int, str, int]]:
    """The labels that may begin at a character: where each ends, its words, and what it costs."""
    known = _known(heads)
    for end in range(start + 1, min(len(text), start + 24) + 1):
        if text[start:end] in known:
            yield end, *known[text[start:end]]
    for pattern in (_YEAR, _DIGITS):
        match = pattern.match(text, start)
        if match:
            year = match[0] if pattern is _YEAR else "#"
            yield match.end(), "年预算数" if year.endswith("年预算数") else year, 0


def _walked(text: str, best: Sequence[tuple[int, int, str]], atoms: Sequence[Atom]) -> list[Label] | None:
    """The labels on the cheapest way."""
    found, unknown, end = [], 0, len(text)
    while end:
        _, start, words = best[end]
        unknown += not words
        if words:
            found.append(Label(words, tuple(_cut(atoms, start, end))))
        end = start
    return found[::-1] if unknown <= _MOST_UNKNOWN * len(text) else None


def _cut(atoms: Iterable[Atom], start: int, end: int) -> Iterator[Atom]:
    """The parts of atoms between two characters of their texts put together."""
    at = 0
    for atom in atoms:
        first, last = max(start - at, 0), min(end - at, len(atom.text))
        at += len(atom.text)
        part = part_of(atom.line, first, last) if first < last else None
        if part is not None:
            yield Atom(atom.page, part, atom.row, atom.cell, atom.slot)


@dataclass(frozen=True, slots=True)
class Head:
    """What the columns of a table are. kind: "coded" (code, name, amounts), "halves" (a name and its amounts, twice),
    "classes" (code, name and amount, in blocks side by side) or "line" (amounts alone). code, name: the heads of those
    columns. amounts: of the others, in order; of halves for each. sides: the heads over the halves. numbers: of the
    columns. over: a head over some columns of amounts."""

    kind: str
    code: Label | None
    name: Label | None
    amounts: tuple[Label, ...]
    sides: tuple[Label, ...] = ()
    right: tuple[Label, ...] = ()
    over: tuple[Label, int, int] | None = None
    pairs: tuple[Label, ...] = ()
    lead: int = 1


def head_of(labels: Sequence[Label], heads: Heads) -> Head | None:
    """What columns a head has; None where that is not known."""
    names = next((label for label in labels if label.words in heads.names), None)
    codes = next((label for label in labels if label.words in heads.codes), None)
    words = {label.words for label in labels}
    if words & heads.items[1] if heads.items else False:
        return _line(labels, heads)
    if names is None:
        return _halves(labels, heads)
    amounts = _amounts([label for label in labels if label is not names], heads)
    if {label.words for label in amounts} <= {"决算数", "预算数", "金额"}:
        return Head("classes", codes, names, tuple(amounts[:1])) if amounts else None
    lead = 1 if _is_whole(amounts[0].words) else 2 if len(amounts) > 1 and _is_whole(amounts[1].words) else 0
    if lead == 2 and not _YEAR.fullmatch(amounts[0].words):
        lead = 0
    return Head("coded", codes, names, tuple(amounts), lead=lead)


def _is_whole(words: str) -> bool:
    return words.endswith(("合计", "小计", "总计"))


def _amounts(labels: Sequence[Label], heads: Heads) -> list[Label]:
    """The columns of amounts, each label once; those below another in its place."""
    first: dict[str, Label] = {}
    for label in labels:
        if label.words in heads.amounts or heads.below(label.words) or _YEAR.fullmatch(label.words):
            first.setdefault(label.words, label)
    below = {child for words in first for child in heads.below(words) if child in first}
    found: list[Label] = []
    for words, label in first.items():
        children = [first[child] for child in heads.below(words) if child in first]
        found += children if heads.below(words) else [] if words in below else [label]
    return found


def _halves(labels: Sequence[Label], heads: Heads) -> Head | None:
    """The head of a table in two halves, each with a column of names."""
    lines = [at for at, label in enumerate(labels) if label.words in heads.lines]
    if len(lines) != 2:
        return None
    amounts = [label for label in labels[lines[0] + 1 : lines[1]] if label.words in heads.amounts]
    right = [label for label in labels[lines[1] + 1 :] if label.words in heads.amounts]
    if len(amounts) != 1 or not right:
        return None
    sides = tuple(labels[: lines[0]])[:2]
    return Head("halves", None, labels[lines[0]], tuple(amounts), sides, (labels[lines[1]], *right))


def _line(labels: Sequence[Label], heads: Heads) -> Head | None:
    """The head of a table of one line of amounts."""
    items = [next((label for label in labels if label.words in names), None) for names in heads.items]
    pairs = tuple(label for label in labels if label.words in ("预算数", "决算数"))
    over = next((label for label in labels if heads.below(label.words) and label.words != "年预算数"), None)
    if any(item is None for item in items) or over is None or len(pairs) not in (0, 2 * len(items)):
        return None
    turns = [label.words for label in pairs] == ["预算数", "决算数"] * len(items)
    if pairs and not turns:
        return None
    year = tuple(label for label in labels if label.words == "年预算数")
    found = tuple(item for item in items if item is not None)
    return Head("line", None, None, found, year, over=(over, 2, 5), pairs=pairs)

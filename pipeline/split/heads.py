"""The head of a table whose columns are lost: its torn labels put together, and the columns that they are of.

Of all ways to cut the words of a head into known labels the one is taken that leaves the fewest characters and tears
the fewest pieces. A label that stands over others makes way for those that stand below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from recount.pipeline.document import Line
from recount.pipeline.split.folding import fold
from recount.pipeline.split.lattice import part_of
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
        """Its characters, folded, without the blank that may stand beside a point."""
        return "".join(fold(self.line.text).split())


@dataclass(frozen=True, slots=True)
class Label:
    """A label of a head. words: as it is known. parts: what it was put together from, in order."""

    words: str
    parts: tuple[Atom, ...]

    @property
    def known(self) -> str | None:
        """It as it is known, where it was torn so that a character of it is lost."""
        printed = "".join(atom.text for atom in self.parts)
        return None if printed.endswith(self.words) or self.words == "#" else self.words


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
    """What the columns of a table are.

    kind: "coded" (code, name, amounts), "halves" (a name and its amounts, twice), "classes" (code, name and amount, in
    blocks side by side) or "line" (amounts alone). code, name: the heads of those columns. amounts: of the others, in
    order; right: of the second half, its names first. over: heads over others, with the first column of amounts and the
    column end. pairs: heads below those of the amounts, so many for each. lead: so many first amounts no line lacks.
    """

    kind: str
    code: Label | None
    name: Label | None
    amounts: tuple[Label, ...]
    right: tuple[Label, ...] = ()
    over: tuple[tuple[Label, int, int], ...] = ()
    pairs: tuple[Label, ...] = ()
    lead: int = 1


def head_of(labels: Sequence[Label], heads: Heads) -> Head | None:
    """What columns a head has; None where that is not known."""
    names = next((label for label in labels if label.words in heads.names), None)
    codes = next((label for label in labels if label.words in heads.codes), None)
    if any(label.words in heads.items for label in labels):
        return _line(labels, heads)
    if names is None:
        return _halves(labels, heads)
    amounts = [label for label, _ in _amounts(labels, heads)]
    if not amounts:
        return None
    if {label.words for label in amounts} <= heads.values:
        return Head("classes", codes, names, tuple(amounts[:1]))
    return Head("coded", codes, names, tuple(amounts), lead=_lead(amounts))


def _lead(amounts: Sequence[Label]) -> int:
    """How many first amounts no line lacks: the total, and what is compared with it."""
    for at, label in enumerate(amounts):
        if label.words.endswith(("合计", "小计", "总计")):
            return at + 1
        if _YEAR.fullmatch(label.words) is None:
            break
    return 0


def _amounts(labels: Sequence[Label], heads: Heads) -> list[tuple[Label, Label | None]]:
    """The columns of amounts, each label once, with what stands over each; those below a label in its place."""
    first: dict[str, Label] = {}
    for label in labels:
        if label.words in heads.amounts or heads.below(label.words) or _YEAR.fullmatch(label.words):
            first.setdefault(label.words, label)
    over: dict[str, str] = {}
    for words in first:
        for child in heads.below(words):
            over[child] = words
    return [
        (label, first.get(whole or ""))
        for words in first
        if words not in over
        for label, whole in _expanded(words, None, first, over)
    ]


def _expanded(
    words: str, whole: str | None, first: Mapping[str, Label], over: Mapping[str, str]
) -> Iterator[tuple[Label, str | None]]:
    """The columns that a label stands over, or its own."""
    children = [child for child in first if over.get(child) == words]
    for child in children:
        yield from _expanded(child, words, first, over)
    if not children and words in first:
        yield first[words], whole


def _halves(labels: Sequence[Label], heads: Heads) -> Head | None:
    """The head of a table in two halves, each with a column of names."""
    lines = [at for at, label in enumerate(labels) if label.words in heads.lines]
    if len(lines) != 2:
        return None
    amounts = [label for label in labels[lines[0] + 1 : lines[1]] if label.words in heads.amounts]
    right = [label for label in labels[lines[1] + 1 :] if label.words in heads.amounts]
    if len(amounts) != 1 or not right:
        return None
    spans = ((0, 2), (2, 3 + len(right)))
    over = tuple((label, *span) for label, span in zip(labels[: lines[0]], spans, strict=False))
    return Head("halves", None, labels[lines[0]], tuple(amounts), (labels[lines[1]], *right), over)


def _line(labels: Sequence[Label], heads: Heads) -> Head | None:
    """The head of a table of one line of amounts."""
    pairs = tuple(label for label in labels if label.words in heads.values)
    columns = _amounts([label for label in labels if label.words not in heads.values], heads)
    columns = [(label, whole) for label, whole in columns if not heads.below(label.words)]
    turns = [label.words for label in pairs[:2]] * len(columns)
    if not columns or (pairs and [label.words for label in pairs] != turns):
        return None
    each = 2 if pairs else 1
    over = []
    for whole in {id(label): label for _, label in columns if label is not None}.values():
        mine = [at for at, (_, label) in enumerate(columns) if label is whole]
        over.append((whole, each * mine[0], each * (mine[-1] + 1)))
    return Head("line", None, None, tuple(label for label, _ in columns), over=tuple(over), pairs=pairs)

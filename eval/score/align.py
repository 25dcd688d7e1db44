"""Which row of a result's list is which row of the gold: optimal assignment on the rows' names.

Rows of equal names face each other first. Where a name occurs more often on one side, or on one side only, the rows
that are left are assigned so that the sum of their similarities is as large as can be; two rows that have too little
in common stay apart: one is missing, the other is invented.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

Row = object
Aligner = Callable[[Sequence[Row], Sequence[Row]], list[tuple[int | None, int | None]]]
"""The rows that face each other, by their positions: None where one has no counterpart."""

NAMES = (
    "code",
    "level1",
    "level2",
    "level3",
    "class_name",
    "section_name",
    "item_name",
    "name",
    "source",
    "term",
    "section",
    "label",
    "raw",
    "unit_kind",
)
"""The fields that say which row this is; a row's name is all of those that it has."""

LEAST = 0.5
"""Rows less similar than this are not the same row."""

_LARGEST = 150
"""Up to so many rows on a side are assigned optimally; beyond that the most similar ones come first."""

_CONTENT = 1e-3
_ORDER = 1e-6
"""What equal figures and equal order count for, where names leave it open."""


def by_position(gold: Sequence[Row], got: Sequence[Row]) -> list[tuple[int | None, int | None]]:
    """The first faces the first: what a reader sees who follows JSON pointers."""
    longer = max(len(gold), len(got))
    return [(at if at < len(gold) else None, at if at < len(got) else None) for at in range(longer)]


def by_name(gold: Sequence[Row], got: Sequence[Row]) -> list[tuple[int | None, int | None]]:
    """Rows of a gold list with their counterparts, in the gold's order; rows that were invented come last."""
    ours, theirs = [_Named.of(row) for row in gold], [_Named.of(row) for row in got]
    pairs = _equal_names(ours, theirs)
    left = [at for at in range(len(ours)) if at not in pairs]
    taken = set(pairs.values())
    right = [at for at in range(len(theirs)) if at not in taken]
    if left and right:
        weights = [[_likeness(ours[i], theirs[j], _distance(i, j, ours, theirs)) for j in right] for i in left]
        pairs |= {left[i]: right[j] for i, j in _assignment(weights) if weights[i][j] >= LEAST}
    taken = set(pairs.values())
    matched: list[tuple[int | None, int | None]] = [(at, pairs.get(at)) for at in range(len(ours))]
    return matched + [(None, at) for at in range(len(theirs)) if at not in taken]


def fold(text: str) -> str:
    """A text without spaces and without the difference of full and half width."""
    return "".join(unicodedata.normalize("NFKC", text).split())


@dataclass(frozen=True, slots=True)
class _Named:
    """A row by its name: its parts by their fields, and the row's numbers."""

    parts: Mapping[str, str]
    numbers: frozenset[tuple[str, Decimal]]

    @classmethod
    def of(cls, row: Row) -> _Named:
        return cls({key: fold(part) for key, part in name_parts(row).items()}, frozenset(_numbers(row)))

    @property
    def name(self) -> str:
        return "/".join(self.parts.values())


def name_parts(row: Row) -> dict[str, str]:
    """What a row is called, by fields: a text is its own name."""
    if isinstance(row, str):
        return {"": row}
    if isinstance(row, Mapping):
        return {key: str(row[key]) for key in NAMES if row.get(key) is not None}
    return {}


def _numbers(row: Row) -> list[tuple[str, Decimal]]:
    """The numbers directly in a row, by their keys."""
    if not isinstance(row, Mapping):
        return []
    return [
        (key, Decimal(value))
        for key, value in row.items()
        if isinstance(value, int | Decimal) and not isinstance(value, bool)
    ]


def _equal_names(ours: Sequence[_Named], theirs: Sequence[_Named]) -> dict[int, int]:
    """Rows whose name occurs equally often on both sides, paired in their order."""
    gold, got = defaultdict(list), defaultdict(list)
    for at, row in enumerate(ours):
        gold[row.name].append(at)
    for at, row in enumerate(theirs):
        got[row.name].append(at)
    pairs: dict[int, int] = {}
    for name, places in gold.items():
        if len(places) == len(got[name]):
            pairs |= dict(zip(places, got[name], strict=True))
    return pairs


def _distance(i: int, j: int, ours: Sequence[_Named], theirs: Sequence[_Named]) -> float:
    return abs(i / len(ours) - j / len(theirs))


def _likeness(ours: _Named, theirs: _Named, distance: float) -> float:
    """How much two rows have in common, 0..1 by their names, and a little for equal numbers and places."""
    shared = len(ours.numbers & theirs.numbers) / max(len(ours.numbers), 1)
    return _alike(ours.parts, theirs.parts) + _CONTENT * shared - _ORDER * distance + _ORDER


def _alike(ours: Mapping[str, str], theirs: Mapping[str, str]) -> float:
    """How alike two names are in the parts that both have, and less so the more of the name one of them lacks.

    A statement's row whose code was not read is still the row of its name. Where a row lost its name altogether, its
    numbers and its place decide.
    """
    both = [key for key in ours if key in theirs]
    if not both:
        return LEAST
    one, other = ("".join(parts[key] for key in both) for parts in (ours, theirs))
    whole = max(sum(map(len, parts.values())) for parts in (ours, theirs))
    known = min(len(one), len(other)) if len(both) < max(len(ours), len(theirs)) else whole
    return _common(one, other) * (0.5 + 0.5 * min(1.0, known / max(whole, 1)))


def _common(one: str, other: str) -> float:
    """Twice the characters, and pairs of characters, that two texts share, over all that they have."""
    grams = [Counter(text) + Counter(a + b for a, b in pairwise(text)) for text in (one, other)]
    whole = grams[0].total() + grams[1].total()
    return 2 * (grams[0] & grams[1]).total() / whole if whole else 0.0


def _assignment(weights: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Pairs (row, column) of the largest sum of weights, each row and column at most once."""
    if len(weights) > _LARGEST or len(weights[0]) > _LARGEST:
        return _greedy(weights)
    if len(weights) > len(weights[0]):
        turned = _hungarian([list(column) for column in zip(*weights, strict=True)])
        return [(i, j) for j, i in turned]
    return _hungarian(weights)


def _greedy(weights: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """The largest weights first: for lists so long and so unlike that the optimum would take minutes."""
    order = sorted(
        ((i, j) for i in range(len(weights)) for j in range(len(weights[0]))), key=lambda at: -weights[at[0]][at[1]]
    )
    rows: set[int] = set()
    columns: set[int] = set()
    pairs = []
    for i, j in order:
        if i not in rows and j not in columns:
            rows.add(i)
            columns.add(j)
            pairs.append((i, j))
    return pairs


def _hungarian(weights: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """The Hungarian method with potentials, O(rows² · columns); there are at most as many rows as columns.

    Indices are shifted by one: row 0 and column 0 stand for "none".
    """
    rows, columns = len(weights), len(weights[0])
    of_row, of_column = [0.0] * (rows + 1), [0.0] * (columns + 1)
    owner, way = [0] * (columns + 1), [0] * (columns + 1)
    for row in range(1, rows + 1):
        owner[0], column = row, 0
        least, done = [float("inf")] * (columns + 1), [False] * (columns + 1)
        while owner[column]:
            done[column] = True
            current, step, following = owner[column], float("inf"), 0
            for candidate in range(1, columns + 1):
                if done[candidate]:
                    continue
                cost = -weights[current - 1][candidate - 1] - of_row[current] - of_column[candidate]
                if cost < least[candidate]:
                    least[candidate], way[candidate] = cost, column
                if least[candidate] < step:
                    step, following = least[candidate], candidate
            for index in range(columns + 1):
                if done[index]:
                    of_row[owner[index]] += step
                    of_column[index] -= step
                else:
                    least[index] -= step
            column = following
        while column:
            owner[column], column = owner[way[column]], way[column]
    return sorted((owner[column] - 1, column - 1) for column in range(1, columns + 1) if owner[column])

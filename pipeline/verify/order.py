"""Figures that the order of print has no room for: where a wrong figure was probably taken.

The rows of a list, the cells of a row and the sentences of a section are printed one after another. If all but two
figures are in order, those two were exchanged; if all but one, it was taken from elsewhere. This is no proof, for not
every form prints in the order of its fields: it only tells suspects apart.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from recount.pipeline.document import Token
from recount.pipeline.verify.place import Row, lists_of, table_of
from recount.schemas.figures import Figure

_FEW = 2


def displaced(figures: Mapping[str, Figure], tokens: Sequence[Token]) -> set[str]:
    """The figures out of order, by pointer: of each list, or section, the fewest that put the others in order."""
    lists = lists_of(figures)
    found = {figure.pointer for rows in lists.values() for figure in _in_list(rows, tokens)}
    listed = {figure.pointer for rows in lists.values() for row in rows for figure in row.figures.values()}
    sections: dict[str, list[Figure]] = defaultdict(list)
    for pointer, figure in figures.items():
        if pointer not in listed:
            sections[table_of(pointer)].append(figure)
    return found.union(*({figure.pointer for figure in _in_section(each)} for each in sections.values()))


def _in_list(rows: Sequence[Row], tokens: Sequence[Token]) -> list[Figure]:
    """Out of the order of its column, or of the order that the cells of most rows have."""
    columns: dict[str, list[Figure]] = defaultdict(list)
    for row in rows:
        for key, figure in row.figures.items():
            columns[key].append(figure)
    out = [figure for column in columns.values() for half in _halves(column, tokens) for figure in out_of_order(half)]
    away = {figure.pointer for figure in out}
    usual = {key: median(row.figures[key].token - row.span[0] for row in rows if key in row.figures) for key in columns}
    for row in rows:
        cells = [row.figures[key] for key in sorted(row.figures, key=usual.__getitem__)]
        out += out_of_order([figure for figure in cells if figure.pointer not in away])
    return out


def _halves(column: Sequence[Figure], tokens: Sequence[Token]) -> Iterator[Sequence[Figure]]:
    """A column that goes on to the right of where it began is printed beside itself, line by line."""
    begin = 0
    for at in range(1, len(column)):
        if column[at].token < column[at - 1].token:
            right = max(tokens[figure.token].box[2] for figure in column[begin:at])
            if right < min(tokens[figure.token].box[0] for figure in column[at:]):
                yield column[begin:at]
                begin = at
    yield column[begin:]


def _in_section(figures: Sequence[Figure]) -> Iterator[Figure]:
    """Out of the order of its section; a part (an increase with its rate) may as a whole stand elsewhere."""
    parts: dict[str, list[Figure]] = defaultdict(list)
    met: set[tuple[int, str]] = set()
    once = []
    for figure in figures:
        parent, _, key = figure.pointer.rpartition("/")
        parts[parent].append(figure)
        if (figure.token, key) not in met:
            once.append(figure)
        met.add((figure.token, key))
    out = {figure.pointer for figure in out_of_order(once)}
    if len(out) > max(_FEW, len(once) // 4):  # the form prints them in another order
        return
    for part in parts.values():
        away = [figure for figure in part if figure.pointer in out]
        moved = 1 < len(away) == len(part) and not out_of_order(part)
        yield from () if moved else away


def out_of_order(figures: Sequence[Figure]) -> list[Figure]:
    """The fewest figures without which the tokens never go back; of two that were exchanged, both."""
    tokens = [figure.token for figure in figures]
    in_order = sorted(tokens)
    if tokens == in_order:
        return []
    moved = [figure for figure, token in zip(figures, in_order, strict=True) if figure.token != token]
    if len(moved) == 2:
        return moved
    kept = _longest_run(tokens)
    return [figure for at, figure in enumerate(figures) if at not in kept]


def _longest_run(tokens: Sequence[int]) -> set[int]:
    """The places of the longest run of numbers that never goes back."""
    ends: list[int] = []  # the least number that a run of each length ends with, and its place
    last: list[int] = []
    before: list[int | None] = []
    for at, token in enumerate(tokens):
        length = bisect_right(ends, token)
        before.append(last[length - 1] if length else None)
        ends[length : length + 1] = [token]
        last[length : length + 1] = [at]
    kept: set[int] = set()
    step = last[-1] if last else None
    while step is not None:
        kept.add(step)
        step = before[step]
    return kept

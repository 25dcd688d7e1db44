"""Which figures of statements nobody could place where a text has lost its empty cells.

A row of which some amounts are blank shows fewer amounts than it has columns, and nothing tells whose they are. Only a
total in the first column is beyond doubt: no row is printed without one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from recount.eval.score.leaves import is_number

_WORDS = frozenset({"code", "name", "note"})
_IN_TURN = ("budget", "final")
"""Two objects whose amounts stand in one row, in turn."""


def unplaced(node: Any, pointer: str) -> list[str]:
    """The pointers of those figures of a statement, or of all, in the order of the gold."""
    return list(_unplaced(node, pointer))


def _unplaced(node: Any, pointer: str) -> Iterator[str]:
    if isinstance(node, list):
        for at, row in enumerate(node):
            yield from _unplaced(row, f"{pointer}/{at}")
    elif isinstance(node, Mapping):
        if all(isinstance(node.get(key), Mapping) for key in _IN_TURN):
            row = {f"{key}/{name}": amount for key in _IN_TURN for name, amount in node[key].items()}
            yield from _of_row(row, pointer)
        elif any(isinstance(value, list | Mapping) for value in node.values()):
            for key, value in node.items():
                yield from _unplaced(value, f"{pointer}/{key}")
        else:
            yield from _of_row({key: value for key, value in node.items() if key not in _WORDS}, pointer)


def _of_row(amounts: Mapping[str, Any], pointer: str) -> Iterator[str]:
    """Those of one row: none if it is full."""
    if None not in amounts.values():
        return
    for at, (key, amount) in enumerate(amounts.items()):
        if is_number(amount) and not (at == 0 and key == "total"):
            yield f"{pointer}/{key}"

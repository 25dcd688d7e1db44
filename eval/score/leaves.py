"""A gold report and a result's report, leaf by leaf: which value of the one faces which value of the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from recount.eval.score.align import Aligner

Number = int | Decimal


@dataclass(frozen=True, slots=True)
class Pair:
    """Two leaves that face each other. A pointer is None where that side has no such row or part."""

    gold_pointer: str | None
    got_pointer: str | None
    gold: object
    got: object

    @property
    def pointer(self) -> str:
        """Where this is in the gold, or, if it was invented, in the result."""
        return self.gold_pointer or self.got_pointer or ""


@dataclass(frozen=True, slots=True)
class Rows:
    """Two lists that face each other: rows of the gold, rows of the result, rows that were found in each other."""

    pointer: str
    gold: int
    got: int
    matched: int


@dataclass(frozen=True, slots=True)
class Facing:
    """Two reports, taken apart."""

    pairs: list[Pair] = field(default_factory=list)
    rows: list[Rows] = field(default_factory=list)


def face(gold: Mapping[str, Any], got: Mapping[str, Any], align: Aligner) -> Facing:
    """Takes two reports apart; lists are aligned by `align`.

    A section that the gold has no key for (an older gold without `statements`) is not compared: nothing is known of it.
    """
    facing = Facing()
    for key in gold:
        _face(facing, f"/{key}", f"/{key}", gold[key], got.get(key), align)
    return facing


def is_number(value: object) -> bool:
    """Whether a leaf is a figure."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _face(facing: Facing, ours: str | None, theirs: str | None, gold: Any, got: Any, align: Aligner) -> None:
    if isinstance(gold, Mapping) or isinstance(got, Mapping):
        _face_objects(facing, ours, theirs, gold, got, align)
    elif isinstance(gold, list) or isinstance(got, list):
        _face_lists(facing, ours, theirs, gold, got, align)
    elif gold is not None or got is not None:
        facing.pairs.append(Pair(ours, theirs, gold, got))


def _face_objects(facing: Facing, ours: str | None, theirs: str | None, gold: Any, got: Any, align: Aligner) -> None:
    left: Mapping[str, Any] = gold if isinstance(gold, Mapping) else {}
    right: Mapping[str, Any] = got if isinstance(got, Mapping) else {}
    for key in dict.fromkeys((*left, *right)):
        name = escape(key)
        below = None if ours is None else f"{ours}/{name}"
        _face(facing, below, None if theirs is None else f"{theirs}/{name}", left.get(key), right.get(key), align)


def _face_lists(facing: Facing, ours: str | None, theirs: str | None, gold: Any, got: Any, align: Aligner) -> None:
    left: Sequence[Any] = gold if isinstance(gold, list) else ()
    right: Sequence[Any] = got if isinstance(got, list) else ()
    pairs = align(left, right)
    matched = sum(i is not None and j is not None for i, j in pairs)
    if left or right:
        facing.rows.append(Rows(ours or theirs or "", len(left), len(right), matched))
    for i, j in pairs:
        below = None if ours is None or i is None else f"{ours}/{i}"
        facing_it = None if theirs is None or j is None else f"{theirs}/{j}"
        _face(facing, below, facing_it, None if i is None else left[i], None if j is None else right[j], align)


def escape(key: str) -> str:
    """A key as a step of a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")


def leaves(value: object, pointer: str = "") -> Iterator[tuple[str, object]]:
    """Every leaf of a value that is not null, with its pointer."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from leaves(part, f"{pointer}/{escape(key)}")
    elif isinstance(value, list):
        for at, part in enumerate(value):
            yield from leaves(part, f"{pointer}/{at}")
    elif value is not None:
        yield pointer, value


def section_of(pointer: str) -> str:
    """The section that a figure belongs to; each of the nine statements is one."""
    first, _, rest = pointer.removeprefix("/").partition("/")
    return f"{first}/{rest.partition('/')[0]}" if first == "statements" and rest else first

"""What became of the faults of a document: which of its results' verified figures are not what its pages print."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from recount.eval.score.align import by_name
from recount.eval.score.leaves import face, is_number
from recount.eval.score.metrics import TRUSTED
from recount.eval.verifier.prints.draft import Made, Printed
from recount.pipeline.result import Result

Fate = Literal["silent", "as printed", "left open", "not delivered", "refused", "crashed"]


@dataclass(frozen=True)
class Wrong:
    """A figure that is verified and not what the page prints. pointer: in the gold, or where it was invented."""

    pointer: str
    printed: str
    delivered: str
    raw: str
    page: int
    box: tuple[float, ...]


@dataclass(frozen=True)
class Verdict:
    """What became of one fault. wrong: its own figures that passed, and for the first of a document those that are
    nobody's. elsewhere: whether it passed by those alone."""

    kind: tuple[str, str]
    base: str
    words: str
    fate: Fate
    file: str
    wrong: tuple[Wrong, ...] = ()
    elsewhere: bool = False


def wrong_in(results: Sequence[Result], golds: Sequence[Mapping[str, Any]]) -> list[Wrong]:
    """The silent errors of a file's results, each held against that one of its reports that it is most like."""
    found: list[Wrong] = []
    for result in results:
        found += sorted((list(_wrong(result, gold)) for gold in golds), key=len)[0]
    return found


def printed(gold: Mapping[str, Any], truth: Mapping[str, Printed]) -> dict[str, Any]:
    """A gold with what the pages print now in some of its fields."""
    changed = copy.deepcopy(dict(gold))
    for pointer, value in truth.items():
        *way, last = pointer.strip("/").split("/")
        node: Any = changed
        for step in way:
            node = node[int(step)] if isinstance(node, list) else node[step]
        node[last] = value
    return changed


def _wrong(result: Result, gold: Mapping[str, Any]) -> Iterator[Wrong]:
    for pair in face(gold, result.report, by_name).pairs:
        entry = result.figures.get(pair.got_pointer or "")
        if entry is None or entry.status not in TRUSTED or not is_number(pair.got) or pair.got == pair.gold:
            continue
        told = "nothing" if pair.gold is None else str(pair.gold)
        yield Wrong(pair.pointer, told, str(pair.got), entry.raw, entry.page, tuple(map(float, entry.bbox or ())))


def is_elsewhere(figure: Wrong, made: Made) -> bool:
    """Whether what is to be seen no more where the fault was made was read where it still is."""
    if made.place is None or made.truth.get(figure.pointer, 0) is not None:
        return False
    page, (x0, y0, x1, y1) = made.place
    left, top, right, bottom = figure.box
    return figure.page != page or not (left < x1 and x0 < right and top < y1 and y0 < bottom)


def fate_of(results: Sequence[Result], gold: Mapping[str, Any], pointers: Sequence[str]) -> Fate:
    """What became of a fault's figures where none passed: the worst of them."""
    wanted, fates = set(pointers), set[Fate]()
    for result in results:
        for pair in face(gold, result.report, by_name).pairs:
            entry = result.figures.get(pair.got_pointer or "")
            if pair.gold_pointer in wanted and entry is not None and is_number(pair.got):
                fates.add("as printed" if entry.status in TRUSTED else "left open")
    return "left open" if "left open" in fates else "as printed" if fates else "not delivered"

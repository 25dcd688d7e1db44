"""What changed between two evaluations, case by case, figure by figure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from recount.eval.score.metrics import Cell, Cells, Tally, tally

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that is not what it was. was, now: None where it is right."""

    case: str
    pointer: str
    was: Json | None
    now: Json | None

    @property
    def kind(self) -> str:
        """Whether that is good."""
        if self.was is None:
            return "broken"
        return "mended" if self.now is None else "changed"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two evaluations. fates: the cases (name, was, is) whose fate changed. before, after: of the cases in both."""

    before: Tally
    after: Tally
    changes: tuple[Change, ...]
    fates: tuple[tuple[str, str, str], ...]
    added: tuple[str, ...]
    gone: tuple[str, ...]

    def of_kind(self, kind: str) -> list[Change]:
        return [change for change in self.changes if change.kind == kind]


def compare(before: Json, after: Json) -> Comparison:
    """What changed from one evaluation to another, case by case, figure by figure."""
    old, new = ({case["name"]: case for case in results["cases"]} for results in (before, after))
    both = [name for name in new if name in old]
    return Comparison(
        before=_tally_of(old[name] for name in both),
        after=_tally_of(new[name] for name in both),
        changes=tuple(change for name in both for change in _changes(name, old[name], new[name])),
        fates=tuple(
            (name, old[name]["fate"], new[name]["fate"]) for name in both if old[name]["fate"] != new[name]["fate"]
        ),
        added=tuple(name for name in new if name not in old),
        gone=tuple(name for name in old if name not in new),
    )


def _tally_of(cases: Iterable[Json]) -> Tally:
    cells: Cells = Counter()
    for case in cases:
        for section, status, outcome, number in case["cells"]:
            cells[Cell(section, status, outcome)] += number
    return tally(cells)


def _changes(name: str, old: Json, new: Json) -> Iterable[Change]:
    """The figures of a case that are not what they were; a case that gained or lost its result counts as a fate."""
    if old["fate"] != "scored" or new["fate"] != "scored":
        return
    was, now = ({figure["pointer"]: figure for figure in case["figures"]} for case in (old, new))
    for pointer in dict.fromkeys((*was, *now)):
        if _same(was.get(pointer), now.get(pointer)):
            continue
        yield Change(name, pointer, was.get(pointer), now.get(pointer))


def _same(one: Json | None, other: Json | None) -> bool:
    """Whether a figure is wrong in the same way, whatever its place."""
    if one is None or other is None:
        return one is other
    return all(one[key] == other[key] for key in ("outcome", "got", "status"))

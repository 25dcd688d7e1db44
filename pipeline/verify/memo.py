"""What the verifier remembers of a report, for verifying copies of it that differ in a few places.

Models are frozen, so a part of a report that is the same object and whose numbers were not read otherwise comes to the
same figures, and the same figures come to the same evaluations. All is learnt from the first report that is verified;
nothing is added afterwards, so that a memory does not grow with the copies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any

from recount.schemas.arithmetic import Evaluation, Identity, evaluate
from recount.schemas.figures import Figure, Model
from recount.schemas.terms import Interval, Product, Rate, Sum, Term

Windows = tuple[Interval, ...]
"""What one identity leaves to a figure: it may have the values of any of these."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A part of a report with its references resolved. source: what it was before. refused: what was rejected of it."""

    source: Model
    model: Any
    figures: Mapping[str, Figure]
    refused: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Covered:
    """How many identities cover a figure, given what they leave to it."""

    figure: Figure
    held: tuple[Windows, ...]
    setting: tuple[object, ...]
    count: int


@dataclass(slots=True)
class Memo:
    """What is known of the first report. resolved: by pointer. The rest: by the objects that it is about."""

    resolved: dict[str, Resolved] = field(default_factory=dict)
    covered: dict[str, Covered] = field(default_factory=dict)
    parts: dict[int, tuple[Any, list[Evaluation]]] = field(default_factory=dict)
    single: dict[object, Evaluation] = field(default_factory=dict)
    windows: dict[int, dict[str, Windows]] = field(default_factory=dict)
    learning: bool = True

    def part(self, source: Model, pointer: str, changed: Set[int]) -> Resolved | None:
        """A part of a report as it was resolved, if it is the same and none of its numbers changed."""
        known = self.resolved.get(pointer)
        if known is None or known.source is not source:
            return None
        if changed and any(figure.token in changed for figure in known.figures.values()):
            return None
        return None if changed and known.refused else known

    def evaluations(self, part: Any, work: Callable[[], list[Evaluation]]) -> list[Evaluation]:
        """The evaluations of a part of a resolved report; worked out where they are not known."""
        known = self.parts.get(id(part))
        if known is not None and known[0] is part:
            return known[1]
        found = work()
        if self.learning:
            self.parts[id(part)] = part, found
        return found

    def evaluate(self, identity: Identity) -> Evaluation:
        """The evaluation of one identity."""
        key = _key(identity)
        known = None if self.learning else self.single.get(key)
        if known is not None:
            return replace(known)  # two identities of one report are two evaluations, even if they are alike
        found = evaluate(identity)
        if self.learning:
            self.single.setdefault(key, found)
        return found

    def windows_of(self, evaluation: Evaluation) -> dict[str, Windows]:
        """What an identity leaves to each of its figures, by pointer."""
        known = self.windows.get(id(evaluation))
        if known is None:
            known = windows_of(evaluation)
            if self.learning:
                self.windows[id(evaluation)] = known
        return known


def windows_of(evaluation: Evaluation) -> dict[str, Windows]:
    """What an identity leaves to each of its figures, by pointer."""
    found: dict[str, Windows] = {}
    for operand, low, high in evaluation.held:
        found[operand.pointer] = (*found.get(operand.pointer, ()), (low, high))
    return found


def _key(identity: Identity) -> object:
    """What an identity is about: equal only for the same figures, by identity."""
    others = tuple((each.explanation, each.minor, _term(each.computed)) for each in identity.alternatives)
    shares = tuple(map(id, identity.shares))
    return (
        identity.rule,
        id(identity.printed),
        _term(identity.computed),
        others,
        shares,
        identity.at_most,
        identity.words,
    )


def _term(term: Term) -> object:
    if isinstance(term, Sum):
        return tuple((sign, id(operand)) for sign, operand in term.terms), term.constant, term.missing
    if isinstance(term, Rate):
        return _term(term.part), _term(term.whole)
    if isinstance(term, Product):
        return id(term.weight), id(term.rate), term.rounded
    return id(term)

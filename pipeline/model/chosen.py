"""What resolving an answer leaves in its nested values: figures at their places, and fields that lost theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from recount.pipeline.model.labels import Trail, Witness
from recount.pipeline.model.shown import Mark
from recount.schemas.figures import Ref


@dataclass(frozen=True, slots=True)
class Chosen:
    """A figure of an answer at its place: the reference, the mark it was found by, what the words beside it say.

    trail: the way to its field.
    """

    ref: Ref
    mark: Mark
    witness: Witness
    trail: Trail = field(repr=False, default=())


@dataclass(frozen=True, slots=True)
class Lost:
    """A field whose figure was refused, until it is known whether the words give it another (`amend`).

    trail: the way to the field.
    """

    trail: Trail = field(repr=False)


def leaves(values: Any, pointer: str = "") -> Iterator[tuple[str, Ref | Chosen]]:
    """All figures in nested values, with their pointers."""
    if isinstance(values, Ref | Chosen):
        yield pointer, values
    elif isinstance(values, Mapping):
        for key, each in values.items():
            yield from leaves(each, f"{pointer}/{key}")
    elif isinstance(values, list):
        for index, each in enumerate(values):
            yield from leaves(each, f"{pointer}/{index}")


def chosen_in(values: Any) -> Iterator[tuple[str, Chosen]]:
    """The figures that a model chose, with their pointers."""
    return ((at, leaf) for at, leaf in leaves(values) if isinstance(leaf, Chosen))


def says_something(values: Mapping[str, Any]) -> bool:
    """Whether a part has anything that is printed (contract: one of which nothing is printed is null)."""
    return any(value not in (None, [], False) for value in values.values())

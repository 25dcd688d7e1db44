"""A report that is read, split and mapped once, and changed copies of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from recount.pipeline.document import Token
from recount.pipeline.map.registry import map_document
from recount.pipeline.structure import document_of
from recount.pipeline.verify import Verified, verify
from recount.pipeline.verify.cover import DocumentNumbers
from recount.schemas.describe import leaves_in
from recount.schemas.figures import Model, Ref

Steps = tuple[str, ...]
"""A JSON pointer, taken apart."""


@dataclass(frozen=True)
class Base:
    """A report as it was mapped, and as it was verified without any fault.

    name: the file that it came from. confirmed: the tokens that OCR read twice alike.
    """

    name: str
    report: Model
    tokens: tuple[Token, ...]
    confirmed: frozenset[int] = frozenset()

    @cached_property
    def verified(self) -> Verified:
        """What the verifier says of the report as it is."""
        return verify(self.report, self.tokens, "fault", confirmed=self.confirmed, numbers=self.numbers)

    @cached_property
    def numbers(self) -> DocumentNumbers:
        """What the verifier learns of the tokens, for all faults together."""
        return DocumentNumbers(self.tokens)

    @cached_property
    def refs(self) -> dict[str, Ref]:
        """Every reference of the report that became a figure, by pointer."""
        return {pointer: ref for pointer, ref in references(self.report) if pointer in self.verified.figures}

    @cached_property
    def fields_of(self) -> dict[int, list[str]]:
        """The fields that one token fills."""
        found: dict[int, list[str]] = defaultdict(list)
        for pointer, ref in self.refs.items():
            found[ref.token].append(pointer)
        return found

    def as_scanned(self, *, twice: bool) -> Base:
        """The same report, as if OCR had read it; twice: and all of it twice alike."""
        tokens = tuple(replace(token, origin="ocr") for token in self.tokens)
        return Base(self.name, self.report, tokens, frozenset(range(len(tokens))) if twice else frozenset())


def load(path: Path) -> Base:
    """A report from its file; a scan is read by OCR, once. Raises as structure does."""
    document, family = document_of(path)
    name = path.stem if path.stem != "report" else path.parent.name
    return Base(name, map_document(document, family).report, document.tokens)


def references(value: Any, pointer: str = "") -> Iterator[tuple[str, Ref]]:
    """Every reference of a mapped report with its pointer."""
    return ((at, leaf) for at, leaf in leaves_in(value, pointer) if isinstance(leaf, Ref))


def steps(pointer: str) -> Steps:
    """A pointer as steps."""
    return tuple(pointer.split("/")[1:])


def at(value: Any, path: Sequence[str]) -> Any:
    """What stands at a place of a report."""
    for step in path:
        value = value[int(step)] if isinstance(value, tuple) else getattr(value, step)
    return value


def changed(value: Any, changes: Mapping[Steps, Any]) -> Any:
    """A report with other values at some places; only the models on the way to them are made anew."""
    if () in changes:
        return changes[()]
    below: dict[str, dict[Steps, Any]] = defaultdict(dict)
    for path, new in changes.items():
        below[path[0]][path[1:]] = new
    if isinstance(value, tuple):
        return tuple(changed(part, below[str(at)]) if str(at) in below else part for at, part in enumerate(value))
    return value.model_copy(update={key: changed(getattr(value, key), inner) for key, inner in below.items()})

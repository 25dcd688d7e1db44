"""The labels of a model: what each of its fields is, and by what words it is known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin

from recount.pipeline.map.tables.sheet import bare
from recount.pipeline.split.text import fold
from recount.schemas.figures import Kind, Model, Ref


@dataclass(frozen=True, slots=True)
class Label:
    """A field of a model of references.

    words: a regular expression for its folded words, None where it has none of its own (its title then). kind: of a
    figure. model: of a nested model, or of the rows of a list. many: it is a list.
    """

    key: str
    title: str
    own_words: str | None
    kind: Kind | None = None
    model: type[Model] | None = None
    many: bool = False

    @property
    def is_text(self) -> bool:
        """Whether it holds words alone."""
        return self.kind is None and self.model is None and not self.many

    @property
    def words(self) -> str:
        """A rule for its words in running text."""
        return self.own_words or re.escape("".join(fold(self.title).split()))

    @property
    def head(self) -> str:
        """A rule for its words as the head of a column or a line: there brackets and quotation marks do not count."""
        return self.own_words or re.escape(bare(fold(self.title)))


@cache
def labels_of(model: type[Model]) -> dict[str, Label]:
    """The labels of a model of references (Report[Ref]), by key."""
    return {key: _label(key, info) for key, info in model.model_fields.items()}


def words_of(model: type[Model]) -> Iterator[str]:
    """The words of a model's labels and of those below it, as rules."""
    for label in labels_of(model).values():
        yield label.words
        if label.model is not None and label.model is not model:
            yield from words_of(label.model)


def _label(key: str, info: Any) -> Label:
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    shape, many = _shape(info.annotation)
    kind = Kind(str(extra["kind"])) if "kind" in extra and shape is Ref else None
    model = shape if isinstance(shape, type) and issubclass(shape, Model) else None
    words = extra.get("words")
    return Label(key, info.title or key, str(words) if words else None, kind, model, many)


def _shape(annotation: Any) -> tuple[Any, bool]:
    """The type of a field without its `| None`, or of the rows of a list; and whether it is a list."""
    if get_origin(annotation) in (Union, UnionType):
        annotation = next((each for each in get_args(annotation) if each is not type(None)), None)
    if get_origin(annotation) is tuple:
        return _shape(get_args(annotation)[0])[0], True
    return annotation, False

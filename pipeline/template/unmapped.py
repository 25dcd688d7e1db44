"""The figures of the narrative that have no key: nothing that is printed is lost (contract, report.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from recount.pipeline.template.facts import MONEY, Reading
from recount.pipeline.template.labels import label_before
from recount.pipeline.template.passage import Passage, heading_above
from recount.schemas.figures import Model, Ref
from recount.schemas.parts import UnmappedFigure


def open_in(passage: Passage, reading: Reading, section: object) -> Reading:
    """A reading with every number of it open that the section made of it has no field for.

    section: a model with references, or several in lists and dicts.
    """
    taken = {ref.token for ref in refs_in(section)}
    lost = {ref.token for fact in reading.facts.values() for ref in fact.refs()} - taken
    left = {*reading.unclaimed, *(at for at in passage.numbers if passage.token(at).index in lost)}
    return Reading(reading.facts, reading.repeats, tuple(sorted(left)))


def refs_in(values: object) -> Iterator[Ref]:
    """The references in a model, or in several in lists and dicts."""
    if isinstance(values, Ref):
        yield values
    elif isinstance(values, Model):
        for name in type(values).model_fields:
            yield from refs_in(getattr(values, name))
    elif isinstance(values, Mapping):
        for each in values.values():
            yield from refs_in(each)
    elif isinstance(values, list | tuple):
        for each in values:
            yield from refs_in(each)


def unmapped_in(title: str, passage: Passage, reading: Reading) -> list[UnmappedFigure[Ref]]:
    """The figures of a section that have no key, without ordinals and numbers inside names."""
    return [without_key(title, passage, at) for at in sorted(reading.unclaimed) if passage.token(at).is_figure]


def without_key(title: str, passage: Passage, at: int) -> UnmappedFigure[Ref]:
    """A figure of a passage as one that has no key. at: its index in the passage's shape; title: of its section."""
    token = passage.token(at)
    return UnmappedFigure[Ref](
        section=heading_above(passage, at) or title,
        label=label_before(passage, at),
        raw=token.raw,
        value=Ref(token.index),
        unit="万元" if token.unit in MONEY else token.unit,
    )


def in_reading_order(figures: list[UnmappedFigure[Ref]]) -> tuple[UnmappedFigure[Ref], ...]:
    """As they stand in the report, which is the order of the tokens of running text."""
    return tuple(sorted(figures, key=lambda figure: figure.value.token if figure.value else -1))

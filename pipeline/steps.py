"""What is being done with a report at this moment: the stage, and which page or question of how many.

Whoever works tells (`tell`); whoever wants to know hears (`heard`): a worker process sends what it hears to its parent
(run/pool.py). Nothing of it gets into a result, and where nobody hears, telling costs next to nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Literal

Stage = Literal["begin", "read", "ocr", "map", "verify", "again", "ask"]
"""Begun; pages of a digital file, or of a scanned one, are read; its figures are found; recounted; read again; a model
is asked."""

_EVERY = 0.25
"""Seconds between two steps of one stage that are told."""


@dataclass(frozen=True, slots=True)
class Step:
    """A stage, and the page or question at hand, from 1; 0 where it has none. of: how many there are, 0: unknown."""

    stage: Stage
    at: int = 0
    of: int = 0


_hearers: list[Callable[[Step], None]] = []


def tell(stage: Stage, at: int = 0, of: int = 0) -> None:
    """Tells what is begun now."""
    if _hearers:
        _hearers[-1](Step(stage, at, of))


@contextmanager
def heard(hear: Callable[[Step], None]) -> Iterator[None]:
    """Has all steps of this process told to `hear` (by any thread of it): every stage, and of the pages of one those
    that are a quarter of a second apart."""
    last, told = "", 0.0

    def thinned(step: Step) -> None:
        nonlocal last, told
        now = time.monotonic()
        if step.stage != last or now - told >= _EVERY:
            last, told = step.stage, now
            hear(step)

    _hearers.append(thinned)
    try:
        yield
    finally:
        _hearers.remove(thinned)


@dataclass(slots=True)
class Tally:
    """Counts what is done one after the other, by several threads: its numbers are told as steps of the stage."""

    stage: Stage
    at: int = 0
    of: int = 0
    _one: Lock = field(default_factory=Lock)

    def expect(self, more: int) -> None:
        """So many more are to be done."""
        with self._one:
            self.of += more

    def next(self) -> None:
        """The next one is begun."""
        with self._one:
            self.at += 1
            self.of = max(self.of, self.at)
            tell(self.stage, self.at, self.of)

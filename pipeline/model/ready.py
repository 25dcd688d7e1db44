"""Makes a model ready for a run: its store beside the ledger, a local server for a file of weights, the way to ask."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from recount.pipeline.model.local import served
from recount.pipeline.model.settings import ModelSettings
from recount.pipeline.model.transport.client import prepare

STORE = "model.sqlite"
"""The file beside a ledger that keeps a run's answers and calls."""


@contextmanager
def ready(settings: ModelSettings, folder: Path, run: str) -> Iterator[ModelSettings]:
    """The settings by which worker processes ask. folder: of the ledger. run: its number there.

    Raises UsageError, or a ModelError, if the model cannot be asked at all: before any report is begun.
    """
    settings = replace(settings, store=settings.store or folder / STORE, run=run)
    with served(settings) as at_hand:
        prepare(at_hand)
        yield at_hand

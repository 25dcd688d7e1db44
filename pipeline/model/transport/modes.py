"""Which mode an endpoint understands, as a probe has found it."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from recount.pipeline.model.settings import ModelSettings, ModeName
from recount.pipeline.model.transport.store import Store

MODES: tuple[ModeName, ...] = ("json_schema", "tools", "json")
"""The modes in the order they are tried in: first the one in which endpoints hold the answer to the schema."""


def mode_of(store: Store, settings: ModelSettings) -> ModeName | None:
    """The mode that the settings ask for, or that has been found to work; None if none has."""
    if settings.mode != "auto":
        return settings.mode
    row = store.row("SELECT mode FROM modes WHERE model = ? AND endpoint = ?", (settings.name, settings.endpoint))
    return None if row is None else cast(ModeName, row["mode"])


def remember(store: Store, settings: ModelSettings, mode: ModeName) -> ModelSettings:
    """Keeps that a mode works; the settings with that mode are returned."""
    store.write("INSERT OR REPLACE INTO modes VALUES (?, ?, ?)", (settings.name, settings.endpoint, mode))
    return replace(settings, mode=mode)

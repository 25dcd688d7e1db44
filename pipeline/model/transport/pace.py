"""No more requests a minute than allowed, over all processes that share a store."""

from __future__ import annotations

import time

from recount.pipeline.model.settings import ModelSettings
from recount.pipeline.model.transport.store import Store


def wait_for_turn(store: Store, settings: ModelSettings) -> None:
    """Returns when the next request may go; they go at even distances."""
    if settings.requests_per_minute is None:
        return
    distance = 60.0 / settings.requests_per_minute
    with store.turn():
        now = time.time()
        row = store.row("SELECT next FROM pace WHERE endpoint = ?", (settings.endpoint,))
        mine = now if row is None else max(now, row["next"])
        store.write("INSERT OR REPLACE INTO pace VALUES (?, ?)", (settings.endpoint, mine + distance))
    time.sleep(max(mine - now, 0.0))

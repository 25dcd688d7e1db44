"""The budget of a run, over all its processes.

Before a request goes, what it will take is reckoned and set aside together with what is on its way already, so that
many threads at once do not spend the rest of a budget several times.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from recount.pipeline.errors import BudgetSpent
from recount.pipeline.model.settings import ModelSettings
from recount.pipeline.model.transport.calls import tokens_of
from recount.pipeline.model.transport.price import cost
from recount.pipeline.model.transport.store import Store


@contextmanager
def reserved(store: Store, settings: ModelSettings, input_tokens: int, output_tokens: int) -> Iterator[None]:
    """Holds what a request is reckoned to take, until its call is recorded.

    Raises BudgetSpent if that is more than the rest of the budget.
    """
    if settings.budget is None and settings.budget_tokens is None:
        yield
        return
    flight = _take_off(store, settings, input_tokens, output_tokens)
    try:
        yield
    finally:
        store.write("DELETE FROM flights WHERE id = ?", (flight,))


def _take_off(store: Store, settings: ModelSettings, input_tokens: int, output_tokens: int) -> int:
    now = time.time()
    with store.turn():
        spent = tokens_of(store, settings.run)
        row = store.row(
            "SELECT coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0) FROM flights"
            " WHERE run = ? AND until > ?",
            (settings.run, now),
        )
        assert row is not None
        _check(settings, spent[0] + row[0] + input_tokens, spent[1] + row[1] + output_tokens)
        return store.write(
            "INSERT INTO flights (run, until, input_tokens, output_tokens) VALUES (?, ?, ?, ?)",
            (settings.run, now + settings.timeout + 60, input_tokens, output_tokens),
        )


def _check(settings: ModelSettings, input_tokens: int, output_tokens: int) -> None:
    if settings.budget_tokens is not None and input_tokens + output_tokens > settings.budget_tokens:
        raise BudgetSpent(f"the budget of {settings.budget_tokens:,} tokens is spent: the model is asked no more")
    if settings.budget is not None and cost(settings, input_tokens, output_tokens) > settings.budget:
        raise BudgetSpent(f"the budget of {settings.budget} is spent: the model is asked no more")

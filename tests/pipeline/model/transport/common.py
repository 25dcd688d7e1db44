"""What the tests of the transport ask, and with which settings: pauses of hundredths of a second."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from recount.pipeline.errors import ModelError
from recount.pipeline.model.ask.question import Question, Reply
from recount.pipeline.model.transport.client import asker
from recount.pipeline.model.transport.store import Database
from recount.pipeline.settings import ModelSettings
from recount.pipeline.usage import Usage
from recount.tests.pipeline.model.server import Scripted


class Income(BaseModel):
    """An answer: one figure with its mark."""

    income: Annotated[str, StringConstraints(pattern=r"^[0-9.]+@[0-9]+$"), Field(title="本年收入")]


RIGHT = {"income": "1.00@1"}


def question(user: str = "本年收入1.00@1万元。", **others: Any) -> Question:
    return Question("照抄数字。", user, Income, "income", "ab" * 32, **others)


def settings_for(server: Scripted, **others: Any) -> ModelSettings:
    """Settings for a server. They name a mode unless others do."""
    given: dict[str, Any] = {
        "mode": "json_schema",
        "timeout": 5.0,
        "deadline": 20.0,
        "backoff": (0.01, 0.05),
        "run": "1",
    }
    return ModelSettings("model", base_url=server.base_url, **(given | others))


def ask(settings: ModelSettings, *questions: Question) -> list[Reply | ModelError]:
    """What becomes of questions that are put one after the other."""
    outcomes: list[Reply | ModelError] = []
    with asker(settings) as who:
        for each in questions or (question(),):
            try:
                outcomes.append(who.ask(each))
            except ModelError as error:
                outcomes.append(error)
    return outcomes


def calls(settings: ModelSettings) -> list[tuple[Any, ...]]:
    """Outcome, detail and tokens of the requests in the ledger."""
    with closing(Database(settings.store)) as database:
        return [tuple(row) for row in database.rows("SELECT outcome, detail, input_tokens, output_tokens FROM calls")]


def usage_of(database: Database, run: str, document: str | None = None) -> Usage:
    """What all requests of a run took by the ledger, or those about one document (the SHA-256 of its file)."""
    rows = database.rows(
        "SELECT input_tokens, output_tokens, cost, seconds FROM calls WHERE run = ? AND (? IS NULL OR document = ?)",
        (run, document, document),
    )
    total = Usage()
    for row in rows:
        total += Usage(row["input_tokens"], row["output_tokens"], Decimal(row["cost"]), row["seconds"], 1)
    return total


def in_threads(count: int, do: Callable[[int], Any], at_once: int | None = None) -> Sequence[Any]:
    """What comes of 0, 1 and so on to a count, done at the same time."""
    with ThreadPoolExecutor(at_once or count) as pool:
        return list(pool.map(do, range(count)))

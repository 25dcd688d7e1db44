"""Answers that are kept, so that no question is paid for twice.

The key of an answer is the SHA-256 of all that decides it: the model's name, its endpoint (the same name may stand for
other weights elsewhere), the mode, the prompt, the JSON schema, temperature and seed. The limit of output tokens is
not in it, for an answer that ended by itself is the same under any. A question whose answer was cut off or never kept
to the schema is kept too, with the limit it failed under: it is asked again only under a wider one.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from recount.pipeline.model.question import Question, Usage
from recount.pipeline.model.settings import ModelSettings, ModeName
from recount.pipeline.model.transport.store import Store

Outcome = Literal["ok", "invalid", "truncated"]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a question. answer: JSON; of an invalid answer what was wrong with it."""

    outcome: Outcome
    answer: str


def key_of(settings: ModelSettings, mode: ModeName, question: Question) -> str:
    """The key of a question's answer."""
    parts = {
        "model": settings.name,
        "endpoint": settings.endpoint,
        "mode": mode,
        "system": question.system,
        "user": question.user,
        "name": question.response.__name__,
        "schema": question.response.model_json_schema(),
        "temperature": settings.temperature,
        "seed": settings.seed,
    }
    # The order of a schema's fields is the order in which a model answers, so it is kept.
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


def find(store: Store, settings: ModelSettings, key: str) -> Kept | None:
    """What is kept of a question; None if it is to be asked."""
    row = store.row("SELECT outcome, answer, bound FROM answers WHERE key = ?", (key,))
    if row is None:
        return None
    if row["outcome"] != "ok" and _limit(settings, row["outcome"]) > row["bound"]:
        return None
    return Kept(row["outcome"], row["answer"])


def keep(store: Store, settings: ModelSettings, mode: ModeName, key: str, kept: Kept, usage: Usage) -> None:
    """Keeps the outcome of a question. usage: what it took, over all attempts."""
    store.write(
        "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            key,
            kept.outcome,
            kept.answer,
            _limit(settings, kept.outcome),
            settings.name,
            settings.endpoint,
            mode,
            datetime.now(UTC).isoformat(timespec="seconds"),
            usage.input_tokens,
            usage.output_tokens,
            str(usage.cost),
            usage.seconds,
            usage.calls,
        ),
    )


def _limit(settings: ModelSettings, outcome: Outcome) -> int:
    return settings.reasks if outcome == "invalid" else settings.max_output_tokens

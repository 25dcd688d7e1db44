"""The ledger of requests: every one that was sent, what it took and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from recount.pipeline.model.question import Question, Usage
from recount.pipeline.model.settings import ModelSettings
from recount.pipeline.model.transport.store import Store


@dataclass(frozen=True, slots=True)
class Call:
    """What became of one request. started: seconds since 1970.

    outcome: ok, http 429 (or another status), timeout, connection, invalid (not to the schema), truncated, refused.
    detail: a few words, without a secret and without the text of a prompt.
    """

    started: float
    usage: Usage
    outcome: str
    detail: str = ""


def record(store: Store, settings: ModelSettings, question: Question, key: str, call: Call) -> None:
    """Keeps a call."""
    started = datetime.fromtimestamp(call.started, UTC).isoformat(timespec="milliseconds")
    store.write(
        "INSERT INTO calls (run, document, purpose, round, key, model, endpoint, started, seconds, input_tokens,"
        " output_tokens, cost, outcome, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            settings.run,
            question.document,
            question.purpose,
            question.round,
            key,
            settings.name,
            settings.endpoint,
            started,
            call.usage.seconds,
            call.usage.input_tokens,
            call.usage.output_tokens,
            str(call.usage.cost),
            call.outcome,
            call.detail,
        ),
    )


def tokens_of(store: Store, run: str) -> tuple[int, int]:
    """Input and output tokens of all requests of a run."""
    row = store.row(
        "SELECT coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0) FROM calls WHERE run = ?", (run,)
    )
    assert row is not None
    return row[0], row[1]


def usage_of(store: Store, run: str, document: str | None = None) -> Usage:
    """What all requests of a run took, or those about one document (the SHA-256 of its file)."""
    rows = store.rows(
        "SELECT input_tokens, output_tokens, cost, seconds FROM calls WHERE run = ? AND (? IS NULL OR document = ?)",
        (run, document, document),
    )
    total = Usage()
    for row in rows:
        total += Usage(row["input_tokens"], row["output_tokens"], Decimal(row["cost"]), row["seconds"], 1)
    return total

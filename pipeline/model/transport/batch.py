"""Questions handed in all at once, for endpoints with a batch API (OpenAI's /files and /batches).

An endpoint works on a batch within a day, for less. What was handed in is in the store, so the program may end
meanwhile; the answers go there too, so that the next ordinary run finds them and asks only what is left.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from recount.pipeline.errors import Offline, UsageError
from recount.pipeline.model.ask.question import Question
from recount.pipeline.model.settings import ModelSettings, ModeName, check
from recount.pipeline.model.transport.calls import Call, cost, reckoned, record, reserved
from recount.pipeline.model.transport.endpoint import Endpoint
from recount.pipeline.model.transport.exchange import Post, messages_of
from recount.pipeline.model.transport.probe import working_mode
from recount.pipeline.model.transport.store import Kept, find, keep, key_of, mode_of, opened
from recount.pipeline.usage import Usage

MOST_QUESTIONS = 50_000
"""Of one batch (OpenAI's limit)."""

_ENDED = ("completed", "expired", "cancelled", "failed")


@dataclass(frozen=True, slots=True)
class Collected:
    """How a batch stands. status: the endpoint's word for it. done: it is worked on no more. answers: how many are
    kept of it now; left: how many of its questions got none, and will be asked by an ordinary run."""

    status: str
    done: bool
    answers: int
    left: int


def submit(settings: ModelSettings, questions: Sequence[Question]) -> str | None:
    """Hands in the questions whose answers are neither kept nor on their way, and returns the id of the batch; None
    if there are none.

    Raises UsageError for more than 50,000, BudgetSpent if what they are reckoned to take is beyond the budget, and
    other ModelErrors if the endpoint does not take them.
    """
    with _posting(settings) as post:
        mode = mode_of(post.store, settings) or working_mode(post)
        new = _new(post, mode, questions)
        if not new:
            return None
        if len(new) > MOST_QUESTIONS:
            raise UsageError(f"a batch holds at most {MOST_QUESTIONS:,} questions, not {len(new):,}")
        reckonings = [reckoned(settings, question) for question in new.values()]
        with reserved(post.store, settings, sum(each[0] for each in reckonings), sum(each[1] for each in reckonings)):
            batch = post.endpoint.api(lambda client: _handed_in(client, _lines(post, mode, new)))
            _remember(post, mode, batch, new)
        return batch


def submitted(settings: ModelSettings) -> list[str]:
    """The ids of the batches that were handed in and not collected yet, the oldest first."""
    with opened(settings.store) as store:
        return [row["id"] for row in store.rows("SELECT id FROM batches WHERE collected IS NULL ORDER BY submitted")]


def collect(settings: ModelSettings, batch: str) -> Collected:
    """Asks how a batch stands, and keeps its answers once it has ended.

    Raises UsageError for a batch that was not handed in with this store, and ModelErrors as an ordinary question.
    """
    with _posting(settings) as post:
        row = post.store.row("SELECT * FROM batches WHERE id = ?", (batch,))
        if row is None:
            raise UsageError(f"no batch {batch} was submitted from here")
        asked = {
            each["key"]: each for each in post.store.rows("SELECT * FROM batch_questions WHERE batch = ?", (batch,))
        }
        status = "completed"
        if row["collected"] is None:
            status, lines = post.endpoint.api(lambda client: _results(client, batch))
            if status not in _ENDED:
                return Collected(status, False, 0, len(asked))
            with post.store.turn():
                for line in lines:
                    _take(post, row["mode"], asked, json.loads(line))
                post.store.write("UPDATE batches SET collected = ? WHERE id = ?", (_now(), batch))
        answers = sum(find(post.store, settings, key) is not None for key in asked)
        return Collected(status, True, answers, len(asked) - answers)


@contextmanager
def _posting(settings: ModelSettings) -> Iterator[Post]:
    if settings.offline:
        raise Offline("--offline: the model may not be asked")
    check(settings)
    with opened(settings.store) as store:
        yield Post(settings, store, Endpoint(settings))


def _new(post: Post, mode: ModeName, questions: Sequence[Question]) -> dict[str, Question]:
    """By key: the questions whose answers are neither kept nor on their way."""
    waiting = post.store.rows("SELECT key FROM batch_questions JOIN batches ON id = batch WHERE collected IS NULL")
    under_way = {row["key"] for row in waiting}
    keys = {key_of(post.settings, mode, question): question for question in questions}
    return {
        key: question
        for key, question in keys.items()
        if key not in under_way and find(post.store, post.settings, key) is None
    }


# --- to the endpoint


def _lines(post: Post, mode: ModeName, questions: Mapping[str, Question]) -> bytes:
    orders = (
        {
            "custom_id": key,
            "method": "POST",
            "url": "/v1/chat/completions",
            "body": post.endpoint.body(messages_of(question), question.response, mode),
        }
        for key, question in questions.items()
    )
    return "\n".join(json.dumps(order, ensure_ascii=False) for order in orders).encode()


def _handed_in(client: Any, lines: bytes) -> str:
    file = client.files.create(file=("questions.jsonl", lines), purpose="batch")
    # Not twice, where the endpoint took it but its answer was lost: a batch is paid for.
    client = client.with_options(max_retries=0)
    batch = client.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")
    return str(batch.id)


def _remember(post: Post, mode: ModeName, batch: str, questions: Mapping[str, Question]) -> None:
    settings = post.settings
    with post.store.turn():
        state = (batch, settings.name, settings.endpoint, mode, _now())
        post.store.write("INSERT INTO batches VALUES (?, ?, ?, ?, ?, NULL)", state)
        for key, question in questions.items():
            values = (batch, key, question.purpose, question.document, question.round)
            post.store.write("INSERT INTO batch_questions VALUES (?, ?, ?, ?, ?)", values)


# --- and back


def _results(client: Any, batch: str) -> tuple[str, list[str]]:
    """How a batch stands, and the lines of what has come of it."""
    state = client.batches.retrieve(batch)
    if state.status not in _ENDED:
        return state.status, []
    files = [each for each in (state.output_file_id, state.error_file_id) if each]
    return state.status, [line for file in files for line in client.files.content(file).text.splitlines() if line]


def _take(post: Post, mode: ModeName, asked: Mapping[str, sqlite3.Row], line: Mapping[str, Any]) -> None:
    """Keeps what has come of one question, and its call. Whether it keeps to the schema is seen when it is read."""
    row = asked.get(str(line.get("custom_id")))
    if row is None:
        return
    response = line.get("response") or {}
    status, body = response.get("status_code", 0), response.get("body") or {}
    counted = body.get("usage") or {}
    tokens = counted.get("prompt_tokens", 0), counted.get("completion_tokens", 0)
    usage = Usage(*tokens, cost(post.settings, *tokens), 0.0, 1)
    kept = _kept(body) if status == 200 else None
    outcome = kept.outcome if kept else "refused" if status in (0, 200) else f"http {status}"
    record(post.store, post.settings, _about(row), row["key"], Call(time.time(), usage, outcome, "batch"))
    if kept is not None:
        keep(post.store, post.settings, mode, row["key"], kept, usage)


def _kept(completion: Mapping[str, Any]) -> Kept | None:
    """The answer in a completion, None if there is none to be read."""
    choice: Mapping[str, Any] = next(iter(completion.get("choices") or []), {})
    message = choice.get("message") or {}
    if choice.get("finish_reason") == "length":
        return Kept("truncated", "the model's answer broke off at the limit of tokens")
    if message.get("refusal") or choice.get("finish_reason") == "content_filter":
        return None
    call = next(iter(message.get("tool_calls") or []), None)
    answer = call["function"]["arguments"] if call else message.get("content")
    return Kept("ok", answer) if answer else None


def _about(row: sqlite3.Row) -> Question:
    """As much of a question as the ledger keeps."""
    return Question("", "", BaseModel, row["purpose"], row["document"], row["round"])


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")

"""Questions handed in all at once, for endpoints with a batch API (OpenAI's /files and /batches).

An endpoint works on a batch within a day, for less. What was handed in is in the store, so the program may end
meanwhile; the answers go there too, so that the next ordinary run finds them and asks only what is left.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from recount.pipeline.errors import ModelMisconfigured, ModelRefused, Offline, UsageError
from recount.pipeline.model.ask.question import Question
from recount.pipeline.model.transport.answers import answer_text, completion_of, get, is_whole
from recount.pipeline.model.transport.client import working_mode
from recount.pipeline.model.transport.exchange import Connection, connected, messages_of
from recount.pipeline.model.transport.outcomes import refuses
from recount.pipeline.model.transport.spending import Call, cost, counted, reckoned
from recount.pipeline.model.transport.store import Batch, Kept, opened
from recount.pipeline.settings import ModelSettings, ModeName
from recount.pipeline.usage import Usage

MOST_QUESTIONS = 50_000
"""Of one batch (OpenAI's limit)."""

_WHOLE = Question("", "", BaseModel, "batch")
"""Stands in the ledger for all questions of a batch until each has its own call."""

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
    with _online(settings) as connection:
        mode = working_mode(connection)
        new = _new(connection, mode, questions)
        if not new:
            return None
        if len(new) > MOST_QUESTIONS:
            raise UsageError(f"a batch holds at most {MOST_QUESTIONS:,} questions, not {len(new):,}")
        order = f"batch {secrets.token_hex(8)}"
        reckonings = [reckoned(settings, question) for question in new.values()]
        reckoning = sum(asked for asked, _ in reckonings), sum(given for _, given in reckonings)
        connection.calls.begin("", _WHOLE, reckoning, order)
        try:
            batch = connection.endpoint.api(lambda client: _handed_in(client, _lines(connection, mode, new)))
        except (UsageError, ModelMisconfigured, ModelRefused):
            connection.calls.forget(order)
            raise
        with connection.store.transaction():
            connection.calls.rename(order, batch)
            connection.store.keep_batch(batch, mode, new)
        return batch


def submitted(settings: ModelSettings) -> list[str]:
    """The ids of the batches that were handed in and not collected yet, the oldest first."""
    with opened(settings) as store:
        return store.open_batches()


def collect(settings: ModelSettings, batch: str) -> Collected:
    """Asks how a batch stands, and keeps its answers once it has ended.

    Raises UsageError for a batch that was not handed in with this store, and ModelErrors as an ordinary question.
    """
    with _online(settings) as connection:
        store = connection.store
        known = store.batch(batch)
        if known is None:
            raise UsageError(f"no batch {batch} was submitted from here")
        status = "completed"
        if not known.collected:
            status, lines = connection.endpoint.api(lambda client: _results(client, batch))
            if status not in _ENDED:
                return Collected(status, False, 0, len(known.questions))
            with store.transaction():
                asked, given = connection.calls.forget(batch)
                share = asked // len(known.questions), given // len(known.questions)
                for line in lines:
                    _take(connection, known, _object(line), share)
                store.close_batch(batch)
        answers = sum(store.find(key) is not None for key in known.questions)
        return Collected(status, True, answers, len(known.questions) - answers)


@contextmanager
def _online(settings: ModelSettings) -> Iterator[Connection]:
    if settings.offline:
        raise Offline("--offline: the model may not be asked")
    with connected(settings) as connection:
        yield connection


def _new(connection: Connection, mode: ModeName, questions: Sequence[Question]) -> dict[str, Question]:
    """By key: the questions whose answers are neither kept nor on their way."""
    store = connection.store
    on_their_way = store.keys_in_batches()
    keys = {store.key(question, mode): question for question in questions}
    return {key: question for key, question in keys.items() if key not in on_their_way and store.find(key) is None}


# --- to the endpoint


def _lines(connection: Connection, mode: ModeName, questions: Mapping[str, Question]) -> bytes:
    orders = (
        {
            "custom_id": key,
            "method": "POST",
            "url": "/v1/chat/completions",
            "body": connection.endpoint.body(messages_of(question), question.response, mode),
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


# --- and back


def _results(client: Any, batch: str) -> tuple[str, list[str]]:
    """How a batch stands, and the lines of what has come of it."""
    state = client.batches.retrieve(batch)
    if state.status not in _ENDED:
        return state.status, []
    files = [file for file in (state.output_file_id, state.error_file_id) if file]
    return state.status, [line for file in files for line in client.files.content(file).text.splitlines() if line]


def _object(line: str) -> Mapping[str, Any]:
    """What a line says; nothing if it is broken, and its question is left to an ordinary run."""
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _take(connection: Connection, batch: Batch, line: Mapping[str, Any], share: tuple[int, int]) -> None:
    """Keeps what has come of one question, and its call. Whether it keeps to the schema is seen when it is read.

    share: the tokens that a question of the batch was reckoned to take and give, one with the other.
    """
    key = str(line.get("custom_id"))
    question = batch.questions.get(key)
    if question is None:
        return
    response = line.get("response")
    status = get(response, "status_code") or 0
    completion = completion_of(json.dumps(get(response, "body"))) or {}
    tokens = (0, 0)
    if status == 200:
        names = ("prompt_tokens", "completion_tokens")
        asked, given = (told if isinstance(told := get(completion.get("usage"), name), int) else None for name in names)
        tokens = counted(asked, share[0]), counted(given, share[1])
    usage = Usage(*tokens, cost(connection.settings, *tokens), 0.0, 1)
    kept = _kept(completion) if status == 200 else None
    outcome = kept.outcome if kept else "refused" if status in (0, 200) else f"http {status}"
    connection.calls.record(key, question, Call(time.time(), usage, outcome, "batch"))
    if kept is not None:
        connection.store.keep(key, batch.mode, kept, usage)


def _kept(completion: Mapping[str, Any]) -> Kept | None:
    """The answer in a completion, None if there is none to be read."""
    choice = next(iter(completion.get("choices", ())), None)
    if get(choice, "finish_reason") == "length" and not is_whole(completion):
        return Kept("truncated", "the model's answer broke off at the limit of tokens")
    answer = "" if refuses(choice) else answer_text(completion)
    return Kept("ok", answer) if answer else None

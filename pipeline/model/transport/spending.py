"""What tokens cost, how many a text will be, and the ledger of all requests, which keeps the budget.

A request is written down before it is sent, as if it had taken what it is reckoned to take. One whose process was
killed stays so: it was paid for, for all that is known. The budget is of the file: it holds over all its processes, and
over all runs.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from itertools import takewhile
from typing import Any

from recount.pipeline.errors import BudgetSpent
from recount.pipeline.model.ask.question import Question
from recount.pipeline.model.transport.store import Database, moment
from recount.pipeline.settings import ModelSettings
from recount.pipeline.usage import Usage

Tokens = tuple[int, int]
"""Input and output tokens."""
_LONGEST_KEPT = 1 << 16
"""Characters of what came back that a call keeps."""
_MILLION = Decimal(1_000_000)
_WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
_FEWEST = 4
"""Our count is at most so many times a tokenizer's: those of the largest vocabularies make half of it."""
_SMALLEST_CONTEXT, _ABOUT = 512, 2
"""Tokens; contexts are multiples of it."""
_LEAST_SHARE, _EVEN_SHARE = 0.35, 0.75
"""Of our count: what the endpoint's is at least, unless it cut the prompt; and where it is that of a whole context."""
_MOST = 1 << 40
_DIGIT = re.compile(r"\d")


def cost(settings: ModelSettings, input_tokens: int, output_tokens: int, cached_tokens: int = 0) -> Decimal:
    """In the currency of the user's prices; what has no price costs 0. cached_tokens: those of the input that the
    endpoint had kept of earlier prompts."""
    full = settings.price_input or Decimal(0)
    kept = full if settings.price_cached is None else settings.price_cached
    cached = min(cached_tokens, input_tokens)
    spent = (input_tokens - cached) * full + cached * kept + output_tokens * (settings.price_output or Decimal(0))
    return spent / _MILLION


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars per million tokens: sent, of those kept from earlier prompts, and sent back."""

    input: Decimal
    cached: Decimal
    output: Decimal


def known_prices(settings: ModelSettings) -> Prices | None:
    """What the table of genai-prices says of the model at its provider's own address; None if it says nothing, or is
    not installed."""
    try:
        from genai_prices import Usage as Taken
        from genai_prices import calc_price
    except ImportError:
        return None

    def of(**tokens: int) -> Decimal:
        whose = {"provider_id": name} if settings.provider else {"provider_api_url": settings.address}
        return Decimal(calc_price(Taken(**tokens), model, **whose).total_price) * 1000

    name, _, rest = settings.name.partition("/")
    model = rest if settings.provider else settings.name
    try:
        return Prices(of(input_tokens=1000), of(input_tokens=1000, cache_read_tokens=1000), of(output_tokens=1000))
    except LookupError:
        return None


def reckoned(settings: ModelSettings, question: Question) -> tuple[int, int]:
    """About how many tokens a question takes and its answer gives, for a dry run and a budget.

    The schema is counted with the prompt, as most endpoints do. An answer copies out of its question, so it is reckoned
    at no more tokens than that.
    """
    prompt = estimate(question.system) + estimate(question.user)
    schema = estimate(json.dumps(question.response.model_json_schema(), ensure_ascii=False))
    return prompt + schema, min(prompt, settings.max_output_tokens)


def counted(told: int | None, own: int) -> int:
    """How many tokens are taken to have been used. told: by the endpoint, if it does; own: our own count.

    An endpoint that tells nothing, or less than any tokenizer makes of the text, bounds no budget.
    """
    if told is None or told * _FEWEST < own:
        return own
    return min(told, _MOST)


def is_cut(told: int | None, own: int) -> bool:
    """Whether an endpoint read less of a prompt than was sent, and said nothing (Ollama, beyond num_ctx).

    No tokenizer makes less than about half of our count. A prompt that was cut has as many tokens as the context.
    """
    if told is None or told < _SMALLEST_CONTEXT or own < 2 * _SMALLEST_CONTEXT:
        return False
    even = min(told % _SMALLEST_CONTEXT, -told % _SMALLEST_CONTEXT) <= _ABOUT
    return told < _LEAST_SHARE * own or (even and told < _EVEN_SHARE * own)


def estimate(text: str) -> int:
    """About how many tokens a text will be, rather too many than too few.

    Measured with Qwen2.5's tokenizer on whole reports, with and without marks: 0.97 to 1.12 of its count.
    """
    wide, digits = len(_WIDE.findall(text)), len(_DIGIT.findall(text))
    rest = len(text) - wide - digits
    return round(0.8 * wide + digits + 0.6 * rest) + 1


# --- the ledger: every request that was sent, what it took and what became of it

SENT = "sent"
"""The outcome of a request that is on its way, or whose fate nobody has learned."""

_BEYOND = 60.0
"""Seconds past a request's timeout after which its process must have been killed."""
_LOOK_AGAIN = 0.05


@dataclass(frozen=True, slots=True)
class Call:
    """What became of one request. started: seconds since 1970.

    outcome: sent (on its way, or lost), ok, http 429 (or another status), timeout, connection, invalid (not to the
    schema), truncated, cut (a part of the prompt was read), refused.
    detail: a few words, without a secret and without the text of a prompt. request: the SHA-256 of what was sent.
    answer: what came back. own, told: tokens by our count and by the endpoint's.
    """

    started: float
    usage: Usage
    outcome: str
    detail: str = ""
    request: str = ""
    answer: str = ""
    own: Tokens | None = None
    told: tuple[int | None, int | None] = (None, None)


@dataclass(frozen=True, slots=True)
class Calls:
    """The ledger of requests in an open store, as one run keeps it for the model that it asks."""

    database: Database
    settings: ModelSettings

    def begin(self, key: str, question: Question, reckoned: Tokens, batch: str = "") -> tuple[int, Tokens]:
        """Writes a request down before it is sent; returns its number, and the tokens that it is taken to cost until
        more is known: what it is reckoned at, by what this endpoint made of earlier reckonings.

        key: of the answer that is asked for. batch: what all questions of one are written down for.

        Raises BudgetSpent if that is more than the rest of the budget.
        """
        while True:
            with self.database.transaction():
                told = self._told()
                if not self._is_untold(told):
                    expected = _expected(reckoned, told)
                    self._check_budget(*expected)
                    usage = Usage(*expected, cost(self.settings, *expected))
                    call = Call(time.time(), usage, SENT, batch)
                    return self._insert(key, question, call, sum(reckoned)), expected
            time.sleep(_LOOK_AGAIN)

    def finish(self, number: int, call: Call) -> None:
        """Keeps what became of a request."""
        usage = call.usage
        self.database.write(
            "UPDATE calls SET seconds = ?, input_tokens = ?, output_tokens = ?, cost = ?, outcome = ?, detail = ?,"
            " cached_tokens = ?, request = ?, answer = ?, own_input = ?, own_output = ?, told_input = ?,"
            " told_output = ? WHERE id = ?",
            (
                usage.seconds,
                usage.input_tokens,
                usage.output_tokens,
                str(usage.cost),
                call.outcome,
                call.detail,
                usage.cached_tokens,
                call.request,
                call.answer[:_LONGEST_KEPT],
                *(call.own or (None, None)),
                *(count if count is None else min(count, _MOST) for count in call.told),
                number,
            ),
        )

    def rename(self, batch: str, name: str) -> None:
        """Calls what was written down for a batch by another name."""
        self.database.write("UPDATE calls SET detail = ? WHERE outcome = ? AND detail = ?", (name, SENT, batch))

    def forget(self, batch: str) -> Tokens:
        """Takes back what was written down for a batch, and returns its tokens: its questions are written down one by
        one now, or it was not taken."""
        tokens = self._sums("outcome = ? AND detail = ?", SENT, batch)
        self.database.write("DELETE FROM calls WHERE outcome = ? AND detail = ?", (SENT, batch))
        return tokens

    def record(self, key: str, question: Question, call: Call) -> None:
        """Keeps a call that has come to its end, of a batch. key: of the answer that was asked for."""
        self._insert(key, question, call, 0)

    def _insert(self, key: str, question: Question, call: Call, reckoned: int) -> int:
        return self.database.write(
            "INSERT INTO calls (run, document, purpose, round, key, model, endpoint, started, seconds, input_tokens,"
            " output_tokens, cost, outcome, detail, reckoned) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self.settings.run,
                question.document,
                question.purpose,
                question.round,
                key,
                *self._whom,
                moment(call.started),
                call.usage.seconds,
                call.usage.input_tokens,
                call.usage.output_tokens,
                str(call.usage.cost),
                call.outcome,
                call.detail,
                reckoned,
            ),
        )

    @property
    def _whom(self) -> tuple[str, str]:
        return self.settings.name, self.settings.endpoint

    def tokens(self) -> Tokens:
        """Input and output tokens of all requests."""
        return self._sums("1")

    def _sums(self, where: str, *values: object) -> Tokens:
        row = self.database.row(
            f"SELECT coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0) FROM calls WHERE {where}", values
        )
        assert row is not None, "a sum has a row"
        return row[0], row[1]

    @property
    def _has_budget(self) -> bool:
        return self.settings.budget is not None or self.settings.budget_tokens is not None

    def _told(self) -> Tokens:
        """Tokens that requests to this endpoint took, and what they had been reckoned to take."""
        row = self.database.row(
            "SELECT coalesce(sum(input_tokens + output_tokens), 0), coalesce(sum(reckoned), 0) FROM calls"
            " WHERE model = ? AND endpoint = ? AND outcome <> ? AND reckoned > 0 AND input_tokens > 0",
            (*self._whom, SENT),
        )
        assert row is not None, "a sum has a row"
        return row[0], row[1]

    def _is_untold(self, told: Tokens) -> bool:
        """Whether a first request is on its way that will tell how this endpoint counts: the others wait for it, where
        there is a budget. told: what it has told up to now."""
        if not self._has_budget or told[1]:
            return False
        young = moment(time.time() - self.settings.timeout - _BEYOND)
        where = "model = ? AND endpoint = ? AND outcome = ? AND detail = '' AND started > ?"
        return self._sums(where, *self._whom, SENT, young) != (0, 0)

    def _check_budget(self, input_tokens: int, output_tokens: int) -> None:
        settings = self.settings
        if settings.budget_tokens is not None:
            left, taken = settings.budget_tokens - sum(self.tokens()), input_tokens + output_tokens
            if taken > left:
                raise _spent(f"{settings.budget_tokens:,} tokens", f"{max(left, 0):,}", f"{taken:,}")
        if settings.budget is not None:
            rest, price = settings.budget - self._cost(), cost(settings, input_tokens, output_tokens)
            if price > rest:
                raise _spent(f"{settings.budget}", f"{max(rest, Decimal(0)):f}", f"{price:f}")

    def _cost(self) -> Decimal:
        """What all requests cost: to this endpoint by the prices that are given now, to others by those of then."""
        own = self.database.row(
            "SELECT coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0), coalesce(sum(cached_tokens), 0)"
            " FROM calls WHERE model = ? AND endpoint = ?",
            self._whom,
        )
        assert own is not None, "a sum has a row"
        others = self.database.rows("SELECT cost FROM calls WHERE NOT (model = ? AND endpoint = ?)", self._whom)
        return cost(self.settings, *own) + sum((Decimal(row["cost"]) for row in others), Decimal(0))


# --- watching the ledger

_EVERY = 1.0
"""Seconds between two looks at the ledger."""


@contextmanager
def watched(settings: ModelSettings, tell: Callable[[Mapping[str, Any]], None]) -> Iterator[None]:
    """Tells of every request of a run, whichever process sends it, once it has come to its end.

    tell: is given what the ledger keeps of it, by its columns, without what came back; from a thread of its own, and
    the last from this one. Raises UsageError if the store cannot be opened.
    """
    with closing(Database(settings.store)) as database:
        told: set[int] = set()
        first = 0  # all before it were told
        ended = threading.Event()

        def look() -> None:
            nonlocal first
            rows = database.rows("SELECT * FROM calls WHERE id >= ? AND run = ? ORDER BY id", (first, settings.run))
            for row in rows:
                if row["outcome"] != SENT and row["id"] not in told:
                    told.add(row["id"])
                    tell({name: row[name] for name in row.keys() if name != "answer"})  # noqa: SIM118 - a Row's keys
            before = list(takewhile(lambda row: row["id"] in told, rows))
            first = before[-1]["id"] + 1 if before else first

        def go_on() -> None:
            while not ended.wait(_EVERY):
                look()

        thread = threading.Thread(target=go_on, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
            look()


def _expected(reckoned: Tokens, told: Tokens) -> Tokens:
    """What a request is thought to take, if its endpoint counts as it did: no less than we do."""
    took, thought = told
    if took <= thought:
        return reckoned
    return -(-reckoned[0] * took // thought), -(-reckoned[1] * took // thought)


def _spent(budget: str, left: str, taken: str) -> BudgetSpent:
    return BudgetSpent(
        f"the budget of {budget} is spent but for {left}, and this question is reckoned at {taken}: it is not asked"
    )

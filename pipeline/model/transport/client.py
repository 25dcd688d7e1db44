"""Whom questions are put to: kept answers first, then the model, in the first mode that its endpoint understands.

Which mode that is, a probe finds out: a tiny section is asked for in each. It is found once for a model, for the store
keeps it.
"""

from __future__ import annotations

import json
import shlex
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from recount.pipeline.errors import (
    BudgetSpent,
    ModelError,
    ModelMisconfigured,
    NotToSchema,
    Offline,
    Truncated,
    Unreachable,
)
from recount.pipeline.model.ask.question import Asker, Question, Reply
from recount.pipeline.model.transport.answers import answer_in
from recount.pipeline.model.transport.endpoint import context_of
from recount.pipeline.model.transport.exchange import Connection, connected, not_to_schema
from recount.pipeline.model.transport.spending import Prices, known_prices
from recount.pipeline.model.transport.store import MODES
from recount.pipeline.settings import ModelSettings, ModeName
from recount.pipeline.usage import NOTHING, Usage

_MOST_FAILED = 3
"""After so many questions in a row that were not answered the endpoint is left alone."""
_COOL_DOWN = 120.0
"""Seconds for which it is left alone."""


@contextmanager
def asker(settings: ModelSettings) -> Iterator[Asker]:
    """Opens the store, and answers from it or by the model. Several threads may ask at once.

    Raises UsageError if the store cannot be opened, or a budget is given without prices.
    """
    with connected(settings) as connection:
        yield _Client(connection)


def prepare(settings: ModelSettings) -> None:
    """Finds out, if it is not known yet, in which mode the model answers; offline nothing is tried.

    Raises a ModelError if it cannot be asked at all, and UsageError as asker does.
    """
    if settings.offline:
        return
    with connected(settings) as connection:
        _Client(connection).mode()


class CircuitBreaker:
    """Leaves an endpoint alone for a while once it did not answer a few questions in a row.

    Else a server that is down would cost every question of an archive its deadline.
    """

    def __init__(self) -> None:
        self._failed, self._since = 0, 0.0

    def check(self) -> None:
        """Raises Unreachable while the endpoint is left alone."""
        if self._failed >= _MOST_FAILED and time.monotonic() - self._since < _COOL_DOWN:
            raise Unreachable("not asked: the endpoint has not answered the last questions", NOTHING)

    def failed(self) -> None:
        """A question was not answered."""
        self._failed, self._since = self._failed + 1, time.monotonic()

    def succeeded(self) -> None:
        """A question was answered."""
        self._failed = 0


class _Client:
    """Asks in the mode that works, no more questions at once than the settings allow."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._store, self._offline = connection.store, connection.settings.offline
        self._slots = threading.BoundedSemaphore(connection.settings.concurrency)
        self._probing = threading.Lock()
        self._misconfigured: ModelMisconfigured | None = None
        self._breaker = CircuitBreaker()

    def ask(self, question: Question) -> Reply:
        """Returns the answer, kept or new. Raises a ModelError if there is none."""
        mode = self.mode()
        kept = self._kept(question, mode)
        if kept is not None:
            return _replayed(kept)
        if self._offline:
            raise Offline("--offline: the model may not be asked, and no answer is kept")
        with self._slots:
            # Another thread may have asked the same meanwhile.
            kept = self._kept(question, mode)
            return self._asked(question, mode) if kept is None else _replayed(kept)

    def known(self, question: Question) -> bool:
        """Whether the outcome of a question is kept, so that nothing would be sent."""
        mode = self._store.mode()
        return mode is not None and self._kept(question, mode) is not None

    def mode(self) -> ModeName:
        """In which mode the model is asked. Raises a ModelError if it cannot be asked."""
        mode = self._store.mode()
        if mode is not None:
            return mode
        if self._offline:
            raise Offline("--offline: the model may not be asked, and no answer is kept")
        with self._probing:
            return working_mode(self._connection)

    def _asked(self, question: Question, mode: ModeName) -> Reply:
        if self._misconfigured is not None:
            raise ModelMisconfigured(str(self._misconfigured), NOTHING)
        self._breaker.check()
        try:
            reply = self._connection.put(question, mode)
        except ModelMisconfigured as error:
            self._misconfigured = error
            raise
        except Unreachable:
            self._breaker.failed()
            raise
        self._breaker.succeeded()
        return reply

    def _kept(self, question: Question, mode: ModeName) -> Reply | ModelError | None:
        """The outcome of a question as it was when it was put, if it is kept."""
        kept = self._store.find(self._store.key(question, mode))
        if kept is None:
            return None
        if kept.outcome == "truncated":
            return Truncated(kept.answer, NOTHING)
        if kept.outcome == "invalid":
            return NotToSchema(not_to_schema(kept.answer), NOTHING, kept.answer)
        try:
            return Reply(question.response.model_validate_json(kept.answer), NOTHING)
        except ValidationError:  # of a batch: its answers are kept as they come
            found = answer_in({"choices": [{"message": {"content": kept.answer}}]}, question.response)
            return None if found.value is None else Reply(found.value, NOTHING)


def _replayed(kept: Reply | ModelError) -> Reply:
    if isinstance(kept, ModelError):
        raise kept
    return kept


# --- the probe: which modes an endpoint understands

_Copied = Annotated[str, StringConstraints(pattern=r"^[0-9][0-9,]*(\.[0-9]+)?@[0-9]+$")]


class ProbeAnswer(BaseModel):
    """The answer to the probe. Its fields are not in the prompt: only who is shown the schema can keep to it."""

    model_config = ConfigDict(extra="forbid")

    total_income: _Copied | None = Field(title="收入合计")
    fiscal_appropriation_income: _Copied | None = Field(title="财政拨款收入")


QUESTION = Question(
    system="你从报告正文中照抄数字，连同其后的“@编号”，不计算，不改写。只输出 JSON。",
    user="正文：\n本年收入合计1,955.06@1万元，其中：财政拨款收入1,950.38@2万元。\n\n需要的数字：收入合计，财政拨款收入。",
    response=ProbeAnswer,
    purpose="probe",
)
RIGHT = ProbeAnswer(total_income="1,955.06@1", fiscal_appropriation_income="1,950.38@2")
ADVICE = "another model may do, another --base-url, or what the endpoint wants beside (--model-param, --no-thinking)"
"""What to do where no mode works."""
_BROKEN = (500, 501)
"""What servers answer that stumble over a mode (llama.cpp over tool_choice)."""


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What became of the probe in one mode.

    works: the answer kept to the schema. right: both figures were copied rightly. why: why it does not work.
    usage: what it took.
    """

    mode: ModeName
    works: bool
    right: bool
    why: str
    usage: Usage


def probe(settings: ModelSettings) -> list[ProbeResult]:
    """Asks in every mode, or in the one that is set, and remembers the first that works.

    Raises Unreachable, ModelMisconfigured, Offline or BudgetSpent if nothing can be asked, and UsageError as asker
    does.
    """
    return list(examined(settings).results)


@dataclass(frozen=True, slots=True)
class Examined:
    """What is known of an endpoint. results: of the probe, a mode each. learned: how its requests differ from what was
    asked for, by its refusals (see Dialect). context: tokens of a prompt with its answer, None if nobody says. prices:
    by the table of genai-prices, None where it is not installed or does not know.
    """

    results: Sequence[ProbeResult]
    learned: Mapping[str, Any]
    context: int | None
    prices: Prices | None

    @property
    def mode(self) -> ModeName | None:
        """The mode to ask in: the first in which the figures were right, else the first that works."""
        works = [result for result in self.results if result.works]
        return next((result.mode for result in works if result.right), works[0].mode if works else None)

    def command(self, asked: ModelSettings) -> str:
        """The options that ask a model as it was found to answer. asked: the settings that the user gave."""
        options = ["--model", asked.name, "--model-mode", self.mode or "auto"]
        options += ["--base-url", asked.base_url] if asked.base_url else []
        options += ["--reasoning-effort", asked.reasoning_effort] if asked.reasoning_effort else []
        options += [] if asked.thinking is None else ["--thinking" if asked.thinking else "--no-thinking"]
        for pair in pairs_of({**asked.parameters, **self.learned}):
            options += ["--model-param", pair]
        prices = () if self.prices is None else ("input", "cached", "output")
        for name in prices:
            options += [f"--price-{name}", f"{getattr(self.prices, name).normalize():f}"]
        return shlex.join(options)


def pairs_of(parameters: Mapping[str, Any]) -> list[str]:
    """Parameters as --model-param takes them."""
    return [f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in parameters.items()]


def examined(settings: ModelSettings) -> Examined:
    """What the probe finds, and what the endpoint says of itself. Raises as probe does."""
    if settings.offline:
        raise Offline("--offline: the model may not be asked")
    with connected(settings) as connection:
        results = list(_probes(connection, MODES if settings.mode == "auto" else (settings.mode,)))
        works = next((result.mode for result in results if result.works), None)
        if works is not None:
            connection.store.keep_mode(works)
        endpoint = connection.endpoint
        said = {} if settings.provider else endpoint.listed().get(settings.name, {})
        context = context_of(said) or endpoint.dialect.context
        return Examined(results, endpoint.dialect.parameters, context, known_prices(settings))


def working_mode(connection: Connection) -> ModeName:
    """The mode that is known to work, or else the first that does; it is remembered.

    Raises ModelMisconfigured if none does, and as probe does; it is remembered what else was learned of the endpoint.
    """
    known = connection.store.mode()
    if known is not None:
        return known
    results: list[ProbeResult] = []
    for result in _probes(connection, MODES):
        if result.works:
            connection.store.keep_mode(result.mode)
            return result.mode
        results.append(result)
    raise ModelMisconfigured(_no_way(connection.settings.name, results), sum((one.usage for one in results), NOTHING))


def _no_way(name: str, results: Sequence[ProbeResult]) -> str:
    """That no mode works, and why, in a sentence that says what to do."""
    reasons: dict[str, list[str]] = {}
    for result in results:
        reasons.setdefault(result.why, []).append(result.mode)
    said = "; ".join(f"{', '.join(modes)}: {why}" for why, modes in reasons.items())
    return f"no way of asking {name} works: {said}; {ADVICE}"


def _probes(connection: Connection, modes: Sequence[ModeName]) -> Iterator[ProbeResult]:
    """The probe in one mode after the other."""
    return (_probed(connection, mode, first=mode == modes[0]) for mode in modes)


def _probed(connection: Connection, mode: ModeName, *, first: bool) -> ProbeResult:
    """Tries a mode. An endpoint that cannot be reached at first, or would turn down every question, is not tried on;
    one that breaks down over a mode may understand another."""
    try:
        reply = connection.put(QUESTION, mode, keeps=False)
    except BudgetSpent:
        raise
    except ModelError as error:
        lost = isinstance(error, Unreachable) and error.status not in _BROKEN
        if first and (lost or isinstance(error, ModelMisconfigured)):
            raise
        hint = "; a larger model may, or another --model-mode" if isinstance(error, NotToSchema) else ""
        return ProbeResult(mode, False, False, f"{error}{hint}", error.usage or NOTHING)
    return ProbeResult(mode, True, reply.value == RIGHT, "", reply.usage)

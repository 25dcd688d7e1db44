"""What became of a request: its answer, or what went wrong and whether it may go right another time."""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from pydantic import ValidationError

from recount.pipeline.errors import ModelError, ModelMisconfigured, ModelRefused, Truncated, Unreachable
from recount.pipeline.model.transport.answers import says_nothing
from recount.pipeline.settings import ModelSettings

_MAY_PASS = {408, 409, 425, 429}
"""What may pass of itself, beside all from 500 on (RFC 9110, 15.5 and 15.6; RFC 6585 for 429)."""
_FATE_UNKNOWN = {502, 504}
"""What a gateway says that lost sight of the model, which may be at work all the same (RFC 9110, 15.6.3 and 15.6.5)."""
_NOT_SENT = {"ConnectError", "ConnectTimeout", "PoolTimeout"}
"""The names of httpx's errors before a request went out."""
_TOO_LONG = re.compile(
    r"context[ _-]?(length|size|window)|exceed_context|too many (input )?tokens|(prompt|input) is too long", re.I
)
_NO_CREDIT = re.compile(
    r"insufficient[ _](quota|balance|funds)|exceeded your current quota|arrearage|billing[ _](hard|not)|欠费|余额不足",
    re.I,
)
_NO_MODEL = re.compile(
    r"model.{0,80}(not.{0,8}(exist|found|available)|unknown|invalid)|(no such|unknown|invalid|unsupported) model\b"
    r"|model_not_found|模型.{0,20}不存在",
    re.I | re.S,
)
_SAID_IN = ("message", "error", "detail", "msg", "error_msg", "status_msg", "base_resp", "errors")
"""Where the bodies of errors say what is wrong: OpenAI's, FastAPI's, and those of several providers."""
_FAILURES_SHOWN = 5
_LONGEST = 200
_LONGEST_QUOTE = 60
_LONGEST_HEARD = 4000
CONTEXT = (
    "give the model a longer context (Ollama: num_ctx or OLLAMA_CONTEXT_LENGTH, llama.cpp: -c, vLLM: --max-model-len, "
    "LM Studio: Context Length)"
)
"""What to do about a context that is too short."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a request.

    outcome, detail: for the ledger (see spending.Call). answer: JSON that keeps to the schema, None if there is none.
    seconds: until it came. input_tokens, output_tokens: as the endpoint counts them, None where it does not. said: what
    was answered, as it came; None where nothing was. free: it was turned down, or never arrived: nobody pays for it.
    problem: what was wrong with an answer, in words for the model. again: whether the same request may succeed later.
    pause: seconds that the endpoint asks to wait before. learned: it will be another request then, for its refusal told
    how. astray: the address or the name of the model seems wrong. error: what to raise. cached_tokens: those of
    input_tokens that the endpoint had kept. request: the SHA-256 of what was sent.
    """

    outcome: str
    seconds: float = 0.0
    input_tokens: int | None = None
    output_tokens: int | None = None
    said: str | None = None
    free: bool = False
    answer: str | None = None
    detail: str = ""
    problem: str = ""
    again: bool = False
    pause: float | None = None
    learned: bool = False
    astray: bool = False
    error: ModelError | None = None
    cached_tokens: int = 0
    request: str = ""


class NoCompletion(Exception):
    """A response with HTTP 200 that holds no answer. body: its JSON, or its text. status_code: what its error says."""

    def __init__(self, body: Any) -> None:
        super().__init__(body)
        self.body = body
        error = body.get("error") if isinstance(body, Mapping) else None
        code = error.get("code") if isinstance(error, Mapping) else None
        self.status_code = code if isinstance(code, int) and 400 <= code < 600 else None


def choices_of(completion: Any) -> Any:
    """The choices of a completion, none if it is no completion (an error page). Other providers' completions have no
    choices: each stands for its one."""
    if hasattr(completion, "choices"):
        return completion.choices or []
    return [] if isinstance(completion, str) else [completion]


class Outcomes:
    """What became of requests to one endpoint. secrets: its key and what is like one, which no text shows."""

    def __init__(self, settings: ModelSettings, secrets: Sequence[str] = ()) -> None:
        self._settings, self._secrets = settings, secrets
        self._where = settings.endpoint or settings.name

    def cut_off(self, completion: Any, limit: int) -> Sent:
        """An answer that ended at the limit of tokens, or at the end of the model's context."""
        message = getattr(choices_of(completion)[0], "message", None) if completion is not None else None
        took = getattr(getattr(completion, "usage", None), "completion_tokens", None)
        said = getattr(message, "content", None) or getattr(message, "tool_calls", None)
        if not said and getattr(message, "reasoning_content", None):
            error = (
                f"the model's answer broke off at {limit:,} tokens, all of them its thinking: --no-thinking turns it "
                "off, --reasoning-effort low shortens it, --model-param max_tokens=N gives it more room"
            )
        elif isinstance(took, int) and 0 < took * 2 < limit:
            error = f"the model's answer broke off after {took:,} of {limit:,} tokens: its context is full; {CONTEXT}"
        else:
            error = f"the model's answer broke off at {limit:,} tokens"
        return Sent("truncated", error=Truncated(error))

    def unusable(self, completion: Any, cause: BaseException) -> Sent:
        """An answer that is none to the schema."""
        choice = choices_of(completion)[0]
        refusal = getattr(getattr(choice, "message", None), "refusal", None)
        if refusal or getattr(choice, "finish_reason", None) == "content_filter":
            return Sent("refused", error=ModelRefused("the model refuses to answer this question"))
        silent = says_nothing(completion)
        problem = "the answer is empty" if silent else without(self._secrets, problem_of(cause))
        return Sent("invalid", detail=_kinds(cause), problem=problem)

    def failed(self, cause: BaseException) -> Sent:
        """No answer."""
        status = getattr(cause, "status_code", None) or getattr(cause, "code", None)
        if isinstance(cause, NoCompletion) and _says_of_account(self.heard(cause)):
            status = 402
        if isinstance(status, int):
            return self._turned_down(status, cause)
        names = " ".join(kind.__name__ for kind in type(cause).__mro__).lower()
        unsent = any(type(reason).__name__ in _NOT_SENT for reason in _reasons(cause))
        if "timeout" in names:
            late = Unreachable(f"{self._where} did not answer in time")
            return Sent("timeout", again=True, free=unsent, error=late)
        for reason in _reasons(cause):
            if isinstance(reason, ModelError):  # of our own: a redirect, an answer without end
                free = isinstance(reason, ModelMisconfigured)
                return Sent("refused", detail=type(reason).__name__, free=free, error=reason)
            if isinstance(reason, ssl.SSLError) and not isinstance(reason, ssl.SSLEOFError):
                return self._without_tls(reason)
        if "connect" in names or isinstance(cause, OSError):
            lost = Unreachable(f"there is no connection to {self._where}")
            return Sent("connection", again=True, free=unsent, error=lost)
        # Something answered, but not a model: an error page of a gateway, half an answer.
        said = f"{self._where} does not answer as a model's endpoint does{self._quoted(cause)}"
        error = Unreachable(f"{said}; --base-url is to be the address of an OpenAI-compatible API")
        return Sent("connection", detail=type(cause).__name__, again=True, astray=_is_page(cause), error=error)

    def _without_tls(self, reason: ssl.SSLError) -> Sent:
        said = f"no TLS with {self._where}: {getattr(reason, 'verify_message', '') or reason.reason}"
        trusted = not isinstance(reason, ssl.SSLCertVerificationError)
        error = Unreachable(said) if trusted else ModelMisconfigured(said)
        return Sent("connection", detail="TLS", free=True, error=error)

    def _turned_down(self, status: int, cause: BaseException) -> Sent:
        sign = without(self._secrets, str(getattr(cause, "code", None) or getattr(cause, "type", None) or ""))
        outcome, detail = f"http {status}", sign if re.fullmatch(r"[\w.-]{1,60}", sign) else ""
        heard = f"{sign} {self.heard(cause)}"
        if (status in _MAY_PASS or status >= 500) and not _NO_CREDIT.search(heard):
            pause = seconds_to_wait(getattr(getattr(cause, "response", None), "headers", {}))
            said = f"{self._where} is busy or out of order (HTTP {status}){self._quoted(cause)}"
            error = Unreachable(f"{said}; --rpm N asks less often" if status == 429 else said, status=status)
            free = status not in _FATE_UNKNOWN
            return Sent(outcome, detail=detail, again=True, free=free, pause=pause, error=error)
        final = self._for_good(status, heard, cause)
        astray = (
            isinstance(final, ModelMisconfigured) and status not in (401, 402, 429) and not _NO_CREDIT.search(heard)
        )
        return Sent(outcome, detail=detail, free=True, astray=astray, error=final)

    def _for_good(self, status: int, heard: str, cause: BaseException) -> ModelError:
        """What a refusal means that will not pass. heard: all that the endpoint says of it."""
        where, said = self._where, self._quoted(cause)
        if status == 402 or _NO_CREDIT.search(heard):
            return ModelMisconfigured(f"the account at {where} has no credit left (HTTP {status}){said}")
        if status in (401, 403, 404, 405) and _is_page(cause):
            return ModelMisconfigured(
                f"a web page answers at {where} (HTTP {status}), not a model: a gateway, a proxy or a login stands "
                "before it, or --base-url is not the address of its API"
            )
        if status in (401, 403):
            return ModelMisconfigured(
                f"{where} does not accept the key (HTTP {status}){said}; it is taken from RECOUNT_API_KEY"
            )
        if _NO_MODEL.search(heard) or (status == 404 and re.search("model|模型", heard, re.I)):
            return ModelMisconfigured(f"{where} knows no model {self._settings.name!r} (HTTP {status}){said}")
        if status in (404, 405) and "support" not in heard:
            return ModelMisconfigured(f"nothing answers at {where}/chat/completions (HTTP {status}){said}")
        if status == 413 or _TOO_LONG.search(heard):
            return Truncated(f"the question is longer than the model's context (HTTP {status}); {CONTEXT}")
        return ModelRefused(f"{where} turned the request down (HTTP {status}){said}")

    def hushed(self, sent: Sent) -> Sent:
        """What was sent, with no key in what was said."""
        return replace(sent, said=None if sent.said is None else without(self._secrets, sent.said))

    def _quoted(self, cause: BaseException) -> str:
        said = self.short(cause)
        return f": {said}" if said else ""

    def short(self, error: BaseException) -> str:
        """What an error says, in one short line without the key."""
        return self.heard(error)[:_LONGEST]

    def heard(self, error: BaseException) -> str:
        """What an error says, in one line without the key."""
        said = _title(body) if isinstance(body := getattr(error, "body", None), str) else _said_in(body)
        if not said and not isinstance(error, NoCompletion):
            said = str(error)
        return without(self._secrets, " ".join(said.split()))[:_LONGEST_HEARD]


def _says_of_account(said: str) -> bool:
    return _NO_CREDIT.search(said) is not None


def _said_in(body: Any) -> str:
    """The words in the body of an error, with the names of the parameters that it lays them at."""
    if isinstance(body, str):
        return body
    if isinstance(body, Sequence):
        return "; ".join(filter(None, map(_said_in, body)))
    if not isinstance(body, Mapping):
        return ""
    said = next(filter(None, (_said_in(body.get(name)) for name in _SAID_IN)), "")
    place = ".".join(map(str, body["loc"])) if isinstance(body.get("loc"), Sequence) else body.get("param")
    more = _said_in(body["metadata"].get("raw")) if isinstance(body.get("metadata"), Mapping) else ""
    said = f"{said} ({more})" if more else said
    return f"{place}: {said}" if said and isinstance(place, str) and place not in said else said


def _title(page: str) -> str:
    """What a page of HTML is called; a text as it is."""
    title = re.search(r"<title>(.*?)</title>", page, re.I | re.S)
    return title[1] if title else "" if page.lstrip().startswith("<") else page


def _is_page(cause: BaseException) -> bool:
    """Whether what came back is a page for people."""
    body = getattr(cause, "body", None)
    text = body if isinstance(body, str) else getattr(getattr(cause, "response", None), "text", "")
    return isinstance(text, str) and text.lstrip()[:1] == "<"


def _reasons(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and what it came of."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _kinds(cause: BaseException) -> str:
    """The kinds of a validation's failures, without any text of the answer."""
    if isinstance(cause, ValidationError):
        return ", ".join(sorted({failure["type"] for failure in cause.errors()}))
    return type(cause).__name__


def problem_of(cause: BaseException) -> str:
    """What was wrong with an answer, for the model: where, what, and what it wrote."""
    if not isinstance(cause, ValidationError):
        return " ".join(str(cause).split())[:_LONGEST]
    lines = []
    for failure in cause.errors(include_url=False, include_context=False)[:_FAILURES_SHOWN]:
        line = f"{'.'.join(map(str, failure['loc'])) or 'JSON'}: {failure['msg']}"
        if failure["type"] not in ("missing", "json_invalid"):
            line += ": " + json.dumps(failure["input"], ensure_ascii=False, default=str)[:_LONGEST_QUOTE]
        lines.append(line[:_LONGEST])
    return "\n".join(lines)


def without(secrets: Sequence[str], text: str) -> str:
    """A text without keys that an endpoint may have quoted in it."""
    for secret in secrets:
        text = text.replace(secret, "***")
    return text


# --- how long an endpoint asks to wait


def seconds_to_wait(headers: Mapping[str, str]) -> float | None:
    """By Retry-After: seconds or an HTTP date (RFC 9110, 10.2.3), or retry-after-ms; None if it does not say."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    said = headers.get("retry-after")
    seconds = _number(said)
    if seconds is not None or said is None:
        return seconds
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)


def _number(said: str | None) -> float | None:
    try:
        number = float(said or "")
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None

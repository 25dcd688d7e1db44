"""What became of a request: its answer, or what went wrong and whether it may go right another time."""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from pydantic import ValidationError

from recount.pipeline.errors import ModelError, ModelMisconfigured, ModelRefused, Truncated, Unreachable
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
_NO_CREDIT = re.compile(r"insufficient[ _](quota|balance)|exceeded your current quota|arrearage", re.I)
_FAILURES_SHOWN = 5
_LONGEST = 200
_LONGEST_QUOTE = 60


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a request.

    outcome, detail: for the ledger (see spending.Call). answer: JSON that keeps to the schema, None if there is none.
    seconds: until it came. input_tokens, output_tokens: as the endpoint counts them, None where it does not. said: what
    was answered, as it came; None where nothing was. free: it was turned down, or never arrived: nobody pays for it.
    problem: what was wrong with an answer, in words for the model. again: whether the same
    request may succeed later. pause: seconds that the endpoint asks to wait before. error: what to raise.
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
    error: ModelError | None = None


def choices_of(completion: Any) -> Any:
    """The choices of a completion, none if it is no completion (an error page). Other providers' completions have no
    choices: each stands for its one."""
    if hasattr(completion, "choices"):
        return completion.choices or []
    return [] if isinstance(completion, str) else [completion]


class Outcomes:
    """What became of requests to one endpoint. secret: its key, which no text shows; None if it needs none."""

    def __init__(self, settings: ModelSettings, secret: str | None) -> None:
        self._settings, self._secret = settings, secret
        self._where = settings.endpoint or settings.name

    def cut_off(self) -> Sent:
        """An answer that ended at the limit of tokens."""
        limit = self._settings.max_output_tokens
        return Sent("truncated", error=Truncated(f"the model's answer broke off at {limit:,} tokens"))

    def unusable(self, completion: Any, cause: BaseException) -> Sent:
        """An answer that is none to the schema."""
        choice = choices_of(completion)[0]
        refusal = getattr(getattr(choice, "message", None), "refusal", None)
        if refusal or getattr(choice, "finish_reason", None) == "content_filter":
            return Sent("refused", error=ModelRefused("the model refuses to answer this question"))
        return Sent("invalid", detail=_kinds(cause), problem=without(self._secret, problem_of(cause)))

    def failed(self, cause: BaseException) -> Sent:
        """No answer."""
        status = getattr(cause, "status_code", None) or getattr(cause, "code", None)
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
        error = Unreachable(f"{self._where} does not answer as a model's endpoint does")
        return Sent("connection", detail=type(cause).__name__, again=True, error=error)

    def _without_tls(self, reason: ssl.SSLError) -> Sent:
        said = f"no TLS with {self._where}: {getattr(reason, 'verify_message', '') or reason.reason}"
        trusted = not isinstance(reason, ssl.SSLCertVerificationError)
        error = Unreachable(said) if trusted else ModelMisconfigured(said)
        return Sent("connection", detail="TLS", free=True, error=error)

    def _turned_down(self, status: int, cause: BaseException) -> Sent:
        where, said = self._where, self.short(cause)
        sign = without(self._secret, str(getattr(cause, "code", None) or getattr(cause, "type", None) or ""))
        outcome, detail = f"http {status}", sign if re.fullmatch(r"[\w.-]{1,60}", sign) else ""
        error: ModelError
        if status == 402 or _NO_CREDIT.search(f"{sign} {said}"):
            error = ModelMisconfigured(f"the account at {where} has no credit left (HTTP {status})")
        elif status in _MAY_PASS or status >= 500:
            pause = seconds_to_wait(getattr(getattr(cause, "response", None), "headers", {}))
            error = Unreachable(f"{where} is busy or out of order (HTTP {status})", status=status)
            free = status not in _FATE_UNKNOWN
            return Sent(outcome, detail=detail, again=True, free=free, pause=pause, error=error)
        elif status in (401, 403):
            error = ModelMisconfigured(f"{where} does not accept the key (HTTP {status})")
        elif status in (404, 405):
            error = ModelMisconfigured(f"{where} knows no model {self._settings.name!r} (HTTP {status}): {said}")
        elif status == 413 or _TOO_LONG.search(f"{sign} {said}"):
            error = Truncated(f"the question is longer than the model's context (HTTP {status})")
        else:
            error = ModelRefused(f"{where} turned the request down (HTTP {status}): {said}")
        return Sent(outcome, detail=detail, free=True, error=error)

    def short(self, error: BaseException) -> str:
        """What an error says, in one short line without the key."""
        body = getattr(error, "body", None)
        said = body.get("message") if isinstance(body, dict) else None
        return without(self._secret, " ".join(str(said or error).split()))[:_LONGEST]


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


def without(secret: str | None, text: str) -> str:
    """A text without a key that an endpoint may have quoted in it."""
    return text.replace(secret, "***") if secret else text


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

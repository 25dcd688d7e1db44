"""What became of a request (its answer, or what went wrong and whether it may go right another time), and what its
refusal tells of how the next is to look.

Most endpoints know max_tokens and temperature. Some call the one otherwise or bound it, refuse the other, know no seed
and no system role, answer in streams alone. They say so with HTTP 400 or 422, by the parameter's name, in words of
their own.
"""

from __future__ import annotations

import json
import re
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from recount.pipeline.errors import ModelError, ModelMisconfigured, ModelRefused, NoCompletion, Truncated, Unreachable
from recount.pipeline.model.transport.answers import (
    LONGEST,
    get,
    is_page,
    kinds_of,
    problem_of,
    said_in,
    says_nothing,
    title_of,
)
from recount.pipeline.model.transport.spending import estimate
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
_AGAIN_IN = re.compile(r"(?:again|retry) (?:in|after) (\d{1,5}(?:\.\d+)?) ?(ms|s|m)", re.I)
_NO_MODEL = re.compile(
    r"model.{0,80}(not.{0,8}(exist|found|available)|unknown|invalid)|(no such|unknown|invalid|unsupported) model\b"
    r"|model_not_found|模型.{0,20}不存在",
    re.I | re.S,
)
_LONGEST_HEARD = 4000
_FILTERED = ("content_filter", "sensitive", "safety")
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


def choices_of(completion: Any) -> Any:
    """The choices of a completion, none if it is no completion (an error page). Other providers' completions have no
    choices: each stands for its one."""
    if hasattr(completion, "choices"):
        return completion.choices or []
    return [] if isinstance(completion, str) else [completion]


def refuses(choice: Any) -> bool:
    """Whether a choice of a completion is the model's refusal to answer, or its provider's."""
    return bool(get(get(choice, "message"), "refusal")) or get(choice, "finish_reason") in _FILTERED


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
        if refuses(choice):
            return Sent("refused", error=ModelRefused("the model refuses to answer this question"))
        silent = says_nothing(completion)
        problem = "the answer is empty" if silent else without(self._secrets, problem_of(cause))
        return Sent("invalid", detail=kinds_of(cause), problem=problem)

    def failed(self, cause: BaseException) -> Sent:
        """No answer."""
        status = getattr(cause, "status_code", None) or getattr(cause, "code", None)
        if isinstance(cause, NoCompletion) and _NO_CREDIT.search(self.heard(cause)):
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
        return Sent("connection", detail=type(cause).__name__, again=True, astray=is_page(cause), error=error)

    def _without_tls(self, reason: ssl.SSLError) -> Sent:
        said = f"no TLS with {self._where}: {getattr(reason, 'verify_message', '') or reason.reason}"
        trusted = not isinstance(reason, ssl.SSLCertVerificationError)
        error = Unreachable(said) if trusted else ModelMisconfigured(said)
        return Sent("connection", detail="TLS", free=True, error=error)

    def _turned_down(self, status: int, cause: BaseException) -> Sent:
        sign = without(self._secrets, str(getattr(cause, "code", None) or getattr(cause, "type", None) or ""))
        outcome, detail = f"http {status}", sign if re.fullmatch(r"[\w.-]{1,60}", sign) else ""
        heard = f"{sign} {self.heard(cause)}"
        if status == 402 or _NO_CREDIT.search(heard):
            said = f"the account at {self._where} has no credit left (HTTP {status}){self._quoted(cause)}"
            return Sent(outcome, detail=detail, free=True, error=ModelMisconfigured(said))
        if status in _MAY_PASS or status >= 500:
            pause = seconds_to_wait(getattr(getattr(cause, "response", None), "headers", {}), heard)
            said = f"{self._where} is busy or out of order (HTTP {status}){self._quoted(cause)}"
            hint = "--rpm N asks less often" if status == 429 else "its own log says why"
            error = Unreachable(f"{said}; {hint}", status=status)
            free = status not in _FATE_UNKNOWN
            return Sent(outcome, detail=detail, again=True, free=free, pause=pause, error=error)
        final = self._for_good(status, heard, cause)
        astray = isinstance(final, ModelMisconfigured) and status != 401
        return Sent(outcome, detail=detail, free=True, astray=astray, error=final)

    def _for_good(self, status: int, heard: str, cause: BaseException) -> ModelError:
        """What a refusal means that will not pass. heard: all that the endpoint says of it."""
        where, said = self._where, self._quoted(cause)
        if status in (401, 403, 404, 405) and is_page(cause):
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
        return self.heard(error)[:LONGEST]

    def heard(self, error: BaseException) -> str:
        """What an error says, in one line without the key."""
        said = title_of(body) if isinstance(body := getattr(error, "body", None), str) else said_in(body)
        if not said and not isinstance(error, NoCompletion):
            said = str(error)
        return without(self._secrets, " ".join(said.split()))[:_LONGEST_HEARD]


def _reasons(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and what it came of."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def without(secrets: Sequence[str], text: str) -> str:
    """A text without keys that an endpoint may have quoted in it."""
    for secret in secrets:
        text = text.replace(secret, "***")
    return text


# --- how long an endpoint asks to wait


def seconds_to_wait(headers: Mapping[str, str], heard: str = "") -> float | None:
    """By Retry-After: seconds or an HTTP date (RFC 9110, 10.2.3), or retry-after-ms; or by the words that came with it,
    as OpenAI's "try again in 1.5s"; None if it does not say."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    said = headers.get("retry-after")
    seconds = _number(said)
    if said is None and (told := _AGAIN_IN.search(heard)):
        return float(told[1]) * {"ms": 0.001, "s": 1, "m": 60}[told[2].lower()]
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


# --- the requests to one endpoint, as its refusals tell

TELLING = ("http 400", "http 404", "http 406", "http 415", "http 422", "http 500", "http 501")
"""The outcomes whose words may tell how to ask (500: servers that stumble over a prompt's template)."""

_SYSTEM, _CONTEXT = "@system", "@context"
"""What is learned beside the parameters: whether there is a system role; tokens of a prompt with its answer."""
_LIMITS = ("max_tokens", "max_completion_tokens")
_SMALLEST_LIMIT = 16
_LEAST_ROOM = 256
"""Tokens of an answer; a window that leaves fewer is too small for the question."""
_LEAST_WARM = 0.01
"""A temperature that is as good as 0 for those that refuse 0."""
_FIXED = frozenset({"model", "messages", "tools", "stream"})

_SWITCH = re.compile(r"(\w+)['\"`]?\s+(?:must|should|needs? to) be (?:set to )?['\"`]?(true|false)\b", re.I)
_STREAM = re.compile(r"\b(?:non-?)?stream|流式", re.I)
"""What a refusal of a request that asks for no stream speaks of, in any wording, where streams alone are answered."""
_NO_SYSTEM = re.compile(
    r"role\W{0,3}\]?.{0,60}\bsystem\b|\bsystem\b\W{0,3}(?:role|message|prompt|instruction).{0,60}"
    r"(?:not|n't|un|only|invalid)|developer instruction|roles must alternate|不支持.{0,6}system",
    re.I | re.S,
)
_OF_LIMIT = re.compile(r"max_?(?:completion_|output_|new_)?_?tokens", re.I)
_WINDOW = re.compile(
    r"(?:context|sequence) (?:length|window|size|limit)\D{0,40}?(\d[\d,]*)|max_model_len\D{0,20}(\d[\d,]*)", re.I
)
_OF_PROMPT = re.compile(
    r"(\d[\d,]*) (?:input tokens|prompt tokens|tokens? (?:from|in|of) (?:the |your )?(?:input|prompt|messages))"
    r"|(\d[\d,]*) (?:in|from) the (?:messages|prompt|input)",
    re.I,
)
_STATUS = re.compile(r"<\d{3}>|(?:code|status|http)\W{0,3}\d{3}\b", re.I)
_NUMBER = re.compile(r"(?<![\w.-])\d[\d,]*(?![\w-]|\.\d)")
_ABOVE_0 = re.compile(
    r"greater than|larger than|more than|positive|above|between|range|\(0|[>＞]\s*0|must be in|大于", re.I
)

Body = Mapping[str, Any]
Learned = dict[str, Any]


def given(settings: ModelSettings) -> dict[str, Any]:
    """The parameters that settings ask for; those that are None are not sent.

    The switch of thinking goes by all its names (DashScope's, vLLM's and SGLang's, DeepSeek's and Zhipu's): those that
    an endpoint refuses are left out.
    """
    parameters: dict[str, Any] = {"max_tokens": settings.max_output_tokens, "temperature": settings.temperature}
    parameters |= {"seed": settings.seed, "reasoning_effort": settings.reasoning_effort}
    if settings.thinking is not None:
        parameters["enable_thinking"] = settings.thinking
        parameters["chat_template_kwargs"] = {"enable_thinking": settings.thinking}
        parameters["thinking"] = {"type": "enabled" if settings.thinking else "disabled"}
    return parameters | dict(settings.parameters)


class Dialect:
    """How one endpoint is asked. learned: what is known of its refusals. tell: is told whenever more is."""

    def __init__(
        self,
        settings: ModelSettings,
        learned: Mapping[str, Any] | None = None,
        tell: Callable[[Learned], None] = lambda _: None,
    ) -> None:
        self._given = given(settings)
        self._own = settings.parameters.keys() | {"reasoning_effort"}
        self._thinks = settings.thinking
        self._learned: Learned = dict(learned or {})
        self._tell = tell
        self._lock = threading.Lock()

    @property
    def learned(self) -> Learned:
        """What differs from what was asked for: parameters by name, None for those that are left out."""
        with self._lock:
            return dict(self._learned)

    @property
    def parameters(self) -> Learned:
        """Of these, the parameters."""
        return {name: value for name, value in self.learned.items() if not name.startswith("@")}

    @property
    def context(self) -> int | None:
        """Tokens of a prompt with its answer, if a refusal told them."""
        return self.learned.get(_CONTEXT)

    def body(self, rendered: Body) -> dict[str, Any]:
        """A request as it is sent now. rendered: its model, messages, and what its mode asks for."""
        learned = self.learned
        body = {**rendered, **self._given, **learned}
        body = {name: value for name, value in body.items() if value is not None and not name.startswith("@")}
        if learned.get(_SYSTEM) is False:
            body["messages"] = _without_system(body["messages"])
        if body.get("stream"):
            body = {"stream_options": {"include_usage": True}} | body
            if "stream_options" in learned:
                del body["stream_options"]
        limit = _limit_of(body)
        if limit is not None and _CONTEXT in learned:
            body[limit] = max(min(body[limit], learned[_CONTEXT] - _tokens(body)), _SMALLEST_LIMIT)
        return body

    def learns(self, sent: Body, said: str) -> bool:
        """Whether a request that was turned down would be another now. said: the endpoint's words."""
        before = self.learned
        for rule in (self._switch, self._streams, self._system_role, self._room, self._temperature, self._named):
            change = {name: value for name, value in rule(sent, said).items() if name not in self._own}
            if change:
                break
        with self._lock:
            self._learned |= change
        if self.learned != before:
            self._tell(self.learned)
            return True
        # Another thread may have learned the same since this request was sent.
        return _SYSTEM in change or any(sent.get(name) != change[name] for name in change.keys() - {_CONTEXT})

    def own(self, sent: Body, said: str) -> str | None:
        """The parameter that the user added, and the endpoint will not have; None if it is none of those."""
        return next((name for name in self._own & sent.keys() if _is_named(name, said)), None)

    # --- what a refusal tells: parameters to be sent otherwise, None those that are to be left out

    def _switch(self, sent: Body, said: str) -> Learned:
        if "enable_thinking" in said and sent.get("enable_thinking") is not False and not self._is_unknown(said):
            return {"stream": True} if self._thinks else {"enable_thinking": False}
        return {
            name: value == "true"
            for name, value in _SWITCH.findall(said.lower())
            if name not in _FIXED and ("_" in name or name in sent) and sent.get(name) is not (value == "true")
        }

    def _is_unknown(self, said: str) -> bool:
        return re.search(r"unknown|unrecognized|unexpected|extra|not permitted", said, re.I) is not None

    def _streams(self, sent: Body, said: str) -> Learned:
        return {"stream": True} if not sent.get("stream") and _STREAM.search(said) else {}

    def _system_role(self, sent: Body, said: str) -> Learned:
        has_one = any(message["role"] == "system" for message in sent.get("messages", ()))
        return {_SYSTEM: False} if has_one and _NO_SYSTEM.search(said) else {}

    def _room(self, sent: Body, said: str) -> Learned:
        limit = _limit_of(sent)
        if limit is None or not (_OF_LIMIT.search(said) or _OF_PROMPT.search(said)):
            return {}
        window, prompt = _first(_WINDOW, said), _first(_OF_PROMPT, said)
        if window is not None:
            if prompt is not None and window - prompt < _LEAST_ROOM:
                return {}
            # What we count too few is taken off the window: the next request is cut by our count.
            window -= max((prompt or 0) - _tokens(sent), 0)
            return {_CONTEXT: window} if self.learned.get(_CONTEXT) != window else _half(limit, sent)
        numbers = [int(number.replace(",", "")) for number in _NUMBER.findall(_STATUS.sub("", said))]
        if lower := [number for number in numbers if _SMALLEST_LIMIT <= number < sent[limit]]:
            return {limit: max(lower) - bool(re.search(r"less than \d", said))}
        if not any(_is_named(name, said) for name in _LIMITS):
            return {}
        other = next(name for name in _LIMITS if name != limit)
        return {limit: None} | ({other: sent[limit]} if other not in self.learned else {})

    def _temperature(self, sent: Body, said: str) -> Learned:
        if "temperature" not in sent or not _is_named("temperature", said):
            return {}
        return {"temperature": _LEAST_WARM if sent["temperature"] == 0 and _ABOVE_0.search(said) else None}

    def _named(self, sent: Body, said: str) -> Learned:
        fixed = _FIXED.union(_LIMITS if _WINDOW.search(said) else ())
        named = [name for name in sent if name not in fixed and _is_named(name, said)]
        if "tool_choice" in named and sent["tool_choice"] != "auto":
            forced = "required" in said and sent["tool_choice"] != "required"
            return {"tool_choice": "required" if forced else "auto"}
        # Without it a schema would be nowhere, but in JSON mode it is in the prompt.
        held = (sent.get("response_format") or {}).get("type") == "json_schema"
        return {name: None for name in named if not (held and name == "response_format")}


def _is_named(name: str, said: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said, re.I) is not None


def _limit_of(body: Body) -> str | None:
    return next((name for name in _LIMITS if isinstance(body.get(name), int)), None)


def _tokens(body: Body) -> int:
    """About how many tokens a prompt is, rather too many."""
    return estimate(json.dumps([body.get("messages"), body.get("tools")], ensure_ascii=False))


def _half(limit: str, sent: Body) -> Learned:
    """What is left to try where a limit is refused that should do."""
    return {limit: sent[limit] // 2} if sent[limit] >= 2 * _LEAST_ROOM else {}


def _first(pattern: re.Pattern[str], said: str) -> int | None:
    match = pattern.search(said)
    return int(next(filter(None, match.groups())).replace(",", "")) if match else None


def _without_system(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The words of the system first in the user's."""
    system = "\n\n".join(message["content"] for message in messages if message["role"] == "system")
    others = [dict(message) for message in messages if message["role"] != "system"]
    others[0]["content"] = f"{system}\n\n{others[0]['content']}"
    return others

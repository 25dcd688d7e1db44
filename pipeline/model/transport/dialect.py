"""What a request to one endpoint looks like: its parameters, as the user gives them and as its refusals tell.

Most know max_tokens and temperature. Some call the one otherwise or bound it, refuse the other, know no seed and no
system role, answer in streams alone. All say so with HTTP 400 or 422, by the parameter's name, in words of their own.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping
from typing import Any

from recount.pipeline.model.transport.spending import estimate
from recount.pipeline.settings import ModelSettings

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
_STREAM_ONLY = re.compile(
    r"only supports? (?:the )?stream|stream(?:ing)?(?: mode| calls?)? (?:is |are )?(?:required|only)|enable the stream"
    r"|stream\W{0,3}(?:must|should|has to|needs? to) be (?:set to )?\W?true|requires? stream|must (?:use |be )?stream"
    r"|non-?stream\w*(?: \w+){0,3} (?:is |are )?not (?:supported|allowed)|not support non-?stream"
    r"|[仅只]支持流式",
    re.I,
)
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
        return {"stream": True} if not sent.get("stream") and _STREAM_ONLY.search(said) else {}

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
            return {"tool_choice": "auto"}
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

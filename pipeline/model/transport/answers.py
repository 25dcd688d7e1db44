"""The answer in what an endpoint sent: the last complete JSON that fits the schema, wherever it stands.

Endpoints put it behind the model's thinking, into fences, among words, into parts of a content, into the call of a tool
or beside an empty one; they encode it twice, send an object for its text, stream it unasked. The schema is the judge of
what the answer is. A draft in the thinking never counts.
"""

from __future__ import annotations

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from recount.pipeline.model.ask.protocol import as_printed

_LONGEST_SEARCHED = 1 << 20
"""Characters of a text in which an answer is searched for among others."""
_WORK = 16
"""How many times a text may be gone through in search of where JSON begins in it (as in instructor's own search)."""
_LONGEST_LITERAL = 1 << 16
_MOST_BRACKETS = 2_000
_MOST_INSIDE = 500

_SAID_IN = ("message", "error", "detail", "msg", "error_msg", "status_msg", "base_resp", "errors")
"""Where the bodies of errors say what is wrong: OpenAI's, FastAPI's, and those of several providers."""
_FAILURES_SHOWN = 5
_LONGEST_QUOTE = 60
LONGEST = 200
"""Characters of what is quoted of an endpoint."""

_THINKING = r"(?:\w+:)?(?:think|thinking|thoughts?|reasoning|reflection|scratchpad)"
_THOUGHT = re.compile(
    rf"</{_THINKING}>|◁/think▷|\[/THINK\]|<\|/?(?:end_of_thought|think_end)\|>|<\|channel\|>final<\|message\|>", re.I
)
"""Where thinking ends: by the tags of Qwen, DeepSeek and others, of Kimi, Magistral, and of OpenAI's harmony."""
_THINKS = re.compile(rf"<{_THINKING}>|◁think▷|\[THINK\]|<\|channel\|>analysis<\|message\|>", re.I)
_NOTHING_AFTER = re.compile(r"[\s`。.]*(?:</?[\w:]+>|<\|\w+\|>)?[\s`]*")
_REASONING = ("reasoning_content", "reasoning", "thinking")
_STRINGS = r'"(?:[^"\\]|\\.)*"'
_QUOTED = _STRINGS + r"|'(?:[^'\\]|\\.)*'"
_BRACKETS = re.compile(_QUOTED + r"|[{}\[\]]", re.S)
_COMMENTS = re.compile(rf"({_QUOTED})|//[^\n]*|/\*.*?\*/", re.S)
_LAST_COMMA = re.compile(rf"({_STRINGS})|,(?=\s*[}}\]])", re.S)
_NAMES = re.compile(rf"({_QUOTED})|\b(null|true|false)\b", re.S)
_PYTHON = {"null": "None", "true": "True", "false": "False"}
_FULL_WIDTH = str.maketrans("“”：，｛｝［］", '"":,{}[]')
_NOTHING = ("", "null", "none", "n/a", "-", "无")
"""What models write as a text where they mean null."""
_DECODER = json.JSONDecoder(strict=False)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found. value: the answer, None if there is none. failure: what is wrong with what comes nearest."""

    value: BaseModel | None
    failure: ValidationError | None = None


def answer_in(completion: Any, response: type[BaseModel]) -> Found:
    """The answer in a completion (OpenAI's shape, as objects or mappings) to the schema of a response."""
    failure: ValidationError | None = None
    for value in _offered(completion):
        for inner in _inside(value):
            found = _fitted(inner, response)
            if found.value is not None:
                return found
            failure = failure or found.failure
    return Found(None, failure)


def words_of(completion: Any) -> str:
    """All that was answered, thinking included."""
    texts = [text for choice in get(completion, "choices") or () for text in _texts(choice, thinking=True)]
    return "".join(text if isinstance(text, str) else json.dumps(text, ensure_ascii=False) for text in texts)


def answer_text(completion: Any) -> str:
    """The text in which the answer is to be found, empty if there is none: to be kept until the schema is at hand."""
    texts = [text for choice in get(completion, "choices") or () for text in _texts(choice)]
    said = [text if isinstance(text, str) else json.dumps(text, ensure_ascii=False) for text in texts]
    return next((text for text in said if text.strip()), "")


def is_whole(completion: Any) -> bool:
    """Whether an answer that was cut off is complete all the same: only blanks came after it."""
    choices = get(completion, "choices")
    texts = [text.strip() for text in _texts(choices[0]) if isinstance(text, str)] if choices else []
    return any(text.startswith("{") and text.endswith("}") for text in texts)


def says_nothing(completion: Any) -> bool:
    """Whether a completion of OpenAI's shape holds no word beside its thinking."""
    choices = get(completion, "choices")
    return bool(choices) and not any(str(text).strip() for choice in choices for text in _texts(choice))


# --- a completion, streamed or not


def completion_of(body: str) -> Any:
    """The JSON of a response's body; of a stream of chunks, what they make together. None if it is neither.

    A stream that ends without saying so was cut, and is none.
    """
    body = body.lstrip("\ufeff \r\n\t")
    if body.startswith("{"):
        try:
            return _shaped(_unwrapped(_DECODER.decode(body.rstrip())))
        except (ValueError, RecursionError):
            return None
    lines = [line[5:].strip() for line in body.splitlines() if line.startswith("data:")]
    try:
        chunks = [json.loads(line) for line in lines if line and line != "[DONE]"]
    except (ValueError, RecursionError):
        return None
    whole = _joined([chunk for chunk in chunks if isinstance(chunk, dict)])
    ended = "[DONE]" in lines or "error" in whole or any(part["finish_reason"] for part in whole.get("choices", ()))
    return _shaped(whole) if ended else None


def _unwrapped(body: Any) -> Any:
    """A completion that a gateway put into another object, or in the shape of Ollama's own API."""
    for name in ("output", "data", "result"):
        if not body.get("choices") and isinstance(body.get(name), dict) and body[name].get("choices"):
            return {**body, **body[name]}
    if "choices" not in body and isinstance(body.get("message"), dict):
        usage = {"prompt_tokens": body.get("prompt_eval_count"), "completion_tokens": body.get("eval_count")}
        return {"choices": [{"message": body["message"], "finish_reason": body.get("done_reason")}], "usage": usage}
    return body


def _shaped(body: dict[str, Any]) -> dict[str, Any]:
    """A completion of which nothing is left that has not the shape of one; arguments are texts."""
    choices = _mappings(body.get("choices"))
    for choice in choices:
        message: dict[str, Any] = choice["message"] if isinstance(choice.get("message"), dict) else {}
        functions = _mappings([call.get("function") for call in _mappings(message.get("tool_calls"))])
        for function in functions:
            said = function.get("arguments")
            function["arguments"] = said if isinstance(said, str) else json.dumps(said)
        calls = [{"id": "", "type": "function", "function": function} for function in functions]
        choice["message"] = {**message, "tool_calls": calls or None}
    return {**body, "choices": choices}


def _mappings(things: Any) -> list[dict[str, Any]]:
    return [thing for thing in things if isinstance(thing, dict)] if isinstance(things, list) else []


def _joined(chunks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    message: dict[str, Any] = {"role": "assistant", "content": None}
    reason, answered = None, False
    for chunk in chunks:
        whole |= {name: value for name, value in chunk.items() if value is not None}
        for choice in chunk.get("choices") or ():
            if not choice.get("index"):
                answered = True
                _add(message, choice.get("delta") or choice.get("message") or {})
                reason = choice.get("finish_reason") or reason
    whole.pop("choices", None)
    if answered and "error" not in whole:
        whole["choices"] = [{"index": 0, "message": message, "finish_reason": reason}]
    return whole


def _add(message: dict[str, Any], delta: Mapping[str, Any]) -> None:
    """Adds a chunk of a message to what came before."""
    for name, value in delta.items():
        if name == "tool_calls":
            calls = message.setdefault("tool_calls", [])
            for call in value or ():
                while len(calls) <= min(call.get("index") or 0, 9):
                    calls.append({"id": "", "type": "function", "function": {"name": "", "arguments": ""}})
                function, more = calls[min(call.get("index") or 0, 9)]["function"], call.get("function") or {}
                function["name"] = more.get("name") or function["name"]
                function["arguments"] += more.get("arguments") or ""
        elif isinstance(value, str) and name != "role":
            message[name] = (message.get(name) or "") + value
        elif isinstance(value, list):
            message[name] = (message.get(name) or []) + value


# --- where an answer may stand


def get(thing: Any, name: str) -> Any:
    """What stands in a mapping or an object under a name; None if nothing does."""
    return thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name, None)


def _offered(completion: Any) -> Iterator[Any]:
    """The JSON values of a completion, the likeliest answer first."""
    for choice in get(completion, "choices") or ():
        texts = [text for text in _texts(choice) if text and (isinstance(text, dict) or text.strip())]
        for text in texts:
            yield from (value for value, _ in _values(text))
        if not texts:
            yield from _last_words(get(choice, "message"))


def _texts(choice: Any, *, thinking: bool = False) -> list[Any]:
    """Texts, or objects in the place of texts: the arguments of tools, the last call first, and the content."""
    message = get(choice, "message")
    functions = [get(call, "function") for call in reversed(get(message, "tool_calls") or ())]
    said = [get(function, "arguments") for function in (*functions, get(message, "function_call"))]
    content = get(message, "content")
    if isinstance(content, list):
        content = "".join(part if isinstance(part, str) else _part(part) for part in content)
    said += [content, get(choice, "text")]
    if thinking:
        said += [get(message, name) for name in (*_REASONING, "refusal")]
    return [text for text in said if isinstance(text, str | dict)]


def _part(part: Any) -> str:
    """The text of a part of a content that is no thinking."""
    text = get(part, "text")
    return text if isinstance(text, str) and get(part, "type") in (None, "text", "output_text") else ""


def _last_words(message: Any) -> Iterator[Any]:
    """Where nothing else was said: the JSON that reasoning ends with. Some servers take a whole answer for thinking."""
    for name in _REASONING:
        text = get(message, name)
        if isinstance(text, str):
            yield from (value for value, rest in _values(text)[:1] if _NOTHING_AFTER.fullmatch(rest))


# --- JSON among words


def _values(text: Any) -> list[tuple[Any, str]]:
    """The complete JSON values of a text that is not thinking, the last first, each with what stands after it."""
    if not isinstance(text, str):
        return [(text, "")]
    text = text.strip("\ufeff \r\n\t")
    try:
        return [(_DECODER.decode(text), "")]
    except (ValueError, RecursionError):
        return _among_words(_after_thinking(text))[::-1] if len(text) <= _LONGEST_SEARCHED else []


def _after_thinking(text: str) -> str:
    ends = [match.end() for match in _THOUGHT.finditer(text)]
    text = text[ends[-1] if ends else 0 :]
    begun = _THINKS.search(text)
    text = text[: begun.start()] if begun else text
    return text if '"' in text or not set("“”") & set(text) else text.translate(_FULL_WIDTH)


def _among_words(text: str) -> list[tuple[Any, str]]:
    values: list[tuple[Any, str]] = []
    place, work = 0, _WORK * len(text)
    while work > 0 and (begin := re.compile(r"[{\[]").search(text, place)):
        value, place = _decoded(text, begin.start())
        if value is None:
            work -= len(text) - place
        else:
            values.append((value, text[place:]))
    return values


def _decoded(text: str, begin: int) -> tuple[Any, int]:
    """The value that begins here and where it ends; None, and where to look on, if there is none."""
    try:
        return _DECODER.raw_decode(text, begin)
    except (ValueError, RecursionError):
        end = _balanced(text, begin)
        value = _almost_json(text[begin:end]) if end else None
        return (value, end) if value is not None else (None, begin + 1)


def _balanced(text: str, begin: int) -> int:
    """Where the bracket that opens here is closed; 0 if it is not."""
    depth = 0
    for number, match in enumerate(_BRACKETS.finditer(text, begin)):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(match[0], 0)
        if depth <= 0 or number > _MOST_BRACKETS:
            return match.end() if depth <= 0 else 0
    return 0


def _almost_json(text: str) -> Any:
    """What a text means that has comments, a comma too many, or is a literal of Python's; None if it means nothing."""
    if len(text) > _LONGEST_LITERAL:
        return None
    text = _COMMENTS.sub(lambda match: match[1] or "", text)
    try:
        return _DECODER.decode(_LAST_COMMA.sub(lambda match: match[1] or "", text))
    except (ValueError, RecursionError):
        pass
    try:
        literal = ast.literal_eval(_NAMES.sub(lambda match: match[1] or _PYTHON[match[2]], text))
        return json.loads(json.dumps(literal))
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None


# --- which of them fits


def _inside(value: Any) -> Iterator[Mapping[str, Any]]:
    """A value and what it wraps (the schema's name, a list of one, a text of JSON), from outside to inside."""
    waiting = [value]
    for _ in range(_MOST_INSIDE):
        if not waiting:
            return
        value = waiting.pop(0)
        if isinstance(value, dict):
            yield value
            waiting += [inner for inner in value.values() if isinstance(inner, dict | list) or _is_json(inner)]
        elif isinstance(value, list):
            waiting += value[::-1]
        elif _is_json(value):
            waiting += [inner for inner, _ in _values(value)]


def _is_json(value: Any) -> bool:
    return isinstance(value, str) and value.lstrip()[:1] in ("{", "[", '"') and value.rstrip()[-1:] in ("}", "]", '"')


def _fitted(value: Mapping[str, Any], response: type[BaseModel]) -> Found:
    """A value as an answer. One that names no field is none, though a schema may ask for none."""
    names = {name for key, field in response.model_fields.items() for name in (key, field.alias)}
    value = _named(value, response)
    found = _read(value, response)
    if names and not names & value.keys():
        return Found(None, found.failure)
    if found.failure is None:
        return found
    mended = _mended(value, found.failure)
    return found if mended is None or not names & mended.keys() else _read(mended, response)


def _named(value: Mapping[str, Any], response: type[BaseModel]) -> Mapping[str, Any]:
    """A value whose keys were written otherwise (totalIncome), or as their titles, with the keys of the schema."""
    titles = {field.alias or key: field.title or key for key, field in response.model_fields.items()}
    spelled: dict[str, set[str]] = defaultdict(set)
    for key, title in titles.items():
        spelled[_spelling(key)].add(key)
        spelled[_spelling(title)].add(key)

    def named(name: str) -> str:
        meant = spelled.get(_spelling(name), ())
        return next(iter(meant)) if name not in titles and len(meant) == 1 else name

    renamed = {named(name): inner for name, inner in value.items()}
    return renamed if len(renamed) == len(value) else value


def _spelling(name: str) -> str:
    return "".join(filter(str.isalnum, name)).casefold()


def _read(value: Mapping[str, Any], response: type[BaseModel]) -> Found:
    try:
        return Found(response.model_validate_json(json.dumps(value)))
    except ValidationError as error:
        return Found(None, error)
    except RecursionError:
        return Found(None)


def _mended(value: Mapping[str, Any], error: ValidationError) -> dict[str, Any] | None:
    """A value whose figures are written as the schema writes them, without what it knows nothing of; None if more is
    wrong. What such a figure is, the page still says."""
    whole: dict[str, Any] = json.loads(json.dumps(value))
    for failure in error.errors(include_url=False):
        *path, last = failure["loc"]
        holder: Any = whole
        for step in path:
            holder = holder[step] if _has(holder, step) else None
        if holder is None or not _has(holder, last):
            return None
        if failure["type"] == "extra_forbidden":
            del holder[last]
        elif failure["type"] in ("string_pattern_mismatch", "string_type"):
            figure = _text_of(holder[last])
            if figure is None:
                return None
            holder[last] = _plain(figure)
        else:
            return None
    return whole


def _text_of(figure: Any) -> str | None:
    """A figure that was put in a list of one, or apart from its mark, as a text; None if it is more than one."""
    if isinstance(figure, list) and len(figure) == 1:
        return _text_of(figure[0])
    if isinstance(figure, dict) and len(figure) == 2 and "mark" in figure:
        digits = next(value for name, value in figure.items() if name != "mark")
        return f"{digits}@{figure['mark']}" if isinstance(digits, str) else None
    return figure if isinstance(figure, str) else None


def _plain(figure: str) -> str | None:
    if figure.strip().lower() in _NOTHING:
        return None
    match = as_printed(figure)
    if match is None:
        return figure
    return f"{match['digits']}@{match['mark']}" if match["mark"] else match["digits"]


def _has(holder: Any, step: int | str) -> bool:
    if isinstance(holder, dict):
        return step in holder
    return isinstance(holder, list) and isinstance(step, int) and step < len(holder)


# --- what a response says that holds no answer, and what was wrong with one that holds it


def said_in(body: Any) -> str:
    """The words in the body of an error, with the names of the parameters that it lays them at."""
    if isinstance(body, str):
        return body
    if isinstance(body, Sequence):
        return "; ".join(filter(None, map(said_in, body)))
    if not isinstance(body, Mapping):
        return ""
    said = next(filter(None, (said_in(body.get(name)) for name in _SAID_IN)), "")
    place = ".".join(map(str, body["loc"])) if isinstance(body.get("loc"), Sequence) else body.get("param")
    more = said_in(body["metadata"].get("raw")) if isinstance(body.get("metadata"), Mapping) else ""
    said = f"{said} ({more})" if more else said
    return f"{place}: {said}" if said and isinstance(place, str) and place not in said else said


def title_of(page: str) -> str:
    """What a page of HTML is called; a text as it is."""
    title = re.search(r"<title>(.*?)</title>", page, re.I | re.S)
    return title[1] if title else "" if page.lstrip().startswith("<") else page


def is_page(cause: BaseException) -> bool:
    """Whether what came back is a page for people."""
    body = getattr(cause, "body", None)
    text = body if isinstance(body, str) else getattr(getattr(cause, "response", None), "text", "")
    return isinstance(text, str) and text.lstrip()[:1] == "<"


def kinds_of(cause: BaseException) -> str:
    """The kinds of a validation's failures, without any text of the answer."""
    if isinstance(cause, ValidationError):
        return ", ".join(sorted({failure["type"] for failure in cause.errors()}))
    return type(cause).__name__


def problem_of(cause: BaseException) -> str:
    """What was wrong with an answer, for the model: where, what, and what it wrote."""
    if not isinstance(cause, ValidationError):
        return " ".join(str(cause).split())[:LONGEST]
    lines = []
    for failure in cause.errors(include_url=False, include_context=False)[:_FAILURES_SHOWN]:
        line = f"{'.'.join(map(str, failure['loc'])) or 'JSON'}: {failure['msg']}"
        if failure["type"] not in ("missing", "json_invalid"):
            line += ": " + json.dumps(failure["input"], ensure_ascii=False, default=str)[:_LONGEST_QUOTE]
        lines.append(line[:LONGEST])
    return "\n".join(lines)

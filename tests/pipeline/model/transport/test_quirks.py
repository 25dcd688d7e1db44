"""Endpoints as they are met: each habit ends in the right answer, or in one sentence that says what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, StringConstraints

from recount.pipeline.errors import ModelError, ModelMisconfigured, ModelRefused, NotToSchema, Truncated, Unreachable
from recount.pipeline.model.ask.protocol import as_printed
from recount.pipeline.model.ask.question import Reply
from recount.pipeline.model.transport.answers import answer_in
from recount.pipeline.model.transport.client import RIGHT as COPIED
from recount.pipeline.model.transport.client import ProbeAnswer, probe
from recount.pipeline.model.transport.store import MODES, Database
from recount.pipeline.settings import ModelSettings, ModeName
from recount.tests.pipeline.model.server import Asked, Raw, Status, scripted
from recount.tests.pipeline.model.transport.common import RIGHT, Income, ask, calls, question, settings_for

ANSWER = json.dumps(RIGHT)
DRAFT = '{"income": "9.99@9"}'


def message(content: Any, reason: str | None = "stop", **others: Any) -> Raw:
    """A completion whose message is as it is said here."""
    said = {"role": "assistant", "content": content, **others}
    choice = {"index": 0, "message": said, "finish_reason": reason}
    usage = {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18}
    whole = {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice], "usage": usage}
    return Raw(json.dumps(whole, ensure_ascii=False), "application/json")


def call(arguments: Any, name: str = "Income") -> dict[str, Any]:
    return {"id": "1", "type": "function", "function": {"name": name, "arguments": arguments}}


def streamed(*deltas: Mapping[str, Any], end: str = "data: [DONE]\n\n") -> Raw:
    chunks = [{"id": "1", "created": 0, "model": "m", "choices": [{"index": 0, "delta": delta}]} for delta in deltas]
    lines = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks)
    return Raw(f": waiting\n\n{lines}{end}", "text/event-stream")


def turned_down(status: int, body: Any) -> Raw:
    return Raw(body if isinstance(body, str) else json.dumps(body, ensure_ascii=False), "application/json", status)


# --- the answer is found wherever it is

FOUND: dict[str, Raw] = {
    "thinking before it": message(f"<think>\nIs it {DRAFT}? No.\n</think>\n\n{ANSWER}"),
    "thinking that begins before the answer": message(f"Let me see … {DRAFT}\n</think>{ANSWER}"),
    "thinking under another name": message(f"<seed:think>{DRAFT}</seed:think>{ANSWER}"),
    "thinking in brackets": message(f"[THINK]{DRAFT}[/THINK]{ANSWER}"),
    "harmony's channels": message(
        f"<|channel|>analysis<|message|>{DRAFT}<|end|><|start|>assistant<|channel|>final<|message|>{ANSWER}"
    ),
    "fences": message(f"```json\n{ANSWER}\n```"),
    "words around it": message(f"The figures are:\n{ANSWER}\nTell me {{if}} you need more."),
    "a draft before it": message(f"First {DRAFT}, but rather {ANSWER}"),
    "a byte order mark": message(f"\ufeff{ANSWER}"),
    "parts": message([{"type": "thinking", "text": DRAFT}, {"type": "text", "text": ANSWER}]),
    "encoded twice": message(json.dumps(ANSWER)),
    "an object for its text": message(RIGHT),
    "arguments encoded twice": message(None, "tool_calls", tool_calls=[call(json.dumps(ANSWER))]),
    "arguments as an object": message(None, "tool_calls", tool_calls=[call(RIGHT)]),
    "a tool of another name beside empty content": message("", "tool_calls", tool_calls=[call(ANSWER, "x.answer")]),
    "the call of a tool in words": message(f'<tool_call>{{"name": "Income", "arguments": {ANSWER}}}</tool_call>'),
    "two calls of which one is broken": message(None, "tool_calls", tool_calls=[call(ANSWER), call('{"income": ')]),
    "a call of the older kind": message(None, "function_call", function_call={"name": "Income", "arguments": ANSWER}),
    "reasoning alone": message(None, reasoning_content=f"It is\n{ANSWER}\n"),
    "reasoning beside it": message(ANSWER, reasoning_content=DRAFT),
    "the schema's name around it": message(json.dumps({"Income": RIGHT})),
    "a list of one": message(f"[{ANSWER}]"),
    "an echo of the schema": message(json.dumps({"type": "object", "properties": RIGHT})),
    "a comma too many": message('{"income": "1.00@1",}'),
    "Python's quotes": message("{'income': '1.00@1'}"),
    "Chinese quotes": message("{“income”：“1.00@1”}"),
    "a note of its own": message('{"income": "1.00@1", "note": "ok"}'),
    "no reason to finish": message(ANSWER, None),
    "another reason to finish": message(ANSWER, "eos"),
    "figures in full width with their unit": message('{"income": "1．00＠１万元"}'),
    "a blank in the figure": message('{"income": "1.00 @ 1"}'),
    "an object around the completion": Raw(json.dumps({"code": 0, "data": json.loads(message(ANSWER).text)})),
    "the shape of Ollama's own API": Raw(json.dumps({"message": {"content": ANSWER}, "done_reason": "stop"})),
    "a line's end within a text": Raw(message(ANSWER + "\n").text.replace("\\n", "\n"), "application/json"),
    "comments": message('{\n// income, as printed\n"income": "1.00@1" /* the first */\n}'),
    "an address in a literal of Python's": message("{'note': 'see http://x.cn', 'income': '1.00@1'}"),
    "closing quotation marks": message(ANSWER.replace('"', "”")),
    "a key in another spelling": message('{"Income": "1.00@1"}'),
    "the title for its key": message('{"本年收入": "1.00@1"}'),
    "a figure in a list of one": message('{"income": ["1.00@1"]}'),
    "a figure apart from its mark": message('{"income": {"figure": "1.00", "mark": 1}}'),
    "blanks up to the limit": message(ANSWER + "\n" * 99, "length"),
    "a stream that nobody asked for": streamed({"role": "assistant"}, {"content": ANSWER[:7]}, {"content": ANSWER[7:]}),
    "a stream of arguments": streamed(
        {"tool_calls": [{"index": 0, "function": {"name": "Income", "arguments": ANSWER[:5]}}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": ANSWER[5:]}}]},
    ),
}


@pytest.mark.parametrize("habit", FOUND)
@pytest.mark.parametrize("mode", ["json_schema", "tools"])
def test_an_answer_is_found_wherever_it_is(habit: str, mode: ModeName) -> None:
    with scripted(FOUND[habit]) as server:
        [reply] = ask(settings_for(server, mode=mode, reasks=0))
        assert len(server.requests) == 1
    assert isinstance(reply, Reply)
    assert reply.value == Income(income="1.00@1")


NO_ANSWER: dict[str, tuple[Any, type[ModelError], str]] = {
    "a draft in thinking that is not ended": (message(f"<think>perhaps {DRAFT}"), NotToSchema, "keep to the schema"),
    "a draft in thinking alone": (message(f"<think>{DRAFT}</think>"), NotToSchema, "keep to the schema"),
    "a draft in reasoning": (message("", reasoning_content=f"{DRAFT}? No, rather"), NotToSchema, "the answer is empty"),
    "nothing": (message(""), NotToSchema, "the answer is empty"),
    "nested without end": (message('{"a":' * 5000), NotToSchema, "keep to the schema"),
    "brackets without end": (message("[" * 100_000 + "{" * 100_000), NotToSchema, "keep to the schema"),
    "numbers for figures": (message('{"income": 1.0}'), NotToSchema, "valid string"),
    "thinking up to the limit": (
        message("", "length", reasoning_content="hm " * 99),
        Truncated,
        "all of them its thinking: --no-thinking",
    ),
    "a stream that is cut": (streamed({"content": ANSWER}, end=""), Unreachable, "OpenAI-compatible API"),
    "no choices": (Raw('{"choices": null}', "application/json"), Unreachable, "--base-url is to be the address"),
    "a web page": (Raw("<html><title>Sign in</title></html>"), Unreachable, "endpoint does: Sign in"),
    "a page of a gateway": (
        Raw("<html>Just a moment...</html>", status=403),
        ModelMisconfigured,
        "a web page answers at",
    ),
    "no credit, said in an answer": (
        turned_down(200, {"error": {"message": "Insufficient balance", "code": 30001}}),
        ModelMisconfigured,
        "no credit left",
    ),
    "no credit": (
        turned_down(429, {"error": {"code": 1113, "message": "账户已欠费"}}),
        ModelMisconfigured,
        "no credit",
    ),
    "words of a filter": (message("", "sensitive"), ModelRefused, "refuses to answer"),
    "an error amid a stream": (
        streamed({"content": ANSWER[:7]}, end='data: {"error": {"message": "CUDA out of memory", "code": 500}}\n\n'),
        Unreachable,
        "CUDA out of memory",
    ),
    "what is wrong with the server": (
        turned_down(500, {"error": {"message": "CUDA out of memory"}}),
        Unreachable,
        "(HTTP 500): CUDA out of memory",
    ),
}


@pytest.mark.parametrize("habit", NO_ANSWER)
def test_what_is_no_answer_is_said_in_a_sentence(habit: str) -> None:
    answer, kind, words = NO_ANSWER[habit]
    with scripted(answer) as server:
        [error] = ask(settings_for(server, reasks=0, attempts=2))
    assert type(error) is kind
    assert words in str(error)
    assert "\n" not in str(error)


SHAPES: list[Any] = [
    [], [None], [{}], ["x"], "x", {"0": 1}, 7,
    [{"message": None}], [{"message": "x"}], [{"message": {}}], [{"message": {"content": 7}}],
    [{"message": {"content": [None, 7, {"text": None}]}}], [{"message": {"tool_calls": {}}}],
    [{"message": {"tool_calls": [None, {}, {"function": None}, {"function": {"arguments": 7}}]}}],
    [{"message": {"content": None, "reasoning_content": 7}, "finish_reason": 7}], [{"text": 7}],
]  # fmt: skip


@pytest.mark.parametrize("mode", MODES)
def test_no_shape_of_a_completion_is_an_internal_error(mode: ModeName) -> None:
    shapes = iter([*SHAPES, *({"choices": shape} for shape in SHAPES), 7, None, "x"])
    with scripted(lambda _: Raw(json.dumps({"choices": next(shapes), "usage": 7}), "application/json")) as server:
        for number in range(2 * len(SHAPES) + 3):
            [error] = ask(settings_for(server, mode=mode, reasks=0, attempts=1), question(f"问题{number}"))
            assert isinstance(error, ModelError)


class Optional(BaseModel):
    income: Annotated[str, StringConstraints(pattern=r"^[0-9.]+@[0-9]+$")] | None = None
    tax: str | None = None


@pytest.mark.parametrize(
    ("text", "income"),
    [
        ('{"income": "1.00@1"} {"note": 2} {}', "1.00@1"),
        ('{"note": 2}', "none"),
        ("{}", "none"),
        ('{"income": "无", "tax": null}', None),
        ('{"income": "ten", "tax": null}', "none"),
        ('{"Optional": {"income": "1.00@1"}, "tax": 0}', "1.00@1"),
    ],
)
def test_json_that_names_no_field_is_no_answer_though_all_may_be_left_out(text: str, income: str | None) -> None:
    found = answer_in(json.loads(message(text).text), Optional).value
    assert (found.income if isinstance(found, Optional) else "none") == income


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_words_around_an_answer_do_not_change_it(before: str, after: str) -> None:
    """But for brackets and quotes, which may make them part of it."""
    before, after = (re.sub(r"""[{}\[\]"'<“\\]""", "", words) for words in (before, after))
    found = answer_in(json.loads(message(f"{before}\n{ANSWER}\n{after}").text), Income)
    assert found.value == Income(income="1.00@1")


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="{}[]\"'@:,1.<think/>` \\n“”", max_size=120))
def test_no_text_is_more_than_an_answer_or_none(text: str) -> None:
    found = answer_in(json.loads(message(text).text), Income)
    assert found.value is None or isinstance(found.value, Income)


@settings(max_examples=100, deadline=None)
@given(st.decimals(0, 10**8, places=2), st.integers(1, 9999), st.sampled_from(["", "万元", " 万元", "%", "。"]))
def test_a_pair_is_read_however_it_is_written(figure: Decimal, mark: int, unit: str) -> None:
    plain = f"{figure:,}@{mark}"
    wide = plain.translate(
        {**{ord("0") + digit: ord("０") + digit for digit in range(10)}, ord(","): "，", ord("@"): "＠"}
    )
    for written in (plain, wide, f"{figure} @ {mark}"):
        match = as_printed(f"{written}{unit}")
        assert match is not None
        assert (Decimal(match["digits"].replace(",", "")), int(match["mark"])) == (figure, mark)
    assert as_printed(f"{plain}、{plain}") is None


# --- what an endpoint refuses is learned

Refuses = Callable[[Mapping[str, Any]], Any]


def fastapi(name: str, words: str) -> Raw:
    return turned_down(422, {"detail": [{"type": "value_error", "loc": ["body", name], "msg": words, "input": 0}]})


def openai(words: str, status: int = 400, **others: Any) -> Raw:
    return turned_down(status, {"error": {"message": words, "type": "invalid_request_error", **others}})


def limit_of(body: Mapping[str, Any]) -> int:
    limit = body.get("max_tokens") or body.get("max_completion_tokens") or 0
    assert isinstance(limit, int)
    return limit


def has_system(body: Mapping[str, Any]) -> bool:
    return any(said["role"] == "system" for said in body["messages"])


REFUSALS: dict[str, tuple[Refuses, dict[str, Any]]] = {
    "a temperature of 0": (
        lambda body: fastapi("temperature", "must be greater than 0") if body.get("temperature") == 0 else None,
        {"temperature": 0.01},
    ),
    "any temperature": (
        lambda body: openai("invalid temperature: only 1 is allowed for this model") if "temperature" in body else None,
        {"temperature": None},
    ),
    "a temperature, by its range and then altogether": (
        lambda body: openai("Range of temperature should be (0, 2]") if "temperature" in body else None,
        {"temperature": None},
    ),
    "a seed": (
        lambda body: fastapi("seed", "Extra inputs are not permitted") if "seed" in body else None,
        {"seed": None},
    ),
    "a seed, named beside the words": (
        lambda body: openai("Unknown argument", param="seed") if "seed" in body else None,
        {"seed": None},
    ),
    "a limit by that name": (
        lambda body: (
            openai("'max_tokens' is not supported. Use 'max_completion_tokens'.") if "max_tokens" in body else None
        ),
        {"max_tokens": None, "max_completion_tokens": 4096},
    ),
    "a limit beyond its range": (
        lambda body: openai("<400> Range of max_tokens should be [1, 2,048]") if limit_of(body) > 2048 else None,
        {"max_tokens": 2048},
    ),
    "a limit that is not below its bound": (
        lambda body: (
            openai(f"max_tokens is {limit_of(body)}, must be less than 1025") if limit_of(body) > 1024 else None
        ),
        {"max_tokens": 1024},
    ),
    "a tool that it is told to call": (
        lambda body: (
            openai("Invalid tool_choice type: 'object'. Supported values: none, auto, required")
            if isinstance(body.get("tool_choice"), dict)
            else None
        ),
        {"tool_choice": "required"},
    ),
    "a mode's parameter, words being enough": (
        lambda body: openai("response_format is not supported") if "response_format" in body else None,
        {"response_format": None},
    ),
    "to answer unless streaming": (
        lambda body: (
            openai("This model only supports streaming; set stream to true") if not body.get("stream") else None
        ),
        {"stream": True, "stream_options": {"include_usage": True}},
    ),
    "to answer unless streaming, in other words": (
        lambda body: openai("only stream=true is allowed here") if not body.get("stream") else None,
        {"stream": True},
    ),
    "to be told of usage in streams": (
        lambda body: (
            openai("stream must be true")
            if not body.get("stream")
            else fastapi("stream_options", "unexpected")
            if "stream_options" in body
            else None
        ),
        {"stream": True, "stream_options": None},
    ),
    "to think unless streaming": (
        lambda body: (
            openai("parameter.enable_thinking must be set to false for non-streaming calls")
            if body.get("enable_thinking") is not False
            else None
        ),
        {"enable_thinking": False},
    ),
    "a switch by a name of its own": (
        lambda body: (
            openai("`use_cot` must be false with response_format") if body.get("use_cot") is not False else None
        ),
        {"use_cot": False},
    ),
    "four things, one after the other": (
        lambda body: (
            openai("max_tokens: use max_completion_tokens")
            if "max_tokens" in body
            else openai("temperature is not supported")
            if "temperature" in body
            else openai("seed: unknown field")
            if "seed" in body
            else openai("please enable the stream parameter")
            if not body.get("stream")
            else None
        ),
        {"max_tokens": None, "max_completion_tokens": 4096, "temperature": None, "seed": None, "stream": True},
    ),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_what_an_endpoint_refuses_is_learned_from_its_words(what: str, tmp_path: Path) -> None:
    refuses, becomes = REFUSALS[what]

    def answer(asked: Asked) -> Any:
        return refuses(asked.body) or message(ANSWER)

    with scripted(answer) as server:
        mode = "tools" if "tool" in what else "json"
        settings = settings_for(server, seed=5, mode=mode, attempts=2, store=tmp_path / "s.sqlite")
        [first] = ask(settings)
        lessons = len(server.requests) - 1
        [second] = ask(settings, question("其他"))  # as another process does, or another run
        assert len(server.requests) == lessons + 2, "it is learned once"
    assert isinstance(first, Reply)
    assert isinstance(second, Reply)
    assert {name: server.requests[-1].body.get(name) for name in becomes} == becomes
    assert [outcome for outcome, *_ in calls(settings)][-2:] == ["ok", "ok"]


@pytest.mark.parametrize(
    "refusal",
    [
        openai("Unsupported value: 'messages[0].role' does not support 'system' with this model."),
        openai("System role not supported", 500),
        openai("Conversation roles must alternate user/assistant/user/…"),
        openai("Developer instruction is not enabled for models/gemma"),
    ],
)
@pytest.mark.parametrize("mode", MODES)
def test_without_a_system_role_its_words_come_first_in_the_user_s(refusal: Raw, mode: ModeName) -> None:
    with scripted(lambda asked: refusal if has_system(asked.body) else message(ANSWER)) as server:
        [reply] = ask(settings_for(server, mode=mode))
    assert isinstance(reply, Reply)
    [said] = server.requests[-1].body["messages"]
    assert said["role"] == "user"
    assert said["content"].startswith("照抄数字。")
    assert said["content"].endswith(question().user)


def test_a_window_bounds_the_answer_by_what_its_prompt_leaves() -> None:
    """As vLLM says it; the tokens of a prompt are counted otherwise there than here."""
    window, prompts = 4096, iter([600])

    def answer(asked: Asked) -> Any:
        prompt = next(prompts, 700)
        if limit_of(asked.body) + prompt <= window:
            return message(ANSWER)
        words = f"'max_tokens' or 'max_completion_tokens' is too large: {limit_of(asked.body)}. This model's maximum "
        return openai(f"{words}context length is {window} tokens and your request has {prompt} input tokens")

    with scripted(answer) as server:
        first, second = ask(settings_for(server), question(), question("其他"))
    assert isinstance(first, Reply)
    assert isinstance(second, Reply)
    limits = [limit_of(asked.body) for asked in server.requests]
    assert limits[0] == 4096
    assert 3000 < limits[-1] <= window - 700


def test_a_question_that_fills_the_window_is_too_long() -> None:
    words = "This model's maximum context length is 4096 tokens. However, your request has 4000 input tokens"
    with scripted(openai(f"max_tokens is too large. {words}")) as server:
        [error] = ask(settings_for(server))
        assert len(server.requests) == 1
    assert isinstance(error, Truncated)
    assert "--max-model-len" in str(error)


def test_a_refusal_that_stays_is_not_learned_from_for_ever() -> None:
    with scripted(lambda asked: openai(f"max_tokens is too large: {limit_of(asked.body)}, at most 3000")) as server:
        [error] = ask(settings_for(server))
    assert isinstance(error, ModelRefused)
    assert len(server.requests) < 16


# --- what the user adds


def test_parameters_of_the_user_s_are_sent_and_decide_what_is_kept(tmp_path: Path) -> None:
    more: dict[str, Any] = {"top_k": 20, "temperature": None, "max_tokens": 99, "chat_template_kwargs": {"a": 1}}
    with scripted(RIGHT) as server:
        settings = settings_for(server, store=tmp_path / "s.sqlite")
        for changed in ({"parameters": more}, {"reasoning_effort": "low"}, {"thinking": False}, {"thinking": False}):
            ask(ModelSettings.of({**settings.stored, **changed}))
    assert len(server.requests) == 3, "the last was kept"
    first, second, third = (asked.body for asked in server.requests)
    assert (first["top_k"], first["max_tokens"], first["chat_template_kwargs"]) == (20, 99, {"a": 1})
    assert "temperature" not in first
    assert second["reasoning_effort"] == "low"
    assert third["enable_thinking"] is third["chat_template_kwargs"]["enable_thinking"] is False
    assert third["thinking"] == {"type": "disabled"}


def test_a_parameter_of_the_user_s_that_is_refused_is_said_so() -> None:
    with scripted(openai("Unrecognized request argument: top_k")) as server:
        [error] = ask(settings_for(server, parameters={"top_k": 20}))
        assert len(server.requests) == 1
    assert isinstance(error, ModelRefused)
    assert str(error).endswith("leave out --model-param top_k")


def test_of_the_names_of_a_switch_those_that_are_unknown_are_left_out() -> None:
    def answer(asked: Asked) -> Any:
        for name in ("thinking", "chat_template_kwargs"):
            if name in asked.body:
                return fastapi(name, "Extra inputs are not permitted")
        return message(ANSWER)

    with scripted(answer) as server:
        [reply] = ask(settings_for(server, thinking=False))
    assert isinstance(reply, Reply)
    assert server.requests[-1].body["enable_thinking"] is False


def test_headers_are_sent_and_their_secrets_are_the_environment_s(monkeypatch: pytest.MonkeyPatch) -> None:
    headers = {"X-Tenant": "finance", "Api-Key": "$THEIR_KEY"}
    monkeypatch.setenv("THEIR_KEY", "very-secret")
    with scripted(openai("no such tenant for very-secret", 400)) as server:
        settings = settings_for(server, headers=headers)
        [error] = ask(settings)
        [asked] = server.requests
    assert (asked.headers["x-tenant"], asked.headers["api-key"]) == ("finance", "very-secret")
    assert "very-secret" not in f"{settings}{error}"
    monkeypatch.delenv("THEIR_KEY")
    [error] = ask(settings)
    assert isinstance(error, ModelMisconfigured)
    assert "$THEIR_KEY, which is not in the environment" in str(error)


# --- the address and the name

UNKNOWN = [
    turned_down(404, {"error": {"message": "The model `model` does not exist.", "code": 404}}),
    turned_down(400, {"error": {"message": "Model Not Exist", "code": "invalid_request_error"}}),
    turned_down(400, {"error": {"code": "1211", "message": "模型不存在，请检查模型代码。"}}),
]


@pytest.mark.parametrize("refusal", UNKNOWN)
def test_a_name_that_an_endpoint_does_not_know_is_said_beside_those_that_it_lists(refusal: Raw) -> None:
    with scripted(refusal, models={"/v1": [{"id": "qwen3"}, {"id": "glm"}]}) as server:
        [error] = ask(settings_for(server, mode="auto"))
        assert len(server.requests) == 1, "the other ways of asking would not help"
    assert isinstance(error, ModelMisconfigured)
    assert "knows no model 'model'" in str(error)
    assert str(error).endswith("it lists qwen3, glm")


@pytest.mark.parametrize("path", ["", "/", "/v1/chat/completions", "/v1/models", "/wrong/v2"])
def test_an_address_where_nothing_answers_is_said_beside_one_where_something_does(path: str) -> None:
    with scripted(RIGHT, models={"/v1": [{"id": "qwen3"}]}) as server:
        root = server.base_url.removesuffix("/v1")
        [error] = ask(ModelSettings("model", base_url=root + path, timeout=10.0))
        assert not server.requests
    assert isinstance(error, ModelMisconfigured)
    assert f"an endpoint answers at {server.base_url}, and lists qwen3: --base-url {server.base_url}" in str(error)


def test_where_nothing_is_listed_the_rule_is_said() -> None:
    with scripted(turned_down(404, {"detail": "Not Found"})) as server:
        [error] = ask(settings_for(server))
    assert f"nothing answers at {server.base_url}/chat/completions (HTTP 404): Not Found" in str(error)
    assert "mostly ends in /v1" in str(error)


# --- a prompt that is cut, and one that is kept


def usage(prompt: int, **details: Any) -> dict[str, Any]:
    return {"prompt_tokens": prompt, "completion_tokens": 9, "total_tokens": prompt + 9, **details}


@pytest.mark.parametrize(
    ("told", "is_cut"), [(2048, True), (4096, True), (1000, True), (5300, False), (4000, False), (7, False)]
)
def test_a_prompt_that_was_cut_without_a_word_is_noticed(told: int, is_cut: bool, tmp_path: Path) -> None:
    """Ollama reads the end of what is longer than num_ctx, and answers as if it had read all."""
    long = question("本年收入1.00@1万元。" + "其他收入按规定管理使用。" * 600)
    with scripted(RIGHT, usage=usage(told)) as server:
        settings = settings_for(server, store=tmp_path / "s.sqlite")
        [outcome] = ask(settings, long)
        assert isinstance(outcome, Truncated) == is_cut
        if is_cut:
            assert f"read {told:,} tokens" in str(outcome)
            assert "num_ctx" in str(outcome)
            assert [call[0] for call in calls(settings)] == ["cut"]
            server.usage = usage(5900)  # the context was made longer: it is asked again
            assert isinstance(ask(settings, long)[0], Reply)


class Maybe(BaseModel):
    income: str | None


@pytest.mark.parametrize("told", [{"total_tokens": 9}, usage(0), usage(-1), usage(5900)])
@pytest.mark.parametrize("said", [{"income": None}, RIGHT])
@pytest.mark.parametrize("words", [100, 600])
def test_an_answer_about_nothing_is_none_where_nobody_says_what_was_read(
    told: Any, said: Any, words: int, tmp_path: Path
) -> None:
    asked = replace(question("本年收入1.00@1万元。" + "其他收入按规定管理使用。" * words), response=Maybe)
    is_cut = words == 600 and said != RIGHT and told.get("prompt_tokens", 0) <= 0
    with scripted(said, usage=told) as server:
        [outcome] = ask(settings_for(server, store=tmp_path / "s.sqlite"), asked)
    assert isinstance(outcome, Truncated) == is_cut
    assert not is_cut or "about nothing" in str(outcome)
    assert not is_cut or "num_ctx" in str(outcome)


def test_a_choice_may_be_none() -> None:
    asked = replace(question("其他收入按规定管理使用。" * 600), response=Maybe, purpose="parts")
    with scripted({"income": None}, usage={}) as server:
        [outcome] = ask(settings_for(server), asked)
    assert isinstance(outcome, Reply)


@pytest.mark.parametrize(
    "told",
    [
        usage(1000, prompt_tokens_details={"cached_tokens": 800}),
        usage(1000, prompt_cache_hit_tokens=800),
        usage(1000, cached_tokens=800),
    ],
)
def test_tokens_that_an_endpoint_had_kept_have_their_price(told: dict[str, Any]) -> None:
    prices = {"price_input": Decimal(2), "price_cached": Decimal("0.5"), "price_output": Decimal(0)}
    with scripted(RIGHT, usage=told) as server:
        [reply] = ask(settings_for(server, **prices))
        [dear] = ask(settings_for(server, **prices | {"price_cached": None}))
    assert isinstance(reply, Reply)
    assert isinstance(dear, Reply)
    assert reply.usage.cached_tokens == 800
    assert reply.usage.cost == Decimal("0.0008")
    assert dear.usage.cost == Decimal("0.002")


@pytest.mark.parametrize("mode", MODES)
def test_what_questions_share_comes_first_and_is_the_same(mode: ModeName) -> None:
    """Endpoints keep what prompts begin with."""
    with scripted(RIGHT) as server:
        ask(settings_for(server, mode=mode), question(), question("其他"))
    one, other = (json.dumps(asked.body["messages"]) for asked in server.requests)
    system = json.dumps(server.requests[0].body["messages"][0])
    assert one.startswith(f"[{system}")
    assert other.startswith(f"[{system}")


# --- in the ledger


def test_every_attempt_is_kept_with_what_was_sent_and_what_came_back(tmp_path: Path) -> None:
    with scripted(RIGHT, faults=[Status(500)], usage=usage(12)) as server:
        settings = settings_for(server, store=tmp_path / "s.sqlite")
        ask(settings)
    with closing(Database(settings.store)) as database:
        failed, right = database.rows("SELECT * FROM calls")
    assert (failed["outcome"], failed["answer"], failed["told_input"]) == ("http 500", "", None)
    assert failed["request"] == right["request"]
    assert len(right["request"]) == 64
    assert json.loads(right["answer"]) == RIGHT
    assert (right["told_input"], right["told_output"]) == (12, 9)
    assert right["own_input"] > 0
    assert right["own_output"] > 0


# --- the probe


def test_a_busy_endpoint_is_waited_for_by_the_probe_too() -> None:
    with scripted(COPIED, faults=[Status(429)] * 4) as server:
        [result] = probe(settings_for(server))
    assert result.right


@pytest.mark.parametrize("figures", [("1，955.06＠1", "1,950.38@2万元"), ("1955.06@1", "1,950.38 @2")])
def test_the_probe_takes_pairs_as_models_write_them(figures: tuple[str, str]) -> None:
    names = list(ProbeAnswer.model_fields)
    with scripted(message(json.dumps(dict(zip(names, figures, strict=True))))) as server:
        [result] = probe(settings_for(server))
    assert result.works

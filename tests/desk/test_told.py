"""Everything that marks and pages say is there in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recount.desk.told import WORDS, said
from recount.schemas.saying import say

ROOT = Path(__file__).resolve().parents[2]
ENGLISH = re.compile(r"[A-Za-z]{2,}")


def places(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name}


def test_both_languages_say_the_same() -> None:
    assert WORDS["zh"].keys() == WORDS["en"].keys()
    assert {key: places(words) for key, words in WORDS["zh"].items()} == {
        key: places(words) for key, words in WORDS["en"].items()
    }
    assert not [words for words in WORDS["zh"].values() if ENGLISH.search(re.sub(r"\{\w+\}|Recount|SHA", "", words))]


def test_what_is_said_as_a_code_needs_no_pattern() -> None:
    assert said(say("levelled"), "zh") == say("levelled").told("zh")
    assert said(say("levelled"), "en") == "levelled"


@given(st.text())
def test_no_sentence_is_lost(sentence: str) -> None:
    assert said(sentence, "en") == sentence
    assert bool(said(sentence, "zh")) == bool(sentence)


# --- what the desk answers instead of doing what it was asked

ANSWERING = (
    "pipeline/review/decisions.py",
    "desk/app.py",
    "desk/pages.py",
    "desk/recounting.py",
    "desk/session.py",
    "desk/sources.py",
    "eval/goldset/promote.py",
)
ERRORS = {"UsageError", "DocumentError", "SourceUnreachable", "NotRecounted"}


def sentences(node: ast.expr, constants: Mapping[str, ast.expr]) -> list[str]:
    """What an expression may say, with 7 wherever something is filled in; nothing for what only hands a sentence on."""
    match node:
        case ast.Constant(value=str(words)):
            return [words]
        case ast.JoinedStr(values=parts):
            return ["".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in parts)]
        case ast.IfExp(body=one, orelse=other):
            return sentences(one, constants) + sentences(other, constants)
        case ast.Name(id=name) if name in constants:
            return sentences(constants[name], {})
    return []


def sentences_of(module: str) -> Iterator[str]:
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS and node.args:
            yield from sentences(node.args[0], constants)


@pytest.mark.parametrize("module", ANSWERING)
def test_every_refusal_is_said_in_chinese(module: str) -> None:
    found = list(sentences_of(module))
    assert found
    kept = re.compile(r"--[\w-]+|DIR|OCR|structure")
    assert not {words: said(words, "zh") for words in found if ENGLISH.search(kept.sub("", said(words, "zh")))}


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("cannot be read: Permission denied", "无法读取：没有权限"),
        ("the decision cannot be kept in /o/a.jsonl: No space left on device", "核定无法写入/o/a.jsonl：磁盘已满"),
        ("it took longer than 900 seconds", "超过900秒未完成"),
        ("a.pdf is encrypted; it opens only with a password.", "有密码，无法打开"),
    ],
)
def test_what_the_desk_answers_is_said_with_what_it_quotes(english: str, chinese: str) -> None:
    assert said(english, "zh") == chinese

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

from recount.desk.told import WORDS, named, said
from recount.pipeline.result import STATUSES
from recount.pipeline.review.decisions import Verdict

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = (ROOT / "docs" / "contract" / "result.md").read_text(encoding="utf-8")
ENGLISH = re.compile(r"[A-Za-z]{2,}")


def places(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name}


def test_both_languages_say_the_same() -> None:
    assert WORDS["zh"].keys() == WORDS["en"].keys()
    assert {key: places(words) for key, words in WORDS["zh"].items()} == {
        key: places(words) for key, words in WORDS["en"].items()
    }
    assert not [words for words in WORDS["zh"].values() if ENGLISH.search(re.sub(r"\{\w+\}|Recount|SHA", "", words))]


def test_every_status_severity_verdict_and_kind_has_a_chinese_name() -> None:
    rows = re.findall(
        r"^\| ((?:`[\w ]+`(?:, )?)+) \|", CONTRACT[CONTRACT.index("`summary.remarks` has") :], re.MULTILINE
    )
    kinds = [kind for row in rows for kind in re.findall("`([^`]+)`", row)]
    kinds = kinds[: kinds.index("out of line") + 1]
    assert len(kinds) > 15
    verdicts = [str(verdict) for verdict in Verdict if verdict is not Verdict.WITHDRAWN]
    for word in (*kinds, *STATUSES, "error", "minor", *verdicts):
        assert not ENGLISH.search(named(word, "zh")), word
        assert named(word, "en") == word


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("levelled", "各项占比经尾差调整，合计为100%"),
        ("most likely 本年收入合计 5756.74", "疑为本年收入合计 5756.74"),
        ("most likely 甲 1, 乙 2, 丙 3 or 2 more", "疑为甲 1, 乙 2, 丙 3，或另外2处"),
        ("a row of about 33.90 is missing; else most likely 合计 1.00", "似缺一行，金额约33.90；否则疑为合计 1.00"),
        ("a row of 33.90 is doubled", "似有一行重复计入，金额约33.90"),
        ("most likely the unit of 收入决算表: all its amounts are off by a power of ten",
         "疑为“收入决算表”计量单位有误：全表金额均差10的整数次幂"),
        ("201 is 一般公共服务支出, 国防支出 is 203", "201应为一般公共服务支出，国防支出的编码为203"),
        ("scored by steps: 3 of 7 scores", "得分按档次给分（7项中3项）"),
        ("the page shows 12.00 where its text says 13.00", "页面显示12.00，文字层为13.00"),
        ("a note was put on the page: 改", "页面上加了批注: 改"),
        ("this page and the 2 after it hold no report: left out", "本页及其后2页没有报告内容，未采用"),
        ("支出总计不含年末结转和结余", "支出总计不含年末结转和结余"),
        ("something that nobody has translated", "something that nobody has translated"),
    ],
)  # fmt: skip
def test_what_results_say_in_english_is_said_in_chinese(english: str, chinese: str) -> None:
    assert said(english, "zh") == chinese
    assert said(english, "en") == english


@given(st.text())
def test_no_sentence_is_lost(sentence: str) -> None:
    assert said(sentence, "en") == sentence
    assert bool(said(sentence, "zh")) == bool(sentence)


# --- what the desk answers instead of doing what it was asked

ANSWERING = (
    "pipeline/review/decisions.py",
    "pipeline/review/overlay.py",
    "desk/app.py",
    "desk/pages.py",
    "desk/recounting.py",
    "desk/session.py",
    "desk/sources.py",
    "eval/goldset/promote.py",
)
ERRORS = {"UsageError", "DocumentError", "SourceUnreachable", "NotRecounted", "StaleDecision"}


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
        ("what stands there is read as 1,234.00 now", "该处现在读作1,234.00"),
        ("line 3 of the decisions is none: cut off", "核定记录第3行无法识读"),
        ("审计员 took it out: 见批注", "审计员核定其不属此处: 见批注"),
        ("cannot be read: Permission denied", "无法读取：没有权限"),
        ("the decision cannot be kept in /o/a.jsonl: No space left on device", "核定无法写入/o/a.jsonl：磁盘已满"),
        ("it took longer than 900 seconds", "超过900秒未完成"),
        ("a.pdf is encrypted; it opens only with a password.", "有密码，无法打开"),
    ],
)
def test_what_the_desk_answers_is_said_with_what_it_quotes(english: str, chinese: str) -> None:
    assert said(english, "zh") == chinese

"""What is said as a code: the words of each are there in both languages, and what is written is read again."""

from __future__ import annotations

import ast
import re
from decimal import Decimal
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recount.pipeline.lasting import decoded, encoded
from recount.pipeline.result import STATUSES
from recount.pipeline.review.decisions import Verdict
from recount.schemas.figures import Kind
from recount.schemas.saying import SAYINGS, Saying, heard, named, quoted, say, with_values
from recount.tests.sayings import kinds_of_remarks

ROOT = Path(__file__).resolve().parents[2]
SOURCE = [path for room in ("schemas", "pipeline", "desk", "eval") for path in (ROOT / room).rglob("*.py")]
LATIN = re.compile(r"[A-Za-z]{2,}")
POINTERS = {"figure"}
"""Parameters that no words tell: where in the report a figure stands."""


ROW = say("row_missing", amount=Decimal("33.90"))


def gaps(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name}


def codes_in(node: ast.expr) -> list[str]:
    """The codes that an argument may be; none where it is reckoned."""
    match node:
        case ast.Constant(value=str(code)):
            return [code]
        case ast.IfExp(body=one, orelse=other):
            return codes_in(one) + codes_in(other)
    return []


@cache
def looked_through() -> tuple[list[tuple[str, str, set[str]]], set[object]]:
    """Whatever is said anywhere, its place, its code and the names of its parameters; and all constants but those of
    the list of sayings itself."""
    found: list[tuple[str, str, set[str]]] = []
    constants: set[object] = set()
    for path in SOURCE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say" and node.args:
                names = {keyword.arg or "" for keyword in node.keywords}
                found += ((f"{path.name}:{node.lineno}", code, names) for code in codes_in(node.args[0]))
            elif isinstance(node, ast.Constant) and path.name != "saying.py":
                constants.add(node.value)
    return found, constants


def test_whatever_is_said_has_its_words_and_just_their_parameters() -> None:
    found, _ = looked_through()
    assert len(found) > 80
    assert not [(place, code) for place, code, _ in found if code not in SAYINGS]
    assert not [(place, code) for place, code, names in found if names - POINTERS != gaps(SAYINGS[code][0])]


def test_all_words_are_of_something_that_is_said() -> None:
    _, constants = looked_through()
    assert not set(SAYINGS) - constants - {"said"}
    assert {kind.value for kind in Kind} <= set(SAYINGS)


def test_both_languages_say_the_same() -> None:
    assert not [code for code, (english, chinese) in SAYINGS.items() if gaps(english) != gaps(chinese)]
    assert not [code for code, (_, chinese) in SAYINGS.items() if LATIN.search(re.sub(r"{[^}]*}|OCR", "", chinese))]


@pytest.mark.parametrize(
    ("saying", "english", "chinese"),
    [
        (say("levelled"), "levelled", "各项占比经尾差调整，合计为100%"),
        (
            say("most_likely", figures=(say("figure", figure="/a", title="本年收入合计", value=Decimal("5756.70")),)),
            "most likely 本年收入合计 5756.70",
            "疑为本年收入合计 5756.70",
        ),
        (
            say("most_likely_among", figures=("甲 1", "乙 2"), more=2),
            "most likely 甲 1, 乙 2 or 2 more",
            "疑为甲 1、乙 2，或另外2处",
        ),
        (
            say("or_else", first=ROW, second=say("most_likely", figures=("甲 1",))),
            "a row of about 33.90 is missing; else most likely 甲 1",
            "似缺一行，金额约33.90；否则疑为甲 1",
        ),
        (
            say("together", parts=(say("does_not_fit", rules=("a = b", "c = d")), say("read_otherwise", reading="7"))),
            "does not fit: a = b; c = d; read otherwise a second time: 7",
            "勾稽不符：a = b；c = d；再次识读为7",
        ),
        (say("with_words", what=say("note"), words="改"), "a note was put on the page: 改", "页面上加了批注：改"),
        (say("of_another_report", whose="{0} {x}"), "it is of {0} {x}: left out", "属于{0} {x}，未采用"),
        (quoted("as it was said"), "as it was said", "as it was said"),
        (
            Saying("of_a_later_version", (("page", 3), ("why", say("note")))),
            "of_a_later_version (page=3, why=a note was put on the page)",
            "of_a_later_version (page=3, why=页面上加了批注)",
        ),
        (Saying("repeated_page"), "repeated_page", "repeated_page"),
    ],
)  # fmt: skip
def test_it_is_told_in_both_languages(saying: Saying, english: str, chinese: str) -> None:
    assert (str(saying), saying.told("en"), saying.told("zh")) == (english, english, chinese)


def test_a_parameter_is_had_by_its_name() -> None:
    assert say("repeated_page", page=3)["page"] == 3
    with pytest.raises(KeyError):
        say("repeated_page", page=3)["line"]


VALUES = st.text() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False, places=2)


NAMES = st.text(min_size=1).filter(lambda name: name != "code")


def sayings(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Saying]:
    return st.builds(lambda code, given: say(code, **given), st.text(), st.dictionaries(NAMES, values))


@given(
    saying=sayings(st.recursive(VALUES, lambda values: sayings(values) | st.lists(values).map(tuple), max_leaves=10))
)
def test_what_is_said_is_read_again_as_it_was_written(saying: Saying) -> None:
    again = heard(decoded(encoded({"it": saying.plain()}))["it"], "it")
    assert (again, str(again), again.told("zh")) == (saying, str(saying), saying.told("zh"))


def test_a_sentence_of_an_earlier_version_is_said_as_it_was() -> None:
    assert str(heard("does not fit: a = b", "it")) == "does not fit: a = b"


@pytest.mark.parametrize("content", [7, [], {}, {"code": 7}, {"code": "x", "page": None}, {"code": "x", "of": [{}]}])
def test_what_says_nothing_is_no_saying(content: Any) -> None:
    with pytest.raises(ValueError, match="check 3 says"):
        heard(content, "check 3")


def test_every_status_severity_verdict_and_kind_has_a_chinese_name() -> None:
    verdicts = [verdict.value for verdict in Verdict if verdict is not Verdict.WITHDRAWN]
    kinds = kinds_of_remarks()
    assert len(kinds) > 15
    for word in (*kinds, *STATUSES, "error", "minor", *verdicts):
        assert not LATIN.search(named(word, "zh")), word
        assert named(word, "en") == word


def test_words_of_results_and_of_schemas_have_chinese_names() -> None:
    assert (named("disputed", "zh"), named("disputed", "en"), named("x", "zh")) == ("存疑", "disputed", "x")
    assert (named("model:甲", "zh"), named("model:甲", "en")) == ("模型：甲", "model:甲")
    assert (with_values("2 administrative", "zh"), with_values("true", "en")) == ("2 行政单位", "true")

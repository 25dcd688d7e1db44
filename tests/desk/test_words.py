"""The desk's words: the same gaps in both languages, none that nobody says, none missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from recount.desk.shelf import STATES
from recount.desk.view import STATUS_WORDS
from recount.desk.words import _TABLE, Words
from recount.pipeline.review.decisions import Verdict

DESK = Path(__file__).resolve().parents[2] / "desk"
_GAP = re.compile(r"{(\w+)}")


def test_both_languages_have_the_same_gaps() -> None:
    assert not [key for key, both in _TABLE.items() if set(_GAP.findall(both[0])) != set(_GAP.findall(both[1]))]


def test_what_is_said_in_chinese_is_chinese() -> None:
    allowed = r"--gold|PDF|Esc|recount retry DIR --failed|recount review"
    assert not [
        key for key, (said, _) in _TABLE.items() if re.search("[A-Za-z]{2}", re.sub(allowed, "", _GAP.sub("", said)))
    ]


def test_every_word_that_is_asked_for_is_there_and_every_word_is_asked_for() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (*DESK.rglob("*.py"), *DESK.rglob("*.html")))
    asked = set(re.findall(r"\bt(?:\.raw)?\('(\w+)'", code)) | set(re.findall(r"'(\w+)'", code))
    asked |= (
        {f"state_{state}" for state in STATES} | set(STATUS_WORDS.values()) | {verdict.value for verdict in Verdict}
    )
    asked |= {f"do_{word}" for word in ("as_printed", "misread", "other_token", "not_a_figure", "note", "undo")}
    called = set(re.findall(r"\bt\('(\w+)'[,)]", code))
    assert called <= set(_TABLE)
    assert set(_TABLE) <= asked


def test_gaps_are_filled() -> None:
    assert Words("zh")("page", n=3) == "第 3 页"
    assert Words("en")("page", n=3) == "page 3"
    assert Words("en").raw("page") == "page {n}"
    with pytest.raises(KeyError):
        Words("zh")("no such word")

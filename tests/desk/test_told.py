"""Everything that marks and pages say is there in both languages."""

from __future__ import annotations

import re
from string import Formatter

from recount.desk.told import WORDS

ENGLISH = re.compile(r"[A-Za-z]{2,}")


def places(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name}


def test_both_languages_say_the_same() -> None:
    assert WORDS["zh"].keys() == WORDS["en"].keys()
    assert {key: places(words) for key, words in WORDS["zh"].items()} == {
        key: places(words) for key, words in WORDS["en"].items()
    }
    assert not [words for words in WORDS["zh"].values() if ENGLISH.search(re.sub(r"\{\w+\}|Recount|SHA", "", words))]

"""The list of lines that carry the promise: every line stands where the list says, and its tests are there."""

from __future__ import annotations

import pytest

from recount.eval.broken_lines import KEPT, LINES, ROOT
from recount.eval.carrying_lines import CarryingLine


@pytest.mark.parametrize("line", LINES, ids=[f"{line.file}: {line.promise}" for line in LINES])
def test_a_line_stands_once_in_its_file_and_its_tests_exist(line: CarryingLine) -> None:
    assert (ROOT / line.file).is_file()
    text = (ROOT / line.file).read_text(encoding="utf-8")
    assert text.count(line.sound) == 1, f"{line.file} holds {line.sound!r} {text.count(line.sound)} times"
    assert line.broken != line.sound
    assert line.tests
    assert not [test for test in line.tests if not (ROOT / "tests" / test).exists()]


def test_no_line_is_broken_twice_in_the_same_way() -> None:
    ways = [(line.file, line.sound, line.broken) for line in LINES]
    assert len(set(ways)) == len(ways)


def test_the_documents_say_what_came_of_it_last() -> None:
    summary, *told = KEPT.read_text(encoding="utf-8").splitlines()
    assert summary == f"{len(LINES)} lines broken, {len(LINES)} noticed"
    assert [line.split(": ")[0] for line in told] == [line.file for line in LINES]
    said = (ROOT / "docs" / "verification.md").read_text(encoding="utf-8")
    assert f"of {len(LINES)} broken lines {len(LINES)} are noticed" in said

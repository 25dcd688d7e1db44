"""Who works tells what is begun; who hears is not drowned in it."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from recount.pipeline.steps import Step, Tally, heard, tell


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_every_stage_is_told_and_of_pages_those_that_are_apart(clock: list[float]) -> None:
    told: list[Step] = []
    with heard(told.append):
        for page in range(1, 11):
            tell("read", page, 10)
            clock[0] += 0.1
        tell("map")
        tell("ocr", 1, 2)
    assert told == [Step("read", 1, 10), Step("read", 4, 10), Step("read", 7, 10), Step("read", 10, 10), Step("map"),
                    Step("ocr", 1, 2)]  # fmt: skip


def test_nobody_hears_what_is_told_before_or_after() -> None:
    told: list[Step] = []
    tell("read", 1, 1)
    with heard(told.append):
        pass
    tell("read", 1, 1)
    assert told == []


def test_questions_of_several_threads_are_counted_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recount.pipeline.steps._EVERY", 0.0)
    told: list[Step] = []
    tally = Tally("ask")
    tally.expect(40)
    with heard(told.append), ThreadPoolExecutor(8) as pool:
        for _ in range(41):
            pool.submit(tally.next)
    assert [step.at for step in told] == list(range(1, 42))
    assert {step.of for step in told[:40]} == {40}
    assert told[-1].of == 41, "one more than was expected is no 41 of 40"

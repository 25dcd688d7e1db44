"""The tour: how somebody who has never seen the desk settles the disputes of the example archive, by keys alone.

The test of it (test_browser.py) counts keys and seconds; README's picture of it (pictures.py) shows its steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recount.pipeline.archive.sources import find_sources
from recount.pipeline.run.runner import run
from recount.tests.desk.made import EXAMPLE

READY, AT_REST = "body[data-ready]", "body:not([data-busy]):not([data-waiting])"
SLOW = 120_000
"""Milliseconds that a busy machine may take for a recount."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the tour. keys: pressed one after the other; typed: what is typed then. said: what the step shows, in
    the picture. until: what is there when it is done."""

    keys: tuple[str, ...]
    said: str
    until: str
    typed: str = ""


TOUR = (
    Step((), "待核清单：最要紧的排在最前", ".queue tbody tr"),
    Step(("j",), "选中第一份报告", ".queue tr.at"),
    Step(("Enter",), "左边是不符的勾稽关系，右边是原件：该数在两页上", f"{READY} .box.suspect"),
    Step(("2",), "逐个看其余数字的出处", ".card.at .figure.operand.on"),
    Step(("1",), "回到最可疑的数字：总分漏加资金执行得分", ".card.at .figure.suspect.on"),
    Step(("n",), "要说明的，写一句备注", ".card.at form", "总分漏加资金执行得分1.75分"),
    Step(("Enter", "a"), "原件如此：记下核定，立即重算", f"{AT_REST} .card.decided .made"),
    Step(("q",), "回到清单：1/1，全部核完", ".queue tr.done"),
)
"""Of the example archive: one figure is disputed, of an identity that spans two pages."""


def structured_in(folder: Path) -> Path:
    """The example archive, structured into a folder; its output."""
    run(find_sources([EXAMPLE.parents[1]]).sources, folder / "out", jobs=1)
    return folder / "out"


def pictured(page: Any) -> None:
    """Waits until every picture of a page is there, and no longer."""
    page.evaluate("Promise.all([...document.images].map((one) => one.decode().catch(() => {})))")


def walk(page: Any, steps: tuple[Step, ...] = TOUR) -> Iterator[Step]:
    """Goes through the tour on a page that shows the queue; each step when it is done."""
    for step in steps:
        for key in step.keys:
            page.keyboard.press(key)
        if step.typed:
            page.keyboard.type(step.typed)
        page.wait_for_selector(step.until, timeout=SLOW)
        pictured(page)
        yield step


def presses(steps: tuple[Step, ...] = TOUR) -> int:
    """How many keys the tour takes, each typed character one of them."""
    return sum(len(step.keys) + len(step.typed) for step in steps)

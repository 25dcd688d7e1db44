"""The desk in a browser: boxes lie on the digits, the whole tour by keyboard, nothing leaves the machine."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import cv2
import numpy as np
import pytest

from recount.desk.shelf import key_of
from recount.pipeline.archive.sources import find_sources
from recount.pipeline.result import read_result
from recount.pipeline.review.decisions import read
from recount.pipeline.run.runner import run
from recount.tests.desk import made
from recount.tests.desk.browser import browsing, needs_browser, sitting
from recount.tests.desk.conftest import BAD, BAD_NAME
from recount.tests.desk.tour import AT_REST, READY, TOUR, pictured, presses, structured_in, walk

pytestmark = needs_browser

NAME = f"2022.zip/{BAD_NAME}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with browsing() as opened:
        yield opened


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page of the browser, which must not complain, nor ask anything of another machine."""
    opened = browser.new_page(viewport={"width": 1280, "height": 800})
    said: list[str] = []
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    opened.on("request", lambda request: said.append(request.url) if not is_here(request.url) else None)
    yield opened
    opened.close()
    assert not said


def is_here(url: str) -> bool:
    return urlsplit(url).hostname == "127.0.0.1"


# --- boxes

WAYS: dict[str, Callable[[], bytes]] = {
    "plain": made.plain,
    "turned90": lambda: made.turned(1),
    "turned180": lambda: made.turned(2),
    "turned270": lambda: made.turned(3),
    "cropped": made.cropped,
    "two_up": made.two_up,
    "skewed": made.skewed,
}


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of a report in all the ways in which pages come."""
    folder = tmp_path_factory.mktemp("ways")
    for name, make in WAYS.items():
        (folder / f"{name}.pdf").write_bytes(make())
    run(find_sources([folder]).sources, folder / "out", jobs=1)
    return folder / "out"


def spots_of(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The dark spots of a picture, each with its corner and size, and their middles; no ruling line is one."""
    _, _, spots, middles = cv2.connectedComponentsWithStats((picture < 140).astype(np.uint8))
    small = spots[1:, 2:4].max(axis=1) < 90
    return spots[1:][small], middles[1:][small]


def ink_under(spots: np.ndarray, middles: np.ndarray, box: list[float]) -> list[float] | None:
    """What is printed where a box lies: the hull of the dark spots whose middle is in it."""
    x, y, wide, high, _ = spots[((middles >= box[:2]) & (middles <= box[2:])).all(axis=1)].T
    if not len(x):
        return None
    return [x.min(), y.min(), (x + wide).max(), (y + high).max()]


def overlap(one: list[float], other: list[float]) -> float:
    across, down = (min(one[at + 2], other[at + 2]) - max(one[at], other[at]) for at in (0, 1))
    shared = max(across, 0) * max(down, 0)
    area = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return shared / (area - shared)


def test_boxes_lie_on_the_digits(ways: Path, page: Any) -> None:
    """As the browser shows them: what is dark under a box is the digits, and its hull is most of the box."""
    seen, worst = 0, 1.0
    with sitting(ways, "--lang", "zh") as desk:
        for name in WAYS:
            page.goto(f"{desk.address}r/{key_of(f'{name}.pdf')}")
            page.wait_for_selector(READY)
            page.wait_for_selector(".sheet img")
            pictured(page)
            for at in range(page.locator(".sheet").count()):
                seen_here, worst_here = boxes_of(page, page.locator(".sheet").nth(at))
                seen, worst = seen + seen_here, min(worst, worst_here)
                assert worst_here >= 0.5, name
    assert seen >= 50


def boxes_of(page: Any, sheet: Any) -> tuple[int, float]:
    """How many boxes a page has, and how much of the worst is ink, in the picture that fills the page."""
    shares = sheet.evaluate(
        """(sheet) => {
          const own = sheet.querySelector("img").getBoundingClientRect();
          return [...sheet.querySelectorAll(".box[data-p]")].map((box) => {
            const at = box.getBoundingClientRect();
            return [at.left - own.left, at.top - own.top, at.right - own.left, at.bottom - own.top]
              .map((side, way) => side / (way % 2 ? own.height : own.width));
          });
        }"""
    )
    source = sheet.locator("img").evaluate("(picture) => picture.src")
    content = page.request.get(source.partition("?")[0] + "?dpi=200").body()
    picture = np.asarray(cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE))
    high, wide = picture.shape
    boxes = [[side * (high if way % 2 else wide) for way, side in enumerate(box)] for box in shares]
    spots, middles = spots_of(picture)
    inks = [ink_under(spots, middles, box) for box in boxes]
    assert None not in inks
    return len(boxes), min((overlap(box, ink) for box, ink in zip(boxes, inks, strict=True) if ink), default=1.0)


# --- the tour


@pytest.fixture
def tour(desk: Path, page: Any) -> Iterator[Any]:
    """The queue of an archive that is to be decided about."""
    with sitting(desk, "--lang", "zh") as opened:
        page.goto(opened.address)
        yield page


def settle(page: Any) -> None:
    page.wait_for_selector(AT_REST, timeout=120_000)


def test_the_whole_tour_without_a_mouse(tour: Any, desk: Path) -> None:
    """From the queue to a report, through its cards, each kind of decision, and back."""
    page, press = tour, tour.keyboard.press
    press("j")
    press("Enter")
    page.wait_for_selector(READY)
    assert page.locator(".card.at .figure.suspect.on").count() == 1
    assert page.locator(".box.suspect").count() == 1
    assert page.locator(".column").count() == 2  # the identity spans two pages
    assert page.locator(".box.operand").count() == 9
    press("2")
    assert page.locator(".card.at .figure.on").get_attribute("data-p").endswith("/indicators/0/score")
    press("1")
    press("n")
    page.keyboard.type("与原件核对")
    press("Enter")
    press("a")
    settle(page)
    assert page.locator(".card.decided").count() == 1
    press("u")
    settle(page)
    assert page.locator(".card.decided").count() == 0
    press("m")
    page.keyboard.type("100")
    press("Enter")
    settle(page)
    press("u")
    settle(page)
    press("x")
    settle(page)
    press("u")
    settle(page)
    verdicts = [one.verdict.value for one in read(desk, NAME).decisions]
    back = "withdrawn"
    assert verdicts == ["as_printed", back, "other_token", back, "not_a_figure", back]
    assert read(desk, NAME).decisions[0].note == "与原件核对"
    for key in ("]", "[", "+", "-", "0", "?"):
        press(key)
    assert page.locator("#help[open]").count() == 1
    press("Escape")
    press("f")
    page.wait_for_selector("#all [data-p]")
    press("Escape")
    press("J")
    page.wait_for_selector(f"{READY} .none")
    press("K")
    page.wait_for_selector(f"{READY} .card.error")
    press("q")
    page.wait_for_selector(".queue")


def test_somebody_new_settles_the_disputes_of_the_example_archive_in_a_minute(tmp_path: Path, page: Any) -> None:
    """The keys of the tour alone, which README shows: in a second each, and what the desk itself takes."""
    out = structured_in(tmp_path)
    with sitting(out, "--lang", "zh") as opened:
        page.goto(opened.address)
        page.wait_for_selector(".queue tbody tr")
        began = time.monotonic()
        assert len(list(walk(page))) == len(TOUR)
        taken = time.monotonic() - began
    assert presses() <= 30
    assert presses() + taken < 60
    told = read(out, f"2022/{made.EXAMPLE.name}").decisions
    assert [(one.verdict.value, one.note) for one in told] == [("as_printed", "总分漏加资金执行得分1.75分")]


def test_a_number_of_a_digital_page_is_not_typed(tour: Any, desk: Path) -> None:
    tour.locator(".queue a").first.click()
    tour.wait_for_selector(READY)
    assert tour.locator(".card.at .actions button").nth(1).is_disabled()
    tour.keyboard.press("e")
    assert tour.locator("#toast.bad").count() == 1
    assert not (desk / "corrections").exists()


def test_a_figure_on_the_page_tells_its_field_and_a_field_its_place(tour: Any) -> None:
    tour.locator(".queue a").first.click()
    tour.wait_for_selector(READY)
    tour.locator(".box.operand").first.click()
    assert "得分" in tour.locator("#about").inner_text()
    assert "总分 = 各指标得分之和 + 资金得分" in tour.locator("#about").inner_text()
    tour.keyboard.press("f")
    link = tour.locator("#all [data-p]").nth(3)
    tour.locator("#all summary").nth(1).click()
    name = link.get_attribute("data-p")
    link.click()
    assert tour.locator(".box.on").get_attribute("data-p") == name


def test_a_name_that_would_be_a_script_is_only_shown(tour: Any) -> None:
    assert tour.locator(".queue").inner_text().count(BAD_NAME) == 1
    tour.locator(".queue a").first.click()
    tour.wait_for_selector(READY)
    assert tour.locator(".top .where").inner_text() == NAME
    assert tour.locator("script:not([src])").count() == 0


def test_no_decision_that_was_acknowledged_is_lost_when_the_desk_is_killed(desk: Path, page: Any) -> None:
    told = []
    pointer = "/project_evaluations/0/total_score"
    with sitting(desk) as opened:
        page.goto(f"{opened.address}r/{BAD}")
        page.wait_for_selector(READY)
        for at in range(5):
            body = json.dumps({"pointer": pointer, "verdict": "as_printed", "note": str(at)})
            origin = opened.address.rsplit("/", 2)[0]
            answer = page.request.post(f"{opened.address}r/{BAD}/decide", data=body, headers={"origin": origin})
            told.append(answer.json()["id"])
        os.kill(opened.process.pid, signal.SIGKILL)
        opened.process.wait()
    assert [one.id for one in read(desk, NAME).decisions] == told
    page.goto("about:blank")


def test_what_a_scan_shows_is_typed_and_the_next_run_reads_it_so(ways: Path, tmp_path: Path, page: Any) -> None:
    out = Path(shutil.copytree(ways, tmp_path / "out"))
    with sitting(out, "--lang", "zh") as opened:
        page.goto(f"{opened.address}r/{key_of('skewed.pdf')}")
        page.wait_for_selector(READY)
        assert page.locator(".card.at .figure.suspect .raw").inner_text() == "90.00"
        page.keyboard.press("e")
        page.keyboard.type("91.75")
        page.keyboard.press("Enter")
        settle(page)
        assert page.locator(".card").count() == 0  # the identity holds with it
        told = page.locator("#cards").inner_text()
        assert all(part in told for part in ("初读 90.00", "采用 91.75", "审计员 核定：误读", "已人工核定", "已核 1/1"))
        assert page.locator(".item img.crop").count() == 1
        page.keyboard.press("u")
        settle(page)
        assert page.locator(".card.error").count() == 1
        page.keyboard.press("e")
        page.keyboard.type("91.75")
        page.keyboard.press("Enter")
        settle(page)
    run(find_sources([ways.parent / "skewed.pdf"]).sources, out, jobs=1)
    figure = read_result(out / "reports" / "skewed.pdf.json").figures["/project_evaluations/0/total_score"]
    assert (figure.status, figure.first_reading, figure.raw) == ("reviewed", "90.00", "91.75")


# --- for everybody


@pytest.fixture(scope="module")
def seated(structured: Path) -> Iterator[Callable[[str], str]]:
    """The address of a desk that nobody decides at, in a language."""
    with ExitStack() as open_ones:
        yield cache(lambda language: open_ones.enter_context(sitting(structured / "out", "--lang", language)).address)


def look(page: Any, desk: str, path: str) -> None:
    """Opens a page of a desk, until all of it is there."""
    page.goto(desk + path)
    if path.startswith("r/"):
        page.wait_for_selector(READY)
    pictured(page)


def test_names_contrast_and_focus(seated: Callable[[str], str], page: Any) -> None:
    """What axe-core (npm) finds, where it is at hand; and that focus is seen."""
    axe = os.environ.get("RECOUNT_AXE")
    for path in ("", "overview", f"r/{BAD}"):
        look(page, seated("zh"), path)
        nameless = page.evaluate(
            "[...document.querySelectorAll('button, a, input, select, img, summary, progress')]"
            ".filter((one) => !(one.textContent.trim() || one.ariaLabel || one.alt || one.title || one.labels?.[0])"
            " && one.offsetParent).map((one) => one.outerHTML)"
        )
        assert nameless == []
        if axe:
            found = page.evaluate(f"(() => {{ {Path(axe).read_text(encoding='utf-8')} }})(), window.axe.run()")
            assert {one["id"]: one["nodes"][0]["html"] for one in found["violations"]} == {}, path
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


@pytest.mark.parametrize(("language", "width"), [("zh", 1280), ("en", 1280), ("zh", 1920), ("en", 1920)])
def test_nothing_is_cut_off(seated: Callable[[str], str], page: Any, language: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for path in ("", "overview", f"r/{BAD}"):
        look(page, seated(language), path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        cut = page.evaluate(
            "[...document.querySelectorAll('button:not(.box), h1, h2, h3, .chip, .tools *')]"
            ".filter((one) => one.offsetParent && one.scrollWidth > one.clientWidth + 1 && one.clientWidth)"
            ".map((one) => one.outerHTML)"
        )
        assert cut == []


def test_the_archive_may_be_gone_and_the_results_are_shown_all_the_same(
    desk: Path, page: Any, structured: Path
) -> None:
    empty = desk / "empty"
    empty.mkdir()
    shutil.copy(structured / "src" / "clean.pdf", empty / "other.pdf")
    shutil.copy(structured / "src" / "broken.pdf", empty / "more.pdf")
    with sitting(desk, NAME, "--sources", str(empty), "--lang", "zh") as opened:
        page.goto(opened.address)
        page.wait_for_selector(READY)
        assert "原件无法打开" in page.locator("#sheets").inner_text()
        assert page.locator(".card.at .figure.suspect").count() == 1


def test_the_figures_of_a_text_are_marked_in_its_lines(tmp_path: Path, page: Any) -> None:
    words = (
        "岚市水利局2022年度部门决算公开说明\n\n一、收入支出决算总体情况说明\n"
        "𠮷 2022年度收入总计411.63万元，支出总计511.63万元。\n<b>与上年相比，收、支总计各增加1.00万元，增长0.24%。\n"
    )
    (tmp_path / "a.txt").write_text(words, encoding="utf-8")
    run(find_sources([tmp_path / "a.txt"]).sources, tmp_path / "out", jobs=1)
    with sitting(tmp_path / "out", "a.txt") as desk:
        page.goto(desk.address)
        page.wait_for_selector(READY)
        assert "<b>与上年" in page.locator(".text").inner_text()
        told = page.request.get(f"{desk.address}/state").json()["data"]["figures"]
        marked = page.locator(".text .box").evaluate_all("(all) => all.map((one) => [one.dataset.p, one.textContent])")
        assert len(marked) >= 4
        assert all(text.rstrip("%") == told[pointer]["raw"].rstrip("%") for pointer, text in marked)

"""The documents' pictures: `python -m recount.tests.desk.pictures docs/pictures`; with names behind it (`run.png
workbook.png`) only those.

The desk and the workbook are of an archive of generated reports with planted contradictions, the terminal and the tour
of the example archive. What a picture shows is the program's own work: made anew when that looks otherwise.
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image

from recount.eval.goldset.generated import orders_of, write_cases
from recount.pipeline.archive.sources import find_sources
from recount.pipeline.lasting import decoded
from recount.pipeline.run.runner import run
from recount.tests.desk.browser import browsing, sitting
from recount.tests.desk.made import EXAMPLE
from recount.tests.desk.screens import terminal_taken, workbook_taken
from recount.tests.desk.tour import TOUR, Step, structured_in, walk

FORMS = (("x2022", range(10, 13)), ("x2023", range(20, 22)), ("s2024", range(30, 32)), ("n", range(40, 43)))
SHOWN = "北岭市国库集中支付中心"
"""The report whose card is shown: a sum that spans two pages."""


def archive_in(folder: Path) -> Path:
    """An archive, structured; its output."""
    archive = Path(shutil.copytree(EXAMPLE.parents[1], folder / "archive"))
    for form, seeds in FORMS:
        for case in write_cases(orders_of(form, seeds, slips=0, plant=2), folder / form, 1):
            told = decoded((case / "expected.json").read_bytes())
            target = archive / str(told["fiscal_year"])
            target.mkdir(exist_ok=True)
            shutil.copy(case / "report.pdf", target / f"{told['unit_name']}{told['fiscal_year']}年度部门决算.pdf")
    found = find_sources([archive])
    run(found.sources, folder / "out", others=found.others, jobs=1)
    return folder / "out"


def taken(page: Any, target: Path) -> None:
    """A picture of what the browser shows."""
    with Image.open(io.BytesIO(page.screenshot())) as picture:
        small = picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        small.save(target, optimize=True)
    print(target)


_CAPTION = """([keys, said]) => {
  document.getElementById("caption")?.remove();
  const bar = Object.assign(document.createElement("div"), { id: "caption" });
  Object.assign(bar.style, { position: "fixed", left: 0, right: 0, bottom: 0, zIndex: 99, padding: "13px 22px",
    background: "#14213d", color: "#fff", font: "600 21px sans-serif", display: "flex", gap: "10px",
    alignItems: "center" });
  for (const key of keys) {
    const cap = Object.assign(document.createElement("kbd"), { textContent: key });
    Object.assign(cap.style, { background: "#fca311", color: "#14213d", font: "700 21px monospace", padding: "3px 13px",
      borderRadius: "6px", border: 0 });
    bar.append(cap);
  }
  bar.append(said);
  document.body.append(bar);
  document.getElementById("toast").style.bottom = "80px";
}"""
"""Writes the keys of a step and what it shows below what the browser shows."""
_SECONDS = 2.6
"""For which a step of the tour is shown; the last one twice as long."""


def _frame(page: Any, step: Step) -> Image.Image:
    page.evaluate(_CAPTION, [[*step.keys, *(["…"] if step.typed else [])], step.said])
    with Image.open(io.BytesIO(page.screenshot())) as picture:
        return picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)


def tour_taken(browser: Any, out: Path, target: Path) -> None:
    """The steps of the tour over the example archive, one after the other."""
    page = browser.new_page(viewport={"width": 1180, "height": 700})
    with sitting(out, "--lang", "zh") as desk:
        page.goto(desk.address)
        page.wait_for_timeout(4_000)  # until all results are counted
        page.reload()
        first, *others = (_frame(page, step) for step in walk(page))
    times = [int(1000 * _SECONDS)] * len(TOUR)
    times[-1] *= 2
    first.save(target, save_all=True, append_images=others, duration=times, loop=0, optimize=True)
    print(target)


def desk_taken(browser: Any, out: Path, target: Path) -> None:
    """The overview of the generated archive, and a report of it at the desk."""
    page = browser.new_page(viewport={"width": 1680, "height": 940})
    with sitting(out, "--lang", "zh") as desk:
        page.goto(f"{desk.address}overview")
        page.wait_for_timeout(4_000)  # until all results are counted
        page.reload()
        taken(page, target / "overview.png")
        page.goto(f"{desk.address}?unit={SHOWN}")
        page.locator(".queue a").first.click()
        page.wait_for_selector("body[data-ready]")
        page.wait_for_load_state("networkidle")
        taken(page, target / "desk.png")


def main(target: Path, names: set[str]) -> None:
    """Makes the pictures of these names, or all."""
    target.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder, browsing() as browser:
        if not names or "run.png" in names:
            terminal_taken(browser, target / "run.png", 100)
        if not names or "tour.gif" in names:
            tour_taken(browser, structured_in(Path(folder, "tour")), target / "tour.gif")
        desk, book = not names or names & {"overview.png", "desk.png"}, not names or "workbook.png" in names
        out = archive_in(Path(folder)) if desk or book else None
        if out and book:
            workbook_taken(out, target / "workbook.png")
        if out and desk:
            desk_taken(browser, out, target)


if __name__ == "__main__":
    main(Path(sys.argv[1]), set(sys.argv[2:]))

"""The pictures of the desk in README and docs/desk.md: `python -m recount.tests.desk.pictures docs/pictures`.

Of an archive of generated reports with planted contradictions, as a browser shows it. What a picture shows is the
program's own work: made anew when the desk looks otherwise.
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


def main(target: Path) -> None:
    """Makes all pictures."""
    target.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder, browsing() as browser:
        out = archive_in(Path(folder))
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


if __name__ == "__main__":
    main(Path(sys.argv[1]))

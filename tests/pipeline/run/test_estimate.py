"""How long the rest of a run takes: what files hold by a look, and what is said on the timings of real reports."""

from __future__ import annotations

import heapq
import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymupdf
import pytest
from PIL import Image

from recount.pipeline.archive.locations import Url
from recount.pipeline.archive.sources import Source
from recount.pipeline.run.estimate import Estimate, Holds, look
from recount.pipeline.run.fates import Attempt, Outcome
from recount.pipeline.steps import Step

# --- what a file holds


def written(path: Path, kinds: str, **how: object) -> Source:
    """A PDF with a page for each letter: t text, s a scan, o a scan with somebody's text over it, p a photo in text."""
    picture = {"s": (1240, 1754), "o": (1240, 1754), "p": (1600, 1200)}
    document = pymupdf.open()
    for kind in kinds:
        page = document.new_page()
        if kind in picture:
            width, height = picture[kind]
            shown = pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.IRect(0, 0, width, height))
            shown.clear_with(page.number)  # else all are one picture
            page.insert_image(page.rect if kind != "p" else (50, 50, 350, 275), pixmap=shown)
        if kind != "s":
            page.insert_text((60, 600), "2022 411.63")
    document.save(path, **how)
    return Source(path, path.name, size=path.stat().st_size)


@pytest.mark.parametrize(
    ("kinds", "holds"),
    [("tttt", (4, 0)), ("sss", (3, 3)), ("ttss", (4, 2)), ("oooo", (4, 4)), ("tptp", (4, 0)), ("t", (1, 0))],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_look_tells_pages_and_scans(tmp_path: Path, kinds: str, holds: tuple[int, int], packed: bool) -> None:
    source = written(tmp_path / "a.pdf", kinds, use_objstms=int(packed), deflate=packed)
    assert look(source) == holds


def test_a_look_at_other_files(tmp_path: Path) -> None:
    frames = [Image.new("1", (64, 64)) for _ in range(3)]
    frames[0].save(tmp_path / "fax.tif", save_all=True, append_images=frames[1:])
    (tmp_path / "page.jpg").write_bytes(b"anything")
    (tmp_path / "report.txt").write_bytes(b"x" * 9000)
    (tmp_path / "none.tif").write_bytes(b"II*\0")
    assert look(Source(tmp_path / "fax.tif", "fax.tif")) == (3, 3)
    assert look(Source(tmp_path / "page.jpg", "page.jpg")) == (1, 1)
    assert look(Source(tmp_path / "report.txt", "report.txt", size=9000)) == (3, 0)
    assert look(Source(tmp_path / "none.tif", "none.tif")) == (1, 1)
    assert look(Source(tmp_path, "pages", files=12)) == (12, 12)


def test_what_cannot_be_looked_at_says_nothing(tmp_path: Path) -> None:
    locked = written(tmp_path / "a.pdf", "ttt", use_objstms=1, encryption=pymupdf.PDF_ENCRYPT_AES_256, owner_pw="x")
    assert look(locked) is None, "its objects are packed and not to be read"
    assert look(Source(tmp_path / "gone.pdf", "gone.pdf")) is None
    assert look(Source(tmp_path / "some.zip", "a.pdf", member="3")) is None
    assert look(Source(Url("s3://bucket/a.pdf"), "a.pdf")) is None


def test_what_comes_out_of_a_pipe_is_left_to_who_reads_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")
    assert look(Source(tmp_path / "pipe.pdf", "pipe.pdf")) is None


def test_a_stream_that_grows_without_end_is_not_unpacked(tmp_path: Path) -> None:
    import zlib

    bomb = zlib.compress(b"/Type /Page " + b"\0" * (1 << 26))
    path = tmp_path / "bomb.pdf"
    path.write_bytes(b"%PDF-1.7\n1 0 obj <</Type /ObjStm>> stream\n" + bomb + b"\nendstream")
    assert look(Source(path, "bomb.pdf", size=path.stat().st_size)) == (1, 0)


# --- how long a run takes


@dataclass(frozen=True)
class Timed:
    """A report as it was timed. page: seconds of all its pages that OCR does not take; ocr, again: of its scanned ones;
    ask: of its questions."""

    size: int
    pages: int
    page: float
    scanned: int = 0
    ocr: float = 0.0
    again: float = 0.0
    questions: int = 0
    ask: float = 0.0

    @property
    def seconds(self) -> float:
        return self.page + self.ocr + self.again + self.ask

    def steps(self) -> Iterator[tuple[float, Step]]:
        """What it tells, and how many seconds after the step before."""
        yield 0.0, Step("begin")
        yield 0.02, Step("read", 1, self.pages)
        pause = 0.6 * self.page
        for page in range(1, self.scanned + 1):
            yield pause, Step("ocr", page, self.scanned)
            pause = self.ocr / self.scanned
        yield pause, Step("map")
        pause = 0.3 * self.page
        for question in range(1, self.questions + 1):
            yield pause, Step("ask", question, self.questions)
            pause = self.ask / self.questions
        yield pause, Step("verify")
        yield 0.1 * self.page, Step("again")


DIGITAL = [
    (55_894, 6, 0.125), (94_635, 14, 0.294), (86_653, 20, 0.4), (102_298, 16, 0.363), (100_229, 17, 0.354),
    (107_739, 21, 0.505), (306_305, 30, 0.631), (3_680_942, 25, 0.662),
]  # fmt: skip
"""Bytes, pages and CPU seconds of the example archive's reports and of two others, one with photos."""
SCANS = [(3_673_155, 10, 0.5, 23.0, 3.2), (5_213_232, 24, 0.9, 56.0, 1.8)]
"""Of two that were scanned: bytes, pages; seconds of OCR, of reading again, and of all else."""
WARM = 1.4
"""Seconds that the first report takes a worker more."""


def replay(reports: Sequence[Timed], slow: float = 1.0, workers: int = 2) -> Iterator[tuple[float, float | None]]:
    """A run of reports in their order: after every event the share of its time that is over, and how many times as long
    as it takes in all it is said to take. slow: the machine."""
    sources = [Source(Path(f"{number}.pdf"), f"{number}.pdf", size=one.size) for number, one in enumerate(reports)]
    estimate, free, events = Estimate(sources, 0.0), [0.0] * workers, list[tuple[float, int, Step | None]]()
    for number, one in enumerate(reports):
        now = heapq.heappop(free)
        for pause, step in one.steps():
            now += pause + (WARM * slow if number < workers and step.stage == "verify" else 0)
            events.append((now, number, step))
        now += one.again
        events.append((now, number, None))
        heapq.heappush(free, now)
        estimate.learn(f"{number}.pdf", Holds(one.pages, one.scanned))
    end = max(free)
    for now, number, step in sorted(events, key=lambda event: event[0]):
        name, one = f"{number}.pdf", reports[number]
        if step is not None:
            estimate.step(name, step, now)
        else:
            estimate.outcome(Outcome(Attempt(name, "", "ok", pages=one.pages, seconds=one.seconds)), now)
        left = estimate.left(now)
        yield now / end, None if left is None else (now + left) / end


def archive(digital: int, scans: int, *, slow: float = 1.0, fax: bool = False) -> tuple[list[Timed], list[Timed]]:
    """So many of each. slow: how many times as long as there all takes; fax: scans are no larger than digital files."""
    vary = [0.8, 1.2, 1.0, 0.85, 1.15]
    written, scanned = [], []
    for number in range(digital):
        size, pages, page = DIGITAL[number % len(DIGITAL)]
        written.append(Timed(size + number, pages, page * slow * vary[number % 5]))
    for number in range(scans):
        size, pages, page, ocr, again = SCANS[number % len(SCANS)]
        varied = slow * vary[number % 5]
        scanned.append(Timed(50_000 if fax else size + number, pages, page * slow, pages, ocr * varied, again * varied))
    return written, scanned


@pytest.mark.parametrize("slow", [0.3, 1.0, 8.0])
@pytest.mark.parametrize(("digital", "scans"), [(60, 6), (300, 4), (40, 20)])
@pytest.mark.parametrize("order", ["scans first", "digital first", "mixed"])
def test_after_a_tenth_the_time_is_right_within_a_third(order: str, digital: int, scans: int, slow: float) -> None:
    written, scanned = archive(digital, scans, slow=slow, fax=order == "digital first")
    reports = {"scans first": [*scanned, *written], "digital first": [*written, *scanned]}.get(order)
    if reports is None:
        reports = random.Random(1).sample([*written, *scanned], digital + scans)
    said = {share: whole for share, whole in replay(reports, slow) if share >= 0.1}
    wrong = {share: whole for share, whole in said.items() if whole is None or not 0.7 <= whole <= 1.3}
    assert said
    assert not wrong


def told(estimate: Estimate, name: str, *steps: tuple[float, Step]) -> None:
    for now, step in steps:
        estimate.step(name, step, now)


def done(name: str, **about: Any) -> Outcome:
    unchanged = about.pop("unchanged", False)
    return Outcome(Attempt(name, "", **{"status": "ok", "pages": 20, "seconds": 0.4, **about}), unchanged=unchanged)


def sources(*sizes: int) -> list[Source]:
    return [Source(Path(f"{number}.pdf"), f"{number}.pdf", size=size) for number, size in enumerate(sizes)]


def test_nothing_is_said_before_anything_is_known() -> None:
    estimate = Estimate(sources(1000, 1000), 0.0)
    assert estimate.left(1.0) is None
    estimate.learn("0.pdf", Holds(20, 0))
    assert estimate.left(1.0) is not None


def test_what_nobody_looked_at_is_as_files_of_its_size() -> None:
    estimate = Estimate(sources(*[100_000] * 100, *[5_000_000] * 100), 0.0)
    estimate.learn("0.pdf", Holds(20, 0))
    estimate.learn("100.pdf", Holds(30, 30))
    left = estimate.left(0.0)
    assert left == pytest.approx(100 * 20 * 0.02 + 100 * 30 * (0.02 + 2.2))


def test_a_small_file_is_not_taken_for_a_scan_because_the_first_large_one_is() -> None:
    estimate = Estimate(sources(5_000_000, *[100_000] * 100), 0.0)
    told(estimate, "0.pdf", (0.0, Step("begin")), (0.0, Step("read", 24, 24)), (1.0, Step("ocr", 1, 24)))
    left = estimate.left(1.0)
    assert left is not None
    assert left < 24 * 2.5 + 100 * 20 * 0.03


def test_questions_are_learned_and_expected_of_every_report() -> None:
    estimate = Estimate(sources(*[1000] * 101), 0.0)
    estimate.learn("1.pdf", Holds(20, 0))
    told(estimate, "0.pdf", (0.0, Step("begin")), (0.1, Step("map")), (1.0, Step("ask", 1, 5)), (101.0, Step("verify")))
    estimate.outcome(done("0.pdf"), 101.0)
    left = estimate.left(101.0)
    assert left is not None
    assert 100 * 5 * 17 < left < 100 * 5 * 21


def test_reports_that_are_as_they_were_take_nothing() -> None:
    estimate = Estimate(sources(*[1000] * 1000), 0.0)
    estimate.learn("999.pdf", Holds(20, 0))
    whole = estimate.left(0.0)
    for number in range(500):
        told(estimate, f"{number}.pdf", (1.0, Step("begin")))
        estimate.outcome(
            done(f"{number}.pdf", unchanged=number % 2 == 0, same_as=None if number % 2 == 0 else "x"), 1.0
        )
    left = estimate.left(1.0)
    assert whole is not None
    assert left is not None
    assert left < whole / 100


def test_a_cluster_tells_no_step_and_its_reports_tell_how_fast_it_is() -> None:
    estimate = Estimate(sources(*[1000] * 200), 0.0)
    for number in range(100):
        estimate.outcome(done(f"{number}.pdf", seconds=40.0), 10.0 * (number + 1))
    left = estimate.left(1000.0)
    assert left == pytest.approx(1000.0, rel=0.05), "four at a time, of which each takes forty seconds"


def test_the_longest_report_decides_when_the_last_is_done() -> None:
    estimate = Estimate(sources(1000, 1000, 1000), 0.0)
    for name, holds in (("0.pdf", Holds(50, 50)), ("1.pdf", Holds(20, 0)), ("2.pdf", Holds(20, 0))):
        estimate.learn(name, holds)
    told(estimate, "0.pdf", (0.0, Step("begin")), (0.0, Step("ocr", 1, 50)))
    told(estimate, "1.pdf", (0.0, Step("begin")))
    left = estimate.left(0.0)
    assert left is not None
    assert 100 < left < 120


def test_a_report_that_was_begun_twice_is_one() -> None:
    """Its first worker died."""
    estimate = Estimate(sources(1000, 1000), 0.0)
    told(estimate, "0.pdf", (0.0, Step("begin")), (1.0, Step("read", 3, 9)), (2.0, Step("begin")), (3.0, Step("map")))
    assert estimate.begun == {"0.pdf": Step("map")}
    estimate.outcome(done("0.pdf"), 4.0)
    assert estimate.begun == {}

"""How a benchmark tells what it measured."""

from __future__ import annotations

import os
import sys

import pytest

from recount.eval.bench import archive
from recount.eval.bench.measurement import Measurement, environment, printed
from recount.eval.bench.ocr import COST_LIMITS, JOBS, OcrRun, cost
from recount.pipeline.output import export

MET = Measurement("two processes against one", "1.93 ×", "≥ 1.5 ×", met=True)
FREE = Measurement("core-hours for a million pages", "4.2")
MISSED = Measurement("recount --help", "0.71 s", "< 0.5 s", met=False)


def test_a_line_says_whether_the_target_is_met() -> None:
    assert MET.line() == "ok         1.93 ×  (target  ≥ 1.5 ×)  two processes against one"
    assert MISSED.line() == "MISSED     0.71 s  (target  < 0.5 s)  recount --help"


def test_without_a_target_nothing_is_missed(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed([FREE]) == 0
    assert capsys.readouterr().out == "ok            4.2  (target     none)  core-hours for a million pages\n"


@pytest.mark.parametrize(
    ("measurements", "status"), [([], 0), ([MET, FREE], 0), ([MISSED, MET], 1), ([MET, MISSED], 1)]
)
def test_one_missed_target_is_enough(
    measurements: list[Measurement], status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert printed(measurements) == status
    assert len(capsys.readouterr().out.splitlines()) == len(measurements)


def test_a_measured_process_finds_what_this_one_does() -> None:
    given = environment()
    assert given["PYTHONPATH"].split(os.pathsep) == sys.path
    assert given.keys() >= os.environ.keys()


def test_every_format_of_the_exports_is_measured() -> None:
    assert archive.FORMATS == export.FORMATS


def test_scans_are_measured_by_the_time_of_the_processor() -> None:
    """The clock of a machine that others share says more of them."""
    own = [OcrRun(90.0, 7.0, 1.0), OcrRun(80.0, 6.0, 1.0), OcrRun(99.0, 9.0, 1.0)]
    bare = [OcrRun(10.0, 10.0, 1.0)]
    assert cost("whole", own, bare, 0.75).line() == (
        "ok         0.70 ×  (target ≤ 0.75 ×)  whole job against bare RapidOCR (7.0 s of CPU against 10.0 s)"
    )
    assert not cost("whole", own, bare, 0.65).met
    assert COST_LIMITS.keys() < JOBS.keys()

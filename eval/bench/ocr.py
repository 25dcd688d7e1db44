"""What reading scans costs, against the bare OCR engine on the same images with the same settings.

    python -m recount.eval.bench.ocr SCAN.pdf… [--json docs/measurements/ocr.json]

The targets: the whole job takes at most 0.75 times the CPU time of RapidOCR alone, in 32 bits, on the same prepared
images, and at most 1.25 times in 32 bits itself; two processes do at least 1.5 times as much as one; no worker needs
1.5 GiB. Every measurement runs in fresh processes, one inference thread each, and bare and whole by turns, so that a
machine that slows down slows both.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from recount.eval.bench.measurement import Measurement, environment, pages_in, printed
from recount.pipeline.settings import OcrPrecision, Settings

COST_LIMITS = {"whole": 0.75, "exact": 1.25}
"""The whole job takes at most so many times the CPU time of the bare engine: as by default, and in 32 bits."""

TWO_LIMIT = 1.5
"""Two processes do at least so many times as much as one."""

MEMORY_LIMIT = 1.5
"""GiB that a worker may need at its peak."""


@dataclass(frozen=True, slots=True)
class OcrRun:
    """One process's work, without its start and the loading of the networks. seconds: on the clock; cpu: of the
    processor; peak: resident GiB."""

    seconds: float
    cpu: float
    peak: float


def bare(paths: Sequence[Path]) -> Callable[[], None]:
    """RapidOCR on the pictures of all pages, in the red channel and at the resolution that we read them in, with 32
    bits: left to itself it takes 16 where the processor has them."""
    import numpy as np
    import pymupdf
    from rapidocr import EngineType, RapidOCR
    from rapidocr.inference_engine.openvino.device_config import CPUConfig

    asked = CPUConfig.get_config
    CPUConfig.get_config = lambda self: {**asked(self), "INFERENCE_PRECISION_HINT": "f32"}  # type: ignore[method-assign]
    from recount.pipeline.ocr.image.images import picture_of_page
    from recount.pipeline.ocr.image.prepare import prepare

    engine = RapidOCR(
        params={
            "Global.log_level": "warning",
            "Global.use_cls": False,
            "Global.max_side_len": 4000,
            "Global.return_word_box": True,
            "Global.return_single_char_box": True,
            "Det.limit_type": "max",
            "Det.limit_side_len": 1600,
            "Det.engine_type": EngineType.OPENVINO,
            "Rec.engine_type": EngineType.OPENVINO,
            "EngineConfig.openvino.inference_num_threads": 1,
            "EngineConfig.openvino.enable_cpu_pinning": False,
        }
    )
    engine(np.full((64, 256, 3), 255, np.uint8))
    images = []
    for path in paths:
        with pymupdf.open(path) as document:  # type: ignore[no-untyped-call]
            pictures = [picture_of_page(page) for page in document]
        images += [np.dstack([prepare(picture.image, picture.dpi).image] * 3) for picture in pictures]

    def work() -> None:
        for image in images:
            engine(image)

    return work


def whole(paths: Sequence[Path]) -> Callable[[], None]:
    """Everything that is done with a report."""
    return _structured(paths, "auto")


def exact(paths: Sequence[Path]) -> Callable[[], None]:
    """The same in 32 bits."""
    return _structured(paths, "f32")


def _structured(paths: Sequence[Path], precision: OcrPrecision) -> Callable[[], None]:
    import numpy as np

    from recount.pipeline.ocr.network.engine import engine
    from recount.pipeline.structure import structure

    engine("openvino", precision).detect(np.full((64, 256), 255, np.uint8))  # the networks are loaded when asked

    def work() -> None:
        for path in paths:
            structure(path, settings=Settings(ocr_precision=precision))

    return work


JOBS: dict[str, Callable[[Sequence[Path]], Callable[[], None]]] = {"bare": bare, "whole": whole, "exact": exact}


def started(job: str, paths: Sequence[Path]) -> subprocess.Popen[str]:
    """A process that does a job and prints its Run."""
    command = [sys.executable, "-m", "recount.eval.bench.ocr", "--job", job, *map(str, paths)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment())


def finished(process: subprocess.Popen[str]) -> OcrRun:
    """What the process measured. Raises RuntimeError if it failed."""
    output, _ = process.communicate("go\n")
    if process.returncode:
        raise RuntimeError(f"a process of the benchmark failed with {process.returncode}")
    measured = json.loads(output.splitlines()[-1])
    return OcrRun(measured["seconds"], measured["cpu"], measured["peak"])


def work_alone(job: str, paths: Sequence[Path]) -> None:
    """What a started process does: makes ready, says so, waits for the word, works, and prints its Run."""
    work = JOBS[job](paths)
    print("ready", flush=True)
    sys.stdin.readline()
    begin, spent = time.perf_counter(), time.process_time()
    work()
    seconds, cpu = time.perf_counter() - begin, time.process_time() - spent
    print(json.dumps({"seconds": seconds, "cpu": cpu, "peak": _peak()}))


def _peak() -> float:
    """The most memory that this process has had resident, in GiB."""
    import resource  # not on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak) / (1024**3 if sys.platform == "darwin" else 1024**2)


def ready(process: subprocess.Popen[str]) -> subprocess.Popen[str]:
    """The process once it has said that it is ready."""
    stream: Any = process.stdout
    stream.readline()
    return process


def both(job: str, paths: Sequence[Path]) -> float:
    """The seconds in which two processes do a job each."""
    pair = [ready(child) for child in (started(job, paths), started(job, paths))]
    begin = time.perf_counter()
    for process in pair:
        stream: Any = process.stdin
        stream.write("go\n")
        stream.flush()
    for process in pair:
        finished(process)
    return time.perf_counter() - begin


@dataclass(frozen=True, slots=True)
class Measured:
    """The runs of each job, and how many times as much two processes do as one."""

    runs: Mapping[str, Sequence[OcrRun]]
    gain: float

    def kept(self, pages: int) -> dict[str, Any]:
        """What docs/scaling.md is written from (scaling.py): CPU seconds and GiB, by the job."""
        jobs = {
            job: (median(run.cpu for run in runs), max(run.peak for run in runs)) for job, runs in self.runs.items()
        }
        rows = {job: {"page": round(cpu / pages, 2), "peak": round(peak, 2)} for job, (cpu, peak) in jobs.items()}
        return {"pages": pages, "jobs": rows, "two": round(self.gain, 2)}

    def against(self) -> list[Measurement]:
        """All of it against the targets."""
        peak = max(run.peak for run in (*self.runs["whole"], *self.runs["exact"]))
        two = Measurement("two processes against one", f"{self.gain:.2f} ×", f"≥ {TWO_LIMIT} ×", self.gain >= TWO_LIMIT)
        most = f"< {MEMORY_LIMIT:g} GiB"
        return [
            *(cost(job, self.runs[job], self.runs["bare"], limit) for job, limit in COST_LIMITS.items()),
            two,
            Measurement("peak memory of a worker", f"{peak:.2f} GiB", most, peak < MEMORY_LIMIT),
        ]


def measure(paths: Sequence[Path], rounds: int) -> Measured:
    """All jobs on these scans."""
    runs: dict[str, list[OcrRun]] = {job: [] for job in JOBS}
    pairs: list[float] = []
    for _ in range(rounds):
        for job, done in runs.items():
            done.append(finished(ready(started(job, paths))))
        pairs.append(both("whole", paths))
    return Measured(runs, 2 * median(run.seconds for run in runs["whole"]) / median(pairs))


def cost(job: str, own: Sequence[OcrRun], others: Sequence[OcrRun], limit: float) -> Measurement:
    """What a job costs against the bare engine, by the medians of the runs."""
    spent, least = median(run.cpu for run in own), median(run.cpu for run in others)
    words = f"{job} job against bare RapidOCR ({spent:.1f} s of CPU against {least:.1f} s)"
    return Measurement(words, f"{spent / least:.2f} ×", f"≤ {limit} ×", spent <= limit * least)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and prints; 0 if every target is met, 1 if one is missed."""
    parser = argparse.ArgumentParser(prog="recount.eval.bench.ocr", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("paths", metavar="PDF", nargs="+", type=Path, help="scanned reports")
    parser.add_argument("--rounds", type=int, default=3, help="measured rounds (default: 3)")
    parser.add_argument("--json", type=Path, help="a file to keep the figures in")
    parser.add_argument("--job", choices=sorted(JOBS), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.job:
        work_alone(options.job, options.paths)
        return 0
    measured = measure(options.paths, options.rounds)
    if options.json:
        options.json.write_text(json.dumps(measured.kept(pages_in(options.paths)), indent=1) + "\n", encoding="utf-8")
    return printed(measured.against())


if __name__ == "__main__":
    sys.exit(main())

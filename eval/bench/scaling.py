"""What a page, a report and an archive cost: measured, kept as JSON, and written into docs/scaling.md.

    python -m recount.eval.bench.scaling FOLDER [--pages 10000] [--only pages,readers,start]
    python -m recount.eval.bench.scaling --write

The first measures on generated reports, which are made in FOLDER unless they lie there, and keeps what it found in
docs/measurements/scaling.json; what is not measured now stays as it was. The second writes the tables between the marks
of docs/scaling.md from that file, and from docs/measurements/ocr.json (`python -m recount.eval.bench.ocr … --json`).
CPU time is what is told: the clock of a machine that others share says more of them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, islice
from pathlib import Path
from typing import Any

from recount.eval.bench.measurement import environment, pages_in
from recount.eval.bench.speed import bare, medians, with_pdfium, with_pdfplumber
from recount.eval.generator import Form, Options
from recount.eval.goldset.generated import Order, write_cases
from recount.pipeline.archive.sources import find_sources
from recount.pipeline.run.fates import Outcome
from recount.pipeline.run.runner import run
from recount.pipeline.structure import structure
from recount.pipeline.version import program_version

ROOT = Path(__file__).resolve().parents[2]
KEPT = Path("docs/measurements/scaling.json")
OCR = Path("docs/measurements/ocr.json")
DOCUMENT = Path("docs/scaling.md")
BEGIN, END = "<!-- begin: python -m recount.eval.bench.scaling --write -->\n", "<!-- end -->\n"

FORMS = (Form.X2022, Form.N, Form.X2023, Form.S2024)
"""Of the reports of the archive, by turns; each has some 25 pages."""
STEPS = (10, 100, 1_000, 10_000)
"""Pages after which it is said what they took so far."""
SMALL = Options(projects=1)
"""Reports of two or three pages, in the form of X2021."""
MANY = 100
_BATCH = 20
READERS: Mapping[str, Callable[[Path], object]] = {
    "structure": structure,
    "MuPDF": bare,
    "pypdfium2": with_pdfium,
    "pdfplumber": with_pdfplumber,
}
"""Who reads the same reports: we, and what the others need for their words and lines alone."""


@dataclass(slots=True)
class Grown:
    """What an archive took, at each of the steps."""

    pages: int = 0
    reports: int = 0
    rows: list[dict[str, float]] = field(default_factory=list)

    def note(self, outcome: Outcome) -> None:
        """Adds what became of one report. Raises RuntimeError if it could not be structured."""
        if outcome.attempt.status != "ok":
            raise RuntimeError(f"{outcome.attempt.file}: {outcome.attempt.reason}")
        self.reports, self.pages = self.reports + 1, self.pages + outcome.attempt.pages
        if len(self.rows) < len(STEPS) and self.pages >= STEPS[len(self.rows)]:
            cpu, peak = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            row = {"pages": self.pages, "reports": self.reports, "cpu": round(cpu, 1), "memory": round(peak)}
            self.rows.append({**row, "rate": round(self.pages / cpu, 1)})


def made(folder: Path, orders: Iterator[Order], enough: Callable[[Sequence[Path]], bool]) -> list[Path]:
    """The reports of a folder; more are made, a batch at a time, until there are enough."""
    while not enough(found := sorted(folder.rglob("report.pdf"))):
        batch = list(islice((order for order in orders if not (folder / str(order.name)).exists()), _BATCH))
        for _ in write_cases(batch, folder):
            pass
    return found


def archive_orders() -> Iterator[Order]:
    """Reports of an archive, one after the other, without end; the first few are small."""
    yield from islice(small_orders(), 2)
    for seed in count():
        yield Order(FORMS[seed % len(FORMS)], 70_000 + seed, Options(), name=f"{seed:05}")


def small_orders() -> Iterator[Order]:
    return (Order(Form.X2021, 80_000 + seed, SMALL, name=f"0-{seed:03}") for seed in range(MANY))


def grow(folder: Path) -> list[dict[str, float]]:
    """Structures the reports of a folder, one after the other in this process, all that a run does. One row a step."""
    grown = Grown()
    # The runner is not told the sizes: it would begin with the largest.
    sources = [replace(source, size=0) for source in find_sources([folder]).sources]
    with tempfile.TemporaryDirectory() as out:
        run(sources, Path(out), jobs=1, on_progress=grown.note)
    return grown.rows


def grown_in(folder: Path, most: int) -> list[dict[str, float]]:
    """`grow` in a process of its own, on reports of so many pages."""
    made(folder, archive_orders(), lambda reports: pages_in(reports) >= most)
    command = [sys.executable, "-m", "recount.eval.bench.scaling", "--grow", str(folder)]
    done = subprocess.run(command, env=environment(), check=True, stdout=subprocess.PIPE, text=True)
    rows: list[dict[str, float]] = json.loads(done.stdout)
    return rows


def readers_on(reports: Sequence[Path], rounds: int) -> dict[str, Any]:
    """The CPU seconds that each reader takes for the same reports, and what they are of ours."""
    taken = medians(list(READERS.values()), reports, rounds)
    rows = {
        name: {"cpu": round(seconds, 2), "ratio": round(seconds / taken[0], 2)}
        for name, seconds in zip(READERS, taken, strict=True)
    }
    return {"pages": pages_in(reports), "rows": rows}


def start_of(folder: Path) -> dict[str, Any]:
    """What `recount structure` takes from the shell, for one small report and for a hundred by two workers."""
    reports = made(folder, small_orders(), lambda reports: len(reports) >= MANY)
    one = min((commanded([reports[0]], 1) for _ in range(3)), key=lambda row: row["cpu"])
    many = min((commanded([folder], 2) for _ in range(2)), key=lambda row: row["cpu"])
    return {"one": {"pages": pages_in(reports[:1]), **one}, "hundred": {"pages": pages_in(reports), **many}}


def commanded(paths: Sequence[Path], jobs: int) -> dict[str, float]:
    """The seconds of a command, on the clock and of CPU with all its processes."""
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "recount.cli", "structure", *map(str, paths), "--out", out, "--quiet"]
        wall, cpu = time.perf_counter(), _of_children()
        subprocess.run([*command, "--jobs", str(jobs)], env=environment(), check=True)
        return {"wall": round(time.perf_counter() - wall, 2), "cpu": round(_of_children() - cpu, 2)}


def _of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure(folder: Path, most: int, only: Sequence[str]) -> dict[str, Any]:
    """What is asked for, by its name in the file, and on which machine."""
    asked: dict[str, Callable[[], Any]] = {
        "start": lambda: start_of(folder / "small"),
        "readers": lambda: readers_on(made(folder / "archive", archive_orders(), lambda found: len(found) > 5)[2:6], 3),
        "pages": lambda: grown_in(folder / "archive", most),
    }
    found = {}
    for name in only:
        load = os.getloadavg()[0]
        found[name] = {"measured": asked[name](), "machine": machine(load)}
    return found


def machine(load: float) -> dict[str, Any]:
    """Where it was measured. load: how many processes wanted a core when that began."""
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "version": program_version(),
        "load": round(load, 1),
    }


# --- the tables


def tables(kept: Mapping[str, Any], ocr: Mapping[str, Any] | None) -> str:
    """The tables of docs/scaling.md, with the marks by which tests/test_docs.py compares them with the files."""
    parts = []
    if "pages" in kept:
        parts.append(_pages(kept["pages"]))
    if "readers" in kept:
        parts.append(_readers(kept["readers"]))
    if "start" in kept:
        parts.append(_start(kept["start"]))
    if ocr is not None:
        parts.append(_scans(ocr))
    return "\n".join(parts)


def _on(machine: Mapping[str, Any]) -> str:
    """The machine, in words."""
    return f"{machine['cores']} cores with {machine['load']} processes wanting one, Python {machine['python']}"


def _table(way: str, heads: Mapping[str, str], rows: Mapping[str, tuple[str, Mapping[str, Any]]], first: str) -> str:
    """A table of a file's values. heads: by the column, its key; rows: by the head, its key and its values."""
    marks = ["; ".join(f"{row} = {key}" for row, (key, _) in rows.items())]
    marks.append("; ".join(f"{head} = {key}" for head, key in heads.items()))
    lines = [f"| {first} | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
    for row, (_, values) in rows.items():
        lines.append(f"| {row} | {' | '.join(f'{values[key]:,}' for key in heads.values())} |")
    return f"<!-- table from {way}: {marks[0]} | {marks[1]} -->\n" + "\n".join(lines) + "\n"


def _pages(kept: Mapping[str, Any]) -> str:
    measured = kept["measured"]
    heads = {"reports": "reports", "CPU s": "cpu", "pages a CPU s": "rate", "peak memory, MB": "memory"}
    rows = {f"{row['pages']:,}": (f"pages.measured.{at}", row) for at, row in enumerate(measured)}
    words = f"Digital pages of one archive, in one process from its start, on {_on(kept['machine'])}:\n\n"
    return words + _table(KEPT.as_posix(), heads, rows, "pages")


def _readers(kept: Mapping[str, Any]) -> str:
    measured = kept["measured"]
    rows = {name: (f"readers.measured.rows.{name}", row) for name, row in measured["rows"].items()}
    words = (
        f"The same {measured['pages']} pages by Recount, and by others that only extract (MuPDF words and drawings, "
        f"pypdfium2 text and objects, pdfplumber words and tables), on {_on(kept['machine'])}:\n\n"
    )
    return words + _table(KEPT.as_posix(), {"CPU s": "cpu", "of Recount's": "ratio"}, rows, "reader")


def _start(kept: Mapping[str, Any]) -> str:
    names = {"one": "one small report", "hundred": "100 small reports, two workers"}
    rows = {words: (f"start.measured.{name}", kept["measured"][name]) for name, words in names.items()}
    words = f"`recount structure` from the shell, on {_on(kept['machine'])}:\n\n"
    heads = {"pages": "pages", "CPU s of all processes": "cpu", "s on the clock": "wall"}
    return words + _table(KEPT.as_posix(), heads, rows, "command")


def _scans(ocr: Mapping[str, Any]) -> str:
    names = {"whole": "Recount", "exact": "Recount, in 32 bits", "bare": "bare RapidOCR, in 32 bits"}
    rows = {words: (f"jobs.{name}", ocr["jobs"][name]) for name, words in names.items()}
    words = f"Scanned pages ({ocr['pages']} of them), the whole job beside bare RapidOCR on the same pictures:\n\n"
    return words + _table(OCR.as_posix(), {"CPU s a page": "page", "peak memory, GiB": "peak"}, rows, "reader")


def written(text: str, tables: str) -> str:
    """A document with the tables between its marks. Raises ValueError if it has none."""
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError("the document has no marks for tables that are measured")
    return f"{head}{begin}\n{tables}\n{end}{tail}"


def _read(path: Path) -> dict[str, Any] | None:
    found: dict[str, Any] | None = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
    return found


def write(root: Path) -> None:
    """Writes the tables of a checkout's document from its files."""
    document = root / DOCUMENT
    filled = written(document.read_text(encoding="utf-8"), tables(_read(root / KEPT) or {}, _read(root / OCR)))
    document.write_text(filled, encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures, or writes."""
    parser = argparse.ArgumentParser(prog="recount.eval.bench.scaling", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", metavar="FOLDER", nargs="?", type=Path, help="where the reports are, or are made")
    parser.add_argument("--pages", type=int, default=STEPS[-1], help="of the largest archive (default: %(default)s)")
    parser.add_argument("--only", default="start,readers,pages", help="what is measured (default: %(default)s)")
    parser.add_argument("--write", action="store_true", help="write the document from what was measured")
    parser.add_argument("--grow", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.grow:
        print(json.dumps(grow(options.grow)))
        return 0
    if not options.folder and not options.write:
        parser.error("name a folder for reports, or --write")
    if options.folder:
        found = {**(_read(ROOT / KEPT) or {}), **measure(options.folder, options.pages, options.only.split(","))}
        (ROOT / KEPT).write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if options.write:
        write(ROOT)
    return 0


if __name__ == "__main__":
    sys.exit(main())

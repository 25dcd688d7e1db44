"""The tests of Recount tested: lines that carry the promise are broken, one at a time, and the tests must notice.

    python -m recount.eval.broken_lines [--only WORD] [--jobs N] [--write]

Each of the carrying lines is broken in a copy of the checkout, and the tests named with it are run there until one
fails. What no test notices is printed, and the exit code is 1. `--write` keeps the outcome in
docs/measurements/broken-lines.txt.
Ten minutes or more on two cores. Add a line to carrying_lines.py or printed_lines.py with every new guard.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from recount.eval.carrying_lines import OF_THE_PROOF, CarryingLine
from recount.eval.printed_lines import OF_THE_PRINT

ROOT = Path(__file__).resolve().parent.parent
LINES = (*OF_THE_PROOF, *OF_THE_PRINT)
KEPT = ROOT / "docs" / "measurements" / "broken-lines.txt"
_LIMIT = 1200.0
"""Seconds for the tests of one line; machines may be slow."""


def broken_in(folder: Path, line: CarryingLine) -> None:
    """Breaks a line in a copy. Raises ValueError where it does not stand there just once."""
    path = folder / line.file
    text = path.read_text(encoding="utf-8")
    if text.count(line.sound) != 1:
        raise ValueError(f"{line.file} holds {line.sound!r} {text.count(line.sound)} times")
    path.write_text(text.replace(line.sound, line.broken), encoding="utf-8")


def noticed(line: CarryingLine, root: Path = ROOT) -> str | None:
    """The test that notices a broken line; None where none does."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "checkout"
        shutil.copytree(root, copy, symlinks=True, ignore=shutil.ignore_patterns(".git", "__pycache__", ".*_cache"))
        broken_in(copy, line)
        tests = [f"tests/{test}" for test in line.tests]
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
        environment = {**os.environ, "PYTHONPATH": str(copy / ".dev"), "PYTHONDONTWRITEBYTECODE": "1"}
        run = subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, text=True, timeout=_LIMIT, check=False
        )
    if run.returncode == 0:
        return None
    failed = [told for told in run.stdout.splitlines() if told.startswith(("FAILED", "ERROR"))]
    return failed[0].split(" - ")[0] if failed else f"exit code {run.returncode}"


def outcomes(lines: Sequence[CarryingLine], jobs: int) -> Iterator[tuple[CarryingLine, str | None]]:
    """Each line and what noticed it."""
    with ThreadPoolExecutor(jobs) as pool:
        yield from zip(lines, pool.map(noticed, lines), strict=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Breaks the lines; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="WORD", help="lines whose file or promise holds WORD")
    parser.add_argument("--jobs", type=int, default=2, metavar="N")
    parser.add_argument("--write", action="store_true", help="keep the outcome")
    options = parser.parse_args(arguments)
    chosen = [line for line in LINES if not options.only or options.only in line.file + line.promise]
    told, missed = [], 0
    for line, test in outcomes(chosen, options.jobs):
        missed += test is None
        told.append(f"{line.file}: {line.promise}: {test or 'NOT NOTICED'}")
        print(told[-1], flush=True)
    summary = f"{len(chosen)} lines broken, {len(chosen) - missed} noticed"
    print(summary)
    if options.write:
        KEPT.write_text("\n".join([summary, *told]) + "\n", encoding="utf-8")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

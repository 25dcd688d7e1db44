"""A browser for the desk: Debian's Chromium, driven by Playwright. Where there is none its tests are skipped, and the
end of a run says how many."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = os.environ.get("RECOUNT_CHROMIUM") or shutil.which("chromium")
NO_BROWSER = "there is no browser here (chromium, and Playwright)"
needs_browser = pytest.mark.skipif(CHROMIUM is None or not importlib.util.find_spec("playwright"), reason=NO_BROWSER)
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-software-rasterizer",
    "--in-process-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def browsing() -> Iterator[Any]:
    """A browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()


@dataclass(frozen=True)
class Sitting:
    """A desk that is open. address: of its first page, with the token."""

    address: str
    process: subprocess.Popen[str]


@contextmanager
def sitting(out: Path, *options: str) -> Iterator[Sitting]:
    """The desk over an output folder, as the command line opens it."""
    command = [sys.executable, "-m", "recount.cli", "review", str(out), "--no-browser", "--by", "审计员", *options]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stdout is not None
        yield Sitting(process.stdout.readline().strip(), process)
    finally:
        process.terminate()
        process.wait(30)
        assert process.stdout is not None
        process.stdout.close()

"""What a run says of the sample reports: how many tests were skipped for want of them, or that their folder is none."""

from __future__ import annotations

import pytest

from recount.tests.samples import ABSENT, FOLDER, NAMED


def pytest_configure() -> None:
    if NAMED and not FOLDER.is_dir():
        raise pytest.UsageError(f"RECOUNT_SAMPLES: there is no folder {FOLDER}")


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = sum(ABSENT in str(report.longrepr) for report in terminalreporter.stats.get("skipped", ()))
    if skipped:
        terminalreporter.write_line(f"{ABSENT}: {skipped} skipped (RECOUNT_SAMPLES names their folder)")

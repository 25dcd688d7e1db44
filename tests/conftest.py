"""What a run says of the sample reports, a browser, the site's generator (how many tests were skipped for want of them,
or that their folder is none), and what tests of many rooms are given."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import settings

from recount.tests.desk.browser import NO_BROWSER
from recount.tests.samples import ABSENT, FOLDER, NAMED

ROOT = Path(__file__).resolve().parents[1]
LONGEST = (
    "test_docs.py",
    "desk/test_browser.py",
    "test_distribution.py",
    "pipeline/run/test_injection.py",
    "pipeline/run/test_cluster.py",
    "eval/test_verifier.py",
    "pipeline/model/test_perfect.py",
    "eval/goldset/test_same_report.py",
    "pipeline/ocr/test_read_scans.py",
    "pipeline/run/test_kills.py",
    "pipeline/model/test_real_model.py",
    "pipeline/model/test_commands.py",
    "eval/test_commands.py",
    "eval/test_texts.py",
    "desk/test_app.py",
    "eval/test_prints.py",
    "desk/test_marked.py",
    "pipeline/map/test_labels_decide.py",
    "pipeline/draft/test_named.py",
    "pipeline/ocr/test_kept.py",
    "eval/test_generator.py",
    "schemas/test_budget_rules.py",
    "pipeline/test_several.py",
    "pipeline/map/test_department_budget.py",
    "pipeline/map/test_ragged_grids.py",
    "pipeline/model/transport/test_quirks.py",
    "test_cli.py",
    "pipeline/run/test_fuzz.py",
    "pipeline/map/test_nothing_lost.py",
    "pipeline/output/test_killed_exports.py",
    "pipeline/model/transport/test_answers.py",
    "pipeline/map/test_budget_district.py",
    "pipeline/map/test_budget_provincial.py",
    "pipeline/output/test_exports.py",
    "pipeline/run/test_decided.py",
    "pipeline/run/test_pool.py",
)
"""The files of tests that take longest, about in their order. What forks its process often comes while that is small:
test_injection takes three times as long in one that has run a hundred files."""


def pytest_configure(config: pytest.Config) -> None:
    settings.register_profile("the same in every run", derandomize=True)  # so that what fails, fails by the change
    settings.load_profile("the same in every run")
    gc.disable()  # until all is collected: what is imported until then stays
    os.environ["RECOUNT_LANG"] = "en"  # whatever the machine speaks; processes that tests start have it from here
    if NAMED and not FOLDER.is_dir():
        raise pytest.UsageError(f"RECOUNT_SAMPLES: there is no folder {FOLDER}")
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is not None and [Path(place).resolve() for place in config.args] == [ROOT / "tests"]:
        config.args = _from_its_place(int(worker.removeprefix("gw")), int(os.environ["PYTEST_XDIST_WORKER_COUNT"]))


def _from_its_place(worker: int, workers: int) -> list[str]:
    """The files of tests, from another one on for each process that all of them are collected by: what one has prepared
    (asserts are rewritten, which takes longer than all else before the first test) the others find."""
    files = sorted(map(str, (ROOT / "tests").rglob("test_*.py")))
    first = len(files) * worker // workers
    return files[first:] + files[:first]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest are begun first: else one process is left with the last of them, and others idle."""
    order = {ROOT / "tests" / name: at for at, name in enumerate(LONGEST)}
    items.sort(key=lambda item: (order.get(item.path, len(order)), item.path))


def pytest_collection_finish() -> None:
    gc.freeze()  # the tests themselves stay: the collector need not walk over thousands of them
    gc.set_threshold(20_000, 20, 20)  # a process of tests lives for minutes, and holds what takes long to walk over
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for absent, remedy in (
        (ABSENT, "RECOUNT_SAMPLES names their folder"),
        (NO_BROWSER, "RECOUNT_CHROMIUM names one"),
        ("there is no generator of the site here", "pip install -e '.[docs]'"),
    ):
        skipped = sum(absent in str(report.longrepr) for report in terminalreporter.stats.get("skipped", ()))
        if skipped:
            terminalreporter.write_line(f"{absent}: {skipped} skipped ({remedy})")


@pytest.fixture(scope="module", autouse=True)
def let_go(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a file of tests has kept by `cache` goes with it: the collector walks over all that is kept, and a process
    that is forked has it too."""
    yield
    for value in list(vars(request.module).values()):
        if getattr(value, "__module__", None) == request.module.__name__ and hasattr(value, "cache_clear"):
            value.cache_clear()


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The tasks, importable by name here and in worker processes."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent / "pipeline" / "tasks"))
    import report_tasks

    return report_tasks


@pytest.fixture
def content_tasks(tasks: ModuleType, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The tasks, of which runs take the one that goes by a file's content where they are told none."""
    from recount.pipeline.run import runner

    defaults = runner.run.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "task", tasks.by_content)
    return tasks


@pytest.fixture
def no_office(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if LibreOffice were not installed."""
    for module in ("kinds", "sources"):
        monkeypatch.setattr(f"recount.pipeline.archive.{module}.office", lambda: None)

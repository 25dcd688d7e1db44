"""Files that are attached to a PDF are reports of it: each has a fate, a result and a name of its own."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pymupdf
import pytest

from recount.pipeline.archive import pdfs
from recount.pipeline.archive.files import snapshot
from recount.pipeline.archive.sources import Source, find_sources
from recount.pipeline.errors import DocumentError, NotAReport
from recount.pipeline.mupdf import attached_to
from recount.pipeline.result import Result
from recount.pipeline.run import runner
from recount.pipeline.run.fates import RunSummary, by_fate
from recount.pipeline.run.pool import Bounds
from recount.pipeline.run.progress import json_log
from recount.pipeline.run.runner import run
from recount.pipeline.run.status import status_of, to_retry
from recount.pipeline.run.worker import structure_report
from recount.tests.pipeline.archive.trees import COVER, portfolio
from recount.tests.pipeline.model.examples import SHANGHAI
from recount.tests.pipeline.tasks.report_tasks import by_content

pytestmark = pytest.mark.usefixtures("no_office")


def task(path: Path, sha256: str) -> Sequence[Result]:
    """Real PDFs are what they say; other files are what their first word says."""
    content = path.read_bytes()
    if not content.startswith(b"%PDF-"):
        return by_content(path, sha256)
    with pymupdf.open(path) as document:
        if COVER in document[0].get_text():
            raise NotAReport("no part of a report")
    return by_content(path, sha256)


Go = Callable[..., RunSummary]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    (tmp_path / "archive").mkdir()
    return tmp_path / "archive"


@pytest.fixture
def go(archive: Path, tmp_path: Path) -> Go:
    def go(**options: Any) -> RunSummary:
        found = find_sources([archive])
        return run(found.sources, tmp_path / "out", others=found.others, **{"jobs": 1, "task": task, **options})

    return go


def fates(summary: RunSummary) -> dict[str, str]:
    return {file.file.rpartition("archive/")[2]: file.fate for file in summary.found}


def test_a_portfolio_is_the_reports_in_it(archive: Path, go: Go, tmp_path: Path) -> None:
    files = {"决算.pdf": "good a", "坏.pdf": "encrypted", "数据.xml": "<a/>", ".DS_Store": "x", "a/深.PDF": "good b"}
    (archive / "p.pdf").write_bytes(portfolio(files))
    summary = go()
    assert fates(summary) == {
        "p.pdf": "opened",
        "p.pdf/决算.pdf": "structured",
        "p.pdf/坏.pdf": "failed",
        "p.pdf/a/深.PDF": "structured",
        "p.pdf/数据.xml": "skipped",
        "p.pdf/.DS_Store": "hidden",
    }
    assert sorted(path.name for path in (tmp_path / "out" / "reports").rglob("*.json")) == [
        "决算.pdf.json",
        "深.PDF.json",
    ]
    assert (summary.structured, len(summary.failures), summary.well(strict=False)) == (2, 1, False)
    assert by_fate(status_of(tmp_path / "out").found) == by_fate(summary.found)
    again = go()
    assert (again.unchanged, again.structured, fates(again)) == (2, 0, fates(summary))
    assert [source.name for source in to_retry(tmp_path / "out", failed=False)] == ["p.pdf/坏.pdf"]


def test_a_report_with_attachments_is_read_itself(archive: Path, go: Go) -> None:
    (archive / "r.pdf").write_bytes(portfolio({"附表.pdf": "good a"}, words="a report"))
    assert fates(go()) == {"r.pdf": "structured", "r.pdf/附表.pdf": "structured"}


@pytest.mark.parametrize(
    ("pages", "collection", "fate"), [(1, False, "opened"), (2, False, "failed"), (2, True, "opened")]
)
def test_only_a_cover_may_hold_no_report(archive: Path, go: Go, pages: int, collection: bool, fate: str) -> None:
    (archive / "p.pdf").write_bytes(portfolio({"a.pdf": "good"}, pages=pages, collection=collection))
    assert fates(go()) == {"p.pdf": fate, "p.pdf/a.pdf": "structured"}


def test_a_cover_of_nothing_that_may_be_a_report_failed(archive: Path, go: Go) -> None:
    (archive / "p.pdf").write_bytes(portfolio({"a.xml": "<a/>"}))
    assert fates(go()) == {"p.pdf": "failed", "p.pdf/a.xml": "skipped"}


def test_portfolios_lie_in_archives_and_archives_in_portfolios(archive: Path, go: Go) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as packed:
        packed.writestr("d.pdf", "good d")
    deepest = portfolio({"e.pdf": "good e"})
    deep = portfolio({"c.pdf": "good c", "z.zip": inner.getvalue(), "q.pdf": deepest})
    with zipfile.ZipFile(archive / "z.zip", "w") as packed:
        packed.writestr("p", deep)
        packed.writestr("b.pdf", "good b")
    expected = {
        "z.zip": "opened",
        "z.zip/b.pdf": "structured",
        "z.zip/p": "opened",
        "z.zip/p/c.pdf": "structured",
        "z.zip/p/z.zip": "opened",
        "z.zip/p/z.zip/d.pdf": "structured",
        "z.zip/p/q.pdf": "opened",
        "z.zip/p/q.pdf/e.pdf": "structured",
    }
    assert fates(go()) == expected
    again = go()
    assert (again.unchanged, fates(again)) == (4, expected)


def test_files_on_pages_are_attached_as_well(archive: Path, go: Go) -> None:
    with pymupdf.open(stream=portfolio({"a.pdf": "good a"}, pages=2)) as document:
        for page, name in zip(document, ("附件.pdf", "数据.xml"), strict=True):
            page.add_file_annot((72, 200), f"good {name}".encode(), name, name)
        again = document[1].add_file_annot((72, 300), b"x", "again.pdf")
        number = dict(attached_to(document))["a.pdf"]
        document.xref_set_key(again.xref, "FS", f"<</UF(again.pdf)/EF<</F {number} 0 R>>>>")
        document.xref_set_key(document.pdf_catalog(), "Collection", "<</View/D>>")
        (archive / "p.pdf").write_bytes(document.tobytes())
    assert fates(go()) == {
        "p.pdf": "opened",
        "p.pdf/a.pdf": "structured",
        "p.pdf/附件.pdf": "structured",
        "p.pdf/数据.xml": "skipped",
    }


def test_annotations_that_many_pages_share_are_gone_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pymupdf.open(stream=portfolio({}, pages=50)) as document:
        number = document.get_new_xref()
        document.update_object(number, f"[{'<</Subtype/Link>>' * 100}]")
        for page in document:
            document.xref_set_key(page.xref, "Annots", f"{number} 0 R")
        looked, get = list[int](), pymupdf.mupdf.pdf_array_get
        monkeypatch.setattr(pymupdf.mupdf, "pdf_array_get", lambda of, at: looked.append(at) or get(of, at))
        assert attached_to(document) == []
        assert len(looked) == 100


def damaged(content: bytes, name: str) -> bytes:
    """A portfolio in which the stream of one file is cut in the middle."""
    with pymupdf.open(stream=content) as document:
        number = dict(attached_to(document))[name]
        raw = document.xref_stream_raw(number)
        document.update_stream(number, raw[: len(raw) // 2], compress=False)
        document.xref_set_key(number, "Filter", "/FlateDecode")
        made: bytes = document.tobytes()
    return made


def test_what_is_damaged_costs_only_itself(archive: Path, go: Go) -> None:
    names = ("a.pdf", "b.pdf", "c", "d.pdf")
    content = portfolio({name: f"good {name} {'%PDF- and so on ' * 99}" for name in names})
    (archive / "p.pdf").write_bytes(damaged(damaged(content, "b.pdf"), "c"))
    summary = go()
    assert fates(summary) == {
        "p.pdf": "opened",
        "p.pdf/a.pdf": "structured",
        "p.pdf/b.pdf": "failed",
        "p.pdf/c": "skipped",
        "p.pdf/d.pdf": "structured",
    }
    assert [failure.reason for failure in summary.failures] == [
        "cannot be taken out of the PDF that it is attached to: it is damaged: premature end of data in flate filter"
    ]


def test_a_portfolio_in_a_gzip_file(archive: Path, go: Go) -> None:
    content = gzip.compress(portfolio({"a.pdf": "good a", "b.xml": "<b/>"}))
    (archive / "p.pdf.gz").write_bytes(content)
    with zipfile.ZipFile(archive / "z.zip", "w") as packed:
        packed.writestr("q.pdf", gzip.compress(portfolio({"q.pdf.gz": gzip.compress(portfolio({"c.pdf": "good c"}))})))
    assert fates(go()) == {
        "p.pdf.gz": "opened",
        "p.pdf.gz/a.pdf": "structured",
        "p.pdf.gz/b.xml": "skipped",
        "z.zip": "opened",
        "z.zip/q.pdf": "opened",
        "z.zip/q.pdf/q.pdf.gz": "opened",
        "z.zip/q.pdf/q.pdf.gz/c.pdf": "structured",
    }


def test_page_images_are_one_report(archive: Path, go: Go) -> None:
    image = pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.IRect(0, 0, 9, 9), False).tobytes("png")
    (archive / "p.pdf").write_bytes(portfolio({"1.png": image, "2.png": image}))
    summary = go(task=lambda path, sha256: by_content(path, sha256) if path.is_file() else structured(path, sha256))
    assert [(file.file, file.fate, file.files) for file in summary.found if "attached" in file.file] == [
        ("p.pdf/attached", "structured", 2)
    ]


def structured(path: Path, sha256: str) -> Sequence[Result]:
    assert sorted(image.name for image in path.iterdir()) == ["1.png", "2.png"]
    (path.parent / "good").write_text("good")
    return by_content(path.parent / "good", sha256)


def test_the_same_portfolio_twice(archive: Path, go: Go) -> None:
    (archive / "a.pdf").write_bytes(portfolio({"r.pdf": "good"}))
    shutil.copy(archive / "a.pdf", archive / "b.pdf")
    with zipfile.ZipFile(archive / "c.zip", "w") as packed:
        packed.write(archive / "a.pdf", "a.pdf")
    expected = {"c.zip": "opened", **{f"{name}.pdf": "opened" for name in ("a", "b", "c.zip/a")}}
    reports = {"a.pdf/r.pdf": "structured", "b.pdf/r.pdf": "same as another", "c.zip/a.pdf/r.pdf": "same as another"}
    assert fates(go()) == expected | reports


def test_what_would_take_the_place_of_another_is_told(archive: Path, go: Go) -> None:
    (archive / "p.pdf").write_bytes(portfolio({"a.pdf": "good a", "a.pdf#1": "%PDF- good"}))
    with zipfile.ZipFile(archive / "z.zip", "w") as packed:
        packed.writestr("p.pdf/a.pdf", "good b")
        packed.writestr("p.pdf", portfolio({"a.pdf": "good c"}))
    found = [(file.file.rpartition("archive/")[2], file.fate) for file in go().found]
    assert sorted(found) == [
        ("p.pdf", "opened"),
        ("p.pdf/a.pdf", "structured"),
        ("p.pdf/a.pdf#1", "archive unreadable"),
        ("z.zip", "opened"),
        ("z.zip/p.pdf", "opened"),
        ("z.zip/p.pdf/a.pdf", "archive unreadable"),
        ("z.zip/p.pdf/a.pdf", "structured"),
    ]


def test_a_killed_run_loses_none(archive: Path, go: Go, tmp_path: Path) -> None:
    """Between the cover and what is attached to it."""
    (archive / "p.pdf").write_bytes(portfolio({"a.pdf": "interrupt me", "b.pdf": "good b"}))
    with pytest.raises(KeyboardInterrupt):
        go()
    assert {source.name for source in to_retry(tmp_path / "out", failed=False)} == {"p.pdf/a.pdf", "p.pdf/b.pdf"}
    (archive / "p.pdf").write_bytes(portfolio({"a.pdf": "good now", "b.pdf": "good b"}))
    assert run(to_retry(tmp_path / "out", failed=False), tmp_path / "out", jobs=1, task=task).structured == 2
    assert go().unchanged == 2


def test_a_portfolio_that_changed_is_opened_again(archive: Path, go: Go) -> None:
    (archive / "p.pdf").write_bytes(portfolio({"a.pdf": "good a", "b.pdf": "good b"}))
    assert go().structured == 2
    (archive / "p.pdf").write_bytes(portfolio({"b.pdf": "good b", "c.pdf": "good c"}))
    summary = go()
    assert (summary.structured, summary.unchanged) == (1, 1)
    assert fates(summary) == {"p.pdf": "opened", "p.pdf/b.pdf": "structured", "p.pdf/c.pdf": "structured"}


def test_hostile_names_lead_nowhere(archive: Path, go: Go, tmp_path: Path) -> None:
    names = ["../../a.pdf", "/etc/b.pdf", "c\x00\x1b[31m.pdf", "局" * 300 + ".pdf", "", "..", "a.pdf", "\0d.pdf"]
    (archive / "p.pdf").write_bytes(portfolio({name: f"good {name}" for name in names}))
    summary = go()
    assert (summary.structured, len(summary.found)) == (4, 9)
    assert all(file.file.startswith("p.pdf") for file in summary.found)
    reports = tmp_path / "out" / "reports"
    assert {
        path.is_relative_to(reports / "p.pdf") for path in tmp_path.rglob("*.json") if path.name != "summary.json"
    } == {True}


def test_too_many_and_too_large_are_turned_away(archive: Path, go: Go, monkeypatch: pytest.MonkeyPatch) -> None:
    def given(name: str) -> dict[str, int]:
        """What becomes of four files that are attached to a PDF."""
        for path in archive.iterdir():
            path.unlink()
        (archive / name).write_bytes(portfolio({f"{at}.pdf": f"good {at}" for at in range(4)}))
        return by_fate(go().found)

    with monkeypatch.context() as fewer:
        fewer.setattr(runner, "_MOST_ATTACHED", 3)
        assert given("a.pdf") == {"opened": 1, "structured": 3, "archive unreadable": 1}
    for name, most, expected in (
        ("_MOST_ATTACHED", 3, {"failed": 1}),
        ("_LARGEST_ATTACHED", 12, {"opened": 1, "structured": 2, "failed": 2}),
    ):
        with monkeypatch.context() as fewer:
            fewer.setattr(pdfs, name, most)
            assert given(f"{name}.pdf") == expected
    assert given("b.pdf") == {"opened": 1, "structured": 4}


def test_only_a_worker_opens_a_pdf(archive: Path, go: Go, tasks: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that died of it are given up without: this process has no time limit."""
    (archive / "p.pdf").write_bytes(portfolio({"a.pdf": "die", "b.pdf": "good", "c.pdf": "good"}, words="a report"))
    with zipfile.ZipFile(archive / "z.zip", "w") as packed:
        packed.write(archive / "p.pdf", "p.pdf")

    def opened(*_: object) -> None:
        raise AssertionError("a PDF was opened by the process that runs the archive")

    monkeypatch.setattr(pdfs, "attached_as_zip", opened)
    summary = go(task=tasks.by_content, bounds=Bounds(seconds=60.0))
    assert [failure.file for failure in summary.failures] == ["p.pdf/a.pdf", "z.zip/p.pdf/a.pdf"]
    assert summary.structured == 6


def test_the_log_names_what_is_attached_and_no_report(archive: Path, go: Go, tmp_path: Path) -> None:
    (archive / "p.pdf").write_bytes(portfolio({"a.pdf": "good", "b.xml": "<b/>"}))
    with json_log(tmp_path / "log", 1) as tell:
        go(on_progress=tell.outcome)
    events = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert [(event["file"], event["fate"]) for event in events if event["event"] == "file"] == [
        ("p.pdf/b.xml", "skipped")
    ]


def test_a_real_report_is_read_out_of_a_portfolio(archive: Path, go: Go) -> None:
    (archive / "p.pdf").write_bytes(portfolio({"决算.pdf": SHANGHAI.read_bytes()}))
    summary = go(task=structure_report)
    assert fates(summary) == {"p.pdf": "opened", "p.pdf/决算.pdf": "structured"}
    assert summary.figures["verified"] > 50


def test_what_is_no_longer_attached_says_so(archive: Path) -> None:
    (archive / "p.pdf").write_bytes(portfolio({"a.pdf": "good"}))
    with pytest.raises(DocumentError, match="no longer in"), snapshot(Source(archive / "p.pdf", "x", "1"), None):
        pass

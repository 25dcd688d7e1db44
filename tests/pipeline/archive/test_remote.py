"""Archives and outputs that lie elsewhere: what fsspec reaches is as good as a folder."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from recount.cli import main
from recount.pipeline import errors
from recount.pipeline.archive.files import hash_of_source, local_file
from recount.pipeline.archive.locations import Url, files_at, get, place_of, put
from recount.pipeline.archive.sources import find_sources, read_list
from recount.pipeline.errors import UsageError
from recount.pipeline.run.fates import RunSummary
from recount.pipeline.run.pool import Bounds
from recount.pipeline.run.runner import run
from recount.pipeline.run.status import last_of, status_of, to_retry
from recount.pipeline.run.store import FolderStore, UrlStore, store_at

fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed")
TASKS = Path(__file__).parent.parent / "tasks"
ARCHIVE = Url("memory://archive")


@pytest.fixture(autouse=True)
def memory() -> Iterator[None]:
    """The memory of this process as a store, empty at first."""
    system = fsspec.filesystem("memory")
    system.store.clear()
    system.pseudo_dirs[:] = [""]
    yield
    system.store.clear()


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(TASKS))
    import bucket_tasks

    return bucket_tasks


def fill(root: Url, **files: bytes | str) -> Url:
    for name, content in files.items():
        put(root / name, content if isinstance(content, bytes) else content.encode())
    return root


def names(*places: Url | Path) -> list[str]:
    return [source.name for source in find_sources(places).sources]


def packed(**members: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def test_a_word_is_a_path_or_a_url() -> None:
    assert place_of("s3://bucket/a b") == Url("s3://bucket/a b")
    assert [place_of(word) for word in ("a/b", "C:/x", "file:///a/b", "x:y")] == [
        Path("a/b"), Path("C:/x"), Path("/a/b"), Path("x:y"),
    ]  # fmt: skip


def test_reports_are_found_below_a_url() -> None:
    pages = {f"2021/scan/{page}.png": b"x" for page in (1, 2)}
    fill(
        ARCHIVE,
        **{"2022/甲 局.pdf": "good", "B.PDF": "good", "note.bin": "", ".git/c.pdf": "", "x/._d.pdf": "", **pages},
        **{"all.zip": packed(**{"in/e.pdf": "good e", "../f.pdf": "good f"})},
    )
    assert names(ARCHIVE) == ["2021/scan", "2022/甲 局.pdf", "B.PDF", "all.zip/f.pdf", "all.zip/in/e.pdf"]
    assert names(ARCHIVE / "2021/scan") == ["scan"]
    assert names(ARCHIVE / "B.PDF") == ["B.PDF"]
    assert names(ARCHIVE / "2*/*.pdf", ARCHIVE / "B.PDF") == ["B.PDF", "甲 局.pdf"]
    assert names(ARCHIVE / "B.PDF", ARCHIVE / "*.PDF", ARCHIVE / "2022") == ["B.PDF", "甲 局.pdf"]
    scan, _, _, _, member = find_sources([ARCHIVE]).sources
    with local_file(scan, None) as folder:
        assert sorted(path.name for path in folder.iterdir()) == ["1.png", "2.png"]
    with local_file(member, None) as file:
        assert (file.name, file.read_text()) == ("e.pdf", "good e")
        assert hash_of_source(member) == hash_of_source(find_sources([file]).sources[0])


def test_paths_and_urls_may_be_mixed(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.pdf").write_text("good")
    fill(ARCHIVE, **{"a.pdf": "good", "b.pdf": "good"})
    assert names(ARCHIVE, tmp_path / "other") == ["archive/a.pdf", "archive/b.pdf", "other/a.pdf"]
    (tmp_path / "list").write_text("memory://archive/a.pdf\nb.pdf\n")
    assert read_list(tmp_path / "list") == [ARCHIVE / "a.pdf", Path("b.pdf")]


def test_what_is_not_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    fill(ARCHIVE, **{"note.bin": "x", "broken.zip": b"PK"})
    for place, words in [
        (ARCHIVE / "nowhere", "memory://archive/nowhere: no such file or folder"),
        (ARCHIVE / "*.pdf", "matches no file or folder"),
        (ARCHIVE / "broken.zip", "is no zip archive that can be read"),
        (Url("gopher://x/y"), "gopher://x/y cannot be reached: Protocol not known"),
    ]:
        with pytest.raises(UsageError, match=words.replace("*", r"\*")):
            find_sources([place])

    def missing(name: str) -> ModuleType:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(errors.importlib, "import_module", missing)
    with pytest.raises(
        UsageError, match=r"the extra remote, which is not installed: pip install 'recount-reports\[remote\]'"
    ):
        find_sources([ARCHIVE])


def structured(out: Path | Url, tasks: ModuleType, **options: Any) -> RunSummary:
    return run(find_sources([ARCHIVE]).sources, out, task=tasks.by_bucket, **{"jobs": 1, **options})


def test_an_output_at_a_url_is_as_one_in_a_folder(tmp_path: Path, tasks: ModuleType) -> None:
    fill(ARCHIVE, **{"2022/甲.pdf": "good", "b.pdf": "good two", "copy.pdf": "good two", "bad.pdf": "encrypted"})
    local, remote, ledger = tmp_path / "out", Url("memory://out"), tmp_path / "ledger"
    here, there = structured(local, tasks), structured(remote, tasks, ledger=ledger)
    assert [each.attempt.reason for each in here.outcomes] == [each.attempt.reason for each in there.outcomes]
    assert there.structured == 3
    for name in ("2022/甲.pdf", "b.pdf", "copy.pdf"):
        content = (local / "reports" / f"{name}.json").read_bytes()
        assert get(remote / f"reports/{name}.json") == content
        assert store_at(remote).read(name) == store_at(local).read(name)
    again = structured(remote, tasks, ledger=ledger)
    assert (again.structured, again.unchanged) == (0, 3)
    UrlStore(remote).remove("b.pdf")
    put(ARCHIVE / "2022/甲.pdf", b"encrypted now")
    assert (structured(remote, tasks, ledger=ledger).structured) == 1
    assert UrlStore(remote).present(["2022/甲.pdf", "b.pdf", "bad.pdf"]) == {"b.pdf"}
    assert last_of(ledger).out == remote
    assert len(status_of(ledger).done) == 2
    assert [str(source.place) for source in to_retry(ledger, failed=True)] == [
        "memory:///archive/2022/甲.pdf", "memory:///archive/bad.pdf",
    ]  # fmt: skip
    assert json.loads((ledger / "summary.json").read_text())["reports"]["failed"] == 2
    assert not (ledger / "unpacked").exists()


def test_a_ledger_lies_on_this_machine(tmp_path: Path, tasks: ModuleType) -> None:
    fill(ARCHIVE, **{"a.pdf": "good"})
    with pytest.raises(UsageError, match="memory://out is no folder of this machine: --ledger names one"):
        structured(Url("memory://out"), tasks)
    with pytest.raises(UsageError, match="keeps its own ledger"):
        structured(tmp_path / "out", tasks, ledger=tmp_path)


def test_a_store_whose_library_is_missing_is_said_once_before_any_report_is_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(UsageError, match="s3://bucket/out cannot be reached: Install s3fs to access S3"):
        run([], Url("s3://bucket/out"), ledger=tmp_path / "ledger", task=None)
    assert not list(tmp_path.rglob("ledger.sqlite"))
    UrlStore(Url("s3://bucket/out")).remove("a.pdf")  # of a worker on a machine that lacks it: it is no reason to die


def test_worker_processes_fetch_and_write(tmp_path: Path, tasks: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECOUNT_TEST_BUCKET", str(tmp_path))
    archive = fill(Url("bucket://in"), **{f"{number}.pdf": f"good {number}" for number in range(3)})
    (tmp_path / "in" / "forbidden.pdf").write_text("good too")
    options: dict[str, Any] = {"jobs": 2, "task": tasks.by_bucket, "ledger": tmp_path / "ledger"}
    sources = find_sources([archive]).sources
    assert [source.size for source in sources] == [6, 6, 6, 8]
    summary = run(sources, Url("bucket://out"), bounds=Bounds(seconds=60.0), **options)
    assert {each.file: each.reason for each in summary.failures} == {
        "forbidden.pdf": "its result cannot be written: LookupError: AccessDenied"
    }
    assert sorted(path.name for path in (tmp_path / "out" / "reports").iterdir()) == [
        "0.pdf.json", "1.pdf.json", "2.pdf.json",
    ]  # fmt: skip
    assert FolderStore(tmp_path / "out").read("1.pdf").source.file == "1.pdf"
    (tmp_path / "in" / "2.pdf").unlink()
    gone = run(sources, Url("bucket://out"), **options).failures[0].reason
    assert gone is not None
    assert gone.startswith("cannot be fetched: No such file")


def test_the_command_line_takes_urls(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(ARCHIVE, **{"a.pdf": "no report"})

    def call(*arguments: object) -> int:
        with pytest.raises(SystemExit) as exit:
            main([str(argument) for argument in arguments])
        return int(exit.value.code or 0)

    where = ("--out", "memory://out", "--ledger", tmp_path / "ledger")
    bounds = ("--jobs", 1, "--timeout", 0, "--memory", 0)
    assert call("structure", ARCHIVE, *where, *bounds) == 1
    assert "a.pdf: " in capsys.readouterr().err
    assert call("status", tmp_path / "ledger") == 0
    put(ARCHIVE / "a.pdf", b"")
    assert call("retry", tmp_path / "ledger", "--failed", *bounds) == 1
    assert "empty" in capsys.readouterr().err


def test_results_of_a_file_with_several_reports_at_a_url(tmp_path: Path, tasks: ModuleType) -> None:
    remote, ledger = Url("memory://several"), tmp_path / "ledger"
    names = []
    for content in ("several 2", "several 3", "good", "several 2", "encrypted"):
        fill(ARCHIVE, **{"b.pdf": content})
        structured(remote, tasks, ledger=ledger)
        names.append([entry.below[-1] for entry in files_at(remote / "reports")] if content != "encrypted" else [])
    two, three = ([f"b.pdf#{number}.json" for number in range(1, reports + 1)] for reports in (2, 3))
    assert names == [two, three, ["b.pdf.json"], two, []]
    assert not store_at(remote).present(["b.pdf", "b.pdf#1", "b.pdf#2"])

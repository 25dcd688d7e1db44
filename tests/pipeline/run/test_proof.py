"""Results are not believed unchecked: what somebody changed is told, kept, and done again; `verify` finds it."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import recount
from recount.cli import main
from recount.pipeline.archive.sources import find_sources
from recount.pipeline.errors import UsageError
from recount.pipeline.output.chain import chain
from recount.pipeline.output.export import export
from recount.pipeline.run.fates import RunSummary
from recount.pipeline.run.ledger import Ledger
from recount.pipeline.run.proof import prove
from recount.pipeline.run.runner import run
from recount.pipeline.run.store import result_path

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = sorted((ROOT / "examples" / "archive").rglob("*.pdf"))[0]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    root = tmp_path / "archive"
    root.mkdir()
    for name, words in {"a.pdf": "good one", "b.pdf": "good two", "copy.pdf": "good two", "c.pdf": "several 2"}.items():
        (root / name).write_text(words)
    return root


@pytest.fixture
def go(archive: Path, tmp_path: Path, tasks: ModuleType) -> Callable[..., RunSummary]:
    def go(**options: Any) -> RunSummary:
        sources = find_sources([archive]).sources
        return run(sources, tmp_path / "out", **{"jobs": 1, "task": tasks.by_content, **options})

    go()
    return go


def edit(path: Path) -> bytes:
    """A correction by hand; what is in the file then."""
    content = path.read_bytes().replace(b"1955.06", b"8888888.88")
    path.write_bytes(content)
    return content


@pytest.mark.parametrize("options", [{}, {"force": True}, {"jobs": 2}])
def test_a_result_that_somebody_changed_is_done_again_and_kept(go: Any, tmp_path: Path, options: Any) -> None:
    path = result_path(tmp_path / "out", "a.pdf")
    before = path.read_bytes()
    edited = edit(path)
    assert edited != before
    summary = go(**options)
    (kept,) = [name for outcome in summary.outcomes for name in outcome.attempt.aside]
    assert (tmp_path / "out" / "reports" / kept).read_bytes() == edited
    assert kept.startswith("a.pdf.json.changed-")
    assert path.read_bytes() == before
    assert go().unchanged == 4


def test_what_a_killed_run_wrote_and_did_not_come_to_note_is_no_change(go: Any, archive: Path, tmp_path: Path) -> None:
    """It took other seconds than the run that does it again."""
    path = result_path(tmp_path / "out", "a.pdf")
    (archive / "a.pdf").write_text("good three")
    go()
    with sqlite3.connect(tmp_path / "out" / "ledger.sqlite") as ledger:
        ledger.execute("DELETE FROM attempts WHERE run = (SELECT max(id) FROM runs)")
    path.write_bytes(path.read_bytes().replace(b'"seconds": {}', b'"seconds": {"read": 1.5}'))
    summary = go()
    assert (summary.structured, summary.unchanged) == (1, 3)
    assert [name for outcome in summary.outcomes for name in outcome.attempt.aside] == []
    assert not list((tmp_path / "out" / "reports").glob("*.changed-*"))


@pytest.mark.parametrize("content", [b"", b'{"contract": "final'])
def test_a_result_that_is_cut_is_done_again(go: Any, tmp_path: Path, content: bytes) -> None:
    for name in ("b.pdf", "c.pdf#2", "copy.pdf"):
        path = result_path(tmp_path / "out", name)
        before = path.read_bytes()
        path.write_bytes(content)
        assert (go().structured, path.read_bytes()) == (1, before), name


def test_new_content_keeps_what_somebody_changed_of_the_old(go: Any, archive: Path, tmp_path: Path) -> None:
    for name, words in (("a.pdf", "good, and new"), ("b.pdf", "encrypted")):
        edit(result_path(tmp_path / "out", name))
        (archive / name).write_text(words)
    kept = [name for outcome in go().outcomes for name in outcome.attempt.aside]
    assert [name.partition(".json")[0] for name in kept] == ["a.pdf", "b.pdf"]
    assert all((tmp_path / "out" / "reports" / name).exists() for name in kept)


def test_a_copy_is_never_made_from_a_changed_result(go: Any, archive: Path, tmp_path: Path) -> None:
    (archive / "new copy.pdf").write_text("good two")
    edit(result_path(tmp_path / "out", "b.pdf"))
    go()
    assert b"8888888.88" not in result_path(tmp_path / "out", "new copy.pdf").read_bytes()


def test_the_hash_of_each_result_is_in_the_ledger(go: Any, tmp_path: Path) -> None:
    assert go().unchanged == 4
    with Ledger(tmp_path / "out" / "ledger.sqlite") as ledger:
        written = {name: sha for done in ledger.results().values() for name, sha in done.written.items()}
    assert written.keys() == {"a.pdf", "b.pdf", "copy.pdf", "c.pdf#1", "c.pdf#2"}
    assert len({written["b.pdf"], written["copy.pdf"]}) == 2


def test_who_reads_results_refuses_one_that_was_changed(go: Any, tmp_path: Path) -> None:
    assert go().unchanged == 4
    out = tmp_path / "out"
    assert len(list(recount.open(out).reports())) == 5
    edit(result_path(out, "a.pdf"))
    with pytest.raises(UsageError, match=r"a\.pdf\.json was changed since Recount wrote it"):
        list(recount.open(out).reports())
    with pytest.raises(UsageError, match=r"a\.pdf\.json was changed since Recount wrote it"):
        export(out, tmp_path / "f.csv", "csv")
    assert not (tmp_path / "f.csv").exists()
    assert ["a.pdf.json was changed" in line for line in chain(out).broken] == [True]


class TestVerify:
    @pytest.fixture
    def call(self, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
        def call(*arguments: object) -> tuple[int, str]:
            with pytest.raises(SystemExit) as exit:
                main([str(argument) for argument in arguments])
            return int(exit.value.code or 0), capsys.readouterr().out

        return call

    def test_it_names_what_is_not_as_it_was_written(self, go: Any, tmp_path: Path, call: Any) -> None:
        assert go().unchanged == 4
        out = tmp_path / "out"
        assert call("verify", out, "--quick") == (0, "5 results, 0 reports read again, 0 findings\n")
        edit(result_path(out, "a.pdf"))
        result_path(out, "c.pdf#2").unlink()
        shutil.copy(result_path(out, "b.pdf"), result_path(out, "x/stray.pdf").parent.parent / "stray.json")
        code, said = call("verify", out, "--quick")
        assert (code, said.splitlines()[-1]) == (1, "5 results, 0 reports read again, 3 findings")
        assert "a.pdf: its result was changed since Recount wrote it" in said
        assert "c.pdf#2: its result is missing" in said
        assert "stray: a result that the ledger does not know" in said

    def test_it_reads_reports_again(self, tmp_path: Path) -> None:
        root, out = tmp_path / "archive", tmp_path / "out"
        root.mkdir()
        shutil.copy(EXAMPLE, root / "a.pdf")
        shutil.copy(EXAMPLE, root / "b.pdf")
        run(find_sources([root]).sources, out, jobs=1)
        (root / "b.pdf").unlink()
        assert (prove(out).recounted, prove(out).findings) == (1, ())
        path = result_path(out, "a.pdf")
        path.write_bytes(re.sub(rb'"value": [0-9.]+', b'"value": 1', path.read_bytes(), count=1))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        with sqlite3.connect(out / "ledger.sqlite") as ledger:  # as if it had been written so
            ledger.execute("UPDATE attempts SET hashes = ? WHERE file = 'a.pdf'", (json.dumps([digest]),))
        ((name, why),) = prove(out).findings
        assert (name, why.partition(":")[0]) == ("a.pdf", "1 figures are others when it is read again")

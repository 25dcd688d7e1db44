"""The commands: what they print, what they exit with, and that each of them is explained."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

import pymupdf
import pytest
import typer.main

from recount.cli import app, main
from recount.eval.generator import Form, Options, generate
from recount.pipeline.errors import UsageError
from recount.pipeline.output.folder import pdf_paths
from recount.pipeline.result import write_result
from recount.pipeline.run.fates import Attempt, Outcome, RunSummary
from recount.pipeline.settings import Severity
from recount.pipeline.version import __version__

ROOT = Path(__file__).resolve().parent.parent


class Printed:
    """What a command left behind."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


Call = Callable[..., Printed]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """Runs a command line in this process."""

    def call(*arguments: object) -> Printed:
        with pytest.raises(SystemExit) as exit:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Printed(int(exit.value.code or 0), captured.out, captured.err)

    return call


@pytest.fixture
def archive(tmp_path: Path, content_tasks: ModuleType) -> Path:
    """Two good reports, structured by a task that needs no real ones."""
    assert content_tasks
    root = tmp_path / "archive"
    (root / "2022").mkdir(parents=True)
    (root / "2022" / "a.pdf").write_text("good one")
    (root / "b.pdf").write_text("good two")
    return root


@pytest.fixture
def result(tmp_path: Path, tasks: ModuleType) -> Path:
    """A result file, as of a run."""
    source = tmp_path / "a.pdf"
    source.write_text("good")
    path = tmp_path / "out" / "reports" / "2022" / "a.pdf.json"
    write_result(path, tasks.sample_result(source))
    return path


def test_a_run_ends_with_a_table(call: Call, archive: Path, tmp_path: Path) -> None:
    printed = call("structure", archive, "--out", tmp_path / "out")
    assert (printed.code, printed.err) == (0, "")
    rows = [line.split() for line in printed.out.splitlines()]
    assert ["Reports", "2"] in rows
    assert ["structured", "2"] in rows
    assert ["Figures", "10"] in rows
    assert ["✗", "disputed", "4"] in rows
    assert ["error", "2"] in rows
    again = call("structure", archive, "--out", tmp_path / "out")
    assert ["unchanged", "2"] in [line.split() for line in again.out.splitlines()]


def test_a_file_with_several_reports_is_named_with_its_results(call: Call, archive: Path, tmp_path: Path) -> None:
    (archive / "b.pdf").write_text("several 2")
    out, told = tmp_path / "out", "b.pdf: 2 reports, b.pdf#1 to b.pdf#2"
    assert told in call("structure", archive, "--out", out).out
    assert told in call("status", out).out
    assert pdf_paths(out) == {
        "2022/a.pdf": archive / "2022" / "a.pdf",
        **dict.fromkeys(("b.pdf#1", "b.pdf#2"), archive / "b.pdf"),
    }
    shown = call("show", out, "b.pdf")
    assert (shown.code, "2 results in" in shown.err) == (2, True)
    assert call("show", out, "b.pdf#2").code == 0


def test_a_failure_is_one_line_and_exit_code_1(call: Call, archive: Path, tmp_path: Path) -> None:
    (archive / "c [1].pdf").write_text("encrypted")
    (tmp_path / "empty").mkdir()
    printed = call("structure", archive, tmp_path / "empty", "--out", tmp_path / "out", "--quiet")
    assert (printed.code, printed.out) == (1, "")
    assert printed.err.splitlines() == [
        f"{tmp_path / 'empty'}: holds no reports (PDF files, page images or files of text)",
        "c [1].pdf: needs a password",
    ]
    assert (tmp_path / "out" / "reports" / "b.pdf.json").exists()


@pytest.mark.parametrize(
    ("minor", "unread", "fail_on", "said"),
    [
        (0, (), None, None),
        (0, (), "error", None),
        (0, (), "minor", None),
        (1, (), "error", None),
        (1, (), "minor", "discrepancies: 1"),
        (0, (2, 3), "error", "pages not read: 2"),
    ],
)
def test_a_run_fails_on_what_it_is_asked_to_fail_on(
    minor: int, unread: tuple[int, ...], fail_on: Severity | None, said: str | None
) -> None:
    attempt = Attempt("a.pdf", "0", "ok", figures={"verified": 3}, minor=minor, unread=unread)
    for unchanged in (False, True):
        summary = RunSummary((Outcome(attempt, unchanged),))
        assert (summary.objections(fail_on) if fail_on else None) == said


def test_a_check_before_publication_ends_with_exit_code_1_each_time(call: Call, archive: Path, tmp_path: Path) -> None:
    assert call("structure", archive, "--out", tmp_path / "out").code == 0
    for severity in ("error", "minor"):
        checked = call("structure", archive, "--out", tmp_path / "out", "--fail-on", severity)
        assert checked.code == 1
        assert checked.err == f"recount: --fail-on {severity}: discrepancies: 2, disputed figures: 4\n"


def test_wrong_usage_is_one_line_and_exit_code_2(call: Call, archive: Path, tmp_path: Path) -> None:
    for arguments, words in [
        (("structure", tmp_path / "nowhere", "--out", tmp_path / "out"), "nowhere: no such file or folder"),
        (("structure", archive, "--out", archive / "b.pdf"), "b.pdf is a file; --out takes a folder"),
        (("show", tmp_path / "nowhere.json"), "nowhere.json cannot be read: No such file"),
        (("show", archive / "b.pdf"), "b.pdf is no result file"),
        (("show", archive), f"no result in {archive}"),
    ]:
        printed = call(*arguments)
        assert (printed.code, printed.out) == (2, "")
        assert len(printed.err.splitlines()) == 1
        assert printed.err.startswith("recount: ")
        assert words in printed.err
    assert not (tmp_path / "out").exists()
    assert call("structure", archive).code == 2
    assert call("structure", archive, "--out", tmp_path / "out", "--jobs", 0).code == 2
    assert call("nonsense").code == 2


@pytest.mark.parametrize(
    ("cause", "code"),
    [
        (PermissionError(13, "Permission denied"), 3),
        (OSError(28, "No space left on device"), 3),
        (OSError(5, "Input/output error"), 3),
        (ModuleNotFoundError("polars"), 3),
        (sqlite3.OperationalError("unable to open database file"), 3),
        (sqlite3.DatabaseError("file is not a database"), 2),
        (FileNotFoundError(2, "No such file or directory"), 2),
        (NotADirectoryError(20, "Not a directory"), 2),
        (None, 2),
    ],
)
def test_what_the_machine_does_not_allow_is_exit_code_3(
    call: Call, archive: Path, monkeypatch: pytest.MonkeyPatch, cause: Exception | None, code: int
) -> None:
    def fail(*_: object) -> None:
        raise UsageError("it does not work") from cause

    monkeypatch.setattr("recount.pipeline.archive.sources.find_sources", fail)
    printed = call("structure", archive, "--out", archive / "out")
    assert (printed.code, printed.err) == (code, "recount: it does not work\n")


def test_a_model_that_is_not_there_is_exit_code_3(call: Call, archive: Path, tmp_path: Path) -> None:
    address = "http://127.0.0.1:1/v1"
    printed = call("structure", archive, "--out", tmp_path / "out", "--model", "none", "--base-url", address)
    assert printed.code == 3
    assert printed.err.splitlines() == [
        f"recount: what is left open is asked of none at {address}",
        f"recount: there is no connection to {address}",
    ]


def test_ctrl_c_is_one_line(call: Call, archive: Path, tmp_path: Path) -> None:
    (archive / "b.pdf").write_text("interrupt")
    printed = call("structure", archive, "--out", tmp_path / "out", "--jobs", 1, "--timeout", 0, "--memory", 0)
    assert printed.code == 130
    assert printed.err.startswith("recount: interrupted;")


def test_show_puts_what_is_wrong_first(call: Call, result: Path) -> None:
    printed = call("show", result)
    assert printed.code == 0
    lines = [line.rstrip() for line in printed.out.splitlines()]
    assert lines[0] == "某某市[财政]局 2022"
    wrong = lines.index("Source discrepancies: 1")
    assert lines[wrong + 1 : wrong + 8] == [
        "error  收入总计 = 本年收入合计 + 年初结转和结余",
        "  1955.06 = 1950.30 + 4.68",
        "  printed 1955.06, computed 1954.98, difference 0.08; rounding explains up to 0.015",
        "  收入支出决算总体情况说明",
        "    收入总计: 1,955.06, page 3",
        "    本年收入合计: 1950.30, page 3",
        "    年初结转和结余: 4.68, page 3",
    ]
    disputed = lines.index("Disputed figures: 2")
    assert lines[disputed + 3] == "  does not fit: 收入总计 = 本年收入合计 + 年初结转和结余"
    assert wrong < disputed < lines.index("收入支出决算总体情况说明")
    assert ["收入总计", "1,955.06", "万元", "✗", "p.", "3"] in [line.split() for line in lines]
    row = next(line for line in lines if "行政运行" in line and "%" in line)
    assert row.split()[-5:] == ["-3.40", "%", "○", "p.", "5"]
    assert row.startswith("支出项目 › 1 行政运行 › 与上年决算相比 › 增减率")
    assert lines[-1] == "政府采购情况 › 政府采购支出总额: 12.3 (model:x): not on the page"


def test_show_takes_a_section_by_key_or_title(call: Call, result: Path) -> None:
    for section in ("income_exp", "收入支出决算总体"):
        printed = call("show", result, "--section", section)
        assert "收入总计" in printed.out
        assert "行政运行" not in printed.out
        assert "Source discrepancies" not in printed.out
    printed = call("show", result, "--section", "nothing")
    assert (printed.code, len(printed.err.splitlines())) == (2, 1)


def test_show_finds_a_result_in_an_output_folder(call: Call, result: Path, tmp_path: Path, tasks: ModuleType) -> None:
    out = tmp_path / "out"
    assert result.is_relative_to(out)
    assert call("show", out).code == 0
    write_result(out / "reports" / "2023" / "a.pdf.json", tasks.sample_result(tmp_path / "a.pdf"))
    assert "2 results" in call("show", out).err
    assert "name one of them: 2022/a.pdf.json, 2023/a.pdf.json" in call("show", out, "a.pdf").err
    assert call("show", out, "2023").code == 0
    assert call("show", out, "2022/a.pdf").code == 0
    assert "has 1999 in its name" in call("show", out, "1999").err


def test_schema_says_what_result_files_hold(call: Call) -> None:
    printed = call("schema")
    schema = json.loads(printed.out)
    assert printed.code == 0
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    income = schema["$defs"]["IncomeExpenditure"]["properties"]["income_total"]
    assert income["title"] == "收入总计"
    assert {"type": "number"} in income["anyOf"]


def test_version(call: Call) -> None:
    lines = call("--version").out.splitlines()
    assert lines[0] == f"recount {__version__}"
    assert any(f"pymupdf {metadata.version('pymupdf')}, pydantic " in line for line in lines[1:])


def test_every_command_and_option_is_explained() -> None:
    group: Any = typer.main.get_command(app)
    assert group.help
    assert set(group.commands) == {
        "structure", "show", "schema", "export", "eval", "status", "retry", "init-family", "chain", "verify", "decide",
        "models", "review", "mark", "list", "help", "settings", "split",
    }  # fmt: skip
    nested = [each for name in ("eval", "models") for each in group.commands[name].commands.values()]
    for command in [group, *group.commands.values(), *nested]:
        assert command.help, f"{command.name} has no help"
        assert command.epilog, f"{command.name} has no epilog"
        for parameter in command.params:
            assert getattr(parameter, "help", None), f"{command.name} {parameter.name} has no help"


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys, recount.cli\n"
        "try: recount.cli.main(['--help'])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('pymupdf', 'pydantic', 'rich', 'sqlite3', 'multiprocessing') if m in sys.modules])"
    )
    assert printed_by(script)[-1] == "[]"


def printed_by(script: str) -> list[str]:
    """The lines that a script prints in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / ".dev")}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_a_run_imports_what_reads_reports_in_its_workers_alone() -> None:
    script = (
        "import sys, recount.pipeline.run.runner, recount.pipeline.run.progress, recount.pipeline.output.show\n"
        "heavy = 'numpy', 'pymupdf', 'cv2', 'openvino', 'openai', 'instructor', 'recount.pipeline.split'\n"
        "print([m for m in heavy if m in sys.modules])"
    )
    assert printed_by(script) == ["[]"]


def bad_pdfs(folder: Path) -> dict[str, str]:
    """Files that cannot be structured, each with the word that its reason must hold."""
    folder.mkdir()
    document = pymupdf.open()
    document.new_page().insert_text((72, 72), "A letter about something else entirely.")
    content: bytes = document.tobytes()
    (folder / "letter.pdf").write_bytes(content)
    (folder / "zero.pdf").touch()
    (folder / "text.pdf").write_text("This is a text file, whatever its name says.")
    (folder / "truncated.pdf").write_bytes(content[: len(content) // 3])
    document.save(folder / "locked.pdf", encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="x", owner_pw="y")
    blank = pymupdf.open()
    blank.new_page()
    blank.save(folder / "blank.pdf")
    return {
        "letter.pdf": "report",
        "zero.pdf": "empty",
        "text.pdf": "PDF",
        "truncated.pdf": "",
        "locked.pdf": "password",
        "blank.pdf": "",
    }


@pytest.mark.parametrize("jobs", [1, 2])
def test_bad_files_each_get_one_line(tmp_path: Path, jobs: int) -> None:
    """The real thing, as from a checkout: `python cli.py` with no help from the environment."""
    wanted = bad_pdfs(tmp_path / "archive")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = [sys.executable, ROOT / "cli.py", "structure", "archive", "--out", "out", "--jobs", str(jobs)]
    printed = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert printed.returncode == 1, printed.stderr
    reasons = dict(line.split(": ", 1) for line in printed.stderr.splitlines())
    assert reasons.keys() == wanted.keys()
    for name, word in wanted.items():
        assert word in reasons[name], f"{name}: {reasons[name]}"
        assert "internal error" not in reasons[name], f"{name}: {reasons[name]}"
    assert not any((tmp_path / "out" / "reports").iterdir())


def test_status_and_retry_follow_a_run(call: Call, archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (archive / "c.pdf").write_text("encrypted")
    log = tmp_path / "log.jsonl"
    assert call("structure", archive, "--out", out, "--log-json", log).code == 1
    events = [json.loads(line) for line in log.read_text().splitlines()]
    assert [event["event"] for event in events] == ["begin", "report", "report", "report", "end"]
    assert {event.get("file"): event.get("reason") for event in events}["c.pdf"] == "needs a password"
    printed = call("status", out)
    rows = [line.split() for line in printed.out.splitlines()]
    assert (["structured", "2"] in rows, ["failed", "1"] in rows, ["not", "begun", "0"] in rows) == (True, True, True)
    assert "c.pdf: needs a password" in printed.out
    (archive / "c.pdf").write_text("good now")
    assert ["structured", "1"] in [line.split() for line in call("retry", out, "--failed").out.splitlines()]
    idle = call("retry", out)
    assert (idle.code, idle.out, idle.err) == (0, f"no report of {out} has failed, and none was left undone\n", "")


def test_export_writes_tables(call: Call, result: Path, tmp_path: Path) -> None:
    assert result.exists()
    printed = call("export", tmp_path / "out", "--format", "csv", "-o", tmp_path / "f.csv", "--status", "verified")
    assert (printed.code, printed.out) == (0, "figures  2\n")
    assert (tmp_path / "f.csv").read_text(encoding="utf-8").count("verified") == 2
    assert call("export", tmp_path / "out", "--format", "doc", "-o", tmp_path / "f.doc").code == 2


def test_pages_that_cannot_be_read_are_told(tmp_path: Path, call: Call) -> None:
    """A file that is cut or damaged is structured with what is left of it, and nobody takes that for the whole."""
    case = generate(Form.X2022, 12, options=Options(projects=1, size="small"))
    path = tmp_path / "archive" / "cut.pdf"
    path.parent.mkdir()
    path.write_bytes(case.pdf)
    with pymupdf.open(path) as document:
        last = document.page_count
        for number in (last - 2, last - 1):
            [*_, xref] = document[number].get_contents()
            document.update_stream(xref, b"this is no deflated stream", compress=False)
            document.xref_set_key(xref, "Filter", "/FlateDecode")
        document.saveIncr()
    told = f"pages {last - 1}-{last} could not be read"
    out = tmp_path / "out"
    assert f"cut.pdf: {told}" in call("structure", path.parent, "--out", out, "--jobs", 1).out
    assert f"cut.pdf: {told}" in call("status", out).out
    assert told in call("show", out / "reports" / "cut.pdf.json").out
    assert json.loads((out / "summary.json").read_bytes())["unread_pages"] == {"cut.pdf": [last - 1, last]}
    assert f"cut.pdf: {told}" in call("structure", path.parent, "--out", out).out

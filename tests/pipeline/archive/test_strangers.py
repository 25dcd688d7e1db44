"""What others named and wrote does no harm where it is shown, opened or written."""

from __future__ import annotations

import ast
import csv
import io
import subprocess
import sys
import unicodedata
import zipfile
from dataclasses import replace
from pathlib import Path, PureWindowsPath
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from recount.pipeline.archive.strangers import allowed, fitting, in_cell, in_xml, out_of_cell, visible
from recount.pipeline.output import show
from recount.pipeline.output.show import render_failures, render_result, render_status, render_unread
from recount.pipeline.recognise import report_model
from recount.pipeline.run.fates import Attempt
from recount.pipeline.run.status import Status
from recount.tests.pipeline.tasks.report_tasks import sample_result

ESCAPES = "\x1b]0;mine\x07\x1b[2J\x9b31m\u202efdp\nrecount: 40 reports structured"
ACTED_UPON = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_what_a_terminal_acts_upon_becomes_words() -> None:
    assert visible(ESCAPES) == r"\x1b]0;mine\x07\x1b[2J\x9b31m\u202efdp\nrecount: 40 reports structured"
    assert visible("某市财政局（2022）[x] é 𝐀 .pdf") == "某市财政局（2022）[x] é 𝐀 .pdf"
    assert visible("a\nb\x1b", keep="\n") == "a\nb\\x1b"
    raw = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in ACTED_UPON]
    assert not [sign for sign in raw if visible(sign) == sign]


@given(st.text())
def test_nothing_else_is_changed(text: str) -> None:
    kept = "".join(sign for sign in text if unicodedata.category(sign) not in ACTED_UPON | {"Cn"})
    assert visible(kept) == kept


@given(st.text(st.characters(exclude_categories=())))
def test_xml_takes_any_text(text: str) -> None:
    element = ElementTree.fromstring(f'<a b="{in_xml(text)}">{in_xml(text)}</a>')
    assert len(element) == 0


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=20))
def test_a_cell_is_no_formula_and_gives_its_text_back(text: str) -> None:
    file = io.StringIO(newline="")
    csv.writer(file).writerow([in_cell(text), "x"])
    [[cell, _]] = csv.reader(io.StringIO(file.getvalue(), newline=""))
    assert cell[:1] not in {*"=+-@\t\r＝＋－＠"}
    assert out_of_cell(cell) == text


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="/"), min_size=1))
def test_on_windows_a_step_is_a_step(step: str) -> None:
    name = fitting(step, windows=True)
    path = PureWindowsPath(r"D:\out\reports", name)
    assert path.parent == PureWindowsPath(r"D:\out\reports") or name in (".", "..")
    assert path.name == name
    assert not PureWindowsPath(name).is_reserved()
    assert ":" not in name


def test_windows_drives_streams_and_devices_are_names_of_files() -> None:
    assert [allowed(step, windows=True) for step in ("C:", "a.pdf:b.pdf", "CON.pdf", "com1", "a?b. ", "局.pdf")] == [
        "C_",
        "a.pdf_b.pdf",
        "_CON.pdf",
        "_com1",
        "a_b_",
        "局.pdf",
    ]
    assert fitting("C:", windows=True) != fitting("C_", windows=True)
    assert fitting("C:", windows=False) == "C:"
    assert fitting("局.pdf", windows=True) == "局.pdf"


# --- where words are shown


def shown(renderables: Any) -> str:
    console = Console(file=io.StringIO(), width=500)
    for part in renderables:
        console.print(part)
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def harmless(text: str) -> bool:
    return not [sign for sign in text if sign != "\n" and unicodedata.category(sign) in ACTED_UPON]


def test_nothing_is_shown_as_it_came() -> None:
    """Whatever is added to what is shown: its words are a stranger's until they went through one of the two."""
    tree = ast.parse(Path(show.__file__).read_text(encoding="utf-8"))
    own = {"_text", "_words"}
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name not in own]
    calls = [node for function in functions for node in ast.walk(function) if isinstance(node, ast.Call)]
    raw = [
        ast.unparse(call)
        for call in calls
        if ast.unparse(call.func) in ("Text", "Text.assemble", "Text.from_markup")
        and not all(isinstance(word, ast.Constant) or is_message(word) for word in call.args)
    ]
    assert not raw


def is_message(word: ast.expr) -> bool:
    """Whether what is shown is a message with nothing in its gaps."""
    own = isinstance(word, ast.Call) and ast.unparse(word.func) == "_"
    return own and not word.keywords  # type: ignore[attr-defined]


def test_what_is_shown_of_a_run_is_harmless() -> None:
    failed = Attempt(f"a{ESCAPES}.pdf", None, "failed", reason=ESCAPES)
    done = Attempt(f"b{ESCAPES}.pdf", "ab", "ok", unread=(1,), reports=2)
    told = shown(render_failures([(f"a{ESCAPES}", ESCAPES)]))
    told += shown(render_unread([done]))
    told += shown(render_status(Status(None, {"a": failed, "b": done}, ())))
    assert harmless(told)
    assert not [line for line in told.splitlines() if line.startswith("recount:")]
    assert told.count(r"\x1b]0;mine") == 9


def test_what_is_shown_of_a_result_is_harmless() -> None:
    result = sample_result(Path(f"a{ESCAPES}.pdf"))
    report = {**result.report, "unit_name": f"局{ESCAPES}"}
    figures = {at: figure._replace(raw=ESCAPES, unit=ESCAPES, remark=ESCAPES) for at, figure in result.figures.items()}
    checks = tuple(check._replace(rule=ESCAPES, expression=ESCAPES, explanation=ESCAPES) for check in result.checks)
    rejected = tuple(replace(refused, reason=ESCAPES, mapper=ESCAPES) for refused in result.rejected)
    evil = replace(result, report=report, figures=figures, checks=checks, rejected=rejected)
    told = shown(render_result(evil, report_model(result.contract)))
    assert harmless(told)
    assert not [line for line in told.splitlines() if line.startswith("recount:")]


@pytest.mark.skipif(sys.platform == "win32", reason="names that Windows does not have")
def test_the_command_says_names_as_they_may_be_shown(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    (archive / f"a{ESCAPES}.pdf").write_bytes(b"x")
    with zipfile.ZipFile(archive / "z.zip", "w") as packed:
        packed.writestr(f"in{ESCAPES}/q.pdf", b"y")
    commands = [
        ["structure", str(archive), "--out", str(tmp_path / "out"), "--jobs", "1", "--timeout", "0", "--memory", "0"],
        ["status", str(tmp_path / "out")],
        ["structure", f"/no{ESCAPES}", "--out", "o"],
        ["status", f"/no{ESCAPES}"],
        [f"st{ESCAPES}"],
    ]
    told = [
        subprocess.run([sys.executable, "-m", "recount.cli", *command], capture_output=True, cwd=tmp_path)
        for command in commands
    ]
    assert [each.returncode for each in told] == [1, 0, 2, 2, 2]
    for each in told:
        words = (each.stdout + each.stderr).decode()
        assert harmless(words)
        assert r"\x1b]0;mine" in words
        assert not [line for line in words.splitlines() if line.startswith("recount: 40")]

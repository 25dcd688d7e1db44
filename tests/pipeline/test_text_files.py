"""Reports that are files of text: found among others, structured, and every figure with its line in the file."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest

from recount.cli import main
from recount.pipeline.archive.pdfs import Limits, check
from recount.pipeline.archive.sources import find_sources
from recount.pipeline.errors import NotAReport, TooLarge
from recount.pipeline.result import read_result
from recount.pipeline.structure import structure, structures

REPORT = """柳沟县水务局2022年度部门决算公开说明

第二部分 部门决算情况说明

一、收入支出决算总体情况说明

2022 年度收入总计 411.63 万元，其中：本年收入合计 330.75 万元，使用非财政拨款结余 0.00 万元，年初结转

和结余 80.88 万元。收入总计与上年相比，增加 11.63 万元，增长 2.91%。

支出总计 411.63 万元，其中：本年支出合计 400.00 万元，结余分配 0.00 万元，年末结转和结余 11.63 万元。
"""


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Callable[..., SimpleNamespace]:
    """Runs a command line in this process."""

    def call(*arguments: object) -> SimpleNamespace:
        with pytest.raises(SystemExit) as exit:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return SimpleNamespace(code=int(exit.value.code or 0), out=captured.out, err=captured.err)

    return call


def test_a_figure_of_a_text_has_its_line_and_columns(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(REPORT, encoding="gb18030")
    lines = REPORT.split("\n")
    result = structure(file)
    assert result.source.pages == 1
    assert len(result.figures) == 11
    for figure in result.figures.values():
        assert figure.bbox is None
        assert figure.line is not None
        assert figure.columns is not None
        assert lines[figure.line - 1][figure.columns[0] - 1 : figure.columns[1]].rstrip("%") == figure.raw
    opening = result.figures["/income_expenditure/opening_carryover"]
    assert (opening.value, opening.line, opening.where, opening.status) == (Decimal("80.88"), 9, "line 9", "verified")


def test_a_folder_of_reports_may_hold_texts_that_are_none(call: Callable[..., SimpleNamespace], tmp_path: Path) -> None:
    archive, out = tmp_path / "archive", tmp_path / "out"
    archive.mkdir()
    (archive / "水务局.txt").write_text(REPORT, encoding="utf-8")
    (archive / "again.md").write_text(REPORT, encoding="utf-8")
    (archive / "README.md").write_text("这个文件夹放着各单位公开的材料。", encoding="utf-8")
    done = call("structure", archive, "--out", out)
    assert done.code == 0
    assert "Left out, for they hold no report: README.md" in done.out
    assert sorted(path.name for path in (out / "reports").iterdir()) == ["again.md.json", "水务局.txt.json"]
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert (summary["reports"]["done"], summary["left_out"]) == (2, ["README.md"])
    again = call("structure", archive, "--out", out)
    assert (again.code, "unchanged   2" in " ".join(again.out.split(" ")) or "unchanged" in again.out) == (0, True)
    assert "README.md" in call("status", out).out
    (archive / "broken.txt").write_bytes(b"\x00\x01\x02")
    failing = call("structure", archive, "--out", out)
    assert failing.code == 1
    assert "broken.txt holds no text in an encoding that is known." in failing.err


def test_a_run_that_finds_nothing_at_all_says_so(call: Callable[..., SimpleNamespace], tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("明天开会。", encoding="utf-8")
    done = call("structure", tmp_path / "notes.txt", "--out", tmp_path / "out")
    assert (done.code, done.err) == (1, "recount: none of these files of text holds a report\n")
    with pytest.raises(NotAReport):
        structure(tmp_path / "notes.txt")


@pytest.mark.parametrize(
    ("content", "name"),
    [(REPORT, "stdin.txt"), (f"<!DOCTYPE html>\n<p>{REPORT.replace(chr(10) * 2, '<p>')}", "stdin.html")],
)
def test_a_text_may_come_on_standard_input(
    content: str, name: str, call: Callable[..., SimpleNamespace], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content.encode())))
    assert call("structure", "-", "--out", tmp_path).code == 0
    result = read_result(tmp_path / "reports" / f"{name}.json")
    assert result.source.file == name
    assert result.report["income_expenditure"]["income_total"] == Decimal("411.63")


def test_what_is_printed_and_exported_names_the_line(call: Callable[..., SimpleNamespace], tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(REPORT.replace("330.75", "330.57"), encoding="utf-8")
    call("structure", tmp_path / "a.txt", "--out", tmp_path / "out")
    shown = call("show", tmp_path / "out", "a.txt").out
    assert "411.63, line 7" in shown
    assert "line 9" in shown
    assert "page 1" not in shown
    call("export", tmp_path / "out", "--format", "csv", "-o", tmp_path / "figures.csv")
    with (tmp_path / "figures.csv").open(encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if row["raw"] == "80.88"]
    assert [(row["page"], row["line"]) for row in rows] == [("1", "9")]


def test_texts_beside_page_images_are_files_of_their_own(tmp_path: Path) -> None:
    for name in ("scan/1.png", "scan/2.png", "scan/readme.txt", "a.HTML", "b.md", ".c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert [source.name for source in find_sources([tmp_path]).sources] == ["a.HTML", "b.md", "scan", "scan/readme.txt"]


def test_a_text_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(REPORT, encoding="utf-8")
    check(tmp_path / "a.txt")
    with pytest.raises(TooLarge, match="a text of more than"):
        check(tmp_path / "a.txt", Limits(text=100))


def made(unit: str, total: str, current: str, opening: str) -> str:
    """A report of made-up figures, its title in two lines."""
    return f"""{unit}
2022年度部门决算公开说明
目录
第一部分 部门决算情况说明
一、收入支出决算总体情况说明
二、收入决算情况说明
第一部分 部门决算情况说明
一、收入支出决算总体情况说明
2022年度收入总计{total}万元，其中：本年收入合计{current}万元，使用非财政拨款结余0.00万元，年初结转和结余{opening}万元。
本年度收入的各项情况在下文逐项说明。
本单位按照预算安排各项支出。
二、收入决算情况说明
2022年度本年收入{current}万元，其中：财政拨款收入{current}万元，占100.00%。
"""


def test_a_text_may_hold_several_reports(tmp_path: Path) -> None:
    one, other = made("甲县水务局", "411.63", "330.75", "80.88"), made("三河县教育局", "500.00", "400.00", "100.00")
    (tmp_path / "a.txt").write_text(one + other, encoding="utf-8")
    first, second = structures(tmp_path / "a.txt")
    assert [first.report["unit_name"], second.report["unit_name"]] == ["甲县水务局", "三河县教育局"]
    assert first.report["income_expenditure"]["income_total"] == Decimal("411.63")
    assert second.report["income_expenditure"]["opening_carryover"] == Decimal("100.00")
    assert {figure.line for figure in second.figures.values()} == {15, 22, 26}
    (tmp_path / "b.txt").write_text(one, encoding="utf-8")
    assert len(structures(tmp_path / "b.txt")) == 1

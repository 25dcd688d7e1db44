"""The list of reports: what is in dispute first, each report once."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from recount.cli import main
from recount.desk.listing import listed, off
from recount.pipeline.errors import UsageError
from recount.pipeline.result import Result, write_result
from recount.pipeline.structure import structure
from recount.tests.desk.made import EXAMPLE
from recount.tests.desk.test_cards import PART, TOTAL, check, figure


@pytest.fixture(scope="module")
def example() -> Result:
    return structure(EXAMPLE)


@pytest.fixture
def out(example: Result, tmp_path: Path) -> Path:
    """Two figures disputed, off by 9; one, off by 100; none."""
    pairs = {TOTAL: figure("3", "3", "disputed"), PART: figure("1", "1", "disputed")}
    of_one = {TOTAL: figure("3", "3", "disputed"), PART: figure("1", "1")}
    minor = check("c2", (TOTAL, PART), "999.00", "minor")
    made = {
        "a.pdf": ("乙局", 2022, pairs, [check("c1", (TOTAL, PART), "-9.00"), minor]),
        "b.pdf": ("甲局", 2023, of_one, [check("c1", (TOTAL, PART), "100.00")]),
        "c.pdf": ("丙局", 2021, {}, []),
    }
    for name, (unit, year, figures, checks) in made.items():
        report = {"unit_name": unit, "fiscal_year": year}
        source = replace(example.source, file=name)
        result = replace(example, source=source, report=report, figures=figures, checks=checks)  # type: ignore[arg-type]
        write_result(tmp_path / "out" / "reports" / f"{name}.json", result)
    return tmp_path / "out"


@pytest.mark.parametrize(("sort", "names"), [("disputed", "abc"), ("money", "bac"), ("year", "bac"), ("unit", "cab")])
def test_reports_come_in_the_order_that_is_asked_for(out: Path, sort: str, names: str) -> None:
    rows = listed(out, sort)
    assert [row.name for row in rows] == [f"{name}.pdf" for name in names]
    assert {row.name: off(row) for row in rows} == {"a.pdf": Decimal(9), "b.pdf": Decimal(100), "c.pdf": Decimal(0)}


def test_only_what_is_in_dispute(out: Path) -> None:
    assert [row.name for row in listed(out, disputed=True)] == ["a.pdf", "b.pdf"]


def test_an_order_that_there_is_not_is_one_sentence(out: Path) -> None:
    with pytest.raises(UsageError, match="reports are sorted by disputed, money, unit, year, not by size"):
        listed(out, "size")


def test_the_command_prints_a_line_a_report(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["list", str(out), "--lang", "zh", "--limit", "1"])
    assert not ended.value.code
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == ["存疑", "不符", "小差异", "差额", "年度", "单位", "报告"]
    assert lines[1] == ["2", "1", "1", "9.00", "万元", "2022", "乙局", "a.pdf"]
    assert lines[2] == ["第", "1–1", "份，共", "3", "份"]

"""Which family a report is recognised to be of."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest

from recount.eval.generator import Form, Options, generate
from recount.eval.generator.gold.budget_national import generate_budget
from recount.pipeline.document import Document
from recount.pipeline.errors import NotAReport
from recount.pipeline.map.registry import MAPPERS
from recount.pipeline.read import read_pdf
from recount.pipeline.recognise import recognise
from recount.pipeline.split import split
from recount.pipeline.structure import structure
from recount.schemas.final_accounts.family import FINAL_ACCOUNTS
from recount.schemas.registry import FAMILIES
from recount.tests.pipeline.helpers import Sheet
from recount.tests.samples import SAMPLES
from recount.tests.twins import TWINS, file_of

ROOT = Path(__file__).resolve().parents[2]


def document(*lines: str) -> Document:
    sheet = Sheet()
    return Document(tuple(sheet.paragraph(each) for each in lines), tuple(sheet.tokens))


def name_of(path: Path) -> str | None:
    family = recognise(split(read_pdf(path), *FAMILIES))
    return family.name if family else None


@pytest.mark.parametrize("path", sorted((ROOT / "examples" / "archive").rglob("*.pdf")), ids=lambda path: path.stem)
def test_an_example_is_a_final_account(path: Path) -> None:
    assert name_of(path) == "final_accounts"


@pytest.mark.parametrize("name", [*TWINS, *SAMPLES])
def test_a_whole_report_is_a_final_account(name: str) -> None:
    assert name_of(file_of(name)) == "final_accounts"


@pytest.mark.parametrize("form", list(Form))
def test_a_generated_report_of_every_form(form: Form, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(generate(form, 31, options=Options(size="small", projects=1, slips=0.3)).pdf)
    assert name_of(path) == "final_accounts"


def test_a_generated_budget(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(generate_budget(5).pdf)
    assert name_of(path) == "department_budget"


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["某市水利局", "2025年部门预算公开"], "department_budget"),
        (["某市水利局", "2024年度部门决算公开说明"], "final_accounts"),
        (["关于某局2025年收支预算情况的总体说明", "部门收支总体情况表"], "department_budget"),
        (["目录", "四、财政拨款收入支出决算总体情况说明", "收入支出决算总表"], "final_accounts"),
        (["项 目 支 出 绩 效 自 评 表"], "final_accounts"),
        (["一般公共预算财政拨款支出决算表"], "final_accounts"),
        (["一般公共预算支出表"], "department_budget"),
        (["某局2024年度部门决算", "本年度预算执行情况", "与年初预算数相比情况"], "final_accounts"),
        (["会议纪要", "关于召开年度工作会议的通知"], None),
        ([], None),
    ],
)
def test_few_lines_are_enough(lines: list[str], name: str | None) -> None:
    family = recognise(document(*lines))
    assert (family.name if family else None) == name


def test_running_text_is_no_sign() -> None:
    letter = "我局认真编制部门预算，并按时公开部门决算，收入支出决算总表等表格均已上报财政部门审核，其余事项另行通知。"
    assert recognise(document(letter)) is None


def test_a_file_of_no_family_says_so(tmp_path: Path) -> None:
    with pymupdf.open() as pdf:
        pdf.new_page().insert_text((72, 100), "今天天气很好，我们去公园散步，一共花了30元。", fontname="china-s")
        pdf.save(tmp_path / "letter.pdf")
    with pytest.raises(NotAReport, match="no known family") as raised:
        structure(tmp_path / "letter.pdf")
    assert "final_accounts" in str(raised.value)
    assert "department_budget" in str(raised.value)


def test_a_family_that_is_asked_for_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(generate_budget(5).pdf)
    assert structure(path).contract == "department-budget/1"
    assert structure(path, FINAL_ACCOUNTS).contract == "final-accounts/1"


def test_every_family_has_a_mapper_and_a_name_of_its_own() -> None:
    assert {family.name for family in FAMILIES} == set(MAPPERS)
    assert len({family.contract for family in FAMILIES}) == len(FAMILIES)

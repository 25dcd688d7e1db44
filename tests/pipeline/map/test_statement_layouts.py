"""Final-account statements in the layouts of publishers, from PDF to figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from recount.eval.generator.accounts.classification import subject
from recount.eval.generator.typeset.blocks import Block, Break, Para, Sheet
from recount.eval.generator.typeset.compose import typeset
from recount.eval.generator.typeset.style import draw_style
from recount.pipeline.result import Result
from recount.pipeline.structure import structure

CODES = (
    "2010601", "2010602", "2010605", "2010607", "2010608", "2010650", "2010699", "2080501", "2080505", "2080506",
    "2101101", "2101102", "2101103", "2130301", "2130305", "2130306", "2130314", "2210201", "2210203",
)  # fmt: skip
HEADS = ("本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")
KEYS = ("total", "basic", "project", "remitted_to_superior", "business", "affiliate_subsidy")
NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Layout:
    """How a publisher sets a statement.

    codes: in "one" column, in "three", or before the "name" in its cell. blank: what a cell without an amount prints.
    """

    codes: str = "one"
    numbered: bool = False
    ordinals: bool = False
    yuan: bool = False
    landscape: bool = True
    blank: str = ""
    form_number: bool = False
    style: str = "office"
    total_last: bool = False

    def shown(self, value: Decimal | None) -> str:
        if value is None:
            return self.blank
        return f"{value * 10000:,.2f}" if self.yuan else f"{value:,.2f}"

    def read(self, value: Decimal | None) -> Decimal | None:
        """What is read of an amount: a blank or a dash is nothing, a printed 0.00 is 0."""
        return NOTHING if value is None and self.blank == "0.00" else value


LAYOUTS = {
    "one code column": Layout(),
    "three code columns, 栏次": Layout(codes="three", numbered=True, form_number=True),
    "code before the name": Layout(codes="name"),
    "行次": Layout(ordinals=True, numbered=True),
    "元": Layout(yuan=True, form_number=True),
    "portrait": Layout(landscape=False, style="boxed"),
    "dashes": Layout(blank="—"),
    "hyphens, total last": Layout(blank="-", total_last=True),
    "0.00": Layout(blank="0.00", codes="three"),
    "another style": Layout(codes="three", numbered=True, style="ledger"),
    "segments": Layout(style="segmented", numbered=True),
}

Row = dict[str, Any]


def rows(codes: Sequence[str]) -> list[Row]:
    """合计, then every 类, 款 and 项, with sums that are right."""
    rng = Random(7)
    leaves = {code: tuple(Decimal(rng.randint(1, 9_999_99)) / 100 for _ in range(2)) for code in codes}
    names = {}
    for code in codes:
        of = subject(code)
        names |= {of.class_code: of.class_name, of.section_code: of.section_name, of.item_code: of.item_name}
    found: list[Row] = [{"code": None, "name": "合计", **_sums(list(leaves.values()))}]
    for code in sorted(names):
        inside = [value for key, value in leaves.items() if key.startswith(code)]
        found.append({"code": code, "name": names[code], **_sums(inside)})
    return found


def _sums(parts: Sequence[tuple[Decimal, ...]]) -> dict[str, Decimal | None]:
    basic, project = sum((p[0] for p in parts), NOTHING), sum((p[1] for p in parts), NOTHING)
    return dict.fromkeys(KEYS) | {"total": basic + project, "basic": basic, "project": project}


def statement(layout: Layout, lines: Sequence[Row]) -> list[Block]:
    """支出决算表 with its title, as one publisher sets it."""
    labels = {"one": 2, "three": 4, "name": 1}[layout.codes] + layout.ordinals
    sheet = Sheet((*(1.0 for _ in range(labels - 1 - layout.ordinals)), 3.0, *(0.6,) * layout.ordinals, *(1.3,) * 6))
    _head(sheet, layout, labels)
    for number, line in enumerate(lines, 1):
        amounts = [layout.shown(line[key]) for key in KEYS]
        sheet.row([*_label(layout, line), *([str(number)] if layout.ordinals else []), *amounts])
    out: list[Block] = [Break(layout.landscape), Para("支出决算表", "title")]
    if layout.form_number:
        out.append(Para("公开03表", "unit"))
    return [*out, Para(f"单位：{'元' if layout.yuan else '万元'}", "unit"), sheet.grid()]


def _head(sheet: Sheet, layout: Layout, labels: int) -> None:
    heads = [*(["行次"] if layout.ordinals else []), *HEADS]
    if layout.codes == "three":
        sheet.put(0, 0, "项目", cols=4)
        sheet.put(1, 0, "支出功能分类科目编码", cols=3)
        for at, level in enumerate("类款项"):
            sheet.put(2, at, level)
        sheet.put(1, 3, "科目名称", rows=2)
        for at, head in enumerate(heads):
            sheet.put(0, 4 + at, head, rows=3)
    else:
        names = ["科目编码", "科目名称"] if layout.codes == "one" else ["项目"]
        sheet.row([*names, *heads])
    sheet.header = sheet.height
    if layout.numbered:
        of_labels = labels - layout.ordinals
        sheet.row([*[""] * (of_labels - 1), "栏次", *[""] * layout.ordinals, *(str(at + 1) for at in range(6))])


def _label(layout: Layout, line: Row) -> list[str]:
    code, name = line["code"] or "", line["name"]
    if layout.codes == "one":
        return [code, name]
    if layout.codes == "name":
        return [f"{code} {name}".strip()]
    return [code[:3], code[3:5], code[5:7], name]


def narrative() -> Iterator[Block]:
    yield Para("某市财政局2023年度部门决算", "cover")


def mapped(blocks: Sequence[Block], style: str, folder: Path) -> Result:
    path = folder / "report.pdf"
    path.write_bytes(typeset([*narrative(), *blocks], draw_style(Random(3), style), "某市财政局").pdf)
    return structure(path)


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_statement_is_read_in_every_layout(name: str, tmp_path: Path) -> None:
    layout, lines = LAYOUTS[name], rows(CODES[:8])
    printed = [*lines[1:], lines[0]] if layout.total_last else lines
    result = mapped(statement(layout, printed), layout.style, tmp_path)
    expected = [{key: layout.read(value) if key in KEYS else value for key, value in line.items()} for line in printed]
    assert result.report["statements"]["expenditure"]["rows"] == expected
    assert [each.rule for each in result.checks if each.result == "fail"] == []
    statuses = {each.status for pointer, each in result.figures.items() if pointer.startswith("/statements")}
    assert statuses <= ({"verified"} if layout.blank != "0.00" else {"verified", "grounded"})


@pytest.mark.parametrize("style", ["office", "word", "boxed", "ledger", "segmented"])
def test_a_statement_over_several_pages_is_one(style: str, tmp_path: Path) -> None:
    layout, lines = Layout(codes="three", numbered=True, style=style), rows(CODES)
    result = mapped(statement(layout, lines), style, tmp_path)
    assert result.source.pages > 2
    assert result.report["statements"]["expenditure"]["rows"] == lines
    assert result.summary.figures["disputed"] == 0


OVERVIEW = (
    ("一、一般公共预算财政拨款收入", "1", "812.50", "一、一般公共服务支出", "32", "640.10"),
    ("二、政府性基金预算财政拨款收入", "2", "", "二、教育支出", "33", "172.40"),
    ("八、其他收入", "8", "20.00", "", "34", ""),
    ("本年收入合计", "27", "832.50", "本年支出合计", "58", "812.50"),
    ("使用非财政拨款结余（含专用结余）", "28", "", "结余分配", "59", "—"),
    ("年初结转和结余", "29", "3.25", "年末结转和结余", "60", "23.25"),
    ("总计", "30", "835.75", "总计", "61", "835.75"),
)


@pytest.mark.parametrize("unit", ["万元", "元"])
@pytest.mark.parametrize("landscape", [False, True])
def test_the_overview_with_row_and_column_numbers(unit: str, landscape: bool, tmp_path: Path) -> None:
    sheet = Sheet((3.0, 0.6, 1.3, 3.0, 0.6, 1.3), header=3)
    sheet.put(0, 0, "收入", cols=3)
    sheet.put(0, 3, "支出", cols=3)
    sheet.row(["项目", "行次", "金额", "项目（按功能分类）", "行次", "金额"])
    sheet.row(["栏次", "", "1", "栏次", "", "2"])
    for line in OVERVIEW:
        sheet.row(list(line))
    titles = [Para("收入支出决算总表", "title"), Para("公开01表", "unit"), Para(f"金额单位：{unit}", "unit")]
    result = mapped([Break(landscape), *titles, sheet.grid()], "office", tmp_path)
    found = result.report["statements"]["income_expenditure"]
    scale = Decimal(1) if unit == "万元" else Decimal("0.0001")
    assert [each["amount"] for each in found["expenditure"]] == [Decimal("640.10") * scale, Decimal("172.40") * scale]
    assert found["surplus_distribution"] is None
    assert found["closing_carryover"] == Decimal("23.25") * scale
    assert found["income_total"] == found["expenditure_total"] == Decimal("835.75") * scale
    assert result.summary.figures == {"verified": 10, "repaired": 0, "grounded": 1, "disputed": 0}


@pytest.mark.parametrize("blank", ["", "—", "0.00"])
def test_an_empty_statement(blank: str, tmp_path: Path) -> None:
    sheet = Sheet((1.4, 3.0, 1.3, 1.3, 1.3, 1.3, 1.3, 1.3), header=2)
    for at, head in enumerate(("科目编码", "科目名称", "年初结转和结余", "本年收入")):
        sheet.put(0, at, head, rows=2)
    sheet.put(0, 4, "本年支出", cols=3)
    for at, head in enumerate(("小计", "基本支出", "项目支出")):
        sheet.put(1, 4 + at, head)
    sheet.put(0, 7, "年末结转和结余", rows=2)
    sheet.row(["", "合计", *[blank] * 6])
    note = "注：本单位本年度无政府性基金预算财政拨款收支，本表无数据。"
    title = "政府性基金预算财政拨款收入支出决算表"
    blocks = [Break(True), Para(title, "title"), Para("单位：万元", "unit"), sheet.grid(), Para(note, "note")]
    found = mapped(blocks, "office", tmp_path).report["statements"]["government_funds"]
    value = NOTHING if blank == "0.00" else None
    keys = ("opening", "income", "total", "basic", "project", "closing")
    assert found == {"rows": [{"code": None, "name": "合计", **dict.fromkeys(keys, value)}], "note": note}

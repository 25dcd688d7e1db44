"""Tables of targets (项目支出绩效目标表) in text: amounts by the labels left of them, in two halves."""

from __future__ import annotations

import pytest

from recount.pipeline.document import Document, Grid
from recount.pipeline.map.department_budget.targets import map_targets
from recount.pipeline.read.plain import items_of_text
from recount.pipeline.read.typewriter import typed
from recount.pipeline.split import split
from recount.schemas.department_budget.family import DEPARTMENT_BUDGET
from recount.schemas.department_budget.targets import ProjectTarget
from recount.schemas.figures import Ref

ROWS = (
    ("项目名称", "堤防修缮", "项目类别", "经常性"),
    ("主管部门", "北岭市水利局", "实施单位", "北岭市河道所"),
    ("项目资金（元）", "项目资金总额", "900,000.00", "年度资金总额", "310,000.00"),
    ("其中：财政资金", "850,000.00", "其中：当年财政拨款", "250,000.00"),
    ("上年结转资金", "40,000.00"),
    ("其他资金", "50,000.00", "其他资金", "20,000.00"),
    ("项目绩效目标", "项目总体目标", "年度总体目标"),
    ("三年修堤36公里。", "修堤12公里。"),
    ("绩效指标", "一级指标", "二级指标", "三级指标", "指标值"),
    ("产出指标", "数量指标", "修堤长度", "≥12公里"),
    ("效益指标", "社会效益指标", "居民满意程度", "≥90%"),
)
FUNDS = {
    "total": "900,000.00",
    "total_fiscal": "850,000.00",
    "total_other": "50,000.00",
    "annual": "310,000.00",
    "annual_fiscal": "250,000.00",
    "annual_carried": "40,000.00",
    "annual_other": "20,000.00",
}


def text_of(gap: str, end: str, *changed: tuple[str, str]) -> str:
    """The table with its cells parted by gap and its rows by end. changed: words, and what stands in their place."""
    rows = end.join(gap.join(row) for row in ROWS)
    for old, new in changed:
        assert old in rows
        rows = rows.replace(old, new)
    return f"项目支出绩效目标表\n\n（2024年度）\n\n{rows}\n\n一、堤防修缮项目情况说明\n\n修堤12公里。\n"


def read(text: str) -> tuple[ProjectTarget[Ref], Document]:
    document = split(typed(items_of_text(text)), DEPARTMENT_BUDGET)
    (target,) = map_targets([block for block in document.blocks if isinstance(block, Grid)])
    return target, document


def funds(target: ProjectTarget[Ref], document: Document) -> dict[str, str]:
    refs = {key: getattr(target, key) for key in FUNDS}
    return {key: document.tokens[ref.token].raw for key, ref in refs.items() if ref is not None}


@pytest.mark.parametrize(("gap", "end"), [(" ", "\n\n"), ("\t", "\n"), ("\n", "\n"), ("\n\n", "\n\n")])
def test_a_table_is_read_whatever_parts_its_cells(gap: str, end: str) -> None:
    target, document = read(text_of(gap, end))
    assert funds(target, document) == FUNDS
    assert (target.overall_goal, target.annual_goal) == ("三年修堤36公里。", "修堤12公里。")
    assert [(row.level1, row.level3, row.target) for row in target.indicators] == [
        ("产出指标", "修堤长度", "≥12公里"), ("效益指标", "居民满意程度", "≥90%"),
    ]  # fmt: skip
    assert [block.unit for block in document.blocks if isinstance(block, Grid)] == ["元"]


@pytest.mark.parametrize(
    ("old", "new"),
    [("其中：财政资金", "其中：财政资\n\n金"), ("年度资金总额", "年度资总额"), ("上年结转资金", "上年 结转资金")],
)
def test_a_label_may_be_torn_or_lose_a_character(old: str, new: str) -> None:
    assert funds(*read(text_of(" ", "\n\n", (old, new)))) == FUNDS


def test_an_amount_whose_half_cannot_be_told_stays_open() -> None:
    target, document = read(text_of(" ", "\n\n", ("其他资金 50,000.00 ", "")))
    assert funds(target, document) == {key: raw for key, raw in FUNDS.items() if not key.endswith("other")}
    assert [remark.touches for remark in document.remarks] == [True]


def test_where_two_numbers_follow_a_label_none_is_taken_nor_what_stands_below() -> None:
    turned = ("900,000.00\n年度资金总额\n310,000.00", "年度资金总额\n900,000.00\n310,000.00")
    assert funds(*read(text_of("\n", "\n", turned))) == {}


def test_a_table_of_one_half_has_the_funds_of_the_year() -> None:
    one_half = (
        ("项目资金总额 900,000.00 ", ""), ("其中：财政资金 850,000.00 ", ""), ("其他资金 50,000.00 ", ""),
    )  # fmt: skip
    target, document = read(text_of(" ", "\n\n", *one_half))
    assert funds(target, document) == {key: raw for key, raw in FUNDS.items() if key.startswith("annual")}

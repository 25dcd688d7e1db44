"""The gold example of a family that `recount init-family` writes: a small report of an invented foundation.

python -m recount.eval.generator.starter rebuilds `schemas/starter/example`.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from recount.eval.generator.files import plain
from recount.eval.generator.typeset.blocks import Block, Break, Para, Sheet
from recount.eval.generator.typeset.compose import typeset
from recount.eval.generator.typeset.style import draw_style

EXAMPLE = Path(__file__).resolve().parents[2] / "schemas" / "starter" / "example"
UNIT = "青川助学基金会"
_REASON = "新增两家定向捐赠单位"
_NOTES = "本报告已经理事会审议通过。"
_PROJECTS = (
    ("乡村图书角", "45.00", "42.30", "94.00"),
    ("助学金发放", "60.00", "60.00", "100.00"),
    ("教师培训", "12.50", "8.20", "65.60"),
    ("合计", "117.50", "110.50", "94.04"),
)


def gold() -> dict[str, Any]:
    """What the report says."""
    number = Decimal
    return {
        "unit_name": UNIT,
        "fiscal_year": 2024,
        "income": {
            "total": number("128.60"),
            "donations": {"amount": number("120.00"), "percent": number("93.31")},
            "interest": {"amount": number("3.60"), "percent": number("2.80")},
            "other": {"amount": number("5.00"), "percent": number("3.89")},
            "change": {"amount": number("18.60"), "percent": number("16.91"), "reason": _REASON},
            "donors": 326,
        },
        "expenditure": {
            "total": number("121.70"),
            "programmes": {"amount": number("110.50"), "percent": number("90.80")},
            "management": {"amount": number("11.20"), "percent": number("9.20")},
        },
        "projects": [
            {"name": name, "budget": number(budget), "spent": number(spent), "rate": number(rate)}
            for name, budget, spent, rate in _PROJECTS
        ],
        "notes": _NOTES,
        "unmapped_figures": [],
    }


def pdf(report: dict[str, Any], more: str = "") -> bytes:
    """A report as a PDF, with more words at the end of its second section; the same words give the same bytes."""
    style = draw_style(Random("starter"), "office")
    return typeset(_blocks(report, more), style, report["unit_name"]).pdf


def _blocks(report: dict[str, Any], more: str) -> list[Block]:
    income, spent, year = report["income"], report["expenditure"], report["fiscal_year"]
    said = (
        f"{year}年度收入合计{income['total']}万元，其中：捐赠收入{_portion(income['donations'])}；"
        f"利息收入{_portion(income['interest'])}；其他收入{_portion(income['other'])}。"
        f"收入合计与上年相比，增加{income['change']['amount']}万元，增长{income['change']['percent']}%，"
        f"主要原因是：{income['change']['reason']}。全年共接受捐赠{income['donors']}人次。"
    )
    used = (
        f"{year}年度支出合计{spent['total']}万元，其中：业务活动成本{_portion(spent['programmes'])}；"
        f"管理费用{_portion(spent['management'])}。"
    )
    return [
        Para(report["unit_name"], "cover"),
        Para(f"{year}年度收支情况报告", "cover"),
        Break(),
        Para("一、收入情况", "h2"),
        Para(said),
        Para("二、支出情况", "h2"),
        Para(used + more),
        Para("三、项目支出明细", "h2"),
        Para("项目支出明细表", "caption"),
        Para("单位：万元", "unit"),
        _table(report["projects"]).grid(),
        Para("四、其他说明", "h2"),
        Para(report["notes"]),
    ]


def _portion(part: dict[str, Any]) -> str:
    return f"{part['amount']}万元，占{part['percent']}%"


def _table(projects: list[dict[str, Any]]) -> Sheet:
    sheet = Sheet((1.0, 4.0, 2.0, 2.0, 2.0), header=1)
    sheet.row(["序号", "项目名称", "预算数", "支出数", "执行率"])
    for number, line in enumerate(projects, 1):
        ordinal = "" if line["name"] == "合计" else str(number)
        sheet.row([ordinal, line["name"], str(line["budget"]), str(line["spent"]), f"{line['rate']}%"])
    return sheet


def build(folder: Path = EXAMPLE) -> None:
    """Write the example."""
    report = gold()
    (folder / "report.pdf").write_bytes(pdf(report))
    words = json.dumps(plain(report), ensure_ascii=False, indent=1)
    (folder / "expected.json").write_text(words + "\n", encoding="utf-8")


if __name__ == "__main__":
    build()

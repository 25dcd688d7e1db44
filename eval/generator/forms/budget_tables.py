"""The budget tables (部门预算表) as ruled grids."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import Any

from recount.eval.generator.forms.statements import ordinal
from recount.eval.generator.gold.shape import Json
from recount.eval.generator.typeset.blocks import Block, Break, Para, Sheet

TITLES = (
    "收支预算总表",
    "收入预算表",
    "支出预算表",
    "财政拨款收支预算总表",
    "一般公共预算支出表",
    "一般公共预算基本支出表",
    "“三公”经费预算表",
    "政府性基金预算支出表",
)
INCOME_HEADS = (
    "合计", "上年结转", "一般公共预算拨款收入", "政府性基金预算拨款收入", "国有资本经营预算拨款收入",
    "财政专户管理资金收入", "事业收入", "事业单位经营收入", "上级补助收入", "附属单位上缴收入", "其他收入",
)  # fmt: skip
EXPENDITURE_HEADS = ("合计", "基本支出", "项目支出", "上缴上级支出", "事业单位经营支出", "对附属单位补助支出")


def tables(rng: Random, gold: Json) -> list[Block]:
    """All of them, the wide ones on lying pages."""
    said, year = gold["statements"], gold["fiscal_year"]
    sheets = (
        (_balance(said["income_expenditure"]), False),
        (_by_code(said["income"]["rows"], INCOME_HEADS), True),
        (_by_code(said["expenditure"]["rows"], EXPENDITURE_HEADS), True),
        (_fiscal(said["fiscal_appropriation"]), True),
        (_with_last_year(rng, said["general_public_budget"]["rows"], year), False),
        (_by_code(said["basic_expenditure"]["rows"], ("合计", "人员经费", "公用经费")), False),
        (_three_public(said["three_public"], year), True),
        (_by_code(said["government_funds"]["rows"], ("合计", "基本支出", "项目支出")), False),
    )
    numbered = rng.random() < 0.5
    out: list[Block] = []
    for index, (sheet, landscape) in enumerate(sheets):
        out.append(Break(landscape))
        if numbered:
            out.append(Para(f"部门公开表{index + 1}", "flush"))
        out += [Para(TITLES[index], "title"), Para("单位：万元", "unit"), sheet.grid()]
    return [*out, Break()]


def _shown(value: Any) -> str:
    return f"{value:,}" if isinstance(value, Decimal) else ""


def _balance(table: Json) -> Sheet:
    sheet = Sheet((3.2, 1.4, 3.2, 1.4), header=2)
    sheet.put(0, 0, "收入", cols=2)
    sheet.put(0, 2, "支出", cols=2)
    sheet.row(["项目", "预算数", "项目", "预算数"])
    _sides(sheet, table, 1)
    for left, label, right, other in (
        ("income_current_year", "本年收入合计", "expenditure_current_year", "本年支出合计"),
        ("opening", "上年结转", "closing", "结转下年"),
        ("income_total", "收入总计", "expenditure_total", "支出总计"),
    ):
        sheet.row([label, _shown(table[left]), other, _shown(table[right])])
    return sheet


def _sides(sheet: Sheet, table: Json, width: int) -> None:
    for side, column in (("income", 0), ("expenditure", 2)):
        for index, line in enumerate(table[side]):
            sheet.put(2 + index, column, ordinal(index) + line["name"], align="left")
            sheet.put(2 + index, column + width, _shown(line["amount"]))


def _fiscal(table: Json) -> Sheet:
    """本年收入 and 本年支出 stand above their lines."""
    sheet = Sheet((3.0, 1.2, 3.0, 1.2, 1.2, 1.2, 1.2), header=2)
    sheet.put(0, 0, "收入", cols=2)
    sheet.put(0, 2, "支出", cols=5)
    sheet.row(["项目", "预算数", "项目", "合计", "一般公共预算", "政府性基金预算", "国有资本经营预算"])
    left = [("一、本年收入", table["income_current_year"])]
    left += [(f"（{'一二三'[at]}）{line['name']}", line["amount"]) for at, line in enumerate(table["income"])]
    left += [("二、上年结转", table["opening"])]
    for at, key in enumerate(("opening_general", "opening_funds", "opening_capital")):
        left.append((f"（{'一二三'[at]}）{table['income'][at]['name']}", table[key]))
    right = [("一、本年支出", table["expenditure_current_year"])]
    right += [(f"（{ordinal(at)[:-1]}）{line['name']}", line) for at, line in enumerate(table["expenditure"])]
    right += [("二、结转下年", table["closing"])]
    for at in range(max(len(left), len(right))):
        name, amount = left[at] if at < len(left) else ("", None)
        other, split = right[at] if at < len(right) else ("", {})
        amounts = [_shown(split.get(key)) for key in ("total", "general", "funds", "capital")]
        sheet.row([name, _shown(amount), other, *amounts])
    whole = table["expenditure_total"]
    amounts = [_shown(whole[key]) for key in ("total", "general", "funds", "capital")]
    sheet.row(["收入总计", _shown(table["income_total"]), "支出总计", *amounts])
    return sheet


def _by_code(rows: Sequence[Json], heads: Sequence[str]) -> Sheet:
    """科目编码, 科目名称, and a column an amount; the keys of a row stand in the order of the columns."""
    sheet = Sheet((1.4, 3.2, *(1.3 for _ in heads)), header=1)
    sheet.row(["科目编码", "科目名称", *heads])
    for line in rows:
        amounts = [_shown(value) for key, value in line.items() if key not in ("code", "name")]
        sheet.row([line["code"] or "", line["name"], *amounts])
    return sheet


def _with_last_year(rng: Random, rows: Sequence[Json], year: int) -> Sheet:
    """一般公共预算支出表 beside last year's 执行数, which is none of this budget's figures."""
    sheet = Sheet((1.4, 3.2, 1.3, 1.3, 1.3, 1.3), header=2)
    sheet.put(0, 0, "科目编码", rows=2)
    sheet.put(0, 1, "科目名称", rows=2)
    sheet.put(0, 2, f"{year - 1}年执行数", rows=2)
    sheet.put(0, 3, f"{year}年预算数", cols=3)
    for at, head in enumerate(("小计", "基本支出", "项目支出")):
        sheet.put(1, 3 + at, head)
    for line in rows:
        last = f"{rng.randint(100, 90000) / 100:,.2f}"
        amounts = [_shown(line[key]) for key in ("total", "basic", "project")]
        sheet.row([line["code"] or "", line["name"], last, *amounts])
    return sheet


def _three_public(row: Json, year: int) -> Sheet:
    sheet = Sheet((1.4, 1.6, 1.4, 1.4, 1.4, 1.4), header=3)
    sheet.put(0, 0, f"{year}年预算数", cols=6)
    sheet.put(1, 0, "合计", rows=2)
    sheet.put(1, 1, "因公出国（境）费", rows=2)
    sheet.put(1, 2, "公务用车购置及运行费", cols=3)
    for at, head in enumerate(("小计", "公务用车购置费", "公务用车运行费")):
        sheet.put(2, 2 + at, head)
    sheet.put(1, 5, "公务接待费", rows=2)
    keys = ("total", "overseas", "vehicles", "vehicle_purchase", "vehicle_running", "reception")
    sheet.row([_shown(row[key]) for key in keys])
    return sheet

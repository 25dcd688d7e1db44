"""A district's budget as it is set: functions, 编制说明, nine tables in 元, 其他相关情况说明, targets of projects."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import Any

from recount.eval.generator.forms.statements import ordinal
from recount.eval.generator.forms.xinjiang import NUMERALS
from recount.eval.generator.gold.budget_rows import CENT
from recount.eval.generator.gold.shape import Json
from recount.eval.generator.typeset.blocks import Block, Break, Para, Sheet
from recount.eval.generator.words.kinds import SHANGHAI_FLEET
from recount.eval.generator.words.units import Unit

TITLES = (
    "财务收支预算总表",
    "收入预算总表",
    "支出预算总表",
    "财政拨款收支预算总表",
    "一般公共预算支出功能分类预算表",
    "政府性基金预算支出功能分类预算表",
    "国有资本经营预算支出功能分类预算表",
    "一般公共预算基本支出部门预算经济分类预算表",
    "“三公”经费和机关运行经费预算表",
)


def document(rng: Random, gold: Json, unit: Unit) -> list[Block]:
    """The whole document."""
    words = _Words(rng, gold, unit)
    year = gold["fiscal_year"]
    out: list[Block] = [
        Para(f"上海市{unit.place}{year}年区级部门预算", "cover"),
        Para(f"预算主管部门：{gold['unit_name']}", "cover"),
        Break(),
        *words.contents(),
        Break(),
        *words.overview(),
        Break(),
        *words.compilation(),
    ]
    for at, title in enumerate(TITLES):
        out += [Break(), *_Tables(rng, gold).table(at, title)]
    return [*out, Break(), *words.others(), *words.projects()]


def shown(amount: Decimal) -> str:
    """万元 in words."""
    return f"{amount:,}万元"


class _Words:
    """What is said in words."""

    def __init__(self, rng: Random, gold: Json, unit: Unit) -> None:
        self.rng, self.gold, self.unit = rng, gold, unit
        self.year, self.name = gold["fiscal_year"], gold["unit_name"]

    def contents(self) -> list[Block]:
        heads = (
            "部门主要职能",
            "部门机构设置",
            "名词解释",
            "部门预算编制说明",
            "部门预算表",
            "其他相关情况说明",
            "项目经费情况说明",
        )
        return [Para("目录", "toc"), *(Para(f"{NUMERALS[at]}、{head}", "toc") for at, head in enumerate(heads))]

    def overview(self) -> list[Block]:
        out: list[Block] = [Para(f"{self.name}（部门）主要职能", "title"), Para("主要职能包括：")]
        out += [Para(f"（{NUMERALS[at]}）{duty}") for at, duty in enumerate(self.unit.duties[:6])]
        out += [Break(), Para(f"{self.name}（部门）机构设置", "title")]
        units = self.unit.subordinates or (f"{self.name}本部",)
        out.append(Para(f"{self.name}部门预算是包括{self.name}本部以及下属{len(units) - 1}家预算单位的综合收支计划。"))
        out.append(Para(f"本部门中，行政单位1家，事业单位{len(units) - 1}家，具体包括："))
        out += [Para(f"{at}.{name}") for at, name in enumerate(units, 1)]
        out += [Break(), Para("名词解释", "title")]
        glossary = [
            Para(f"（{NUMERALS[at]}）{entry['term']}：{entry['definition']}")
            for at, entry in enumerate(self.gold["glossary"])
        ]
        return [*out, *glossary]

    def _versus(self, change: Json) -> str:
        if change["amount"] is None:
            return str(change["reason"])
        turn = "增加" if change["amount"] >= 0 else "减少"
        why = f"，主要原因是{change['reason']}" if change["reason"] else ""
        return f"比{self.year - 1}年预算{turn}{shown(abs(change['amount']))}{why}"

    def compilation(self) -> list[Block]:
        income, fiscal = self.gold["income"], self.gold["fiscal_appropriation"]
        funds = ("general_public_budget", "government_funds", "state_capital")
        names = ("一般公共预算拨款支出预算", "政府性基金拨款支出预算", "国有资本经营预算拨款支出预算")
        parts = [
            f"{name}{shown(self.gold[key]['total'])}，{self._versus(self.gold[key]['change'])}"
            for key, name in zip(funds, names, strict=True)
        ]
        since = self._versus(income["fiscal"]["change"])
        out: list[Block] = [
            Para(f"{self.year}年部门预算编制说明", "title"),
            Para(
                f"{self.year}年，{self.name}收入预算{shown(income['total'])}，其中：财政拨款收入{shown(income['fiscal']['amount'])}，{since}；"
                f"事业收入{shown(income['institutional']['amount'])}；"
                f"事业单位经营收入{shown(income['business']['amount'])}；其他收入{shown(income['other']['amount'])}。"
            ),
            Para(
                f"支出预算{shown(self.gold['expenditure']['total'])}，其中：财政拨款支出预算{shown(fiscal['total'])}，{since}。"
                f"财政拨款支出预算中，{'；'.join(parts)}。"
            ),
        ]
        turn = fiscal["change"]["amount"]
        word = "增加" if turn is not None and turn >= 0 else "减少"
        if turn is not None:
            out.append(Para(f"财政拨款收入支出{word}的主要原因是{fiscal['change']['reason']}。"))
        out.append(Para("财政拨款支出主要内容如下："))
        subject = self.rng.choice(("科目", ""))
        out += [
            Para(
                f"{at}. “{item['class_name']}（类）{item['section_name']}（款）{item['item_name']}（项）”{subject}"
                f"{shown(item['amount'])}，主要用于{item['purpose']}。"
            )
            for at, item in enumerate(fiscal["items"], 1)
        ]
        return out

    def others(self) -> list[Block]:
        out: list[Block] = [Para("其他相关情况说明", "title")]
        bodies = (
            (f"{self.year}年“三公”经费预算情况说明", self._three_public()),
            ("机关运行经费预算", self._operating()),
            ("政府采购预算情况", self._procurement()),
            ("绩效目标设置情况", self._performance()),
            ("国有资产占有使用情况", self._assets()),
        )
        for at, (head, texts) in enumerate(bodies):
            out += [Para(f"{NUMERALS[at]}、{head}", "h2"), *map(Para, texts)]
        return out

    def _three_public(self) -> list[str]:
        said = self.gold["three_public"]

        def part(key: str, name: str) -> str:
            return f"{name}{shown(said[key]['amount'])}，{self._versus(said[key]['change'])}"

        return [
            f"{self.year}年“三公”经费预算数为{shown(said['total'])}，{self._versus(said['change'])}。其中：",
            f"（一）{part('overseas', '因公出国（境）费')}。",
            f"（二）{part('vehicles', '公务用车购置及运行费')}。其中：{part('vehicle_purchase', '公务用车购置费')}；"
            f"{part('vehicle_running', '公务用车运行费')}。",
            f"（三）{part('reception', '公务接待费')}。",
        ]

    def _operating(self) -> list[str]:
        amount = shown(self.gold["operating_costs"]["amount"])
        return [f"{self.year}年{self.name}下属1家机关和2家参公事业单位财政拨款的机关运行经费预算为{amount}。"]

    def _procurement(self) -> list[str]:
        said = self.gold["procurement"]
        return [
            f"{self.year}年本部门政府采购预算{shown(said['total'])}，其中：政府采购货物预算{shown(said['goods'])}、"
            f"政府采购工程预算{shown(said['works'])}、政府采购服务预算{shown(said['services'])}。",
            f"{self.year}年本部门面向中小企业预留政府采购项目预算金额{shown(said['sme_amount'])}，其中，"
            f"预留给小型和微型企业的政府采购项目预算为{shown(said['micro_amount'])}。",
        ]

    def _performance(self) -> list[str]:
        said = self.gold["performance"]
        return [
            f"按照本区预算绩效管理工作的总体要求，本部门{self.rng.randint(1, 5)}个预算单位开展了{self.year}年项目预算"
            f"绩效目标编报工作，编报绩效目标的项目{said['project_count']}个，"
            f"涉及项目预算资金{shown(said['project_budget'])}。"
        ]

    def _assets(self) -> list[str]:
        said = self.gold["state_assets"]
        fleet = "、".join(f"{name}{said[f'vehicles_{kind}']}辆" for kind, name in SHANGHAI_FLEET.items())
        bought = self.rng.randint(0, 4)
        plan = "、".join(f"{name}{bought if kind == 'other' else 0}辆" for kind, name in SHANGHAI_FLEET.items())
        return [
            f"截至{self.year - 1}年8月31日，{self.name}共有车辆{said['vehicle_count']}辆，其中：{fleet}；"
            f"单价100万元（含）以上设备（不含车辆）{said['large_equipment']}台（套）。",
            f"{self.year}年部门预算安排购置车辆{bought}辆，其中：{plan}；"
            "部门预算安排购置单价100万元（含）以上设备（不含车辆）0台（套）。",
        ]

    def projects(self) -> list[Block]:
        out: list[Block] = []
        for target in self.gold["project_targets"]:
            out += [Break(), Para(f"{target['name']}项目经费情况说明", "title"), Para("一、项目概述", "h2")]
            out += [Para(target["annual_goal"]), Para("二、年度预算安排", "h2")]
            out += [Para(f"本年度预算金额为{shown(target['annual'])}，用于{target['name']}。"), Break()]
            out += [
                Para("财政项目支出绩效目标申报表", "title"),
                Para(f"（{self.year}年度）", "caption"),
                _target_sheet(target).grid(),
            ]
        return out


def _yuan(amount: Any, decimals: bool) -> str:
    """An amount (in 万元) as a table in 元 prints it; blank where there is none."""
    if amount is None:
        return ""
    return f"{(amount * 10_000).quantize(CENT if decimals else Decimal(1)):,}"


def _target_sheet(target: Json) -> Sheet:
    """财政项目支出绩效目标申报表: two halves of funds and of goals, then the indicators, levels merged downwards."""
    sheet = Sheet((1, 1.3, 1.6, 1.6, 1.7, 1.7), header=0)
    for row, (left, right) in enumerate(
        (
            (("项目名称", target["name"]), ("项目类别", "特定目标类")),
            (("主管部门", target["department"]), ("实施单位", target["implementing_unit"])),
            (("计划开始日期", target["start_date"]), ("计划完成日期", target["end_date"])),
        )
    ):
        sheet.put(row, 0, left[0], cols=2)
        sheet.put(row, 2, left[1])
        sheet.put(row, 3, right[0])
        sheet.put(row, 4, right[1], cols=2)
    funds = (
        ("项目资金总额", "total", "年度资金申请总额", "annual"),
        ("其中：财政资金", "total_fiscal", "其中：当年财政拨款", "annual_fiscal"),
        ("", None, "上年结转资金", "annual_carried"),
        ("其他资金", "total_other", "其他资金", "annual_other"),
    )
    sheet.put(3, 0, "项目资金（元）", rows=len(funds))
    for row, (name, whole, label, annual) in enumerate(funds, 3):
        sheet.put(row, 1, name)
        sheet.put(row, 2, _yuan(target[whole], decimals=True) if whole else "")
        sheet.put(row, 3, label, cols=2)
        sheet.put(row, 5, _yuan(target[annual], decimals=True))
    top = 3 + len(funds)
    sheet.put(top, 0, "项目绩效目标", rows=2)
    sheet.put(top, 1, "项目总体目标", cols=2)
    sheet.put(top, 3, "年度总体目标", cols=3)
    sheet.put(top + 1, 1, target["overall_goal"], cols=2)
    sheet.put(top + 1, 3, target["annual_goal"], cols=3)
    put_indicators(sheet, target["indicators"], top + 2)
    return sheet


def put_indicators(sheet: Sheet, indicators: Sequence[Json], top: int) -> None:
    """绩效指标 from a row on, levels merged downwards, on a sheet of six columns."""
    sheet.put(top, 0, "绩效指标", rows=len(indicators) + 1)
    for col, head in ((1, "一级指标"), (2, "二级指标"), (3, "三级指标")):
        sheet.put(top, col, head)
    sheet.put(top, 4, "年度（/项目）指标值", cols=2)
    for at, indicator in enumerate(indicators):
        row = top + 1 + at
        for col, key in ((1, "level1"), (2, "level2")):
            same = [other for other in indicators if other[key] == indicator[key]]
            if same[0] is indicator:
                sheet.put(row, col, indicator[key], rows=len(same))
        sheet.put(row, 3, indicator["level3"])
        sheet.put(row, 4, indicator["target"], cols=2)


class _Tables:
    """The nine tables."""

    def __init__(self, rng: Random, gold: Json) -> None:
        self.rng, self.said = rng, gold["statements"]
        self.year, self.name = gold["fiscal_year"], gold["unit_name"]
        self.decimals = any(
            row["total"] is not None and row["total"] * 10_000 % 1 for row in self.said["expenditure"]["rows"]
        )

    def table(self, at: int, title: str) -> list[Block]:
        """One of them, with its title and the line below it."""
        functions = ("合计", "基本支出", "项目支出")
        made = (
            lambda: self._balance(),
            lambda: self._coded(
                "收入预算", "income", ("合计", "财政拨款收入", "事业收入", "事业单位经营收入", "其他收入")
            ),
            lambda: self._coded("支出预算", "expenditure", functions),
            lambda: self._fiscal(),
            lambda: self._coded("一般公共预算支出", "general_public_budget", functions),
            lambda: self._coded("政府性基金预算支出", "government_funds", functions),
            lambda: self._coded("国有资本经营预算支出", "state_capital", functions),
            lambda: self._coded(
                "一般公共预算基本支出", "basic_expenditure", ("合计", "人员经费", "公用经费"), economic=True
            ),
            lambda: self._three_public(),
        )
        unit = "万元" if at == 8 else "元"
        out: list[Block] = [
            Para(f"{self.year}年部门{title}", "title"),
            Para(f"编制部门：{self.name}　　　　　　单位：{unit}", "flush"),
            made[at]().grid(),
        ]
        if title.startswith(("政府性基金", "国有资本")) and not self._any(at):
            out.append(Para(f"注：本年度无{title[:6]}预算支出，故本表无数据。", "note"))
        return out

    def _any(self, at: int) -> bool:
        rows = self.said["government_funds" if at == 5 else "state_capital"]["rows"]
        return any(row["total"] is not None for row in rows)

    def _cell(self, amount: Any) -> str:
        return _yuan(amount, self.decimals)

    def _balance(self) -> Sheet:
        table = self.said["income_expenditure"]
        sheet = Sheet((3.2, 1.6, 3.2, 1.6), header=2)
        sheet.put(0, 0, "本年收入", cols=2)
        sheet.put(0, 2, "本年支出", cols=2)
        sheet.row(["项目", "预算数", "项目", "预算数"])
        number = part = 0
        for row, line in enumerate(table["income"], 2):
            number, part = (number, part + 1) if line["part_of"] else (number + 1, 0)
            name = f"{part}. {line['name']}" if part else ordinal(number - 1) + line["name"]
            sheet.put(row, 0, name, align="left")
            sheet.put(row, 1, self._cell(line["amount"]))
        for row, line in enumerate(table["expenditure"], 2):
            sheet.put(row, 2, ordinal(row - 2) + line["name"], align="left")
            sheet.put(row, 3, self._cell(line["amount"]))
        sheet.row(["收入总计", self._cell(table["income_total"]), "支出总计", self._cell(table["expenditure_total"])])
        return sheet

    def _fiscal(self) -> Sheet:
        table = self.said["fiscal_appropriation"]
        keys = ("total", "general", "funds", "capital")
        sheet = Sheet((2.4, 1.3, 2.4, 1.3, 1.3, 1.2, 1.2), header=2)
        sheet.put(0, 0, "财政拨款收入", cols=2)
        sheet.put(0, 2, "财政拨款支出", cols=5)
        sheet.row(["项目", "预算数", "项目", "合计", "一般公共预算", "政府性基金预算", "国有资本经营预算"])
        for row, line in enumerate(table["income"], 2):
            sheet.put(row, 0, ordinal(row - 2) + line["name"], align="left")
            sheet.put(row, 1, self._cell(line["amount"]))
        for row, line in enumerate(table["expenditure"], 2):
            sheet.put(row, 2, ordinal(row - 2) + line["name"], align="left")
            for col, key in enumerate(keys, 3):
                sheet.put(row, col, self._cell(line[key]))
        whole = [self._cell(table["expenditure_total"][key]) for key in keys]
        sheet.row(["收入总计", self._cell(table["income_total"]), "支出总计", *whole])
        return sheet

    def _coded(self, over: str, key: str, heads: Sequence[str], *, economic: bool = False) -> Sheet:
        """类, 款 and 项 (or 类 and 款) in columns of their own below 科目编码, 合计 over all of them."""
        levels = ("类", "款") if economic else ("类", "款", "项")
        width = len(levels)
        sheet = Sheet((*(0.6 for _ in levels), 3.2, *(1.5 for _ in heads)), header=3)
        sheet.put(0, 0, "项目", cols=width + 1)
        sheet.put(0, width + 1, over, cols=len(heads))
        sheet.put(1, 0, "部门预算经济分类科目编码" if economic else "功能分类科目编码", cols=width)
        sheet.put(1, width, "经济分类科目名称" if economic else "功能分类科目名称", rows=2)
        for col, head in enumerate(heads, width + 1):
            sheet.put(1, col, head, rows=2)
        for col, level in enumerate(levels):
            sheet.put(2, col, level)
        for line in self.said[key]["rows"]:
            row = sheet.height
            amounts = [self._cell(value) for name, value in line.items() if name not in ("code", "name")]
            if line["code"] is None:
                sheet.put(row, 0, "合计", cols=width + 1)
            else:
                code = (line["code"][:3], line["code"][3:5], line["code"][5:])
                for col, digits in enumerate(code[:width]):
                    sheet.put(row, col, digits)
                sheet.put(row, width, line["name"], align="left")
            for col, text in enumerate(amounts, width + 1):
                sheet.put(row, col, text)
        return sheet

    def _three_public(self) -> Sheet:
        row = self.said["three_public"]
        sheet = Sheet((1.3, 1.6, 1.3, 1.3, 1.3, 1.3, 1.6), header=3)
        sheet.put(0, 0, "“三公”经费预算数", cols=6)
        sheet.put(0, 6, "机关运行经费预算数", rows=3)
        sheet.put(1, 0, "合计", rows=2)
        sheet.put(1, 1, "因公出国（境）费", rows=2)
        sheet.put(1, 2, "公务接待费", rows=2)
        sheet.put(1, 3, "公务用车购置及运行费", cols=3)
        for col, head in enumerate(("小计", "购置费", "运行费"), 3):
            sheet.put(2, col, head)
        keys = ("total", "overseas", "reception", "vehicles", "vehicle_purchase", "vehicle_running", "operating_cost")
        sheet.row([f"{row[key]:,}" for key in keys])
        return sheet

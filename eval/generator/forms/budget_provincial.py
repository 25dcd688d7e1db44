"""A departmental budget as provinces publish it: tables under 部门…总表, with nested heads, in 万元 or 元; in words."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import Any

from recount.eval.generator.forms.budget_district import put_indicators
from recount.eval.generator.forms.budget_national import Words
from recount.eval.generator.forms.statements import ordinal
from recount.eval.generator.gold.budget_provincial import CARRIED, OWN, SOURCES
from recount.eval.generator.gold.shape import Json
from recount.eval.generator.typeset.blocks import Block, Break, Para, Sheet
from recount.eval.generator.words.kinds import FLEET

_BUDGETS = ("一般公共预算", "政府性基金预算", "国有资本经营预算")
_PARTS = ("合计", "基本支出", "项目支出")
_SPENT = ("合计", "基本支出", "项目支出", "上缴上级支出", "事业单位经营支出", "对附属单位补助支出")


class Tables:
    """The tables of one budget. yuan: in 元, else in 万元."""

    def __init__(self, rng: Random, gold: Json) -> None:
        self.rng, self.said, self.targets = rng, gold["statements"], gold["project_targets"]
        self.year, self.name = gold["fiscal_year"], gold["unit_name"]
        self.yuan, self.dated = rng.random() < 0.3, rng.random() < 0.4

    def blocks(self) -> list[Block]:
        """All of them, the wide ones on lying pages."""
        of = self.rng.choice(("部门", "单位", ""))
        said = self.said
        sheets = (
            (f"{of}收支总表", self._balance(), False),
            (f"{of}收入总表", self._income(said["income"]["rows"]), True),
            (f"{of}支出总表", self._coded(said["expenditure"]["rows"], _SPENT), True),
            ("财政拨款收支总表", self._fiscal(said["fiscal_appropriation"]), True),
            ("一般公共预算支出表", self._function(said["general_public_budget"]["rows"]), True),
            ("一般公共预算基本支出表", self._basic(said["basic_expenditure"]["rows"]), False),
            ("一般公共预算“三公”经费支出表", self._three_public(said["three_public"]), True),
            ("政府性基金预算支出表", self._coded(said["government_funds"]["rows"], _PARTS), False),
            ("国有资本经营预算支出表", self._coded(said["state_capital"]["rows"], _PARTS), False),
            ("项目支出表", self._projects(said["projects"]["rows"]), True),
        )
        number = self.rng.choice(("预算{:02}表", "表{}", "附表{}", None))
        out: list[Block] = []
        for index, (title, sheet, landscape) in enumerate(sheets, 1):
            out.append(Break(landscape))
            if number is not None:
                out.append(Para(number.format(index), "flush"))
            out.append(Para(f"{self.year}年{title}" if self.dated else title, "title"))
            unit = "单位：元" if self.yuan else "单位：万元"
            out += [Para(f"部门/单位：{self.name}    {unit}" if of else unit, "unit"), sheet.grid()]
        for target in self.targets:
            unit = "资金单位：元" if self.yuan else "资金单位：万元"
            out += [Break(), Para("项目支出绩效目标表", "title"), Para(f"（{self.year}年度）    {unit}", "unit")]
            out.append(self._target(target).grid())
        return [*out, Break()]

    def _target(self, target: Json) -> Sheet:
        """The funds of the year below one another, then the goal and the indicators."""
        sheet = Sheet((1, 1.3, 1.6, 1.6, 1.7, 1.7))
        sheet.put(0, 0, "项目名称")
        sheet.put(0, 1, target["name"], cols=5)
        sheet.put(1, 0, "主管部门")
        sheet.put(1, 1, target["department"], cols=2)
        sheet.put(1, 3, "实施单位")
        sheet.put(1, 4, target["implementing_unit"], cols=2)
        sheet.put(2, 0, "资金情况", rows=3)
        funds = (("年度资金总额", "annual"), ("其中：财政拨款", "annual_fiscal"), ("其他资金", "annual_other"))
        for row, (name, key) in enumerate(funds, 2):
            sheet.put(row, 1, name, cols=2)
            sheet.put(row, 3, self._cell(target[key]), cols=3)
        sheet.put(5, 0, "总体目标")
        sheet.put(5, 1, target["overall_goal"], cols=5)
        put_indicators(sheet, target["indicators"], 6)
        return sheet

    def _cell(self, value: Any) -> str:
        return "" if not isinstance(value, Decimal) else f"{value * 10_000 if self.yuan else value:,.2f}"

    def _cells(self, line: Json, keys: Sequence[str]) -> list[str]:
        return [self._cell(line[key]) for key in keys]

    def _balance(self) -> Sheet:
        """收入 beside 支出 by function; the totals below a line of what was carried over."""
        table = self.said["income_expenditure"]
        sheet = Sheet((3.2, 1.5, 3.2, 1.5), header=2)
        sheet.put(0, 0, "收入", cols=2)
        sheet.put(0, 2, "支出", cols=2)
        sheet.row(["项目", "预算数", "项目（按功能分类）", "预算数"])
        for side, column in (("income", 0), ("expenditure", 2)):
            for index, line in enumerate(table[side]):
                sheet.put(2 + index, column, ordinal(index) + line["name"], align="left")
                sheet.put(2 + index, column + 1, self._cell(line["amount"]))
        left = self.rng.choice(("上年结转结余", "上年结转"))
        for key, label, other, title in (
            ("income_current_year", "本年收入合计", "expenditure_current_year", "本年支出合计"),
            ("opening", left, "closing", self.rng.choice(("年终结转结余", "结转下年"))),
            ("income_total", "收入总计", "expenditure_total", "支出总计"),
        ):
            sheet.row([label, self._cell(table[key]), title, self._cell(table[other])])
        return sheet

    def _income(self, rows: Sequence[Json]) -> Sheet:
        by_unit = "current" in rows[0]
        return self._by_unit(rows) if by_unit else self._coded(rows, ("合计", "上年结转结余", *SOURCES.values()))

    def _by_unit(self, rows: Sequence[Json]) -> Sheet:
        """A line for each unit; 本年收入 and 上年结转结余 each over the sources, 单位资金 over the unit's own."""
        sources = (*_BUDGETS, "财政专户管理资金")
        carried = tuple(f"opening_{key}" for key in CARRIED)
        keys = ("total", "current", *_KEYS, "special_account", "own", *OWN, "opening", *carried)
        sheet = Sheet((1.0, 2.6, *(1.1 for _ in keys)), header=3)
        for column, head in enumerate(("单位代码", "单位名称", "合计")):
            sheet.put(0, column, head, rows=3)
        sheet.put(0, 3, "本年收入", cols=11)
        sheet.put(0, 14, "上年结转结余", cols=6)
        sheet.put(1, 8, "单位资金", cols=6)
        for column, head in (*enumerate(("小计", *sources), 3), *enumerate(("小计", *sources, "单位资金"), 14)):
            sheet.put(1, column, head, rows=2)
        for column, head in enumerate(("小计", *(SOURCES[key] for key in OWN)), 8):
            sheet.put(2, column, head)
        for line in rows:
            sheet.row([line["code"] or "", line["name"], *self._cells(line, keys)])
        return sheet

    def _coded(self, rows: Sequence[Json], heads: Sequence[str]) -> Sheet:
        """科目编码, 科目名称, and a column an amount; the keys of a row stand in the order of the columns."""
        sheet = Sheet((1.4, 3.2, *(1.3 for _ in heads)), header=1)
        sheet.row(["科目编码", "科目名称", *heads])
        for line in rows:
            sheet.row([line["code"] or "", line["name"], *(self._cell(v) for k, v in line.items() if k not in _LABELS)])
        return sheet

    def _fiscal(self, table: Json) -> Sheet:
        """本年收入 and 本年支出 stand above their lines."""
        keys = ("total", *_KEYS)
        sheet = Sheet((3.0, 1.2, 3.0, 1.2, 1.2, 1.2, 1.2), header=2)
        sheet.put(0, 0, "收入", cols=2)
        sheet.put(0, 2, "支出", cols=5)
        sheet.row(["项目", "预算数", "项目", "合计", *_BUDGETS])
        left = [("一、本年收入", table["income_current_year"])]
        left += [(f"（{'一二三'[at]}）{line['name']}", line["amount"]) for at, line in enumerate(table["income"])]
        left += [("二、上年结转", table["opening"])]
        left += [
            (f"（{'一二三'[at]}）{line['name']}", table[f"opening_{key}"])
            for at, (line, key) in enumerate(zip(table["income"], _KEYS, strict=True))
        ]
        right = [("一、本年支出", table["expenditure_current_year"])]
        right += [(f"（{ordinal(at)[:-1]}）{line['name']}", line) for at, line in enumerate(table["expenditure"])]
        right += [("二、年终结转结余", table["closing"])]
        for at in range(max(len(left), len(right))):
            name, amount = left[at] if at < len(left) else ("", None)
            other, split = right[at] if at < len(right) else ("", dict.fromkeys(keys))
            sheet.row([name, self._cell(amount), other, *self._cells(split, keys)])
        whole = self._cells(table["expenditure_total"], keys)
        sheet.row(["收入总计", self._cell(table["income_total"]), "支出总计", *whole])
        return sheet

    def _function(self, rows: Sequence[Json]) -> Sheet:
        """一般公共预算支出表: 基本支出 over 小计, 人员经费 and 公用经费 where the form splits it."""
        if "personnel" not in rows[0]:
            return self._coded(rows, _PARTS)
        sheet = Sheet((1.4, 3.2, *(1.3 for _ in range(5))), header=2)
        for column, head in ((0, "科目编码"), (1, "科目名称"), (2, "合计"), (6, "项目支出")):
            sheet.put(0, column, head, rows=2)
        sheet.put(0, 3, "基本支出", cols=3)
        for column, head in enumerate(("小计", "人员经费", "公用经费"), 3):
            sheet.put(1, column, head)
        for line in rows:
            amounts = self._cells(line, ("total", "basic", "personnel", "public", "project"))
            sheet.row([line["code"] or "", line["name"], *amounts])
        return sheet

    def _basic(self, rows: Sequence[Json]) -> Sheet:
        sheet = Sheet((1.4, 3.2, 1.3, 1.3, 1.3), header=2)
        sheet.put(0, 0, "部门预算支出经济分类科目", cols=2)
        sheet.put(0, 2, "本年一般公共预算基本支出", cols=3)
        sheet.row(["科目编码", "科目名称", "合计", "人员经费", "公用经费"])
        for line in rows:
            sheet.row([line["code"] or "", line["name"], *self._cells(line, ("total", "personnel", "public"))])
        return sheet

    def _three_public(self, row: Json) -> Sheet:
        """Last year's budget beside this year's, in one line."""
        sheet = Sheet(tuple(1.2 for _ in range(12)), header=3)
        for at, when in enumerate((self.year - 1, self.year)):
            left = 6 * at
            sheet.put(0, left, f"{when}年预算数", cols=6)
            sheet.put(1, left, "“三公”经费合计", rows=2)
            sheet.put(1, left + 1, "因公出国（境）费", rows=2)
            sheet.put(1, left + 2, "公务用车购置及运行费", cols=3)
            for column, head in enumerate(("小计", "公务用车购置费", "公务用车运行费"), left + 2):
                sheet.put(2, column, head)
            sheet.put(1, left + 5, "公务接待费", rows=2)
        last = [f"{self.rng.randint(1, 99)}.{self.rng.randint(10, 99)}" for _ in range(6)]
        keys = ("total", "overseas", "vehicles", "vehicle_purchase", "vehicle_running", "reception")
        sheet.row([*last, *self._cells(row, keys)])
        return sheet

    def _projects(self, rows: Sequence[Json]) -> Sheet:
        sheet = Sheet((1.4, 3.2, 2.2, *(1.2 for _ in range(9))), header=2)
        heads = ("类型", "项目名称", "项目单位", "合计", "财政专户管理资金", "单位资金")
        for column, head in zip((0, 1, 2, 3, 10, 11), heads, strict=True):
            sheet.put(0, column, head, rows=2)
        sheet.put(0, 4, "本年拨款", cols=3)
        sheet.put(0, 7, "财政拨款结转结余", cols=3)
        for column, head in enumerate((*_BUDGETS, *_BUDGETS), 4):
            sheet.put(1, column, head)
        keys = ("total", *_KEYS, *(f"carried_{key}" for key in _KEYS), "special_account", "own")
        for line in rows:
            texts = [line["category"] or "", line["name"], line["unit"] or ""]
            sheet.row([*texts, *self._cells(line, keys)])
        return sheet


_KEYS = ("general", "funds", "capital")
_LABELS = ("code", "name")


class Provincial(Words):
    """The sections of 情况说明 in the wording of provinces."""

    def bodies(self) -> Sequence[tuple[str, Sequence[str | Para]]]:
        """The sections under their titles."""
        return (
            ("收支总体情况说明", self._totals()),
            ("收入总体情况说明", self._income()),
            ("支出总体情况说明", self._expenditure()),
            ("财政拨款收入支出总体情况说明", self._fiscal()),
            ("一般公共预算支出情况说明", self._general()),
            ("一般公共预算基本支出情况说明", self._basic()),
            ("政府性基金预算支出情况说明", self._fund("government_funds", "政府性基金预算")),
            ("国有资本经营预算支出情况说明", self._fund("state_capital", "国有资本经营预算")),
            ("“三公”经费支出情况说明", self._three_public()),
            ("其他重要事项的情况说明", self._important()),
        )

    def _against(self, change: Json) -> str:
        """与2024年预算相比，增加…, with its reason where there is one."""
        more = change["amount"] >= 0
        words = (
            f"与{self.year - 1}年预算相比，{'增加' if more else '减少'}{_m(abs(change['amount']))}，"
            f"{'增长' if more else '下降'}{abs(change['percent'])}%"
        )
        return words + (f"。主要原因：{change['reason']}。" if change["reason"] else "。")

    def _totals(self) -> list[str]:
        said = self.gold["totals"]
        if said["total"] is not None:
            return [f"{self.name}{self.year}年收支总预算{_m(said['total'])}，{self._against(said['change'])}"]
        return [
            f"{self.name}{self.year}年收入总计{_m(said['income_total'])}，支出总计{_m(said['expenditure_total'])}，"
            f"{self._against(said['change']).replace('相比，', '相比，收、支总计各')}"
        ]

    def _income(self) -> list[str]:
        said = self.gold["income"]
        names = {"opening": "上年结转结余", **SOURCES}
        parts = [
            f"{title}{_m(said[key]['amount'])}，占{said[key]['percent']}%" for key, title in names.items() if said[key]
        ]
        return [f"{self.name}{self.year}年收入合计{_m(said['total'])}，其中：{'；'.join(parts)}。"]

    def _expenditure(self) -> list[str]:
        said = self.gold["expenditure"]
        parts = [
            f"{title}{_m(said[key]['amount'])}，占{said[key]['percent']}%"
            for key, title in (("basic", "基本支出"), ("project", "项目支出"))
        ]
        return [f"{self.name}{self.year}年支出合计{_m(said['total'])}，其中：{'；'.join(parts)}。"]

    def _fiscal(self) -> list[str]:
        said = self.gold["fiscal_appropriation"]
        income = [f"一般公共预算拨款{_m(said['general'])}"]
        if said["funds"] is not None:
            income.append(f"政府性基金预算拨款{_m(said['funds'])}")
        spent = "、".join(f"{part['class_name']}{_m(part['amount'])}" for part in said["by_class"])
        return [
            f"{self.year}年财政拨款收支总预算{_m(said['total'])}，{self._against(said['change'])}",
            f"收入包括：{'、'.join(income)}。支出包括：{spent}。",
        ]

    def _general(self) -> list[str | Para]:
        said = self.gold["general_public_budget"]
        shares = "；".join(
            f"{part['class_name']}（类）支出{_m(part['amount'])}，占{part['percent']}%" for part in said["by_class"]
        )
        return [
            f"{self.name}{self.year}年一般公共预算支出年初预算为{_m(said['total'])}，{self._against(said['change'])}",
            f"主要用于以下方面：{shares}。",
            "具体安排情况如下：",
            *self._items(said["items"]),
        ]

    def _items(self, items: Sequence[Json]) -> list[str]:
        return [
            f"{at}.{item['class_name']}（类）{item['section_name']}（款）{item['item_name']}（项）：{self.year}年预算数为"
            f"{_m(item['amount'])}，{self._versus(item['change'], '预算数')}"
            for at, item in enumerate(items, 1)
        ]

    def _three_public(self) -> list[str]:
        said = self.gold["three_public"]
        return [
            f"{self.name}{self.year}年“三公”经费预算为{_m(said['total'])}。{self._against(said['change'])}具体支出情况如下：",
            f"（一）因公出国（境）费{_m(said['overseas']['amount'])}，{self._since(said['overseas']['change'])}",
            f"（二）公务用车购置及运行费{_m(said['vehicles']['amount'])}，其中：公务用车购置费"
            f"{_m(said['vehicle_purchase']['amount'])}，{self._since(said['vehicle_purchase']['change'])}"
            f"公务用车运行费{_m(said['vehicle_running']['amount'])}，{self._since(said['vehicle_running']['change'])}",
            f"（三）公务接待费{_m(said['reception']['amount'])}，{self._since(said['reception']['change'])}",
        ]

    def _since(self, change: Json) -> str:
        if change["amount"] is None:
            return f"{change['reason']}。"
        turn = "增加" if change["amount"] >= 0 else "减少"
        return f"比{self.year - 1}年预算数{turn}{_m(abs(change['amount']))}，主要原因是{change['reason']}。"

    def _important(self) -> list[str | Para]:
        assets = self.gold["state_assets"]
        kinds = [(FLEET[key.removeprefix("vehicles_")], n) for key, n in assets.items() if key.startswith("vehicles_")]
        fleet = "、".join(f"{title}{n:d}辆" for title, n in kinds)
        return [
            *super()._important(),
            Para("（四）国有资产占用情况", "h3"),
            f"截至{self.year - 1}年12月31日，{self.name}共有车辆{assets['vehicle_count']:d}辆，其中：{fleet}；"
            f"单价100万元以上设备{assets['large_equipment']:d}台（套）。",
        ]


def _m(amount: Decimal) -> str:
    return f"{amount:,}万元"

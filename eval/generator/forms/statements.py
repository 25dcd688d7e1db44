"""The nine statements as ruled grids: S prints them as its form does, N with 公开0x表 and a 栏次 row."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from recount.eval.generator.forms.xinjiang import NUMERALS
from recount.eval.generator.gold.shape import Json
from recount.eval.generator.gold.statements import LEFT
from recount.eval.generator.slips import Typist
from recount.eval.generator.typeset.blocks import Block, Break, Para, Sheet
from recount.eval.generator.words.glossary import STATEMENTS
from recount.eval.generator.words.kinds import EXPENDITURE, INCOME

_T2 = (("total", "本年收入合计"), *INCOME)
_T3 = (("total", "本年支出合计"), *EXPENDITURE)
_T5 = (("total", "合计"), ("basic", "基本支出"), ("project", "项目支出"))
_T8 = ("opening", "income", "total", "basic", "project", "closing")
_T7 = ("total", "overseas", "vehicles", "vehicle_purchase", "vehicle_running", "reception")
_KINDS = ("total", "general", "funds", "capital")
# what the national form says below the other tables
_NOTES = {
    0: "注：本表反映部门本年度的总收支和年末结转结余情况。",
    1: "注：本表反映部门本年度取得的各项收入情况。",
    2: "注：本表反映部门本年度各项支出情况。",
    4: "注：本表反映部门本年度一般公共预算财政拨款支出情况。",
}
_TENS = ("", "十", "二十")
_KEYS = (
    "income_expenditure", "income", "expenditure", "fiscal_appropriation", "general_public_budget",
    "basic_expenditure", "three_public", "government_funds", "state_capital",
)  # fmt: skip


def ordinal(index: int) -> str:
    """一、 to 二十九、 for the rows of T1 and T4."""
    tens, ones = divmod(index + 1, 10)
    return _TENS[tens] + ("", *NUMERALS[:9])[ones] + "、"


@dataclass
class Statements:
    """Lays out one report's statements."""

    rng: Random
    gold: Json
    typist: Typist
    unit: str
    national: bool = False

    @property
    def money(self) -> str:
        """The unit that the tables' captions name."""
        return "元" if self.typist.yuan else "万元"

    def blocks(self) -> list[Block]:
        """Those of the nine that the report carries, the wide ones on lying pages."""
        layouts = (
            (self._t1, False),
            (lambda: self._functional("income", _T2), True),
            (lambda: self._functional("expenditure", _T3), True),
            (self._t4, True),
            (lambda: self._functional("general_public_budget", _T5), False),
            (self._t6, False),
            (self._t7, True),
            (lambda: self._t89("government_funds"), True),
            (lambda: self._capital() if self.national else self._t89("state_capital"), not self.national),
        )
        out: list[Block] = []
        for index, (layout, landscape) in enumerate(layouts):
            if self.gold["statements"][_KEYS[index]] is None:
                continue
            if out or landscape:
                out.append(Break(landscape))
            out += self._titles(index)
            out.append(layout().grid())
            out += self._note(index)
        return [*out, Break()]

    def _titles(self, index: int) -> list[Block]:
        """A table's title and its unit line."""
        title = STATEMENTS[index]
        if self.national:
            title = title.replace("国有资本经营预算财政拨款收入支出", "国有资本经营预算财政拨款支出")
        out: list[Block] = [Para(title, "title")]
        if self.national:
            out.append(Para(f"公开{index + 1:02}表", "unit"))
            out.append(Para(f"部门：{self.unit}    {self.gold['fiscal_year']}年度    金额单位：{self.money}", "note"))
        else:
            out.append(Para(f"单位：{self.money}", "unit"))
        return out

    def _note(self, index: int) -> list[Block]:
        """The note of an empty T8 or T9."""
        key = {7: "government_funds", 8: "state_capital"}.get(index)
        note = self.gold["statements"][key]["note"] if key else _NOTES.get(index) if self.national else None
        return [Para(note, "note")] if note else []

    def _value(self, value: Any, pointer: str) -> str:
        """A cell's figure, or nothing."""
        return "" if value is None else self.typist.value(value, "m", f"/statements/{pointer}")

    def _t1(self) -> Sheet:
        """T1: two halves, income and expenditure."""
        node, at = self.gold["statements"]["income_expenditure"], "income_expenditure"
        sheet = Sheet((3.2, 1.3, 3.2, 1.3), header=2)
        sheet.put(0, 0, "收入", cols=2)
        sheet.put(0, 2, "支出", cols=2)
        sheet.row(["项目", "决算数", "项目", "决算数"])
        for side, col in (("income", 0), ("expenditure", 2)):
            for index, row in enumerate(node[side]):
                sheet.put(2 + index, col, ordinal(index) + row["name"], align="left")
                sheet.put(2 + index, col + 1, self._value(row["amount"], f"{at}/{side}/{index}/amount"))
        surplus = self.rng.choice(("使用非财政拨款结余", "使用非财政拨款结余（含专用结余）"))
        for left, label, right, other in (
            ("income_current_year", "本年收入合计", "expenditure_current_year", "本年支出合计"),
            ("nonfiscal_surplus_used", surplus, "surplus_distribution", "结余分配"),
            ("opening_carryover", "年初结转和结余", "closing_carryover", "年末结转和结余"),
            ("income_total", "总计", "expenditure_total", "总计"),
        ):
            values = [self._value(node[key], f"{at}/{key}") for key in (left, right)]
            sheet.row([label, values[0], other, values[1]])
        return sheet

    def _head(self, sheet: Sheet, columns: tuple[str, ...], total_first: bool) -> None:
        """The head of a functional table: 项目 over 科目编码 (类, 款, 项) and 科目名称, then the columns."""
        sheet.put(0, 0, "项目", cols=4)
        # with 合计 first, 类 款 项 stand in its row (S) or in the row of 栏次 (N)
        apart = not (total_first or self.national)
        sheet.put(1, 0, self.rng.choice(("支出功能分类科目编码", "科目编码")), rows=1 if apart else 2, cols=3)
        for col, mark in enumerate("类款项" if apart else ""):
            sheet.put(2, col, mark)
        sheet.put(1, 3, "科目名称", rows=2)
        for col, label in enumerate(columns):
            sheet.put(0, 4 + col, label, rows=3)
        if self.national:
            sheet.row(["类", "款", "项", "栏次", *(str(n + 1) for n in range(len(columns)))])

    def _functional(self, key: str, columns: tuple[tuple[str, str], ...]) -> Sheet:
        """T2, T3, T5: rows by functional subject."""
        sheet = Sheet((0.6, 0.5, 0.5, 3.0, *(1.2 for _ in columns)), header=4 if self.national else 3)
        total_first = self.gold["statements"][key]["rows"][0]["code"] is None
        self._head(sheet, tuple(label for _, label in columns), total_first)
        self._rows(sheet, key, tuple(name for name, _ in columns))
        return sheet

    def _rows(self, sheet: Sheet, key: str, columns: tuple[str, ...]) -> None:
        """The rows; S sets a first 合计 into the row of 类, 款, 项."""
        for index, row in enumerate(self.gold["statements"][key]["rows"]):
            at = sheet.height
            values = [self._value(row[name], f"{key}/rows/{index}/{name}") for name in columns]
            code = row["code"] or ""
            if code or index:
                marks = [code[:3], code[3:5], code[5:7]]
            else:
                marks = ["", "", ""] if self.national else ["类", "款", "项"]
            if not code and any(marks):
                sheet.row([*marks, "合计", *values])
            elif not code:
                sheet.put(at, 0, "合计", cols=4)
                for col, text in enumerate(values):
                    sheet.put(at, 4 + col, text)
            else:
                sheet.row([*marks, row["name"], *values])

    def _t4(self) -> Sheet:
        """T4: income, and expenditure by kind of fiscal money."""
        node, at = self.gold["statements"]["fiscal_appropriation"], "fiscal_appropriation"
        sheet = Sheet((2.4, 1.2, 2.4, 1.2, 1.2, 1.2, 1.2), header=2)
        sheet.put(0, 0, "收入", cols=2)
        sheet.put(0, 2, "支出", cols=5)
        kinds = ("合计", "一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款")
        sheet.row(["项目", "决算数", "项目", *kinds])
        for index, row in enumerate(node["income"]):
            sheet.put(2 + index, 0, ordinal(index) + row["name"], align="left")
            sheet.put(2 + index, 1, self._value(row["amount"], f"{at}/income/{index}/amount"))
        for index, row in enumerate(node["expenditure"]):
            sheet.put(2 + index, 2, ordinal(index) + row["name"], align="left")
            for col, kind in enumerate(_KINDS):
                sheet.put(2 + index, 3 + col, self._value(row[kind], f"{at}/expenditure/{index}/{kind}"))
        names = [ordinal(index) + row["name"] for index, row in enumerate(node["income"])]
        self._t4_totals(sheet, node, names)
        return sheet

    def _t4_totals(self, sheet: Sheet, node: Json, names: list[str]) -> None:
        """The closing rows of T4."""
        at = "fiscal_appropriation"
        for left, label, right, other in (
            ("income_current_year", "本年收入合计", "expenditure_current_year", "本年支出合计"),
            ("opening_carryover", "年初财政拨款结转和结余", "closing_carryover", "年末财政拨款结转和结余"),
            ("opening_general", names[0], "", ""),
            ("opening_funds", names[1], "", ""),
            ("opening_capital", names[2], "", ""),
            ("income_total", "总计", "expenditure_total", "总计"),
        ):
            cells = [label, self._value(node[left], f"{at}/{left}"), other]
            for kind in _KINDS:
                cells.append(self._value(node[right][kind], f"{at}/{right}/{kind}") if right else "")
            sheet.row(cells)

    def _t6(self) -> Sheet:
        """T6: two halves by economic item, the shorter one filled up with blank rows."""
        node = self.gold["statements"]["basic_expenditure"]
        sheet = Sheet((0.7, 0.6, 3, 1.3, 0.7, 0.6, 3, 1.3), header=3)
        for col in (0, 4):
            sheet.put(0, col, "经济分类科目编码", rows=2, cols=2)
            sheet.put(2, col, "类")
            sheet.put(2, col + 1, "款")
            sheet.put(0, col + 2, "科目名称", rows=3)
            sheet.put(0, col + 3, "决算数", rows=3)
        starts = {True: 3, False: 3}
        for index, row in enumerate(node["rows"]):
            left = row["code"][:3] in LEFT
            at, col = starts[left], 0 if left else 4
            starts[left] += 1
            sheet.put(at, col, row["code"][:3])
            sheet.put(at, col + 1, row["code"][3:])
            sheet.put(at, col + 2, row["name"], align="left")
            sheet.put(at, col + 3, self._value(row["amount"], f"basic_expenditure/rows/{index}/amount"))
        last = sheet.height
        for col, label, key in ((0, "人员经费合计", "personnel_total"), (4, "公用经费合计", "public_total")):
            sheet.put(last, col, label, cols=3)
            sheet.put(last, col + 3, self._value(node[key], f"basic_expenditure/{key}"))
        return sheet

    def _t7(self) -> Sheet:
        """T7: budget and final of each of the three expenses in one row."""
        node = self.gold["statements"]["three_public"]
        sheet = Sheet((1.0,) * 12, header=4)
        sheet.put(0, 0, "财政拨款“三公”经费", cols=12)
        for col, label in ((0, "合计"), (2, "因公出国（境）费"), (10, "公务接待费")):
            sheet.put(1, col, label, rows=2, cols=2)
        sheet.put(1, 4, "公务用车购置及运行费", cols=6)
        for col, label in ((4, "小计"), (6, "公务用车购置费"), (8, "公务用车运行费")):
            sheet.put(2, col, label, cols=2)
        sheet.row(["预算数", "决算数"] * 6)
        row = []
        for key in _T7:
            row += [self._value(node[side][key], f"three_public/{side}/{key}") for side in ("budget", "final")]
        sheet.row(row)
        return sheet

    def _capital(self) -> Sheet:
        """The national T9: expenditure only."""
        sheet = Sheet((0.6, 0.5, 0.5, 3.0, 1.2, 1.2, 1.2), header=4)
        self._head(sheet, ("合计", "基本支出", "项目支出"), total_first=True)
        self._rows(sheet, "state_capital", ("total", "basic", "project"))
        return sheet

    def _t89(self, key: str) -> Sheet:
        """T8, T9: opening, income, expenditure, closing; an empty one has some blank rows."""
        node = self.gold["statements"][key]
        sheet = Sheet((0.6, 0.5, 0.5, 3.0, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2), header=4 if self.national else 3)
        sheet.put(0, 0, "项目", cols=4)
        sheet.put(1, 0, "支出功能分类科目编码", rows=1, cols=3)
        sheet.put(1, 3, "科目名称", rows=2)
        for col, mark in enumerate(("类", "款", "项")):
            sheet.put(2, col, mark)
        for col, label in ((4, "年初结转和结余"), (5, "本年收入"), (9, "年末结转和结余")):
            sheet.put(0, col, label, rows=3)
        sheet.put(0, 6, "本年支出", cols=3)
        for col, label in ((6, "小计"), (7, "基本支出"), (8, "项目支出")):
            sheet.put(1, col, label, rows=2)
        if self.national:
            sheet.row(["", "", "", "栏次", *"123456"])
        if node["note"]:
            for _ in range(self.rng.randint(1, 5)):
                sheet.row([""] * 10)
        rows = node["rows"]
        for index, row in enumerate(rows):
            values = [self._value(row[name], f"{key}/rows/{index}/{name}") for name in _T8]
            if row["code"]:
                code = row["code"]
                sheet.row([code[:3], code[3:5], code[5:7], row["name"], *values])
            else:
                at = sheet.height
                sheet.put(at, 0, "合计", cols=4)
                for col, text in enumerate(values):
                    sheet.put(at, 4 + col, text)
        return sheet

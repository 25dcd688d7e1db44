"""A departmental budget in words, as the national form has it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from random import Random

from recount.eval.generator.forms.xinjiang import NUMERALS
from recount.eval.generator.gold.shape import Json
from recount.eval.generator.typeset.blocks import Block, Break, Para
from recount.eval.generator.words.units import Unit

INCOME = {
    "opening": "上年结转",
    "general": "一般公共预算拨款收入",
    "funds": "政府性基金预算拨款收入",
    "institutional": "事业收入",
}


def narrative(rng: Random, unit: Unit, tables: Sequence[Block], words: Words) -> list[Block]:
    """The whole document, the tables as its second or third part."""
    gold, year = words.gold, words.year
    out: list[Block] = [Para(gold["unit_name"], "cover"), Para(f"{year}年部门预算", "cover"), Break()]
    out += [Para("第一部分 部门概况", "h1"), Para("一、主要职能", "h2")]
    out += [Para(f"（{NUMERALS[at]}）{duty}") for at, duty in enumerate(unit.duties[:5])]
    out += [Para("二、机构设置", "h2"), Para(f"{unit.name}内设机构包括：{'、'.join(unit.offices[:4])}。"), Break()]
    parts = [[Para(f"{year}年部门预算表", "h1"), *tables], [Para(f"{year}年部门预算情况说明", "h1"), *words.sections()]]
    if rng.random() < 0.5:
        parts.reverse()
    for at, (head, *rest) in enumerate(parts):
        assert isinstance(head, Para)
        out += [Break(), Para(f"第{NUMERALS[at + 1]}部分 {head.text}", "h1"), *rest]
    out += [Break(), Para("第四部分 名词解释", "h1")]
    out += [Para(f"{entry['term']}：{entry['definition']}") for entry in gold["glossary"]]
    return out


class Words:
    """The sections of 情况说明."""

    def __init__(self, gold: Json) -> None:
        self.gold = gold
        self.year, self.name = gold["fiscal_year"], gold["unit_name"]

    def sections(self) -> list[Block]:
        out: list[Block] = []
        for at, (title, body) in enumerate(self.bodies()):
            out.append(Para(f"{NUMERALS[at]}、{title}", "h2"))
            out += [paragraph if isinstance(paragraph, Para) else Para(paragraph) for paragraph in body]
        return out

    def bodies(self) -> Sequence[tuple[str, Sequence[str | Para]]]:
        """The sections under their titles."""
        return (
            ("收支预算总体情况说明", self._totals()),
            ("收入预算情况说明", self._income()),
            ("支出预算情况说明", self._expenditure()),
            ("财政拨款收支预算总体情况说明", self._fiscal()),
            ("一般公共预算当年拨款情况说明", self._general()),
            ("一般公共预算基本支出情况说明", self._basic()),
            ("“三公”经费预算情况说明", self._three_public()),
            ("政府性基金预算支出情况说明", self._fund("government_funds", "政府性基金预算")),
            ("国有资本经营预算支出情况说明", self._fund("state_capital", "国有资本经营预算")),
            ("其他重要事项的情况说明", self._important()),
        )

    def _versus(self, change: Json, base: str = "预算") -> str:
        """比2024年预算增加…, with its reason where there is one."""
        more = change["amount"] >= 0
        words = (
            f"比{self.year - 1}年{base}{'增加' if more else '减少'}{_m(abs(change['amount']))}，"
            f"{'增长' if more else '下降'}{abs(change['percent'])}%"
        )
        return words + (f"，主要原因是{change['reason']}。" if change["reason"] else "。")

    def _totals(self) -> list[str]:
        said = self.gold["totals"]
        return [
            f"按照综合预算的原则，{self.name}所有收入和支出均纳入部门预算管理。"
            f"{self.name}{self.year}年收支总预算{_m(said['total'])}。收支总预算{self._versus(said['change'])}"
        ]

    def _income(self) -> list[str]:
        said = self.gold["income"]
        parts = [f"{title}{_portion(said[key])}" for key, title in INCOME.items() if said[key]]
        return [f"{self.name}{self.year}年收入预算{_m(said['total'])}，其中：{'；'.join(parts)}。"]

    def _expenditure(self) -> list[str]:
        said = self.gold["expenditure"]
        parts = [f"基本支出{_portion(said['basic'])}", f"项目支出{_portion(said['project'])}"]
        return [f"{self.name}{self.year}年支出预算{_m(said['total'])}，其中：{'；'.join(parts)}。"]

    def _fiscal(self) -> list[str]:
        said = self.gold["fiscal_appropriation"]
        income = [f"一般公共预算当年拨款收入{_m(said['general'])}"]
        if said["funds"] is not None:
            income.append(f"政府性基金预算当年拨款收入{_m(said['funds'])}")
        spent = "、".join(f"{part['class_name']}{_m(part['amount'])}" for part in said["by_class"])
        return [
            f"{self.name}{self.year}年财政拨款收支总预算{_m(said['total'])}。"
            f"收入包括：{'、'.join(income)}。支出包括：{spent}。"
        ]

    def _general(self) -> list[str | Para]:
        said = self.gold["general_public_budget"]
        return [
            Para("（一）一般公共预算当年拨款规模变化情况", "h3"),
            f"{self.name}{self.year}年一般公共预算当年拨款{_m(said['total'])}，"
            + self._versus(said["change"], "执行数"),
            Para("（二）一般公共预算当年拨款结构情况", "h3"),
            _classes(said["by_class"]),
            Para("（三）一般公共预算当年拨款具体使用情况", "h3"),
            *self._items(said["items"]),
        ]

    def _items(self, items: Sequence[Json]) -> list[str]:
        return [
            f"{at}.{item['class_name']}（类）{item['section_name']}（款）{item['item_name']}（项）"
            f"{self.year}年预算数为{_m(item['amount'])}，{self._versus(item['change'], '执行数')}"
            for at, item in enumerate(items, 1)
        ]

    def _basic(self) -> list[str]:
        said = self.gold["basic_expenditure"]
        return [
            f"{self.name}{self.year}年一般公共预算基本支出{_m(said['total'])}，其中：",
            f"人员经费{_m(said['personnel'])}，主要包括：{'、'.join(said['personnel_items'])}。",
            f"公用经费{_m(said['public'])}，主要包括：{'、'.join(said['public_items'])}。",
        ]

    def _three_public(self) -> list[str]:
        said = self.gold["three_public"]
        return [
            f"{self.name}{self.year}年“三公”经费预算数为{_m(said['total'])}，其中："
            f"因公出国（境）费{_m(said['overseas']['amount'])}，"
            f"公务用车购置及运行费{_m(said['vehicles']['amount'])}（其中：公务用车购置费"
            f"{_m(said['vehicle_purchase']['amount'])}，公务用车运行费{_m(said['vehicle_running']['amount'])}），"
            f"公务接待费{_m(said['reception']['amount'])}。"
            f"{self.year}年“三公”经费预算{self._versus(said['change'])}"
        ]

    def _fund(self, key: str, title: str) -> list[str]:
        said = self.gold[key]
        if said["none"]:
            return [f"{self.name}{self.year}年没有使用{title}拨款安排的支出。"]
        return [
            f"{self.name}{self.year}年{title}支出{_m(said['total'])}，{self._versus(said['change'], '执行数')}",
            _classes(said["by_class"]),
            *self._items(said["items"]),
        ]

    def _important(self) -> list[str | Para]:
        cost, bought, aims = (self.gold[key] for key in ("operating_costs", "procurement", "performance"))
        return [
            Para("（一）机关运行经费", "h3"),
            f"{self.year}年{self.name}机关运行经费财政拨款预算{_m(cost['amount'])}，{self._versus(cost['change'])}",
            Para("（二）政府采购情况", "h3"),
            f"{self.year}年{self.name}政府采购预算总额{_m(bought['total'])}，其中：政府采购货物预算{_m(bought['goods'])}、"
            f"政府采购工程预算{_m(bought['works'])}、政府采购服务预算{_m(bought['services'])}。"
            f"面向中小企业预留政府采购项目预算金额{_m(bought['sme_amount'])}。",
            Para("（三）绩效目标设置情况", "h3"),
            f"{self.year}年{self.name}实行绩效目标管理的项目{aims['project_count']}个，"
            f"涉及一般公共预算当年拨款{_m(aims['project_budget'])}。",
        ]


def _m(amount: Decimal) -> str:
    return f"{amount:,}万元"


def _portion(part: Json) -> str:
    return f"{_m(part['amount'])}，占{part['percent']}%"


def _classes(classes: Sequence[Json]) -> str:
    return "；".join(f"{part['class_name']}（类）{_m(part['amount'])}，占{part['percent']}%" for part in classes) + "。"

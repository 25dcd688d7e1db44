"""Form N: the national wording (forms.md, N); its statements carry 公开0x表 and a 栏次 row."""

from __future__ import annotations

from dataclasses import dataclass

from recount.eval.generator.forms.shanghai import Shanghai
from recount.eval.generator.forms.shanghai_details import assets, unmapped
from recount.eval.generator.forms.statements import Statements
from recount.eval.generator.gold.national import TRIPS, VEHICLES
from recount.eval.generator.gold.shape import Json
from recount.eval.generator.typeset.blocks import Block, Break, Para
from recount.eval.generator.words.kinds import EXPENDITURE, FLEET, INCOME

HEADS = (
    "收入支出决算总体情况说明",
    "收入决算情况说明",
    "支出决算情况说明",
    "财政拨款收入支出决算总体情况说明",
    "一般公共预算财政拨款支出决算情况说明",
    "一般公共预算财政拨款基本支出决算情况说明",
    "财政拨款“三公”经费支出决算情况说明",
    "政府性基金预算收入支出决算情况说明",
    "国有资本经营预算财政拨款支出决算情况说明",
    "预算绩效情况说明",
    "其他重要事项情况说明",
)


@dataclass
class National(Shanghai):
    """Writes one N report."""

    def blocks(self) -> list[Block]:
        """The whole document."""
        year, name = self.gold["fiscal_year"], self.gold["unit_name"]
        out: list[Block] = [Para(f"{year}年度", "cover"), Para(f"{name}部门决算", "cover"), Break(), *self._contents()]
        out += [Break(), Para(f"第一部分 {self.unit}概况", "h1"), *self._overview(), Break()]
        out.append(Para(f"第二部分 {year}年度部门决算表", "h1"))
        out += Statements(self.rng, self.gold, self.typist, self.unit, national=True).blocks()
        out.append(Para(f"第三部分 {year}年度部门决算情况说明", "h1"))
        return [*out, *self._sections(HEADS), *self._glossary()]

    def _contents(self) -> list[Block]:
        """目录."""
        return self._listed(("目 录", "部门职责", "机构设置"), "", HEADS)

    def _overview(self) -> list[Block]:
        """第一部分: 部门职责, 机构设置."""
        node = self.gold["overview"]
        out: list[Block] = [Para("一、部门职责", "h2"), *self._duties()]
        offices = "{U}内设机构{overview.office_count:i}个，分别是：{names:t}。"
        self.gold["names"] = "、".join(node["offices"])
        out += [Para("二、机构设置", "h2"), self.say(offices)]
        del self.gold["names"]
        units = node["subordinate_units"]
        if units:
            out.append(self.say("纳入{U}{Y}年度部门决算编制范围的单位共" + str(len(units)) + "个，具体包括："))
            out += [Para(f"{index + 1}.{name}") for index, name in enumerate(units)]
        return out

    def _both(self, key: str, name: str) -> list[Block]:
        """收、支总计均为 and their change."""
        change = self.gold[key]["income_change"]
        text = f"{{Y}}年度{name}收、支总计均为{{income_total:m}}万元。"
        if change["amount"] is None:
            text += "{income_change.reason:t}。"
        else:
            verb, rate = ("增加", "增长") if change["amount"] > 0 else ("减少", "下降")
            text += (
                f"与{{L}}年度相比，{name}收、支总计各{verb}{{income_change.amount:M}}万元，"
                f"{rate}{{income_change.percent:P}}。主要原因是{{income_change.reason:t}}。"
            )
        return [self.say(text, key)]

    def _totals(self) -> list[Block]:
        """一、"""
        return self._both("income_expenditure", "")

    def _fiscal(self) -> list[Block]:
        """四、"""
        return self._both("fiscal_appropriation", "财政拨款")

    def _income(self) -> list[Block]:
        """二、"""
        return self._portions("income", "本年收入合计", INCOME)

    def _expenditure(self) -> list[Block]:
        """三、"""
        return self._portions("expenditure", "本年支出合计", EXPENDITURE)

    def _item(self, index: int, item: Json) -> Block:
        """One item: budget, final, completion, reason or 持平."""
        at = f"items.{index}"
        text = (
            f"{index + 1}.{{{at}.class_name:t}}（类）{{{at}.section_name:t}}（款）{{{at}.item_name:t}}（项）。"
            f"年初预算为{{{at}.budget.budget:m}}万元，支出决算为{{{at}.budget.final:m}}万元"
            + self._rate(item["budget"], f"{at}.budget", "年初预算")
        )
        return self.say(text + "。" + self._why(item["budget"], f"{at}.budget"), "general_public_budget")

    @staticmethod
    def _rate(comparison: Json, at: str, what: str) -> str:
        """完成…的…%, where there was a budget."""
        return "" if comparison["completion_percent"] is None else f"，完成{what}的{{{at}.completion_percent:p}}"

    def _three_public(self) -> list[Block]:
        """七、"""
        node = self.gold["three_public"]
        whole = "{Y}年度“三公”经费财政拨款支出预算为{budget.budget:m}万元，支出决算为{total:m}万元"
        whole += self._rate(node["budget"], "budget", "预算") + "。" + self._why(node["budget"], "budget")
        parts = (
            self._part("因公出国（境）费支出", "overseas_budget", "overseas.amount")
            + "全年因公出国（境）团组{overseas_groups:i}个，累计{overseas_visits:i}人次。",
            "其中："
            + self._part("公务用车购置费支出", "vehicle_purchase_budget", "vehicle_purchase")
            + "公务用车购置数{vehicles_bought:i}辆。"
            + self._part("公务用车运行维护费支出", "vehicle_running_budget", "vehicle_running")
            + "期末公务用车保有量{vehicles_owned:i}辆。",
            self._part("公务接待费支出", "reception_budget", "reception.amount")
            + "国内公务接待{reception_batches:i}批次、{reception_visits:i}人次。",
        )
        overseas, fleet, reception = (self.say(text, "three_public") for text in parts)
        return [
            Para("（一）“三公”经费财政拨款支出决算总体情况说明", "h3"),
            self.say(whole, "three_public"),
            Para(TRIPS, "h3"),
            overseas,
            self._vehicles(),
            fleet,
            reception,
        ]

    def _part(self, label: str, key: str, final: str) -> str:
        """Budget, final and completion of a part."""
        rate = self._rate(self.gold["three_public"][key], key, "预算")
        return f"{label}预算为{{{key}.budget:m}}万元，支出决算为{{{final}:m}}万元{rate}。"

    def _vehicles(self) -> Para:
        """The vehicles as a whole: their budget and completion have no key."""
        places = unmapped(self, TRIPS)
        rate = f"，完成预算的{places[1]}" if len(places) > 1 else ""
        return self.say(f"{VEHICLES}预算为{places[0]}万元，支出决算为{{three_public.vehicles.amount:m}}万元{rate}。")

    def _fund(self, key: str, name: str) -> list[Block]:
        """八、九: none, or the figures."""
        if self.gold[key]["none"]:
            return [self.say(f"本部门{{Y}}年度没有{name}收入，也没有使用{name}安排的支出。")]
        return super()._fund(key, name)

    def _performance(self) -> list[Block]:
        """十、"""
        text = (
            "根据预算绩效管理要求，本部门对{Y}年度{project_count:i}个项目开展了绩效自评，"
            "涉及资金{project_budget:m}万元，自评覆盖率较高。"
        )
        return [self.say(text, "performance")]

    def _important(self) -> list[Block]:
        """十一、: operating cost, procurement, assets."""
        cost = self.gold["operating_costs"][0]
        verb, rate = ("增加", "增长") if cost["change"]["amount"] >= 0 else ("减少", "下降")
        text = (
            f"{{Y}}年度机关运行经费支出{{0.amount:m}}万元，比{{L}}年度{verb}{{0.change.amount:M}}万元，"
            f"{rate}{{0.change.percent:P}}，主要原因是{{0.change.reason:t}}。"
        )
        bought = (
            "{Y}年度政府采购支出总额{total:m}万元，其中：政府采购货物支出{goods:m}万元、政府采购工程支出{works:m}万元、"
            "政府采购服务支出{services:m}万元。授予中小企业合同金额{sme_amount:m}万元，"
            "占政府采购支出总额的{sme_percent:p}，其中：授予小微企业合同金额{micro_amount:m}万元，"
            "占政府采购支出总额的{micro_percent:p}。"
        )
        return [
            Para("（一）机关运行经费支出情况", "h3"),
            self.say(text, "operating_costs"),
            Para("（二）政府采购支出情况", "h3"),
            self.say(bought, "procurement"),
            Para("（三）国有资产占用情况", "h3"),
            assets(self, "本部门", FLEET),
        ]

"""Form S-2024: cover, contents, overview, statements, narrative and glossary in the wording of the Shanghai form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from recount.eval.generator.forms.shanghai_details import assets, performance, procurement, three_public
from recount.eval.generator.forms.statements import Statements
from recount.eval.generator.forms.xinjiang import NUMERALS
from recount.eval.generator.gold.shape import Json
from recount.eval.generator.slips import Typist
from recount.eval.generator.typeset.blocks import Block, Break, Para, Sheet
from recount.eval.generator.words.glossary import STATEMENTS
from recount.eval.generator.words.kinds import INCOME, SHANGHAI_FLEET

HEADS = (
    "收入支出决算总体情况说明",
    "收入决算情况说明",
    "支出决算情况说明",
    "财政拨款收入支出决算总体情况说明",
    "一般公共预算财政拨款支出决算情况说明",
    "一般公共预算财政拨款基本支出决算情况说明",
    "财政拨款“三公”经费支出决算情况说明",
    "政府性基金预算财政拨款收入支出决算情况说明",
    "国有资本经营预算财政拨款收入支出决算情况说明",
    "预算绩效管理情况",
    "其他重要事项的情况说明",
)
_EXPENDITURE = (("basic", "基本支出"), ("project", "项目支出"), ("business", "经营支出"))


@dataclass
class Shanghai:
    """Writes one S report."""

    rng: Random
    gold: Json
    typist: Typist
    unit: str
    intro: str | None = None

    def blocks(self) -> list[Block]:
        """The whole document."""
        year = self.gold["fiscal_year"]
        name = self.gold["unit_name"]
        out: list[Block] = [Para(name, "cover"), Para(f"{year}年度部门决算", "cover"), Break(), *self._contents()]
        out += [Break(), Para("第一部分", "h1"), Para(f"{self.unit}概况", "h1"), *self._overview(), Break()]
        out.append(Para(f"第二部分 {self.unit}{year}年度部门决算表", "h1"))
        out += Statements(self.rng, self.gold, self.typist, self.unit).blocks()
        out.append(Para(f"第三部分 {self.unit}{year}年度部门决算情况说明", "h1"))
        return [*out, *self._sections(HEADS), *self._glossary()]

    def _sections(self, heads: Sequence[str]) -> list[Block]:
        """第三部分: 一 to 十一 below their headings."""
        writers = (
            self._totals,
            self._income,
            self._expenditure,
            self._fiscal,
            self._general,
            self._basic,
            self._three_public,
            self._funds,
            self._capital,
            self._performance,
            self._important,
        )
        out: list[Block] = []
        for index, write in enumerate(writers):
            out += [Para(self.typist.heading(NUMERALS[index] + "、", heads[index]), "h2"), *write()]
        return out

    def _contents(self) -> list[Block]:
        """目录."""
        return self._listed(("目录", "主要职能", "部门决算单位构成"), self.unit, HEADS)

    def _listed(self, front: tuple[str, str, str], unit: str, heads: Sequence[str]) -> list[Block]:
        """A table of contents. front: its title and the headings of 第一部分. unit: who 第二 and 第三部分 name."""
        title, first, second = front
        said = f"{unit}{self.gold['fiscal_year']}年度部门决算"
        lines = [title, f"第一部分 {self.unit}概况", f"一、{first}", f"二、{second}", f"第二部分 {said}表"]
        lines += [f"{NUMERALS[i]}、{name}" for i, name in enumerate(STATEMENTS)]
        lines.append(f"第三部分 {said}情况说明")
        lines += [f"{NUMERALS[i]}、{name}" for i, name in enumerate(heads)]
        return [Para(line, "toc") for line in [*lines, "第四部分 名词解释"]]

    def say(self, template: str, key: str = "") -> Para:
        """A paragraph of the section `key`; {Y} and {L} are this year and the last."""
        year = self.gold["fiscal_year"]
        text = template.replace("{Y}", str(year)).replace("{L}", str(year - 1)).replace("{U}", self.unit)
        if self.typist.yuan:  # 单价100万元 is the form's own and stays
            text = text.replace("100万元", "\0").replace("万元", "元").replace("\0", "100万元")
        return Para(self.typist.fill(text, self.gold[key] if key else self.gold, f"/{key}" if key else ""))

    def _change(self, key: str, node: Json, what: str) -> str:
        """与上年度相比…: a change with its reason, or the sentence that says 持平."""
        change = node[key]
        if change["amount"] is None:
            return f"{{{key}.reason:t}}。"
        verb, rate = ("增加", "增长") if change["amount"] > 0 else ("减少", "下降")
        return (
            f"与{{L}}年度相比，{what}{verb}{{{key}.amount:M}}万元，{rate}{{{key}.percent:P}}。"
            f"主要原因：{{{key}.reason:t}}。"
        )

    def _overview(self) -> list[Block]:
        """第一部分: duties, the units' table."""
        node = self.gold["overview"]
        out = [Para("一、主要职能", "h2"), *self._duties()]
        text = (
            "从预算单位构成看，{U}部门决算包括：{U}本级决算、下属单位决算。纳入{U}{Y}年度部门决算编制范围的单位包括："
        )
        sheet = Sheet((1, 4, 2), header=1)
        sheet.row(["序号", "单位名称", "备注"])
        for index, name in enumerate(node["subordinate_units"]):
            sheet.row([str(index + 1), name, self.rng.choice(("", "", "预算并入本级"))])
        return [*out, Para("二、部门决算单位构成", "h2"), self.say(text), sheet.grid()]

    def _duties(self) -> list[Block]:
        """第一部分: the sentence before them and the duties, numbered if there are several."""
        duties = self.gold["overview"]["functions"]
        many = len(duties) > 1
        out: list[Block] = [Para(self.intro)] if self.intro else []
        out += [Para((f"（{NUMERALS[i]}）" if many else "") + self.typist.text(text)) for i, text in enumerate(duties)]
        return out

    def _totals(self) -> list[Block]:
        """一、"""
        node = self.gold["income_expenditure"]
        return [
            self.say(
                "{U}{Y}年度收入支出总计{income_total:m}万元。" + self._change("income_change", node, "收入支出总计"),
                "income_expenditure",
            )
        ]

    def _portions(self, key: str, start: str, names: tuple[tuple[str, str], ...]) -> list[Block]:
        """A total and the portions that there are."""
        node = self.gold[key]
        parts = [f"{label}{{{name}.amount:m}}万元，占{{{name}.percent:p}}" for name, label in names if node[name]]
        return [self.say(f"{start}{{total:m}}万元，其中：{'；'.join(parts)}{self.rng.choice(('。', '；'))}", key)]

    def _income(self) -> list[Block]:
        """二、"""
        return self._portions("income", "本年收入合计", INCOME)

    def _expenditure(self) -> list[Block]:
        """三、"""
        return self._portions("expenditure", "本年支出合计", _EXPENDITURE)

    def _fiscal(self) -> list[Block]:
        """四、"""
        node, what = self.gold["fiscal_appropriation"], "财政拨款收入支出总计"
        text = "{U}{Y}年度财政拨款收入支出总计{income_total:m}万元。"
        return [self.say(text + self._change("income_change", node, what), "fiscal_appropriation")]

    def _general(self) -> list[Block]:
        """五、: total, classes in one sentence, budget, items."""
        key, name = "general_public_budget", "一般公共预算财政拨款支出"
        node = self.gold[key]
        classes = [
            f"{{by_class.{i}.class_name:t}}（类）{{by_class.{i}.amount:m}}万元，占{{by_class.{i}.percent:p}}"
            for i in range(len(node["by_class"]))
        ]
        out: list[Block] = [Para(f"（一）{name}决算总体情况", "h3")]
        text = f"{name}{{total:m}}万元，占本年支出合计的{{percent_of_expenditure:p}}。"
        out.append(self.say(text + self._change("change", node, name), key))
        out.append(Para(f"（二）{name}决算结构情况", "h3"))
        out.append(self.say(f"{name}{{total:m}}万元，主要用于以下方面：{'；'.join(classes)}；", key))
        out.append(Para(f"（三）{name}决算具体情况", "h3"))
        text = (
            f"{name}年初预算为{{budget.budget:m}}万元，支出决算为{{budget.final:m}}万元，"
            "完成年初预算的{budget.completion_percent:p}。" + self._why(node["budget"], "budget") + "其中："
        )
        out.append(self.say(text, key))
        return out + [self._item(index, item) for index, item in enumerate(node["items"])]

    def _item(self, index: int, item: Json) -> Block:
        """One item: purpose, budget, final, reason or 持平."""
        at = f"items.{index}"
        text = (
            f"{index + 1}、{{{at}.class_name:t}}（类）{{{at}.section_name:t}}（款）{{{at}.item_name:t}}（项）。"
            f"主要用于：{{{at}.purpose:t}}年初预算为{{{at}.budget.budget:m}}万元，支出决算为{{{at}.budget.final:m}}万元。"
        )
        return self.say(text + self._why(item["budget"], f"{at}.budget"), "general_public_budget")

    def _why(self, comparison: Json, at: str) -> str:
        """决算数大于（小于）预算数的主要原因, or 基本持平."""
        if comparison["reason"] is None:
            return "决算数与预算数基本持平。"
        word = "大于" if comparison["final"] > comparison["budget"] else "小于"
        return f"决算数{word}预算数的主要原因：{{{at}.reason:t}}。"

    def _basic(self) -> list[Block]:
        """六、"""
        node = self.gold["basic_expenditure"]
        self.gold["basic_expenditure"] = node | {
            "P": "、".join(node["personnel_items"]),
            "Q": "、".join(node["public_items"]),
        }
        para = self.say(
            "一般公共预算财政拨款基本支出{total:m}万元。其中：人员经费{personnel:m}万元，主要包括：{P:t}；"
            "公用经费{public:m}万元，主要包括：{Q:t}。",
            "basic_expenditure",
        )
        self.gold["basic_expenditure"] = node
        return [para]

    def _three_public(self) -> list[Block]:
        """七、"""
        return three_public(self)

    def _funds(self) -> list[Block]:
        """八、"""
        return self._fund("government_funds", "政府性基金预算财政拨款")

    def _capital(self) -> list[Block]:
        """九、"""
        return self._fund("state_capital", "国有资本经营预算财政拨款")

    def _fund(self, key: str, name: str) -> list[Block]:
        """八、九: none, or the totals."""
        if self.gold[key]["none"]:
            return [self.say(f"{{U}}{{Y}}年度无{name}收入和支出。")]
        text = (
            f"{{U}}{{Y}}年度{name}年初结转和结余{{opening_carryover:m}}万元，本年收入{{income_current_year:m}}万元，"
            "本年支出{expenditure_current_year:m}万元，年末结转和结余{closing_carryover:m}万元。"
        )
        return [self.say(text, key)]

    def _performance(self) -> list[Block]:
        """十、"""
        return performance(self)

    def _important(self) -> list[Block]:
        """十一、"""
        cost = self.gold["operating_costs"][0]
        verb, rate = ("增加", "增长") if cost["change"]["amount"] >= 0 else ("减少", "下降")
        text = (
            f"机关运行经费支出{{0.amount:m}}万元，比{{L}}年度{verb}{{0.change.amount:M}}万元，"
            f"{rate}{{0.change.percent:P}}。主要原因是{{0.change.reason:t}}。"
        )
        out: list[Block] = [Para("（一）机关运行经费支出情况", "h3"), self.say(text, "operating_costs")]
        out += [Para("（二）政府采购支出情况", "h3"), *procurement(self)]
        return [*out, Para("（三）国有资产占有使用情况说明", "h3"), assets(self, "{U}", SHANGHAI_FLEET)]

    def _glossary(self) -> list[Block]:
        """第四部分: numbered terms."""
        entries = self.gold["glossary"]
        out: list[Block] = [Break(), Para("第四部分 名词解释", "h1")]
        return out + [Para(f"{NUMERALS[i]}、{e['term']}：{e['definition']}") for i, e in enumerate(entries)]

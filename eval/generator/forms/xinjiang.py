"""The narrative of forms X-2022 and X-2023 (forms.md, X): the gold's figures in the form's wording."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from recount.eval.generator.forms.three_public import three_public
from recount.eval.generator.gold.shape import Json
from recount.eval.generator.slips import Typist
from recount.eval.generator.typeset.blocks import Block, Break, Para
from recount.eval.generator.words.glossary import STATEMENTS
from recount.eval.generator.words.kinds import EXPENDITURE, FLEET, INCOME

CHANGE = "{0}{{{1}.amount:M}}万元，{2}{{{1}.percent:P}}，主要原因是：{{{1}.reason:t}}"
SECTIONS = (
    "收入支出决算总体情况说明",
    "收入决算情况说明",
    "支出决算情况说明",
    "财政拨款收入支出决算总体情况说明",
    "一般公共预算财政拨款支出决算情况说明",
    "一般公共预算财政拨款基本支出决算情况说明",
    "财政拨款“三公”经费支出决算情况说明",
    "政府性基金预算财政拨款收入支出决算情况说明",
    "国有资本经营预算财政拨款收入支出决算情况说明",
    "其他重要事项的情况说明",
    "预算绩效的情况说明",
    "其他需说明的事项",
)
NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三", "十四")


@dataclass
class Narrative:
    """Writes one report's narrative."""

    rng: Random
    gold: Json
    typist: Typist
    unit: str
    intro: str | None = None  # a sentence before the duties, which is no duty
    inline_numbers: bool = False  # number and text of small headings on one line

    @property
    def year(self) -> int:
        """The fiscal year."""
        year: int = self.gold["fiscal_year"]
        return year

    @property
    def new(self) -> bool:
        """Whether the 2023 form is used."""
        return self.year >= 2023

    def blocks(self) -> list[Block]:
        """All parts in front of the performance tables."""
        out: list[Block] = [
            Para(self.typist.spaced(self.part("第一部分", self.overview_name())), "h1"),
            *self.overview(),
        ]
        out.append(Para(self.part("第二部分", "部门决算情况说明"), "h1"))
        writers = (
            self.totals,
            self.income,
            self.expenditure,
            self.fiscal,
            self.general,
            self.basic,
            self.three_public,
            self.funds,
            self.capital,
            self.important,
            self.performance,
        )
        for index, write in enumerate(writers):
            out.append(self.head(index, SECTIONS[index]))
            out += write()
        if self.gold["other_notes"]:
            out += [self.head(11, SECTIONS[11]), Para(self.say("{other_notes:t}", self.gold, ""))]
        return out

    def overview_name(self) -> str:
        """单位概况 or 部门概况."""
        return "部门概况" if self.gold["overview"]["subordinate_units"] else "单位概况"

    def part(self, number: str, title: str) -> str:
        """The heading of a part."""
        return f"{number} {title}" if self.rng.random() < 0.8 else number + title

    def head(self, index: int, title: str) -> Para:
        """A heading 一、…"""
        return Para(self.typist.heading(NUMERALS[index] + "、", title), "h2")

    def sub(self, index: int, title: str) -> Para:
        """A heading （一）…"""
        mark = f"（{NUMERALS[index]}）" if self.rng.random() < 0.8 else f"({NUMERALS[index]})"
        return Para(self.typist.heading(mark, title), "h3")

    def say(self, template: str, node: Json | list[Json], pointer: str) -> str:
        """A template filled in; {Y} in it is the year."""
        return self.typist.fill(template.replace("{Y}", str(self.year)), node, pointer)

    def change(self, node: Json, key: str) -> str:
        """The template of a Change: direction, amount, percent, reason."""
        amount = node[key]["amount"]
        up, down = ("增加", "增长"), ("减少", self.rng.choice(("下降", "下降", "降低")))
        verb, rate = up if amount > 0 or (amount == 0 and self.rng.random() < 0.8) else down
        return CHANGE.format(verb, key, rate)

    def comparison(self, key: str) -> str:
        """The template of a Comparison."""
        return (
            f"{{{key}.budget:m}}万元，决算数{{{key}.final:m}}万元，预决算差异率{{{key}.variance_percent:p}}，"
            f"主要原因是：{{{key}.reason:t}}"
        )

    def overview(self) -> list[Block]:
        """第一部分: 主要职能, 机构设置及人员情况."""
        node: Json = self.gold["overview"]
        out: list[Block] = [self.head(0, "主要职能")]
        duties = node["functions"]
        if len(duties) == 1:
            out.append(Para(self.typist.text(duties[0])))
        else:
            out += [Para(self.intro)] if self.intro else []
            out += [Para(self.typist.text(f"（{NUMERALS[i]}）{text}")) for i, text in enumerate(duties)]
        staff = (
            self.unit + "{Y}年度，实有人数{staff_total:i}人，其中：在职人员{staff_active:i}人，"
            "离休人员{staff_veteran_retired:i}人，退休人员{staff_retired:i}人。"
        )
        out += [self.head(1, "机构设置及人员情况"), Para(self.say(staff, node, "/overview"))]
        offices = "下设{office_count:i}个处室，分别是：{names:t}。"
        node = node | {"names": "、".join(node["offices"])}
        if node["subordinate_units"]:
            return out + self._summary_units(node, offices)
        text = f"从部门决算单位构成看，{self.unit}部门决算包括：{self.unit}决算。单位无下属预算单位，{offices}"
        return [*out, Para(self.say(text, node, "/overview"))]

    def _summary_units(self, node: Json, offices: str) -> list[Block]:
        """A 汇总 department's numbered list of units."""
        names = node["subordinate_units"]
        text = f"纳入{self.unit}{{Y}}年部门决算编制范围的下属预算单位包括："
        listed: list[Block] = [Para(f"{index + 1}.{name}") for index, name in enumerate(names)]
        return [
            Para(self.say(text, node, "/overview")),
            *listed,
            Para(self.say(self.unit + offices, node, "/overview")),
        ]

    def totals(self) -> list[Block]:
        """一、"""
        node, at = self.gold["income_expenditure"], "/income_expenditure"
        income = (
            "{Y}年度收入总计{income_total:m}万元，其中：本年收入合计{income_current_year:m}万元，"
            "使用非财政拨款结余{nonfiscal_surplus_used:m}万元，年初结转和结余{opening_carryover:m}万元。"
        )
        spent = (
            "支出总计{expenditure_total:m}万元，其中：本年支出合计{expenditure_current_year:m}万元，"
            "结余分配{surplus_distribution:m}万元，年末结转和结余{closing_carryover:m}万元。"
        )
        if self.new:
            both = f"收入支出总体与上年相比，{self.change(node, 'income_change')}。"
            return [Para(self.say(text, node, at)) for text in (income, "{Y}年度" + spent, both)]
        income += f"收入总计与上年相比，{self.change(node, 'income_change')}。"
        spent = f"本年{spent}支出总计与上年相比，{self.change(node, 'expenditure_change')}。"
        return [Para(self.say(income, node, at)), Para(self.say(spent, node, at))]

    def income(self) -> list[Block]:
        """二、"""
        return [self._portions("{Y}年度本年收入{total:m}万元，其中：", INCOME, "income")]

    def expenditure(self) -> list[Block]:
        """三、"""
        return [self._portions("{Y}年度本年支出{total:m}万元，其中：", EXPENDITURE, "expenditure")]

    def _portions(self, start: str, names: tuple[tuple[str, str], ...], key: str) -> Para:
        """A total and its portions in one sentence."""
        parts = [f"{label}{{{name}.amount:m}}万元，占{{{name}.percent:p}}" for name, label in names]
        return Para(self.say(start + "；".join(parts) + "。", self.gold[key], f"/{key}"))

    def fiscal(self) -> list[Block]:
        """四、"""
        node, at = self.gold["fiscal_appropriation"], "/fiscal_appropriation"
        return self._fund_totals(node, at, "财政拨款", "年初财政拨款结转和结余", "年末财政拨款结转和结余")

    def _fund_totals(self, node: Json, at: str, name: str, opening: str, closing: str) -> list[Block]:
        """Totals, change and budget of 四, 八 and 九 in the wording of either year."""
        this, that = ("本年财政拨款收入", "本年财政拨款支出") if self.new else ("财政拨款本年收入", "财政拨款本年支出")
        if name != "财政拨款":
            this, that = ("本年收入", "本年支出") if self.new else (name + "本年收入", name + "本年支出")
        income = (
            f"{{Y}}年度{name}收入总计{{income_total:m}}万元，其中：{opening}{{opening_carryover:m}}万元，"
            f"{this}{{income_current_year:m}}万元。"
        )
        spent = (
            f"{name}支出总计{{expenditure_total:m}}万元，其中：{closing}{{closing_carryover:m}}万元，"
            f"{that}{{expenditure_current_year:m}}万元。"
        )
        if self.new:
            both = f"{name}收入支出总体与上年相比，" if name == "财政拨款" else f"{name}收入支出与上年相比，"
            texts = [income + spent, both + self.change(node, "income_change") + "。"]
            texts.append("与年初预算相比，年初预算数" + self.comparison("income_budget") + "。")
        else:
            income += f"{name}收入总计与上年相比，{self.change(node, 'income_change')}。"
            spent += f"{name}支出总计与上年相比，{self.change(node, 'expenditure_change')}。"
            budget = (
                f"与年初预算数相比情况：{name}收入总计年初预算数{self.comparison('income_budget')}。"
                f"{name}支出总计年初预算数{self.comparison('expenditure_budget')}。"
            )
            texts = [income, spent, budget]
        return [Para(self.say(text, node, at)) for text in texts]

    def general(self) -> list[Block]:
        """五、: total, classes, items."""
        node, at = self.gold["general_public_budget"], "/general_public_budget"
        text = (
            "{Y}年度一般公共预算财政拨款支出{total:m}万元，占本年支出合计的{percent_of_expenditure:p}。"
            if self.new
            else "{Y}年度一般公共预算财政拨款支出{total:m}万元，占本年支出合计的{percent_of_expenditure:p}，"
        )
        text += f"与上年相比，{self.change(node, 'change')}。"
        if node["budget"]:
            text += "与年初预算相比,年初预算数" + self.comparison("budget") + "。"
        out: list[Block] = [
            self.sub(0, "一般公共预算财政拨款支出决算总体情况"),
            Para(self.say(text, node, at)),
        ]
        out.append(self.sub(1, "一般公共预算财政拨款支出决算结构情况"))
        for index, entry in enumerate(node["by_class"]):
            text = f"{index + 1}.{{class_name:t}}(类){{amount:m}}万元,占{{percent:p}}。"
            out.append(Para(self.say(text, entry, f"{at}/by_class/{index}")))
        out.append(self.sub(2, "一般公共预算财政拨款支出决算具体情况"))
        return out + self._items(node["items"], at)

    def _items(self, items: list[Json], at: str) -> list[Block]:
        """The numbered item list of 五（三）, 八 and 九."""
        out: list[Block] = []
        for index, item in enumerate(items):
            text = (
                f"{index + 1}.{{class_name:t}}(类){{section_name:t}}(款){{item_name:t}}(项):"
                f"支出决算数为{{amount:m}}万元，比上年决算{self.change(item, 'change')}。"
            )
            out.append(Para(self.say(text, item, f"{at}/items/{index}")))
        return out

    def basic(self) -> list[Block]:
        """六、"""
        node, at = self.gold["basic_expenditure"], "/basic_expenditure"
        node = node | {key: "、".join(node[key]) for key in ("personnel_items", "public_items")}
        texts = (
            "{Y}年度一般公共预算财政拨款基本支出{total:m}万元，其中：",
            "人员经费{personnel:m}万元，包括：{personnel_items:t}。",
            "公用经费{public:m}万元，包括：{public_items:t}。",
        )
        filled = [self.say(text, node, at) for text in texts]
        return [Para("".join(filled))] if self.inline_numbers else [Para(text) for text in filled]

    def three_public(self) -> list[Block]:
        """七、"""
        return three_public(self)

    def funds(self) -> list[Block]:
        """八、"""
        return self._fund("government_funds", "政府性基金预算财政拨款")

    def capital(self) -> list[Block]:
        """九、"""
        return self._fund("state_capital", "国有资本经营预算财政拨款")

    def _fund(self, key: str, name: str) -> list[Block]:
        """八、九: none, or totals and items."""
        node = self.gold[key]
        if node["none"]:
            text = f"我{self.us()}本年度无{name}收入、支出及结转和结余，{name}收入支出决算表为空表。"
            return [Para(self.say(text, node, ""))]
        out = self._fund_totals(node, f"/{key}", name, "年初结转和结余", "年末结转和结余")
        out.append(Para(self.say(f"{{Y}}年度{name}支出{{expenditure:m}}万元。", node, f"/{key}")))
        return out + self._items(node["items"], f"/{key}")

    def us(self) -> str:
        """单位, or 部门 for a summary."""
        return "部门" if self.gold["overview"]["subordinate_units"] else "单位"

    def important(self) -> list[Block]:
        """十、: operating cost, procurement, assets."""
        out: list[Block] = [self.sub(0, "机关运行经费支出情况")]
        kinds = {
            "administrative": "（行政单位和参照公务员法管理事业单位）机关运行经费支出",
            "institution": "（事业单位）公用经费",
        }
        for index, node in enumerate(self.gold["operating_costs"]):
            text = (
                f"{{Y}}年度{self.unit}{kinds[node['unit_kind']]}{{amount:m}}万元，比上年{self.change(node, 'change')}。"
            )
            out.append(Para(self.say(text, node, f"/operating_costs/{index}")))
        out += [self.sub(1, "政府采购情况"), *self._procurement(), self.sub(2, "国有资产占用情况说明")]
        return [*out, Para(self._assets())]

    def _procurement(self) -> list[Block]:
        """十（二）"""
        texts = (
            "{Y}年度政府采购支出总额{total:m}万元，其中：政府采购货物支出{goods:m}万元、政府采购工程支出{works:m}万元、"
            "政府采购服务支出{services:m}万元。",
            "授予中小企业合同金额{sme_amount:m}万元，占政府采购支出总额的{sme_percent:p}，其中：授予小微企业合同金额"
            "{micro_amount:m}万元，占政府采购支出总额的{micro_percent:p}。",
        )
        out: list[Block] = [Para(self.say(text, self.gold["procurement"], "/procurement")) for text in texts]
        extra = self.gold["unmapped_figures"]
        if extra:
            places = [
                f"{entry['label']}{{{index}.value:{'m' if entry['unit'] == '万元' else 'i'}}}{entry['unit']}"
                for index, entry in enumerate(extra)
            ]
            out.append(Para(self.say("，".join(places) + "。", extra, "/unmapped_figures")))
        return out

    def _assets(self) -> str:
        """十（三）"""
        node: Json = self.gold["state_assets"]
        labels = FLEET
        if self.new:
            labels = FLEET | {"principal": "主要负责人用车", "retired_cadre": "离退休干部服务用车"}
        fleet = "、".join(f"{label}{{vehicles_{kind}:i}}辆" for kind, label in labels.items())
        note = "，其他用车主要是：{vehicles_other_note:t}" if node["vehicles_other_note"] else ""
        text = (
            ("截至" if self.new else "截止") + "{Y}年12月31日，固定资产原值{fixed_assets:m}万元，"
            "房屋{building_area_m2:m}平方米，价值{building_value:m}万元。车辆{vehicle_count:i}辆，价值{vehicle_value:m}万元，"
            f"其中：{fleet}{note}；单价100万元（含）以上设备（不含车辆）{{large_equipment:i}}台（套）。"
        )
        return self.say(text, node, "/state_assets")

    def performance(self) -> list[Block]:
        """十一、"""
        node = self.gold["performance"]
        overall = (
            "预算绩效管理整体支出绩效自评表{overall_table_count:i}个，全年预算总额{overall_budget:m}万元，"
            "实际执行总额{overall_executed:m}万元；"
        )
        start = f"根据预算绩效管理要求，我{self.us()}{{Y}}年度开展"
        projects = (
            "预算绩效评价项目{project_count:i}个，全年预算数{project_budget:m}万元，"
            "全年执行数{project_executed:m}万元。"
        )
        texts = [start + (overall if node["overall_table_count"] is not None else "") + projects]
        texts.append("预算绩效管理取得的成效：{achievements:t}")
        texts.append("发现的问题及原因：{problems:t}")
        texts.append("下一步改进措施：{improvements:t}" + "具体项目自评情况附项目支出绩效自评表。")
        filled = [self.say(text, node, "/performance") for text in texts]
        return [Para("".join(filled))] if self.rng.random() < 0.6 else [Para(text) for text in filled]

    def closing(self) -> list[Block]:
        """第三部分 专业名词解释 and 第四部分 (the list of the attached statements)."""
        out: list[Block] = [Break(), Para(self.part("第三部分", "专业名词解释"), "h1")]
        colon = self.rng.choice(("：", "：", ":"))
        out += [
            Para(self.typist.text(f"{entry['term']}{colon}{entry['definition']}")) for entry in self.gold["glossary"]
        ]
        out += [Break(), Para(self.part("第四部分", "部门决算报表（见附表）"), "h1")]
        return out + [Para(f"{NUMERALS[i]}、《{name}》") for i, name in enumerate(STATEMENTS)]

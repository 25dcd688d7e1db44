"""The sentences of form S-2024 whose figures partly have no key: 七, 十 and 十一（二）（三）."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from recount.eval.generator.gold.shanghai import PERFORMANCE, PROCUREMENT, RATINGS, TRIPS
from recount.eval.generator.gold.shape import Json
from recount.eval.generator.typeset.blocks import Block, Para


class Writer(Protocol):
    """What the writer of the whole report does for its sections."""

    gold: Json

    def say(self, template: str, key: str = "") -> Para:
        """A paragraph of the section `key`."""


_PARTS = (("overseas", "因公出国（境）费"), ("vehicles", "公务用车购置及运行维护费"), ("reception", "公务接待费"))


def unmapped(writer: Writer, section: str) -> list[str]:
    """Template places of the section's figures without a key, in their order."""
    places = []
    for index, entry in enumerate(writer.gold["unmapped_figures"]):
        if entry["section"] == section:
            spec = {"%": "p", "万元": "m"}.get(entry["unit"], "i")
            places.append(f"{{unmapped_figures.{index}.value:{spec}}}")
    return places


def three_public(writer: Writer) -> list[Block]:
    """七、: （一） totals against budget and last year, （二） details."""
    node = writer.gold["three_public"]
    rate = unmapped(writer, TRIPS)[0]
    rates = {
        "overseas": "{three_public.overseas_budget.completion_percent:p}",
        "vehicles": rate,
        "reception": "{three_public.reception_budget.completion_percent:p}",
    }
    parts = [f"{name}支出决算为{{three_public.{key}.amount:m}}万元，完成预算的{rates[key]}" for key, name in _PARTS]
    budget = "“三公”经费财政拨款支出年初预算为{three_public.budget.budget:m}万元，支出决算为{three_public.total:m}万元"
    if node["budget"]["completion_percent"] is not None:
        budget += "，完成预算的{three_public.budget.completion_percent:p}"
    text = f"{budget}，其中：{'；'.join(parts)}。{_reason(writer)}"
    return [
        Para("（一）“三公”经费财政拨款支出决算总体情况说明。", "h3"),
        writer.say(text),
        writer.say(_changes(writer)),
        Para("（二）“三公”经费财政拨款支出决算具体情况说明。", "h3"),
        *_details(writer),
    ]


def _reason(writer: Writer) -> str:
    """Why final and budget differ."""
    budget = writer.gold["three_public"]["budget"]
    if budget["reason"] is None:
        return "决算数与预算数持平。"
    word = "大于" if budget["final"] > budget["budget"] else "小于"
    return f"{{Y}}年度“三公”经费支出决算数{word}预算数的主要原因：{{three_public.budget.reason:t}}。"


def _changes(writer: Writer) -> str:
    """Against last year: the whole and its parts, each 持平 or with amount and percent."""
    node = writer.gold["three_public"]
    parts = []
    for key, name in _PARTS:
        change = node[key]["change"]
        at = f"three_public.{key}.change"
        parts.append(f"{{{at}.reason:t}}" if change["amount"] is None else f"{name}支出决算{_amount(at, change)}")
    whole = node["change"]
    if whole["amount"] is None:
        return f"{{three_public.change.reason:t}}。其中：{'；'.join(parts)}。"
    start = f"{{Y}}年度“三公”经费财政拨款支出决算数比{{L}}年度{_amount('three_public.change', whole)}"
    return f"{start}，主要原因：{{three_public.change.reason:t}}。其中：{'；'.join(parts)}。"


def _amount(at: str, change: dict[str, object]) -> str:
    """增加…万元，增长…%."""
    verb, rate = ("增加", "增长") if float(str(change["amount"])) > 0 else ("减少", "下降")
    return f"{verb}{{{at}.amount:M}}万元，{rate}{{{at}.percent:P}}"


def _details(writer: Writer) -> list[Block]:
    """（二）: counts, or that there was nothing."""
    if writer.gold["three_public"]["vehicles_owned"] is None:
        return [writer.say("{U}{Y}年度无“三公”经费财政拨款支出。")]
    texts = (
        "1、因公出国（境）费{overseas.amount:m}万元。全年安排因公出国（境）团组{overseas_groups:i}个，"
        "因公出国（境）{overseas_visits:i}人次。",
        "2、公务用车购置及运行维护费{vehicles.amount:m}万元。其中：公务用车购置支出{vehicle_purchase:m}万元，"
        "购置公务用车{vehicles_bought:i}辆；公务用车运行维护支出{vehicle_running:m}万元，"
        "期末公务用车保有量{vehicles_owned:i}辆。",
        "3、公务接待费{reception.amount:m}万元。国内公务接待{reception_batches:i}批次，{reception_visits:i}人次。",
    )
    return [writer.say(text, "three_public") for text in texts]


def performance(writer: Writer) -> list[Block]:
    """十、: what was set, tracked and evaluated."""
    p = unmapped(writer, PERFORMANCE)
    ratings = "；".join(f"绩效评级为“{name}”的项目{p[5 + i]}个" for i, name in enumerate(RATINGS))
    text = (
        "{U}{Y}年度预算绩效管理工作开展情况如下：本部门建立了绩效管理工作制度；"
        f"编报绩效目标的{{Y}}年度项目{p[0]}个，涉及预算金额{p[1]}万元；"
        f"绩效跟踪评价的{{Y}}年度项目{p[2]}个，涉及预算金额{p[3]}万元；"
        "绩效自评的{Y}年度项目{performance.project_count:i}个，涉及预算金额{performance.project_budget:m}万元，"
        f"平均得分{p[4]}分（其中，{ratings}。绩效自评中共发现问题{p[9]}个，已经完成整改的{p[10]}个，正在整改的{p[11]}个）。"
    )
    return [writer.say(text)]


def procurement(writer: Writer) -> list[Block]:
    """十一（二）"""
    p = unmapped(writer, PROCUREMENT)
    text = (
        "{U}{Y}年度政府采购金额（以合同签订为准）为{procurement.total:m}万元，其中：货物采购金额{procurement.goods:m}万元、"
        "工程采购金额{procurement.works:m}万元、服务采购金额{procurement.services:m}万元。"
    )
    small = (
        f"{{Y}}年度本部门面向中小企业预留政府采购项目预算金额{p[0]}万元，面向小微企业预留政府采购项目预算金额{p[1]}万元。"
        f"在面向中小企业预留的政府采购项目中，由中小企业供应商中标或成交的，采购金额{p[2]}万元；"
        f"在面向小微企业预留政府采购项目中，由小微企业供应商中标或成交的，采购金额{p[3]}万元；"
        f"在其他政府采购项目中，由中小企业供应商中标或成交的，采购金额{p[4]}万元。"
    )
    return [writer.say(text), writer.say(small)]


def assets(writer: Writer, owner: str, fleet: Mapping[str, str]) -> Para:
    """十一（三）. owner: how the form names who has the cars. fleet: what it calls their kinds, by key."""
    kinds = "、".join(f"{label}{{vehicles_{kind}:i}}辆" for kind, label in fleet.items())
    noted = writer.gold["state_assets"]["vehicles_other_note"]
    note = "，其他用车主要是{vehicles_other_note:t}" if noted else ""
    text = (
        f"截至{{Y}}年12月31日，{owner}共有车辆{{vehicle_count:i}}辆，其中：{kinds}{note}。"
        "单价100万元（含）以上设备（不含车辆）{large_equipment:i}台（套）。"
    )
    return writer.say(text, "state_assets")

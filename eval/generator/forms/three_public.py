"""Section 七 of forms X (“三公”经费), whose sentences are the longest of the form."""

from __future__ import annotations

from random import Random
from typing import Protocol

from recount.eval.generator.gold.shape import Json
from recount.eval.generator.typeset.blocks import Block, Para


class Writer(Protocol):
    """What the writer of the whole narrative does for its sections."""

    rng: Random
    gold: Json

    @property
    def new(self) -> bool:
        """Whether the 2023 form is used."""

    def us(self) -> str:
        """What the unit calls itself."""

    def say(self, template: str, node: Json | list[Json], pointer: str) -> str:
        """A template filled in."""

    def change(self, node: Json, key: str) -> str:
        """The change against last year."""

    def comparison(self, key: str) -> str:
        """The comparison with the budget."""


_AT = "/three_public"
_PARTS = (
    ("overseas", "因公出国（境）费支出"),
    ("vehicles", "公务用车购置及运行维护费支出"),
    ("reception", "公务接待费支出"),
)
_BUDGETS = (
    ("overseas_budget", "因公出国（境）费"),
    ("vehicle_purchase_budget", "公务用车购置费"),
    ("vehicle_running_budget", "公务用车运行费"),
    ("reception_budget", "公务接待费"),
)
_USES = {
    "overseas": ("参加境外业务交流的交通和住宿", "赴境外考察学习"),
    "running": ("燃油、保养和保险", "车辆维修、过路费、年检等"),
    "reception": ("接待上级检查组的工作餐", "外地同行来访的用餐"),
}


def three_public(writer: Writer) -> list[Block]:
    """The paragraphs of 七: totals, details, budgets."""
    node = writer.gold["three_public"]
    texts = [_totals(writer), *_details(writer), _budgets(writer)]
    return [Para(writer.say(text, node, _AT)) for text in texts]


def _totals(writer: Writer) -> str:
    """The total and its three parts."""
    node = writer.gold["three_public"]
    start = "{Y}年度财政拨款“三公”经费支出" + ("" if writer.new else "决算") + "{total:m}万元，比上年"
    parts = [
        f"{label}{{{key}.amount:m}}万元，占{{{key}.percent:p}}，比上年"
        + writer.change(node[key], "change").replace("{change.", f"{{{key}.change.")
        for key, label in _PARTS
    ]
    return f"{start}{writer.change(node, 'change')}。其中：{'；'.join(parts)}。具体情况如下："


def _details(writer: Writer) -> list[str]:
    """Trips, vehicles and receptions with their counts; the amounts are printed once more."""
    node = writer.gold["three_public"]
    use = {
        key: writer.rng.choice(texts) if node[amount]["amount"] else f"我{writer.us()}无此项支出"
        for (key, texts), amount in zip(_USES.items(), ("overseas", "vehicles", "reception"), strict=True)
    }
    vehicles = (
        "公务用车购置及运行维护费{vehicles.amount:m}万元，其中：公务用车购置费{vehicle_purchase:m}万元，"
        f"公务用车运行维护费{{vehicle_running:m}}万元。公务用车运行维护费开支内容包括{use['running']}。"
        "公务用车购置数{vehicles_bought:i}辆，公务用车保有量{vehicles_owned:i}辆。"
    )
    if writer.new:
        same = node["fixed_asset_vehicles"] == node["vehicles_owned"]
        why = "无差异" if same else "其余车辆为业务保障用车，运行费不在“三公”经费中列支"
        vehicles += f"国有资产占用情况中固定资产车辆{{fixed_asset_vehicles:i}}辆，与公务用车保有量差异原因是：{why}。"
    return [
        f"因公出国（境）费支出{{overseas.amount:m}}万元，开支内容包括{use['overseas']}。{writer.us()}全年安排的因公出国（境）"
        "团组{overseas_groups:i}个，因公出国（境）{overseas_visits:i}人次。",
        vehicles,
        f"公务接待费{{reception.amount:m}}万元，开支内容包括{use['reception']}。{writer.us()}全年安排的国内公务接待"
        "{reception_batches:i}批次，{reception_visits:i}人次。",
    ]


def _budgets(writer: Writer) -> str:
    """The comparison with 全年预算数, whole and by part."""
    start = "与全年预算相比，财政拨款“三公”经费支出" if writer.new else "与全年预算数相比情况：“三公”经费支出"
    parts = [f"{label}全年预算数{writer.comparison(key)}" for key, label in _BUDGETS]
    return f"{start}全年预算数{writer.comparison('budget')}。其中：{'；'.join(parts)}。"

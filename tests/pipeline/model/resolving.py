"""Small sections, and answers about them resolved."""

from __future__ import annotations

from typing import Any

from recount.pipeline.document import Paragraph
from recount.pipeline.model.answer.resolve import Resolved, resolve
from recount.pipeline.model.ask.protocol import PAIR
from recount.pipeline.model.ask.question import answer_model
from recount.pipeline.model.ask.shown import Shown, show
from recount.schemas.final_accounts.report import Report
from recount.tests.pipeline.helpers import Sheet

INCOME = "本年收入100.00万元，其中：财政拨款收入90.00万元，占90.00%；其他收入10.00万元，占10.00%。"
CHANGE = "收入总计100.00万元。收入总计与上年相比，减少20.00万元，下降16.67%，主要原因是：项目减少。"
ITEMS = (
    "1.教育支出（类）普通教育（款）小学教育（项）：支出决算数为5.00万元，比上年决算增加1.00万元，增长25.00%。"
    "2.农林水支出（类）农业农村（款）行政运行（项）：支出决算数为7.00万元，比上年决算减少1.00万元，下降12.50%。"
)


def shown_of(*texts: str) -> Shown:
    sheet = Sheet()
    paragraphs: list[Paragraph] = [sheet.paragraph(text) for text in texts]
    return show(paragraphs, [], PAIR.printed)


def resolved(section: str, values: dict[str, Any], *texts: str) -> Resolved:
    """An answer with some fields of a section, the others null."""
    answer = answer_model(Report, PAIR.figure_type(()), {section: dict.fromkeys(values)})
    return resolve(answer.model_validate({section: values}), Report, shown_of(*texts), PAIR, {}, depth=1)


def refused(found: Resolved) -> list[tuple[str, str]]:
    return [(each.pointer, each.reason) for each in found.refused]


def item(name: str, amount: str) -> dict[str, Any]:
    return {"class_name": None, "section_name": None, "item_name": name, "amount": amount}


def items(*rows: dict[str, Any], printed: tuple[str, ...] = (ITEMS,)) -> Resolved:
    full = [{**dict.fromkeys(("change", "budget", "purpose")), **row} for row in rows]
    return resolved("general_public_budget", {"items": full}, *printed)

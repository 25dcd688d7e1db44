"""What a user would have of a model without Recount: its own figures, by a plain schema of floats.

No marks, no resolving, no verifier; the sign is the model's own. The same fields are asked for, by the same titles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from recount.pipeline.errors import NotToSchema, Truncated
from recount.pipeline.model.answer.draft import merged
from recount.pipeline.model.ask.pieces import Piece
from recount.pipeline.model.ask.prompting import sheet
from recount.pipeline.model.ask.question import Asker, Question
from recount.pipeline.model.ask.shown import show
from recount.pipeline.model.fields import answer_model
from recount.pipeline.model.mapper import parts_of
from recount.schemas.family import Family

_SYSTEM = (
    "你从公开的财政报告中提取数据，按给定的字段输出一个 JSON 对象。金额以万元为单位；"
    "减少、下降用负数；原文没有的填 null。"
)
_USER = "下面是一份{report}中“{title}”的原文。请提取下列字段。\n\n字段：\n{fields}\n\n原文：\n{text}\n"


def answered_alone(asker: Asker, family: Family, document: str, pieces: Sequence[Piece]) -> tuple[Any, dict[str, str]]:
    """A report as the model says it, as plain values; and the pieces that it gave no answer for, with the reason."""
    values: Any = {}
    unanswered: dict[str, str] = {}
    for piece in pieces:
        try:
            for question in _questions(family, document, piece):
                values = merged(values, _plain(asker.ask(question).value))
        except (NotToSchema, Truncated) as error:
            unanswered[piece.purpose] = str(error)
    return values, unanswered


def _questions(family: Family, document: str, piece: Piece) -> list[Question]:
    answer = answer_model(family.report, float, piece.wanted)
    questions = []
    for part in parts_of(piece):
        text = show(part.paragraphs, part.blocks, lambda digits, _: digits, years=piece.years).text
        user = _USER.format(report=family.title, title=piece.title, fields=sheet(answer), text=text)
        questions.append(Question(_SYSTEM, user, answer, piece.purpose, document))
    return questions


def _plain(value: Any) -> Any:
    """An answer as nested plain values; its floats as decimals, by the digits that they print as."""
    if isinstance(value, BaseModel):
        return {name: _plain(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return Decimal(str(value)) if isinstance(value, float) else value

"""What the verifier says of a model's answers, and its findings in words for the model that is asked again.

A finding names both sides of a contradiction with their marks, and what of an answer was refused or left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from recount.pipeline.document import Document, Token
from recount.pipeline.model.answer.draft import Draft, left_out, references, unsure_in
from recount.pipeline.model.answer.evidence import picks_in
from recount.pipeline.model.answer.resolve import (
    NO_NAME,
    NO_NUMBER,
    NOT_QUOTED,
    NOT_SHOWN,
    OF_ANOTHER_FIELD,
    OF_ANOTHER_KIND,
    OF_ANOTHER_ROW,
    OF_SEVERAL,
    SAID_ONCE,
    SEVERAL,
)
from recount.pipeline.model.ask.question import Findings
from recount.pipeline.verify.cover import DocumentNumbers
from recount.pipeline.verify.verify import Verified, verify
from recount.schemas.arithmetic import Evaluation
from recount.schemas.family import Family
from recount.schemas.figures import Figure, Model, Ref

_WORDS = {
    NOT_SHOWN: "原文没有这个数字",
    NO_NUMBER: "这不是原文的数字",
    SEVERAL: "这个数字在原文出现多次，编号不对，不知道是哪一个",
    NOT_QUOTED: "原文没有这些字",
    NO_NAME: "这里有金额，不是名称",
    OF_ANOTHER_ROW: "这个名称不在这些数字所在的行",
    SAID_ONCE: "这一项原文只说了一次",
    OF_ANOTHER_KIND: "它的单位不合这个字段",
    OF_ANOTHER_FIELD: "它旁边的文字说的是别的项目",
    OF_SEVERAL: "它填到了几个字段，旁边的文字说的不是这一个",
}
_MOST = 12
"""So many findings are told at most: a long list helps no model."""


def findings_in(draft: Draft, verified: Verified, tokens: Sequence[Token]) -> Findings | None:
    """The findings about a piece; None where there are none."""
    marks = {mark.token.index: mark.printed for shown in draft.shown for mark in shown.marks}
    fields = [f"/{name}" for name in _paths(draft.piece.wanted)]
    lines = [f"- {refused.pointer}：填了“{refused.proposed}”，{_WORDS[refused.reason]}。" for refused in draft.refused]
    lines += [
        _contradiction(evaluation, marks, tokens)
        for evaluation in verified.evaluations
        if evaluation.result == "fail" and evaluation.severity != "minor" and _about(evaluation.operands, fields)
    ]
    left = left_out(draft, verified)
    if left:
        lines.append(f"- 原文的这些数字没有填到任何字段，请逐个看它们属于哪个字段：{'，'.join(left[:_MOST])}。")
    return Findings("\n".join(lines[-_MOST:]), left_out=bool(left)) if lines else None


def _paths(wanted: object, prefix: str = "") -> Iterator[str]:
    if isinstance(wanted, dict):
        for name, inside in wanted.items():
            if inside is None:
                yield f"{prefix}{name}"
            else:
                yield from _paths(inside, f"{prefix}{name}/")


def _about(operands: Sequence[Figure], fields: Sequence[str]) -> bool:
    """Whether all the operands of an identity are of a piece: else it is no fault that one answer can put right."""
    return all(any(figure.pointer == at or figure.pointer.startswith(f"{at}/") for at in fields) for figure in operands)


def _contradiction(evaluation: Evaluation, marks: Mapping[int, str], tokens: Sequence[Token]) -> str:
    printed = evaluation.identity.printed
    parts = "，".join(
        f"{figure.pointer}={marks.get(figure.token, tokens[figure.token].raw)}" for figure in evaluation.operands
    )
    sides = f"{printed.value} ≠ {evaluation.computed}" if printed is not None else "不符"
    return f"- 核对不符：{evaluation.identity.rule}：{sides}（{parts}）。"


@dataclass(frozen=True, slots=True)
class DraftVerifier:
    """What the verifier says of nested values that a model chose, while they are no report yet.

    mapper: who proposed the figures that were in the report before. model: who chose the others, as `model:<name>`.
    """

    document: Document
    family: Family
    mapper: str
    model: str
    _numbers: DocumentNumbers = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_numbers", DocumentNumbers(self.document.tokens))

    def report(self, values: dict[str, Any]) -> Model:
        """The values as a Report[Ref]."""
        return self.family.report_of(Ref).model_validate(references(values))  # type: ignore[no-any-return]

    def verified(self, values: dict[str, Any]) -> Verified:
        """What the verifier says of them. What the words of a choice do not speak for is unsure."""
        return verify(
            self.report(values),
            self.document.tokens,
            self.mapper,
            numbers=self._numbers,
            unsure=frozenset(unsure_in(values)),
            mappers=dict.fromkeys((at for at, _ in picks_in(values)), self.model),
        )

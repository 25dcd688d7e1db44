"""Grounding: references to tokens become figures, if the token's unit fits the field."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from recount.pipeline.document import MONEY, TENS, Token
from recount.pipeline.document import Rejected as Rejected
from recount.schemas.describe import fields_of
from recount.schemas.figures import Figure, Kind, Model, Ref
from recount.schemas.saying import Saying, say

_WAN = MONEY["万元"]
_UNITS: dict[Kind, frozenset[str | None]] = {
    Kind.MONEY: frozenset({*MONEY, None}),
    Kind.PERCENT: frozenset({"%", None}),
    Kind.SCORE: frozenset({"分", None}),
    Kind.AREA: frozenset({"平方米", "平米", None}),
    Kind.YEAR: frozenset({"年", None}),
}
_OWN = {Kind.PERCENT: "%", Kind.SCORE: "分", Kind.AREA: "平方米", Kind.YEAR: "年"}
_NOT_COUNTED = re.compile(rf"[{TENS}%‰]|.*[元币幣金镑鎊]|法郎|卢布")
"""Units that are no things, or so many of them at a time (万人)."""


@dataclass(slots=True)
class Resolver:
    """Turns Report[Ref] into Report[Figure]. figures: what was resolved, by JSON pointer, in report order."""

    tokens: Sequence[Token]
    mapper: str
    figures: dict[str, Figure] = field(default_factory=dict)
    rejected: list[Rejected] = field(default_factory=list)

    @property
    def refused(self) -> set[str]:
        """Where references were refused, by pointer."""
        return {rejection.pointer for rejection in self.rejected}

    def model(self, model: Model, pointer: str = "") -> Any:
        """The model with every reference resolved; None in place of a refused one."""
        values = {}
        for name, told in fields_of(type(model)).items():
            value = getattr(model, name)
            values[name] = value if value is None else self._value(value, f"{pointer}/{name}", told.kind)
        return _resolved(type(model)).model_construct(**values)

    def _value(self, value: Any, pointer: str, kind: Kind | None) -> Any:
        if isinstance(value, Ref):
            return self._figure(value, pointer, kind or Kind.ANY)
        if isinstance(value, Model):
            return self.model(value, pointer)
        if isinstance(value, tuple):
            return tuple(self._value(row, f"{pointer}/{index}", kind) for index, row in enumerate(value))
        return value

    def _figure(self, ref: Ref, pointer: str, kind: Kind) -> Figure | None:
        if not 0 <= ref.token < len(self.tokens):
            self._refuse(pointer, f"token {ref.token}", say("no_such_token"))
            return None
        token = self.tokens[ref.token]
        if not fits(token, kind):
            unit, of_kind = unit_of(token, kind), Saying(kind.value)
            misfit = say("unit_misfit", unit=unit, kind=of_kind) if unit else say("no_unit_misfit", kind=of_kind)
            self._refuse(pointer, token.raw, misfit)
            return None
        figure = figure_of(token, pointer, kind, negative=ref.negative)
        self.figures[pointer] = figure
        return figure

    def _refuse(self, pointer: str, proposed: str, reason: Saying) -> None:
        self.rejected.append(Rejected(pointer, proposed, self.mapper, reason))


def figure_of(token: Token, pointer: str, kind: Kind, *, negative: bool = False) -> Figure:
    """A token as a figure of a field, in the field's unit."""
    shift = shift_of(token, kind)
    value = (-token.value if negative else token.value).scaleb(shift)
    if shift > token.decimals:  # 1.5亿元 is 15000万元, and not 1.5E+4
        value = value.quantize(Decimal(1))
    return Figure(pointer, value, Decimal(1).scaleb(shift - token.decimals), kind, token.index, token.whole)


def shift_of(token: Token, kind: Kind) -> int:
    """The power of ten that brings an amount to 万元, or to its family's unit; what has no unit is left as it is."""
    if kind not in (Kind.MONEY, Kind.ANY):
        return 0
    if token.into is not None:
        return (token.into[1] or 0) if kind is Kind.MONEY else 0
    return MONEY.get(unit_of(token, kind) or "", _WAN) - _WAN


def unit_of(token: Token, kind: Kind) -> str | None:
    """The unit that the page prints for a figure of a kind: beside it or, of an amount, in the head of its table."""
    return token.unit or (token.head if kind is Kind.MONEY else None)


def own_unit(token: Token, kind: Kind) -> str | None:
    """The unit of a figure's value: that of its kind; of a count, or of what has no kind, the printed one."""
    if token.into is not None:
        return token.into[0] if kind is Kind.MONEY else _OWN.get(kind, token.unit)
    if kind is Kind.MONEY or (kind is Kind.ANY and token.unit in MONEY):
        return "万元"
    return _OWN.get(kind, token.unit)


def as_told(figure: Figure) -> Decimal | int:
    """The value as the contract prints it: whole counts and years as int, else with its printed decimals."""
    if figure.kind in (Kind.COUNT, Kind.YEAR) or (
        figure.quantum == 1 and figure.value == figure.value.to_integral_value()
    ):
        return int(figure.value)
    return figure.value


def fits(token: Token, kind: Kind) -> bool:
    """Whether a token's unit fits a field of this kind."""
    if kind is Kind.ANY:
        return True
    if kind is Kind.COUNT:
        return token.decimals == 0 and (token.unit is None or _NOT_COUNTED.match(token.unit) is None)
    if kind is Kind.YEAR and not 1949 <= token.value <= 2100:
        return False
    if kind is Kind.MONEY and token.into is not None:
        return token.into[1] is not None
    return unit_of(token, kind) in _UNITS[kind]


def _resolved(model: type[Model]) -> type[Model]:
    """The model before it was told its figure type: to make all again with Figure takes as long as ten reports, and
    what is resolved needs no check of its types."""
    origin: Any = model.__pydantic_generic_metadata__["origin"]
    return origin or model

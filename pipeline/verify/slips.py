"""The slips of a reader: what one printed number is easily taken for."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum

from recount.schemas.figures import Figure, Kind
from recount.schemas.terms import Interval

_DIGITS = "0123456789"
_CENT = Decimal("0.01")
_POWERS = (1, 2, 3, 4, 8)


class Slip(StrEnum):
    """How another number comes to stand in the place of the right one, in words."""

    SIGN = "its sign"
    SCALE = "its decimal point, or its unit"
    EXCHANGED = "two digits exchanged"
    DIGIT = "a digit"
    LENGTH = "a digit lost or doubled"
    CUT = "its end"


def slip_into(figure: Figure, wanted: Interval) -> tuple[Slip, Decimal] | None:
    """The slip, and the number, by which a figure comes to lie where it should; None if no single slip does."""
    low, high = wanted[0] - figure.half, wanted[1] + figure.half
    for slip, value in _slips(figure):
        if low <= value <= high and value != figure.value:
            return slip, value
    return _cut(figure, low, high)


def _cut(figure: Figure, low: Decimal, high: Decimal) -> tuple[Slip, Decimal] | None:
    """A whole number may be the beginning of one with decimals: what follows it was read as a letter."""
    if figure.quantum < 1 or figure.kind in (Kind.COUNT, Kind.YEAR) or not (low.is_finite() and high.is_finite()):
        return None
    whole = ((low + high) / 2).quantize(_CENT)
    is_cut = abs(whole) > abs(figure.value) and f"{whole:f}".startswith(f"{figure.value:f}")
    return (Slip.CUT, whole) if is_cut else None


def _slips(figure: Figure) -> Iterator[tuple[Slip, Decimal]]:
    """The numbers that one slip makes of a figure, the likeliest first."""
    value = figure.value
    yield Slip.SIGN, -value
    for power in _POWERS:
        yield Slip.SCALE, value.scaleb(power)
        yield Slip.SCALE, value.scaleb(-power)
    sign = -1 if value < 0 else 1
    digits = str(int(abs(value) / figure.quantum))
    for slip, changed in _edits(digits):
        yield slip, sign * Decimal(changed) * figure.quantum


def _edits(digits: str) -> Iterator[tuple[Slip, str]]:
    """Digits with one of them changed."""
    places = range(len(digits))
    for at in places[:-1]:
        yield Slip.EXCHANGED, digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
    for at in places:
        for new in _DIGITS:
            yield Slip.DIGIT, digits[:at] + new + digits[at + 1 :]
    for at in places:
        yield Slip.LENGTH, (digits[:at] + digits[at + 1 :]) or "0"
        for new in _DIGITS:
            yield Slip.LENGTH, digits[:at] + new + digits[at:]

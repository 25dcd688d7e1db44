"""Figures as they are printed, and strategies that draw exact numbers and how they are rounded for print."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import count

from hypothesis import settings
from hypothesis import strategies as st

from recount.schemas.figures import Figure, Kind

_tokens = count()  # every figure is printed in a place of its own
steady = settings(derandomize=True, deadline=None, max_examples=80)
"""The same examples on every run."""


def fig(shown: str | Decimal, kind: Kind = Kind.MONEY) -> Figure:
    """A figure as it is printed: 12.50 has two decimals."""
    value = Decimal(shown)
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    return Figure(f"/{shown}", value, Decimal(1).scaleb(min(exponent, 0)), kind, token=next(_tokens))


def pct(shown: str | Decimal) -> Figure:
    return fig(shown, Kind.PERCENT)


def rounded(exact: Fraction | Decimal, decimals: int, way: str = ROUND_HALF_UP) -> Decimal:
    """A number as rounded for print, from its exact value."""
    number = Fraction(exact)
    scaled = number * 10**decimals
    below = scaled.numerator // scaled.denominator
    rest = scaled - below
    if rest > Fraction(1, 2) or (rest == Fraction(1, 2) and (way == ROUND_HALF_UP or below % 2)):
        below += 1
    return Decimal(int(below)).scaleb(-decimals)


amounts = st.one_of(
    st.integers(-(10**11), 10**11).map(lambda fen: Decimal(fen).scaleb(-6)),
    st.integers(-(10**7), 10**7).map(lambda cents: Decimal(cents).scaleb(-2)),
    st.integers(-300, 300).map(lambda fen: Decimal(fen).scaleb(-4)),
)
"""Exact money: cents of a yuan, in 万元; or whole cents of 万元."""
positive = amounts.map(abs).filter(bool)
places = st.integers(0, 2)
"""Decimals that are printed."""
ways = st.sampled_from([ROUND_HALF_UP, ROUND_HALF_EVEN])


def span(operand: Figure) -> tuple[Fraction, Fraction]:
    """The exact numbers that a printed one may stand for; a count or a year stands for itself."""
    half = Fraction(0) if operand.kind in (Kind.COUNT, Kind.YEAR) else Fraction(operand.quantum) / 2
    return Fraction(operand.value) - half, Fraction(operand.value) + half

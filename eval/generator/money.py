"""Exact amounts in 分 (ints) and their rounding for print.

Amounts are rounded one by one, as publishers do, so that a printed sum may differ from the printed parts by 0.01.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import ROUND_HALF_UP, Decimal

FEN_PER_WAN = 1_000_000  # 100 分 x 10,000 元
CENT = Decimal("0.01")
GRAIN = FEN_PER_WAN // 100  # the least amount that prints as 0.01 万元
YUAN_PLACES = Decimal("0.000001")  # a hundredth of a 元, in 万元
_places: ContextVar[Decimal] = ContextVar("_places", default=CENT)


@contextmanager
def exact_to_fen(wanted: bool) -> Iterator[None]:
    """Within: amounts keep six decimals of 万元, as a report that prints 元 to the 分 shows them."""
    token = _places.set(YUAN_PLACES if wanted else CENT)
    try:
        yield
    finally:
        _places.reset(token)


def wan(fen: int) -> Decimal:
    """An amount in 万元 with two decimals (six where the report prints 元)."""
    return (Decimal(fen) / FEN_PER_WAN).quantize(_places.get(), ROUND_HALF_UP)


def share(part: int | Decimal, whole: int | Decimal) -> Decimal:
    """What percent `part` is of `whole`, two decimals; 0 of 0 is 0."""
    if whole == 0:
        return Decimal("0.00")
    return (Decimal(part) * 100 / Decimal(whole)).quantize(CENT, ROUND_HALF_UP)


def growth(now: int, last: int) -> tuple[Decimal, Decimal]:
    """The printed change (amount in 万元, percent) from `last` to `now`.

    Where last year was 0 the template prints 增长 100%, or 0% for 0 against 0 (report.md, Conventions).
    """
    amount = wan(now - last)
    if amount == 0:
        return wan(0), Decimal("0.00")
    if last == 0:
        return amount, Decimal("100.00")
    return amount, share(now - last, last)


def variance(final: int, budget: int) -> Decimal:
    """预决算差异率: (决算数 - 预算数) / 预算数; against no budget as `growth` has it."""
    return growth(final, budget)[1]


def split(total: int, weights: list[float]) -> list[int]:
    """`total` divided by weights into whole amounts; each with a weight gets at least a grain if there is enough."""
    scale = sum(weights)
    parts = [int(total * weight / scale) for weight in weights]
    for index, weight in enumerate(weights):
        if weight and total >= GRAIN * len(weights) * 4:
            parts[index] = max(parts[index], GRAIN)
    largest = max(range(len(parts)), key=parts.__getitem__)
    parts[largest] += total - sum(parts)
    return parts


def level(shares: list[Decimal], printed: list[Decimal]) -> list[Decimal]:
    """Shares made to add to exactly 100.00 by moving one by a hundredth, as publishers do (result.md, checks).

    printed: the shares that the printed, rounded amounts give. The largest share is moved that is then no more than a
    hundredth from its own of these; where there is none, or more is missing, the shares stay as they are.
    """
    rest = Decimal(100) - sum(shares, Decimal(0))
    if not rest or abs(rest) > CENT:
        return shares
    near = [at for at, own in enumerate(shares) if own and abs(own + rest - printed[at]) <= CENT]
    if not near:
        return shares
    largest = max(near, key=shares.__getitem__)
    return [own + rest if at == largest else own for at, own in enumerate(shares)]

"""The small objects that every section uses: Change, Portion, Comparison, BudgetItem."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from recount.eval.generator.accounts.books import Entry
from recount.eval.generator.gold.shape import Json, blank
from recount.eval.generator.money import growth, level, share, variance, wan
from recount.eval.generator.words.reasons import reason


def change(rng: Random, now: int, last: int, year: int, text: str | None = None) -> Json:
    """A Change with a reason that fits its direction."""
    amount, percent = growth(now, last)
    return blank("change", amount=amount, percent=percent, reason=text or reason(rng, amount, year))


def comparison(rng: Random, final: int, budget: int, year: int, text: str | None = None) -> Json:
    """A Comparison that prints 预决算差异率."""
    rate = variance(final, budget)
    return blank(
        "comparison",
        budget=wan(budget),
        final=wan(final),
        variance_percent=rate,
        reason=text or reason(rng, rate, year),
    )


def portions(parts: dict[str, int], whole: int, levelled: bool) -> dict[str, Json]:
    """Portions of a whole; `levelled` makes the printed shares add to 100.00."""
    shares = [share(part, whole) for part in parts.values()]
    amounts = [wan(part) for part in parts.values()]
    if levelled:
        shares = level(shares, [share(amount, wan(whole)) for amount in amounts])
    return {
        name: blank("portion", amount=amount, percent=percent)
        for name, amount, percent in zip(parts, amounts, shares, strict=True)
    }


def items(rng: Random, lines: list[Entry], year: int, fullwidth: bool = True) -> list[Json]:
    """BudgetItems with their changes, largest classes' codes first and ended items last, as reports print them."""
    ordered = sorted(lines, key=lambda line: (line.total == 0, line.subject.item_code))
    return [
        blank(
            "item",
            class_name=line.subject.class_name,
            section_name=line.subject.section_name if fullwidth else _half(line.subject.section_name),
            item_name=line.subject.item_name if fullwidth else _half(line.subject.item_name),
            amount=wan(line.total),
            change=change(rng, line.total, line.last, year),
        )
        for line in ordered
    ]


def by_class(lines: list[Entry], levelled: bool) -> list[Json]:
    """The classes with an amount, and their shares of the whole."""
    amounts: dict[str, int] = {}
    for line in sorted(lines, key=lambda line: line.subject.class_code):
        if line.total:
            amounts[line.subject.class_name] = amounts.get(line.subject.class_name, 0) + line.total
    parts = portions(amounts, sum(amounts.values()), levelled)
    return [blank("class_share", class_name=name, **portion) for name, portion in parts.items()]


def _half(text: str) -> str:
    """Brackets as half-width ones, as some publishers print them in names."""
    return text.replace("（", "(").replace("）", ")")


def add(values: list[Decimal]) -> Decimal:
    """The sum of printed figures."""
    return sum(values, Decimal(0))

"""Rows of the budget tables: items added up by 类, 款 and 项, and by economic classification."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from recount.eval.generator.accounts.classification import Subject
from recount.eval.generator.gold.shape import Json

CENT = Decimal("0.01")
NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class BudgetLine:
    """The budget of one item, and what was spent on it the year before."""

    subject: Subject
    basic: Decimal
    project: Decimal
    last: Decimal

    @property
    def total(self) -> Decimal:
        return self.basic + self.project


def no_fund() -> Json:
    return {"none": True, "total": None, "change": None, "by_class": [], "items": []}


def total_of(amounts: Any) -> Decimal:
    return sum(amounts, NOTHING)


def three_public_row(overseas: Decimal, bought: Decimal, running: Decimal, reception: Decimal) -> Json:
    """The “三公”经费 of a budget with their sums."""
    return {
        "total": overseas + bought + running + reception,
        "overseas": overseas,
        "vehicles": bought + running,
        "vehicle_purchase": bought,
        "vehicle_running": running,
        "reception": reception,
    }


def economic_row(code: str, name: str, column: str, amount: Decimal) -> Json:
    return {"code": code, "name": name, "total": amount, "personnel": None, "public": None, column: amount}


def by_class(lines: Sequence[BudgetLine]) -> list[tuple[str, Decimal]]:
    """The classes of some lines with their totals, by code."""
    names = sorted({(line.subject.class_code, line.subject.class_name) for line in lines})
    return [(name, total_of(line.total for line in lines if line.subject.class_code == code)) for code, name in names]


def function_rows(lines: Sequence[BudgetLine], *, more: bool = False) -> list[Json]:
    keys: tuple[str, ...] = ("total", "basic", "project")
    if more:
        keys += ("remitted_to_superior", "business", "affiliate_subsidy")
    amounts = [(line, {"basic": line.basic or None, "project": line.project or None}) for line in lines]
    return coded_rows(amounts, keys, blank=None)


def coded_rows(
    lines: Sequence[tuple[BudgetLine, Mapping[str, Decimal | None]]], keys: Sequence[str], blank: None
) -> list[Json]:
    """合计, then each 类 with its 款 and their 项; what adds up to nothing is blank."""

    def row(code: str | None, name: str, inside: Sequence[Mapping[str, Decimal | None]]) -> Json:
        sums = {
            key: total_of(amounts.get(key) or NOTHING for amounts in inside) or blank for key in keys if key != "total"
        }
        whole = total_of(value for value in sums.values() if value is not None)
        return {"code": code, "name": name, "total": whole or blank, **sums}

    rows = [row(None, "合计", [amounts for _, amounts in lines])]
    seen: set[str] = set()
    for line, _ in sorted(lines, key=lambda pair: pair[0].subject.item_code):
        of = line.subject
        levels = (
            (of.class_code, of.class_name),
            (of.section_code, of.section_name),
            (of.item_code, of.item_name),
        )
        for code, name in levels:
            if code not in seen:
                seen.add(code)
                inside = [amounts for other, amounts in lines if other.subject.item_code.startswith(code)]
                rows.append(row(code, name, inside))
    return rows

"""All that a regional form can say of a department, from the books; what a region does not print is taken out again.

Keys that begin with _ hold what the contract has no key for and regions print all the same: last year's amount, the
difference from the budget, the budget of all vehicles, a share of something else.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from recount.eval.generator.accounts.books import Entry, Pool, Spending
from recount.eval.generator.gold import parts
from recount.eval.generator.gold.parts import by_class
from recount.eval.generator.gold.shape import Json, blank
from recount.eval.generator.gold.statements import statements
from recount.eval.generator.gold.xinjiang import Maker
from recount.eval.generator.money import share, variance, wan

Pair = tuple[str, str]
_LEVELS = {"item": 7, "section": 5, "class": 3}
_ECONOMIC = {"301": "wages", "302": "goods", "303": "families", "310": "capital"}
_SIDES = ("income", "expenditure")


@dataclass(frozen=True)
class RegionMaker(Maker):
    """Builds everything. level: what an item of the list is, "item" (项), "section" (款) or "class" (类).

    names: by a name of the classification, what the region's year calls it.
    """

    level: str = "item"
    bare: bool = False  # 类 without 支出 at the end
    names: tuple[tuple[str, str], ...] = ()

    @property
    def new(self) -> bool:
        """One change and one budget for both sides: regions say them once or say them twice."""
        return True

    def narrative(self) -> Json:
        """The whole report."""
        gold = super().narrative()
        tables = statements(self.books, self.unit.name, True, national=True)
        return gold | {"performance": self.performance(), "statements": tables, "unmapped_figures": []}

    def _change(self, now: int, last: int, text: str | None = None) -> Json:
        return parts.change(self.rng, now, last, self.year, text) | {"_last": wan(last)}

    def _comparison(self, final: int, budget: int, text: str | None = None) -> Json:
        node = parts.comparison(self.rng, final, budget, self.year, text)
        node["completion_percent"] = share(final, budget) if budget else None
        return node | {"_more": wan(final) - wan(budget), "_rate": variance(final, budget)}

    def income_expenditure(self) -> Json:
        """Totals, changes; the budget has no key."""
        pool = self.books.whole
        node = super().income_expenditure()
        changes = {f"{side}_change": self._change(pool.total, pool.last_total) for side in _SIDES}
        return node | changes | {"_budget": self._comparison(pool.total, pool.budget)}

    def _fiscal_totals(self, pool: Pool) -> Json:
        node = super()._fiscal_totals(pool)
        for side in _SIDES:
            node[f"{side}_change"] = self._change(pool.total, pool.last_total)
            node[f"{side}_budget"] = self._comparison(pool.total, pool.budget)
        return node

    def general(self) -> Json:
        """Total, classes, items; each class with its code, by which its items are found."""
        books, pool = self.books, self.books.pools["general"]
        lines = [line for line in books.of("general") if line.total]
        classes = by_class(lines, self.levelled)
        codes = sorted({line.subject.class_code for line in lines})
        return blank(
            "general_public_budget",
            total=wan(pool.expenditure),
            percent_of_expenditure=share(pool.expenditure, books.whole.expenditure),
            change=self._change(pool.expenditure, pool.last_expenditure),
            budget=self._comparison(pool.expenditure, sum(line.budget for line in lines)),
            by_class=[
                row | {"class_name": self.named(row["class_name"]), "_class": code}
                for row, code in zip(classes, codes, strict=True)
            ],
            items=self._items(lines),
        )

    def named(self, name: str) -> str:
        """A name of the classification, as the region has it."""
        for old, new in self.names:
            name = name.replace(old, new)
        return name.removesuffix("支出") if self.bare and name in self._class_names() else name

    def _class_names(self) -> set[str]:
        return {line.subject.class_name for line in self.books.lines}

    def _items(self, lines: list[Entry]) -> list[Json]:
        groups: dict[str, list[Entry]] = {}
        for line in sorted(lines, key=lambda line: line.subject.item_code):
            if line.total:
                groups.setdefault(line.subject.item_code[: _LEVELS[self.level]], []).append(line)
        return [self._item(code, group) for code, group in groups.items()]

    def _item(self, code: str, group: list[Entry]) -> Json:
        now, last, budget = (sum(getattr(x, key) for x in group) for key in ("total", "last", "budget"))
        subject = group[0].subject
        return blank(
            "item",
            class_name=self.named(subject.class_name),
            section_name=self.named(subject.section_name) if self.level != "class" else None,
            item_name=self.named(subject.item_name) if self.level == "item" else None,
            amount=wan(now),
            change=self._change(now, last),
            budget=self._comparison(now, budget),
        ) | {"_class": subject.class_code, "_section": subject.section_code, "_code": code}

    def basic(self) -> Json:
        """Everything; its classes by what was bought have no key, nor what is said of all money's basic expenditure."""
        sums = {code: sum(x for key, x in self.books.economic.items() if key.startswith(code)) for code in _ECONOMIC}
        node = super().basic()
        again = {f"_{key}": node[key] for key in ("total", "personnel", "public")}
        return node | again | {f"_{name}": wan(sums[code]) for code, name in _ECONOMIC.items()}

    def _trip_change(self, spend: Spending, kind: str) -> Json:
        return super()._trip_change(spend, kind) | {"_last": wan(spend.last)}

    def _trip_budget(self, spend: Spending, kind: str) -> Json:
        return self._comparison(spend.now, spend.budget, super()._trip_budget(spend, kind)["reason"])

    def three_public(self) -> Json:
        """Everything; the budget of all vehicles, and what foreigners were received, have no key."""
        vehicles = self.books.purchase + self.books.running
        return super().three_public() | {
            "_vehicles_budget": self._comparison(vehicles.now, vehicles.budget),
            "overseas_visits": max(self.books.travel.groups, self.books.travel.visits),
            "_foreign_batches": 0,
            "_foreign_visits": 0,
        }

    def fund_budget(self, pool: Pool | None, source: str) -> Json:
        """Totals and items."""
        node = super().fund_budget(pool, source)
        lines = [line for line in self.books.lines if line.source == source]
        if pool is None or node["none"]:
            return node
        # The budget is of what was spent, not of what there was.
        return node | {
            "items": self._items(lines),
            "expenditure_budget": self._comparison(pool.expenditure, pool.budget),
        }

    def operating_costs(self) -> list[Json]:
        """One sentence about the whole."""
        spends = [s for s in (self.books.administrative, self.books.institution) if s]
        whole = sum(spends, Spending(0, 0, 0))
        change = self._change(whole.now, whole.last)
        return [blank("operating_cost", unit_kind="administrative", amount=wan(whole.now), change=change)]

    def procurement(self) -> Json:
        """Everything; shares of other things than the total have no key."""
        bought = self.books.procurement
        return super().procurement() | {"_micro_of_sme": share(bought.micro, bought.sme)}

    def performance(self) -> Json:
        """How many projects were evaluated, their money; which share of all project expenditure that is has no key."""
        money = self.books.sum(lambda x: x.project)
        part = money if self.rng.random() < 0.5 else money // 3
        return blank("performance", project_count=self.rng.randint(1, 60), project_budget=wan(part)) | {
            "_share": share(part, money)
        }


def printed_only(node: Any, printed: Collection[str], pointer: str = "") -> Any:
    """A gold tree of what is printed: other leaves become null, parts and rows without any leaf go, and so do keys
    that the contract does not have."""
    if isinstance(node, dict):
        own = {key: value for key, value in node.items() if key[0] != "_"}
        below = {key: printed_only(value, printed, f"{pointer}/{key}") for key, value in own.items()}
        empty = all(value in (None, []) for value in below.values())
        return None if empty and pointer.count("/") else below
    if isinstance(node, list):
        rows = [printed_only(row, printed, f"{pointer}/{at}") for at, row in enumerate(node)]
        return [] if all(row is None for row in rows) else rows
    return node if pointer in printed else None


def laid_over(full: Any, gold: Any) -> Any:
    """What `full` says, but for what `gold` does: what is printed and has no key stands in the one alone."""
    if isinstance(full, dict):
        return {key: laid_over(value, (gold or {}).get(key)) for key, value in full.items()}
    if isinstance(full, list):
        return [laid_over(row, gold[at] if gold else None) for at, row in enumerate(full)]
    return full if gold is None else gold


def same_figures(gold: Json, printed: Collection[str]) -> list[Pair]:
    """The figures that a comparison has in common with what it is of: whichever is printed fills both."""
    pairs = [("/general_public_budget/total", "/general_public_budget/budget")]
    for section in ("general_public_budget", "government_funds", "state_capital"):
        at = f"/{section}/items"
        count = len((gold[section] or {}).get("items", ()))
        pairs += [(f"{at}/{i}/amount", f"{at}/{i}/budget") for i in range(count)]
        pairs.append((f"/{section}/expenditure", f"/{section}/expenditure_budget"))
    at = "/three_public"
    pairs.append((f"{at}/total", f"{at}/budget"))
    pairs += [(f"{at}/{part}/amount", f"{at}/{part}_budget") for part in ("overseas", "reception")]
    pairs += [(f"{at}/{part}", f"{at}/{part}_budget") for part in ("vehicle_purchase", "vehicle_running")]
    found: list[Pair] = []
    for amount, budget in pairs:
        final = f"{budget}/final"
        compared = any(f"{budget}/{key}" in printed for key in ("budget", "completion_percent"))
        if amount in printed and compared and final not in printed:
            found.append((amount, final))
        if final in printed and amount not in printed:
            found.append((final, amount))
    return found


def nothing(value: object) -> bool:
    """Whether a figure is none, or 0."""
    return value is None or (isinstance(value, Decimal | int) and value == 0)

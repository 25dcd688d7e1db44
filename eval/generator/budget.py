"""Departmental budgets (部门预算公开) with known figures: the second report family, in the national wording.

`generate_budget(seed)` makes one; the same seed gives the same bytes.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import Any

from recount.eval.generator.accounts.classification import (
    ECONOMIC,
    ECONOMIC_CLASSES,
    FUND_ITEMS,
    SOCIAL,
    TRADES,
    subject,
)
from recount.eval.generator.budget_rows import (
    CENT,
    NOTHING,
    Line,
    by_class,
    coded_rows,
    economic_row,
    function_rows,
    no_fund,
    total_of,
)
from recount.eval.generator.budget_tables import tables
from recount.eval.generator.budget_words import narrative
from recount.eval.generator.gold.shape import Json
from recount.eval.generator.typeset.blocks import Block
from recount.eval.generator.typeset.compose import typeset
from recount.eval.generator.typeset.style import draw_style
from recount.eval.generator.words.glossary import TERMS
from recount.eval.generator.words.reasons import reason
from recount.eval.generator.words.units import Unit, draw_unit

YEAR = 2025
COLUMNS = (
    "opening", "general", "funds", "capital", "special_account", "institutional", "business", "superior_subsidy",
    "affiliate_remittance", "other",
)  # fmt: skip


@dataclass(frozen=True)
class BudgetCase:
    """A generated budget: what it says, and its PDF."""

    name: str
    gold: Json
    pdf: bytes


def generate_budget(
    seed: int, printed: Mapping[str, Decimal | str] | None = None, style: str | None = None
) -> BudgetCase:
    """One budget. printed: by JSON pointer, what is printed in place of what would be right."""
    rng = Random(f"budget/{seed}")
    trade = rng.choice(sorted(TRADES))
    unit = draw_unit(rng, trade, summary=False)
    gold = _Gold(rng, trade, unit).report()
    for pointer, value in (printed or {}).items():
        put(gold, pointer, value)
    said = copy.deepcopy(gold)
    blocks: list[Block] = narrative(rng, said, unit, tables(rng, said))
    pdf = typeset(blocks, draw_style(rng, style), unit.name).pdf
    return BudgetCase(f"budget-{seed:05d}", gold, pdf)


def put(gold: Json, pointer: str, value: Decimal | str) -> None:
    """Prints another value in place of what stands at a JSON pointer."""
    *way, last = pointer.strip("/").split("/")
    node: Any = gold
    for step in way:
        node = node[int(step)] if isinstance(node, list) else node[step]
    assert node[last] is not None, pointer
    node[last] = value


class _Gold:
    """Draws the amounts of one budget, in 万元 with two decimals, so that all sums are exact."""

    def __init__(self, rng: Random, trade: str, unit: Unit) -> None:
        self.rng, self.unit = rng, unit
        running, projects = TRADES[trade]
        codes = [(code, True) for code in running[:1]]
        codes += [(code, True) for code, _, likely in SOCIAL if rng.random() < likely]
        codes += [(code, False) for code in rng.sample(projects, min(len(projects), rng.randint(1, 3)))]
        self.general = [self._line(code, basic) for code, basic in sorted(dict(codes).items())]
        chosen = rng.sample(FUND_ITEMS, rng.randint(1, 2)) if rng.random() < 0.5 else []
        self.funds = [self._line(code, False) for code in sorted(chosen)]
        self.own = self._line("2299999", False) if rng.random() < 0.5 else None

    def _line(self, code: str, basic: bool) -> Line:
        amount, last = (self._amount(5, 900) for _ in range(2))
        return Line(subject(code), amount if basic else NOTHING, NOTHING if basic else amount, last)

    def _amount(self, low: int, high: int) -> Decimal:
        return Decimal(self.rng.randint(low * 100, high * 100)) * CENT

    def report(self) -> Json:
        """The whole gold."""
        every = [*self.general, *self.funds, *([self.own] if self.own else [])]
        basic = self._basic()
        three = self._three_public()
        columns = self._columns()
        whole = sum(columns.values(), NOTHING)
        return {
            "unit_name": self.unit.name,
            "fiscal_year": YEAR,
            "totals": {"total": whole, "income_total": None, "expenditure_total": None, "change": self._change(whole)},
            "income": {
                "total": whole,
                "fiscal": None,
                **{key: self._portion(columns[key], whole) if columns[key] else None for key in COLUMNS},
                "change": None,
            },
            "expenditure": {
                "total": whole,
                "basic": self._portion(total_of(line.basic for line in every), whole),
                "project": self._portion(total_of(line.project for line in every), whole),
                **dict.fromkeys(("remitted_to_superior", "business", "affiliate_subsidy", "closing", "change")),
            },
            "fiscal_appropriation": self._fiscal(columns),
            "general_public_budget": self._by_function(self.general),
            "basic_expenditure": basic["said"],
            "three_public": three["said"],
            "government_funds": {"none": False, **self._by_function(self.funds)} if self.funds else no_fund(),
            "state_capital": no_fund(),
            "operating_costs": {"amount": (cost := self._amount(20, 200)), "change": self._change(cost, bare=True)},
            "procurement": self._procurement(),
            "performance": {"project_count": self.rng.randint(2, 30), "project_budget": self._amount(50, 900)},
            "glossary": [{"term": term, "definition": text} for term, text in self.rng.sample(TERMS, 4)],
            "statements": self._statements(every, columns, basic["rows"], three["row"]),
            "unmapped_figures": [],
        }

    def _columns(self) -> dict[str, Decimal]:
        """Income by source: what is spent beyond the appropriations comes from the unit itself."""
        columns = dict.fromkeys(COLUMNS, NOTHING)
        columns["general"] = total_of(line.total for line in self.general)
        columns["funds"] = total_of(line.total for line in self.funds)
        if self.own is not None:
            share = (self.own.total / 3).quantize(CENT)
            columns["opening"], columns["institutional"] = share, self.own.total - share
        return columns

    def _change(self, now: Decimal, *, bare: bool = False) -> Json:
        """Against a drawn amount of last year."""
        last = (now * Decimal(self.rng.randint(70, 130)) / 100).quantize(CENT)
        return self._against(now, last, bare=bare)

    def _against(self, now: Decimal, last: Decimal, *, bare: bool = False) -> Json:
        amount = now - last
        rate = (amount * 100 / last).quantize(CENT) if last else NOTHING
        return {"amount": amount, "percent": rate, "reason": None if bare else reason(self.rng, amount, YEAR)}

    @staticmethod
    def _portion(amount: Decimal, whole: Decimal) -> Json:
        return {"amount": amount, "percent": (amount * 100 / whole).quantize(CENT), "change": None}

    def _fiscal(self, columns: Mapping[str, Decimal]) -> Json:
        whole = columns["general"] + columns["funds"]
        return {
            "total": whole,
            "general": columns["general"],
            "funds": columns["funds"] if self.funds else None,
            "capital": None,
            "opening": None,
            "by_class": [
                {"class_name": name, "amount": amount, "percent": None}
                for name, amount in by_class([*self.general, *self.funds])
            ],
            "closing": None,
            "change": None,
        }

    def _by_function(self, lines: Sequence[Line]) -> Json:
        whole = total_of(line.total for line in lines)
        return {
            "total": whole,
            "change": self._change(whole),
            "by_class": [
                {"class_name": name, "amount": amount, "percent": (amount * 100 / whole).quantize(CENT)}
                for name, amount in by_class(lines)
            ],
            "items": [
                {
                    "class_name": line.subject.class_name,
                    "section_name": line.subject.section_name,
                    "item_name": line.subject.item_name,
                    "amount": line.total,
                    "change": self._against(line.total, line.last),
                }
                for line in lines
            ],
        }

    def _basic(self) -> Json:
        """基本支出 by economic classification: codes of 301 and 303 are 人员经费, of 302 公用经费."""
        whole = total_of(line.basic for line in self.general)
        public = (whole * Decimal(self.rng.randint(8, 30)) / 100).quantize(CENT)
        rows: list[Json] = []
        lists: dict[str, list[str]] = {"personnel": [], "public": []}
        for column, amount, classes in (("personnel", whole - public, ("301", "303")), ("public", public, ("302",))):
            codes = [code for each in classes for code in self._codes(each)]
            for code, part in zip(codes, self._split(amount, len(codes)), strict=True):
                rows.append(economic_row(code, ECONOMIC[code], column, part))
                lists[column].append(ECONOMIC[code])
            for each in classes:
                inside = total_of(row["total"] for row in rows if row["code"][:3] == each)
                rows.append(economic_row(each, ECONOMIC_CLASSES[each], column, inside))
        rows.sort(key=lambda row: str(row["code"]))
        total = {"code": None, "name": "合计", "total": whole, "personnel": whole - public, "public": public}
        said = {"total": whole, "personnel": whole - public, "public": public}
        names = {f"{key}_items": names for key, names in lists.items()}
        return {"rows": [total, *rows], "said": said | names}

    def _codes(self, each: str) -> list[str]:
        codes = [code for code in ECONOMIC if code.startswith(each)]
        return sorted(self.rng.sample(codes, min(len(codes), self.rng.randint(2, 6))))

    def _split(self, amount: Decimal, count: int) -> list[Decimal]:
        cuts = sorted(self.rng.randint(1, int(amount * 100) - 1) for _ in range(count - 1))
        edges = [0, *cuts, int(amount * 100)]
        return [Decimal(high - low) * CENT for low, high in pairwise(edges)]

    def _three_public(self) -> Json:
        overseas = self._amount(1, 20) if self.rng.random() < 0.4 else NOTHING
        bought = self._amount(10, 40) if self.rng.random() < 0.3 else NOTHING
        running, reception = self._amount(1, 30), self._amount(0, 5)
        row = {
            "total": overseas + bought + running + reception,
            "overseas": overseas,
            "vehicles": bought + running,
            "vehicle_purchase": bought,
            "vehicle_running": running,
            "reception": reception,
        }
        said: Json = {
            key: {"amount": value, "percent": None, "change": None} for key, value in row.items() if key != "total"
        }
        return {"row": row, "said": {"total": row["total"], "change": self._change(row["total"]), **said}}

    def _procurement(self) -> Json:
        goods, works, services = (self._amount(0, 90) for _ in range(3))
        parts = {"goods": goods, "works": works, "services": services}
        return {"total": goods + works + services, **parts, "sme_amount": self._amount(1, 50), "micro_amount": None}

    def _statements(
        self, every: Sequence[Line], columns: Mapping[str, Decimal], basic: list[Json], three: Json
    ) -> Json:
        whole = sum(columns.values(), NOTHING)
        current = whole - columns["opening"]
        names = {
            "general": "一般公共预算拨款收入",
            "funds": "政府性基金预算拨款收入",
            "capital": "国有资本经营预算拨款收入",
            "institutional": "事业收入",
        }
        return {
            "income_expenditure": {
                "income": [{"name": name, "amount": columns[key]} for key, name in names.items()],
                "income_current_year": current,
                "opening": columns["opening"],
                "income_total": whole,
                "expenditure": [{"name": name, "amount": amount} for name, amount in by_class(every)],
                "expenditure_current_year": whole,
                "closing": NOTHING,
                "expenditure_total": whole,
            },
            "income": {"rows": self._income_rows(every, columns)},
            "expenditure": {"rows": function_rows(every, more=True)},
            "fiscal_appropriation": self._fiscal_table(columns),
            "general_public_budget": {"rows": function_rows(self.general)},
            "basic_expenditure": {"rows": basic},
            "three_public": three,
            "government_funds": {"rows": function_rows(self.funds)},
            "state_capital": None,
        }

    def _income_rows(self, every: Sequence[Line], columns: Mapping[str, Decimal]) -> list[Json]:
        """收入预算表 by item: each line is paid from one source, the unit's own from two."""
        rows = []
        for source, lines in (("general", self.general), ("funds", self.funds)):
            rows += [(line, {source: line.total}) for line in lines]
        if self.own is not None:
            rows.append((self.own, {"opening": columns["opening"], "institutional": columns["institutional"]}))
        return coded_rows(rows, ("total", *COLUMNS), blank=None) if every else []

    def _fiscal_table(self, columns: Mapping[str, Decimal]) -> Json:
        general, funds = dict(by_class(self.general)), dict(by_class(self.funds))
        whole = columns["general"] + columns["funds"]
        split = {"total": whole, "general": columns["general"], "funds": columns["funds"], "capital": NOTHING}
        return {
            "income": [
                {"name": "一般公共预算拨款", "amount": columns["general"]},
                {"name": "政府性基金预算拨款", "amount": columns["funds"]},
                {"name": "国有资本经营预算拨款", "amount": NOTHING},
            ],
            "income_current_year": whole,
            "opening": NOTHING,
            "opening_general": NOTHING,
            "opening_funds": NOTHING,
            "opening_capital": NOTHING,
            "income_total": whole,
            "expenditure": [
                {
                    "total": amount,
                    "general": general.get(name),
                    "funds": funds.get(name),
                    "capital": None,
                    "name": name,
                }
                for name, amount in by_class([*self.general, *self.funds])
            ],
            "expenditure_current_year": split,
            "closing": dict.fromkeys(split, NOTHING),
            "expenditure_total": dict(split),
        }

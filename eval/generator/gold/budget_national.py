"""The gold of a departmental budget (部门预算公开) in the national wording: 万元 with two decimals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import ClassVar

from recount.eval.generator.accounts.budget import Draft
from recount.eval.generator.accounts.classification import subject
from recount.eval.generator.gold.budget_rows import (
    CENT,
    NOTHING,
    BudgetLine,
    by_class,
    coded_rows,
    function_rows,
    no_fund,
    three_public_row,
    total_of,
)
from recount.eval.generator.gold.shape import Json
from recount.eval.generator.words.glossary import TERMS
from recount.eval.generator.words.reasons import reason

YEAR = 2025
COLUMNS = (
    "opening", "general", "funds", "capital", "special_account", "institutional", "business", "superior_subsidy",
    "affiliate_remittance", "other",
)  # fmt: skip


class NationalBudget(Draft):
    """Draws one budget in 万元 with two decimals."""

    grain = CENT
    likely = 0.5
    classes: ClassVar = {"personnel": ("301", "303"), "public": ("302",)}

    def line(self, code: str, basic: bool) -> BudgetLine:
        """The budget of an item, and what was spent on it last year."""
        amount, last = (self.amount(5, 900) for _ in range(2))
        return BudgetLine(subject(code), amount if basic else NOTHING, NOTHING if basic else amount, last)

    def cuts(self, whole: int, count: int) -> list[int]:
        """Anywhere, so that a part may be nothing."""
        return [self.rng.randint(1, whole - 1) for _ in range(count)]

    def report(self) -> Json:
        """The whole gold."""
        every = self.every
        basic, rows = self.basic_rows()
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
            "basic_expenditure": self._basic(basic, rows),
            "three_public": three["said"],
            "government_funds": {"none": False, **self._by_function(self.funds)} if self.funds else no_fund(),
            "state_capital": no_fund(),
            "operating_costs": {"amount": (cost := self.amount(20, 200)), "change": self._change(cost, bare=True)},
            "procurement": self._procurement(),
            "performance": {"project_count": self.rng.randint(2, 30), "project_budget": self.amount(50, 900)},
            "glossary": [{"term": term, "definition": text} for term, text in self.rng.sample(TERMS, 4)],
            "statements": self._statements(every, columns, [basic, *rows], three["row"]),
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
                {"class_name": name, "amount": amount, "percent": None} for name, amount in by_class(self.fiscal)
            ],
            "closing": None,
            "change": None,
        }

    def _by_function(self, lines: Sequence[BudgetLine]) -> Json:
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

    @staticmethod
    def _basic(total: Json, rows: Sequence[Json]) -> Json:
        """基本支出 in words: 人员经费 and 公用经费, and the names of the 款 of either."""
        amounts = {key: total[key] for key in ("total", "personnel", "public")}
        sections = [row for row in rows if len(row["code"]) > 3]
        names = {key: [row["name"] for row in sections if row[key] is not None] for key in ("personnel", "public")}
        return amounts | {f"{key}_items": own for key, own in names.items()}

    def _three_public(self) -> Json:
        overseas = self.amount(1, 20) if self.rng.random() < 0.4 else NOTHING
        bought = self.amount(10, 40) if self.rng.random() < 0.3 else NOTHING
        running, reception = self.amount(1, 30), self.amount(0, 5)
        row = three_public_row(overseas, bought, running, reception)
        said: Json = {
            key: {"amount": value, "percent": None, "change": None} for key, value in row.items() if key != "total"
        }
        return {"row": row, "said": {"total": row["total"], "change": self._change(row["total"]), **said}}

    def _procurement(self) -> Json:
        goods, works, services = (self.amount(0, 90) for _ in range(3))
        parts = {"goods": goods, "works": works, "services": services}
        return {"total": goods + works + services, **parts, "sme_amount": self.amount(1, 50), "micro_amount": None}

    def _statements(
        self, every: Sequence[BudgetLine], columns: Mapping[str, Decimal], basic: list[Json], three: Json
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

    def _income_rows(self, every: Sequence[BudgetLine], columns: Mapping[str, Decimal]) -> list[Json]:
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
                for name, amount in by_class(self.fiscal)
            ],
            "expenditure_current_year": split,
            "closing": dict.fromkeys(split, NOTHING),
            "expenditure_total": dict(split),
        }

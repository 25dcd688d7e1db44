"""The narrative part of an X report (2022, 2023) as gold: what forms.md says the form prints, from the books."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from recount.eval.generator.accounts.books import Books, Pool, Spending
from recount.eval.generator.accounts.classification import ECONOMIC
from recount.eval.generator.gold.parts import by_class, change, comparison, items, portions
from recount.eval.generator.gold.shape import Json, blank
from recount.eval.generator.money import share, wan
from recount.eval.generator.words.glossary import TERMS
from recount.eval.generator.words.reasons import trip_reason
from recount.eval.generator.words.units import Unit


@dataclass(frozen=True)
class Maker:
    """Builds the sections of one report."""

    rng: Random
    books: Books
    unit: Unit
    levelled: bool
    halfwidth: bool  # brackets in classification names

    @property
    def year(self) -> int:
        """The fiscal year."""
        return self.books.year

    @property
    def new(self) -> bool:
        """Whether the 2023 form is used."""
        return self.year >= 2023

    def narrative(self) -> Json:
        """The report without its performance tables."""
        books, unit = self.books, self.unit
        return blank(
            "report",
            unit_name=unit.name + ("（汇总）" if unit.summary else ""),
            fiscal_year=self.year,
            overview=self.overview(),
            income_expenditure=self.income_expenditure(),
            income=self.income(),
            expenditure=self.expenditure(),
            fiscal_appropriation=self.fiscal(),
            general_public_budget=self.general(),
            basic_expenditure=self.basic(),
            three_public=self.three_public(),
            government_funds=self.fund_budget(books.pools.get("funds"), "funds"),
            state_capital=self.fund_budget(books.pools.get("capital"), "capital"),
            operating_costs=self.operating_costs(),
            procurement=self.procurement(),
            state_assets=self.assets(),
            unmapped_figures=self.extra_figures(),
            glossary=[{"term": term, "definition": text} for term, text in self.terms()],
        )

    def terms(self) -> list[tuple[str, str]]:
        """The glossary, sometimes shortened."""
        return list(TERMS[: self.rng.choice((len(TERMS), len(TERMS), 9))])

    def overview(self) -> Json:
        """第一部分: duties, staff, offices."""
        staff, unit = self.books.staff, self.unit
        return blank(
            "overview",
            functions=list(unit.duties),
            staff_total=staff.active + staff.veteran + staff.retired,
            staff_active=staff.active,
            staff_veteran_retired=staff.veteran,
            staff_retired=staff.retired,
            office_count=len(unit.offices),
            offices=list(unit.offices),
            subordinate_units=list(unit.subordinates),
        )

    def income_expenditure(self) -> Json:
        """一、收入支出决算总体情况说明; the 2023 form has one change for both."""
        pool = self.books.whole
        first = change(self.rng, pool.total, pool.last_total, self.year)
        second = (
            dict(first)
            if self.new or self.rng.random() < 0.5
            else change(self.rng, pool.total, pool.last_total, self.year)
        )
        return blank(
            "income_expenditure",
            income_total=wan(pool.total),
            income_current_year=wan(pool.income),
            nonfiscal_surplus_used=wan(pool.surplus_used),
            opening_carryover=wan(pool.opening),
            expenditure_total=wan(pool.total),
            expenditure_current_year=wan(pool.expenditure),
            surplus_distribution=wan(pool.distribution),
            closing_carryover=wan(pool.closing),
            income_change=first,
            expenditure_change=second,
        )

    def income(self) -> Json:
        """二、收入决算情况说明."""
        total = self.books.whole.income
        parts = {"fiscal_appropriation": self.books.fiscal.income, **self.books.own_income}
        return blank("income", total=wan(total), **portions(parts, total, self.levelled))

    def expenditure(self) -> Json:
        """三、支出决算情况说明."""
        books = self.books
        parts = {
            "basic": books.sum(lambda x: x.basic),
            "project": books.sum(lambda x: x.project),
            "remitted_to_superior": books.sum(lambda x: x.remitted),
            "business": books.sum(lambda x: x.business),
            "affiliate_subsidy": books.sum(lambda x: x.affiliate),
        }
        total = books.whole.expenditure
        return blank("expenditure", total=wan(total), **portions(parts, total, self.levelled))

    def _fiscal_totals(self, pool: Pool) -> Json:
        """The six totals, the changes and the budgets of 四 (and of 八, 九); 2023 says both in one sentence."""
        rng, year = self.rng, self.year
        first, budget = (
            change(rng, pool.total, pool.last_total, year),
            comparison(rng, pool.total, pool.budget, year),
        )
        apart = not self.new and rng.random() < 0.5
        return {
            "income_total": wan(pool.total),
            "opening_carryover": wan(pool.opening),
            "income_current_year": wan(pool.income),
            "expenditure_total": wan(pool.total),
            "closing_carryover": wan(pool.closing),
            "expenditure_current_year": wan(pool.expenditure),
            "income_change": first,
            "expenditure_change": change(rng, pool.total, pool.last_total, year) if apart else dict(first),
            "income_budget": budget,
            "expenditure_budget": comparison(rng, pool.total, pool.budget, year) if apart else dict(budget),
        }

    def fiscal(self) -> Json:
        """四、财政拨款收入支出决算总体情况说明."""
        return blank("fiscal_appropriation", **self._fiscal_totals(self.books.fiscal))

    def general(self) -> Json:
        """五、一般公共预算财政拨款支出决算情况说明; only the 2023 form compares with the budget."""
        books = self.books
        lines, pool = books.of("general"), books.pools["general"]
        return blank(
            "general_public_budget",
            total=wan(pool.expenditure),
            percent_of_expenditure=share(pool.expenditure, books.whole.expenditure),
            change=change(self.rng, pool.expenditure, pool.last_expenditure, self.year),
            budget=comparison(self.rng, pool.expenditure, pool.budget, self.year) if self.new else None,
            by_class=by_class(lines, self.levelled),
            items=items(self.rng, lines, self.year, not self.halfwidth),
        )

    def basic(self) -> Json:
        """六、一般公共预算财政拨款基本支出决算情况说明."""
        books = self.books
        names = [(code[:3] in ("301", "303"), name) for code, name in ECONOMIC.items() if code in books.economic]
        return blank(
            "basic_expenditure",
            total=wan(books.personnel + books.public),
            personnel=wan(books.personnel),
            personnel_items=[name for personal, name in names if personal],
            public=wan(books.public),
            public_items=[name for personal, name in names if not personal],
        )

    def three_public(self) -> Json:
        """七、财政拨款“三公”经费支出决算情况说明."""
        books, travel = self.books, self.books.travel
        vehicles = books.purchase + books.running
        total = books.overseas + vehicles + books.reception
        parts = {"overseas": books.overseas, "vehicles": vehicles, "reception": books.reception}
        shares = portions({name: spend.now for name, spend in parts.items()}, total.now, self.levelled)
        words = {"overseas": "overseas", "vehicles": "running", "reception": "reception"}
        return blank(
            "three_public",
            total=wan(total.now),
            change=self._trip_change(total, ""),
            **{
                name: blank("part", **shares[name], change=self._trip_change(spend, words[name]))
                for name, spend in parts.items()
            },
            overseas_groups=travel.groups,
            overseas_visits=travel.visits,
            vehicle_purchase=wan(books.purchase.now),
            vehicle_running=wan(books.running.now),
            vehicles_bought=books.assets.vehicles.bought,
            vehicles_owned=travel.owned,
            fixed_asset_vehicles=books.assets.vehicles.count if self.new else None,
            reception_batches=travel.batches,
            reception_visits=travel.guests,
            budget=self._trip_budget(total, ""),
            overseas_budget=self._trip_budget(books.overseas, "overseas"),
            vehicle_purchase_budget=self._trip_budget(books.purchase, "purchase"),
            vehicle_running_budget=self._trip_budget(books.running, "running"),
            reception_budget=self._trip_budget(books.reception, "reception"),
        )

    def _trip_change(self, spend: Spending, kind: str) -> Json:
        """The change of one of the three expenses with its reason."""
        amount = wan(spend.now - spend.last)
        text = trip_reason(self.rng, kind, amount, wan(spend.now), self.year)
        return change(self.rng, spend.now, spend.last, self.year, text)

    def _trip_budget(self, spend: Spending, kind: str) -> Json:
        """The comparison of one of them with its budget."""
        amount = wan(spend.now - spend.budget)
        text = trip_reason(self.rng, kind, amount, wan(spend.now), self.year)
        return comparison(self.rng, spend.now, spend.budget, self.year, text)

    def fund_budget(self, pool: Pool | None, source: str) -> Json:
        """八、九: a FundBudget; without the pool the report says that there is none."""
        if pool is None:
            return blank("fund_budget", none=True)
        lines = [line for line in self.books.lines if line.source == source]
        return blank(
            "fund_budget",
            none=False,
            **self._fiscal_totals(pool),
            expenditure=wan(pool.expenditure),
            items=items(self.rng, lines, self.year, not self.halfwidth),
        )

    def operating_costs(self) -> list[Json]:
        """十（一）: one entry for each kind of unit."""
        kinds = {"administrative": self.books.administrative, "institution": self.books.institution}
        return [
            blank(
                "operating_cost",
                unit_kind=kind,
                amount=wan(spend.now),
                change=change(self.rng, spend.now, spend.last, self.year),
            )
            for kind, spend in kinds.items()
            if spend
        ]

    def procurement(self) -> Json:
        """十（二）政府采购情况; micro contracts are a part of the total, too."""
        bought = self.books.procurement
        return blank(
            "procurement",
            total=wan(bought.total),
            goods=wan(bought.goods),
            works=wan(bought.works),
            services=wan(bought.services),
            sme_amount=wan(bought.sme),
            sme_percent=share(bought.sme, bought.total),
            micro_amount=wan(bought.micro),
            micro_percent=share(bought.micro, bought.total),
        )

    def extra_figures(self) -> list[Json]:
        """Figures that some publishers add to 十（二） and that have no key of the contract."""
        bought = self.books.procurement
        if not bought.total or self.rng.random() < 0.75:
            return []
        counted = self.rng.randint(1, 90)
        rows: tuple[tuple[str, Decimal | int, str], ...] = (
            ("全年公开招标采购金额", wan(bought.total // 3), "万元"),
            ("电子卖场采购", counted, "笔"),
        )
        return [
            blank("unmapped", section="（二）政府采购情况", label=label, raw=str(value), value=value, unit=unit)
            for label, value, unit in rows
        ]

    def assets(self) -> Json:
        """十（三）国有资产占用情况说明."""
        assets = self.books.assets
        fleet = assets.vehicles
        return blank(
            "state_assets",
            as_of=f"{self.year}-12-31",
            fixed_assets=wan(assets.fixed),
            building_area_m2=Decimal(assets.area).scaleb(-2),
            building_value=wan(assets.building),
            vehicle_count=fleet.count,
            vehicle_value=wan(fleet.value),
            **{f"vehicles_{kind}": count for kind, count in fleet.kinds.items()},
            vehicles_other_note=fleet.other_note,
            large_equipment=assets.equipment,
        )

"""The narrative of form S-2024 as gold: what the Shanghai form prints of the books (example: r_czj)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from recount.eval.generator.accounts.books import Pool, Spending
from recount.eval.generator.gold.parts import by_class, change, portions
from recount.eval.generator.gold.shape import Json, blank
from recount.eval.generator.gold.statements import statements
from recount.eval.generator.gold.xinjiang import Maker
from recount.eval.generator.money import share, wan
from recount.eval.generator.words.glossary import TERMS
from recount.eval.generator.words.reasons import item_purpose, reason, trip_reason

PERFORMANCE = "十、预算绩效管理情况"
PROCUREMENT = "（二）政府采购支出情况"
TRIPS = "（一）“三公”经费财政拨款支出决算总体情况说明"
RATINGS = ("优", "良", "合格", "不合格")


@dataclass(frozen=True)
class ShanghaiMaker(Maker):
    """Builds the gold of an S report; figures that have no key go to `unmapped_figures`."""

    first_total: bool = True
    national: bool = False

    def narrative(self) -> Json:
        """The whole report with its statements."""
        three_public, vehicles = self.trips()
        performance, judged = self.performance()
        procurement, reserved = self.purchases()
        return super().narrative() | {
            "unit_name": self.unit.name,
            "three_public": three_public,
            "performance": performance,
            "procurement": procurement,
            "statements": statements(self.books, self.unit.name, self.first_total, self.national),
            "unmapped_figures": vehicles + judged + reserved,
        }

    def terms(self) -> list[tuple[str, str]]:
        """The glossary of the form."""
        return [TERMS[0], TERMS[2], TERMS[3], *TERMS[5:]]

    def overview(self) -> Json:
        """Duties and the units; no head counts."""
        units = list(self.unit.subordinates) or [f"{self.unit.name}（本级）"]
        return blank("overview", functions=list(self.unit.duties), subordinate_units=units)

    def total_change(self, now: int, last: int, what: str) -> Json:
        """A change against last year, or 持平 with that sentence as reason (report.md, Conventions)."""
        result = change(self.rng, now, last, self.year)
        if result["amount"] == 0:
            return blank("change", reason=f"与{self.year - 1}年度相比，{what}持平")
        return result

    def income_expenditure(self) -> Json:
        """一、: one total and one change for both sides."""
        return self._both_sides("income_expenditure", self.books.whole, "收入支出总计")

    def _both_sides(self, section: str, pool: Pool, what: str) -> Json:
        """一 and 四: the total of either side is the same, and so is its change."""
        both = self.total_change(pool.total, pool.last_total, what)
        total = wan(pool.total)
        return blank(
            section,
            income_total=total,
            expenditure_total=total,
            income_change=both,
            expenditure_change=dict(both),
        )

    def income(self) -> Json:
        """二、: only the kinds that there are."""
        parts = {"fiscal_appropriation": self.books.fiscal.income, **self.books.own_income}
        total = self.books.whole.income
        shown = portions({name: part for name, part in parts.items() if part}, total, self.levelled)
        return blank("income", total=wan(total), **shown)

    def expenditure(self) -> Json:
        """三、: only the kinds that there are."""
        books = self.books
        parts = {
            "basic": books.sum(lambda x: x.basic),
            "project": books.sum(lambda x: x.project),
            "business": books.sum(lambda x: x.business),
        }
        total = books.whole.expenditure
        shown = portions({name: part for name, part in parts.items() if part}, total, self.levelled)
        return blank("expenditure", total=wan(total), **shown)

    def fiscal(self) -> Json:
        """四、: as 一."""
        return self._both_sides("fiscal_appropriation", self.books.fiscal, "财政拨款收入支出总计")

    def completion(self, final: int, budget: int, text: str | None = None) -> Json:
        """A Comparison that prints 完成年初预算的…%; against no budget the form has no percent."""
        return blank(
            "comparison",
            budget=wan(budget),
            final=wan(final),
            completion_percent=share(final, budget) if budget else None,
            reason=text or self.why(final, budget),
        )

    def why(self, final: int, budget: int) -> str | None:
        """The reason of a difference; none where both are the same."""
        difference = wan(final) - wan(budget)
        return reason(self.rng, difference, self.year) if difference else None

    def general(self) -> Json:
        """五、: with the year's budget; items with budget and purpose, without change."""
        books = self.books
        lines = [line for line in books.of("general") if line.total]
        pool = books.pools["general"]
        budget = sum(line.budget for line in lines)
        return blank(
            "general_public_budget",
            total=wan(pool.expenditure),
            percent_of_expenditure=share(pool.expenditure, books.whole.expenditure),
            change=self.total_change(pool.expenditure, pool.last_expenditure, "一般公共预算财政拨款支出"),
            budget=self.completion(pool.expenditure, budget),
            by_class=by_class(lines, self.levelled),
            items=[
                blank(
                    "item",
                    class_name=line.subject.class_name,
                    section_name=line.subject.section_name,
                    item_name=line.subject.item_name,
                    amount=wan(line.total),
                    budget=blank(
                        "comparison",
                        budget=wan(line.budget),
                        final=wan(line.total),
                        reason=self.why(line.total, line.budget),
                    ),
                    purpose=item_purpose(self.rng, line.subject.item_name),
                )
                for line in sorted(lines, key=lambda line: line.subject.item_code)
            ],
        )

    def fund_budget(self, pool: Pool | None, source: str) -> Json:
        """八、九: none, or the four figures of the statement's 合计 row."""
        if pool is None or source not in self.books.pools:
            return blank("fund_budget", none=True)
        return blank(
            "fund_budget",
            none=False,
            opening_carryover=wan(pool.opening),
            income_current_year=wan(pool.income),
            expenditure_current_year=wan(pool.expenditure),
            closing_carryover=wan(pool.closing),
        )

    def trips(self) -> tuple[Json, list[Json]]:
        """七、: budgets with their completion, changes, and details where anything was spent."""
        books, travel = self.books, self.books.travel
        spent = {
            "overseas": books.overseas,
            "vehicles": books.purchase + books.running,
            "reception": books.reception,
        }
        total = sum(spent.values(), Spending(0, 0, 0))
        names = {"overseas": "因公出国（境）费", "vehicles": "公务用车购置及运行维护费", "reception": "公务接待费"}
        node = blank(
            "three_public",
            total=wan(total.now),
            change=self._trip(total, "“三公”经费", ""),
            **{
                name: blank("part", amount=wan(s.now), change=self._trip(s, names[name], name))
                for name, s in spent.items()
            },
            budget=self.completion(total.now, total.budget),
            overseas_budget=self._part_budget(spent["overseas"]),
            reception_budget=self._part_budget(spent["reception"]),
        )
        rate = self._rate(spent["vehicles"])
        label = "公务用车购置及运行维护费支出决算完成预算的"
        if total.now:
            node |= {
                "overseas_groups": travel.groups,
                "overseas_visits": travel.visits,
                "vehicle_purchase": wan(books.purchase.now),
                "vehicle_running": wan(books.running.now),
                "vehicles_bought": books.assets.vehicles.bought,
                "vehicles_owned": travel.owned,
                "reception_batches": travel.batches,
                "reception_visits": travel.guests,
            }
        return node, [unmapped_figure(TRIPS, label, rate, "%")]

    def _part_budget(self, spend: Spending) -> Json:
        """The form prints a part's final and completion, not its budget."""
        return blank("comparison", final=wan(spend.now), completion_percent=self._rate(spend))

    @staticmethod
    def _rate(spend: Spending) -> Decimal:
        """完成预算的…%; without a budget 0 is printed."""
        return share(spend.now, spend.budget)

    def _trip(self, spend: Spending, what: str, kind: str) -> Json:
        """A change of the three expenses: 持平, or amount and percent (a reason only for the whole)."""
        amount = wan(spend.now - spend.last)
        if amount == 0:
            sentence = (
                f"{what}支出决算持平" if kind else f"{self.year}年度{what}财政拨款支出决算数与{self.year - 1}年度持平"
            )
            return blank("change", reason=sentence)
        result = change(self.rng, spend.now, spend.last, self.year)
        return result | {"reason": None if kind else trip_reason(self.rng, "", amount, wan(spend.now), self.year)}

    def performance(self) -> tuple[Json, list[Json]]:
        """十、: the self-evaluated projects; the other counts have no key."""
        rng = self.rng
        count = rng.randint(1, 30)
        money = wan(self.books.sum(lambda x: x.project))
        parts = [count - (weak := rng.randint(0, min(2, count - 1))), weak, 0, 0]
        found = rng.randint(0, 3)
        fixed = rng.randint(0, found)
        score = Decimal(rng.randint(8800, 10000)).scaleb(-2)
        rows: list[tuple[str, Decimal | int, str]] = [
            (f"编报绩效目标的{self.year}年度项目", count + rng.choice((0, 0, 2)), "个"),
            ("编报绩效目标的项目涉及预算金额", money, "万元"),
            (f"绩效跟踪评价的{self.year}年度项目", count, "个"),
            ("绩效跟踪评价的项目涉及预算金额", money, "万元"),
            ("绩效自评平均得分", score, "分"),
            *((f"绩效评级为“{name}”的项目", n, "个") for name, n in zip(RATINGS, parts, strict=True)),
            ("绩效自评中共发现问题", found, "个"),
            ("已经完成整改的", fixed, "个"),
            ("正在整改的", found - fixed, "个"),
        ]
        node = blank("performance", project_count=count, project_budget=money)
        return node, [unmapped_figure(PERFORMANCE, *row) for row in rows]

    def purchases(self) -> tuple[Json, list[Json]]:
        """十一（二）: what Shanghai prints of small enterprises has no key."""
        bought = self.books.procurement
        node = blank(
            "procurement",
            total=wan(bought.total),
            goods=wan(bought.goods),
            works=wan(bought.works),
            services=wan(bought.services),
        )
        labels = (
            ("面向中小企业预留政府采购项目预算金额", bought.sme),
            ("面向小微企业预留政府采购项目预算金额", bought.micro),
            ("面向中小企业预留的政府采购项目中由中小企业供应商中标或成交的采购金额", bought.sme),
            ("面向小微企业预留政府采购项目中由小微企业供应商中标或成交的采购金额", bought.micro),
            ("其他政府采购项目中由中小企业供应商中标或成交的采购金额", (bought.total - bought.sme) // 2),
        )
        return node, [unmapped_figure(PROCUREMENT, label, wan(fen), "万元") for label, fen in labels]

    def operating_costs(self) -> list[Json]:
        """十一（一）: one sentence about the whole."""
        spends = [s for s in (self.books.administrative, self.books.institution) if s]
        whole = sum(spends, Spending(0, 0, 0))
        return [
            blank(
                "operating_cost",
                unit_kind="administrative",
                amount=wan(whole.now),
                change=change(self.rng, whole.now, whole.last, self.year),
            )
        ]

    def assets(self) -> Json:
        """十一（三）: vehicles and large equipment only."""
        assets = self.books.assets
        return blank(
            "state_assets",
            as_of=f"{self.year}-12-31",
            vehicle_count=assets.vehicles.count,
            large_equipment=assets.equipment,
            **{f"vehicles_{kind}": count for kind, count in assets.vehicles.kinds.items()},
        )


def unmapped_figure(section: str, label: str, value: Decimal | int, unit: str) -> Json:
    """A figure without a key; `raw` is filled in when it is printed."""
    return blank("unmapped", section=section, label=label, raw=str(value), value=value, unit=unit)

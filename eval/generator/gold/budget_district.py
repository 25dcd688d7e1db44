"""The gold of a departmental budget as Shanghai's districts publish it.

Tables in 元, words in 万元; no numbered parts; one section for income and expenditure, its items in quotation marks;
a table of targets for each project.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, ClassVar

from recount.eval.generator.accounts.budget import Draft
from recount.eval.generator.accounts.classification import subject
from recount.eval.generator.gold.budget_rows import (
    CENT,
    NOTHING,
    BudgetLine,
    by_class,
    coded_rows,
    function_rows,
    three_public_row,
    total_of,
)
from recount.eval.generator.gold.shape import Json
from recount.eval.generator.words.glossary import TERMS
from recount.eval.generator.words.kinds import SHANGHAI_FLEET
from recount.eval.generator.words.reasons import THINGS, reason

YEAR = 2026
INDICATORS = (
    (
        "产出指标",
        "数量指标",
        ("年度计划完成率", "检查覆盖次数", "培训人次"),
        ("=100.00(%)", "≥12.00(次)", "≥300(人次)"),
    ),
    ("产出指标", "质量指标", ("验收合格率", "数据准确率"), ("=100.00(%)", "≥98.00(%)")),
    ("产出指标", "时效指标", ("按时完成率",), ("及时",)),
    ("效益指标", "社会效益指标", ("群众知晓度", "服务水平"), ("≥90.00(%)", "提高")),
    ("满意度指标", "服务对象满意度指标", ("服务对象满意度",), ("≥85.00(%)",)),
)


def said(amount: Decimal) -> Decimal:
    """An amount as words print it: 万元 with two decimals."""
    return amount.quantize(CENT, ROUND_HALF_UP)


class DistrictBudget(Draft):
    """Draws one budget in whole 元 (here in 万元, as the contract wants them)."""

    grain = Decimal("0.0001")
    likely = 0.4
    classes: ClassVar = {"personnel": ("301", "303"), "public": ("302", "310")}

    def line(self, code: str, basic: bool) -> BudgetLine:
        """The budget of an item; some of those for running costs have a project, too."""
        amount = self.amount(5, 4000)
        extra = self.amount(1, 90) if basic and self.rng.random() < 0.3 else NOTHING
        return BudgetLine(subject(code), amount if basic else NOTHING, extra if basic else amount, NOTHING)

    def cuts(self, whole: int, count: int) -> list[int]:
        """Nowhere twice, so that no part is nothing."""
        return self.rng.sample(range(1, whole), count)

    def report(self) -> Json:
        """The whole gold."""
        fiscal, every = self.fiscal, self.every
        whole, granted = (total_of(line.total for line in lines) for lines in (every, fiscal))
        general, funds = (total_of(line.total for line in lines) for lines in (self.general, self.funds))
        basic, rows = self.basic_rows()
        three = self._three_public()
        cost = said(self.amount(50, 600))
        change = self._change(granted)
        return {
            "unit_name": self.unit.name,
            "fiscal_year": YEAR,
            "totals": None,
            "income": {
                "total": said(whole),
                "fiscal": {"amount": said(granted), "percent": None, "change": change},
                "institutional": self._zero(said(self.own.total) if self.own else NOTHING),
                "business": self._zero(),
                "other": self._zero(),
            },
            "expenditure": {"total": said(whole)},
            "fiscal_appropriation": {
                "total": said(granted),
                "general": said(general),
                "funds": said(funds),
                "capital": NOTHING,
                "items": [self._item(line) for line in sorted(fiscal, key=lambda item: item.subject.item_code)],
                "change": self._explained(change),
            },
            "general_public_budget": {"total": said(general), "change": self._change(general)},
            "government_funds": {"none": False, "total": said(funds), "change": self._change(funds)},
            "state_capital": {"none": False, "total": NOTHING, "change": self._change(NOTHING)},
            "three_public": three["said"],
            "operating_costs": {"amount": cost, "change": None},
            "procurement": self._procurement(),
            "state_assets": self._assets(),
            "performance": {"project_count": self.rng.randint(2, 60), "project_budget": said(self.amount(50, 9000))},
            "project_targets": [self._target() for _ in range(self.rng.randint(1, 2))],
            "glossary": [{"term": term, "definition": text} for term, text in self.rng.sample(TERMS, 5)],
            "statements": self._statements(every, [*rows, basic], {**three["row"], "operating_cost": cost}),
        }

    @staticmethod
    def _zero(amount: Decimal = NOTHING) -> Json:
        return {"amount": amount, "percent": None, "change": None}

    def _change(self, now: Decimal, *, why: bool = False) -> Json:
        """Against last year's budget: an amount, or 持平."""
        if not now or self.rng.random() < 0.25:
            return {"amount": None, "percent": None, "reason": f"{self.rng.choice('与比')}{YEAR - 1}年预算持平"}
        amount = said(now * Decimal(self.rng.randint(-30, 40)) / 100)
        return {"amount": amount, "percent": None, "reason": reason(self.rng, amount, YEAR) if why else None}

    def _explained(self, change: Json) -> Json:
        """A change with its reason; 持平 has its sentence."""
        return change if change["amount"] is None else {**change, "reason": reason(self.rng, change["amount"], YEAR)}

    def _item(self, line: BudgetLine) -> Json:
        of = line.subject
        return {
            "class_name": of.class_name,
            "section_name": of.section_name,
            "item_name": of.item_name,
            "amount": said(line.total),
            "change": None,
            "purpose": f"{self.rng.choice(THINGS)}等支出",
        }

    def _three_public(self) -> Json:
        bought = said(self.amount(10, 40)) if self.rng.random() < 0.4 else NOTHING
        overseas = said(self.amount(1, 20)) if self.rng.random() < 0.3 else NOTHING
        running, reception = said(self.amount(1, 60)), said(self.amount(0, 5))
        row = three_public_row(overseas, bought, running, reception)
        parts: Json = {
            key: {"amount": value, "percent": None, "change": self._change(value, why=True)}
            for key, value in row.items()
            if key != "total"
        }
        return {"row": row, "said": {"total": row["total"], "change": self._change(row["total"]), **parts}}

    def _procurement(self) -> Json:
        goods, works, services = (said(self.amount(0, 900)) for _ in range(3))
        small = said((goods + services) / 2)
        parts = {"goods": goods, "works": works, "services": services}
        return {"total": goods + works + services, **parts, "sme_amount": small, "micro_amount": said(small / 2)}

    def _assets(self) -> Json:
        fleet = {
            f"vehicles_{kind}": 0 if kind == "ministerial" else self.rng.choice((0, 0, 1, 3)) for kind in SHANGHAI_FLEET
        }
        return {
            "as_of": f"{YEAR - 1}-08-31",
            "vehicle_count": sum(fleet.values()),
            **fleet,
            "large_equipment": self.rng.choice((0, 0, 2)),
        }

    def _target(self) -> Json:
        """财政项目支出绩效目标申报表, in 元."""
        current, carried, other = self.amount(1, 900), NOTHING, self.rng.choice((NOTHING, self.amount(1, 20)))
        years = self.rng.randint(1, 3)
        whole_other = other * years
        fiscal = current * years
        indicators = [
            {"level1": first, "level2": second, "level3": name, "target": target}
            for first, second, names, targets in INDICATORS
            for name, target in zip(names, targets, strict=True)
        ]
        return {
            "name": f"{self.rng.choice(THINGS)}经费",
            "department": self.unit.name,
            "implementing_unit": self.unit.name,
            "start_date": f"{YEAR - years + 1}-01-01",
            "end_date": f"{YEAR}-12-31",
            "total": fiscal + whole_other,
            "total_fiscal": fiscal,
            "total_other": whole_other,
            "annual": current + carried + other,
            "annual_fiscal": current,
            "annual_carried": carried,
            "annual_other": other,
            "overall_goal": f"{YEAR - years + 1}年至{YEAR}年完成{self.rng.choice(THINGS)}{self.rng.randint(2, 9)}项。",
            "annual_goal": f"完成年度{self.rng.choice(THINGS)}任务。",
            "indicators": indicators,
        }

    def _statements(self, every: Sequence[BudgetLine], basic: list[Json], three: Json) -> Json:
        general, funds = (total_of(line.total for line in lines) for lines in (self.general, self.funds))
        own = self.own.total if self.own else None
        whole = total_of(line.total for line in every)
        by_general, by_funds = dict(by_class(self.general)), dict(by_class(self.funds))
        granted: dict[str, Any] = {
            "total": general + funds,
            "general": general,
            "funds": funds or None,
            "capital": None,
        }
        sources = (("财政拨款收入", general + funds, None), ("一般公共预算", general, "财政拨款收入"))
        more = (("政府性基金预算", funds or None, "财政拨款收入"), ("国有资本经营预算", None, "财政拨款收入"))
        rest = (("事业收入", own, None), ("事业单位经营收入", None, None), ("其他收入", None, None))
        return {
            "income_expenditure": {
                "income": [
                    {"name": name, "amount": amount, "part_of": above}
                    for name, amount, above in (*sources, *more, *rest)
                ],
                "income_total": whole,
                "expenditure": [{"name": name, "amount": amount} for name, amount in by_class(every)],
                "expenditure_total": whole,
            },
            "income": {"rows": self._income_rows(every)},
            "expenditure": {"rows": _total_last(function_rows(every))},
            "fiscal_appropriation": {
                "income": [
                    {"name": "一般公共预算", "amount": general},
                    {"name": "政府性基金预算", "amount": funds or None},
                    {"name": "国有资本经营预算", "amount": None},
                ],
                "income_total": general + funds,
                "expenditure": [
                    {
                        "name": name,
                        "total": amount,
                        "general": by_general.get(name),
                        "funds": by_funds.get(name),
                        "capital": None,
                    }
                    for name, amount in by_class(self.fiscal)
                ],
                "expenditure_total": granted,
            },
            "general_public_budget": {"rows": _total_last(function_rows(self.general))},
            "basic_expenditure": {"rows": basic},
            "three_public": three,
            "government_funds": {"rows": _total_last(function_rows(self.funds))},
            "state_capital": {"rows": [dict.fromkeys(("code", "total", "basic", "project")) | {"name": "合计"}]},
        }

    def _income_rows(self, every: Sequence[BudgetLine]) -> list[Json]:
        keys = ("total", "fiscal", "institutional", "business", "other")
        rows = [(line, {"institutional" if line is self.own else "fiscal": line.total}) for line in every]
        return _total_last(coded_rows(rows, keys, blank=None))


def _total_last(rows: list[Json]) -> list[Json]:
    """合计 below its parts; it stays where there are none."""
    return [*rows[1:], rows[0]]

"""Generated budgets as reports straight from their gold, and others made of them that hold as well.

The generator pays from some sources only. What is paid by one is said to be paid by another, in words and tables alike:
then the same sums hold, of other fields. `fuller` says more of a budget, each thing as its other figures have it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from recount.eval.generator.budgets import draft_budget, draft_district_budget, draft_provincial_budget
from recount.schemas.department_budget.family import DEPARTMENT_BUDGET
from recount.schemas.figures import Figure, Model
from recount.tests.schemas.gold import fill

Gold = dict[str, Any]
CENT = Decimal("0.01")
SEEDS = range(6)
BY_UNIT = (8, 9)
"""Seeds of provincial budgets whose 收入总表 is by unit, of three levels, with income of their own; 9 has funds."""
FUNDS = {
    "funds": "capital",
    "capital": "funds",
    "government_funds": "state_capital",
    "state_capital": "government_funds",
}
SOURCES = ("special_account", "business", "superior_subsidy", "affiliate_remittance", "other")
CARRIED = ("opening_general", "opening_funds", "opening_capital", "opening_special_account")
USES = ("remitted_to_superior", "business", "affiliate_subsidy")


def report_of(gold: Gold) -> Model:
    """Report[Figure], every figure at its pointer."""
    report: Model = fill(DEPARTMENT_BUDGET.report_of(Figure), _decimals(gold))
    return report


def golds() -> Iterator[Gold]:
    """Budgets of all layouts, and those made of them."""
    for seed in SEEDS:
        yield draft_budget(seed)
        yield draft_district_budget(seed)
        yield _apart(fuller(draft_budget(seed)))
        yield renamed(fuller(draft_budget(seed)), FUNDS)
        for source in SOURCES:
            yield of_source(draft_budget(seed), source)
        for use in USES:
            yield of_use(draft_budget(seed), use)
        yield draft_provincial_budget(seed)
        yield nested(draft_budget(seed))
        for source in CARRIED:
            yield carried_from(nested(draft_budget(seed)), source)
    for seed in BY_UNIT:
        for source in CARRIED:
            yield carried_from(draft_provincial_budget(seed), source)
        for source in SOURCES:
            yield without_own(of_source(draft_provincial_budget(seed), source))
        yield granted(renamed(draft_provincial_budget(seed), FUNDS))


def fuller(gold: Gold) -> Gold:
    """A budget of the national layout that says more: changes of every amount, all appropriations, staff, assets."""
    income = gold["income"]
    amount = sum(income[key]["amount"] for key in ("general", "funds", "capital") if income[key])
    income["fiscal"] = {"amount": amount, "percent": _percent(amount, income["total"]), "change": _grown(amount)}
    granted(gold)
    for section in ("income", "expenditure", "fiscal_appropriation"):
        gold[section]["change"] = _grown(gold[section]["total"])
    fiscal = gold["fiscal_appropriation"]
    for row in fiscal["by_class"]:
        row["percent"] = _percent(row["amount"], fiscal["total"])
    gold["overview"] = {
        "staff_total": 12, "staff_active": 7, "staff_veteran_retired": 1, "staff_retired": 4,
        "office_count": 2, "offices": ["办公室", "财务科"],
    }  # fmt: skip
    gold["expenditure"]["closing"] = {"amount": Decimal("0.00"), "percent": None, "change": None}
    gold["state_assets"] = {
        "fixed_assets": Decimal("900.00"), "building_value": Decimal("600.00"), "vehicle_value": Decimal("80.00"),
    }  # fmt: skip
    return gold


def _apart(gold: Gold) -> Gold:
    """收入总预算 and 支出总预算, each by itself; 支出总计 without anything left."""
    whole = gold["totals"]["total"]
    gold["totals"] = {"total": None, "income_total": whole, "expenditure_total": whole, "change": None}
    gold["statements"]["income_expenditure"]["closing"] = None
    return gold


def of_source(gold: Gold, source: str) -> Gold:
    """What the unit earned itself comes from another source."""
    names = {"institutional": source, source: "institutional"}
    gold["income"] = renamed(gold["income"], names)
    gold["statements"]["income"] = renamed(gold["statements"]["income"], names)
    return gold


def granted(gold: Gold) -> Gold:
    """The table of income with 财政拨款收入 over its parts."""
    for row in gold["statements"]["income"]["rows"]:
        row["fiscal"] = sum(row[key] or Decimal("0.00") for key in ("general", "funds", "capital")) or None
    return gold


def without_own(gold: Gold) -> Gold:
    """The table of income without 单位资金: 财政专户管理资金 is none of it."""
    for row in gold["statements"]["income"]["rows"]:
        if row["special_account"] is not None:
            row["own"] = None
    return gold


def nested(gold: Gold) -> Gold:
    """The table of income by 科目 with 本年收入, 单位资金 and 上年结转 over their parts."""
    for row in gold["statements"]["income"]["rows"]:
        opening = row["opening"] or Decimal("0.00")
        own = sum(row[key] or Decimal("0.00") for key in ("institutional", *SOURCES[1:]))
        row |= {"current": row["total"] - opening, "own": own or None, "opening_own": row["opening"]}
    return gold


def carried_from(gold: Gold, source: str) -> Gold:
    """What was carried over is of another source."""
    names = {"opening_own": source, source: "opening_own"}
    gold["statements"]["income"] = renamed(gold["statements"]["income"], names)
    return gold


def of_use(gold: Gold, use: str) -> Gold:
    """What was for projects is for something else."""
    names = {"project": use, use: "project"}
    gold["expenditure"] = renamed(gold["expenditure"], names)
    gold["statements"]["expenditure"] = renamed(gold["statements"]["expenditure"], names)
    return gold


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    """The same under other keys, at any depth."""
    if isinstance(value, dict):
        return {names.get(key, key): renamed(below, names) for key, below in value.items()}
    if isinstance(value, list):
        return [renamed(below, names) for below in value]
    return value


def project_table() -> Gold:
    """项目支出表 of two projects and their 合计; every source pays some of both."""
    sources = (
        "general", "funds", "capital", "carried_general", "carried_funds", "carried_capital", "special_account", "own",
    )  # fmt: skip
    parts = [{key: Decimal(f"{at + 1}.{step}0") for at, key in enumerate(sources)} for step in (2, 5)]
    parts.append({key: parts[0][key] + parts[1][key] for key in sources})
    names = ("修缮经费", "培训经费", "合计")
    return {
        "rows": [{"name": name, "total": sum(part.values()), **part} for name, part in zip(names, parts, strict=True)]
    }


def _grown(now: Decimal) -> Gold:
    """A tenth more than last year, about."""
    last = (now * 10 / 11).quantize(CENT)
    return {"amount": now - last, "percent": _percent(now - last, last), "reason": None}


def _percent(part: Decimal, whole: Decimal) -> Decimal:
    return (part * 100 / whole).quantize(CENT)


def _decimals(value: Any) -> Any:
    """Counts as Decimal, as every figure is."""
    if isinstance(value, dict):
        return {key: _decimals(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_decimals(below) for below in value]
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value

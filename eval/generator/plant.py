"""Planting discrepancies: printed figures changed so that an identity of the report breaks.

Every planter names one figure that can be changed and the rule that it then breaks, or nothing where the report has no
such figure. The change is far beyond what rounding explains.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from decimal import Decimal
from random import Random
from typing import Any

from recount.eval.generator.case import Discrepancy
from recount.eval.generator.gold.shape import Json
from recount.eval.generator.words.kinds import FLEET

Target = tuple[str, str]  # pointer, rule in words
LEAST = Decimal(20)  # 万元: below it, rounding makes shares too vague to call one wrong


Planters = tuple[tuple[Callable[[Json], Iterator[Target]], Callable[[Random, Any, Json, str], Any]], ...]


def plant(rng: Random, gold: Json, count: int, kinds: Planters | None = None) -> tuple[Json, tuple[Discrepancy, ...]]:
    """The gold with `count` figures changed (or as many as it has room for), and what was changed.

    kinds: of what kind they may be; None for all that the forms print.
    """
    if not count:
        return gold, ()
    changed = copy.deepcopy(gold)
    planters = list(kinds or _PLANTERS)
    rng.shuffle(planters)
    found: list[Discrepancy] = []
    for planter, alter in planters * 3:
        taken = {d.pointer for d in found}
        targets = [target for target in planter(gold) if target[0] not in taken]
        if targets and len(found) < count:
            pointer, rule = rng.choice(targets)
            found.append(_plant_one(rng, changed, pointer, rule, alter))
    return changed, tuple(found)


def value_at(node: Any, pointer: str) -> Any:
    """The value at a JSON pointer."""
    for key in pointer.split("/")[1:]:
        node = node[int(key)] if isinstance(node, list) else node[key]
    return node


def _plant_one(
    rng: Random, gold: Json, pointer: str, rule: str, alter: Callable[[Random, Any, Json, str], Any]
) -> Discrepancy:
    """Change one figure in place."""
    parent, _, key = pointer.rpartition("/")
    node = value_at(gold, parent)
    before = node[key]
    node[key] = alter(rng, before, gold, pointer)
    return Discrepancy(pointer, rule, node[key], before)


def _other_amount(rng: Random, value: Decimal, gold: Json, pointer: str) -> Decimal:
    """Another amount: two digits changed places, or a digit was mistyped."""
    del gold, pointer
    digits = f"{value:f}"
    options = [
        swapped
        for i in range(len(digits) - 1)
        if (
            swapped := Decimal(digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :] if _pair(digits, i) else digits)
        )
        and abs(swapped - value) >= max(Decimal(1), value / 200)
    ]
    return rng.choice(options) if options else value + value.quantize(Decimal(1)) // 3 + 2


def _pair(digits: str, at: int) -> bool:
    """Whether two digits stand at a place and may be exchanged without a leading zero."""
    return digits[at : at + 2].isdigit() and (at > 0 or digits[at + 1] != "0")


def _other_percent(rng: Random, value: Decimal, gold: Json, pointer: str) -> Decimal:
    """A percent that is off by more than rounding."""
    del gold, pointer
    step = Decimal(rng.randint(40, 300)) / 100
    return value + (step if value < 50 else -step)


def _one_more(rng: Random, value: int, gold: Json, pointer: str) -> int:
    """A count that is off."""
    del gold, pointer
    return value + rng.randint(1, 3)


def _without_fund_score(rng: Random, value: Decimal, gold: Json, pointer: str) -> Decimal:
    """A 总分 that leaves out the fund row's score (met in the archives)."""
    del rng
    table = value_at(gold, pointer.rpartition("/")[0])
    score: Decimal = table["funds"][0]["score"]
    return value - score


def _shares(gold: Json) -> Iterator[Target]:
    """占比 = 部分 / 合计."""
    for section in ("income", "expenditure"):
        node = gold[section]
        if node and (node["total"] or 0) >= LEAST:
            for key, part in node.items():
                if isinstance(part, dict) and part["amount"] and part["percent"] is not None:
                    yield f"/{section}/{key}/percent", "share of the section's total"
    general = gold["general_public_budget"]
    if general and (general["total"] or 0) >= LEAST:
        for index, entry in enumerate(general["by_class"]):
            if entry["percent"] is not None and entry["amount"]:
                yield f"/general_public_budget/by_class/{index}/percent", "share of the general public budget"


def _change_percents(gold: Json) -> Iterator[Target]:
    """增减百分比 = 增减额 / 上年数."""
    general = gold["general_public_budget"]
    for index, item in enumerate(general["items"] if general else []):
        change = item["change"]
        if not change or not change["amount"] or change["percent"] is None or item["amount"] is None:
            continue
        if item["amount"] - change["amount"] >= LEAST and item["amount"] >= LEAST:
            yield f"/general_public_budget/items/{index}/change/percent", "change against last year's amount"


def _variances(gold: Json) -> Iterator[Target]:
    """预决算差异率 = (决算数 - 预算数) / 预算数."""
    node = gold["fiscal_appropriation"]
    budget = node and node["expenditure_budget"]
    # where one sentence says it of both, a planted figure would have to change in two places
    if (
        budget
        and budget["variance_percent"]
        and budget["budget"] >= LEAST
        and budget["reason"] != (node["income_budget"]["reason"])
    ):
        yield "/fiscal_appropriation/expenditure_budget/variance_percent", "variance of final against budget"


def _parts(gold: Json) -> Iterator[Target]:
    """合计 = Σ 部分."""
    for pointer, rule in (
        ("/procurement/services", "total = goods + works + services"),
        ("/procurement/goods", "total = goods + works + services"),
        ("/basic_expenditure/personnel", "basic = personnel + public"),
        ("/income_expenditure/closing_carryover", "expenditure total = this year's + distribution + closing"),
        ("/income_expenditure/opening_carryover", "income total = this year's + surplus used + opening"),
        ("/fiscal_appropriation/closing_carryover", "fiscal total = this year's + closing"),
        ("/performance/project_budget", "the narrative's sum = the tables' sum"),
        ("/performance/project_executed", "the narrative's sum = the tables' sum"),
    ):
        section = pointer.split("/")[1]
        if section == "performance" and not gold["project_evaluations"]:
            continue
        value = gold[section] and value_at(gold, pointer)
        if value and value >= LEAST:
            yield pointer, rule


def _statement_totals(gold: Json) -> Iterator[Target]:
    """Totals of the statements."""
    node = gold["statements"]
    for pointer, rule in (
        ("/statements/income_expenditure/expenditure_current_year", "T1: this year's expenditure = the classes"),
        ("/statements/basic_expenditure/public_total", "T6: public expenditure = its items"),
        ("/statements/fiscal_appropriation/income_current_year", "T4: this year's income = its kinds"),
    ):
        if node and node[pointer.split("/")[2]] and (value_at(gold, pointer) or 0) >= LEAST:
            yield pointer, rule


def _counts(gold: Json) -> Iterator[Target]:
    """Counts that are sums."""
    overview, assets, performance = gold["overview"], gold["state_assets"], gold["performance"]
    if overview and overview["staff_total"] is not None:
        yield "/overview/staff_total", "staff = active + veteran + retired"
    if assets and assets["vehicle_count"] is not None:
        yield "/state_assets/vehicle_count", "vehicles = the sum of the kinds"
    if performance and gold["project_evaluations"]:
        yield "/performance/project_count", "projects counted = tables (+ classified projects named in 十二)"


def _total_scores(gold: Json) -> Iterator[Target]:
    """总分 = Σ 得分 + 资金得分."""
    for index, table in enumerate(gold["project_evaluations"]):
        if table["total_score"] and table["funds"][0]["score"]:
            yield f"/project_evaluations/{index}/total_score", "total score = scores + fund score (left out)"


def _execution_rates(gold: Json) -> Iterator[Target]:
    """执行率 = 执行数 / 预算数."""
    for index, table in enumerate(gold["project_evaluations"]):
        row = table["funds"][0]
        if row["annual_budget"] >= LEAST and row["executed"]:
            yield f"/project_evaluations/{index}/funds/0/execution_rate", "execution rate = executed / annual budget"


_PLANTERS: Planters = (
    (_shares, _other_percent),
    (_change_percents, _other_percent),
    (_variances, _other_percent),
    (_parts, _other_amount),
    (_statement_totals, _other_amount),
    (_counts, _one_more),
    (_total_scores, _without_fund_score),
    (_execution_rates, _other_percent),
)


def _completions(gold: Json) -> Iterator[Target]:
    """完成预算的百分比 = 决算数 / 预算数."""
    general, trips = gold["general_public_budget"], gold["three_public"]
    places = [("/general_public_budget/budget", general and general["budget"])]
    places += [
        (f"/general_public_budget/items/{at}/budget", item["budget"])
        for at, item in enumerate(general["items"] if general else [])
    ]
    places += [(f"/three_public/{key}", node) for key, node in (trips or {}).items() if key.endswith("budget")]
    for pointer, node in places:
        if node and node["completion_percent"] and (node["budget"] or 0) >= LEAST and node["final"] is not None:
            yield f"{pointer}/completion_percent", "completion = final / budget"


def _whole(gold: Json) -> Iterator[Target]:
    """What `_parts` and `_counts` name, where all other terms are printed too."""
    for pointer, rule in (*_parts(gold), *_counts(gold)):
        section, own = pointer.split("/")[1:]
        terms = next((terms for terms in _TERMS.get(section, ()) if own in terms), ())
        if terms and all(gold[section][term] is not None for term in terms):
            yield pointer, rule


_TERMS: dict[str, tuple[tuple[str, ...], ...]] = {
    "procurement": (("total", "goods", "works", "services"),),
    "basic_expenditure": (("total", "personnel", "public"),),
    "income_expenditure": (
        ("closing_carryover", "expenditure_total", "expenditure_current_year", "surplus_distribution"),
        ("opening_carryover", "income_total", "income_current_year", "nonfiscal_surplus_used"),
    ),
    "fiscal_appropriation": (("closing_carryover", "expenditure_total", "expenditure_current_year"),),
    "overview": (("staff_total", "staff_active", "staff_veteran_retired", "staff_retired"),),
    "state_assets": (("vehicle_count", *(f"vehicles_{kind}" for kind in FLEET)),),
}
REGIONAL: Planters = (
    (_shares, _other_percent),
    (_change_percents, _other_percent),
    (_completions, _other_percent),
    (_whole, lambda rng, value, *at: (_one_more if isinstance(value, int) else _other_amount)(rng, value, *at)),
    (_statement_totals, _other_amount),
)
"""Of the kinds those that regions print."""

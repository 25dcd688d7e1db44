"""The gold of a departmental budget as provinces publish it: tables of units, what was carried over by its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from random import Random
from typing import Any

from recount.eval.generator.gold.budget_district import INDICATORS
from recount.eval.generator.gold.budget_national import YEAR, NationalBudget
from recount.eval.generator.gold.budget_rows import NOTHING, BudgetLine, coded_rows, no_fund, total_of
from recount.eval.generator.gold.shape import Json
from recount.eval.generator.words.reasons import THINGS, reason
from recount.eval.generator.words.units import Unit

SOURCES = {
    "general": "一般公共预算拨款收入",
    "funds": "政府性基金预算拨款收入",
    "capital": "国有资本经营预算拨款收入",
    "special_account": "财政专户管理资金收入",
    "institutional": "事业收入",
    "business": "事业单位经营收入",
    "superior_subsidy": "上级补助收入",
    "affiliate_remittance": "附属单位上缴收入",
    "other": "其他收入",
}
"""The lines of income of 部门收支总表, in their order."""
OWN = ("institutional", "business", "superior_subsidy", "affiliate_remittance", "other")
CARRIED = ("general", "funds", "capital", "special_account", "own")
_SPLITS = ("general", "funds", "capital")


class ProvincialBudget(NationalBudget):
    """Draws one budget in 万元 with two decimals.

    by_unit: 部门收入总表 has a line a unit, else one a 科目. detailed: the table by function splits 基本支出.
    """

    def __init__(self, rng: Random, trade: str, unit: Unit) -> None:
        super().__init__(rng, trade, unit)
        self.by_unit, self.detailed = rng.random() < 0.5, rng.random() < 0.6

    def report(self) -> Json:
        """The whole gold."""
        gold = super().report()
        income = {key: gold["income"][key] for key in ("opening", *SOURCES)}
        gold["totals"] = self._sides(gold["totals"])
        gold["income"] |= income
        gold["fiscal_appropriation"]["change"] = self._change(gold["fiscal_appropriation"]["total"])
        gold["three_public"] = self._with_changes(gold["three_public"])
        gold["state_assets"] = self._assets()
        if not self.funds:
            gold["government_funds"] = no_fund()
            gold["statements"]["government_funds"] = _EMPTY
        gold["statements"]["state_capital"] = _EMPTY
        gold["statements"]["projects"] = self._projects()
        gold["project_targets"] = [self._target(row) for row in gold["statements"]["projects"]["rows"][1:3]]
        return gold

    def _sides(self, said: Json) -> Json:
        """收入总计 and 支出总计 instead of one sum, in half of them."""
        if self.rng.random() < 0.5:
            return said
        return {**said, "total": None, "income_total": said["total"], "expenditure_total": said["total"]}

    def _with_changes(self, said: Json) -> Json:
        """Each of the “三公” expenses against last year's budget; one that does not change says so in words."""
        for key in ("overseas", "vehicle_purchase", "vehicle_running", "reception"):
            now = said[key]["amount"]
            if not now or self.rng.random() < 0.3:
                said[key]["change"] = {"amount": None, "percent": None, "reason": f"与{YEAR - 1}年预算数持平"}
            else:
                amount = now - (now * Decimal(self.rng.randint(60, 150)) / 100).quantize(Decimal("0.01"))
                why = reason(self.rng, amount, YEAR)
                said[key]["change"] = {"amount": amount, "percent": None, "reason": why}
        return said

    def _assets(self) -> Json:
        kinds = {f"vehicles_{kind}": self.rng.randint(0, 4) for kind in ("confidential", "enforcement", "special")}
        equipment = self.rng.randint(0, 6)
        return {
            "as_of": f"{YEAR - 1}-12-31",
            "vehicle_count": sum(kinds.values()),
            **kinds,
            "large_equipment": equipment,
        }

    def _projects(self) -> Json:
        """项目支出表: what each project is paid from."""
        rows = []
        for key, lines in (("general", self.general), ("funds", self.funds), ("own", [self.own] if self.own else [])):
            for line in lines:
                if line.project:
                    rows.append(self._project(f"{line.subject.item_name}专项", line.project, key))
        whole = {key: total_of(row[key] or NOTHING for row in rows) or None for key in ("total", *_PAYERS)}
        return {"rows": [{"category": None, "name": "合计", "unit": None, **whole}, *rows]}

    def _project(self, name: str, amount: Decimal, key: str) -> Json:
        paid = dict.fromkeys(_PAYERS) | {key: amount}
        return {
            "category": self.rng.choice(("其他运转类", "特定目标类")),
            "name": name,
            "unit": self.unit.name,
            "total": amount,
            **paid,
        }

    def _target(self, project: Json) -> Json:
        """项目支出绩效目标表 of a project: the year's funds, and what is aimed at."""
        granted = project["general"] or project["funds"]
        return {
            "name": project["name"],
            "department": self.unit.name,
            "implementing_unit": self.unit.name,
            "annual": project["total"],
            "annual_fiscal": granted or NOTHING,
            "annual_other": NOTHING if granted else project["total"],
            "overall_goal": f"完成{self.rng.choice(THINGS)}{self.rng.randint(2, 9)}项。",
            "indicators": [
                {"level1": first, "level2": second, "level3": name, "target": target}
                for first, second, names, targets in INDICATORS
                for name, target in zip(names, targets, strict=True)
            ],
        }

    def _statements(self, *drawn: Any) -> Json:
        tables = super()._statements(*drawn)
        columns: Mapping[str, Decimal] = drawn[1]
        whole = tables["income_expenditure"]
        whole["income"] = [{"name": name, "amount": columns[key] or None} for key, name in SOURCES.items()]
        tables["general_public_budget"] = {"rows": self._function_rows()}
        return tables

    def _function_rows(self) -> list[Json]:
        """一般公共预算支出表, 基本支出 in its two parts where the form has them."""
        if not self.detailed:
            return coded_rows([(line, _spent(line)) for line in self.general], ("total", "basic", "project"), None)
        rows = []
        for line in self.general:
            people = (line.basic * Decimal(self.rng.randint(60, 95)) / 100).quantize(Decimal("0.01"))
            rows.append((line, {"personnel": people, "public": line.basic - people, "project": line.project}))
        found = coded_rows(rows, ("total", "personnel", "public", "project"), None)
        for row in found:
            row["basic"] = (row["personnel"] or NOTHING) + (row["public"] or NOTHING) or None
        return found

    def _income_rows(self, every: Sequence[BudgetLine], columns: Mapping[str, Decimal]) -> list[Json]:
        """部门收入总表: by 科目, or by unit with all that each kind of income has."""
        if not self.by_unit:
            return super()._income_rows(every, columns)
        amounts: Json = {key: columns[key] or None for key in SOURCES}
        current = total_of(columns[key] for key in SOURCES)
        own = total_of(columns[key] for key in OWN)
        opening = columns["opening"] or None
        carried = dict.fromkeys(f"opening_{key}" for key in CARRIED) | {"opening_own": opening}
        row = {
            "total": current + (opening or NOTHING), "current": current, **amounts, "own": own or None,
            "opening": opening, **carried,
        }  # fmt: skip
        code = f"{self.rng.randint(101, 499)}"
        names = [(None, "合计"), (code, self.unit.name), (f"{code}001", f"{self.unit.name}（本级）")]
        if self.rng.random() < 0.3:
            names.append((f"{code}001001", f"{self.unit.name}机关服务中心"))
        return [{"code": code, "name": name, **row} for code, name in names]


_EMPTY = {"rows": [dict.fromkeys(("code", "total", "basic", "project")) | {"name": "合计"}]}
"""A table that is printed all the same."""
_PAYERS = (*_SPLITS, *(f"carried_{key}" for key in _SPLITS), "special_account", "own")


def _spent(line: BudgetLine) -> dict[str, Decimal | None]:
    return {"basic": line.basic or None, "project": line.project or None}

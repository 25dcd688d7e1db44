"""An independent re-check of the arithmetic of a gold report, by intervals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Span:
    """What a printed figure may stand for: half a unit of its last place either way."""

    low: Decimal
    high: Decimal

    def __add__(self, other: Span) -> Span:
        return Span(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Span) -> Span:
        return Span(self.low - other.high, self.high - other.low)

    def __mul__(self, other: Span) -> Span:
        ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Span(min(ends), max(ends))

    def per(self, other: Span) -> Span:
        ends = [a / b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Span(100 * min(ends), 100 * max(ends))

    def meets(self, other: Span) -> bool:
        return self.low <= other.high and other.low <= self.high


def span(value: Decimal | int, extra: Decimal = Decimal(0)) -> Span:
    value = Decimal(value)
    half = Decimal(1).scaleb(int(value.as_tuple().exponent)) / 2 if isinstance(value, Decimal) else Decimal(0)
    return Span(value - half - extra, value + half + extra)


def exact(value: int) -> Span:
    return Span(Decimal(value), Decimal(value))


def total(values: list[Any]) -> Span:
    result = Span(Decimal(0), Decimal(0))
    for value in values:
        result += span(value) if isinstance(value, Decimal) else exact(value)
    return result


@dataclass(frozen=True)
class Identity:
    """A rule with the pointers of its operands, and whether it holds."""

    rule: str
    pointers: tuple[str, ...]
    holds: bool


class Recheck:
    """Every identity of a gold report, evaluated anew."""

    def __init__(self, gold: dict[str, Any], levelled: bool) -> None:
        self.gold = gold
        self.slack = Decimal("0.01") if levelled else Decimal(0)  # levelled by a unit of the last place

    def get(self, pointer: str) -> Any:
        node: Any = self.gold
        for key in pointer.split("/")[1:]:
            if node is None:
                return None
            node = node[int(key)] if isinstance(node, list) else node[key]
        return node

    def sums(self, rule: str, whole: str, parts: list[str]) -> Iterator[Identity]:
        values = [self.get(p) for p in parts]
        if self.get(whole) is None or any(v is None for v in values):
            return
        yield Identity(rule, (whole, *parts), total([self.get(whole)]).meets(total(values)))

    def shares(self, rule: str, percent: str, part: str, whole: str) -> Iterator[Identity]:
        p, a, w = (self.get(x) for x in (percent, part, whole))
        if p is None or a is None or w is None or w == 0:
            return
        yield Identity(rule, (percent, part, whole), span(p, self.slack).meets(span(a).per(span(w))))

    def changes(self, rule: str, change: str, now: str, percent: str = "percent") -> Iterator[Identity]:
        node, amount = self.get(change), self.get(now)
        if not node or node["amount"] is None or amount is None:
            return
        last = span(amount) - span(node["amount"])
        if last.low <= 0:
            ok = True
            if last.high <= Decimal("0.02"):  # nothing last year: 100, or 0 for nothing against nothing
                ok = node[percent] in (0, 100, -100)
        else:
            ok = span(node[percent]).meets(span(node["amount"]).per(last))
        sign = node["amount"] == 0 or node[percent] == 0 or (node["amount"] > 0) == (node[percent] > 0)
        yield Identity(rule, (f"{change}/amount", f"{change}/{percent}", now), ok and sign)

    def compared(self, rule: str, at: str, final: str) -> Iterator[Identity]:
        node = self.get(at)
        if not node or node["final"] is None:
            return
        yield Identity(rule, (f"{at}/final", final), node["final"] == self.get(final))
        if node["variance_percent"] is not None and node["budget"] is not None:
            budget, end = span(node["budget"]), span(node["final"])
            if node["budget"] == 0:
                ok = node["variance_percent"] in (0, 100)
            else:
                ok = budget.low <= 0 or span(node["variance_percent"]).meets((end - budget).per(budget))
            yield Identity(rule, (f"{at}/variance_percent", f"{at}/budget", f"{at}/final"), ok)

    def all(self) -> Iterator[Identity]:
        yield from self.wholes()
        yield from self.portions()
        yield from self.general()
        yield from self.trips()
        yield from self.assets()
        yield from self.evaluations()
        if self.gold["statements"]:
            yield from self.statements()

    def wholes(self) -> Iterator[Identity]:
        at = "/income_expenditure"
        yield from self.sums(
            "收入总计",
            f"{at}/income_total",
            [f"{at}/{k}" for k in ("income_current_year", "nonfiscal_surplus_used", "opening_carryover")],
        )
        yield from self.sums(
            "支出总计",
            f"{at}/expenditure_total",
            [f"{at}/{k}" for k in ("expenditure_current_year", "surplus_distribution", "closing_carryover")],
        )
        yield from self.sums("收支平衡", f"{at}/income_total", [f"{at}/expenditure_total"])
        yield from self.sums("一=二", f"{at}/income_current_year", ["/income/total"])
        yield from self.sums("一=三", f"{at}/expenditure_current_year", ["/expenditure/total"])
        yield from self.sums(
            "二=四", "/income/fiscal_appropriation/amount", ["/fiscal_appropriation/income_current_year"]
        )
        for at in ("/income_expenditure", "/fiscal_appropriation", "/government_funds", "/state_capital"):
            for side in ("income", "expenditure"):
                yield from self.changes("总计增减", f"{at}/{side}_change", f"{at}/{side}_total")
                if at != "/income_expenditure":
                    yield from self.compared("预决算", f"{at}/{side}_budget", f"{at}/{side}_total")
        for at in ("/fiscal_appropriation", "/government_funds", "/state_capital"):
            yield from self.sums("总计", f"{at}/income_total", [f"{at}/income_current_year", f"{at}/opening_carryover"])
            yield from self.sums(
                "总计", f"{at}/expenditure_total", [f"{at}/expenditure_current_year", f"{at}/closing_carryover"]
            )
        spent = ["/general_public_budget/total"]
        spent += [f"/{f}/expenditure" for f in ("government_funds", "state_capital") if self.get(f"/{f}/expenditure")]
        yield from self.sums("四=五+八+九", "/fiscal_appropriation/expenditure_current_year", spent)

    def portions(self) -> Iterator[Identity]:
        for at in ("/income", "/expenditure"):
            node = self.get(at) or {}
            parts = [k for k, v in node.items() if isinstance(v, dict)]
            if parts:
                yield from self.sums("合计=Σ", f"{at}/total", [f"{at}/{k}/amount" for k in parts])
            for key in parts:
                yield from self.shares("占比", f"{at}/{key}/percent", f"{at}/{key}/amount", f"{at}/total")
        at = "/procurement"
        yield from self.sums("采购", f"{at}/total", [f"{at}/{k}" for k in ("goods", "works", "services")])
        for kind in ("sme", "micro"):
            yield from self.shares("占比", f"{at}/{kind}_percent", f"{at}/{kind}_amount", f"{at}/total")
        at = "/basic_expenditure"
        yield from self.sums("基本=人员+公用", f"{at}/total", [f"{at}/personnel", f"{at}/public"])
        costs = [f"/operating_costs/{i}/amount" for i in range(len(self.gold["operating_costs"]))]
        yield from self.sums("公用=运行", f"{at}/public", costs)
        for i in range(len(costs)):
            yield from self.changes("运行增减", f"/operating_costs/{i}/change", costs[i])

    def general(self) -> Iterator[Identity]:
        at = "/general_public_budget"
        node = self.get(at)
        if not node:
            return
        yield from self.shares("占本年支出", f"{at}/percent_of_expenditure", f"{at}/total", "/expenditure/total")
        yield from self.changes("增减", f"{at}/change", f"{at}/total")
        yield from self.compared("预决算", f"{at}/budget", f"{at}/total")
        classes = [f"{at}/by_class/{i}" for i in range(len(node["by_class"]))]
        yield from self.sums("合计=Σ类", f"{at}/total", [f"{c}/amount" for c in classes])
        for c in classes:
            yield from self.shares("占比", f"{c}/percent", f"{c}/amount", f"{at}/total")
            name = self.get(f"{c}/class_name")
            items = [f"{at}/items/{i}/amount" for i, x in enumerate(node["items"]) if x["class_name"] == name]
            yield from self.sums("类=Σ项", f"{c}/amount", items)
        for top, whole in ((at, "total"), ("/government_funds", "expenditure"), ("/state_capital", "expenditure")):
            items = [f"{top}/items/{i}" for i in range(len((self.get(top) or {"items": []})["items"]))]
            if items:
                yield from self.sums("合计=Σ项", f"{top}/{whole}", [f"{i}/amount" for i in items])
            for i in items:
                yield from self.changes("项增减", f"{i}/change", f"{i}/amount")

    def trips(self) -> Iterator[Identity]:
        at = "/three_public"
        if not self.get(at):
            return
        parts = ("overseas", "vehicles", "reception")
        yield from self.sums("三公=Σ", f"{at}/total", [f"{at}/{p}/amount" for p in parts])
        yield from self.sums("车=购+运", f"{at}/vehicles/amount", [f"{at}/vehicle_purchase", f"{at}/vehicle_running"])
        yield from self.changes("增减", f"{at}/change", f"{at}/total")
        for p in parts:
            yield from self.shares("占比", f"{at}/{p}/percent", f"{at}/{p}/amount", f"{at}/total")
            yield from self.changes("增减", f"{at}/{p}/change", f"{at}/{p}/amount")
        yield from self.compared("预决算", f"{at}/budget", f"{at}/total")
        yield from self.compared("预决算", f"{at}/overseas_budget", f"{at}/overseas/amount")
        yield from self.compared("预决算", f"{at}/reception_budget", f"{at}/reception/amount")
        for kind in ("vehicle_purchase", "vehicle_running"):
            yield from self.compared("预决算", f"{at}/{kind}_budget", f"{at}/{kind}")
        yield from self.sums("车辆数", f"{at}/fixed_asset_vehicles", ["/state_assets/vehicle_count"])

    def assets(self) -> Iterator[Identity]:
        at = "/state_assets"
        if not self.get(at):
            return
        kinds = [k for k in self.get(at) if k.startswith("vehicles_") and k != "vehicles_other_note"]
        yield from self.sums("车辆=Σ", f"{at}/vehicle_count", [f"{at}/{k}" for k in kinds])
        at = "/overview"
        staff = [f"{at}/staff_{k}" for k in ("active", "veteran_retired", "retired")]
        yield from self.sums("人数", f"{at}/staff_total", staff)

    def evaluations(self) -> Iterator[Identity]:
        tables = [f"/project_evaluations/{i}" for i in range(len(self.gold["project_evaluations"]))]
        if self.get("/performance") and tables and not re.search("涉密", self.gold["other_notes"] or ""):
            at = "/performance"
            for key in ("budget", "executed"):
                column = "annual_budget" if key == "budget" else key
                yield from self.sums("绩效=Σ表", f"{at}/project_{key}", [f"{t}/funds/0/{column}" for t in tables])
            yield Identity("表数", (f"{at}/project_count",), self.get(f"{at}/project_count") == len(tables))
        if self.gold["overall_evaluation"]:
            tables.append("/overall_evaluation")
        for t in tables:
            yield from self.table(t)

    def table(self, t: str) -> Iterator[Identity]:
        funds, rows = self.get(f"{t}/funds"), self.get(f"{t}/indicators")
        for column in ("initial_budget", "annual_budget", "executed"):
            yield from self.sums(
                "资金=Σ", f"{t}/funds/0/{column}", [f"{t}/funds/{i}/{column}" for i in range(1, len(funds))]
            )
        first = f"{t}/funds/0"
        yield from self.shares("执行率", f"{first}/execution_rate", f"{first}/executed", f"{first}/annual_budget")
        rate, weight, score = (self.get(f"{first}/{k}") for k in ("execution_rate", "weight", "score"))
        due = span(rate) * Span(weight / 100, weight / 100)
        yield Identity("资金得分", (f"{first}/score", f"{first}/execution_rate"), span(score).meets(due))
        for key, top in (("weight", "total_weight"), ("score", "total_score")):
            parts = [f"{t}/indicators/{i}/{key}" for i in range(len(rows))] + [f"{first}/{key}"]
            values = [self.get(p) for p in parts]
            if self.get(f"{t}/{top}") is not None:
                yield Identity(top, (f"{t}/{top}", *parts), sum(values) == self.get(f"{t}/{top}"))

    def cells(self, rule: str, whole: str, parts: list[str]) -> Iterator[Identity]:
        """A sum of cells of the statements; a blank cell is nothing."""
        values = [0 if self.get(p) is None else self.get(p) for p in (whole, *parts)]
        yield Identity(rule, (whole, *parts), total(values[:1]).meets(total(values[1:])))

    def statements(self) -> Iterator[Identity]:
        t1, t4, t6 = (f"/statements/{k}" for k in ("income_expenditure", "fiscal_appropriation", "basic_expenditure"))
        for side in ("income", "expenditure"):
            rows = range(len(self.get(f"{t1}/{side}")))
            yield from self.cells("T1=Σ", f"{t1}/{side}_current_year", [f"{t1}/{side}/{i}/amount" for i in rows])
        inward, outward = ("nonfiscal_surplus_used", "opening_carryover"), ("surplus_distribution", "closing_carryover")
        for side, others in (("income", inward), ("expenditure", outward)):
            parts = [f"{t1}/{k}" for k in (f"{side}_current_year", *others)]
            yield from self.cells("T1总计", f"{t1}/{side}_total", parts)
            yield from self.cells("一=T1", f"/income_expenditure/{side}_total", [f"{t1}/{side}_total"])
        yield from self.cells("T4=Σ", f"{t4}/income_current_year", [f"{t4}/income/{i}/amount" for i in range(3)])
        yield from self.cells("四=T4", "/fiscal_appropriation/income_total", [f"{t4}/income_total"])
        for kind in ("total", "general", "funds", "capital"):
            rows = range(len(self.get(f"{t4}/expenditure")))
            spent = f"{t4}/expenditure_current_year/{kind}"
            yield from self.cells("T4=Σ", spent, [f"{t4}/expenditure/{i}/{kind}" for i in rows])
            yield from self.cells("T4总计", f"{t4}/expenditure_total/{kind}", [spent, f"{t4}/closing_carryover/{kind}"])
        rows = [(r["code"], f"{t6}/rows/{i}/amount") for i, r in enumerate(self.get(f"{t6}/rows"))]
        for key, tops in (("personnel", ("301", "303")), ("public", ("302", "310"))):
            yield from self.cells("T6", f"{t6}/{key}_total", [p for c, p in rows if c in tops])
            yield from self.cells("六=T6", f"/basic_expenditure/{key}", [f"{t6}/{key}_total"])
        for top in ("301", "302", "303", "310"):
            whole = next(p for c, p in rows if c == top)
            yield from self.cells("T6", whole, [p for c, p in rows if c[:3] == top and c != top])
        for side in ("budget", "final"):
            at = f"/statements/three_public/{side}"
            yield from self.cells("T7", f"{at}/total", [f"{at}/{k}" for k in ("overseas", "vehicles", "reception")])
            yield from self.cells("T7", f"{at}/vehicles", [f"{at}/vehicle_{k}" for k in ("purchase", "running")])
            yield from self.cells("七=T7", f"/three_public/budget/{side}", [f"{at}/total"])
        for key in ("income", "expenditure", "general_public_budget", "government_funds", "state_capital"):
            yield from self.tree(key)

    def tree(self, key: str) -> Iterator[Identity]:
        """A functional table: every level adds up, every row's columns do."""
        at = f"/statements/{key}/rows"
        codes = {row["code"]: f"{at}/{i}" for i, row in enumerate(self.get(at))}
        columns = [k for k in self.get(f"{at}/0") if k not in ("code", "name")]
        for code, row in codes.items():
            length = {None: 3, 3: 5, 5: 7}.get(len(code) if code else None)
            below = [p for c, p in codes.items() if c and len(c) == length and (code is None or c.startswith(code))]
            for column in columns if below else ():
                yield from self.cells(f"{key} Σ", f"{row}/{column}", [f"{p}/{column}" for p in below])
            parts = [k for k in columns if k not in ("total", "opening", "income", "closing")]
            yield from self.cells(f"{key} 行", f"{row}/total", [f"{row}/{k}" for k in parts])
            if any(self.get(f"{row}/{k}") for k in ("opening", "income", "closing") if k in columns):
                sides = [
                    total([self.get(f"{row}/{k}") or 0 for k in ks])
                    for ks in (("opening", "income"), ("total", "closing"))
                ]
                keys = tuple(f"{row}/{k}" for k in ("opening", "income", "total", "closing"))
                yield Identity("年末", keys, sides[0].meets(sides[1]))

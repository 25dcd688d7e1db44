"""The report generator: its gold adds up, its pages print its gold, its plants break what they list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from recount.eval.generator import Case, Form, Options, draft, generate
from recount.eval.generator.examples import ARCHIVE, build
from recount.eval.generator.files import plain
from recount.eval.generator.gold.shape import KEYS

XINJIANG = (Form.X2021, Form.X2022, Form.X2023)
FORMS = (*XINJIANG, Form.S2024, Form.N)
SMALL = {"projects": 2}
WIDE = str.maketrans("０１２３４５６７８９．％－", "0123456789.%-")


# --- an independent re-check of the arithmetic, by intervals ---


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
        self.slack = Decimal("0.02") if levelled else Decimal(0)

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


# --- tests ---


@pytest.mark.parametrize("form", FORMS)
def test_gold_adds_up(form: Form) -> None:
    for seed in range(40):
        options = Options(projects=1 + seed % 4, funds=seed % 3 == 0 or None, level=seed % 2 == 0)
        gold, planted = draft(form, seed, options=options)
        identities = list(Recheck(gold, levelled=seed % 2 == 0).all())
        assert len(identities) > (5 if form is Form.X2021 else 60)
        assert (seed, [i for i in identities if not i.holds], planted) == (seed, [], ())


def test_rounding_leaves_residuals_as_in_life() -> None:
    """Somewhere a printed sum differs from the printed parts by a unit in the last place."""
    residuals = 0
    for seed in range(10):
        node = draft(Form.X2022, seed)[0]["general_public_budget"]
        residuals += node["total"] != sum(item["amount"] for item in node["items"])
    assert residuals


@pytest.mark.parametrize("form", FORMS)
def test_same_seed_same_bytes(form: Form) -> None:
    options = Options(slips=0.5, plant=1, **SMALL)
    first, second = (generate(form, 3, options=options) for _ in range(2))
    assert first == second
    assert first.pdf != generate(form, 4, options=options).pdf


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("slips", [0.0, 0.6])
def test_every_figure_stands_on_the_pages(form: Form, slips: float) -> None:
    for seed in range(2):
        case = generate(form, seed, options=Options(slips=slips, **SMALL))
        text = page_text(case)
        missing = [(p, raw) for p, raw in case.figures if squeezed(raw) not in text]
        assert missing == []


@pytest.mark.parametrize("form", FORMS)
def test_every_gold_number_was_printed_as_it_is(form: Form) -> None:
    for seed in range(2):
        case = generate(form, seed, options=Options(slips=0.5, yuan=False, **SMALL))
        raws = dict(case.figures)
        for pointer, value in numbers(case.gold):
            if pointer in raws:
                assert abs(Decimal(squeezed(raws[pointer]))) == abs(value), pointer
            else:
                assert pointer.endswith("fiscal_year"), pointer


@pytest.mark.parametrize("form", FORMS)
def test_the_shape_is_the_contract(form: Form) -> None:
    gold = plain(generate(form, 1, options=Options(**SMALL)).gold)
    assert list(gold) == KEYS["report"].split()
    for section in ("overview", "income_expenditure", "three_public", "procurement", "state_assets", "performance"):
        if gold[section]:
            assert list(gold[section]) == KEYS[section].split()
    for table in gold["project_evaluations"]:
        assert list(table) == KEYS["project_evaluation"].split()
        assert all(list(row) == KEYS["indicator"].split() for row in table["indicators"])
        assert all(list(row) == KEYS["fund_row"].split() for row in table["funds"])


@pytest.mark.parametrize("form", [Form.S2024, Form.N])
def test_a_report_in_yuan_is_gold_in_wan(form: Form) -> None:
    case = generate(form, 5, options=Options(yuan=True, level=False))
    assert [i for i in Recheck(case.gold, levelled=False).all() if not i.holds] == []
    assert "单位：元" in page_text(case)
    raw = dict(case.figures)["/income/total"]
    assert Decimal(squeezed(raw)) / 10_000 == case.gold["income"]["total"]


def test_what_a_form_does_not_print_is_null() -> None:
    old = generate(Form.X2022, 2, options=Options(**SMALL)).gold
    assert old["general_public_budget"]["budget"] is None
    assert old["three_public"]["fixed_asset_vehicles"] is None
    assert old["overall_evaluation"] is None
    assert old["other_notes"] is None
    assert old["performance"]["overall_table_count"] is None
    bare = generate(Form.X2021, 2, options=Options(**SMALL)).gold
    assert [key for key, value in bare.items() if value] == ["unit_name", "fiscal_year", "project_evaluations"]


@pytest.mark.parametrize("form", FORMS)
def test_plants_break_exactly_what_they_list(form: Form) -> None:
    for seed in range(25):
        options = Options(plant=2, projects=3, classified=False, level=False)
        gold, discrepancies = draft(form, seed, options=options)
        planted = {d.pointer for d in discrepancies}
        broken = [i for i in Recheck(gold, levelled=False).all() if not i.holds]
        assert discrepancies
        assert [i for i in broken if not planted & set(i.pointers)] == []
        assert [p for p in planted if not any(p in i.pointers for i in broken)] == []
        assert all(d.printed != d.consistent for d in discrepancies)


@pytest.mark.parametrize("form", [Form.X2022, Form.X2023, Form.S2024, Form.N])
def test_every_text_of_the_narrative_stands_on_the_pages(form: Form) -> None:
    """In a style without page numbers no text is interrupted by a page's end."""
    case = generate(form, 2, options=Options(style="plain", **SMALL))
    text = page_text(case)
    skipped = ("project_evaluations", "overall_evaluation", "unmapped_figures", "statements")
    narrative = {key: value for key, value in case.gold.items() if key not in skipped}
    # the kind of unit is ours, and the date is printed in words
    strings = [v for p, v in strings_of(narrative) if not p.endswith(("unit_kind", "as_of"))]
    assert [s for s in strings if squeezed(s) not in text] == []


def test_the_draft_is_what_generate_prints() -> None:
    options = Options(slips=0.5, plant=1, **SMALL)
    case = generate(Form.X2023, 6, options=options)
    gold, planted = draft(Form.X2023, 6, options=options)
    assert (case.gold["income"], case.discrepancies) == (gold["income"], planted)


def test_the_archive_of_examples_is_what_the_generator_makes(tmp_path: Path) -> None:
    built = build(tmp_path)
    kept = sorted(path.relative_to(ARCHIVE) for path in ARCHIVE.rglob("*.pdf"))
    assert sorted(path.relative_to(tmp_path) for path in built) == kept
    for path in built:  # their text: another release of pymupdf may pack the same pages in other bytes
        with pymupdf.open(path) as new, pymupdf.open(ARCHIVE / path.relative_to(tmp_path)) as old:
            assert [page.get_text() for page in new] == [page.get_text() for page in old]


def page_text(case: Case) -> str:
    with pymupdf.open(stream=case.pdf) as doc:
        return squeezed("".join(page.get_text() for page in doc))


def squeezed(text: str) -> str:
    return re.sub(r"[\s,，]", "", text.translate(WIDE))


def strings_of(node: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from strings_of(value, f"{pointer}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from strings_of(value, f"{pointer}/{index}")
    elif isinstance(node, str):
        yield pointer, node


def numbers(node: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from numbers(value, f"{pointer}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from numbers(value, f"{pointer}/{index}")
    elif isinstance(node, Decimal | int) and not isinstance(node, bool):
        yield pointer, node

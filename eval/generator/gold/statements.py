"""The nine final-account statements (公开01表-09表) as gold, from the books (report.md, Statements).

A cell without an amount is blank in the forms that carry the statements, so zero becomes null here.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from recount.eval.generator.accounts.books import Books, Entry, Pool, Source, Spending
from recount.eval.generator.accounts.classification import CLASSES, ECONOMIC, ECONOMIC_CLASSES
from recount.eval.generator.gold.shape import Json, blank
from recount.eval.generator.money import wan
from recount.eval.generator.words.kinds import INCOME

INCOME_KINDS = (
    ("general", "一般公共预算财政拨款收入"),
    ("funds", "政府性基金预算财政拨款收入"),
    ("capital", "国有资本经营预算财政拨款收入"),
    *INCOME[1:],
)
FISCAL: tuple[Source, ...] = ("general", "funds", "capital")
LEFT, RIGHT = ("301", "303"), ("302", "310")
_NOTHING = Pool(0, 0, 0, 0, 0)

Amounts = dict[str, int]

# what the national form says below T8 and T9
NATIONAL_NOTES = {
    "funds": "注：本表反映部门本年度政府性基金预算财政拨款收入、支出及结转和结余情况。",
    "capital": "注：本表反映部门本年度国有资本经营预算财政拨款支出情况。",
}


def statements(books: Books, unit: str, first_total: bool, national: bool = False) -> Json:
    """All nine; `first_total` puts the 合计 rows of the functional tables first, else last.

    The national T8 and T9 carry a note even when filled, and T9 has expenditure only.
    """
    notes = NATIONAL_NOTES if national else {}
    capital = _t89(books, "capital", unit, "国有资本经营预算财政拨款支出", first_total, notes.get("capital"))
    if national:
        for row in capital["rows"]:
            row |= dict.fromkeys(("opening", "income", "closing"))
    return blank(
        "statements",
        income_expenditure=_t1(books),
        income=_t2(books, first_total),
        expenditure=_t3(books, first_total),
        fiscal_appropriation=_t4(books),
        general_public_budget=_t5(books, first_total),
        basic_expenditure=_t6(books),
        three_public=_t7(books),
        government_funds=_t89(books, "funds", unit, "政府性基金预算财政拨款支出", first_total, notes.get("funds")),
        state_capital=capital,
    )


def cell(fen: int) -> Decimal | None:
    """An amount as a cell: blank for nothing."""
    return wan(fen) if fen else None


def _by_class(lines: list[Entry]) -> Amounts:
    """Expenditure by class code."""
    amounts = dict.fromkeys(CLASSES, 0)
    for line in lines:
        amounts[line.subject.class_code] += line.total
    return amounts


def _t1(books: Books) -> Json:
    """收入支出决算总表."""
    pool = books.whole
    incomes = {kind: books.pools.get(kind, _NOTHING).income for kind in FISCAL} | books.own_income
    return {
        "income": [{"name": name, "amount": cell(incomes[kind])} for kind, name in INCOME_KINDS],
        "expenditure": [
            {"name": CLASSES[code], "amount": cell(amount)} for code, amount in _by_class(list(books.lines)).items()
        ],
        "income_current_year": cell(pool.income),
        "expenditure_current_year": cell(pool.expenditure),
        "nonfiscal_surplus_used": cell(pool.surplus_used),
        "surplus_distribution": cell(pool.distribution),
        "opening_carryover": cell(pool.opening),
        "closing_carryover": cell(pool.closing),
        "income_total": cell(pool.total),
        "expenditure_total": cell(pool.total),
    }


def _tree(items: list[tuple[Entry, Amounts]], first_total: bool) -> list[Json]:
    """Rows of class, section and item in code order, with the 合计 row first or last; all-blank rows are dropped."""
    names: dict[str, str] = {}
    sums: dict[str, Amounts] = {}
    whole: Amounts = {}
    for line, amounts in items:
        s = line.subject
        names |= {s.class_code: s.class_name, s.section_code: s.section_name, s.item_code: s.item_name}
        for into in (whole, *(sums.setdefault(c, {}) for c in (s.class_code, s.section_code, s.item_code))):
            for key, amount in amounts.items():
                into[key] = into.get(key, 0) + amount
    rows = [_row(code, names[code], sums[code]) for code in sorted(sums) if any(sums[code].values())]
    total = _row(None, "合计", whole)
    return [total, *rows] if first_total else [*rows, total]


def _row(code: str | None, name: str, amounts: Amounts) -> Json:
    """One row of a functional table."""
    return {"code": code, "name": name} | {key: cell(amount) for key, amount in amounts.items()}


def _incomes(lines: list[Entry], income: int) -> list[int]:
    """This year's income by line: what it spent, the difference to the pool's income on the largest lines."""
    parts = [line.total for line in lines]
    rest = income - sum(parts)
    for index in sorted(range(len(parts)), key=parts.__getitem__, reverse=True):
        step = rest if rest > 0 else -min(parts[index], -rest)
        parts[index] += step
        rest -= step
    return parts


def _t2(books: Books, first_total: bool) -> Json:
    """收入决算表."""
    keys = ("total", "fiscal_appropriation", *books.own_income)
    items: list[tuple[Entry, Amounts]] = []
    for source in FISCAL:
        lines = books.of(source)
        for line, amount in zip(lines, _incomes(lines, books.pools.get(source, _NOTHING).income), strict=True):
            items.append((line, dict.fromkeys(keys, 0) | {"total": amount, "fiscal_appropriation": amount}))
    own = books.of("own")
    if own:
        items.append((own[0], dict.fromkeys(keys, 0) | {"total": sum(books.own_income.values())} | books.own_income))
    return {"rows": _tree(items, first_total)}


def _table(lines: list[Entry], columns: dict[str, Callable[[Entry], int]], first_total: bool) -> list[Json]:
    """Rows of some columns over some lines."""
    return _tree([(line, {key: get(line) for key, get in columns.items()}) for line in lines], first_total)


def _t3(books: Books, first_total: bool) -> Json:
    """支出决算表."""
    columns: dict[str, Callable[[Entry], int]] = {
        "total": lambda x: x.total,
        "basic": lambda x: x.basic,
        "project": lambda x: x.project,
        "remitted_to_superior": lambda x: x.remitted,
        "business": lambda x: x.business,
        "affiliate_subsidy": lambda x: x.affiliate,
    }
    return {"rows": _table(list(books.lines), columns, first_total)}


def _t4(books: Books) -> Json:
    """财政拨款收入支出决算总表."""
    pools = [books.pools.get(source, _NOTHING) for source in FISCAL]
    whole = books.fiscal
    spent = [_by_class(books.of(source)) for source in FISCAL]

    def four(amounts: list[int]) -> Json:
        columns = ("general", "funds", "capital")
        return {"total": cell(sum(amounts))} | dict(zip(columns, map(cell, amounts), strict=True))

    return {
        "income": [
            {"name": name.removesuffix("收入"), "amount": cell(pool.income)}
            for (_, name), pool in zip(INCOME_KINDS[:3], pools, strict=True)
        ],
        "expenditure": [{"name": name} | four([s[code] for s in spent]) for code, name in CLASSES.items()],
        "income_current_year": cell(whole.income),
        "opening_carryover": cell(whole.opening),
        "opening_general": cell(pools[0].opening),
        "opening_funds": cell(pools[1].opening),
        "opening_capital": cell(pools[2].opening),
        "income_total": cell(whole.total),
        "expenditure_current_year": four([pool.expenditure for pool in pools]),
        "closing_carryover": four([pool.closing for pool in pools]),
        "expenditure_total": four([pool.total for pool in pools]),
    }


def _t5(books: Books, first_total: bool) -> Json:
    """一般公共预算财政拨款支出决算表."""
    columns: dict[str, Callable[[Entry], int]] = {
        "total": lambda x: x.total,
        "basic": lambda x: x.basic,
        "project": lambda x: x.project,
    }
    return {"rows": _table(books.of("general"), columns, first_total)}


def economic_rows(books: Books, classes: tuple[str, ...]) -> list[Json]:
    """One half of T6: each class with its items, the ones without an amount too."""
    rows = []
    for top in classes:
        codes = [code for code in ECONOMIC if code[:3] == top]
        whole = sum(books.economic.get(code, 0) for code in codes)
        rows.append({"code": top, "name": ECONOMIC_CLASSES[top], "amount": cell(whole)})
        rows += [{"code": c, "name": ECONOMIC[c], "amount": cell(books.economic.get(c, 0))} for c in codes]
    return rows


def _t6(books: Books) -> Json:
    """一般公共预算财政拨款基本支出决算表: left column first."""
    return {
        "rows": economic_rows(books, LEFT) + economic_rows(books, RIGHT),
        "personnel_total": cell(books.personnel),
        "public_total": cell(books.public),
    }


def _t7(books: Books) -> Json:
    """财政拨款“三公”经费支出决算表."""

    def side(get: Callable[[Spending], int]) -> Json:
        parts = [get(s) for s in (books.overseas, books.purchase, books.running, books.reception)]
        return {
            "total": cell(sum(parts)),
            "overseas": cell(parts[0]),
            "vehicles": cell(parts[1] + parts[2]),
            "vehicle_purchase": cell(parts[1]),
            "vehicle_running": cell(parts[2]),
            "reception": cell(parts[3]),
        }

    return {"budget": side(lambda s: s.budget), "final": side(lambda s: s.now)}


def _t89(books: Books, source: Source, unit: str, what: str, first_total: bool, filled_note: str | None) -> Json:
    """政府性基金, 国有资本经营: the carry-overs stand on the largest line; an empty table says why."""
    keys = ("opening", "income", "total", "basic", "project", "closing")
    pool = books.pools.get(source)
    lines = sorted(books.of(source), key=lambda line: -line.total)
    items: list[tuple[Entry, Amounts]] = []
    for index, line in enumerate(lines if pool else []):
        assert pool is not None  # for the type checker: the loop is empty without a pool
        opening, closing = (pool.opening, pool.closing) if index == 0 else (0, 0)
        values = (opening, line.total + closing - opening, line.total, line.basic, line.project, closing)
        items.append((line, dict(zip(keys, values, strict=True))))
    if items and pool and pool.total:
        return {"rows": _tree(items, first_total), "note": filled_note}
    note = f"注：{unit}无{what}，故本表无数据。"
    return {"rows": [{"code": None, "name": "合计"} | dict.fromkeys(keys)], "note": note}

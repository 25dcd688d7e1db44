"""English annual accounts of a charity: activities by fund, balance sheet and cash flows, with every figure known.

    made = annual(seed)

Statements are set as printers of such accounts do: nothing is ruled, labels wrap, a column of notes stands before the
figures, brackets are negatives and dashes nothing, and one report is in pounds, another in thousands. The layout is
that of the Charities SORP (FRS 102), sections 4, 10 and 14; charities, notes and figures are invented.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

from recount.eval.generator.budgets import BudgetCase
from recount.eval.generator.typeset.blocks import Block, Break, Open, OpenRow, Para
from recount.eval.generator.typeset.compose import Manuscript, typeset
from recount.eval.generator.typeset.style import Style

Figures = dict[str, int]
"""By key of its line, what is printed; what is not there is not printed."""


_NAMES = ("Harbour Lights Trust", "The Fenwick Literacy Foundation", "Moorland Rescue", "Ashdown Music Charity")
_ENDS = (("31 March", 3), ("31 December", 12), ("31 July", 7), ("31 August", 8), ("30 June", 6))
_INCOME = {
    "donations_and_legacies": "Donations and legacies",
    "charitable_income": "Charitable activities",
    "other_trading_activities": "Other trading activities",
    "investment_income": "Investments",
    "other_income": "Other",
}
_SPENT = {"raising_funds": "Raising funds", "charitable_spending": "Charitable activities", "other_spending": "Other"}
_ACTIVITIES = (
    ("", "Income from:", 0),
    *((key, title, 1) for key, title in _INCOME.items()),
    ("total_income", "Total income", 0),
    ("", "Expenditure on:", 0),
    *((key, title, 1) for key, title in _SPENT.items()),
    ("total_expenditure", "Total expenditure", 0),
    ("gains", "Net gains/(losses) on investments", 0),
    ("net_income_expenditure", "Net income/(expenditure)", 0),
    ("transfers_between_funds", "Transfers between funds", 0),
    ("net_movement_in_funds", "Net movement in funds", 0),
    ("", "Reconciliation of funds:", 0),
    ("total_funds_brought_forward", "Total funds brought forward", 1),
    ("total_funds_carried_forward", "Total funds carried forward", 1),
)
_BALANCE = (
    ("", "Fixed assets", 0),
    ("tangible_assets", "Tangible assets", 1),
    ("investments", "Investments", 1),
    ("total_fixed_assets", "Total fixed assets", 0),
    ("", "Current assets", 0),
    ("stocks", "Stocks", 1),
    ("debtors", "Debtors", 1),
    ("cash_at_bank_and_in_hand", "Cash at bank and in hand", 1),
    ("total_current_assets", "Total current assets", 0),
    ("", "Liabilities", 0),
    ("due_within", "Creditors: amounts falling due within one year", 1),
    ("net_current_assets", "Net current assets", 0),
    ("less_current", "Total assets less current liabilities", 0),
    ("due_after", "Creditors: amounts falling due after more than one year", 1),
    ("provisions_for_liabilities", "Provisions for liabilities", 1),
    ("total_net_assets", "Total net assets", 0),
    ("", "The funds of the charity:", 0),
    ("restricted_income_funds", "Restricted income funds", 1),
    ("unrestricted_funds_designated", "Unrestricted funds: designated", 1),
    ("unrestricted_funds_general", "Unrestricted funds: general", 1),
    ("total_charity_funds", "Total charity funds", 0),
)
_FLOWS = (
    ("operating", "Net cash provided by/(used in) operating activities", 0),
    ("", "Cash flows from investing activities:", 0),
    ("received", "Dividends, interest and rents from investments", 1),
    ("bought", "Purchase of property, plant and equipment", 1),
    ("sold_investments", "Proceeds from the sale of investments", 1),
    ("purchase_of_investments", "Purchase of investments", 1),
    ("investing", "Net cash provided by/(used in) investing activities", 0),
    ("", "Cash flows from financing activities:", 0),
    ("repayments_of_borrowing", "Repayments of borrowing", 1),
    ("financing", "Net cash provided by/(used in) financing activities", 0),
    ("change", "Change in cash and cash equivalents in the reporting period", 0),
    ("opening_cash", "Cash and cash equivalents at the beginning of the reporting period", 0),
    ("closing_cash", "Cash and cash equivalents at the end of the reporting period", 0),
)
_SUMS = {
    "total_income",
    "total_expenditure",
    "net_income_expenditure",
    "net_movement_in_funds",
    "total_funds_carried_forward",
    "total_fixed_assets",
}
_SUMS |= {
    "total_current_assets",
    "net_current_assets",
    "less_current",
    "total_net_assets",
    "total_charity_funds",
    "investing",
    "financing",
}
_SUMS |= {"change", "closing_cash"}
_NOTES = {
    "donations_and_legacies": 3,
    "charitable_income": 4,
    "raising_funds": 6,
    "charitable_spending": 7,
    "tangible_assets": 11,
}
_NOTES |= {
    "investments": 12,
    "debtors": 13,
    "due_within": 14,
    "due_after": 15,
    "restricted_income_funds": 18,
    "operating": 20,
}


# --- the books


def _year(rng: Random, scale: int, opening: Figures) -> tuple[dict[str, Figures], Figures, Figures]:
    """A year of a charity: activities by fund, balance sheet and cash flows. opening: the balance sheet before it."""

    def draw(share: float) -> int:
        return round(rng.uniform(0.4, 1.6) * share * scale)

    free = {
        "donations_and_legacies": draw(0.5),
        "other_trading_activities": draw(0.12),
        "investment_income": draw(0.03),
        "raising_funds": draw(0.1),
    }
    tied = {"donations_and_legacies": draw(0.2), "charitable_income": draw(0.3), "charitable_spending": draw(0.4)}
    free |= {"charitable_income": draw(0.1), "charitable_spending": draw(0.35), "gains": draw(0.06) - draw(0.05)}
    free |= {"other_income": draw(0.01) if rng.random() < 0.5 else 0, "other_spending": draw(0.01)}
    moved = draw(0.03)
    free["transfers_between_funds"], tied["transfers_between_funds"] = moved, -moved
    free["total_funds_brought_forward"] = (
        opening["unrestricted_funds_designated"] + opening["unrestricted_funds_general"]
    )
    tied["total_funds_brought_forward"] = opening["restricted_income_funds"]
    for fund in (free, tied):
        _close(fund)
    whole = {key: free.get(key, 0) + tied.get(key, 0) for key, _, _ in _ACTIVITIES if key}
    flows = _cash(rng, scale, opening["cash_at_bank_and_in_hand"])
    return (
        {"free": free, "tied": tied, "whole": whole},
        _assets(rng, scale, free, tied, flows["closing_cash"]),
        flows,
    )


def _close(fund: Figures) -> None:
    """Fills in the sums of the activities of a fund."""
    fund["total_income"] = sum(fund.get(key, 0) for key in _INCOME)
    fund["total_expenditure"] = sum(fund.get(key, 0) for key in _SPENT)
    fund["net_income_expenditure"] = fund["total_income"] - fund["total_expenditure"] + fund.get("gains", 0)
    fund["net_movement_in_funds"] = fund["net_income_expenditure"] + fund["transfers_between_funds"]
    fund["total_funds_carried_forward"] = fund["total_funds_brought_forward"] + fund["net_movement_in_funds"]


def _cash(rng: Random, scale: int, opening: int) -> Figures:
    def draw(share: float) -> int:
        return round(rng.uniform(0.4, 1.6) * share * scale)

    flows = {
        "received": draw(0.03),
        "bought": -draw(0.05),
        "sold_investments": draw(0.08),
        "repayments_of_borrowing": -draw(0.01),
    }
    flows |= {"purchase_of_investments": -draw(0.08), "opening_cash": opening, "operating": draw(0.08) - draw(0.04)}
    if opening + flows["operating"] - draw(0.1) < 0:
        flows["operating"] = draw(0.15)
    flows["investing"] = sum(
        flows[key] for key in ("received", "bought", "sold_investments", "purchase_of_investments")
    )
    flows["financing"] = flows["repayments_of_borrowing"]
    flows["change"] = flows["operating"] + flows["investing"] + flows["financing"]
    flows["closing_cash"] = opening + flows["change"]
    return flows


def _assets(rng: Random, scale: int, free: Figures, tied: Figures, cash: int) -> Figures:
    """The balance sheet that the funds and the cash come to; tangible assets are what is left."""

    def draw(share: float) -> int:
        return round(rng.uniform(0.4, 1.6) * share * scale)

    funds = free["total_funds_carried_forward"] + tied["total_funds_carried_forward"]
    found = {"stocks": draw(0.01), "debtors": draw(0.12), "cash_at_bank_and_in_hand": cash, "due_within": -draw(0.15)}
    found |= {
        "investments": draw(0.3),
        "due_after": -draw(0.05),
        "provisions_for_liabilities": -draw(0.01),
        "total_net_assets": funds,
    }
    found["total_current_assets"] = found["stocks"] + found["debtors"] + cash
    found["net_current_assets"] = found["total_current_assets"] + found["due_within"]
    found["less_current"] = funds - found["due_after"] - found["provisions_for_liabilities"]
    found["total_fixed_assets"] = found["less_current"] - found["net_current_assets"]
    found["tangible_assets"] = found["total_fixed_assets"] - found["investments"]
    found["restricted_income_funds"] = tied["total_funds_carried_forward"]
    found["unrestricted_funds_designated"] = round(free["total_funds_carried_forward"] * rng.uniform(0.1, 0.6))
    found["unrestricted_funds_general"] = free["total_funds_carried_forward"] - found["unrestricted_funds_designated"]
    return found | {"total_charity_funds": funds}


# --- how it is printed


@dataclass(frozen=True)
class _Habits:
    """How a charity prints: in thousands, with a column of notes, by fund, what its heads say, the day it ends on."""

    thousands: bool
    noted: bool
    by_fund: bool
    dated: bool
    day: str
    month: int
    year: int
    nil: str
    hanging: bool
    joined: bool
    at_first: bool

    @property
    def unit(self) -> str:
        """As it stands over the figures."""
        return "£000" if self.thousands else "£"

    def printed(self, value: int) -> str:
        """A figure: brackets for a negative, a dash for nothing."""
        if not value:
            return self.nil
        return f"({-value:,})" if value < 0 else f"{value:,}"


def annual(seed: int) -> BudgetCase:
    """The accounts of a seed."""
    rng = Random(f"annual {seed}")
    day, month = rng.choice(_ENDS)
    habits = _Habits(
        rng.random() < 0.5,
        rng.random() < 0.7,
        rng.random() < 0.5,
        rng.random() < 0.5,
        day,
        month,
        rng.randint(2019, 2025),
        rng.choice(("–", "-")),
        rng.random() < 0.3,
        rng.random() < 0.5,
        rng.random() < 0.3,
    )
    scale = rng.randint(700, 60_000) * (1 if habits.thousands else 1000)
    before: Figures = {
        "unrestricted_funds_designated": scale // 3,
        "unrestricted_funds_general": scale // 2,
        "restricted_income_funds": scale // 4,
        "cash_at_bank_and_in_hand": scale // 2,
    }
    years = []
    for _ in range(2):
        years.append(_year(rng, scale, before))
        before = years[-1][1]
    years.reverse()
    name = rng.choice(_NAMES)
    report = _Report(rng, habits, name)
    report.state(
        "statement_of_financial_activities", "Statement of financial activities", _ACTIVITIES, *_by_fund(habits, years)
    )
    columns = [(habits.year - back, year[1]) for back, year in enumerate(years)]
    report.state("balance_sheet", "Balance sheet", _BALANCE, _years(habits, columns, lasting=False), columns)
    columns = [(habits.year - back, year[2]) for back, year in enumerate(years)]
    report.state(
        "statement_of_cash_flows", "Statement of cash flows", _FLOWS, _years(habits, columns, lasting=True), columns
    )
    return made(f"charity-{seed}", "charity", seed, report.gold, report.manuscript())


def made(name: str, form: str, seed: int, gold: dict[str, Any], manuscript: Manuscript) -> BudgetCase:
    """A case of a manuscript."""
    pdf = typeset(manuscript.blocks, manuscript.style, manuscript.unit).pdf
    return BudgetCase(name, gold, pdf, manuscript, {"form": form, "seed": seed})


Columns = Sequence[tuple[int, Figures]]
"""Each with its year."""


def _by_fund(habits: _Habits, years: Sequence[tuple[dict[str, Figures], Any, Any]]) -> tuple[Any, Columns]:
    """The heads and columns of the activities: by fund, and in all."""
    columns: list[tuple[int, Figures]] = [(habits.year - back, year[0]["whole"]) for back, year in enumerate(years)]
    if not habits.by_fund:
        return _years(habits, columns, lasting=True), columns
    funds = [(habits.year, years[0][0][fund]) for fund in ("free", "tied")]
    words = ("Unrestricted", "Restricted", "Total", "Total")
    told = tuple(str(habits.year - back) for back in (0, 0, 0, 1))
    return (words, told, (habits.unit,) * 4), [*funds, *columns]


def _years(habits: _Habits, columns: Columns, *, lasting: bool) -> tuple[tuple[str, ...], ...]:
    """The heads of a statement whose columns are periods."""
    if not habits.dated:
        return tuple(str(year) for year, _ in columns), (habits.unit,) * len(columns)
    over = (("Year ended",) * len(columns),) if lasting else ()
    years = tuple(str(year) for year, _ in columns)
    return (*over, (habits.day,) * len(columns), years, (habits.unit,) * len(columns))


class _Report:
    """Collects the statements of a report: what they say, and how they are set."""

    def __init__(self, rng: Random, habits: _Habits, name: str) -> None:
        self.rng, self.habits, self.name = rng, habits, name
        self.gold: dict[str, Any] = {"unit_name": name, "fiscal_year": habits.year}
        self.blocks: list[Block] = [
            Para(name, "cover"),
            Para("Annual report and financial statements", "cover"),
            Para(f"for the year ended {habits.day} {habits.year}", "cover"),
            Para(f"Registered charity number {rng.randint(1_000_000, 1_199_999)}", "cover"),
            Break(),
            Para("Report of the trustees", "h1"),
            *(Para(words, "flush") for words in _report(rng, habits)),
        ]

    def state(
        self,
        key: str,
        title: str,
        form: Sequence[tuple[str, str, int]],
        heads: Sequence[tuple[str, ...]],
        columns: Columns,
    ) -> None:
        """Adds a statement on a page of its own."""
        habits = self.habits
        told = "as at" if key == "balance_sheet" else "for the year ended"
        self.blocks += [
            Break(),
            Para(title, "title"),
            Para(f"{told} {habits.day} {habits.year}", "flush"),
            Open(
                self._heads(heads),
                tuple(self._rows(form, columns)),
                self.rng.choice((0.34, 0.42, 0.5)),
                habits.joined,
                habits.hanging,
                habits.at_first,
            ),
            Para("The notes on the pages that follow form part of these financial statements.", "note"),
        ]
        self.gold[key] = [self._column(key, form, heads, at, column) for at, column in enumerate(columns)]

    def _heads(self, heads: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
        if not self.habits.noted:
            return tuple(heads)
        return tuple(("Note" if at == len(heads) - 2 else "", *head) for at, head in enumerate(heads))

    def _rows(self, form: Sequence[tuple[str, str, int]], columns: Columns) -> list[OpenRow]:
        rows = []
        for key, title, level in form:
            cells = [self.habits.printed(column.get(key, 0)) if key else "" for _, column in columns]
            if key and not any(column.get(key) for _, column in columns) and key not in _SUMS:
                continue
            note = [str(_NOTES.get(key, ""))] if self.habits.noted else []
            rows.append(
                OpenRow(title, (*note, *cells), level, not key or key in _SUMS, key in _SUMS, 0.6 * (key in _SUMS))
            )
        return rows

    def _column(
        self,
        key: str,
        form: Sequence[tuple[str, str, int]],
        heads: Sequence[tuple[str, ...]],
        at: int,
        column: tuple[int, Figures],
    ) -> dict[str, Any]:
        """A column as a result has it, amounts in pounds."""
        year, figures = column
        times = 1000 if self.habits.thousands else 1
        values = {own: Decimal(figures[own] * times) if figures.get(own) else None for own, _, _ in form if own}
        head = " ".join(line[at] for line in heads)
        return {"period": self._period(key, year), "head": head, "lines": [], **values}

    def _period(self, key: str, year: int) -> str:
        habits = self.habits
        if not habits.dated or (key == "statement_of_financial_activities" and habits.by_fund):
            return str(year)
        end = f"{year}-{habits.month:02}-{habits.day[:2]}"
        return end if key == "balance_sheet" else f"P12M/{end}"

    def manuscript(self) -> Manuscript:
        """The report, to be set."""
        rng = self.rng
        blocks = [*self.blocks, Break(), Para("Notes to the financial statements", "h1"), *_notes(rng, self.habits)]
        style = Style(
            "annual",
            "none",
            digits=rng.choice(("tiro", "helv")),
            margin=(62 + rng.choice((0, 10)), 70, 62, 64),
            body_size=10.5,
            leading=1.45,
            table_size=rng.choice((9.0, 9.5, 10.0)),
            table_leading=rng.choice((1.3, 1.45)),
            header=rng.choice(("", "{unit}")),
            footer=rng.choice(("{n}", "Page {n}")),
            bold_heads=True,
        )
        return Manuscript(tuple(blocks), style, self.name)


def _report(rng: Random, habits: _Habits) -> list[str]:
    """Words with figures that are in no statement."""
    people = rng.randint(120, 4_800)
    return [
        f"During the year the charity worked with {people:,} people in {rng.randint(3, 19)} towns, an increase of "
        f"{rng.randint(2, 24)}% on {habits.year - 1}. Legacies were {rng.randint(11, 99) / 10}% of income.",
        f"The trustees aim to hold free reserves of between {rng.randint(3, 5)} and {rng.randint(6, 9)} months of "
        f"expenditure. The average number of employees was {rng.randint(9, 180)} ({habits.year - 1}: "
        f"{rng.randint(9, 180)}).",
        "The trustees are responsible for keeping proper accounting records that disclose with reasonable accuracy at "
        "any time the financial position of the charity.",
    ]


def _notes(rng: Random, habits: _Habits) -> list[Block]:
    """Notes with tables that say words of the statements again."""

    def table(*rows: tuple[str, int]) -> Open:
        whole = sum(value for _, value in rows)
        before = [round(value * rng.uniform(0.7, 1.2)) for _, value in rows]
        cells = [
            OpenRow(title, (habits.printed(value), habits.printed(other)), 0)
            for (title, value), other in zip(rows, before, strict=True)
        ]
        last = OpenRow("Total", (habits.printed(whole), habits.printed(sum(before))), 0, True, True)
        return Open(((str(habits.year), str(habits.year - 1)), (habits.unit,) * 2), (*cells, last))

    size = 40 if habits.thousands else 40_000
    return [
        Para("13. Debtors", "h2"),
        table(*((title, rng.randint(size, 9 * size)) for title in ("Trade debtors", "Prepayments", "Other debtors"))),
        Para("14. Creditors: amounts falling due within one year", "h2"),
        table(*((title, rng.randint(size, 9 * size)) for title in ("Trade creditors", "Accruals", "Other creditors"))),
        Para("All figures in these notes are those of the charity alone.", "flush"),
    ]

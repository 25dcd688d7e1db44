"""Columns of statements under one another's heads: each adds up by itself, and only another statement can tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any, Generic

import pytest

from recount.pipeline.document import Origin, Token
from recount.pipeline.verify import Verified, verify
from recount.schemas.arithmetic import Identity, equal, total
from recount.schemas.figures import F, Figure, Model, Ref, rows
from recount.schemas.statements import Line, Statement, line


class Balance(Statement[F]):
    stocks: Line[F] = line("Stocks")
    cash: Line[F] = line("Cash")
    assets: Line[F] = line("Assets")

    def identities(self: Balance[Figure]) -> Iterator[Identity]:
        yield equal("assets = stocks + cash", self.assets, total(self.stocks, self.cash))


class Flows(Statement[F]):
    opening: Line[F] = line("Opening cash")
    change: Line[F] = line("Change")
    closing: Line[F] = line("Closing cash")

    def identities(self: Flows[Figure]) -> Iterator[Identity]:
        yield equal("closing = opening + change", self.closing, total(self.opening, self.change))


class Report(Model, Generic[F]):
    balance: tuple[Balance[F], ...] = rows("Balance sheet")
    flows: tuple[Flows[F], ...] = rows("Cash flows")

    def identities(self: Report[Figure]) -> Iterator[Identity]:
        for flows in self.flows:
            own = next(balance for balance in self.balance if balance.period == flows.period)
            yield equal("closing = cash", flows.closing, total(own.cash))


class Untied(Model, Generic[F]):
    balance: tuple[Balance[F], ...] = rows("Balance sheet")
    flows: tuple[Flows[F], ...] = rows("Cash flows")


BALANCE = (("stocks", "112.00", "141.00"), ("cash", "364.00", "275.00"), ("assets", "476.00", "416.00"))
FLOWS = (("opening", "275.00", "251.00"), ("change", "89.00", "24.00"), ("closing", "364.00", "275.00"))


def judged(
    flows: Any = FLOWS,
    order: tuple[str, str] = ("2024", "2023"),
    report: Any = Report,
    origin: Origin = "text",
    heads: tuple[str, str] = ("万元", "万元"),
) -> Verified:
    """Two statements of two columns. order: what the heads of the balance sheet say; heads: the units of the two."""
    tokens: list[Token] = []

    def columns(model: Any, printed: Any, periods: tuple[str, str], head: str) -> tuple[Any, ...]:
        cells: list[dict[str, Ref]] = [{}, {}]
        for key, *shown in printed:
            for at, number in enumerate(shown):
                index, top = len(tokens), 20.0 * (len(tokens) // 2)
                box = (100.0 + 80 * at, top, 140.0 + 80 * at, top + 8)
                tokens.append(Token(index, number, Decimal(number), 2, None, 1, box, origin, head=head))
                cells[at][key] = Ref(index)
        found = [model(period=period, head=period, lines=(), **own) for period, own in zip(periods, cells, strict=True)]
        return tuple(sorted(found, key=lambda column: column.period, reverse=True))

    found = report[Ref](
        balance=columns(Balance[Ref], BALANCE, order, heads[0]),
        flows=columns(Flows[Ref], flows, ("2024", "2023"), heads[1]),
    )
    return verify(found, tokens, "test", confirmed=frozenset(range(len(tokens))))


def test_statements_that_agree_are_verified() -> None:
    found = judged()
    assert set(found.statuses.values()) == {"verified"}
    assert found.remarks == ()


def test_columns_under_one_anothers_heads_are_not_verified() -> None:
    found = judged(order=("2023", "2024"))
    assert "verified" not in found.statuses.values()
    (remark,) = found.remarks
    assert (remark.kind, remark.words.code) == ("columns", "columns_exchanged")
    assert remark.words["tables"] == ("Balance sheet", "Cash flows")


@pytest.mark.parametrize("wrong", ["346.00", "364.10"])
def test_a_figure_that_is_wrong_alone_takes_no_column_with_it(wrong: str) -> None:
    found = judged(flows=(FLOWS[0], ("change", "89.00", "24.00"), ("closing", wrong, "275.00")))
    assert found.remarks == ()
    assert found.statuses["/balance/0/assets"] == "verified"
    assert found.statuses["/flows/0/closing"] != "verified"


def test_a_statement_of_a_scan_in_another_unit_than_the_others_is_not_verified() -> None:
    """Nothing ties them: each adds up in whatever unit."""
    found = judged(report=Untied, origin="ocr", heads=("万元", "元"))
    assert "verified" not in found.statuses.values()
    assert [(remark.kind, remark.words.code) for remark in found.remarks] == [("unit", "other_unit")] * 2


@pytest.mark.parametrize(
    ("report", "origin", "heads"),
    [("Untied", "text", ("万元", "元")), ("Untied", "ocr", ("元", "元")), ("Report", "ocr", ("元", "元"))],
)
def test_units_that_are_printed_or_alike_stay(report: str, origin: Any, heads: tuple[str, str]) -> None:
    found = judged(report={"Untied": Untied, "Report": Report}[report], origin=origin, heads=heads)
    assert set(found.statuses.values()) == {"verified"}
    assert found.remarks == ()


@pytest.mark.parametrize(("into", "verified"), [(None, False), (("GBP", 3), True)])
def test_whole_thousands_of_a_scan_are_verified_in_a_family_with_money_of_its_own(into: Any, verified: bool) -> None:
    """In 万元 a number without decimals may have lost them; in thousands of pounds none has any."""
    whole = tuple((key, *(number.partition(".")[0] for number in shown)) for key, *shown in FLOWS)
    tokens, columns = [], []
    for at, period in enumerate(("2024", "2023")):
        cells = {}
        for row, (key, *shown) in enumerate(whole):
            box = (100.0 + 80 * at, 20.0 * row, 140.0 + 80 * at, 20.0 * row + 8)
            tokens.append(
                Token(len(tokens), shown[at], Decimal(shown[at]), 0, None, 1, box, "ocr", head="x", into=into)
            )
            cells[key] = Ref(len(tokens) - 1)
        columns.append(Flows[Ref](period=period, head=period, lines=(), **cells))
    tokens = [replace(token, head="万元" if into is None else "GBP thousands") for token in tokens]
    report = Untied[Ref](balance=(), flows=tuple(columns))
    found = verify(report, tokens, "test", confirmed=frozenset(range(len(tokens))))
    assert (set(found.statuses.values()) == {"verified"}) is verified

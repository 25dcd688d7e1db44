"""The nine final-account statements (部门决算报表) from the grids of a report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from recount.pipeline.document import Grid
from recount.pipeline.template.statement_balance import (
    fiscal_appropriation_statement,
    income_expenditure_statement,
)
from recount.pipeline.template.statement_coded import (
    expenditure_statement,
    fund_statement,
    general_statement,
    income_statement,
)
from recount.pipeline.template.statement_economic import basic_statement
from recount.pipeline.template.statement_table import Table, table_of
from recount.pipeline.template.statement_three_public import three_public_statement
from recount.pipeline.template.statement_titles import Title, by_misread_title, by_signs, by_title
from recount.schemas.figures import Ref
from recount.schemas.final_accounts.statements import Statements

READERS: dict[Title, Callable[[Table], Any]] = {
    Title.INCOME_EXPENDITURE: income_expenditure_statement,
    Title.INCOME: income_statement,
    Title.EXPENDITURE: expenditure_statement,
    Title.FISCAL_APPROPRIATION: fiscal_appropriation_statement,
    Title.GENERAL_PUBLIC_BUDGET: general_statement,
    Title.BASIC_EXPENDITURE: basic_statement,
    Title.THREE_PUBLIC: three_public_statement,
    Title.GOVERNMENT_FUNDS: fund_statement,
    Title.STATE_CAPITAL: fund_statement,
}


def map_statements(grids: Sequence[Grid]) -> tuple[Statements[Ref] | None, frozenset[int]]:
    """The statements among the grids, and which grids they are.

    A title counts for more than what a table looks like; of two grids with one title the first is taken. A
    statement that the report does not carry is null.
    """
    found: dict[str, Any] = {}
    consumed: set[int] = set()
    for title_of in (by_title, by_misread_title, by_signs):
        for index, grid in enumerate(grids):
            title = title_of(grid) if index not in consumed else None
            if title is None or title.value in found:
                continue
            statement = READERS[title](table_of(grid))
            if statement is not None:
                found[title.value] = statement
                consumed.add(index)
    return (Statements[Ref](**found) if found else None), frozenset(consumed)

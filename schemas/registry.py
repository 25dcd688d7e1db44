"""The report families that Recount knows: one line each."""

from __future__ import annotations

from recount.schemas.department_budget.family import DEPARTMENT_BUDGET
from recount.schemas.family import Family
from recount.schemas.final_accounts.family import FINAL_ACCOUNTS

FAMILIES: tuple[Family, ...] = (FINAL_ACCOUNTS, DEPARTMENT_BUDGET)


def family_of_contract(contract: str) -> Family | None:
    """The family of a result's contract; None for one that this version does not know."""
    return next((family for family in FAMILIES if family.contract == contract), None)

"""Accounts whose families are data: what is generated adds up, and the families in examples/ read it."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from recount.eval.generator.annual import annual
from recount.eval.generator.enterprise import EXAMPLES, FAMILIES, Accounts, build, enterprise
from recount.eval.generator.files import plain
from recount.eval.goldset.generated import orders_of, write_cases
from recount.pipeline.errors import UsageError
from recount.pipeline.recognise import family_of
from recount.pipeline.structure import structure

SEEDS = range(30)


def total(column: dict[str, Any], *keys: str) -> Decimal:
    return sum((column[key] or Decimal(0) for key in keys), Decimal(0))


@pytest.mark.parametrize("seed", SEEDS)
def test_accounts_of_a_charity_add_up_and_agree(seed: int) -> None:
    gold = annual(seed).gold
    for year in (0, 1):
        balance, flows = gold["balance_sheet"][year], gold["statement_of_cash_flows"][year]
        assert balance["total_charity_funds"] == balance["total_net_assets"]
        assert balance["cash_at_bank_and_in_hand"] == flows["closing_cash"]
        assert total(flows, "operating", "investing", "financing") == flows["change"]
    *funds, whole, last = gold["statement_of_financial_activities"]
    assert whole["total_funds_carried_forward"] == gold["balance_sheet"][0]["total_charity_funds"]
    assert whole["total_funds_brought_forward"] == last["total_funds_carried_forward"]
    assert sum(fund["total_income"] or 0 for fund in funds) in (0, whole["total_income"])


@pytest.mark.parametrize("seed", SEEDS)
def test_statements_of_an_enterprise_add_up(seed: int) -> None:
    gold = enterprise(seed).gold
    for column in gold["balance"]:
        assert column["资产总计"] == column["负债和所有者权益总计"] == total(column, "流动资产合计", "非流动资产合计")
        assert column["资产总计"] == total(column, "负债合计", "所有者权益合计")
    for column in gold["income"]:
        assert column["净利润"] == column["利润总额"] - column["所得税费用"]


@pytest.mark.parametrize("form", Accounts)
def test_a_seed_always_makes_the_same(form: Accounts) -> None:
    assert form.case(3) == form.case(3)
    assert form.case(3).gold != form.case(4).gold


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_family_is_short(name: str) -> None:
    """Forty lines and the identities; blank ones do not count."""
    written = (FAMILIES / name / "family.toml").read_text(encoding="utf-8")
    rest, number = re.subn(r'  "[^"]* = [^"]*",\n|identities = \[\n', "", written)
    assert number >= 12
    assert len([line for line in rest.splitlines() if line]) - rest.count("\n]\n") <= 40


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_what_is_generated(name: str, tmp_path: Path) -> None:
    build(tmp_path)
    kept, made = FAMILIES / name / "example", tmp_path / name / "example"
    assert (kept / "expected.json").read_text("utf-8") == (made / "expected.json").read_text("utf-8")
    assert words(kept / "report.pdf") == words(made / "report.pdf")


def words(path: Path) -> list[str]:
    with pymupdf.open(path) as document:  # type: ignore[no-untyped-call]
        return [page.get_text() for page in document]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_read_whole_and_verified(name: str) -> None:
    folder = FAMILIES / name / "example"
    result = structure(folder / "report.pdf", family_of(str(FAMILIES / name)))
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    assert json.loads(json.dumps(plain(result.report))) == expected
    assert not result.failing
    statuses = [figure.status for figure in result.figures.values()]
    assert statuses.count("verified") >= 0.95 * len(statuses)


def test_accounts_are_forms_of_the_generator(tmp_path: Path) -> None:
    (folder,) = write_cases(orders_of("enterprise", [2], slips=0, plant=0), tmp_path)
    assert json.loads((folder / "tags.json").read_text("utf-8"))["form"] == "enterprise"
    with pytest.raises(UsageError, match="without slips"):
        orders_of("charity", [2], slips=0, plant=1)

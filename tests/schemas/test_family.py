"""What a family says of its reports: every place that it names is there."""

from __future__ import annotations

from decimal import Decimal

import pytest

from recount.schemas.common.parts import TABLED
from recount.schemas.describe import fields_of, row_lists, spot, steps_of, way_of
from recount.schemas.family import Family
from recount.schemas.figures import Kind
from recount.schemas.registry import FAMILIES, family_of_contract
from recount.schemas.starter.family import FAMILY as STARTER

each_family = pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)


@each_family
def test_a_link_of_two_years_leads_to_amounts(family: Family) -> None:
    assert family.links
    for link in family.links:
        for pointer in filter(None, (link.earlier, link.later, link.change)):
            assert spot(family.report, way_of(steps_of(pointer))).kind is Kind.MONEY, pointer


@each_family
def test_a_table_has_rows(family: Family) -> None:
    lists = row_lists(family.report_of(Decimal))
    for table in family.tables:
        assert (table.rows is None) is (table.section is not None), table.name
        if table.rows is not None:
            assert any(issubclass(rows.model, table.rows) for rows in lists), table.name
        else:
            assert any(rows.way[0] == table.section for rows in lists), table.name


def test_keys_with_a_table_for_each_part_are_keys() -> None:
    assert set().union(*(fields_of(family.report) for family in FAMILIES)) >= TABLED


@each_family
def test_a_family_is_known_by_its_contract(family: Family) -> None:
    assert family_of_contract(family.contract) is family


def test_a_family_of_the_users_is_none_of_them() -> None:
    assert family_of_contract(STARTER.contract) is None

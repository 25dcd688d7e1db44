"""Names of classes against their codes."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest

from recount.eval.generator.accounts.classification import CLASSES
from recount.eval.generator.accounts.classification import ECONOMIC_CLASSES as ECONOMIC
from recount.schemas.arithmetic import evaluate
from recount.schemas.common.codes import ECONOMIC_CLASSES, FUNCTION_CLASSES, contradiction, families, named_as_coded
from recount.schemas.common.rows import GeneralRow
from recount.schemas.figures import Figure
from recount.schemas.final_accounts.statements import GeneralStatement, Statements


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("205", "教育支出"),
        ("207", "文化体育与传媒支出"),  # until 2018
        ("208", "社会保障 和就业支出"),
        ("229", "其他支出"),
        ("399", "其他支出"),
        ("309", "资本性支出(基本建设)"),
        ("201", "一般公共服务"),
        ("205", "教育事业支出"),  # a name that no class has says nothing
        ("299", "从未有过的支出"),
        ("20501", "科学技术支出"),  # no class
        ("", "教育支出"),
        ("公开", "教育支出"),
    ],
)
def test_a_name_that_contradicts_nothing(code: str, name: str) -> None:
    assert contradiction(code, name) is None


@pytest.mark.parametrize(
    ("code", "name", "says"),
    [
        ("205", "社会保障和就业支出", "205 is 教育支出, 社会保障和就业支出 is 208"),
        ("310", "资本性支出（基本建设）", "310 is 资本性支出, 资本性支出（基本建设） is 309"),
        ("218", "金融支出", "there is no class 218, 金融支出 is 217"),
        ("301", "商品和服务支出", "301 is 工资福利支出, 商品和服务支出 is 302"),
        ("213", "医疗卫生与计划生育支出", "213 is 农林水支出, 医疗卫生与计划生育支出 is 210"),
    ],
)
def test_a_name_that_is_another_classs(code: str, name: str, says: str) -> None:
    assert str(contradiction(code, name)) == says


def test_no_year_has_two_names_of_a_class() -> None:
    for code, names in (FUNCTION_CLASSES | ECONOMIC_CLASSES).items():
        for newer, older in pairwise(names):
            assert newer.since, f"{code} {newer.name} has no first year"
            assert older.until, f"{code} {older.name} has no last year"
            assert older.until < newer.since, f"{code}: {older.name} and {newer.name}"


def test_every_class_of_the_present_classification_is_there() -> None:
    present = {code for code, names in FUNCTION_CLASSES.items() if names[0].until is None}
    assert present == {str(code) for code in range(201, 235)} - {"218", "225", "226", "228"}
    economic = {code for code, names in ECONOMIC_CLASSES.items() if names[0].until is None}
    assert economic == {"301", "302", "303", "307", "309", "310", "311", "312", "313", "399"}


def test_the_names_of_one_class_are_no_other_classs() -> None:
    for classes in (FUNCTION_CLASSES, ECONOMIC_CLASSES):
        names = [each.name for known in classes.values() for each in known]
        assert len(names) == len(set(names))


def test_no_false_alarm_on_the_generators_classification() -> None:
    assert {code: contradiction(code, name) for code, name in (CLASSES | ECONOMIC).items()} == dict.fromkeys(
        CLASSES | ECONOMIC
    )


def test_a_contradiction_is_a_minor_failure_of_no_figure() -> None:
    amount = Figure("/x", Decimal("1.00"), Decimal("0.01"), "money", 1)  # type: ignore[arg-type]
    row = GeneralRow[Figure](code="205", name="卫生健康支出", total=amount)
    statements = Statements[Figure](general_public_budget=GeneralStatement[Figure](rows=(row,)))
    (identity,) = named_as_coded("支出表", (row,))
    found = evaluate(identity)
    assert (found.result, found.severity, found.operands) == ("fail", "minor", ())
    assert str(found.explanation) == "205 is 教育支出, 卫生健康支出 is 210"
    assert identity.words in [each.words for each in statements.identities()]


def test_a_code_that_is_listed_twice_is_no_sum_of_what_is_below_it() -> None:
    listed = [
        ("201", "一般公共服务支出"),
        ("201", "一般公共服务支出"),
        ("20101", "人大事务"),
        ("205", "教育支出"),
        ("20502", "普通教育"),
    ]
    rows = [GeneralRow[Figure](code=code, name=name) for code, name in listed]
    assert [(above.code, [row.code for row in below]) for above, below in families(rows)] == [("205", ["20502"])]

"""The rules of budgets hold in every generated budget, and each of them notices a figure that is changed."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from recount.eval.generator.budgets import draft_budget
from recount.schemas.arithmetic import Evaluation, evaluate
from recount.schemas.department_budget.family import DEPARTMENT_BUDGET
from recount.schemas.department_budget.statements import ProjectTable
from recount.schemas.figures import Figure, Model
from recount.tests.schemas.budgets import Gold, fuller, golds, project_table, report_of
from recount.tests.schemas.gold import fill, models
from recount.tests.schemas.rules import Full, identities_of, name_of, pinned

Rule = tuple[str, str]
"""A model and a rule of it, as it is pinned, without the names of rows."""
NAME = "〈名〉"
_NAMES = re.compile("〈行〉|[甲乙丙丁戊己庚辛壬]")
HUNDRED = ": 合计为100"
FAR = 7


def rules() -> list[Rule]:
    """The rules of budgets that are in rules.txt, each once."""
    return list(dict.fromkeys((model, _NAMES.sub(NAME, rule)) for model, rule in pinned(DEPARTMENT_BUDGET)))


@cache
def patterns() -> dict[str, list[tuple[re.Pattern[str], Rule]]]:
    """By model, what a rule looks like where rows have names of their own; the most exact first."""
    found: dict[str, list[tuple[re.Pattern[str], Rule]]] = {}
    for model, rule in sorted(rules(), key=lambda pair: pair[1].count(NAME)):
        pattern = re.compile("[^·]+".join(map(re.escape, rule.split(NAME))))
        found.setdefault(model, []).append((pattern, (model, rule)))
    return found


def rule_of(model: str, words: str) -> Rule | None:
    """The pinned rule that an identity is of."""
    return next((rule for pattern, rule in patterns().get(model, ()) if pattern.fullmatch(words)), None)


def evaluated(root: Model, only: str | None = None) -> Iterator[tuple[Rule | None, Evaluation]]:
    """Every identity of a report with its rule. only: those of one model."""
    for model in models(root):
        name = name_of(type(model))
        if only in (None, name):
            for identity in identities_of(model):
                yield rule_of(name, identity.rule), evaluate(identity)


def roots() -> Iterator[tuple[Gold, Any]]:
    """What is recounted: budgets, and a table of projects by itself."""
    for gold in golds():
        yield gold, report_of
    yield project_table(), lambda gold: fill(ProjectTable[Figure], gold)


@cache
def met() -> dict[Rule | None, list[tuple[int, Evaluation]]]:
    """By rule, the identities that it comes as, with the number of their budget."""
    found: dict[Rule | None, list[tuple[int, Evaluation]]] = {}
    for number, (gold, read) in enumerate(roots()):
        for rule, evaluation in evaluated(read(gold)):
            found.setdefault(rule, []).append((number, evaluation))
    return found


def test_every_identity_of_a_generated_budget_is_of_a_pinned_rule() -> None:
    assert [evaluation.identity.rule for _, evaluation in met().get(None, [])] == []


def test_every_generated_budget_holds() -> None:
    failed = [(n, e.identity.rule) for found in met().values() for n, e in found if e.result == "fail"]
    assert failed == []


def test_every_rule_is_met_by_a_generated_budget() -> None:
    passed = {rule for rule, found in met().items() if any(e.result == "pass" for _, e in found)}
    assert set(rules()) - passed == set()


def test_every_rule_is_broken_by_a_changed_figure() -> None:
    """Of one identity of every rule, each of its figures is changed in the budget: the rule fails at that figure."""
    made = list(roots())
    silent = [
        (rule, operand.pointer)
        for rule, number, evaluation in _samples()
        for operand in evaluation.operands
        if not any(_breaks(*made[number], rule, operand.pointer, factor) for factor in (30, -1))
    ]
    assert silent == []


def _samples() -> Iterator[tuple[Rule, int, Evaluation]]:
    """An identity of every rule that holds, the one with the most figures.

    Shares are added up only where each is right: none of them alone can break their sum (see below).
    """
    for rule, found in met().items():
        holding = [(number, evaluation) for number, evaluation in found if evaluation.result == "pass"]
        if rule is not None and holding and not rule[1].endswith(HUNDRED):
            number, evaluation = max(holding, key=lambda pair: len(pair[1].operands))
            yield rule, number, evaluation


def _breaks(gold: Gold, read: Any, rule: Rule, pointer: str, factor: int) -> bool:
    """Whether a rule fails at a figure that is multiplied, and moved away from 0."""
    changed = copy.deepcopy(gold)
    node, last = _place(changed, pointer)
    node[last] = factor * node[last] + (FAR if factor > 0 else -FAR)
    failing = (e for own, e in evaluated(read(changed), rule[0]) if own == rule and e.result == "fail")
    return any(pointer in {operand.pointer for operand in evaluation.operands} for evaluation in failing)


SHARES = (
    ("/income/general", "/income/other", "占收入预算的比例"),
    ("/expenditure/project", "/expenditure/business", "占支出预算的比例"),
    ("/general_public_budget/by_class/0", "/general_public_budget/by_class", "各类占一般公共预算当年拨款的比例"),
    ("/government_funds/by_class/0", "/government_funds/by_class", "各类占预算支出的比例"),
)


@pytest.mark.parametrize(("pointer", "again", "rule"), SHARES)
def test_shares_that_are_each_right_and_one_too_many_do_not_add_to_a_hundred(
    pointer: str, again: str, rule: str
) -> None:
    gold = next(gold for gold in golds() if len((gold["government_funds"] or {}).get("by_class", ())) > 1)
    share, (node, last) = _at(gold, pointer), _place(gold, again)
    node[last] = [*node[last], share] if isinstance(node[last], list) else share
    failed = {e.identity.rule for _, e in evaluated(report_of(gold)) if e.result == "fail"}
    assert f"{rule}{HUNDRED}" in failed
    assert rule not in failed


def _at(gold: Gold, pointer: str) -> Any:
    node, last = _place(gold, pointer)
    return node[last]


def _place(gold: Gold, pointer: str) -> tuple[Any, Any]:
    """The node that holds a figure, and its key there."""
    *way, last = pointer.split("/")[1:]
    node: Any = gold
    for step in way:
        node = node[int(step)] if isinstance(node, list) else node[step]
    return node, int(last) if isinstance(node, list) else last


TABLES = ("income", "expenditure", "general_public_budget", "basic_expenditure")


@pytest.mark.parametrize("table", TABLES)
def test_a_class_that_is_named_as_another_is_noticed_in_every_table(table: str) -> None:
    gold = draft_budget(9)
    row = next(row for row in gold["statements"][table]["rows"] if row["code"] and len(row["code"]) == 3)
    row["name"] = "外交支出" if row["code"].startswith("2") else "资本性支出"
    words = [e.identity.rule for _, e in evaluated(report_of(gold)) if e.identity.words is not None]
    assert [rule.partition("·")[2] for rule in words] == [f"{row['code']}{row['name']}·编码与名称相符"]


def test_an_amount_in_the_words_alone_is_against_its_table() -> None:
    """The numbers of a section that is changed as a whole still add up: only the tables contradict it."""
    gold = fuller(draft_budget(9))
    for key in ("total", "personnel", "public"):
        gold["basic_expenditure"][key] *= 2
    failed = {e.identity.rule for _, e in evaluated(report_of(gold)) if e.result == "fail"}
    assert failed == {f"六、{key} = 一般公共预算基本支出表·{key}" for key in ("合计", "人员经费", "公用经费")}


def test_a_table_that_is_off_as_a_whole_contradicts_the_others() -> None:
    gold = fuller(draft_budget(9))
    for row in gold["statements"]["general_public_budget"]["rows"]:
        row.update({key: row[key] and row[key] * 10 for key in ("total", "basic", "project")})
    failed = {e.identity.rule.partition("·")[0] for _, e in evaluated(report_of(gold)) if e.result == "fail"}
    assert failed >= {"一般公共预算支出表", "财政拨款收支预算总表", "五"}


def test_a_full_report_carries_a_table_of_projects() -> None:
    gold = draft_budget(9)
    gold["statements"]["projects"] = project_table()
    assert all(evaluation.result != "fail" for _, evaluation in evaluated(report_of(gold)))


def test_every_model_with_rules_has_them_pinned() -> None:
    full = {name_of(type(model)) for model in models(Full(DEPARTMENT_BUDGET).report()) if hasattr(model, "identities")}
    assert full == {model for model, _ in rules()}

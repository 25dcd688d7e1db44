"""Regional forms as data: every file loads, every slot is known, its reports are read, and a region needs no code."""

from __future__ import annotations

from pathlib import Path

import pytest

from recount.eval.bench.regions import measure, table
from recount.eval.generator import Options, draft, generate
from recount.eval.generator.forms.regional import parsed, regions
from recount.eval.score.leaves import is_number, leaves
from recount.eval.score.metrics import DiscrepancyTally, Tally, tally

REGIONS = sorted(regions())
TEXT = """
% a region of the test's own
=year 2020
=level section
~than <.:比上年增加{.amount}万元|比上年减少{.amount}万元|与上年持平>
^ {U}{Y}年度部门决算
# 第三部分 {Y}年度部门决算情况说明
## 一、收入支出决算总体情况说明 @income_expenditure
收、支总计{income_total=expenditure_total}万元，{~than income_change=expenditure_change}。
## 五、一般公共预算财政拨款支出决算情况说明 @general_public_budget
*by_class {n}.{class_name}（类）{amount}万元。 ** items （{m}.{n}）{section_name}（款）{amount}万元，去年{change._last}
?government_funds.expenditure 政府性基金支出{government_funds.expenditure}万元。
!government_funds.expenditure 没有政府性基金支出。
"""


def test_there_are_two_dozen() -> None:
    assert len(REGIONS) == 24


@pytest.mark.parametrize("name", REGIONS)
def test_every_slot_of_a_region_is_known(name: str) -> None:
    """Whatever the books hold: with and without funds, small and huge."""
    for seed in range(6):
        gold, planted = draft(regions()[name], seed, options=Options(funds=seed % 2 == 0, plant=2))
        assert planted
        assert gold["fiscal_year"] == regions()[name].year
        assert not [pointer for pointer, _ in leaves(gold) if "/_" in pointer]


@pytest.mark.parametrize("name", ["gansu", "jilin"])
def test_the_same_seed_makes_the_same_report(name: str) -> None:
    one, two, other = (generate(regions()[name], seed, options=Options(plant=1)) for seed in (3, 3, 4))
    assert one == two
    assert one.pdf != other.pdf


def test_a_region_is_data() -> None:
    """The gold holds what is printed, the twin of a print, the class of a line above, and nothing else."""
    region = parsed("test", TEXT)
    case = generate(region, 2, options=Options(funds=True))
    whole, general = case.gold["income_expenditure"], case.gold["general_public_budget"]
    assert whole["expenditure_total"] == whole["income_total"] is not None
    assert whole["expenditure_change"] == whole["income_change"]
    assert whole["opening_carryover"] is None
    assert [row["class_name"] for row in general["items"]] != [None] * len(general["items"])
    assert {row["item_name"] for row in general["items"]} == {None}
    assert all(row["change"] is None for row in general["items"])  # last year's amount has no key
    assert case.gold["government_funds"]["expenditure"]
    assert case.gold["statements"] is None
    printed = {pointer for pointer, _ in case.figures}
    assert printed == {p for p, value in leaves(case.gold) if is_number(value) and p != "/fiscal_year"}


def test_an_unknown_slot_is_no_silence() -> None:
    with pytest.raises(KeyError, match="nothing is called incomes"):
        draft(parsed("test", "=year 2020\n## 一 @income\n{incomes}"), 1)


def test_regions_are_read(tmp_path: Path) -> None:
    scores = measure(["guizhou", "jilin", "yunnan"], range(2), tmp_path)
    figures = sum((tally(score.cells) for score in scores), Tally())
    found = sum((score.discrepancies for score in scores), DiscrepancyTally())
    assert (figures.accuracy or 0) >= 0.98, table(scores)
    assert (figures.silent, figures.wrong, found.false, found.missed) == (0, 0, 0, 0)
    assert table(scores)[-1].startswith("| all | ")

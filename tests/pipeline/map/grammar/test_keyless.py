"""Labels of figures that have no key: the words that say what a number is of."""

from __future__ import annotations

import pytest

from recount.pipeline.map.grammar.passage import label_before
from recount.tests.pipeline.helpers import Sheet


def labels(text: str) -> list[str]:
    passage = Sheet().passage(text)
    return [label_before(passage, at) for at in sorted(passage.numbers)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("另有图书购置专项经费3.00万元。", ["另有图书购置专项经费"]),
        ("图书购置专项经费支出为3.00万元", ["图书购置专项经费支出"]),
        # The clause is short: what stands before it in the sentence says what it is of.
        ("应收账款2.00万元，占25.00%", ["应收账款", "应收账款占"]),
        (
            "图书购置专项经费预算为3.00万元，支出2.00万元，完成预算的66.67%。",
            ["图书购置专项经费预算", "图书购置专项经费预算支出", "图书购置专项经费预算完成预算的"],
        ),
        (
            "评价的2023年度重点项目5个，平均得分90.00分",
            ["评价的2023年度重点项目", "评价的重点项目平均得分"],
        ),
        # Clauses without a number of their own belong to the number that follows.
        ("在面向残疾人单位的采购中，由其中标的，金额1.00万元", ["面向残疾人单位的采购中由其中标的金额"]),
        ("人员增加，业务量也增长，图书购置专项经费3.00万元", ["图书购置专项经费"]),
        # A sentence, and a bracket that is open, begin anew; one that is closed is an aside.
        ("会议费1.00万元；培训费2.00万元", ["会议费", "培训费"]),
        ("绩效自评的项目共有5个（其中，优秀3个，良好2个）", ["绩效自评的项目共有", "优秀", "良好"]),
        ("图书购置专项经费（以合同为准）为3.00万元", ["图书购置专项经费"]),
        ("2023年度本部门图书购置专项经费3.00万元", ["图书购置专项经费"]),
    ],
)
def test_the_words_that_a_number_belongs_to(text: str, said: list[str]) -> None:
    assert labels(text) == said


def test_a_number_without_words_has_an_empty_label() -> None:
    assert labels("3.00万元") == [""]

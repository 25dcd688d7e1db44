"""The disclosure sentence: subject – amount – share – comparison – reason."""

from __future__ import annotations

from typing import Any

import pytest

from recount.pipeline.map.grammar.grammar import Reader, read
from recount.pipeline.map.grammar.passage import Fact, Passage, Subject, Versus
from recount.tests.pipeline.helpers import Sheet

SUBJECTS = (
    Subject("income", r"收入总计"),
    Subject("spending", r"支出总计"),
    Subject("wages", r"工资支出"),
    Subject("cars", r"车辆", frozenset({"辆"})),
)


class Read:
    """What is read of texts, each number as its characters."""

    def __init__(self, *texts: str, default: str = "income", scanned: bool = False) -> None:
        self.sheet = Sheet()
        if scanned:
            self.sheet.store.origins[1] = "ocr"
        self.passage: Passage = self.sheet.passage(*texts)
        self.reader = Reader(self.passage, SUBJECTS, default)
        self.facts = self.reader.read()

    def fact(self, key: str) -> Fact:
        return self.facts[key]

    def amount(self, key: str) -> Any:
        return self.sheet.shown(self.facts[key].amount if key in self.facts else None)

    def versus(self, versus: Versus | None) -> dict[str, Any]:
        assert versus is not None
        keys = ("amount", "rate", "budget", "final", "completion", "reason")
        shown = {key: self.sheet.shown(getattr(versus, key)) for key in keys}
        return {key: each for key, each in shown.items() if each is not None}

    def change(self, key: str) -> dict[str, Any]:
        return self.versus(self.fact(key).change)

    def comparison(self, key: str) -> dict[str, Any]:
        return self.versus(self.fact(key).comparison)

    @property
    def unclaimed(self) -> list[str]:
        """What nothing is known of."""
        return [self.passage.token(at).raw for at in self.reader.unclaimed]


@pytest.mark.parametrize(
    "said",
    [
        "收入总计8.00万元。",
        "2022年度收入总计8.00万元，",
        "本年度收入总计为8.00万元；",
        "其中：收入总计共计8.00万元。",
        "我单位收入总计是8.00万元。",
        "（1）收入总计：8.00万元",
    ],
)
def test_an_amount_belongs_to_the_subject_before_it(said: str) -> None:
    assert Read(said).amount("income") == "8.00"


def test_amounts_of_several_subjects_are_told_apart() -> None:
    found = Read("收入总计8.00万元，其中：工资支出3.00万元、车辆2辆；支出总计7.50万元。")
    assert [found.amount(key) for key in ("income", "wages", "cars", "spending")] == ["8.00", "3.00", "2", "7.50"]
    assert found.unclaimed == []


def test_a_unit_that_does_not_fit_leaves_the_number_open() -> None:
    found = Read("车辆3.00万元。")
    assert found.facts.get("cars") is None
    assert found.unclaimed == ["3.00"]


@pytest.mark.parametrize(
    ("compared", "sign"),
    [
        ("收入总计与上年相比，增加1.00万元，增长14.29%", ""),
        ("收入总计与上年相比，减少1.00万元，下降14.29%", "−"),
        ("收入总计比上年减少1.00万元，降低14.29%", "−"),
        ("收入总计比上年决算减少1.00万元，下降14.29%", "−"),
        ("收入总计较上年减少了1.00万元，降幅为14.29%", "−"),
        ("收入总计较上年度减少1.00万元，减少14.29%", "−"),
        ("收入总计与去年同期相比减少1.00万元，下降14.29%", "−"),
        ("与2021年度相比，收入总计减少1.00万元，下降14.29%", "−"),
        ("收入总计同上年相比：净增加1.00万元，上升14.29%", ""),
        ("收入总计与上年相比,减少1.00万元,下降14.29%", "−"),
        ("收入总计与上年相比，减少1.00万元，同比下降14.29%", "−"),
        ("收入总计与上年相比，减少1.00万元；下降14.29%", "−"),
        ("收入总计与上年相比，增加1.00万元：增长14.29%", ""),
    ],
)
def test_a_change_is_read_and_turned_by_its_words(compared: str, sign: str) -> None:
    change = Read(f"收入总计6.00万元。{compared}。").change("income")
    assert change == {"amount": f"{sign}1.00", "rate": f"{sign}14.29"}


def test_a_decrease_that_is_printed_with_its_minus_is_not_turned_twice() -> None:
    change = Read("收入总计6.00万元，比上年减少-1.00万元，下降-14.29%。").change("income")
    assert change == {"amount": "-1.00", "rate": "-14.29"}


@pytest.mark.parametrize("word", ["增加", "减少"])
def test_a_change_in_brackets_has_fallen_whatever_the_word_before_it(word: str) -> None:
    change = Read(f"收入总计6.00万元，比上年{word}(1.00)万元，{word}（14.29）%，原因是：人员减少。").change("income")
    assert change == {"amount": "(1.00)", "rate": "（14.29）", "reason": "人员减少"}


def test_amount_and_rate_may_turn_differently() -> None:
    change = Read("收入总计6.00万元，比上年减少1.00万元，增长14.29%。").change("income")
    assert change == {"amount": "−1.00", "rate": "14.29"}


def test_a_comparison_without_a_subject_is_of_what_was_spoken_of_last() -> None:
    found = Read("收入总计8.00万元，其中：工资支出3.00万元，比上年增加1.00万元，增长50.00%。")
    assert found.change("wages") == {"amount": "1.00", "rate": "50.00"}
    assert found.fact("income").change is None


def test_in_a_new_sentence_it_is_of_the_sections_own_subject() -> None:
    found = Read("收入总计8.00万元，其中：工资支出3.00万元。与上年相比，增加1.00万元，增长14.29%。")
    assert found.change("income") == {"amount": "1.00", "rate": "14.29"}
    assert found.fact("wages").change is None


@pytest.mark.parametrize(
    "mark",
    ["主要原因是：", "主要原因是", "主要原因：", "主要原因为", "原因是：", "主要是：", "主要是由于", "变动原因："],
)
def test_the_reason_is_the_text_up_to_the_end_of_the_sentence(mark: str) -> None:
    change = Read(f"收入总计8.00万元，比上年增加1.00万元，增长14.29%，{mark}新增人员，工资上调。").change("income")
    assert change["reason"] == "新增人员，工资上调"


def test_numbers_inside_a_reason_are_its_text() -> None:
    found = Read(
        "收入总计8.00万元，比上年增加1.00万元，增长14.29%，主要原因是：新增3人，追加设备款0.85万元，同比多20%。支出总计7.50万元。"
    )
    assert found.change("income")["reason"] == "新增3人，追加设备款0.85万元，同比多20%"
    assert found.amount("spending") == "7.50"
    assert found.unclaimed == []


def test_a_reason_runs_over_sentences_and_semicolons_until_a_subject_is_spoken_of() -> None:
    reason = "一是退休2人；二是压缩会议费。三是项目完工"
    found = Read(f"收入总计8.00万元，比上年减少1.00万元，下降11.11%，主要原因是：{reason}。支出总计8.00万元。")
    assert found.change("income")["reason"] == reason
    assert found.amount("spending") == "8.00"


def test_a_reason_ends_where_the_comparison_of_a_subject_begins() -> None:
    found = Read(
        "收入总计8.00万元，比上年减少1.00万元，下降11.11%，主要原因是：人员减少。"
        "支出总计与上年相比，增加0.50万元，增长6.67%，主要原因是：追加预算。"
    )
    assert found.change("income")["reason"] == "人员减少"
    assert found.change("spending") == {"amount": "0.50", "rate": "6.67", "reason": "追加预算"}


def test_a_reason_that_mentions_another_years_amount_does_not_become_a_figure() -> None:
    said = "主要原因是：上年支出总计中含一次性采购2.00万元"
    found = Read(f"收入总计8.00万元，比上年减少1.00万元，下降11.11%，{said}。")
    assert found.change("income")["reason"] == said.partition("：")[2]
    assert found.facts.get("spending") is None


@pytest.mark.parametrize("said", ["收入总计8.00万元，与上年持平", "收入总计8.00万元。收入总计与上年相比无变化"])
def test_an_unchanged_amount_is_no_figure_but_its_sentence(said: str) -> None:
    change = Read(f"{said}。").change("income")
    assert set(change) == {"reason"}
    assert change["reason"].endswith(("与上年持平", "与上年相比无变化"))


def test_budget_and_final_accounts_are_compared() -> None:
    found = Read(
        "收入总计8.00万元。与年初预算数相比情况：收入总计年初预算数7.00万元，决算数8.00万元，"
        "预决算差异率14.29%，主要原因是：追加预算。"
    )
    assert found.comparison("income") == {"budget": "7.00", "final": "8.00", "rate": "14.29", "reason": "追加预算"}
    assert found.amount("income") == "8.00"


def test_a_negative_variance_keeps_its_printed_minus() -> None:
    found = Read("收入总计年初预算数10.00万元，决算数8.00万元，预决算差异率-20.00%。")
    assert found.comparison("income")["rate"] == "-20.00"


def test_budgets_of_several_subjects_follow_each_other() -> None:
    found = Read(
        "收入总计全年预算数9.00万元，决算数8.00万元，预决算差异率-11.11%，主要原因是：厉行节约。"
        "其中：工资支出全年预算数3.00万元，决算数3.00万元，预决算差异率0.00%，主要原因是：无差异；"
        "支出总计全年预算数7.00万元，决算数7.50万元，预决算差异率7.14%，主要原因是：追加。"
    )
    assert found.comparison("income")["reason"] == "厉行节约"
    assert found.comparison("wages") == {"budget": "3.00", "final": "3.00", "rate": "0.00", "reason": "无差异"}
    assert found.comparison("spending")["budget"] == "7.00"


def test_completion_of_the_budget_is_not_its_variance() -> None:
    found = Read("收入总计年初预算为10.00万元，支出决算为8.00万元，完成年初预算的80.00%。")
    assert found.comparison("income") == {"budget": "10.00", "final": "8.00", "completion": "80.00"}


@pytest.mark.parametrize(
    "said",
    [
        "，占本年收入的37.50%",
        "占37.50%",
        "，占比37.50％",
        ",约占收入总额的37.50%",
        "；占37.50%",
        "。占本年收入的37.50%",
    ],
)
def test_a_share_belongs_to_the_amount_before_it(said: str) -> None:
    found = Read(f"收入总计8.00万元，其中：工资支出3.00万元{said}。")
    assert found.sheet.shown(found.fact("wages").share) == "37.50"
    assert found.fact("income").share is None


def test_a_repeated_amount_is_a_repeat_and_the_first_stays() -> None:
    found = Read("收入总计8.00万元。具体情况如下：收入总计8.0万元。")
    assert found.amount("income") == "8.00"
    assert found.unclaimed == []


def test_another_number_under_the_same_words_is_not_lost() -> None:
    """It is of something that the words before it tell apart and no subject does."""
    found = Read("收入总计8.00万元，甲类收入总计3.00万元，占37.50%。")
    assert found.amount("income") == "8.00"
    assert found.unclaimed == ["3.00", "37.50"]


def test_another_number_under_the_very_same_words_is_not_lost() -> None:
    found = Read("收入总计8.00万元。其中：收入总计3.00万元。")
    assert found.amount("income") == "8.00"
    assert found.unclaimed == ["3.00"]


def test_what_no_rule_is_sure_of_is_left_unclaimed() -> None:
    found = Read("收入总计8.00万元，另有暂存款项2.00万元，占25.00%。", "附表3张。")
    assert found.unclaimed == ["2.00", "25.00", "3"]
    assert found.fact("income").share is None


def test_a_second_change_of_the_same_subject_is_not_taken_for_the_first() -> None:
    found = Read("收入总计8.00万元，比上年增加1.00万元，增长14.29%。收入总计比上年减少5.00万元。")
    assert found.change("income")["amount"] == "1.00"


def test_only_the_given_stretch_is_read() -> None:
    sheet = Sheet()
    passage = sheet.passage("收入总计8.00万元。支出总计7.50万元。")
    middle = passage.shape.index("支出")
    assert set(read(passage, SUBJECTS, "income", end=middle)) == {"income"}
    assert set(read(passage, SUBJECTS, "income", start=middle)) == {"spending"}


def test_behind_a_bracket_a_comparison_is_of_what_it_interrupts() -> None:
    found = Read("收入总计8.00万元（其中：工资支出3.00万元），比上年增加1.00万元，增长14.29%。")
    assert found.change("income") == {"amount": "1.00", "rate": "14.29"}
    assert found.fact("wages").change is None


def test_inside_a_bracket_a_comparison_is_of_what_it_says() -> None:
    found = Read("收入总计8.00万元（其中：工资支出3.00万元，比上年增加1.00万元）。")
    assert found.change("wages") == {"amount": "1.00"}
    assert found.fact("income").change is None


def test_behind_a_bracket_what_is_unchanged_is_what_it_interrupts() -> None:
    found = Read("支出总计8.00万元（其中：工资支出3.00万元），与上年持平。")
    assert found.change("spending") == {"reason": "与上年持平"}
    assert found.fact("wages").change is None


@pytest.mark.parametrize("said", ["比上年增加1.00万元，主要原因是工资支出12345热线上线。", "工资支出12345热线。"])
def test_a_number_before_a_word_is_a_name(said: str) -> None:
    assert "wages" not in Read(f"收入总计8.00万元，{said}").facts


def test_a_number_without_a_unit_that_ends_its_clause_is_an_amount() -> None:
    assert Read("收入总计8.00万元，工资支出0。").amount("wages") == "0"


def test_sentences_that_only_count_may_stand_before_a_comparison() -> None:
    found = Read(
        "收入总计8.00万元，比上年增加1.00万元。工资支出3.00万元。全年到访团组2个。比上年增加0.50万元，增长20.00%。"
    )
    assert found.change("income") == {"amount": "1.00"}
    assert found.change("wages") == {"amount": "0.50", "rate": "20.00"}


@pytest.mark.parametrize("between", ["工资支出3.00万元。另付2.00万元。", "工资支出3.00万元。占50.00%。", ""])
def test_a_second_comparison_that_names_nothing_is_of_what_stands_right_before_it(between: str) -> None:
    found = Read(f"收入总计8.00万元，比上年增加1.00万元。{between}比上年增加0.50万元。")
    assert found.change("income") == {"amount": "1.00"}
    assert "wages" not in found.facts or found.fact("wages").change is None


def test_the_change_of_the_whole_said_again_is_no_parts() -> None:
    found = Read("收入总计8.00万元，比上年增加1.00万元。工资支出3.00万元。比上年增加1.00万元。")
    assert found.change("income") == {"amount": "1.00"}
    assert found.fact("wages").change is None


@pytest.mark.parametrize("scanned", [True, False])
def test_on_scans_a_colon_in_a_reason_may_be_a_semicolon(*, scanned: bool) -> None:
    """人员减少：工资支出▮万元: a new subject. A colon is one where it is not read by OCR; and what is known stays."""
    why = "主要原因是：人员减少：工资支出3.00万元，占37.50%"
    found = Read(f"收入总计8.00万元，比上年减少2.00万元，下降20.00%，{why}。", scanned=scanned)
    assert found.amount("wages") == ("3.00" if scanned else None)
    assert ("工资" in found.change("income")["reason"]) is not scanned
    known = Read(f"工资支出5.00万元，收入总计8.00万元，比上年减少2.00万元，{why}。", scanned=scanned)
    assert known.amount("wages") == "5.00"


@pytest.mark.parametrize("scanned", [True, False])
def test_on_scans_a_colon_before_a_part_may_be_a_semicolon(*, scanned: bool) -> None:
    parts = "其中：支出总计决算持平：工资支出决算减少1.00万元，下降25.00%"
    found = Read(f"收入总计比上年减少2.00万元，下降20.00%。{parts}。", scanned=scanned)
    assert ("wages" in found.facts) is scanned
    if scanned:
        assert found.change("wages") == {"amount": "−1.00", "rate": "−25.00"}

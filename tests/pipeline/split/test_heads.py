"""The heads of tables whose columns are lost."""

from __future__ import annotations

from recount.pipeline.document import Line
from recount.pipeline.split.heads import Atom, Head, head_of, labels_of
from recount.schemas.common.rows import STATEMENT_HEADS as HEADS


def atoms(text: str) -> list[Atom]:
    found = []
    for row, part in enumerate(text.split()):
        boxes = tuple((10.0 * at, 0.0, 10.0 * at + 10, 12.0) for at in range(len(part)))
        found.append(Atom(1, Line(part, boxes, (0.0, 0.0, 10.0 * len(part), 12.0)), row, 0, row))
    return found


def head(text: str) -> Head:
    labels = labels_of(atoms(text), HEADS)
    assert labels is not None
    found = head_of(labels, HEADS)
    assert found is not None
    return found


def amounts(text: str) -> list[str]:
    return [label.words for label in head(text).amounts]


def test_torn_labels_are_put_together() -> None:
    labels = labels_of(atoms("项目 本年收入合 计 财政拨款收 入 支出功能分类科 目编码 科目名称 栏次 1 2"), HEADS)
    words = [label.words for label in labels or ()]
    assert words == ["项目", "本年收入合计", "财政拨款收入", "支出功能分类科目编码", "科目名称", "栏次", "#"]


def test_a_label_is_known_without_one_of_its_characters() -> None:
    found = head("科目编码 科名称 合计 基本支 项目支出")
    assert [label.words for label in found.amounts] == ["合计", "基本支出", "项目支出"]
    assert found.amounts[1].known == "基本支出"
    assert found.amounts[0].known is None


def test_a_head_with_other_words_is_none() -> None:
    assert labels_of(atoms("科目编码 科目名称 合计 另一种从未见过的列名"), HEADS) is None


def test_what_stands_below_a_label_stands_in_its_place() -> None:
    text = "项目 年初结转和结余 本年收入 本年支出 年末结转和结余 科目编码 科目名称 小计 基本支出 项目支出"
    assert amounts(text) == ["年初结转和结余", "本年收入", "小计", "基本支出", "项目支出", "年末结转和结余"]
    assert head(text).lead == 0  # a line may lack its first amount


def test_no_line_lacks_a_total_and_what_it_is_compared_with() -> None:
    assert head("科目编码 科目名称 合计 基本支出 项目支出").lead == 1
    assert head("科目编码 科目名称 2023年执行数 2024年预算数 小计 基本支出 项目支出").lead == 2


def test_two_halves() -> None:
    found = head("收入 支出 项目 决算数 项目 合计 一般公共预算财政拨款")
    assert found.kind == "halves"
    assert [label.words for label in found.right] == ["项目", "合计", "一般公共预算财政拨款"]
    assert [(label.words, first, last) for label, first, last in found.over] == [("收入", 0, 2), ("支出", 2, 5)]


def test_a_line_of_pairs() -> None:
    items = '财政拨款"三公"经费 合计 因公出国(境)费 公务用车购置及运行费 公务接待费 小计 公务用车购置费 公务用车运行费'
    found = head(items + " 预算数 决算数" * 6)
    assert found.kind == "line"
    assert [label.words for label in found.amounts][2:5] == ["小计", "公务用车购置费", "公务用车运行费"]
    assert len(found.pairs) == 12
    labels = labels_of(atoms(items + " 预算数 决算数" * 5), HEADS)  # two have lost their heads
    assert labels is not None
    assert head_of(labels, HEADS) is None

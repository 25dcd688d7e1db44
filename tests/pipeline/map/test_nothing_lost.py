"""Printed = mapped + listed: every amount, percent and count of the narrative is somewhere in the result."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from recount.eval.generator import Form, generate
from recount.eval.generator.budgets import BudgetCase, generate_budget, generate_district_budget
from recount.pipeline.document import Block, Document, Number, Paragraph
from recount.pipeline.map.grammar.passage import mentions_in, refs_in
from recount.pipeline.map.registry import map_document
from recount.pipeline.split.outline import every_section
from recount.pipeline.structure import document_of, structure
from recount.schemas.describe import leaves_in
from recount.schemas.family import Family
from recount.schemas.registry import FAMILIES
from recount.tests.pipeline.helpers import Sheet

EXAMPLES = Path(__file__).parents[3] / "examples"
FINAL, BUDGET = FAMILIES
_NAMED = re.compile(r"单[位台]?(?:价值|价)$|\($")
"""Before a number that is part of a name: 单价100万元以上设备, （01项）."""


def printed(document: Document) -> Iterator[Number]:
    """The figures of running text: numbers with a unit, or written as money, that are no date and in no name."""
    for block in document.blocks:
        for number in block.numbers if isinstance(block, Paragraph) else ():
            folded = block.text.folded
            dated = re.match(r"年|月|日|-\d+月", folded[number.end :])
            named = _NAMED.search(folded, 0, number.start) and re.match(r"(?:万元|[类款项]\))", folded[number.end :])
            if number.token.is_figure and not dated and not named:
                yield number


def lost(document: Document, family: Family) -> list[str]:
    """What is printed and is in no field, in no list and in no mention."""
    report = map_document(document, family).report
    mentioned = {token for _, token in mentions_in(every_section(document, family.outline), family.outline, report)}
    listed = mentioned.union(ref.token for ref in refs_in(report))
    return [number.token.raw for number in printed(document) if number.token.index not in listed]


def of(*lines: str) -> Document:
    sheet = Sheet()
    blocks: list[Block] = [sheet.paragraph(line) for line in lines]
    return Document(tuple(blocks), tuple(sheet.tokens))


REGIONAL = (
    "南港市渔政局2022年度部门决算",
    "第一部分 部门概况",
    "一、主要职能",
    "（一）组织渔船检查，每年不少于4次；检查渔港6个。",
    "二、机构设置情况",
    "纳入2022年度部门决算编制范围的单位共2个，编外聘用5人。",
    "第三部分 2022年度部门决算情况说明",
    "一、收入支出决算总体情况说明",
    "收入总计80.00万元，支出总计80.00万元。与上年相比，收入总计、支出总计各减少8.00万元，下降9.09%，主要原因是：退休2人，"
    "渔港疏浚尾款3.50万元延后支付。",
    "1.本年收入75.00万元，其中捐赠0.30万元。2.收入总计80.00万元中，年初结转5.00万元。",
    "二、渔业资源养护情况",
    "放流鱼苗120.00万元，占全年的15.00%，共3批次。",
    "（三）国有资产占用情况",
    "共有车辆2辆，比上年减少1辆；单价100万元以上设备1台，租用码头2个。",
    "十一、预算绩效情况说明",
    "取得的成效：渔港项目执行率达99.00%，惠及渔民300人。",
)
PLANNED = (
    "南港市渔政局2024年部门预算",
    "第二部分 部门预算情况说明",
    "一、关于收支预算总体情况的说明",
    "收支总预算90.00万元，另列备用金1.20万元。",
    "二、渔业补贴安排",
    "补贴渔民40人，每人0.50万元，占12.00%。",
    "三、项目经费情况说明",
    "增殖放流经费7.00万元。",
)


@pytest.mark.parametrize(("lines", "family"), [(REGIONAL, FINAL), (PLANNED, BUDGET)], ids=["accounts", "budget"])
def test_of_a_text_in_regional_wording_every_figure_is_listed(lines: tuple[str, ...], family: Family) -> None:
    document = of(*lines)
    assert len(list(printed(document))) > 5
    assert lost(document, family) == []


@pytest.mark.parametrize("form", [Form.X2022, Form.S2024, Form.N], ids=str)
def test_of_generated_reports_every_figure_is_listed(form: Form, tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_bytes(generate(form, 21).pdf)
    assert lost(*document_of(tmp_path / "report.pdf")) == []


@pytest.mark.parametrize("made", [generate_budget, generate_district_budget])
def test_of_generated_budgets_every_figure_is_listed(made: Callable[[int], BudgetCase], tmp_path: Path) -> None:
    (tmp_path / "budget.pdf").write_bytes(made(21).pdf)
    assert lost(*document_of(tmp_path / "budget.pdf")) == []


@pytest.mark.parametrize("path", sorted((EXAMPLES / "archive").rglob("*.pdf")), ids=lambda path: path.stem)
def test_of_the_examples_every_figure_is_listed(path: Path) -> None:
    assert lost(*document_of(path)) == []


def test_a_mention_names_the_text_that_tells_it_or_the_figure_that_it_says_again() -> None:
    document = of(*REGIONAL)
    report = map_document(document, FINAL).report
    said = {
        (pointer, document.tokens[token].raw)
        for pointer, token in mentions_in(every_section(document, FINAL.outline), FINAL.outline, report)
    }
    assert said == {
        ("/overview/functions/0", "4"),
        ("/overview/functions/0", "6"),
        ("/income_expenditure/income_change/reason", "2"),
        ("/income_expenditure/income_change/reason", "3.50"),
        ("/performance/achievements", "99.00"),
        ("/performance/achievements", "300"),
    } | {("/income_expenditure/income_total", "80.00")}


def test_what_says_another_amount_or_is_of_something_else_is_no_mention() -> None:
    """国内公务接待 is a part of 公务接待; 300 people of a text are not those of the next sentence."""
    document = of(
        *REGIONAL[:1],
        "第三部分 2022年度部门决算情况说明",
        "七、财政拨款“三公”经费支出决算情况说明",
        "公务接待费支出2.00万元，其中：国内公务接待支出2.00万元，外宾接待支出0.00万元。",
    )
    report = map_document(document, FINAL).report
    assert mentions_in(every_section(document, FINAL.outline), FINAL.outline, report) == []
    assert [document.tokens[figure.value.token].raw for figure in report.unmapped_figures] == ["2.00", "0.00"]


def listed(*lines: str) -> list[str]:
    document = of(REGIONAL[0], "第三部分 2022年度部门决算情况说明", *lines)
    return [document.tokens[figure.value.token].raw for figure in map_document(document, FINAL).report.unmapped_figures]


def test_numbers_of_names_and_what_is_no_narrative_are_not_listed() -> None:
    assert listed("租用码头7个，单价100万元以上设备未购置，渔业发展（01项）另有0.20万元。") == ["7", "0.20"]
    assert listed("租用码头7个。", "第五部分 附件", "项目一：3.00万元。") == ["7"]


def test_what_is_said_again_is_listed_where_its_words_are_others_or_too_few() -> None:
    """4.00 of 船舶 is not 4.00 of 码头; 支出 may be of anything; the budget is not what was spent."""
    said = "机关运行经费支出4.00万元。"
    assert listed("（一）机关运行经费支出情况", said, "2022年度机关运行经费4.00万元。") == []
    for other in ("码头维护费4.00万元。", "支出4.00万元。", "机关运行经费支出预算4.00万元。"):
        assert listed("（一）机关运行经费支出情况", said, f"另：{other}") == ["4.00"], other


def test_a_word_that_may_be_of_anything_says_nothing_again() -> None:
    item = "1.农林水支出（类）农业农村（款）渔业发展（项）：支出4.00万元。"
    assert listed("五、一般公共预算财政拨款支出决算情况说明", item, "二、渔港养护情况", "另：支出4.00万元。") == [
        "4.00"
    ]


def test_the_result_says_where_a_mention_stands_and_counts_it_nowhere(tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_bytes(generate(Form.X2022, 21).pdf)
    result = structure(tmp_path / "report.pdf")
    texts = dict(leaves_in(result.report))
    told = [mention for mention in result.summary.mentions if isinstance(texts[mention.pointer], str)]
    assert told
    for mention in told:
        assert mention.raw in texts[mention.pointer]
        places = [(figure.page, figure.bbox) for figure in result.figures.values()]
        assert (mention.page, mention.bbox) not in places
    assert sum(result.summary.figures.values()) == len(result.figures)

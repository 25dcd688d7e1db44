"""What is asked about the figures that no field has: which passages, and which fields."""

from __future__ import annotations

from pathlib import Path

import pytest

from recount.pipeline.document import Document
from recount.pipeline.model.ask.loose import MOST_FIGURES, choice_of, chosen, loose_pieces
from recount.pipeline.model.ask.pieces import Piece
from recount.pipeline.read import read_text
from recount.pipeline.split import split
from recount.schemas.figures import Ref
from recount.schemas.final_accounts.family import FINAL_ACCOUNTS as FAMILY
from recount.schemas.final_accounts.report import Report

MERGED = """石桥市档案馆2022年度部门决算说明
一、全年往来
2022年度本年收入合计900.00万元，其中：财政拨款收入880.00万元，占97.78%；其他收入20.00万元，占2.22%。
馆内陈设整洁，读者往来不绝。
参观者甚众。
2022年度政府采购支出总额45.00万元，其中：政府采购货物支出25.00万元，政府采购服务支出20.00万元。
"""


PARTS = ("income", "expenditure", "procurement", "performance")


def document_of(folder: Path, text: str) -> Document:
    path = folder / "report.txt"
    path.write_text(text, encoding="utf-8")
    return split(read_text(path), FAMILY)


def pieces_in(folder: Path, text: str, report: Report | None = None) -> list[Piece]:  # type: ignore[type-arg]
    found = loose_pieces(document_of(folder, text), FAMILY, report or FAMILY.report_of(None)(), set())
    return [piece for piece in found if piece.wanted]


def token_of(document: Document, raw: str) -> int:
    return next(token.index for token in document.tokens if token.raw == raw)


def words(piece: Piece) -> str:
    return "".join(paragraph.text.printed for paragraph in piece.paragraphs)


def test_figures_under_an_unknown_heading_are_offered_with_the_parts_that_their_words_name(tmp_path: Path) -> None:
    income, bought = pieces_in(tmp_path, MERGED)
    assert "财政拨款收入880.00万元" in words(income)
    assert {"total", "fiscal_appropriation", "other"} <= set(income.wanted["income"] or ())
    assert "政府采购货物支出25.00万元" in words(bought)
    assert {"total", "goods", "services"} == set(bought.wanted["procurement"] or ())
    assert "procurement" not in income.wanted
    assert "income" not in bought.wanted


def test_each_passage_stands_under_its_heading(tmp_path: Path) -> None:
    assert all(words(piece).startswith("一、全年往来") for piece in pieces_in(tmp_path, MERGED))


def test_a_text_without_headings_is_offered(tmp_path: Path) -> None:
    (piece,) = pieces_in(tmp_path, "某馆去年其他收入20.00万元，占2.22%。\n")
    assert set(piece.wanted["income"] or ()) == {"other"}


def test_what_a_field_holds_is_not_offered(tmp_path: Path) -> None:
    document = document_of(tmp_path, MERGED)
    held = {token.index for token in document.tokens}
    assert loose_pieces(document, FAMILY, FAMILY.report_of(None)(), held) == []


def test_what_a_text_of_the_report_says_is_not_offered(tmp_path: Path) -> None:
    reason = "机构改革划转其他收入20.00万元"
    text = f"一、收支和采购情况\n收入减少的主要原因是：{reason}。\n"
    report = FAMILY.report_of(None)(income_expenditure={"income_change": {"reason": reason}})
    assert pieces_in(tmp_path, text)
    assert pieces_in(tmp_path, text, report) == []


def test_a_text_that_took_up_more_sentences_holds_no_figure_that_words_give_to_a_field(tmp_path: Path) -> None:
    reason = "人员增加。2022年度政府采购支出总额45.00万元"
    text = f"一、收支和采购情况\n收入增加的主要原因是：{reason}。\n"
    report = FAMILY.report_of(None)(income_expenditure={"income_change": {"reason": reason}})
    (piece,) = pieces_in(tmp_path, text, report)
    assert "procurement" in piece.wanted


def test_no_passage_is_longer_than_an_answer_takes(tmp_path: Path) -> None:
    lines = "\n".join(
        f"第{number}季度政府采购货物支出{number}.50万元，政府采购服务支出{number}.25万元。" for number in range(1, 40)
    )
    pieces = pieces_in(tmp_path, f"一、采购\n{lines}\n")
    assert len(pieces) > 2
    assert max(sum(1 for token in piece.tokens if token.is_figure) for piece in pieces) <= MOST_FIGURES + 2


def test_a_table_of_which_nothing_is_known_is_offered_in_blocks(tmp_path: Path) -> None:
    rows = "".join(f"| 科目{number} | {number}.10 | {number}.20 |\n" for number in range(1, 31))
    table = f"# 收支明细\n\n| 名称 | 本年收入 | 本年支出 |\n|---|---|---|\n{rows}"
    path = tmp_path / "report.md"
    path.write_text(table, encoding="utf-8")
    found = loose_pieces(split(read_text(path), FAMILY), FAMILY, FAMILY.report_of(None)(), set())
    (piece,) = [piece for piece in found if piece.blocks]
    assert len(piece.blocks) == 2
    assert "statements" in piece.wanted


def test_a_choice_is_asked_for_where_there_is_one() -> None:
    piece = Piece("loose", "", dict.fromkeys(PARTS))
    answer = choice_of(piece, Report)
    assert answer is not None
    said = answer.model_validate({"parts": ["政府采购情况", "收入决算情况说明"]})
    assert set(chosen(piece, Report, said.parts).wanted) == {"procurement", "income"}  # type: ignore[attr-defined]
    assert chosen(piece, Report, ()).wanted == {}
    assert choice_of(Piece("loose", "", {"income": None}), Report) is None


@pytest.mark.parametrize("said", [{"parts": ["没有这一部分"]}, {"parts": None}, {}])
def test_a_choice_that_is_none_chooses_nothing(said: dict[str, object]) -> None:
    answer = choice_of(Piece("loose", "", dict.fromkeys(PARTS)), Report)
    assert answer is not None
    try:
        parts = answer.model_validate(said).parts  # type: ignore[attr-defined]
    except ValueError:
        parts = ()
    assert parts == ()


def test_a_line_that_introduces_what_follows_is_shown_with_it(tmp_path: Path) -> None:
    text = (
        "一、科目\n2022年度一般公共预算财政拨款支出90.00万元，逐项说：\n"
        "文化旅游体育与传媒支出（类）体育（款）体育场馆（项）年初预算为80.00万元，列支90.00万元。\n"
    )
    document = document_of(tmp_path, text)
    known = FAMILY.report_of(Ref)(general_public_budget={"total": Ref(token_of(document, "90.00"))})
    (piece,) = loose_pieces(document, FAMILY, known, {token_of(document, "90.00")})
    assert "逐项说" in words(piece)
    assert "items" in (piece.wanted["general_public_budget"] or ())


def test_rows_are_asked_for_only_where_words_say_their_list(tmp_path: Path) -> None:
    (piece,) = pieces_in(tmp_path, "三、帮扶\n发放助学金36.00万元，占活动经费的45.00%。政府采购货物支出2.00万元。\n")
    assert set(piece.wanted) == {"procurement"}


def test_what_stands_by_a_figure_of_its_small_part_is_asked_for_with_it(tmp_path: Path) -> None:
    (piece,) = pieces_in(tmp_path, "一、全年往来\n2022年度财政拨款收入880.00万元，份额为97.78%。\n")
    assert set((piece.wanted["income"] or {})["fiscal_appropriation"] or ()) == {"amount", "percent"}

"""Files of text: their encodings, where everything stands in them, and what is no text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recount.pipeline.document import Paragraph
from recount.pipeline.errors import NotAText
from recount.pipeline.read import read_text
from recount.pipeline.read.texts import decoded
from recount.pipeline.split import split
from recount.pipeline.split.folding import fold
from recount.schemas.registry import FAMILIES

REPORT = """柳沟县水务局2022年度部门决算

一、收入支出决算总体情况说明

2022 年度收入总计 1,955.06 万元，其中：本年收入合计 1,950.38 万元，年初结转和结余 4.68 万元。
"""
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_report_is_read_in_every_usual_encoding(encoding: str) -> None:
    assert decoded(REPORT.encode(encoding)) == REPORT


def test_traditional_characters_in_big5_are_read() -> None:
    text = "本年度財政撥款收入為1,955.06萬元，與上年相比增加。"
    assert decoded(text.encode("big5")) == text


def test_a_page_of_the_web_says_its_encoding() -> None:
    page = f"<meta charset='gb2312'><p>{REPORT}</p>"
    assert decoded(page.encode("gb18030")) == page


def test_a_character_that_was_cut_costs_only_itself() -> None:
    text = decoded((REPORT * 9).encode()[:-2])
    assert text is not None
    assert text.startswith(REPORT)
    assert text.endswith("\ufffd")


@pytest.mark.parametrize("content", [b"", b" \n\r\n\t", "\ufeff".encode(), b"\x00\x01\x02bin", bytes(range(256)) * 4])
def test_what_is_no_text_is_refused_by_name(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(content)
    with pytest.raises(NotAText, match=r"^a\.txt "):
        read_text(file)


def test_every_figure_has_its_line_and_columns(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(REPORT.replace("\n", "\r\n").encode("utf-8-sig"))
    lines = REPORT.split("\n")
    pages = read_text(file)
    assert pages.written is not None
    found = []
    for token in split(pages, *FAMILIES).tokens:
        line, columns = pages.written.place(token.page, token.box)
        assert line is not None
        assert columns is not None
        found.append((line, lines[line - 1][columns[0] - 1 : columns[1]]))
    assert found == [(1, "2022"), (5, "2022"), (5, "1,955.06"), (5, "1,950.38"), (5, "4.68")]


WORDS = ("收入总计", "1,955.06", "万元", "\n\n", "- ", "**", "-3.20", "&nbsp;", "一、", "（项）", "表", "12")
MARKS = ("<td>", "<table><tr>", "</table>", "<br>", "|---|", *"，。|#% \n\t\f\u3000\u200b")
PIECES = st.sampled_from((*WORDS, *MARKS))


@given(
    text=st.lists(PIECES | st.text(max_size=4), max_size=60).map("".join),
    suffix=st.sampled_from([".txt", ".md", ".html"]),
)
def test_any_text_is_read_and_no_number_is_made(
    text: str, suffix: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.getbasetemp() / f"any{suffix}"
    file.write_bytes(text.encode("utf-8", "replace"))
    try:
        pages = read_text(file)
    except NotAText:
        return
    lines = [
        fold(line) for line in file.read_bytes().decode("utf-8").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    ]
    assert pages.written is not None
    for token in split(pages, *FAMILIES).tokens:
        line, columns = pages.written.place(token.page, token.box)
        assert line is not None
        if columns is not None and suffix != ".html":
            shown = lines[line - 1][columns[0] - 1 : columns[1]]
            kept = "".join(sign for sign in shown if sign.isdigit() or sign == ".")
            assert kept == "".join(sign for sign in fold(token.raw) if sign.isdigit() or sign == ".")


def test_a_figure_that_two_lines_share_has_the_line_that_it_begins_in(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    full = "本单位按照年初下达的预算安排各项资金并在年度内陆续完成了维护，"
    file.write_text(
        "\n".join([full, full, full, full, f"{full[:-3]}1,23", "4.56 万元，其余下年用。"]), encoding="utf-8"
    )
    pages = read_text(file)
    (token,) = split(pages, *FAMILIES).tokens
    assert str(token.value) == "1234.56"
    assert pages.written is not None
    assert pages.written.place(token.page, token.box) == (5, None)


def texts(pages_of: Path) -> list[str]:
    blocks = split(read_text(pages_of), *FAMILIES).blocks
    return [block.text.printed for block in blocks if isinstance(block, Paragraph)]


def test_form_feeds_part_pages(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("一、收入\f二、支出 12.00 万元\f", encoding="utf-8")
    pages = read_text(file)
    assert [page.number for page in pages.pages] == [1, 2]
    assert [token.page for token in split(pages, *FAMILIES).tokens] == [2]
    assert texts(file) == ["一、收入", "二、支出12.00万元"]

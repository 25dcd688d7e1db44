"""Running headers, footers and page numbers are the page's, not the report's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from recount.pipeline.document import Page
from recount.pipeline.split.furniture import running_lines, without_furniture
from recount.tests.pipeline.helpers import HEIGHT, line, page

FOOT, HEAD, BODY = 800.0, 40.0, 400.0


def left_over(pages: list[Page], number: int = 1) -> list[str]:
    shown = pages[number - 1]
    return [each.text for each in without_furniture(shown, shown.lines, running_lines(pages))]


@pytest.mark.parametrize(
    "shown",
    [
        "7",
        "- 7 -",
        "—7—",
        "－７－",
        "第7页",
        "第 7 页",
        "7/42",
        "第7页 共42页",
        "第7页/共42页",
        "· 7 ·",
        "~7~",
        "vii",
        "-7一",
        "-7二",
    ],
)
def test_a_page_number_in_any_style_goes(shown: str) -> None:
    assert left_over([page(1, line("正文", y=BODY), line(shown, y=FOOT))]) == ["正文"]


@pytest.mark.parametrize("shown", ["7人", "1,955.06", "第七部分", "2022年度", "注：7", "万元"])
def test_a_last_line_of_text_is_no_page_number(shown: str) -> None:
    assert left_over([page(1, line("正文", y=BODY), line(shown, y=FOOT))]) == ["正文", shown]


@pytest.mark.parametrize(("shown", "left"), [("-5:", []), ("*-12-'", []), ("5人.", ["5人."]), ("95%", ["95%"])])
def test_specks_around_a_page_number_of_a_scan_are_none_of_it(shown: str, left: list[str]) -> None:
    scanned = replace(page(1, line("正文", y=BODY), line(shown, y=FOOT)), origin="ocr")
    assert left_over([scanned]) == ["正文", *left]
    assert left_over([replace(scanned, origin="text")]) == ["正文", shown]


def test_a_number_in_the_body_is_no_page_number() -> None:
    assert left_over([page(1, line("7", y=BODY), line("12", y=HEIGHT * 0.85))]) == ["7", "12"]


def test_what_repeats_in_the_margins_goes_also_with_another_number_on_each_page() -> None:
    pages = [
        page(n, line("某某局决算公开", y=HEAD), line(f"正文{n}", y=BODY), line(f"决算公开 第{n}页", y=FOOT))
        for n in range(1, 5)
    ]
    assert [left_over(pages, n) for n in range(1, 5)] == [[f"正文{n}"] for n in range(1, 5)]


@pytest.mark.parametrize(("origin", "left"), [("ocr", False), ("text", True)])
def test_a_sign_of_a_running_line_may_be_read_in_another_way_on_each_page_of_a_scan(origin: str, left: bool) -> None:
    heads = [f"青{sign}区国有林管理站" for sign in "岗衡省山廊面"]
    pages = [page(n, line(head, y=HEAD), line("正文", y=BODY)) for n, head in enumerate(heads, 1)]
    scanned = [replace(each, origin=origin) for each in pages]
    assert [left_over(scanned, n) for n in range(1, 7)] == [[head] * left + ["正文"] for head in heads]


def test_lines_that_are_not_nearly_the_same_do_not_run() -> None:
    heads = ("社会保障和就业支出", "卫生健康支出", "城乡社区支出", "住房保障支出决算", "其他支出情况说明")
    pages = [replace(page(n, line(head, y=HEAD)), origin="ocr") for n, head in enumerate(heads, 1)]
    assert [left_over(pages, n) for n in range(1, 6)] == [[head] for head in heads]


def test_the_same_line_in_the_body_stays() -> None:
    pages = [page(n, line("某某局", y=HEAD), line("某某局", y=BODY)) for n in range(1, 5)]
    assert left_over(pages) == ["某某局"]


def test_a_line_that_comes_on_few_pages_is_no_running_header() -> None:
    twice = [page(n, line("项目支出绩效自评表", y=HEAD), line("正文", y=BODY)) for n in (1, 2)]
    assert left_over(twice) == ["项目支出绩效自评表", "正文"]
    others = [page(n, line(f"{sign}节", y=HEAD), line("正文", y=BODY)) for n, sign in enumerate("甲乙丙丁戊", 4)]
    thrice = [page(n, line("项目支出绩效自评表", y=HEAD), line("正文", y=BODY)) for n in (1, 2, 3)]
    assert left_over(thrice + others) == ["项目支出绩效自评表", "正文"]


def across(number: int, text: str) -> Page:
    return replace(page(number, line(text, y=55.0), line(f"正文{number}", y=300.0)), width=842.0, height=595.0)


def test_on_a_page_laid_across_a_running_header_stands_lower() -> None:
    upright = [page(n, line("某某县审计局", y=HEAD), line(f"正文{n}", y=BODY)) for n in range(1, 5)]
    assert left_over([*upright, across(5, "某某县审计局")], 5) == ["正文5"]


def test_what_stands_high_on_all_pages_laid_across_is_the_tables() -> None:
    assert left_over([across(n, "金额单位：元") for n in range(1, 5)]) == ["金额单位：元", "正文1"]


def test_a_running_header_that_ocr_misread_goes_too() -> None:
    read = ["澜望地区审计局", "澜望地区审计局", "湖望地区审计局", "澜望地区审计局"]
    pages = [page(n, line(text, y=HEAD), line(f"正文{n}", y=BODY)) for n, text in enumerate(read, 1)]
    assert left_over([replace(each, origin="ocr") for each in pages], 3) == ["正文3"]
    assert left_over(pages, 3) == ["湖望地区审计局", "正文3"]  # printed so


def numbered(count: int, step: int = 1, x: float = 40.0) -> Page:
    """A page with a number in the margin beside its lines."""
    lines = [line(f"第{n}行有12.50万元", x=72, y=100 + 20 * n) for n in range(count)]
    numbers = [line(str(step * (n + 1)), x=x, y=100 + 20 * n * step) for n in range(count // step)]
    return page(1, *lines, *numbers)


@pytest.mark.parametrize(("count", "step", "x"), [(5, 1, 40.0), (30, 1, 40.0), (30, 5, 40.0), (12, 1, 400.0)])
def test_the_numbers_of_the_lines_in_the_margin_go(count: int, step: int, x: float) -> None:
    assert left_over([numbered(count, step, x)]) == [f"第{n}行有12.50万元" for n in range(count)]


def test_few_numbers_and_numbers_that_do_not_count_on_stay() -> None:
    assert len(left_over([numbered(4)])) == 8
    shown = numbered(8)
    lines = [replace(each, text="9") if each.text == "5" else each for each in shown.lines]
    assert len(left_over([replace(shown, lines=tuple(lines))])) == 16


def test_numbers_among_the_text_stay() -> None:
    lines = [line(f"{n}" if n % 2 else "正文很长的一行", x=72, y=100 + 20 * n) for n in range(20)]
    assert len(left_over([page(1, *lines)])) == 20


def test_a_number_beside_others_of_a_row_is_no_page_number() -> None:
    row = [line(word, x=100.0 * at, y=FOOT) for at, word in enumerate(("满意度", "90%", "95%", "10", "10"), 1)]
    assert left_over([page(1, line("正文", y=BODY), *row)]) == ["正文", "满意度", "90%", "95%", "10", "10"]
    assert left_over([page(1, line("正文", y=BODY), *row[2:4])]) == ["正文", "95%"]


@pytest.mark.parametrize("shown", [("2027", "345", "80"), ("Total", "1,204", "998"), ("Debt", "(12)", "9")])
def test_the_last_row_of_a_table_may_stand_in_the_margin(shown: tuple[str, ...]) -> None:
    row = [line(text, x=60.0 + 150 * at, y=FOOT) for at, text in enumerate(shown)]
    assert left_over([page(1, line("Words", y=BODY), *row)]) == ["Words", *shown]
    assert left_over([page(1, line("Words", y=BODY), row[0], line("Report", x=210.0, y=FOOT))])[-1:] == ["Report"]


def test_on_a_scan_amounts_keep_their_row_in_the_margin() -> None:
    def scanned(*texts: str) -> list[str]:
        row = [line(text, x=60.0 + 150 * at, y=FOOT) for at, text in enumerate(texts)]
        return left_over([replace(page(1, line("Words", y=BODY), *row), origin="ocr")])

    assert scanned("2027", "1,345", "80") == ["Words", "2027", "1,345", "80"]
    assert scanned("7", "1", "2") == ["Words"]

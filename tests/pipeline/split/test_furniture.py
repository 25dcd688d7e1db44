"""Running headers, footers and page numbers are the page's, not the report's."""

from __future__ import annotations

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
    ["7", "- 7 -", "—7—", "－７－", "第7页", "第 7 页", "7/42", "第7页 共42页", "第7页/共42页", "· 7 ·", "~7~", "vii"],
)
def test_a_page_number_in_any_style_goes(shown: str) -> None:
    assert left_over([page(1, line("正文", y=BODY), line(shown, y=FOOT))]) == ["正文"]


@pytest.mark.parametrize("shown", ["7人", "1,955.06", "第七部分", "2022年度", "注：7", "万元"])
def test_a_last_line_of_text_is_no_page_number(shown: str) -> None:
    assert left_over([page(1, line("正文", y=BODY), line(shown, y=FOOT))]) == ["正文", shown]


def test_a_number_in_the_body_is_no_page_number() -> None:
    assert left_over([page(1, line("7", y=BODY), line("12", y=HEIGHT * 0.85))]) == ["7", "12"]


def test_what_repeats_in_the_margins_goes_also_with_another_number_on_each_page() -> None:
    pages = [
        page(n, line("某某局决算公开", y=HEAD), line(f"正文{n}", y=BODY), line(f"决算公开 第{n}页", y=FOOT))
        for n in range(1, 5)
    ]
    assert [left_over(pages, n) for n in range(1, 5)] == [[f"正文{n}"] for n in range(1, 5)]


def test_the_same_line_in_the_body_stays() -> None:
    pages = [page(n, line("某某局", y=HEAD), line("某某局", y=BODY)) for n in range(1, 5)]
    assert left_over(pages) == ["某某局"]


def test_a_line_that_comes_on_few_pages_is_no_running_header() -> None:
    twice = [page(n, line("项目支出绩效自评表", y=HEAD), line("正文", y=BODY)) for n in (1, 2)]
    assert left_over(twice) == ["项目支出绩效自评表", "正文"]
    others = [page(n, line(f"{sign}节", y=HEAD), line("正文", y=BODY)) for n, sign in enumerate("甲乙丙丁戊", 4)]
    thrice = [page(n, line("项目支出绩效自评表", y=HEAD), line("正文", y=BODY)) for n in (1, 2, 3)]
    assert left_over(thrice + others) == ["项目支出绩效自评表", "正文"]

"""Which pages of a file are whose: several reports, a stray page, pages that come twice, and what must stay one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recount.pipeline.document import Line, Origin, Page, Pages, Remark, Ruling
from recount.pipeline.split.reports import reports_of
from recount.schemas.registry import FAMILIES

WIDTH, HEIGHT = 600.0, 800.0
TABLES = ("收入支出决算总表", "收入决算表", "支出决算表", "财政拨款收入支出决算总表")
SECTIONS = (
    "一、收入支出决算总体情况说明",
    "二、收入决算情况说明",
    "三、支出决算情况说明",
    "四、财政拨款收入支出决算总体情况说明",
)


def a_line(text: str, x: float, y: float) -> Line:
    boxes = tuple((x + 10 * index, y, x + 10 * index + 10, y + 12) for index in range(len(text)))
    return Line(text, boxes, (x, y, x + 10 * len(text), y + 12))


def a_page(*texts: str, number: int | None = None, table: bool = False, origin: Origin = "text") -> Page:
    """A page with these lines; number: printed at its foot; table: its lines from the third on stand in a table."""
    lines = [a_line(text, 80, 100 + 20 * index) for index, text in enumerate(texts)]
    lines += [a_line(str(number), 300, 760)] if number else []
    walls = [Ruling(x, 138, x, 100 + 20 * len(texts)) for x in (70, 300, 530)] if table else []
    return Page(1, WIDTH, HEIGHT, tuple(lines), tuple(walls), origin)


def a_cover(unit: str, year: int = 2022) -> Page:
    return a_page(f"{year}年度", f"{unit}部门决算")


def contents() -> Page:
    return a_page("目录", "第一部分 概况", "第二部分 决算表", *TABLES, "第三部分 情况说明", *SECTIONS)


def a_table(title: str, unit: str = "", year: int = 2022, amount: str = "12.50", number: int | None = None) -> Page:
    head = f"部门：{unit}    {year}年度    金额单位：万元" if unit else "金额单位：万元"
    return a_page(title, head, "项目", "决算数", f"一、{title}合计", amount, "栏次", "1", number=number, table=True)


def a_text(section: str, amount: str = "12.50", number: int | None = None) -> Page:
    return a_page(section, f"2022年度总计{amount}万元，比上年增加1.10万元，", "增长2.00%。", number=number)


def a_report(unit: str, year: int = 2022, amount: str = "12.50") -> list[Page]:
    tables = [a_table(title, unit, year, amount) for title in TABLES]
    narrative = [a_page("第三部分 情况说明"), *(a_text(section, amount) for section in SECTIONS)]
    return [a_cover(unit, year), contents(), *tables, *narrative]


def in_a_file(pages: Sequence[Page]) -> Pages:
    return Pages(tuple(replace(page, number=number) for number, page in enumerate(pages, 1)))


def parted(*pages: Page) -> list[list[int]]:
    """The numbers of the pages of each report."""
    return [[page.number for page in report.pages] for report in reports_of(in_a_file(pages), *FAMILIES)]


def remarks(*pages: Page) -> list[Remark]:
    return [
        remark for report in reports_of(in_a_file(pages), *FAMILIES) for page in report.pages for remark in page.remarks
    ]


def upto(first: int, last: int) -> list[int]:
    return list(range(first, last + 1))


A, B = "北岭市水利局", "青崮区档案馆"
LENGTH = len(a_report(A))


class TestOneReport:
    def test_it_is_handed_on_as_it_is(self) -> None:
        pages = in_a_file(a_report(A))
        (report,) = reports_of(pages, *FAMILIES)
        assert report is pages

    def test_a_title_page_twice_before_anything_else(self) -> None:
        assert len(parted(a_cover(A), a_page(f"{A}2022年度", "部门决算公开"), *a_report(A)[1:])) == 1

    def test_a_title_page_of_its_tables_in_its_midst(self) -> None:
        report = a_report(A)
        assert len(parted(*report[:6], a_page(f"{A}2022年度部门决算情况说明"), *report[6:])) == 1

    def test_a_table_of_contents_that_does_not_say_so_on_two_pages(self) -> None:
        listed = [a_page("第二部分 决算表", *TABLES, "第三部分 情况说明", *SECTIONS[:3]), a_page(*SECTIONS[3:])]
        assert len(parted(a_cover(A), a_page("目 录", *TABLES), *listed, *a_report(A)[2:])) == 1
        assert not remarks(a_cover(A), a_page("目 录", *TABLES), *listed, *a_report(A)[2:])

    def test_units_below_it_in_its_text(self) -> None:
        told = a_page("二、机构设置", "纳入部门决算的单位有：", f"1.{A}本级", f"2.{B}", "3.青崮区图书馆")
        assert len(parted(*a_report(A)[:2], told, *a_report(A)[2:])) == 1

    def test_evaluations_of_other_units_and_years(self) -> None:
        evaluation = a_page("项目支出绩效自评表", "（2021年度）", f"单位名称：{B}", "项目", "12.50", table=True)
        assert len(parted(*a_report(A), evaluation)) == 1

    def test_a_head_that_shortens_the_name_of_the_unit(self) -> None:
        assert len(parted(*a_report("北岭市人力资源和社会保障局"), a_table("附加收入决算表", "北岭市人社局"))) == 1
        assert not remarks(*a_report(A), a_table("附加收入决算表", "水利局"))

    def test_the_title_of_a_table_on_each_of_its_pages(self) -> None:
        again = a_page("收入决算表", f"部门：{A}    2022年度", "项目", "决算数", "30.10", "7.20", table=True)
        report = a_report(A)
        assert not remarks(*report[:4], again, *report[4:])


class TestSeveralReports:
    def test_a_title_page_of_another_unit(self) -> None:
        assert parted(*a_report(A), *a_report(B)) == [upto(1, LENGTH), upto(LENGTH + 1, 2 * LENGTH)]

    def test_a_title_page_of_another_unit_and_nothing_that_comes_again(self) -> None:
        assert parted(*a_report(A)[:4], a_cover(B), a_text(SECTIONS[0])) == [upto(1, 4), [5, 6]]

    def test_a_title_page_of_another_year(self) -> None:
        pages = (*a_report(A, 2021, "9.30"), *a_report(A, 2022))
        assert parted(*pages) == [upto(1, LENGTH), upto(LENGTH + 1, 2 * LENGTH)]

    def test_a_year_in_ideographs(self) -> None:
        one, other = (a_page(f"二〇二{year}年度", f"{A}部门决算") for year in "一二")
        assert parted(one, *a_report(A)[2:6], other, a_text(SECTIONS[0])) == [upto(1, 5), [6, 7]]

    def test_another_version(self) -> None:
        pages = (*a_report(A), *a_report(A, amount="13.50"))
        assert parted(*pages) == [upto(1, LENGTH), upto(LENGTH + 1, 2 * LENGTH)]

    def test_a_unit_of_the_department(self) -> None:
        pages = (*a_report(A), *a_report(f"{A}灌溉站", amount="2.50"))
        assert parted(*pages) == [upto(1, LENGTH), upto(LENGTH + 1, 2 * LENGTH)]

    @pytest.mark.parametrize("left_out", [1, 2])
    def test_an_outline_that_begins_again_without_a_title_page(self, left_out: int) -> None:
        pages = (*a_report(A), *a_report(B, amount="2.50")[left_out:])
        assert parted(*pages) == [upto(1, LENGTH), upto(LENGTH + 1, len(pages))]

    def test_what_stands_before_the_outline_by_the_page_numbers(self) -> None:
        first = [replace(page, lines=(*page.lines, a_line(str(n), 300, 760))) for n, page in enumerate(a_report(A), 1)]
        overview = [a_page("本单位负责档案的收集与保管。", number=3), a_page("下设三个科室。", number=4)]
        second = [a_table(title, B, amount="2.50", number=n) for n, title in enumerate(TABLES, 5)]
        assert parted(*first, *overview, *second) == [upto(1, LENGTH), upto(LENGTH + 1, LENGTH + 6)]

    def test_a_report_behind_evaluations(self) -> None:
        evaluation = a_page("项目支出绩效自评表", "（2021年度）", f"主管部门{B}", "项目", "12.50", table=True)
        assert parted(evaluation, *a_report(A)) == [[1], upto(2, LENGTH + 1)]

    def test_evaluations_of_two_years(self) -> None:
        years = [a_page("项目支出绩效自评表", f"（{year}年度）", f"金额{year}.50", table=True) for year in (2021, 2022)]
        more = a_page("总分", "96.50", table=True)
        assert parted(years[0], more, years[1]) == [[1, 2], [3]]

    def test_tables_of_two_years_in_turn(self) -> None:
        turns = [a_table(title, A, year, f"{year}.10") for title in TABLES for year in (2021, 2022)]
        assert parted(a_cover(A), *turns) == [[1, 2, 4, 6, 8], [3, 5, 7, 9]]


class TestPagesThatComeTwice:
    def test_each_in_a_row(self) -> None:
        assert parted(*(page for page in a_report(A) for _ in (1, 2))) == [list(range(1, 2 * LENGTH, 2))]

    def test_the_whole_report_again(self) -> None:
        assert parted(*a_report(A), *a_report(A)) == [upto(1, LENGTH)]
        said = remarks(*a_report(A), *a_report(A))
        assert [(remark.kind, remark.page) for remark in said] == [
            ("repeated page", number) for number in upto(LENGTH + 1, 2 * LENGTH)
        ]
        assert not any(remark.touches for remark in said)

    def test_with_other_page_numbers(self) -> None:
        assert parted(a_text(SECTIONS[0], number=1), a_text(SECTIONS[0], number=2)) == [[1]]

    def test_one_figure_differs(self) -> None:
        """Two versions of a page: neither is left out, and neither can be believed."""
        pages = (a_cover(A), a_text(SECTIONS[0]), a_text(SECTIONS[0], amount="12.60"))
        assert parted(*pages) == [[1, 2, 3]]
        assert [(remark.kind, remark.page, remark.touches) for remark in remarks(*pages)] == [
            ("two versions", 2, True),
            ("two versions", 3, True),
        ]

    def test_a_figure_stands_in_another_column(self) -> None:
        table = a_table(TABLES[1], A)
        moved = tuple(a_line(line.text, 310, line.box[1]) if line.text == "12.50" else line for line in table.lines)
        assert parted(table, replace(table, lines=moved)) == [[1, 2]]

    def test_the_same_rows_in_two_tables(self) -> None:
        rest = a_page("208", "社会保障", "12.50", "3.40", table=True)
        assert parted(a_table(TABLES[1], A), rest, a_table(TABLES[2], A), rest) == [[1, 2, 3, 4]]
        assert not remarks(a_table(TABLES[1], A), rest, a_table(TABLES[2], A), rest)

    def test_empty_pages_are_no_copies(self) -> None:
        assert parted(a_page(number=1), a_text(SECTIONS[0]), a_page(number=3)) == [[1, 2, 3]]

    def test_scans_are_one_page_if_the_figures_are_the_same(self) -> None:
        one, misread, other = (
            a_page("收入合计12.50万元，比上年增加", last, origin="ocr")
            for last in ("1.10万元。", "1.10万无。", "1.70万元。")
        )
        assert parted(one, misread) == [[1]]
        assert parted(one, other) == [[1, 2]]


class TestStrayPages:
    def test_a_table_of_another_unit(self) -> None:
        pages = a_report(A)
        pages.insert(4, a_table(TABLES[1], B, amount="2.50"))
        assert parted(*pages) == [[*upto(1, 4), *upto(6, LENGTH + 1)]]
        (remark,) = remarks(*pages)
        assert (remark.kind, remark.page) == ("other report", 5)
        assert B in str(remark.words)

    def test_a_table_of_another_year(self) -> None:
        pages = a_report(A)
        pages.insert(4, a_table(TABLES[1], A, 2021, "2.50"))
        assert parted(*pages) == [[*upto(1, 4), *upto(6, LENGTH + 1)]]

    def test_a_table_goes_on(self) -> None:
        """The pages behind its first have no head; what has headings of its own is the report's again."""
        pages = a_report(A)
        pages[4:4] = [a_table(TABLES[1], B, amount="2.50"), a_page("213", "农林水", "1.40", table=True)]
        assert parted(*pages) == [[*upto(1, 4), *upto(7, LENGTH + 2)]]

    def test_names_that_differ_in_one_character(self) -> None:
        pages = [*a_report("望垣县第一中学"), a_table("附加收入决算表", "望垣县第二中学")]
        assert parted(*pages) == [upto(1, LENGTH)]

    def test_a_city_and_its_district(self) -> None:
        pages = [*a_report("望垣市财政局"), a_table("附加收入决算表", "望垣市青崮区财政局")]
        assert parted(*pages) == [upto(1, LENGTH)]

    def test_scans_may_misread_a_character(self) -> None:
        pages = [*a_report(A), replace(a_table("附加收入决算表", "北岭市水剂局"), origin="ocr")]
        assert parted(*pages) == [upto(1, LENGTH + 1)]
        assert not remarks(*pages)

    @pytest.mark.parametrize(("unit", "year"), [(A, 2021), ("北岭市水刺屈", 2022)])
    def test_what_a_scan_may_have_misread_counts_for_nothing(self, unit: str, year: int) -> None:
        pages = [*a_report(A), replace(a_table("附加收入决算表", unit, year), origin="ocr")]
        assert parted(*pages) == [upto(1, LENGTH + 1)]
        assert [(remark.page, remark.touches) for remark in remarks(*pages)] == [(LENGTH + 1, True)]

    @pytest.mark.parametrize(
        ("title", "unit", "year", "own"),
        [
            ("附加收入决算表", "化岭市水刺屈", 2022, True),  # half of the name
            ("附加收入决算表", "化岭市水刺屈", 2021, False),
            ("附加收入决算表", "化岭县卫刺屈", 2022, False),
            ("附加收入决算表", "化岭市水刺", 2022, False),
            (TABLES[1], "化岭市水刺屈", 2022, False),  # the report has that table
        ],
    )
    def test_a_table_whose_head_is_hardly_read_is_of_a_report_without_it(
        self, title: str, unit: str, year: int, *, own: bool
    ) -> None:
        pages = [*a_report(A), replace(a_table(title, unit, year, "2.50"), origin="ocr")]
        assert parted(*pages) == [upto(1, LENGTH + own)]
        assert (LENGTH + 1, own) in [(remark.page, remark.touches) for remark in remarks(*pages)]

    def test_a_table_with_a_head_among_tables_without(self) -> None:
        report = [a_cover(A), contents(), *map(a_table, TABLES), *map(a_text, SECTIONS)]
        assert parted(*report, a_table("附加收入决算表", B)) == [upto(1, len(report))]
        assert parted(*report, a_table("附加收入决算表", A)) == [upto(1, len(report) + 1)]

    def test_a_heading_that_comes_again(self) -> None:
        """Nobody can tell which of the two is the report's."""
        pages = [*a_report(A), a_text(SECTIONS[1], amount="2.50")]
        assert [(remark.page, remark.touches) for remark in remarks(*pages)] == [(9, True), (LENGTH + 1, True)]

    def test_several_headings_of_another_s_narrative_on_one_page(self) -> None:
        stray = a_page(*(line for section in SECTIONS[:3] for line in (section, "本年支出3.20万元，增长2.00%。")))
        report = a_report(A)
        assert len(parted(*report[:10], stray, *report[10:])) == 1
        assert {remark.page for remark in remarks(*report[:10], stray, *report[10:])} == {8, 9, 10, 11}

    def test_page_numbers_tell_which_is_the_report_s(self) -> None:
        first, second = a_text(SECTIONS[0], number=7), a_text(SECTIONS[1], number=8)
        stray = a_page(SECTIONS[0], "本年支出3.20万元。", number=20)
        assert parted(first, stray, second) == [[1, 3]]

    def test_a_page_without_headings_out_of_line(self) -> None:
        first, second = a_text(SECTIONS[0], number=7), a_text(SECTIONS[1], number=8)
        (remark,) = remarks(first, a_page("本年支出3.20万元。", number=20), second)
        assert (remark.page, remark.touches) == (2, True)
        assert [remark.page for remark in remarks(first, a_page("本年支出3.20万元。", number=7), second)] == [1, 2]

    def test_a_page_that_is_missing_is_none(self) -> None:
        assert not remarks(a_text(SECTIONS[0], number=7), a_text(SECTIONS[1], number=9), a_text(SECTIONS[2], number=10))


def test_pages_that_cannot_be_read_stay_where_they_are() -> None:
    blank = replace(a_page(), readable=False)
    assert parted(*a_report(A), blank, *a_report(B)) == [upto(1, LENGTH + 1), upto(LENGTH + 2, 2 * LENGTH + 1)]


POOL = (
    *a_report(A),
    *a_report(B, amount="2.50"),
    *a_report(A, 2021, "9.30")[:5],
    a_table(TABLES[1], A, amount="13.40", number=7),
    a_text(SECTIONS[0], number=8),
    a_text(SECTIONS[0], number=20),
    a_page("项目支出绩效自评表", "（2021年度）", "12.50", table=True),
    a_page(),
    replace(a_page(), readable=False),
)


@given(st.lists(st.sampled_from(POOL), min_size=1, max_size=25))
def test_no_page_is_lost_in_silence(pages: list[Page]) -> None:
    """Each is in one report, or a remark says that it is left out, and why."""
    reports = reports_of(in_a_file(pages), *FAMILIES)
    kept = [page.number for report in reports for page in report.pages]
    said = {remark.page for report in reports for page in report.pages for remark in page.remarks}
    assert len(kept) == len(set(kept))
    assert set(kept) | said >= set(upto(1, len(pages)))
    assert all(report.pages for report in reports)
    assert all(list(report.pages) == sorted(report.pages, key=lambda page: page.number) for report in reports)


def test_the_last_rows_of_two_tables_may_be_printed_alike() -> None:
    """总分 100 88.17 alone on a page: neither the same page twice nor another version."""
    tails = [a_page("澜望地区第三中学", "总分", "100", score, "分") for score in ("100.00", "88.17", "100.00")]
    pages = a_report(A)
    pages[7:7] = [tails[0], a_text(SECTIONS[0]), tails[1], a_text(SECTIONS[1]), tails[2]]
    pages = [page for page in pages if page is not pages[-1]]
    told = [remark.page for remark in remarks(*pages)]
    assert not {8, 10, 12} & set(told)
    assert {8, 10, 12} <= {number for report in parted(*pages) for number in report}


def test_a_title_above_a_later_part_begins_a_report_of_another_unit() -> None:
    """X单位2022年度部门决算公开说明 / 第二部分 …: a report whose first part was left out."""
    other = [
        a_page(f"{B}2022年度部门决算公开说明", "第二部分 部门决算情况说明", SECTIONS[0], "2022年度总计84.25万元。")
    ]
    assert parted(*a_report(A), *other, a_text(SECTIONS[1], "84.25")) == [upto(1, LENGTH), upto(LENGTH + 1, LENGTH + 2)]

"""Which period the head of a column says: dated where that is certain, and none where it says anything else."""

from __future__ import annotations

import calendar
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recount.schemas.statements import (
    Statement,
    dated,
    frame_of,
    halves_of_time,
    in_frame,
    is_before,
    period_in,
    period_of,
    periods_in,
    previous_of,
    says_time,
)

_MONTHS = calendar.month_name


def told(head: str) -> str | None:
    period = period_of(head)
    return period.told if period is not None else None


@pytest.mark.parametrize(
    ("head", "period"),
    [
        ("2024", "2024"),
        ("FY2024", "2024"),
        ("FY24", "2024"),
        ("2023/24", "2024"),
        ("2024 £'000", "2024"),
        ("2024 (unaudited)", "2024"),
        ("December 31, 2024", "2024-12-31"),
        ("As at 31 March 2024", "2024-03-31"),
        ("31.12.2024", "2024-12-31"),
        ("31/12/2024", "2024-12-31"),
        ("2024-12-31", "2024-12-31"),
        ("Three Months Ended June 30, 2024", "P3M/2024-06-30"),
        ("Year ended 31 December 2024", "P12M/2024-12-31"),
        ("Thirteen weeks ended September 28, 2024", "P13W/2024-09-28"),
        ("Q3 2024", "2024-Q3"),
        ("2019年12月31日", "2019-12-31"),
        ("2019年度", "2019"),
        ("2019年1-6月", "P6M/2019-06-30"),
        ("2019年前三季度", "P9M/2019-09-30"),
        ("2019年第三季度", "2019-Q3"),
        ("中华民国113年度", "2024"),
        ("本年数", "current"),
        ("上年同期数", "previous"),
        ("期末余额", "current"),
        ("年初余额", "opening"),
    ],
)
def test_a_head_says_its_period(head: str, period: str) -> None:
    assert told(head) == period


@pytest.mark.parametrize(
    "head",
    [
        "", "Note", "附注", "31", "12", "December 31", "2024 2023", "本年度与上年度比较", "Change 2024", "增减率",
        "2024 restated for inflation", "February 30, 2024", "3/4/2024", "2023-26", "Group", "本年上年", "第三季度",
    ],
)  # fmt: skip
def test_what_says_no_one_period_is_none(head: str) -> None:
    assert told(head) is None


@given(st.dates(date(1950, 1, 1), date(2049, 12, 31)))
def test_a_day_is_the_same_in_every_form(day: date) -> None:
    month = _MONTHS[day.month]
    forms = [
        f"{month} {day.day}, {day.year}", f"{day.day} {month} {day.year}", f"As of {month[:3]}. {day.day}, {day.year}",
        f"{day.year}年{day.month}月{day.day}日", f"{day.day}.{day.month}.{day.year}", day.isoformat(),
    ]  # fmt: skip
    assert {told(form) for form in forms} == {day.isoformat()}


def test_the_latest_stands_first_and_the_shorter_before_the_longer() -> None:
    heads = ["2023年12月31日", "Six months ended June 30, 2024", "2024年12月31日", "Three months ended June 30, 2024"]
    periods = [period for head in heads if (period := period_of(head)) is not None]
    in_order = [period.told for period in sorted(periods, key=lambda period: period.order)]
    assert in_order == ["2024-12-31", "2023-12-31", "P3M/2024-06-30", "P6M/2024-06-30"]


@pytest.mark.parametrize(
    ("over", "heads", "found"),
    [
        ("2019年12月31日", ["期末余额", "年初余额"], ["2019-12-31", "2018-12-31"]),
        ("2019年度", ["本年数", "上年数"], ["2019", "2018"]),
        ("2019年1-6月", ["本期", "上年同期"], ["P6M/2019-06-30", "P6M/2018-06-30"]),
        ("", ["2019年12月31日", "年初余额"], ["2019-12-31", "2018-12-31"]),
        ("", ["期末余额", "期初余额"], ["current", "opening"]),
        ("2019年度", ["本期", "期初"], ["2019", "opening"]),
        ("2024年2月29日", ["本期", "上年同期"], ["2024-02-29", "2023-02-28"]),
    ],
)
def test_what_is_relative_is_dated_by_the_title(over: str, heads: list[str], found: list[str]) -> None:
    periods = [period for head in heads if (period := period_of(head)) is not None]
    assert [period.told for period in dated(periods, period_of(over))] == found


@pytest.mark.parametrize(
    ("head", "period", "besides"),
    [
        ("December 31, 2024", "2024-12-31", ""),
        ("Total funds 2024", "2024", "Total funds"),
        ("Consolidated June 30, 2024", "2024-06-30", "Consolidated"),
        ("2024 Unrestricted", "2024", "Unrestricted"),
        ("FY 2023 Adopted", "2023", "Adopted"),
        ("合并 2020年12月31日", "2020-12-31", "合并"),
        ("Three months ended June 30, 2024 Parent", "P3M/2024-06-30", "Parent"),
        ("Change from 2023", None, ""),
        ("2024 over 2023", None, ""),
        ("Increase 2024", None, ""),
        ("Note 2024", None, ""),
        ("Due after 2025", None, ""),
        ("2024年 增减额", None, ""),
        ("Restricted funds", None, ""),
        ("", None, ""),
    ],
)
def test_a_head_may_say_a_period_and_what_else_its_column_is_of(head: str, period: str | None, besides: str) -> None:
    found, rest = period_in(head)
    assert ((found.told if found else None), rest) == (period, besides)


@pytest.mark.parametrize(
    ("line", "head", "period"),
    [
        ("for the nine months ended September 30, 2024 and 2023", "2023", "P9M/2023-09-30"),
        ("Six Months Ended February 29,", "2023", "P6M/2023-02-28"),
        ("thirteen weeks ended June 29, 2024 and July 1, 2023", "2023", "2023"),
        ("nine months ended September 30,", "June 30, 2024", "2024-06-30"),
        ("years ended December 31, 2024 and 2023", "2023", "2023"),
        ("Three months", "2023", "2023"),
    ],
)
def test_a_line_over_a_table_may_say_all_of_its_periods_but_the_year(line: str, head: str, period: str) -> None:
    found = in_frame(period_of(head), frame_of(line))
    assert found is not None
    assert found.told == period


@pytest.mark.parametrize(
    "line", ["December 31, 2024 and 2023", "As of June 30, 2024 and December 31, 2023", "2019年12月31日"]
)
def test_days_say_no_more_than_time(line: str) -> None:
    assert says_time(line)
    assert not says_time(f"{line} of the Company")
    assert not says_time("Amounts")


@pytest.mark.parametrize(
    ("line", "halves"),
    [
        ("Three Months Ended Nine Months Ended", ("Three Months Ended", "Nine Months Ended")),
        ("June 30, 2024 December 31, 2023", ("June 30, 2024", "December 31, 2023")),
        ("Three Months Ended September 30,", None),
        ("June 30, 2024 Change", None),
        ("2024", None),
    ],
)
def test_two_periods_may_stand_in_one_line(line: str, halves: tuple[str, str] | None) -> None:
    assert halves_of_time(line) == halves


@pytest.mark.parametrize(
    ("period", "other", "before"),
    [
        ("2023", "2024", True),
        ("2023-12-31", "2024-12-31", True),
        ("2023-02-28", "2024-02-29", True),
        ("P3M/2023-06-30", "P3M/2024-06-30", True),
        ("P52W/2023-09-30", "P53W/2024-10-05", True),
        ("2023-Q2", "2024-Q2", True),
        ("2023-06", "2024-06", True),
        ("previous", "current", True),
        ("opening", "current", True),
        ("2024", "2023", False),
        ("2022", "2024", False),
        ("2023-12-31", "2024-06-30", False),
        ("P3M/2023-06-30", "P6M/2024-06-30", False),
        ("P3M/2024-03-31", "P3M/2024-06-30", False),
        ("2023-Q1", "2024-Q2", False),
        ("2023", "2024-12-31", False),
        ("2023", "current", False),
        ("current", "previous", False),
        (None, "2024", False),
        ("2023", None, False),
    ],
)
def test_the_period_before_is_as_long_and_a_year_earlier(period: str | None, other: str | None, before: bool) -> None:
    assert is_before(period, other) is before


@pytest.mark.parametrize(
    ("heads", "besides"),
    [
        (("2024 Budget", "2024 Actual", "2023 Actual"), ["budget", "actual", "actual"]),
        (("2024年预算数", "2024年决算数"), ["预算", "决算"]),
        (("2024 Budget", "2024", "2023"), ["", "", ""]),
        (("2024 Actual", "2023 Actual"), ["", ""]),
        (("General 2024 Budget", "General 2024 Actual"), ["General budget", "General actual"]),
    ],
)
def test_what_figures_are_is_said_where_it_tells_columns_apart(heads: tuple[str, ...], besides: list[str]) -> None:
    assert [rest for _, rest in periods_in(heads)] == besides


def test_the_period_before_is_of_the_same() -> None:
    heads = {"2024 Budget": "2024", "2024 Actual": "2024", "2023 Actual": "2023"}
    columns = [Statement[int](period=period, head=head) for head, period in heads.items()]
    assert [previous_of(column, columns) for column in columns] == [None, columns[2], None]
    alone = [Statement[int](period="2024", head="2024"), columns[2]]
    assert previous_of(alone[0], alone) is columns[2]

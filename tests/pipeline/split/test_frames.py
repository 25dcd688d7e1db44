"""Frames that do not say where rows are."""

from __future__ import annotations

from pathlib import Path

from recount.tests.pipeline.split.paper import Paper, grids, shown, titles, values

XS = (40.0, 240.0, 340.0, 440.0, 555.0)
HEAD = ("科目名稱", "預算數", "決算數", "說明")
ROWS = (("稅課收入", "1,234,567", "1,300,000"), ("房屋稅", "734,567", "-780,000"), ("合計", "1,262,567", "1,326,500"))


def opened(paper: Paper, bottom: float = 400.0) -> None:
    """A frame with ruled columns whose rows are not ruled, below a head."""
    for x in XS:
        paper.rule(x, 90, x, bottom)
    for y in (90.0, 110.0, bottom):
        paper.rule(XS[0], y, XS[-1], y)
    for left, right, text in zip(XS, XS[1:], HEAD, strict=False):
        paper.put((left + right) / 2, 104, text, "^")
    paper.put(555, 84, "單位：新臺幣千元", ">")


def test_rows_that_nothing_rules_are_told_by_their_figures(tmp_path: Path) -> None:
    paper = Paper("china-t")
    opened(paper)
    for at, (label, *figures) in enumerate(ROWS):
        y = 130 + 60 * at
        paper.put(44, y, f"0{at}")
        paper.put(44, y + 11, label)
        for right, figure in zip(XS[2:], figures, strict=False):
            paper.put(right - 20, y, figure, ">")
        for line in range(4):
            paper.put(444, y + 11 * line, "較上年度增加")
    [grid] = grids(paper.read(tmp_path))
    assert (grid.rows, grid.unit) == (4, "新台币千元")
    assert [row[0] for row in shown(grid)[1:]] == ["00稅課收入", "01房屋稅", "02合計"]
    assert values(grid, "01房屋稅") == ["734567", "-780000"]
    assert all(row[3] == "較上年度增加" * 4 for row in shown(grid)[1:])


def test_of_rows_set_closely_each_line_is_one(tmp_path: Path) -> None:
    paper = Paper("china-t")
    opened(paper)
    for at, (label, *figures) in enumerate([ROWS[0], ("其他",), *ROWS[1:]]):
        paper.put(44, 130 + 14 * at, label)
        for right, figure in zip(XS[2:], figures, strict=False):
            paper.put(right - 20, 130 + 14 * at, figure, ">")
    [grid] = grids(paper.read(tmp_path))
    assert [row[0] for row in shown(grid)[1:]] == ["稅課收入", "其他", "房屋稅", "合計"]
    assert values(grid, "合計") == ["1262567", "1326500"]


def test_figures_that_are_broken_for_want_of_room_stay_in_one_row(tmp_path: Path) -> None:
    paper = Paper("china-t")
    opened(paper)
    for right in XS[2:4]:
        for at, part in enumerate(("1234567890123456.", "1234567890123456.", "1234567890123456.")):
            paper.put(right - 3, 130 + 11 * at, part, ">", 11.0)
    paper.put(44, 130, "合計")
    [grid] = grids(paper.read(tmp_path))
    assert grid.rows == 2


def test_frames_side_by_side_are_columns_of_one_table(tmp_path: Path) -> None:
    paper = Paper()
    paper.put(40, 70, "Receipts and payments accounts")
    spans = [(250.0, 310.0), (330.0, 390.0), (410.0, 470.0)]
    for (left, right), text in zip(spans, ("Unrestricted", "Restricted", "Total funds"), strict=True):
        paper.put((left + right) / 2, 100, text, "^", 8)
        paper.put((left + right) / 2, 110, "to the nearest £", "^", 7)
    rows = [
        ("Donations", "12,340", "500", "12,840"),
        ("Fees", "3,160", "-", "3,160"),
        ("Grants", "-", "8,000", "8,000"),
    ]
    paper.rows(rows, [right - 4 for _, right in spans], 130, left=40)
    for left, right in spans:
        for at in range(3):
            paper.frame(left, 120 + 14 * at, right, 134 + 14 * at)
    [grid] = grids(paper.read(tmp_path))
    assert (grid.columns, grid.unit) == (4, "GBP")
    assert titles(grid) == ["Receipts and payments accounts"]
    assert values(grid, "Fees") == ["3160", "3160"]
    assert shown(grid)[-1] == ["Grants", "-", "8,000", "8,000"]


def test_a_frame_around_a_table_is_none(tmp_path: Path) -> None:
    paper = Paper()
    paper.frame(50, 90, 540, 170)
    paper.rule(50, 108, 540, 108)
    rows = [
        ("Balance sheet", "2024", "2023"),
        ("Cash", "1,234.5", "1,100.0"),
        ("Debt", "(56.7)", "70.0"),
        ("Net", "1,177.8", "1,170.0"),
    ]
    paper.rows(rows, (400.0, 520.0), 102, pitch=18)
    [grid] = grids(paper.read(tmp_path))
    assert (grid.rows, grid.columns) == (4, 3)
    assert values(grid, "Debt") == ["-56.7", "70.0"]

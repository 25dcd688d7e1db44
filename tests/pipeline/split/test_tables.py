"""Tables over several pages become one: cut rows, merged labels, repeated heads, and what must stay apart."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import replace

import pytest

from recount.pipeline.document import Line, Page, Ruling
from recount.pipeline.read import read_pdf
from recount.pipeline.read.rulings import Run, merge_runs
from recount.pipeline.split.lattice import PageTables, page_grids
from recount.pipeline.split.tables import JoinedTable, join_tables
from recount.tests.samples import of_sample
from recount.tests.twins import case_of, file_of, gold_of

LABELS = frozenset(
    """
    产出指标 效益指标 满意度指标 数量指标 质量指标 时效指标 成本指标 经济效益指标 社会效益指标 生态效益指标 总分
    一级指标 二级指标 三级指标 指标值 分值 得分 预期目标 实际完成情况 可持续影响指标 服务对象满意度指标
    """.split()  # noqa: SIM905
)
UP, LEFT = "^", "<"  # this base cell belongs to the cell above, or to the left
SIZE = 10.0  # of a character, in points
NARROW = (44.0, 44.0, 44.0, 44.0, 44.0)  # room for four characters a line
FUNDS = (150.0, 60.0, 150.0, 60.0)
HEADER, FOOTER = 55, 60  # points: running lines stand so near to the edge of a page

Rows = Sequence[Sequence[str]]


def a_line(text: str, x: float, y: float) -> Line:
    boxes, left = [], x
    for char in text:
        width = SIZE if ord(char) > 0x2000 else SIZE / 2
        boxes.append((left, y, left + width, y + SIZE))
        left += width
    return Line(text, tuple(boxes), (x, y, left, y + SIZE))


def a_page(
    number: int,
    rows: Rows,
    widths: Sequence[float] = NARROW,
    *,
    left: float = 50,
    texts: Sequence[Line] = (),
) -> PageTables:
    """A page with one table; the lines of a cell are separated by |."""
    xs = [left]
    for width in widths:
        xs.append(xs[-1] + width)
    lines, y = list(texts), 100.0
    level: list[Run] = []
    upright: list[Run] = []
    for row in rows:
        height = 4 + 12 * max(len(text.split("|")) for text in row)
        for column, text in enumerate(row):
            x0, x1 = xs[column], xs[column + 1]
            level += [(y, x0, x1)] if text != UP else []
            upright += [(x0, y, y + height)] if text != LEFT else []
            if text not in (UP, LEFT):
                lines += [a_line(part, x0 + 2, y + 2 + 12 * i) for i, part in enumerate(text.split("|")) if part]
        upright.append((xs[-1], y, y + height))
        y += height
    level.append((y, xs[0], xs[-1]))
    rulings = [Ruling(start, at, end, at) for at, start, end in merge_runs(level)]
    rulings += [Ruling(at, start, at, end) for at, start, end in merge_runs(upright)]
    return page_grids(Page(number, 600, 800, tuple(lines), tuple(rulings)))


def join(*pages: PageTables, unread: Collection[int] = ()) -> tuple[JoinedTable, ...]:
    return join_tables(pages, labels=LABELS, starts=lambda text: text.startswith("项目名称"), unread=unread)


def rows_of(table: JoinedTable) -> list[list[str]]:
    """The texts of all base cells; a merged cell counts for each of its rows, once for its columns."""
    rows = [[""] * table.columns for _ in range(table.rows)]
    for cell in table.cells:
        for row in range(cell.row, cell.row_end):
            rows[row][cell.column] = "".join(part.line.text for part in cell.fragments)
    return rows


def joined_rows(upper: Rows, *others: Rows, widths: Sequence[float] = NARROW) -> list[list[str]]:
    [table] = join(*(a_page(number, rows, widths) for number, rows in enumerate((upper, *others), 1)))
    return rows_of(table)


HEAD = ["二级指标", "三级指标", "指标值", "分值", "得分"]
FULL = ["数量指标", "购置车辆", "=1辆", "10", "10"]


class TestOneTable:
    def test_whole_rows_follow_each_other(self) -> None:
        more = ["质量指标", "合格率", "≥98%", "10", "9.80"]
        assert joined_rows([HEAD, FULL], [more]) == [HEAD, FULL, more]

    def test_places(self) -> None:
        [table] = join(a_page(4, [HEAD, FULL]), a_page(5, [FULL, FULL]))
        assert table.pages == (4, 5)
        assert table.top == (4, 100)
        assert table.bottom == (5, 132)
        assert (table.rows, table.columns) == (4, 5)
        assert {part.page for cell in table.cells if cell.row >= 2 for part in cell.fragments} == {5}
        assert [(cell.row, cell.column) for cell in table.cells] == sorted(
            (cell.row, cell.column) for cell in table.cells
        )

    def test_margins_may_differ(self) -> None:
        assert len(join(a_page(1, [HEAD, FULL]), a_page(2, [FULL], left=70))) == 1

    def test_a_part_may_have_fewer_columns(self) -> None:
        upper = [["项目名称", "公务用车", LEFT, LEFT, LEFT], HEAD, FULL]
        [table] = join(a_page(1, upper), a_page(2, [["总分", LEFT, LEFT, "100", "98"]]))
        assert rows_of(table)[-1] == ["总分", "", "", "100", "98"]

    def test_a_part_may_have_more_columns(self) -> None:
        upper = a_page(1, [["项目名称", "公务用车经费"], ["主管部门", "某局"]], (44.0, 176.0))
        [table] = join(upper, a_page(2, [HEAD, FULL]))
        assert table.columns == 5
        assert [cell.column_end for cell in table.cells if cell.row == 1] == [1, 5]
        assert rows_of(table)[3] == FULL

    def test_a_repeated_head_is_dropped(self) -> None:
        numbers = ["栏次", "", "1", "2", "3"]
        more = ["质量指标", "合格率", "≥98%", "10", "9.80"]
        assert joined_rows([HEAD, numbers, FULL], [HEAD, numbers, more]) == [HEAD, numbers, FULL, more]

    @pytest.mark.parametrize(
        ("again", "read", "known"),
        [
            (["囧级指标", "三级指标", "指标值", "分值", "得分"], True, True),
            (["囧级指标", "三级指标", "指标值", "分值", "得分"], False, False),
            (["二级指标", "三级指标", "指标值", "完", "得分"], True, True),  # of one cell nothing is left
            (["囧级指标", "三级指囧", "指标值", "分值", "得分"], True, True),
            (["囧级指囧", "三级指标", "囧标值", "分囧", "得分"], True, False),
            (["二级指标", LEFT, "指标值", "分值", "得分"], True, False),
        ],
    )
    def test_a_repeated_head_may_be_misread(self, again: list[str], *, read: bool, known: bool) -> None:
        head = ["二级指标", "三级指标", "指标值", "分值", "得分"]
        below = a_page(2, [again, FULL])
        below = as_read(below) if read else below
        tables = join(a_page(1, [head, FULL]), below)
        assert ([rows_of(table)[1:] for table in tables] == [[FULL, FULL]]) == known

    def test_one_of_the_two_halves_of_a_repeated_head_may_be_misread(self) -> None:
        halves, names = ["收入", LEFT, "支出", LEFT, LEFT], ["项目", "金额", "项目", "合计", "其中"]
        upper, below = a_page(1, [halves, names, FULL]), a_page(2, [["收入", LEFT, "支囗", LEFT, LEFT], names, FULL])
        [table] = join(upper, as_read(below))
        assert rows_of(table)[2:] == [FULL, FULL]

    def test_a_row_of_figures_is_no_head(self) -> None:
        """Two rows may say the same: neither may go."""
        assert joined_rows([HEAD, FULL], [HEAD, FULL]) == [HEAD, FULL, FULL]

    def test_a_repeated_head_of_two_rows_is_dropped(self) -> None:
        head = [["指标", LEFT, "指标值", "分值", LEFT], ["二级", "三级", UP, "应得", "实得"]]
        assert joined_rows([*head, FULL], [*head, FULL])[2:] == [FULL, FULL]

    def test_a_remark_that_it_is_continued_does_no_harm(self) -> None:
        assert len(join(a_page(1, [HEAD, FULL]), a_page(2, [FULL], texts=[a_line("（续表）", 250, 80)]))) == 1


def as_read(page: PageTables) -> PageTables:
    """The page with its table as OCR read it."""
    cells = [
        replace(cell, fragments=tuple(replace(line, confidence=0.9) for line in cell.fragments))
        for cell in page.tables[0].cells
    ]
    return replace(page, tables=(replace(page.tables[0], cells=tuple(cells)),))


class TestCutRows:
    def test_a_word_goes_on(self) -> None:
        upper = ["数量指标", "购置一般", "=1辆", "10", "10"]
        assert joined_rows([HEAD, FULL, upper], [["", "公务用车|数量", "", "", ""], FULL]) == [
            HEAD,
            FULL,
            ["数量指标", "购置一般公务用车数量", "=1辆", "10", "10"],
            FULL,
        ]

    def test_the_lines_keep_their_page(self) -> None:
        [table] = join(a_page(1, [HEAD, [*FULL[:1], "购置一般", *FULL[2:]]]), a_page(2, [["", "公务用车", "", "", ""]]))
        [cell] = [cell for cell in table.cells if (cell.row, cell.column) == (1, 1)]
        assert [(part.page, part.line.text) for part in cell.fragments] == [(1, "购置一般"), (2, "公务用车")]

    def test_the_figures_may_stand_below(self) -> None:
        upper, lower = ["", "有效提升", "", "", ""], ["", "群众意识", "", "10", "10"]
        assert joined_rows([HEAD, FULL, FULL, upper], [lower])[-1] == ["", "有效提升群众意识", "", "10", "10"]

    def test_over_three_pages(self) -> None:
        upper = ["数量指标", "购置一般", "=1辆", "10", "10"]
        middle, lower = ["", "公务用车|的总体数", "", "", ""], ["", "量", "", "", ""]
        assert joined_rows([HEAD, upper], [middle], [lower, FULL]) == [
            HEAD,
            ["数量指标", "购置一般公务用车的总体数量", "=1辆", "10", "10"],
            FULL,
        ]

    def test_a_label_goes_on(self) -> None:
        upper = ["满意度指", "群众满意度", "≥90%", "10", "10"]
        assert joined_rows([HEAD, FULL, upper], [["标", "", "", "", ""]])[-1] == ["满意度指标", *upper[1:]]

    def test_a_label_may_go_on_with_a_label(self) -> None:
        upper = ["生态|经济", "节约用水", "≥90%", "10", "10"]
        labels = LABELS | {"生态经济效益指标"}
        pages = a_page(1, [HEAD, FULL, upper]), a_page(2, [["效益指标", "", "", "", ""]])
        [table] = join_tables(pages, labels=labels, starts=lambda _: False)
        assert rows_of(table)[-1][0] == "生态经济效益指标"

    def test_a_blank_row_at_the_head_is_the_rest_of_the_row(self) -> None:
        assert joined_rows([HEAD, FULL], [[""] * 5, FULL]) == [HEAD, FULL, FULL]
        assert joined_rows([HEAD, FULL], [[""] * 5]) == [HEAD, FULL]

    def test_a_figure_cut_within_its_decimals(self) -> None:
        """Left apart it would be a wrong figure and a row that nobody printed."""
        widths = (44.0, 44.0, 44.0, 30.0, 24.0)
        upper = ["数量指标", "购置车辆", "=1辆", "100.0", "10"]
        assert joined_rows([HEAD, upper], [["", "", "", "6", ""]], widths=widths)[-1][3] == "100.06"

    def test_an_item_goes_on_without_an_ordinal(self) -> None:
        """Rows with this text alone are usual here, but each begins with its ordinal."""
        usual = ["一、财政拨款收入", "12.50", "一、一般公共服务支出", "12.50"]
        items = [["", "", "二、外交支出", ""], ["", "", "三、国防支出", ""]]
        upper, lower = ["", "", "四、资源勘探工业信息等的支", ""], ["", "", "出", ""]
        rows = joined_rows([usual, *items, upper], [lower, usual], widths=(150.0, 60.0, 134.0, 60.0))
        assert rows == [usual, *items, ["", "", "四、资源勘探工业信息等的支出", ""], usual]

    def test_texts_of_goals_that_end_with_the_page(self) -> None:
        widths = (100.0, 100.0)
        upper = ["目标1：购置车辆1|辆。", "完成购置车辆1辆|。"]
        lower = ["目标2：培训4次。", "完成培训4次。"]
        rows = joined_rows([["预期目标", "实际完成情况"], upper], [lower], widths=widths)
        assert rows[1:] == [["目标1：购置车辆1辆。目标2：培训4次。", "完成购置车辆1辆。完成培训4次。"]]


class TestRowsOfTheirOwn:
    @pytest.mark.parametrize("label", ["经济效益指标", "社会效益指标", "总分"])
    def test_a_label_alone_is_a_row(self, label: str) -> None:
        lower = [label, "", "", "", ""]
        assert joined_rows([HEAD, FULL, FULL], [lower])[-2:] == [FULL, lower]

    def test_the_row_below_a_head(self) -> None:
        assert joined_rows([["项目", "经费", LEFT, LEFT, LEFT], HEAD], [FULL, FULL])[1:] == [HEAD, FULL, FULL]

    def test_rows_of_a_statement_without_figures(self) -> None:
        upper = [
            ["一、财政拨款收入", "12.50", "一、一般公共服务支出", "12.50"],
            ["二、其他收入", "", "二、外交支出", ""],
        ]
        lower = [["", "", "三、国防支出", "1.00"], ["", "", "四、公共安全支出", ""]]
        assert joined_rows(upper, lower, widths=FUNDS) == upper + lower

    def test_a_full_line_alone_does_not_make_a_row_go_on(self) -> None:
        """The label of the upper row fills its cell by chance, and the two rows have no figure in common."""
        usual = [["一、财政拨款收入", "12.50", "一、一般公共服务支出", "12.50"]]
        usual += [["二、其他收入", "0.10", "二、外交支出", "0.10"], ["", "", "三、国防支出", ""]]
        upper, lower = ["", "", "二十六、抗疫特别国债安排支出", ""], ["本年收入合计", "3.47", "本年支出合计", "3.74"]
        assert joined_rows([*usual, upper], [lower], widths=FUNDS) == [*usual, upper, lower]

    def test_an_ordinal_begins_a_row(self) -> None:
        usual = ["一、财政拨款收入", "12.50", "一、一般公共服务支出", "12.50"]
        upper, lower = ["年初财政拨款的结转和结余", "", "年末结转和结余", "7.04"], ["一、一般公共预算", "", "", ""]
        assert joined_rows([usual, upper], [lower, usual], widths=(124.0, 60.0, 150.0, 60.0)) == [
            usual,
            upper,
            lower,
            usual,
        ]

    def test_codes_are_no_cut_figures(self) -> None:
        widths = (19.0, 14.0, 84.0, 40.0)
        rows = [["302", "01", "办公设备费用支出", "2.00"], ["310", "03", "专用设备购置支出", ""]]
        lower = ["310", "07", "信息网络软件购置", ""]
        assert joined_rows(rows, [lower, rows[0]], widths=widths) == [*rows, lower, rows[0]]


class TestMergedCells:
    def test_a_blank_cell_belongs_to_the_label_above(self) -> None:
        upper = [HEAD, FULL, [UP, "购置设备", "=2台", "5", "5"]]
        lower = [["", "购置软件", "=2套", "5", "5"], [UP, "购置家具", "=9件", "5", "5"]]
        [table] = join(a_page(1, upper), a_page(2, lower))
        [label] = [cell for cell in table.cells if cell.fragments and cell.fragments[0].line.text == "数量指标"]
        assert (label.row, label.row_end) == (1, 5)
        assert [row[0] for row in rows_of(table)] == ["二级指标", *["数量指标"] * 4]

    def test_a_label_printed_again_counts_once(self) -> None:
        lower = [["数量指标", "购置软件", "=2套", "5", "5"], [UP, "购置家具", "=9件", "5", "5"]]
        [table] = join(a_page(1, [HEAD, FULL]), a_page(2, lower))
        labels = [cell for cell in table.cells if cell.column == 0 and cell.row > 0]
        assert [(cell.row, cell.row_end, len(cell.fragments)) for cell in labels] == [(1, 4, 1)]

    def test_a_new_label_is_a_new_cell(self) -> None:
        lower = [["质量指标", "合格率", "≥98%", "5", "5"], [UP, "达标率", "≥98%", "5", "5"]]
        assert [row[0] for row in joined_rows([HEAD, FULL], lower)] == ["二级指标", "数量指标", "质量指标", "质量指标"]

    def test_a_label_may_go_on_beside_whole_rows(self) -> None:
        upper = [HEAD, ["满意度指", "群众满意", "≥90%", "5", "5"]]
        lower = [["标", "企业满意", "≥90%", "5", "5"]]
        assert [row[0] for row in joined_rows(upper, lower)] == ["二级指标", "满意度指标", "满意度指标"]

    def test_a_blank_figure_does_not_belong_to_the_one_above(self) -> None:
        lower = ["质量指标", "合格率", "≥98%", "10", ""]
        assert joined_rows([HEAD, FULL, FULL], [lower])[-1] == lower

    def test_a_cut_row_keeps_its_labels(self) -> None:
        upper = [HEAD, FULL, [UP, "购置一般", "=2台", "5", "5"]]
        lower = [["", "公务用车", "", "", ""], [UP, "购置家具", "=9件", "5", "5"]]
        assert [row[:2] for row in joined_rows(upper, lower)] == [
            HEAD[:2],
            FULL[:2],
            ["数量指标", "购置一般公务用车"],
            ["数量指标", "购置家具"],
        ]


class TestApart:
    def test_a_title_between(self) -> None:
        below = a_page(2, [HEAD, FULL], texts=[a_line("项目支出绩效自评表", 200, 70)])
        assert len(join(a_page(1, [HEAD, FULL]), below)) == 2

    def test_a_text_below(self) -> None:
        above = a_page(1, [HEAD, FULL], texts=[a_line("注：本表反映收入。", 50, 400)])
        assert len(join(above, a_page(2, [FULL]))) == 2

    def test_a_page_between(self) -> None:
        assert len(join(a_page(1, [HEAD, FULL]), a_page(3, [FULL]), unread=(2,))) == 2
        assert len(join(a_page(1, [HEAD, FULL]), a_page(3, [FULL]))) == 1  # page 2 is no part of the report

    def test_other_columns(self) -> None:
        assert len(join(a_page(1, [HEAD, FULL]), a_page(2, [["支出", "1.00", "收入", "2.00"]], FUNDS))) == 2
        same_width = (60.0, 55.0, 70.0, 35.0)
        assert len(join(a_page(1, [HEAD, FULL]), a_page(2, [["支出", "1.00", "收入", "2.00"]], same_width))) == 2

    def test_a_row_that_begins_a_table(self) -> None:
        first = ["项目名称", "公务用车", LEFT, LEFT, LEFT]
        second = ["项目名称", "办公用房", LEFT, LEFT, LEFT]
        tables = join(a_page(1, [first, HEAD, FULL]), a_page(2, [second, HEAD, FULL]), a_page(3, [FULL]))
        assert [table.pages for table in tables] == [(1,), (2, 3)]

    def test_no_pages(self) -> None:
        assert join() == ()


HEAD_ALONE = [["科目", "合计", "基本", "项目"], ["甲", "乙", "丙", "丁"]]
WIDE, SAME, OTHER = (120.0, 60.0, 60.0, 60.0), (80.0, 40.0, 40.0, 40.0), (50.0, 70.0, 40.0, 40.0)


def test_a_head_alone_on_a_wide_page_goes_on_with_its_body_on_narrow_ones() -> None:
    bodies = [a_page(2 + at, [["教育", "3.00", "1.00", "2.00"], ["外交", "1.00", "", "1.00"]], SAME) for at in range(2)]
    (table,) = join(a_page(1, HEAD_ALONE, WIDE), *bodies)
    assert table.pages == (1, 2, 3)
    assert (table.rows, table.columns) == (6, 4)


@pytest.mark.parametrize(
    ("head", "widths"),
    [(HEAD_ALONE, OTHER), ([*HEAD_ALONE, ["国防", "3.00", "1.00", "2.00"]], SAME)],
    ids=["columns", "body"],
)
def test_a_table_of_other_columns_or_below_a_body_is_not_drawn_to_the_width_above(
    head: Rows, widths: Sequence[float]
) -> None:
    tables = join(a_page(1, head, WIDE), a_page(2, [["教育", "3.00", "1.00", "2.00"]], widths))
    assert [table.pages for table in tables] == [(1,), (2,)]


def test_a_row_of_figures_below_a_head_alone_is_a_row() -> None:
    head = [["合计", LEFT, "接待", LEFT], ["预算数", "决算数", "预算数", "决算数"]]
    row = ["4.00", "3.00", "1.00", ""]
    assert joined_rows(head, [row], widths=(36.0,) * 4) == [["合计", "", "接待", ""], head[1], row]


def report(name: str) -> tuple[JoinedTable, ...]:
    pages = [page_grids(page) for page in read_pdf(file_of(name)).pages]
    body = [
        replace(page, lines=tuple(line for line in page.lines if HEADER < line.box[1] < page.page.height - FOOTER))
        for page in pages
    ]
    return join(*body)


@pytest.mark.parametrize("name", ["clean", "levelled", "tables", *map(of_sample, ("s000", "s002", "s003"))])
def test_every_indicator_is_a_row(name: str) -> None:
    """Labels, name, target and deviation of each indicator of the gold set stand in one row, whole."""
    evaluations = json.loads(gold_of(name).read_text("utf-8"))["project_evaluations"]
    tables = report(name)
    assert len(tables) == len(evaluations)
    for table, evaluation in zip(tables, evaluations, strict=True):
        rows = [{"".join(text.split()).rstrip("。") for text in row} for row in rows_of(table)]
        for indicator in evaluation["indicators"]:
            wanted = {indicator[key] or "" for key in ("level1", "level2", "level3", "target", "deviation")}
            assert any({text.rstrip("。") for text in wanted} <= row for row in rows), indicator


@pytest.mark.parametrize("name", ["shanghai", "national"])
def test_every_row_of_a_statement_is_a_row(name: str) -> None:
    """Code, name and first amount of each row of the coded statements stand in one row, once."""
    statements = json.loads(gold_of(name).read_text("utf-8"))["statements"]
    tables = report(name)
    assert sum(len(table.pages) > 1 for table in tables) == case_of(name).tags["tables_across_pages"] > 3
    _, income, expenditure, fiscal, general, basic, *_ = map(rows_of, tables[-len(statements) :])
    assert not any(not "".join(row) for row in basic + fiscal)
    coded = {"income": income, "expenditure": expenditure, "general_public_budget": general, "basic_expenditure": basic}
    for key, rows in coded.items():
        printed = "\n".join("".join(row).replace(",", "") for row in rows)
        for row in statements[key]["rows"]:
            amount = row.get("total", row.get("amount"))
            wanted = f"{row['code'] or ''}{row['name']}" + ("" if amount is None else f"{amount:.2f}")
            assert printed.count(wanted) == 1, wanted


@pytest.mark.parametrize("name", [of_sample("r_czj")])
def test_the_statements_of_a_shanghai_report(name: str) -> None:
    tables = report(name)
    assert [(table.pages, table.rows) for table in tables[1:]] == [
        ((6, 7), 32), ((8, 9), 23), ((10, 11), 23), ((12, 13, 14), 34), ((15,), 24), ((16, 17), 42),
        ((18,), 6), ((19,), 12), ((20,), 12),
    ]  # fmt: skip
    basic = rows_of(tables[6])
    assert ["303", "04", "抚恤金", "", "302", "24", "被装购置费", ""] in basic  # cut: its rest on p17 is blank
    assert not any(not "".join(row) for row in basic + rows_of(tables[4]))

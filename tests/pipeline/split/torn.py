"""A made-up self-evaluation table, and the ways in which tools write such tables as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from recount.pipeline.document import Document, Grid
from recount.pipeline.map.evaluations.evaluations import map_evaluations
from recount.pipeline.read.plain import items_of_text
from recount.pipeline.read.typewriter import typed
from recount.pipeline.split import split
from recount.schemas.figures import Ref
from recount.schemas.final_accounts.family import FINAL_ACCOUNTS

TITLE = ("项目支出绩效自评表", "（2022年度）")
HEAD = ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施")
MONEY_HEAD = ("年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分")


@dataclass(frozen=True)
class Row:
    """An indicator as its cells are printed; levels only where they begin."""

    first: str
    second: str
    name: str
    target: str
    actual: str
    weight: str
    score: str
    reason: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        return (
            self.first, self.second, self.name, self.target, self.actual, self.weight, self.score, self.reason,
        )  # fmt: skip


ROWS = (
    Row("产出指标", "数量指标", "修缮河堤长度", "≥12公里", "12公里", "20", "20"),
    Row("", "", "安装路灯盏数", "=40盏", "30盏", "15", "11.25", "厂家发货推迟，余下的明年安装"),
    Row("", "质量指标", "修缮验收合格率", "=100%", "100%", "15", "15"),
    Row("效益指标", "经济效益指标", "", "", "", "", ""),
    Row("", "社会效益指标", "改善沿河居民出行条件", "有效改善", "有效改善", "30", "30"),
    Row("满意度指标", "满意度指标", "沿河居民满意度", ">=90%", "95%", "10", "10"),
)
MONEY = (
    ("年度资金总额", "60.00", "64.50", "58.05", "10", "90.00%", "9.00"),
    ("其中：当年财政拨款", "60.00", "60.00", "53.55", "—", "—", "—"),
    ("其他资金", "0.00", "4.50", "4.50", "—", "—", "—"),
)
TOTAL = ("总分", "100", "95.25")
GOALS = ("修缮河堤12公里，安装路灯40盏。", "修缮河堤12公里，安装路灯30盏。")

Figures = list[tuple[str, ...]]


def figures_of(rows: Sequence[Row], money: Sequence[Sequence[str]], total: Sequence[str]) -> Figures:
    """The figures of a table as a reader ought to give them: by source or name, dashes and blanks left out."""
    funds = [(source, *(cell.rstrip("%") for cell in cells if cell != "—")) for source, *cells in money]
    return [*funds, *((row.name, row.weight, row.score) for row in rows if row.name), tuple(total)]


def tabs(rows: Sequence[Row], money: Sequence[Sequence[str]] = MONEY, total: Sequence[str] = TOTAL) -> list[str]:
    """A row a line, tabs between the cells, a merged cell with as many as it covers."""
    return [
        *TITLE,
        "",
        "项目名称\t\t河堤整治\t\t\t\t\t\t",
        "主管部门\t\t平川县水务局\t\t\t实施单位\t平川县水务局\t\t",
        "\t".join(("项目资金（万元）", "", "", *MONEY_HEAD)),
        *("\t".join(("", "", *cells)) for cells in money),
        "年度总体目标\t预期目标\t\t\t\t实际完成情况\t\t\t",
        f"\t{GOALS[0]}\t\t\t\t{GOALS[1]}\t\t\t",
        "\t" + "\t".join(HEAD),
        *("\t".join(("年度绩效指标完成情况" if row is rows[0] else "", *row.cells)) for row in rows),
        f"{total[0]}\t\t\t\t\t\t" + "\t".join(total[1:]) + "\t",
    ]


def cells(rows: Sequence[Row]) -> list[str]:
    """A cell a line; a blank line for an empty one."""
    return [cell for line in tabs(rows) for cell in line.split("\t")]


def wrapped(cell: str, width: int) -> Iterator[str]:
    """A cell in lines."""
    yield from (cell[at : at + width] for at in range(0, len(cell), width)) if cell else ()


def raw(rows: Sequence[Row], width: int = 5) -> list[str]:
    """Cells that follow each other, wrapped, an empty line between lines; short cells of a row share one."""
    lines = [*TITLE, "", "项目名称 河堤整治", "", "主管部门 平川县水务局 实施单位 平川县水务局", ""]
    lines += ["项目资金", "", "（万元）", "", "年初预算", "", "数", " ".join(MONEY_HEAD[1:]), ""]
    for source, *figures in MONEY:
        lines += [*_spaced(wrapped(source, 7)), " ".join(figures), ""]
    lines += ["年度", "", "总体", "", "目标", "", "预期目标 实际完成情况", ""]
    for goal in GOALS:
        lines += [*_spaced(wrapped(goal, 10)), ""]
    lines += ["一级指", "", "标", "二级指标 三级指标 年度指标值 实际完成值 分值 得分", ""]
    lines += [*_spaced(wrapped(HEAD[-1], 4)), "", *_spaced(wrapped("年度绩效指标完成情况", 2)), ""]
    for row in rows:
        for level in (row.first, row.second):
            lines += [*_spaced(wrapped(level, 4)), ""] if level else []
        lines += _spaced(wrapped(row.name, width))
        lines += [" ".join(cell for cell in (row.target, row.actual, row.weight, row.score) if cell), ""]
        lines += [*_spaced(wrapped(row.reason, 4)), ""] if row.reason else []
    return [*lines, " ".join(TOTAL)]


def _spaced(lines: Iterator[str]) -> list[str]:
    """Lines with an empty one between every two."""
    return [part for line in lines for part in (line, "")][:-1]


def document_of(lines: Sequence[str]) -> Document:
    """What split makes of a text."""
    return split(typed(items_of_text("\n".join(lines))), FINAL_ACCOUNTS)


def read(lines: Sequence[str]) -> Figures:
    """The figures that are read in a text: of each row of the first table its name and the figures' characters."""
    return figures_in(document_of(lines))


def figures_in(document: Document) -> Figures:
    """The figures of the first table of a document."""
    projects, _, _ = map_evaluations([block for block in document.blocks if isinstance(block, Grid)])
    if not projects:
        return []

    def said(*references: Ref | None) -> tuple[str, ...]:
        return tuple(document.tokens[reference.token].raw for reference in references if reference is not None)

    table = projects[0]
    return [
        *(
            (
                row.source or "",
                *said(row.initial_budget, row.annual_budget, row.executed, row.weight, row.execution_rate, row.score),
            )
            for row in table.funds
        ),
        *((row.level3 or "", *said(row.weight, row.score)) for row in table.indicators),
        ("总分", *said(table.total_weight, table.total_score)),
    ]


def read_surely(lines: Sequence[str]) -> list[tuple[str, str | None, str | None]]:
    """Name, weight and score of the indicators of the first table; None where a figure is not there or is remarked."""
    document = document_of(lines)
    projects, _, _ = map_evaluations([block for block in document.blocks if isinstance(block, Grid)])

    def sure(reference: Ref | None) -> str | None:
        token = document.tokens[reference.token] if reference else None
        return token.raw if token and token.remark is None else None

    rows = projects[0].indicators if projects else ()
    return [(row.level3 or "", sure(row.weight), sure(row.score)) for row in rows]

"""Self-evaluation tables as split finds them: grids built cell by cell, and what is read off their mapping."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import count

from recount.pipeline.document import Cell, Grid, Number, Origin, Paragraph, Text, Token
from recount.pipeline.map.evaluations.evaluations import map_evaluations
from recount.pipeline.split.folding import fold
from recount.schemas.figures import Ref
from recount.schemas.final_accounts.performance import Indicator, ProjectEvaluation, SelfEvaluation

NUMBER = re.compile(r"-?\d+(?:,\d{3})*(?:\.\d+)?%?")
Spec = str | tuple[str, int] | tuple[str, int, int]


class Sheet:
    """Builds grids and remembers their tokens. A cell: its text, (text, columns) or (text, columns, rows)."""

    def __init__(self, origin: Origin = "text") -> None:
        self.origin = origin
        self.tokens: list[Token] = []
        self.page = 1

    def text(self, printed: str) -> tuple[Text, tuple[Number, ...]]:
        folded = fold(printed)
        return Text(printed, folded), tuple(self._number(match) for match in NUMBER.finditer(folded))

    def _number(self, match: re.Match[str]) -> Number:
        value = Decimal(match[0].rstrip("%").replace(",", ""))
        exponent = value.as_tuple().exponent
        assert isinstance(exponent, int)
        token = Token(len(self.tokens), match[0], value, -exponent, None, self.page, (0, 0, 1, 1), self.origin)
        self.tokens.append(token)
        return Number(match.start(), match.end(), token)

    def line(self, printed: str) -> Paragraph:
        text, numbers = self.text(printed)
        return Paragraph(text, numbers, page=1, top=0.0, centred=True)

    def grid(self, rows: Sequence[Sequence[Spec]], caption: Sequence[str] = (), turn: int = 999) -> Grid:
        """turn: the row with which a new page begins."""
        taken: set[tuple[int, int]] = set()
        cells, width = [], 0
        for at, row in enumerate(rows):
            self.page = 1 if at < turn else 2
            for spec in row:
                printed, columns, deep = (spec, 1, 1) if isinstance(spec, str) else (*spec, 1)[:3]
                start = next(column for column in count() if (at, column) not in taken)
                taken |= {(r, c) for r in range(at, at + deep) for c in range(start, start + columns)}
                text, numbers = self.text(printed)
                cells.append(Cell(at, start, at + deep, start + columns, text, numbers))
                width = max(width, start + columns)
        lines = tuple(map(self.line, caption))
        return Grid(len(rows), width, tuple(cells), lines, None, (1,))

    def value(self, ref: Ref | None) -> Decimal | None:
        return None if ref is None else self.tokens[ref.token].value


CAPTION = ("项 目 支 出 绩 效 自 评 表", "（2022年度）")
HEAD: list[list[Spec]] = [
    [("项目名称", 2), ("河道巡护经费", 7)],
    [("主管部门", 2), ("某县水利局", 3), "实施单位", ("某县水利局河道所", 3)],
]
FUNDS: list[list[Spec]] = [
    [("项目资金（万元）", 2, 5), "", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"],
    ["年度资金总额", "60.00", "50.00", "40.00", "10", "80.00%", "8.00 分"],
    ["其中：当年财政拨款", "60.00", "50.00", "40.00", "—", "—", "—"],
    ["上年结转资金（万元）", "0.00", "0.00", "0.00", "—", "—", "—"],
    ["其他资金", "", "/", "-", "—", "—", "—"],
]
GOALS: list[list[Spec]] = [
    [("年度总体目标", 1, 2), ("预期目标", 4), ("实际完成情况", 4)],
    [("目标1：巡护河道12公里。", 4), ("巡护河道 12 公里", 4)],
]
COLUMNS = (
    "一级指标",
    "二级指标",
    "三级指标",
    "年度指标值",
    "实际完成值",
    "分值",
    "得分",
    "偏差原因分析及改进措施",
)
TOTAL: list[Spec] = [("总分", 6), "100", "88.00 分", ""]


def indicators(*rows: Sequence[Spec], margin: int | None = None) -> list[list[Spec]]:
    """The header of the indicators, the label left of it, and rows without that label's column."""
    deep = margin or len(rows) + 1
    return [[("年度绩效指标完成情况", 1, deep), *COLUMNS], *[list(row) for row in rows]]


PLAIN = indicators(
    [("产出指标", 1, 3), ("数量指标", 1, 2), "巡护里程（公里）", ">=12 公里", "12 公里", "30", "30", ""],
    ["巡护次数", "=24次", "20次", "20", "10", "汛期道路中断。"],
    ["质量指标", "隐患处置率", "≥95％", "９６.5%", "10", "10.00分", "无偏差"],
    ["效益指标", "经济效益指标", "", "", "", "", "", ""],
    ["", "社会效益指标", "沿岸安全感", "有效提升", "有效提升", "20", "20", "—"],
    ["满意度指标", "满意度指标", "村民满意度", ">=90%", "", "10", "10", ""],
)


def project_rows(body: list[list[Spec]] = PLAIN, total: list[Spec] = TOTAL) -> list[list[Spec]]:
    return [*HEAD, *FUNDS, *GOALS, *body, total]


def only(sheet: Sheet, rows: Sequence[Sequence[Spec]], caption: Sequence[str] = CAPTION) -> ProjectEvaluation[Ref]:
    projects, overall, used = map_evaluations([sheet.grid(rows, caption)])
    assert overall is None
    assert used == {0}
    assert len(projects) == 1
    return projects[0]


def values(sheet: Sheet, table: SelfEvaluation[Ref]) -> list[tuple[object, ...]]:
    """Each indicator as (level 1, level 2, level 3, target, actual, weight, score, deviation)."""
    return [_values(sheet, each) for each in table.indicators]


def _values(sheet: Sheet, each: Indicator[Ref]) -> tuple[object, ...]:
    weight, score = sheet.value(each.weight), sheet.value(each.score)
    return (each.level1, each.level2, each.level3, each.target, each.actual, weight, score, each.deviation)


def funds(sheet: Sheet, table: SelfEvaluation[Ref]) -> list[tuple[object, ...]]:
    return [
        (
            each.source,
            *(
                sheet.value(ref)
                for ref in (
                    each.initial_budget,
                    each.annual_budget,
                    each.executed,
                    each.weight,
                    each.execution_rate,
                    each.score,
                )
            ),
        )
        for each in table.funds
    ]

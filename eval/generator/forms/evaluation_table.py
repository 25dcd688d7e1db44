"""The 项目支出绩效自评表 and the overall table of 2023 (forms.md, X) as ruled grids."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from recount.eval.generator.gold.shape import Json
from recount.eval.generator.slips import Typist
from recount.eval.generator.typeset.blocks import Block, Break, Para, Sheet

_FUND_HEADS = ("年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分")
_INDICATOR_HEADS = (
    "一级指标",
    "二级指标",
    "三级指标",
    "年度指标值",
    "实际完成值",
    "分值",
    "得分",
    "偏差原因分析及改进措施",
)
_OVERALL_HEADS = (
    "一级指标",
    "二级指标",
    "三级指标",
    "预期指标值",
    "指标值设定依据",
    "分值权重",
    "实际完成指标值",
    "得分",
)
_BENEFITS = ("经济效益指标", "社会效益指标", "生态效益指标", "可持续影响指标")


def project_table(rng: Random, node: Json, pointer: str, typist: Typist) -> list[Block]:
    """One project's table with its title on top, on a new page."""
    return _Table(rng, node, pointer, typist, overall=False).blocks()


def overall_table(rng: Random, node: Json, pointer: str, typist: Typist) -> list[Block]:
    """The overall table (2023)."""
    return _Table(rng, node, pointer, typist, overall=True).blocks()


class _Table:
    """One table being laid out on a grid of nine columns (eight in the overall table)."""

    def __init__(self, rng: Random, node: Json, pointer: str, typist: Typist, *, overall: bool) -> None:
        self.rng, self.node, self.pointer, self.typist, self.overall = rng, node, pointer, typist, overall
        self.sheet = Sheet((0.9, 0.9, 1, 1.2, 1, 1, 0.8, 0.9, 1.3))
        self.wide_titles = rng.random() < 0.5
        self.empty_lines = rng.random() < 0.5

    def blocks(self) -> list[Block]:
        """Page break, title, year, grid."""
        title = "部门（单位）整体支出绩效目标自评表" if self.overall else "项目支出绩效自评表"
        if self.wide_titles and not self.overall:
            title = " ".join(title)
        year = self.typist.spaced(f"{self.node['fiscal_year']}年度")
        brackets = self.rng.choice(("（{}）", "({})"))
        self._head()
        self._funds()
        self._goals()
        self._indicators()
        self._total()
        return [Break(), Para(title, "title"), Para(brackets.format(year), "caption"), self.sheet.grid()]

    def _put(self, row: int, col: int, text: str, rows: int = 1, cols: int = 1) -> None:
        """One cell."""
        self.sheet.put(row, col, text, rows=rows, cols=cols)

    def _head(self) -> None:
        """Names of the project, the department and the unit that does it."""
        if self.overall:
            self._put(0, 0, "部门（单位）名称", cols=2)
            self._put(0, 2, self.node["unit_name"], cols=7)
            return
        self._put(0, 0, "项目名称", cols=2)
        self._put(0, 2, self.typist.text(self.node["name"]), cols=7)
        self._put(1, 0, "主管部门", cols=2)
        self._put(1, 2, self.node["department"], cols=3)
        self._put(1, 5, "实施单位")
        self._put(1, 6, self.node["implementing_unit"], cols=3)

    def _funds(self) -> None:
        """The fund rows under their heads."""
        top, rows = self.sheet.height, self.node["funds"]
        self._put(top, 0, "年度资金（万元）" if self.overall else "项目资金（万元）", rows=len(rows) + 1, cols=2)
        self._put(top, 2, "资金来源" if self.overall else "")
        heads = [h.replace("分值", "分值权重") for h in _FUND_HEADS] if self.overall else _FUND_HEADS
        for col, head in enumerate(heads):
            self._put(top, 3 + col, head)
        dash = self.typist.blank_mark()
        for index, row in enumerate(rows):
            at = f"{self.pointer}/funds/{index}"
            self._put(top + 1 + index, 2, row["source"])
            for col, key in enumerate(("initial_budget", "annual_budget", "executed")):
                self._put(top + 1 + index, 3 + col, self._figure(row, key, "m", at))
            for col, (key, spec) in enumerate((("weight", "n"), ("execution_rate", "p"), ("score", "n"))):
                text = dash if row[key] is None else self._figure(row, key, spec, at)
                if key == "score" and row[key] is not None:
                    text = self._points(text)
                self._put(top + 1 + index, 6 + col, text)

    def _points(self, text: str) -> str:
        """10.00 分, 10.00分 or 10.00."""
        return text + self.rng.choice((" 分", "分")) if self.wide_titles else text

    def _goals(self) -> None:
        """预期目标 and 实际完成情况."""
        top = self.sheet.height
        self._put(top, 0, "年度总体目标", rows=2)
        self._put(top, 1, "预期目标", cols=4)
        self._put(top, 5, "实际完成情况", cols=4)
        own_lines = self.rng.random() < 0.3  # each 目标 on a line of its own
        for col, key in ((1, "expected_goal"), (5, "actual_completion")):
            text = self._text(self.node[key])
            self._put(top + 1, col, text.replace("。目标", "。\n目标") if own_lines else text, cols=4)

    def _indicators(self) -> None:
        """The indicators; level 1 and 2 are merged downwards."""
        top = self.sheet.height
        for col, head in enumerate(_OVERALL_HEADS if self.overall else _INDICATOR_HEADS):
            self._put(top, 1 + col, head)
        row = top + 1
        for level1, groups in self._groups():
            start = row
            for level2, members in groups:
                self._put(row, 2, level2, rows=max(1, len(members)))
                for index in members:
                    self._indicator(row, index)
                    row += 1
                row += 0 if members else 1
            self._put(start, 1, level1, rows=row - start)
        self._put(top, 0, "年度绩效指标完成情况", rows=row - top)
        # an empty kind of benefit may be the last row: it has cells of its own
        self.sheet.height = max(self.sheet.height, row)

    def _groups(self) -> Iterator[tuple[str, list[tuple[str, list[int]]]]]:
        """Level 1 -> level 2 -> indicators by number; kinds of benefit without any may be printed empty."""
        tree: dict[str, dict[str, list[int]]] = {}
        for index, item in enumerate(self.node["indicators"]):
            tree.setdefault(item["level1"], {}).setdefault(item["level2"], []).append(index)
        for level1, groups in tree.items():
            if level1 == "效益指标" and self.empty_lines:
                groups = {kind: groups.get(kind, []) for kind in _BENEFITS}
            yield level1, list(groups.items())

    def _indicator(self, row: int, index: int) -> None:
        """One indicator's cells."""
        node, at = self.node["indicators"][index], f"{self.pointer}/indicators/{index}"
        figures = {key: self._figure(node, key, "n", at) for key in ("weight", "score")}
        target, actual = self._text(node["target"]), self._text(node["actual"])
        if self.overall:
            texts = (node["level3"], target, node["basis"] or "", figures["weight"], actual, figures["score"])
        else:
            texts = (
                node["level3"],
                target,
                actual,
                figures["weight"],
                figures["score"],
                self._text(node["deviation"] or ""),
            )
        for col, text in enumerate(texts):
            self._put(row, 3 + col, text)

    def _total(self) -> None:
        """总分, where it is printed."""
        if self.node["total_score"] is None:
            return
        row = self.sheet.height
        weight, score = (self._figure(self.node, key, "n", self.pointer) for key in ("total_weight", "total_score"))
        self._put(row, 0, "总分", cols=6)
        self._put(row, 6, weight)
        # in the overall table the score stands in the last column
        self._put(row, 8 if self.overall else 7, self._points(score))

    def _figure(self, node: Json, key: str, spec: str, at: str) -> str:
        """One printed figure."""
        return self.typist.value(node[key], spec, f"{at}/{key}")

    def _text(self, text: str) -> str:
        """A text of a cell with this publisher's spaces."""
        return self.typist.spaced(self.typist.text(text))

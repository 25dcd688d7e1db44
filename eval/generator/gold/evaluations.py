"""Performance tables as gold: projects with money, goals and indicators, and the overall table of 2023."""

from __future__ import annotations

import math
from decimal import Decimal
from random import Random

from recount.eval.generator.gold.parts import add
from recount.eval.generator.gold.shape import Json, blank
from recount.eval.generator.money import GRAIN, share, wan
from recount.eval.generator.words import performance as words

_FUND_SOURCES = {
    2021: ("年度资金总额", "其中：当年财政拨款", "上年结转资金", "其他资金"),
    2022: ("年度资金总额", "其中：当年财政拨款", "上年结转资金", "其他资金"),
    2023: ("年度资金总额", "其中：当年财政拨款", "其他资金"),
}
_OVERALL_SOURCES = (
    "年度总资金",
    "中央安排",
    "自治区安排",
    "地（州、市）安排",
    "县（市、区）安排",
    "其他资金",
)
_FUND_WEIGHT = 10


class Evaluator:
    """Draws the performance tables of one report."""

    def __init__(self, rng: Random, year: int, unit: str) -> None:
        self.rng, self.year, self.unit = rng, year, unit
        self.two_decimals = rng.random() < 0.4
        self.operators = rng.choice((("≥", "≤", "="), (">=", "<=", "=")))
        self.no_deviation = "无偏差" if year <= 2021 and rng.random() < 0.8 else None

    def projects(self, count: int) -> list[Json]:
        """`count` project tables."""
        start = self.rng.randrange(len(words.PROJECTS))
        return [self.project((start + index) % len(words.PROJECTS), index) for index in range(count)]

    def project(self, topic: int, index: int) -> Json:
        """One 项目支出绩效自评表; its scores and its fund score add to its total."""
        name, thing, unit, quality, people = words.PROJECTS[topic]
        if index >= len(words.PROJECTS):
            name += f"（第{index // len(words.PROJECTS) + 1}批）"
        annual = self._money(0.5, 6000)
        executed = annual if self.rng.random() < 0.55 else int(annual * self.rng.uniform(0, 1))
        funds, fund_score = self._funds(_FUND_SOURCES[max(2021, min(self.year, 2023))], annual, executed)
        amount = self.rng.randint(1, 400)
        indicators = self._indicators(self._rows(thing, unit, quality, people, amount, annual))
        return blank(
            "project_evaluation",
            name=name,
            department=self.unit,
            implementing_unit=self.unit if self.rng.random() < 0.85 else self.unit + "下属事务中心",
            fiscal_year=self.year,
            funds=funds,
            expected_goal=self._goal(thing, unit, amount, annual, False),
            actual_completion=self._goal(thing, unit, amount, executed, True),
            indicators=indicators,
            total_weight=self._points(Decimal(100)),
            total_score=self._fixed(add([i["score"] for i in indicators]) + fund_score),
        )

    def overall(self, unit_name: str, total: int) -> Json:
        """The 部门（单位）整体支出绩效目标自评表 (2023); its total row may be missing."""
        executed = int(total * self.rng.uniform(0.8, 1.0))
        funds, fund_score = self._funds(self._overall_labels(), total, executed)
        rows = self._rows("完成重点任务数量", "项", "任务完成质量达标率", "服务对象", self.rng.randint(3, 60), total)
        indicators = self._indicators(rows, overall=True)
        shown = self.rng.random() < 0.6
        return blank(
            "overall_evaluation",
            unit_name=unit_name,
            fiscal_year=self.year,
            funds=funds,
            expected_goal=self._goal("完成重点任务数量", "项", 12, total, False),
            actual_completion=self._goal("完成重点任务数量", "项", 12, executed, True),
            indicators=indicators,
            total_weight=self._points(Decimal(100)) if shown else None,
            total_score=self._fixed(add([i["score"] for i in indicators]) + fund_score) if shown else None,
        )

    def _overall_labels(self) -> tuple[str, ...]:
        """The sources of the overall table under either name of the total."""
        return (self.rng.choice(("年度总资金", "合计")), *_OVERALL_SOURCES[1:])

    def _money(self, low: float, high: float) -> int:
        """A project's money: often round thousands of 元."""
        amount = math.exp(self.rng.uniform(math.log(low), math.log(high)))
        grain = self.rng.choice((GRAIN, GRAIN, 100 * GRAIN))
        return max(grain, int(amount * 100 * GRAIN) // grain * grain)

    def _funds(self, labels: tuple[str, ...], annual: int, executed: int) -> tuple[list[Json], Decimal]:
        """The fund rows (total first) and the fund score: weight x execution rate."""
        rate = share(executed, annual)
        score = (Decimal(_FUND_WEIGHT) * executed / annual).quantize(Decimal("0.01"))
        initial = annual if self.rng.random() < 0.6 else max(GRAIN, int(annual * self.rng.uniform(0.5, 1.3)))
        others = [0] * (len(labels) - 2)
        if self.rng.random() < 0.3:
            others[self.rng.randrange(len(others))] = annual // 5
        columns = [self._spread(total, annual, others) for total in (initial, annual, executed)]
        rows = []
        for index, label in enumerate(labels):
            first = index == 0
            rows.append(
                blank(
                    "fund_row",
                    source=label,
                    initial_budget=wan(columns[0][index]),
                    annual_budget=wan(columns[1][index]),
                    executed=wan(columns[2][index]),
                    weight=self._points(Decimal(_FUND_WEIGHT)) if first else None,
                    execution_rate=rate if first else None,
                    score=score if first else None,
                )
            )
        return rows, score

    @staticmethod
    def _spread(total: int, annual: int, others: list[int]) -> list[int]:
        """A column of the fund rows: the total, the main source, the other sources."""
        rest = [other * total // annual for other in others]
        return [total, total - sum(rest), *rest]

    def _rows(
        self, thing: str, unit: str, quality: str, people: str, amount: int, annual: int
    ) -> list[tuple[str, str, str, str, str]]:
        """(level 1, level 2, level 3, operator and value, unit) of every indicator, in the form's order."""
        rng, new = self.rng, self.year >= 2023
        ge, le, eq = self.operators
        rows = [("产出指标", "数量指标", thing, rng.choice((ge, eq)) + str(amount), unit)]
        for label, measure in rng.sample(words.MORE_COUNTS, rng.choice((0, 1, 2, 3, 6))):
            rows.append(("产出指标", "数量指标", label, ge + str(rng.randint(1, 60)), measure))
        rows.append(("产出指标", "质量指标", quality, rng.choice((ge, eq)) + str(rng.choice((90, 95, 98, 100))), "%"))
        for label in rng.sample(words.TIMES, rng.randint(1, 3)):
            rows.append(("产出指标", "时效指标", label, *self._time(label)))
        for label, part in zip(rng.sample(words.COSTS, rng.randint(1, 3)), (2, 3, 5), strict=False):
            first = ("成本指标", "经济成本指标") if new else ("产出指标", "成本指标")
            rows.append((*first, label, f"{le}{wan(annual // part)}", "万元"))
        if new and rng.random() < 0.3:
            rows.append(("成本指标", "社会成本指标", "占用公共场地天数", f"{le}{rng.randint(1, 9)}", "天"))
        for kind, labels in self._benefits():
            rows.append(("效益指标", kind, rng.choice(labels), rng.choice(words.QUALITATIVE), ""))
        top = "满意度指标"
        rows.append(
            (
                top,
                rng.choice((top, "服务对象满意度指标")),
                people + "满意度",
                f"{ge}{rng.choice((85, 90, 95))}",
                "%",
            )
        )
        return rows

    def _benefits(self) -> list[tuple[str, tuple[str, ...]]]:
        """Some of the four kinds of benefit, at least one."""
        kinds = (
            ("经济效益指标", words.ECONOMIC),
            ("社会效益指标", words.SOCIAL),
            ("生态效益指标", words.ECOLOGICAL),
            ("可持续影响指标", words.LASTING),
        )
        picked = [
            kind for kind, chance in zip(kinds, (0.25, 0.8, 0.15, 0.5), strict=True) if self.rng.random() < chance
        ]
        return picked or [kinds[1]]

    def _time(self, label: str) -> tuple[str, str]:
        """The target of a timeliness indicator: a percent, a date, a span, or hours."""
        rng, year = self.rng, self.year
        if label.endswith("率"):
            return self.operators[0] + str(rng.choice((95, 98, 100))), "%"
        if label.endswith("时间") and "响应" not in label:
            return rng.choice((f"{year}年12月31日", f"{year}.1.1-{year}.12.31", f"{year}年{rng.randint(6, 12)}月")), ""
        return self.operators[1] + str(rng.choice((2, 24, 48))), "小时" if "响应" in label else "天"

    def _indicators(self, rows: list[tuple[str, str, str, str, str]], overall: bool = False) -> list[Json]:
        """Indicators with weights that, with the fund row's, add to 100."""
        budget = {"产出指标": 50, "成本指标": 0, "效益指标": 30, "满意度指标": 10}
        if any(row[0] == "成本指标" for row in rows):
            budget = {"产出指标": 40, "成本指标": 20, "效益指标": 20, "满意度指标": 10}
        weights = {top: self._weights(points, sum(r[0] == top for r in rows)) for top, points in budget.items()}
        return [self._indicator(row, weights[row[0]].pop(0), overall) for row in rows]

    def _weights(self, points: int, count: int) -> list[Decimal]:
        """`points` divided among `count` indicators, in whole points."""
        if not count:
            return []
        base, rest = divmod(points, count)
        parts = [base] * count
        parts[self.rng.randrange(count)] += rest
        return [Decimal(part) for part in parts]

    def _indicator(self, row: tuple[str, str, str, str, str], weight: Decimal, overall: bool) -> Json:
        """One indicator: fully reached, or short of its target with a deviation."""
        level1, level2, level3, target, unit = row
        plain = target.lstrip(">=<≥≤")
        full = self.rng.random() < 0.85 or target == plain or target[0] in "<≤"
        score, actual = weight, plain
        if not full:
            part = Decimal(self.rng.randint(0, 95)) / 100
            actual = str(int(Decimal(plain) * part)) if "." not in plain else str(Decimal(plain) * part)
            score = (weight * part).quantize(Decimal("0.01"))
        deviation = self.no_deviation if full else self._deviation()
        return blank(
            "indicator",
            level1=level1,
            level2=level2,
            level3=level3,
            target=target + unit,
            actual=actual + unit,
            weight=self._points(weight),
            score=self._points(score),
            deviation=None if overall else deviation,
            basis=self.rng.choice(words.BASES).format(y=self.year) if overall else None,
        )

    def _deviation(self) -> str:
        """Why an indicator fell short."""
        rng = self.rng
        return rng.choice(words.DEVIATIONS).format(m=rng.randint(1, 12), n=rng.randint(2, 40))

    def _points(self, value: Decimal) -> Decimal:
        """Points as this publisher prints them: with two decimals, or with as many as needed."""
        if self.two_decimals:
            return self._fixed(value)
        return Decimal(int(value)) if value == int(value) else value.normalize()

    @staticmethod
    def _fixed(value: Decimal) -> Decimal:
        """Points with two decimals."""
        return value.quantize(Decimal("0.01"))

    def _goal(self, thing: str, unit: str, amount: int, money: int, done: bool) -> str:
        """A goal text, or what was done of it, with figures of its own."""
        rng = self.rng
        verb = "完成" if done else "计划"
        text = f"目标1：{verb}{self.year}年{thing}{amount}{unit}，{'使用' if done else '安排'}资金{wan(money)}万元。"
        if rng.random() < 0.6:
            text += f"目标2：{verb}相关培训{rng.randint(1, 9)}次，覆盖{rng.randint(20, 900)}人次；确保工作平稳运行。"
        if rng.random() < 0.3:
            text += f"目标3：{rng.choice(words.SOCIAL)}，受益群众满意度达到{rng.choice((90, 95))}%以上。"
        return text


def narrative_texts(rng: Random, count: int) -> dict[str, str]:
    """achievements, problems and improvements: numbered sentences in our own words."""
    texts = {}
    for key, pool in (
        ("achievements", words.ACHIEVEMENTS),
        ("problems", words.PROBLEMS),
        ("improvements", words.IMPROVEMENTS),
    ):
        parts = rng.sample(pool, rng.randint(2, 3))
        mark = rng.choice(("；", "。"))
        body = mark.join(f"{'一二三'[i]}是{text.format(n=count, m=rng.randint(3, 11))}" for i, text in enumerate(parts))
        texts[key] = body + "。"
    return texts

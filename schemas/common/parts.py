"""Parts and sections that the families share: portions, changes, comparisons, the unit, its assets, what has no key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Generic

from recount.schemas.arithmetic import Identity, at_most, equal, growth, number_of, same, share, total, variance
from recount.schemas.figures import (
    DOWN,
    UP,
    F,
    Figure,
    Kind,
    Model,
    Phrasing,
    area,
    count,
    figure,
    money,
    percent,
    rows,
    text,
)

LAST_YEAR = r"上年|上一年|去年|[比较与][\d▮]+年"
BUDGET = r"(?<!公共)(?<!基金)(?<!经营)预决?算"
"""What an amount is compared with; 一般公共预算 names where money comes from."""
CARS = frozenset({"辆", "台"})
_TURNED = rf"(?:{UP}|{DOWN})[^,，▮]{{0,6}}"


class Change(Model, Generic[F]):
    """与上年相比: signed, 减少/下降/降低 are negative. 持平 has no figures and its sentence as reason."""

    phrasing: ClassVar[Phrasing] = Phrasing(
        before={"amount": _TURNED, "percent": _TURNED}, basis={"amount": LAST_YEAR, "percent": LAST_YEAR}
    )
    amount: F | None = money("增减额")
    percent: F | None = percent("增减率")
    reason: str | None = text("主要原因")


class Portion(Model, Generic[F]):
    """A part of a total."""

    phrasing: ClassVar[Phrasing] = Phrasing(before={"percent": r"占[^。;]{0,40}"})
    amount: F | None = money("金额")
    percent: F | None = percent("占比")


class Comparison(Model, Generic[F]):
    """预决算对比: variance_percent is 预决算差异率, completion_percent 完成预算的…%, each only where printed."""

    phrasing: ClassVar[Phrasing] = Phrasing(
        before={
            "budget": r"预算(?:数|额|总额)?(?:安排|核定|批复)?(?:为|是|:)?",
            "final": r"(?:决算|执行|支出|收入)(?:数|额)?(?:为|是|:)?",
            "variance_percent": r"(?:差异率|增长|下降|高|低)(?:为|是|:)?",
            "completion_percent": r"预算(?:数|额)?的|完成(?:年初|全年|调整后?|本年)?预算(?:数|额)?(?:为|达)?",
        },
        basis={"variance_percent": BUDGET},
        also_own=("final",),  # the 决算数 is the very amount that is compared
    )
    budget: F | None = money("预算数")
    final: F | None = money("决算数")
    variance_percent: F | None = percent("预决算差异率")
    completion_percent: F | None = percent("完成预算的百分比")
    reason: str | None = text("主要原因")

    def identities(self: Comparison[Figure]) -> Iterator[Identity]:
        yield variance("预决算差异率 = (决算数 − 预算数) ÷ 预算数", self.variance_percent, self.final, self.budget)
        yield share("完成预算的百分比 = 决算数 ÷ 预算数", self.completion_percent, self.final, of=self.budget)


class GlossaryEntry(Model):
    """名词解释."""

    term: str = text("名词")
    definition: str = text("解释")


class Overview(Model, Generic[F]):
    """第一部分 单位/部门概况."""

    phrasing: ClassVar[Phrasing] = Phrasing(
        of_unit=("staff_total", "unit_count", "office_count"),
        # how many the list of 下属单位 has
        beside={"unit_count": r"(?:纳入[^。;,]{0,40}?编制范围的)?(?:下属)?(?:预算)?单位(?:共计|共有|共)?"},
        units={"unit_count": frozenset({"个", "家"})},
    )
    functions: tuple[str, ...] = rows("主要职能")
    staff_total: F | None = count("实有人数", r"(?:实有|在编)?(?:人员|人数|总人数|实有人数)")
    staff_active: F | None = count("在职人员", r"(?:实有)?在职(?:人员|人数)?")
    staff_veteran_retired: F | None = count("离休人员", r"离休(?:人员|人数)?")
    staff_retired: F | None = count("退休人员", r"退休(?:人员|人数)?")
    office_count: F | None = count("处室数", r"(?:下设|内设|设有?)(?:处室|科室|机构)?")
    offices: tuple[str, ...] = rows("处室")
    subordinate_units: tuple[str, ...] = rows("下属预算单位")

    def identities(self: Overview[Figure]) -> Iterator[Identity]:
        yield equal(
            "实有人数 = 在职人员 + 离休人员 + 退休人员",
            self.staff_total,
            total(self.staff_active, self.staff_veteran_retired, self.staff_retired),
        )
        if self.offices:
            yield equal("处室数 = 所列处室", self.office_count, number_of(self.offices))


_MINISTERIAL = r"副?(?:部\(?省?\)?|省\(?部?\)?|省、?部)级?(?:\(含\))?及?(?:以上)?"
"""副部（省）级及以上: without these words a car for 领导 is of any rank."""


class StateAssets(Model, Generic[F]):
    """十（三）国有资产占用情况说明."""

    phrasing: ClassVar[Phrasing] = Phrasing(
        of_unit=("fixed_assets", "vehicle_count"),
        beside={"value": r"(?:账面)?价值(?:总额)?|原值"},
        units={"": CARS},
    )
    as_of: str | None = text("截止日期")
    fixed_assets: F | None = money("固定资产原值", r"固定资产(?:账面)?(?:原值|总额|价值)?")
    building_area_m2: F | None = area("房屋面积（平方米）", r"房屋(?:建筑)?(?:面积)?")
    building_value: F | None = money("房屋价值", r"房屋▮平方米[^▮]{0,6}?价值")
    vehicle_count: F | None = count("车辆数", r"(?:(?:机关[及和])?[所下]属(?:各)?(?:预算)?单位)?(?:共有)?车辆(?:共)?")
    vehicle_value: F | None = money("车辆价值", r"车辆▮[辆台][^▮]{0,6}?价值")
    vehicles_ministerial: F | None = count("副部（省）级及以上领导用车", rf"{_MINISTERIAL}领导(?:干部)?用车")
    vehicles_principal: F | None = count("主要领导干部/主要负责人用车", r"主要(?:领导干部|负责人)(?:用车)?")
    vehicles_confidential: F | None = count("机要通信用车", r"机要通信(?:用车)?")
    vehicles_emergency: F | None = count("应急保障用车", r"应急保障(?:用车)?")
    vehicles_enforcement: F | None = count("执法执勤用车", r"(?:一般)?执法执勤(?:用车)?")
    vehicles_special: F | None = count("特种专业技术用车", r"特种专业技术(?:用车)?")
    vehicles_retired_cadre: F | None = count("离退休干部用车", r"离退休干部(?:服务)?(?:用车)?")
    vehicles_other: F | None = count("其他用车")
    vehicles_other_note: str | None = text("其他用车主要是")
    large_equipment: F | None = count("单价100万元（含）以上设备", r"单价[^。]{0,12}以上(?:专用|通用)?设备[^▮]{0,12}")

    def identities(self: StateAssets[Figure]) -> Iterator[Identity]:
        yield equal(
            "车辆 = 各类用车之和",
            self.vehicle_count,
            total(
                self.vehicles_ministerial,
                self.vehicles_principal,
                self.vehicles_confidential,
                self.vehicles_emergency,
                self.vehicles_enforcement,
                self.vehicles_special,
                self.vehicles_retired_cadre,
                self.vehicles_other,
            ),
        )
        # Houses and cars are fixed assets, all at what they were bought for.
        bound = total(self.fixed_assets) - self.vehicle_value
        yield at_most("房屋价值 ≤ 固定资产原值 − 车辆价值", self.building_value, bound)


TABLED = frozenset({"statements", "project_evaluations"})
"""The keys of a report, of whatever family, under which each part is a table of its own."""
UNMAPPED = "unmapped_figures"
"""The key of a report under which the figures stand that have no key."""


class UnmappedFigure(Model, Generic[F]):
    """A figure printed in the narrative that has no key: nothing that is printed is lost."""

    section: str | None = text("章节")
    label: str | None = text("标签")
    raw: str | None = text("原文")
    value: F | None = figure(Kind.ANY, "数值")
    unit: str | None = text("单位")


def change_of(name: str, this_year: Figure | None, change: Change[Figure] | None) -> Iterator[Identity]:
    """The growth rate of a change, against this year's figure − change. Yields nothing where none is printed."""
    if change is not None and change.percent is not None:
        yield growth(f"{name}增减率 = 增减额 ÷ (本年数 − 增减额)", change.percent, change.amount, this_year)


def changed_alike(income: Change[Figure] | None, expenditure: Change[Figure] | None) -> Iterator[Identity]:
    """收入总计 and 支出总计 balance in every year, so they change alike. Yields nothing where one is not printed."""
    if income is not None and expenditure is not None:
        yield same("收入总计增减额 = 支出总计增减额", income.amount, expenditure.amount)
        yield same("收入总计增减率 = 支出总计增减率", income.percent, expenditure.percent)

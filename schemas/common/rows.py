"""Rows and tables that the families share, and one quantity in the words and in the tables of a report.

A blank cell is null; a printed 0.00 is 0.00.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, Protocol

from recount.schemas.arithmetic import Identity, equal, printed, same
from recount.schemas.common.codes import CodedRow, label, named_as_coded, plain, sums_by_code
from recount.schemas.describe import fields_of
from recount.schemas.family import Heads
from recount.schemas.figures import F, Figure, Model, money, rows, text

BUDGETS = {
    "total": "合计",
    "general": "一般公共预算财政拨款",
    "funds": "政府性基金预算财政拨款",
    "capital": "国有资本经营预算财政拨款",
}
"""The columns of the expenditure half of a table of the fiscal appropriation; its income lines carry the same names."""

ROW_LABELS = frozenset(
    {
        "产出指标", "效益指标", "满意度指标", "成本指标", "数量指标", "质量指标", "时效指标", "经济成本指标",
        "社会成本指标", "生态环境成本指标", "经济效益指标", "社会效益指标", "生态效益指标", "可持续影响指标",
        "服务对象满意度指标", "总分", "合计", "总计", "本年收入合计", "本年支出合计",
    }
)  # fmt: skip
"""Level-1 and level-2 labels of the performance tables, and the rows that close a table."""


class FundSplit(Model, Generic[F]):
    """An amount and its split over the three budgets."""

    total: F | None = money("合计")
    general: F | None = money("一般公共预算财政拨款")
    funds: F | None = money("政府性基金预算财政拨款")
    capital: F | None = money("国有资本经营预算财政拨款")

    def identities(self: FundSplit[Figure]) -> Iterator[Identity]:
        name = getattr(self, "name", None) or "支出"
        yield equal(
            f"{name}·合计 = 一般公共预算 + 政府性基金预算 + 国有资本经营预算",
            self.total,
            printed(self.general, self.funds, self.capital),
        )


class NamedSplit(FundSplit[F], Generic[F]):
    """A line of the expenditure half of 财政拨款收入支出决算总表."""

    name: str | None = text("项目")


class ExpenditureRow(CodedRow[F], Generic[F]):
    """A line of 支出决算表."""

    total: F | None = money("本年支出合计")
    basic: F | None = money("基本支出")
    project: F | None = money("项目支出")
    remitted_to_superior: F | None = money("上缴上级支出")
    business: F | None = money("经营支出")
    affiliate_subsidy: F | None = money("对附属单位补助支出")

    def identities(self: ExpenditureRow[Figure]) -> Iterator[Identity]:
        yield equal(
            f"{label(self)}·本年支出合计 = 各项支出之和",
            self.total,
            printed(
                self.basic,
                self.project,
                self.remitted_to_superior,
                self.business,
                self.affiliate_subsidy,
            ),
        )


class ExpenditureStatement(Model, Generic[F]):
    """支出决算表 (公开03表)."""

    rows: tuple[ExpenditureRow[F], ...] = rows("科目")

    def identities(self: ExpenditureStatement[Figure]) -> Iterator[Identity]:
        yield from sums_by_code(self.rows)


class GeneralRow(CodedRow[F], Generic[F]):
    """A line of 一般公共预算财政拨款支出决算表."""

    total: F | None = money("小计")
    basic: F | None = money("基本支出")
    project: F | None = money("项目支出")

    def identities(self: GeneralRow[Figure]) -> Iterator[Identity]:
        yield equal(f"{label(self)}·小计 = 基本支出 + 项目支出", self.total, printed(self.basic, self.project))


class ThreePublicRow(Model, Generic[F]):
    """预算数 or 决算数 of the “三公” expenses."""

    total: F | None = money("合计")
    overseas: F | None = money("因公出国（境）费")
    vehicles: F | None = money("公务用车购置及运行费小计")
    vehicle_purchase: F | None = money("公务用车购置费")
    vehicle_running: F | None = money("公务用车运行费")
    reception: F | None = money("公务接待费")

    def identities(self: ThreePublicRow[Figure]) -> Iterator[Identity]:
        yield equal(
            "“三公”经费合计 = 因公出国（境）费 + 公务用车购置及运行费 + 公务接待费",
            self.total,
            printed(self.overseas, self.vehicles, self.reception),
        )
        yield equal(
            "公务用车购置及运行费 = 购置费 + 运行费",
            self.vehicles,
            printed(self.vehicle_purchase, self.vehicle_running),
        )


# --- one quantity in two tables, or in the words and in a table

Named = tuple[str | None, Figure | None]
"""A line by its name: what expenditure by function is compared by."""


def by_function(one: str, lines: Sequence[Named], other: str, rows: Sequence[Named]) -> Iterator[Identity]:
    """Expenditure by function: the lines of one statement against the 类 rows of another, by their names."""
    names = Counter(plain(name) for name, _ in lines)
    names_below = Counter(plain(name) for name, _ in rows)
    amounts = {plain(name): amount for name, amount in rows}
    for name, amount in lines:
        bare = plain(name)
        if bare and names[bare] == 1 and names_below[bare] == 1:
            yield same(f"{one}·{bare} = {other}·{bare}", amount, amounts[bare])


class Item(Protocol):
    """An expenditure that is named by 类, 款 and 项."""

    @property
    def class_name(self) -> str | None: ...
    @property
    def section_name(self) -> str | None: ...
    @property
    def item_name(self) -> str | None: ...
    @property
    def amount(self) -> Figure | None: ...


class FunctionRow(Protocol):
    """A row of expenditure by function."""

    @property
    def code(self) -> str | None: ...
    @property
    def name(self) -> str | None: ...
    @property
    def total(self) -> Figure | None: ...


def items_against_rows(
    numeral: str, items: Iterable[Item], table: str, rows: Sequence[FunctionRow]
) -> Iterator[Identity]:
    """The items of a narrative and the 项 rows of a statement: the same 类, 款 and 项 names."""
    names = {row.code: plain(row.name) for row in rows if row.code is not None}
    paths = []
    for row in rows:
        if row.code is not None and len(row.code) == 7 and row.code[:5] in names and row.code[:3] in names:
            paths.append(((names[row.code[:3]], names[row.code[:5]], plain(row.name)), row.total))
    times = Counter(path for path, _ in paths)
    said = [((plain(item.class_name), plain(item.section_name), plain(item.item_name)), item) for item in items]
    said_times = Counter(path for path, _ in said)
    shown = dict(paths)
    for path, item in said:
        if times[path] == 1 and said_times[path] == 1:
            yield same(f"{numeral}、{'·'.join(path)} = {table}·{path[-1]}", item.amount, shown[path])


def portions_against_row(
    numeral: str, section: Model, table: str, columns: type[Model], row: object
) -> Iterator[Identity]:
    """A section's total and portions against the columns of a row under the same keys. columns: the row's model."""
    for key, field in fields_of(type(section)).items():
        said = getattr(section, key)
        amount = said if key == "total" else getattr(said, "amount", None)
        if key in fields_of(columns):
            yield same(f"{numeral}、{field.title} = {table}·合计·{field.title}", amount, getattr(row, key, None))


def coded_names(tables: Model) -> Iterator[Identity]:
    """The names in coded tables that contradict their codes. tables: each part a table, under its title."""
    for key, field in fields_of(type(tables)).items():
        rows = getattr(getattr(tables, key), "rows", ())
        yield from named_as_coded(field.title, [row for row in rows if isinstance(row, CodedRow)])


def class_totals(rows: Iterable[FunctionRow]) -> list[Named]:
    """The 类 rows, each with its total."""
    return [(row.name, row.total) for row in rows if row.code is not None and len(row.code) == 3]


# --- the heads of the tables of statements, so that they are known where their columns are lost

_OF_CARS = ("小计", "公务用车购置费", "公务用车运行费", "公务用车运行维护费", "购置费", "运行费", "运行维护费")
STATEMENT_HEADS = Heads(
    amounts=frozenset(
        {
            "合计", "小计", "总计", "本年收入合计", "本年支出合计", "收入合计", "支出合计", "决算数", "预算数", "金额",
            "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "事业单位经营收入", "附属单位上缴收入", "其他收入",
            "财政专户管理资金收入", "上年结转", "上年结转结余", "一般公共预算拨款收入", "政府性基金预算拨款收入",
            "国有资本经营预算拨款收入", "基本支出", "项目支出", "上缴上级支出", "经营支出", "事业单位经营支出",
            "对附属单位补助支出", "年初结转和结余", "本年收入", "年末结转和结余", "人员经费", "公用经费",
            "一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款", "一般公共预算",
            "政府性基金预算", "国有资本经营预算", "因公出国(境)费", "因公出国(境)费用", "公务接待费",
            "公务用车购置费", "公务用车运行费", "公务用车运行维护费", "购置费", "运行费", "运行维护费",
            "机关运行经费", "机关运行经费预算数",
        }
    ),
    over=(
        ("本年支出", ("小计", "基本支出", "项目支出")),
        ("年预算数", ("小计", "基本支出", "项目支出")),
        ('"三公"经费预算数', ("合计", "因公出国(境)费", "公务接待费", "公务用车购置及运行费")),
        *((whole, _OF_CARS) for whole in ("公务用车购置及运行费", "公务用车购置及运行维护费")),
    ),
    values=frozenset({"决算数", "预算数", "金额"}),
    items=frozenset({"因公出国(境)费", "因公出国(境)费用"}),
    codes=frozenset({"科目编码", "支出功能分类科目编码", "功能分类科目编码", "经济分类科目编码"}),
    names=frozenset({"科目名称", "功能分类科目名称", "经济分类科目名称"}),
    lines=frozenset({"项目"}),
    others=frozenset(
        {
            "类", "款", "项", "栏次", "收入", "支出", "本年支出", "财政拨款支出", "收入预算", "支出预算",
            '财政拨款"三公"经费', "一般公共预算支出", "政府性基金预算支出", "一般公共预算基本支出",
        }
    ),
)  # fmt: skip

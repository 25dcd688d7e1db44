"""The tables that an output folder is exported as: their names, their columns, and what each column holds."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from pydantic import BaseModel

from recount.pipeline.errors import UsageError
from recount.schemas.describe import Leaf, RowList, leaves_of, row_lists
from recount.schemas.family import RowTable
from recount.schemas.figures import Kind
from recount.schemas.registry import family_of_report


@dataclass(frozen=True, slots=True)
class Column:
    """A column. type: string, integer, number or boolean. shown: whether a workbook shows it."""

    name: str
    title: str
    type: str
    description: str
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name and official title, its columns, and the lists of a report that its rows come from."""

    name: str
    title: str
    description: str
    columns: tuple[Column, ...]
    lists: tuple[RowList, ...] = ()

    def heads(self, keys: str) -> list[str]:
        """What the columns are called in a file: by their English names, or ("zh") by their official titles."""
        return [column.title if keys == "zh" else column.name for column in self.columns]

    def label(self, keys: str) -> str:
        return self.title if keys == "zh" else self.name


# --- the columns that tables share, and the tables of every report


_REPORT = (
    Column("report", "报告", "string", "Path of the report below its archive; one value a report."),
    Column("unit_name", "单位", "string", "The unit that published the report (title page)."),
    Column("fiscal_year", "年度", "integer", "The year that the report accounts for."),
)
_SECTION = (
    Column("section", "章节代码", "string", "Key of the report's section, as in the JSON result.", shown=False),
    Column("section_title", "章节", "string", "Official title of the section."),
)
_PLACE = (
    Column("page", "页", "integer", "1-based page where it is printed; of a row, its first figure's."),
    Column(
        "status",
        "状态",
        "string",
        "verified, repaired, grounded or disputed (README); of a row, the least sure of its figures.",
    ),
)
_KEY = Column(
    "key", "位置", "string", "JSON pointer into the report of the result file: one value a figure or row.", shown=False
)

REPORTS = Table(
    "reports",
    "报告",
    "One row for each report.",
    (
        *_REPORT,
        Column("sha256", "文件散列", "string", "SHA-256 of the PDF.", shown=False),
        Column("pages", "页数", "integer", "Pages of the PDF."),
        Column("scanned_pages", "扫描页数", "integer", "Pages that were read by OCR."),
        Column("verified", "已核实", "integer", "Figures that the report's own arithmetic confirms."),
        Column("repaired", "已修复", "integer", "Figures whose OCR reading the arithmetic decided."),
        Column("grounded", "有出处", "integer", "Figures that no identity covers."),
        Column("disputed", "有争议", "integer", "Figures that an identity contradicts."),
        Column("errors", "不一致", "integer", "Failing checks without an explanation."),
        Column("minor", "轻微不一致", "integer", "Failing checks that publishers' habits explain."),
    ),
)
FIGURES = Table(
    "figures",
    "数字",
    "Every figure of every report, one a row.",
    (
        *_REPORT,
        *_SECTION,
        _KEY,
        Column(
            "title", "名称", "string", "Official titles from the section down to the figure; rows by number and name."
        ),
        Column("value", "数值", "number", "The figure, in the unit of the next column, with its printed decimals."),
        Column("unit", "单位（数值）", "string", "Unit of the value: 万元, %, 人 …; empty where there is none."),
        _PLACE[1],
        _PLACE[0],
        Column("raw", "原文", "string", "The characters as read from the page.", shown=False),
        Column(
            "printed_unit",
            "单位（原文）",
            "string",
            "Unit that the page prints (元 where the value is in 万元).",
            shown=False,
        ),
        Column("decimals", "小数位数", "integer", "Decimals of the value as printed: 115.50 has 2.", shown=False),
        Column("origin", "来源", "string", "text (digital text layer) or ocr.", shown=False),
        Column("line", "行", "integer", "1-based line where it stands in a file of text; empty for any other."),
    ),
)
DISCREPANCIES = Table(
    "discrepancies",
    "不一致",
    "Where a report contradicts itself: every identity that fails.",
    (
        *_REPORT,
        Column("check", "编号", "string", "Id of the check in the result file.", shown=False),
        Column("severity", "程度", "string", "error, or minor where publishers' habits explain it."),
        Column("explanation", "说明", "string", "Why it is minor: levelled, truncated, classified."),
        Column("rule", "勾稽关系", "string", "The identity, in the terms of the form."),
        Column("expression", "算式", "string", "The identity with the numbers filled in."),
        Column("printed", "所载数", "number", "What the report prints."),
        Column("computed", "应为数", "number", "What the other figures of the identity add up to."),
        Column("residual", "差额", "number", "Printed less computed."),
        Column("tolerance", "允许误差", "number", "What rounding of the printed figures explains."),
        Column("page", "页", "integer", "Page of the first figure that takes part."),
        Column("pages", "各页", "string", "Pages of all figures that take part, separated by spaces."),
        Column(
            "keys", "各位置", "string", "JSON pointers of the figures that take part, separated by spaces.", shown=False
        ),
    ),
)


_COUNTED: dict[Kind | None, str] = {Kind.MONEY: "In 万元.", Kind.PERCENT: "The number before the percent sign."}
"""What the description of a column says of figures of a kind."""


# --- the tables of a model: those of every report, and those of rows that its family declares


@cache
def tables_of(model: type[BaseModel]) -> tuple[Table, ...]:
    """Every table that reports of a model are exported as."""
    lists, family = row_lists(model), family_of_report(model)
    declared = family.tables if family is not None else ()
    tables = [
        _row_table(table.name, table.title, table.description, tuple(rows for rows in lists if _is_of(rows, table)))
        for table in declared
    ]
    return (REPORTS, FIGURES, *(table for table in tables if table.lists), DISCREPANCIES)


def _is_of(listed: RowList, table: RowTable) -> bool:
    """Whether the rows of a list are rows of a table."""
    if table.rows is not None:
        return issubclass(listed.model, table.rows)
    return listed.way[0] == table.section


def table_named(model: type[BaseModel], name: str) -> Table:
    """The table of this name. Raises UsageError if there is none."""
    tables = {table.name: table for table in tables_of(model)}
    if name not in tables:
        raise UsageError(f"no table is called {name}; there are {', '.join(tables)}")
    return tables[name]


def _row_table(name: str, title: str, description: str, lists: tuple[RowList, ...]) -> Table:
    about = (
        *_REPORT,
        *_SECTION,
        Column("list", "所属表", "string", "Titles from the section down to the list that the row stands in."),
        Column("list_of", "所属项目", "string", "Name of the row that the list belongs to (a project), if any."),
        Column("row", "行", "integer", "Number of the row in its list, from 1."),
    )
    return Table(name, title, description, (*about, *_merged(lists), *_PLACE, _KEY), lists)


def _merged(lists: tuple[RowList, ...]) -> list[Column]:
    """The columns of rows of several models: fields of one name are one column, called by all their titles."""
    by_name: dict[str, list[Leaf]] = {}
    for listed in lists:
        for leaf in leaves_of(listed.model):
            by_name.setdefault(leaf.name, []).append(leaf)
    return [_column(name, same) for name, same in by_name.items()]


def _column(name: str, same: list[Leaf]) -> Column:
    title = "/".join(dict.fromkeys(leaf.title for leaf in same))
    return Column(name, title, _type(same[0]), f"{title}. {_COUNTED.get(same[0].field.kind, '')}".strip())


def _type(leaf: Leaf) -> str:
    if leaf.field.shape is Decimal:
        return "integer" if leaf.field.kind in (Kind.COUNT, Kind.YEAR) else "number"
    return "boolean" if leaf.field.shape is bool else "string"

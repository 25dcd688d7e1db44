"""The tables that an output folder is exported as: their names, their columns, and what each column holds.

Which tables there are follows from the families of the results in the folder. Every list of rows of each has its place
in just one table: that which its family declares, or one that is called as the list.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from pydantic import BaseModel

from recount.pipeline.errors import UsageError
from recount.schemas.describe import ROW, Leaf, RowList, leaves_of, row_lists, spot
from recount.schemas.family import Family, RowTable
from recount.schemas.figures import Kind

_LONGEST_LABEL = 25
"""A sheet's name has 31 characters at most; those of its continuations have a number behind it."""
_NO_LABEL = re.compile(r"[][:*?/\\'\x00-\x1f]")


@dataclass(frozen=True, slots=True)
class Column:
    """A column. type: string, integer, number or boolean. shown: whether a workbook shows it."""

    name: str
    title: str
    type: str
    description: str
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of a report whose rows are rows of a table.

    contract, model: of the report. columns: where in the table the fields of a row stand, in their order.
    """

    contract: str
    model: type[BaseModel]
    rows: RowList
    columns: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name and official title, its columns, and the lists of reports that its rows come from."""

    name: str
    title: str
    description: str
    columns: tuple[Column, ...]
    lists: tuple[Listed, ...] = ()

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
        "verified, repaired, reviewed, grounded or disputed (README); of a row, the least sure of its figures.",
    ),
)
_TITLE = Column(
    "title", "名称", "string", "Official titles from the section down to the place; rows by number and name."
)
_BOX = tuple(
    Column(name, title, "number", f"{side} side of its box on the page, in points from the top left.", shown=False)
    for name, title, side in (("x0", "左", "Left"), ("y0", "上", "Upper"), ("x1", "右", "Right"), ("y1", "下", "Lower"))
)
_LINE = Column("line", "行", "integer", "1-based line where it stands in a file of text; empty for any other.")
_COPY = Column(
    "same_as",
    "同于",
    "string",
    "The report that is made of a file with the same content: count only rows that have nothing here.",
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
        Column("reviewed", "已复核", "integer", "Figures that a person looked at, and that no identity covers."),
        Column("grounded", "有出处", "integer", "Figures that no identity covers."),
        Column("disputed", "有争议", "integer", "Figures that an identity contradicts."),
        Column("errors", "不一致", "integer", "Failing checks without an explanation."),
        Column("minor", "轻微不一致", "integer", "Failing checks that publishers' habits explain."),
        Column("unread_pages", "未读页", "string", "Pages that were not read, separated by spaces."),
        Column("rows_left_out", "遗漏行数", "integer", "Lines of numbers in tables that no row was read from."),
        Column("rejected", "被拒绝", "integer", "Proposals that were refused."),
        Column("covered", "覆盖率", "number", "Share of the figures that another number in their place would fail."),
        Column("contract", "结果格式", "string", "Family of the report, and the version of its shape.", shown=False),
        _COPY,
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
        _TITLE,
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
        _LINE,
        Column("columns", "列", "string", "Its first and last column in that line, from 1.", shown=False),
        *_BOX,
        Column("confidence", "识别置信度", "number", "What OCR says of the line, 0 to 1.", shown=False),
        Column("mapper", "归位者", "string", "Who put it into its field: template, or model:NAME.", shown=False),
        Column("agreed", "复读者", "string", "The second reader that put it there too: model:NAME …", shown=False),
        Column("reason", "原因", "string", "Why it is disputed, or may not be verified."),
        Column("checks", "勾稽编号", "string", "Ids of the checks that it takes part in, by spaces.", shown=False),
        Column(
            "suspects",
            "可疑位置",
            "string",
            "JSON pointers of the figures that its failing checks suspect most, separated by spaces.",
            shown=False,
        ),
        Column("first_reading", "首次识别", "string", "What the page was first read as, if that was not taken."),
        Column("second_reading", "再次识别", "string", "What a second reading of the scan said, if otherwise."),
        Column("reviewed_by", "复核人", "string", "Who decided about it; empty if nobody did."),
        Column("verdict", "复核结论", "string", "as_printed, misread or other_token: what was decided."),
        Column("first_value", "复核前数值", "number", "What the field held before, in the unit of the value."),
        Column("note", "复核说明", "string", "What the reviewer wrote beside it."),
        _COPY,
    ),
)
TEXTS = Table(
    "texts",
    "文字",
    "Every text of every report that stands in no row of another table, one a row.",
    (*_REPORT, *_SECTION, _KEY, _TITLE, Column("text", "内容", "string", "What the report says."), _COPY),
)
_CHECK = (
    Column("check", "编号", "string", "Id of the check in the result file.", shown=False),
    Column("severity", "程度", "string", "Of a failure: error, or minor where publishers' habits explain it."),
    Column("explanation", "说明", "string", "Why it is minor (levelled, truncated, classified), or what is suspected."),
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
    Column(
        "suspects",
        "可疑位置",
        "string",
        "JSON pointers of those that are most suspect, separated by spaces.",
        shown=False,
    ),
)
DISCREPANCIES = Table(
    "discrepancies",
    "不一致",
    "Where a report contradicts itself: every identity that fails.",
    (*_REPORT, *_CHECK, _COPY),
)
CHECKS = Table(
    "checks",
    "勾稽",
    "Every identity that a report implies, with its outcome.",
    (*_REPORT, Column("result", "结果", "string", "pass, fail or not_applicable."), *_CHECK, _COPY),
)
REJECTED = Table(
    "rejected",
    "被拒绝",
    "Every proposal that was refused: it is not in the report.",
    (
        *_REPORT,
        *_SECTION,
        _KEY,
        _TITLE,
        Column("proposed", "提出的内容", "string", "The characters that were proposed; of a whole row none."),
        Column("mapper", "提出者", "string", "Who proposed it."),
        Column("reason", "原因", "string", "Why it was refused."),
        _COPY,
    ),
)
REMARKS = Table(
    "remarks",
    "页面说明",
    "What a reader of the pages sees beside the figures, and what was left out.",
    (
        *_REPORT,
        Column("page", "页", "integer", "1-based page of the PDF."),
        _LINE,
        Column("kind", "种类", "string", "Of what sort the remark is."),
        Column("words", "说明", "string", "What is said."),
        *_BOX,
        _COPY,
    ),
)
MENTIONS = Table(
    "mentions",
    "另述数字",
    "Every figure of the narrative that has no field, for a text or a figure of the report says it.",
    (
        *_REPORT,
        *_SECTION,
        _KEY,
        _TITLE,
        Column("raw", "原文", "string", "The characters as read from the page."),
        Column("printed_unit", "单位（原文）", "string", "Unit that the page prints."),
        Column("page", "页", "integer", "1-based page where it is printed."),
        _LINE,
        *_BOX,
        _COPY,
    ),
)
FILES = Table(
    "files",
    "文件",
    "Every file that a run was given, whatever became of it.",
    (
        Column("file", "文件", "string", "Path of the file below its archive."),
        Column("fate", "去向", "string", "structured, same as another, failed, not begun …"),
        Column("reason", "原因", "string", "Why there is no result of it."),
        Column("reports", "报告数", "integer", "Reports that the file holds; each has its result."),
        Column("pages", "页数", "integer", "Pages of the file."),
        Column("bytes", "字节数", "integer", "Size of the file, if it was known before it was read."),
        Column("sha256", "文件散列", "string", "SHA-256 of the file.", shown=False),
        Column("place", "位置", "string", "Where it lay when it was last read.", shown=False),
        Column(
            "member", "压缩包成员", "string", "Its number in the archive or PDF there, if it lay in one.", shown=False
        ),
        Column("same_as", "同于", "string", "The file with the same content that was structured instead."),
    ),
)
"""What the ledger of the folder knows; there is no row where a folder has no ledger."""

_BEFORE = (REPORTS, FIGURES)
_BEHIND = (TEXTS, DISCREPANCIES, CHECKS, REJECTED, REMARKS, MENTIONS, FILES)


_COUNTED: dict[Kind | None, str] = {Kind.MONEY: "In 万元.", Kind.PERCENT: "The number before the percent sign."}
"""What the description of a column says of figures of a kind."""


# --- the tables of families: those of every report, and those of the rows of their lists


def tables_of(*families: Family) -> tuple[Table, ...]:
    """Every table that reports of some families are exported as, in a fixed order."""
    kinds = {table.name: _Kind(table.name) for family in families for table in family.tables}
    for family in families:
        model = family.report_of(Decimal)
        for rows in row_lists(model):
            words = _kind_of(family, model, rows)
            kinds.setdefault(words.name, _Kind(words.name)).add(words, Listed(family.contract, model, rows))
    made = [*_BEFORE, *_BEHIND]
    for kind in (kind for kind in kinds.values() if kind.lists):
        name = _unlike(_label(kind.name), [table.name for table in made])
        title = _unlike(_label(kind.title), [table.title for table in made])
        made.append(_row_table(name, title, kind.description, kind.lists))
    return (*_BEFORE, *made[len(_BEFORE) + len(_BEHIND) :], *_BEHIND)


def _label(words: str) -> str:
    """What a file, a sheet and a table of a database may all be called."""
    return _NO_LABEL.sub("_", words)[:_LONGEST_LABEL]


class _Kind:
    """What becomes a table: the lists of several families, under all the titles that they have for it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lists: list[Listed] = []
        self._titles: dict[str, None] = {}
        self._descriptions: dict[str, None] = {}

    def add(self, words: RowTable, listed: Listed) -> None:
        self.lists.append(listed)
        self._titles[words.title] = None
        self._descriptions[words.description] = None

    @property
    def title(self) -> str:
        return "、".join(self._titles)

    @property
    def description(self) -> str:
        return " ".join(self._descriptions)


def _kind_of(family: Family, model: type[BaseModel], rows: RowList) -> RowTable:
    """The table of a list: the first that its family declares for it, or one that is called as the list itself."""
    for table in family.tables:
        if _is_of(rows, table):
            return table
    named = [title for title in spot(model, rows.way).titles if title is not None]
    key = [step for step in rows.way if step != ROW][-1]
    return RowTable(key, named[-1], f"Rows of the lists {key}.")


def _is_of(listed: RowList, table: RowTable) -> bool:
    """Whether the rows of a list are rows of a table."""
    if table.rows is not None:
        return issubclass(listed.model, table.rows)
    return listed.way[0] == table.section


def named_in(tables: Iterable[Table], name: str) -> Table:
    """The table of this name. Raises UsageError if there is none."""
    by_name = {table.name: table for table in tables}
    if name not in by_name:
        raise UsageError(f"no table is called {name}; there are {', '.join(by_name)}")
    return by_name[name]


def _row_table(name: str, title: str, description: str, lists: Collection[Listed]) -> Table:
    about = (
        *_REPORT,
        *_SECTION,
        Column("list", "所属表", "string", "Titles from the section down to the list that the row stands in."),
        Column("list_of", "所属项目", "string", "Name of the row that the list belongs to (a project), if any."),
        Column("row", "行", "integer", "Number of the row in its list, from 1."),
    )
    shared = (*about, *_PLACE, _KEY, _COPY)
    by_name: dict[str, list[Leaf]] = {}
    for listed in lists:
        for leaf in leaves_of(listed.rows.model):
            by_name.setdefault(leaf.name, []).append(leaf)
    own = list(_own_columns(by_name, shared))
    at = {leaf: len(about) + place for place, leaf in enumerate(by_name)}
    placed = tuple(
        replace(listed, columns=tuple(at[leaf.name] for leaf in leaves_of(listed.rows.model))) for listed in lists
    )
    return Table(name, title, description, (*about, *own, *_PLACE, _KEY, _COPY), placed)


def _own_columns(by_name: dict[str, list[Leaf]], shared: Collection[Column]) -> Iterator[Column]:
    """The columns of rows of several models: fields of one name are one column, called by all their titles.

    No column is called as another: two keys of a JSON object would be one, and a database tells no a from an A.
    """
    names, titles = [column.name for column in shared], [column.title for column in shared]
    for name, same in by_name.items():
        column = _column(_unlike(name, names), same)
        column = replace(column, title=_unlike(column.title, titles))
        names.append(column.name)
        titles.append(column.title)
        yield column


def _unlike(wanted: str, taken: Collection[str]) -> str:
    """A name that differs from all that are taken, also where large and small letters are the same."""
    folded = {name.casefold() for name in taken}
    free, number = wanted, 1
    while free.casefold() in folded:
        number += 1
        free = f"{wanted}_{number}"
    return free


def _column(name: str, same: list[Leaf]) -> Column:
    title = "/".join(dict.fromkeys(leaf.title for leaf in same))
    return Column(name, title, _type(same), f"{title}. {_COUNTED.get(same[0].field.kind, '')}".strip())


def _type(same: list[Leaf]) -> str:
    """The type of a column; that of numbers or of text where fields of one name differ."""
    types = {_type_of(leaf) for leaf in same}
    if len(types) == 1:
        return types.pop()
    return "number" if types == {"integer", "number"} else "string"


def _type_of(leaf: Leaf) -> str:
    if leaf.field.shape is Decimal:
        return "integer" if leaf.field.kind in (Kind.COUNT, Kind.YEAR) else "number"
    if leaf.field.shape is int:
        return "integer"
    return "boolean" if leaf.field.shape is bool else "string"

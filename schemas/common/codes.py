"""Tables by classification code (科目编码): what must add up in them, and the names that the codes go by.

The classes (类) are those of the official classification (政府收支分类科目), with the names that they had in other
years. They check what a report prints: a name that is another class's name contradicts its code. A name that is not
listed here says nothing, and neither a code nor a name is ever filled in from here.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from recount.schemas.arithmetic import Identity, Sum, equal, named_otherwise, nothing, printed
from recount.schemas.describe import fields_of
from recount.schemas.figures import F, Figure, Model, money, text
from recount.schemas.saying import Saying, say

# --- tables of lines by name and by classification code, and what must add up in them

TOTAL = "合计"


@dataclass(frozen=True, slots=True)
class Coding:
    """How codes nest: levels, by the length of the code, each with what a line of it is called."""

    levels: Mapping[int, str]

    def reads(self, code: str | None) -> bool:
        """Whether a code is one of these."""
        return code is not None and code.isascii() and code.isdigit() and len(code) in self.levels


CLASSES = Coding({3: "类", 5: "款", 7: "项"})
UNITS = Coding({3: "部门", 6: "单位", 9: "下属单位"})
"""预算单位 of 部门收入总表: a department, its units, and theirs."""
_FEW = 3
"""Fewer than one in so many rows of a level have nothing below them by mistake."""


PART_OF_ABOVE = ("其中", "#")  # a line that repeats a part of the line above it


class NamedLine(Model, Generic[F]):
    """A line of a table in two halves, its ordinal (一、) dropped."""

    name: str | None = text("项目")
    amount: F | None = money("金额")


class CodedRow(Model, Generic[F]):
    """A line under a 科目编码: its 类/款/项 cells joined ("2010601"), null for 合计."""

    code: str | None = text("科目编码")
    name: str | None = text("科目名称")


Row = TypeVar("Row", bound=CodedRow[Any])


def label(row: CodedRow[Figure]) -> str:
    """A row as one would point at it: 2010601行政运行, 合计."""
    return (row.code or "") + (row.name or "") or "（无名行）"


def plain(name: str | None) -> str:
    """A line's name for comparing: without spaces, and without brackets, which not every form prints."""
    return re.sub(r"[（(][^）)]*[）)]|\s", "", name or "")


def added(lines: Iterable[NamedLine[Figure]]) -> list[Figure | None]:
    """The amounts to add up: a line 其中：… is part of the one above it."""
    return [line.amount for line in lines if not (line.name or "").startswith(PART_OF_ABOVE)]


def lines_sum(lines: Iterable[NamedLine[Figure]]) -> Sum:
    """The amounts of listed lines added up; where all of them are blank they come to nothing."""
    amounts = added(lines)
    return printed(*amounts) if any(amounts) or not amounts else nothing()


def amount_columns(row: CodedRow[Figure]) -> list[tuple[str, str]]:
    """The amount fields of a row, each with its title."""
    return [(key, field.title) for key, field in fields_of(type(row)).items() if key not in ("code", "name")]


def total_row(rows: Iterable[Row]) -> Row | None:
    """The 合计 row; None where there is none, or more than one."""
    found = [row for row in rows if row.name == TOTAL and row.code is None]
    return found[0] if len(found) == 1 else None


def class_rows(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows of a 类."""
    return (row for row in rows if row.code is not None and len(row.code) == 3)


def superior(code: str, listed: Collection[str]) -> str | None:
    """The nearest code above it that the table lists: of 2010601, 20106, or 201 where that is not there."""
    above = (code[:length] for length in range(len(code) - 1, 0, -1))
    return next((prefix for prefix in above if prefix in listed), None)


def families(rows: Sequence[Row], coding: Coding = CLASSES) -> Iterator[tuple[Row, list[Row]]]:
    """Each row with the rows below it in the classification; 合计 with the highest ones.

    A level that is not printed is passed over. A row without any below it is left out, but where the others of its
    level have some it has lost them: it is the sum of none. Left out is also whatever is not certain: a family with a
    code that is listed twice, and one into which a row without a readable code may belong (the classification above the
    row that it follows).
    """
    coded = [row for row in rows if coding.reads(row.code)]
    codes = [row.code for row in coded if row.code is not None]
    listed = frozenset(codes)
    twice = {code for code, times in Counter(codes).items() if times > 1}
    unsure = doubtful(rows, coding)
    below: dict[str | None, list[Row]] = defaultdict(list)
    for row in coded:
        below[superior(row.code or "", listed)].append(row)
    lost = _without_rows(codes, {code for code, children in below.items() if code is not None and children}, coding)
    whole: list[tuple[str | None, Row | None]] = [(None, total_row(rows))]
    for code, parent in [*whole, *((row.code, row) for row in coded)]:
        children = below[code]
        if parent is None or code in twice or code in unsure or not (children or code in lost):
            continue
        if not any(child.code in twice for child in children):
            yield parent, children


def _without_rows(codes: Iterable[str], parents: Collection[str], coding: Coding) -> set[str]:
    """The codes without any below them, of the levels at which most others have some."""
    found = set()
    for level in list(coding.levels)[:-1]:
        here = {code for code in codes if len(code) == level}
        without = here - set(parents)
        if len(without) * _FEW < len(here):
            found |= without
    return found


def doubtful(rows: Sequence[CodedRow[Figure]], coding: Coding = CLASSES) -> set[str | None]:
    """The codes (None: 合计) to which a row without a readable code may belong."""
    found: set[str | None] = set()
    last = ""
    for row in rows:
        if row.code is not None and coding.reads(row.code):
            last = row.code
        elif row.name != TOTAL:
            found |= {None, *(last[:length] for length in coding.levels)}
    return found


def sums_by_code(rows: Sequence[CodedRow[Figure]], coding: Coding = CLASSES) -> Iterator[Identity]:
    """合计 = Σ 类, 类 = Σ 款, 款 = Σ 项, column by column; a level that the table does not list is passed over."""
    for parent, children in families(rows, coding):
        levels = {coding.levels[len(child.code or "")] for child in children}
        below = levels.pop() if len(levels) == 1 else "下级"
        for key, title in amount_columns(parent):
            parts = printed(*(getattr(child, key) for child in children)) if children else nothing()
            yield equal(f"{label(parent)}·{title} = 所属各{below}之和", getattr(parent, key), parts)


@dataclass(frozen=True, slots=True)
class Name:
    """What a class is called. since, until: the fiscal years, None where it is still, or was from the beginning."""

    name: str
    since: int | None = None
    until: int | None = None


def _one(name: str) -> tuple[Name, ...]:
    return (Name(name),)


FUNCTION_CLASSES: dict[str, tuple[Name, ...]] = {
    "201": (Name("一般公共服务支出", since=2014), Name("一般公共服务", until=2013)),
    "202": (Name("外交支出", since=2014), Name("外交", until=2013)),
    "203": (Name("国防支出", since=2014), Name("国防", until=2013)),
    "204": (Name("公共安全支出", since=2014), Name("公共安全", until=2013)),
    "205": (Name("教育支出", since=2014), Name("教育", until=2013)),
    "206": (Name("科学技术支出", since=2014), Name("科学技术", until=2013)),
    "207": (
        Name("文化旅游体育与传媒支出", since=2019),
        Name("文化体育与传媒支出", since=2014, until=2018),
        Name("文化体育与传媒", until=2013),
    ),
    "208": (Name("社会保障和就业支出", since=2014), Name("社会保障和就业", until=2013)),
    "209": _one("社会保险基金支出"),
    "210": (
        Name("卫生健康支出", since=2019),
        Name("医疗卫生与计划生育支出", since=2014, until=2018),
        Name("医疗卫生", until=2013),
    ),
    "211": (Name("节能环保支出", since=2014), Name("节能环保", since=2011, until=2013), Name("环境保护", until=2010)),
    "212": (Name("城乡社区支出", since=2014), Name("城乡社区事务", until=2013)),
    "213": (Name("农林水支出", since=2014), Name("农林水事务", until=2013)),
    "214": (Name("交通运输支出", since=2014), Name("交通运输", until=2013)),
    "215": (
        Name("资源勘探工业信息等支出", since=2020),
        Name("资源勘探信息等支出", since=2014, until=2019),
        Name("资源勘探电力信息等事务", until=2013),
    ),
    "216": (Name("商业服务业等支出", since=2014), Name("商业服务业等事务", until=2013)),
    "217": (Name("金融支出", since=2014), Name("金融监管等事务支出", until=2013)),
    "219": _one("援助其他地区支出"),
    "220": (
        Name("自然资源海洋气象等支出", since=2019),
        Name("国土海洋气象等支出", since=2014, until=2018),
        Name("国土资源气象等事务", until=2013),
    ),
    "221": _one("住房保障支出"),
    "222": (Name("粮油物资储备支出", since=2014), Name("粮油物资储备事务", until=2013)),
    "223": _one("国有资本经营预算支出"),
    "224": (Name("灾害防治及应急管理支出", since=2019),),
    "227": _one("预备费"),
    "229": _one("其他支出"),
    "230": _one("转移性支出"),
    "231": _one("债务还本支出"),
    "232": _one("债务付息支出"),
    "233": _one("债务发行费用支出"),
    "234": (Name("抗疫特别国债安排的支出", since=2020),),
}
"""支出功能分类: 类 by code, the present name first."""

ECONOMIC_CLASSES: dict[str, tuple[Name, ...]] = {
    "301": _one("工资福利支出"),
    "302": _one("商品和服务支出"),
    "303": _one("对个人和家庭的补助"),
    "304": (Name("对企事业单位的补贴", until=2017),),
    "305": (Name("转移性支出", until=2017),),
    "306": (Name("赠与", until=2017),),
    "307": (Name("债务利息及费用支出", since=2018), Name("债务利息支出", until=2017)),
    "308": (Name("债务还本支出", until=2017),),
    "309": (Name("资本性支出（基本建设）", since=2018), Name("基本建设支出", until=2017)),
    "310": (Name("资本性支出", since=2018), Name("其他资本性支出", until=2017)),
    "311": (Name("对企业补助（基本建设）", since=2018), Name("贷款转贷及产权参股", until=2017)),
    "312": (Name("对企业补助", since=2018),),
    "313": (Name("对社会保障基金补助", since=2018),),
    "399": _one("其他支出"),
}
"""部门预算支出经济分类: 类 by code, the present name first."""

_BRACKETS = str.maketrans("（）", "()")
_CLASS = re.compile(r"[23]\d\d")


def is_function_class(name: str) -> bool:
    """Whether a name is that of a class of expenditure by function, in any year, with or without its 支出."""
    return _plain(name).removesuffix("支出") in FUNCTION_NAMES


def contradiction(code: str, name: str) -> Saying | None:
    """How a class's printed name contradicts its printed code; None where it does not, or is not known."""
    classes = FUNCTION_CLASSES if code.startswith("2") else ECONOMIC_CLASSES
    if not _CLASS.fullmatch(code):
        return None
    printed = _plain(name)
    owners = [other for other, names in classes.items() if printed in {_plain(known.name) for known in names}]
    if not owners or code in owners:
        return None
    if code not in classes:
        return say("no_such_class", number=code, printed=name, other=owners[0])
    return say("named_as_another", number=code, name=classes[code][0].name, printed=name, other=owners[0])


def named_as_coded(table: str, rows: Iterable[CodedRow[Figure]]) -> Iterator[Identity]:
    """The rows of a table whose names contradict their codes."""
    for row in rows:
        found = contradiction(row.code, row.name) if row.code and row.name else None
        if found is not None:
            yield named_otherwise(f"{table}·{row.code}{row.name}·编码与名称相符", found)


def _plain(name: str) -> str:
    return "".join(name.translate(_BRACKETS).split())


FUNCTION_NAMES = frozenset(
    _plain(known.name).removesuffix("支出") for names in FUNCTION_CLASSES.values() for known in names
)
"""What classes of expenditure by function are called, in any year, without their 支出."""

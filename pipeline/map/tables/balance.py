"""收入支出决算总表 and 财政拨款收入支出决算总表: income in the left half, expenditure in the right.

Each half has lines with ordinals (一、 …), then 本年…合计, carry-overs and 总计. A half is known by 收入 or
支出 over its 项目 column; what stands between one 项目 column and the next belongs to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise

from recount.pipeline.map.tables.sheet import (
    NOT_THE_FINAL_FIGURE,
    SIDES,
    SUM_WORDS,
    Columns,
    Field,
    Table,
    bare,
    by_content,
    columns_by_header,
    has_chinese,
    heading,
    is_mostly,
    is_nearly,
    name_of,
    only_number,
    ordinal_level,
    place_of,
    whole_number,
    with_mark,
    without_ordinal,
)
from recount.pipeline.split.folding import simplified
from recount.schemas.common.rows import FundSplit, NamedSplit
from recount.schemas.family import lost_one
from recount.schemas.figures import Ref
from recount.schemas.final_accounts.statements import (
    FiscalAppropriationStatement,
    IncomeExpenditureStatement,
    NamedAmount,
)

INCOME_ROLES = (
    ("income_current_year", r"本年(?:财政拨款)?收入(?:合计|小计|总计)?|收入合计"),
    ("nonfiscal_surplus_used", r"使用非财政拨款(?:专用)?结余.*|用事业基金弥补收支差额"),
    ("opening_carryover", r"(?:年初|上年)(?:财政拨款)?结转(?:和|与|及)?结余"),
    ("income_total", r"(?:财政拨款)?收入总计|总计"),
    ("some_total", r"合计"),
)
EXPENDITURE_ROLES = (
    ("expenditure_current_year", r"本年(?:财政拨款)?支出(?:合计|小计|总计)?|支出合计"),
    ("surplus_distribution", r"结余分配"),
    ("closing_carryover", r"年末(?:财政拨款)?结转(?:和|与|及)?结余|结转下年"),
    ("expenditure_total", r"(?:财政拨款)?支出总计|总计"),
    ("some_total", r"合计"),
)
"""What a line is that is none of the lines by source or function."""
USUAL_NAMES = {
    "本年收入合计": "income_current_year",
    "使用非财政拨款结余": "nonfiscal_surplus_used",
    "年初结转和结余": "opening_carryover",
    "年初财政拨款结转和结余": "opening_carryover",
    "本年支出合计": "expenditure_current_year",
    "年末结转和结余": "closing_carryover",
    "年末财政拨款结转和结余": "closing_carryover",
}
"""For names in which one character is misread."""
_SHORT_NAMES = lost_one({**USUAL_NAMES, "使用财政拨款结余": ""})  # which is a line of its own, and has lost nothing
OPENING_PARTS = (
    ("opening_general", r"一般公共预算"),
    ("opening_funds", r"政府性基金"),
    ("opening_capital", r"国有资本经营"),
)
"""The lines below 年初财政拨款结转和结余."""

LINE_ENDS = ("支出", "收入", "拨款")
"""How the name of every line by source or function ends; one that does not is only the first part of it."""
_SPECKS = ".．·,，"
OTHER_CLASSIFICATION = re.compile(r"经济分类|支出性质|按性质")
"""A third half, in old forms: the same expenditure once more, classified another way."""
_OF_BUDGET = r"(?:预算)?(?:财政拨款)?(?:支出)?"
SPLIT = (
    Field("total", r"支出|合计|小计|总计", (), NOT_THE_FINAL_FIGURE),
    Field("general", rf"一般公共{_OF_BUDGET}", ("一般公共预算财政拨款",), NOT_THE_FINAL_FIGURE),
    Field("funds", rf"政府性基金{_OF_BUDGET}", ("政府性基金预算财政拨款",), NOT_THE_FINAL_FIGURE),
    Field("capital", rf"国有资本经营{_OF_BUDGET}", ("国有资本经营预算财政拨款",), NOT_THE_FINAL_FIGURE),
)
"""The columns of the expenditure half of 财政拨款收入支出决算总表."""

Amounts = dict[str, Ref | None]


@dataclass(frozen=True, slots=True)
class Half:
    """One side of the statement: the column of its names, and the columns of its amounts."""

    names: int
    amounts: Columns


@dataclass(slots=True)
class Lines:
    """What a half holds: its lines with the levels of their ordinals, the totals and carry-overs by their roles."""

    listed: list[tuple[str, Amounts]] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)
    roles: dict[str, list[Amounts]] = field(default_factory=dict)

    def role(self, key: str) -> Amounts:
        """The amounts of a role; none where the table names it twice, or not at all."""
        of_role = self.roles.get(key, [])
        return of_role[0] if len(of_role) == 1 else {}

    def amount(self, key: str) -> Ref | None:
        """The one amount of a role; None where its line has none, or there is no such line."""
        return self.role(key).get("total")


def income_expenditure_statement(table: Table) -> IncomeExpenditureStatement[Ref] | None:
    """收入支出决算总表; None where a table has neither half."""
    income, expenditure = halves(table)
    if income is None and expenditure is None:
        return None
    left, right = lines_in(table, income, INCOME_ROLES), lines_in(table, expenditure, EXPENDITURE_ROLES)
    return IncomeExpenditureStatement[Ref](
        income=_named_amounts(left),
        expenditure=_named_amounts(right),
        income_current_year=left.amount("income_current_year"),
        expenditure_current_year=right.amount("expenditure_current_year"),
        nonfiscal_surplus_used=left.amount("nonfiscal_surplus_used"),
        surplus_distribution=right.amount("surplus_distribution"),
        opening_carryover=left.amount("opening_carryover"),
        closing_carryover=right.amount("closing_carryover"),
        income_total=left.amount("income_total"),
        expenditure_total=right.amount("expenditure_total"),
    )


def fiscal_appropriation_statement(table: Table) -> FiscalAppropriationStatement[Ref] | None:
    """财政拨款收入支出决算总表, its expenditure half split over the three budgets; None where it has neither half."""
    income, expenditure = halves(table, SPLIT)
    if income is None and expenditure is None:
        return None
    left, right = lines_in(table, income, INCOME_ROLES), lines_in(table, expenditure, EXPENDITURE_ROLES)
    return FiscalAppropriationStatement[Ref](
        income=_named_amounts(left),
        expenditure=tuple(NamedSplit[Ref](name=name, **amounts) for name, amounts in right.listed),
        income_current_year=left.amount("income_current_year"),
        opening_carryover=left.amount("opening_carryover"),
        opening_general=left.amount("opening_general"),
        opening_funds=left.amount("opening_funds"),
        opening_capital=left.amount("opening_capital"),
        income_total=left.amount("income_total"),
        expenditure_current_year=_split(right, "expenditure_current_year"),
        closing_carryover=_split(right, "closing_carryover"),
        expenditure_total=_split(right, "expenditure_total"),
    )


def _named_amounts(lines: Lines) -> tuple[NamedAmount[Ref], ...]:
    return tuple(NamedAmount[Ref](name=name, amount=amounts.get("total")) for name, amounts in lines.listed)


def _split(lines: Lines, key: str) -> FundSplit[Ref] | None:
    """The line of a total; null where the statement has no such line."""
    return FundSplit[Ref](**lines.role(key)) if key in lines.roles else None


def halves(table: Table, split: Sequence[Field] = ()) -> tuple[Half | None, Half | None]:
    """The income and the expenditure half: named over their 项目 column, or else the first and the second.

    split: the columns of the expenditure half where it has more than one amount.
    """
    starts = _name_columns(table)
    spans = {start: range(start + 1, end) for start, end in pairwise([*starts, table.grid.columns])}
    free = [column for column in starts if not any(map(OTHER_CLASSIFICATION.search, table.path(column)))]
    sides: dict[str, int] = {}
    for start in free:
        side = _side(table.path(start))
        if side is not None:
            sides.setdefault(side, start)
    for side in ("income", "expenditure"):
        unnamed = [column for column in free if column not in sides.values() and _side(table.path(column)) is None]
        if side not in sides and unnamed:
            sides[side] = unnamed[0]
    columns = {side: (split if side == "expenditure" else ()) for side in sides}
    found = {side: Half(start, _amount_columns(table, spans[start], columns[side])) for side, start in sides.items()}
    return found.get("income"), found.get("expenditure")


def _name_columns(table: Table) -> list[int]:
    """The first grid column of each column of names, left to right, known by what they hold."""
    columns = range(table.grid.columns)
    named = by_content(table, columns, has_chinese)
    return [column for column in named if column - 1 not in named or table.path(column) != table.path(column - 1)]


def _side(path: Sequence[str]) -> str | None:
    income, expenditure = ("".join(path).count(word) for word in SIDES)
    if bool(income) == bool(expenditure):
        return None
    return "income" if income else "expenditure"


def _amount_columns(table: Table, columns: Sequence[int], split: Sequence[Field]) -> Columns:
    """The columns of the amounts among those of a half: by their headings, which 行次 and 序号 are not.

    Where the heading is lost, the one column that holds figures.
    """
    found = columns_by_header(table, split, columns)
    if found:
        return found
    amounts = [column for column in columns if _heads_amount(table, column)]
    if not amounts:
        amounts = [column for column in by_content(table, columns, only_number) if not _row_numbers(table, column)]
        return {"total": tuple(amounts)} if len(amounts) == 1 else {}
    return {"total": tuple(amounts)} if len({heading(table, column) for column in amounts}) == 1 else {}


def _heads_amount(table: Table, column: int) -> bool:
    """Whether a heading says that the figures that are wanted stand below it."""
    path = table.path(column)
    if not path or any(re.search(table.heads.never, words) for words in path):
        return False
    return table.heads.values.fullmatch(path[-1]) is not None or path[-1] in SUM_WORDS


def _row_numbers(table: Table, column: int) -> bool:
    """Whether a column holds row numbers: whole ones, each one more than the one above."""
    numbers = [whole_number(cell) for row in table.body_rows() for cell in table.cells(row, [column])]
    steps = [b - a for a, b in pairwise(numbers) if a is not None and b is not None]
    return bool(steps) and steps.count(1) >= len(numbers) / 2


def lines_in(table: Table, half: Half | None, roles: Sequence[tuple[str, str]]) -> Lines:
    """Read a half downwards: lines until 本年…合计, then totals and carry-overs by their names.

    roles: the pattern of each role's name, in the order in which they are tried.
    """
    lines = Lines()
    if half is None:
        return lines
    listing, numbered, place = True, False, 0
    unknown: list[tuple[str, Amounts]] = []
    for printed, amounts in _named_rows(table, half):
        name = with_mark(printed, place) if table.scanned else printed
        place = place_of(name) or place
        own_name = without_ordinal(name)
        role = _role(bare(own_name), roles, below_opening="opening_carryover" in lines.roles)
        if role is None and table.scanned:
            role = _misread_role(bare(own_name), roles)
        if role is not None:
            lines.roles.setdefault(role, []).append(amounts)
            # 本年收入 may stand above its lines, instead of 本年收入合计 below them.
            above = role == "income_current_year" or (role == "expenditure_current_year" and not lines.listed)
            listing = listing and above and not bare(own_name).endswith(tuple(SUM_WORDS))
        elif listing:
            has_ordinal = own_name != name
            if has_ordinal or not numbered or not _completes(lines.listed, name, amounts):
                lines.listed.append((own_name, amounts))
                lines.levels.append(ordinal_level(name))
            numbered = has_ordinal
        elif table.scanned:
            unknown.append((bare(own_name), amounts))
    left = {key for key, _ in roles if key not in lines.roles}
    for name, amounts in unknown:
        role = _role_left(name, left)
        if role is not None:
            lines.roles.setdefault(role, []).append(amounts)
    _settle_totals(lines, roles)
    return lines


def _completes(listed: list[tuple[str, Amounts]], name: str, amounts: Amounts) -> bool:
    """Whether a row is the rest of the line above, whose name the page end cut in two; it is then added to it."""
    above, printed = listed[-1]
    end = simplified(above.rstrip(_SPECKS)[-2:])
    complete = any(one == other for whole in LINE_ENDS for one, other in zip(end, whole, strict=False))
    if complete or not simplified(above + name).endswith(LINE_ENDS):  # complete also with one of the two misread
        return False
    if any(printed.get(key) is not None and amount is not None for key, amount in amounts.items()):
        return False
    listed[-1] = above + name, {key: printed.get(key) or amount for key, amount in amounts.items()}
    return True


def _role(name: str, roles: Sequence[tuple[str, str]], *, below_opening: bool) -> str | None:
    if below_opening or name.startswith("年初"):
        for key, pattern in OPENING_PARTS:
            if re.search(pattern, name):
                return key
    for key, pattern in roles:
        if re.fullmatch(pattern, name):
            return key
    return None


def _misread_role(name: str, roles: Sequence[tuple[str, str]]) -> str | None:
    if len(name) == len("总计") and name[0] == "总":  # no other line begins so
        return roles[-2][0]
    of_this_half = {key for key, _ in roles}
    misread = {key for usual, key in USUAL_NAMES.items() if is_nearly(name, usual)} | {_SHORT_NAMES.get(name, "")}
    misread &= of_this_half
    return misread.pop() if len(misread) == 1 else None


def _role_left(name: str, left: Set[str]) -> str | None:
    """Which of the roles that no other line of a scan has is that of a line most of whose name is right, as
    年未结练和结系 under a seal. Whether the sums agree tells if it is."""
    found = {key for usual, key in USUAL_NAMES.items() if key in left and is_mostly(name, usual)}
    return found.pop() if len(found) == 1 else None


def _settle_totals(lines: Lines, roles: Sequence[tuple[str, str]]) -> None:
    """A line 合计 is 总计 where 本年…合计 is named, and the other way round; else it stays open."""
    (current, _), *_, (whole, _), (some, _) = roles
    if some in lines.roles and (current in lines.roles) != (whole in lines.roles):
        missing = whole if current in lines.roles else current
        lines.roles[missing] = lines.roles[some]


def _named_rows(table: Table, half: Half) -> Iterator[tuple[str, Amounts]]:
    """The rows in which a half has a name, each with the amounts beside it."""
    others = {half.names, *(column for mine in half.amounts.values() for column in mine)}
    for row in table.body_rows():
        cell = table.at[row][half.names]
        if cell is None or cell.row != row or not has_chinese(cell):
            continue
        yield name_of(cell), {key: table.amount(row, mine, others) for key, mine in half.amounts.items()}

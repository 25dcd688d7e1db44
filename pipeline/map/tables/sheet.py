"""A final-account statement as a table: where its header ends, what stands above a column, what a cell says.

Publishers set the nine statements (公开01表–09表) with other columns, in other orders, with or without a row
of column numbers (栏次) and columns of row numbers (行次). So a column is known by all the words above it,
a row by its own, and a figure by standing alone in its cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from recount.pipeline.document import Cell, Grid, Remark
from recount.pipeline.map.grammar.passage import refs_in
from recount.pipeline.split.folding import simplified
from recount.schemas.figures import Ref
from recount.schemas.saying import say

DASHES = frozenset("-—–―─－_/／*")
"""A cell of these alone is blank."""
UNIT_WORDS = frozenset({"", "元", "万元"})
"""What may stand in a cell beside its figure."""
CODE_LEVELS = frozenset({"类", "款", "项"})
SPENT_ON = frozenset({"基本支出", "项目支出"})
NAMES_OF_COLUMNS = CODE_LEVELS | {
    "项目", "科目编码", "科目名称", "栏次", "行次", "决算数", "预算数", "金额",
    "支出功能分类科目编码", "功能分类科目编码", "经济分类科目编码",
}  # fmt: skip
"""Words that only a header has in a cell of their own, on the first page or again on the next."""
HEADER_MARKS = NAMES_OF_COLUMNS | {
    "科目", "序号", "小计", "收入", "支出", "支出功能分类", "功能分类", "经济分类", "人员经费", "公用经费",
    "基本支出", "项目支出", "财政拨款收入", "上级补助收入", "事业收入", "经营收入",
    "本年收入", "本年支出", "年初结转和结余", "年末结转和结余",
}  # fmt: skip
"""Words that the header of a statement has in a cell of their own."""
SIDES = ("收入", "支出")
"""What stands over the halves of a balance."""
_LIKE_SIDES = frozenset({"收支", "收益", "收回", "支付"})
_HALF = 3  # columns that one has at least
COLUMN_NUMBERS = "栏次"
LONGEST_HEADER = 12  # rows; a mark further down is a header printed again on the next page
NUMBERED = 0.75  # the part of a row of column numbers that is read right, at least
VALUE_WORDS = re.compile(r"(?:本年度?|当年|\d{4}年度?)?(?:决算数|决算金额|金额|决算|支出数)")
"""Header words that say only that figures stand below: 决算数 over 合计, 一般公共预算财政拨款 …"""
NOT_THE_FINAL_FIGURE = r"预算数|上年|调整|增减"
SUM_WORDS = frozenset({"合计", "小计", "总计"})
_SUM = "合计"
CLOSE = 0.74  # of a header's characters must be right to know it by likeness: one of four may be misread
CLOSE_ENOUGH = 0.7  # the same for the one column that is left, and the one field
CLEARLY_CLOSER = 0.15
SHORTEST_MISREAD = 5  # characters; in a shorter label one wrong character may make it another
_TELLING = frozenset("上下次去预初末非不无")
"""Characters that make a label another (上年收入合计, 年末 for 年初): one that is read is no misreading."""

_BRACKETED = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")
# A dash behind a label says that nothing else stands in its cell.
_TRIFLES = re.compile(r"[\s\"'“”‘’:：,，.．、。·*]|(?<=[\u4e00-\u9fff])\s*[-—–―─]+\s*$")
_NAME_SPACE = re.compile(r"(?<![A-Za-z])\s+|\s+(?![A-Za-z])")
_NOTE = re.compile(r"(?:备?注|说明)\d?[:：]")
_TITLE_LINE = re.compile(r"单位[:：]|公开\d*表|部门[:：]|(?:决算|情况)总?表$")
_CHINESE = re.compile(r"[一-鿿]")
NUMERALS = "一二三四五六七八九十"
_ORDINAL = re.compile(rf"^(?:[{NUMERALS}—–－_-]+[、.．,，]|[(（][{NUMERALS}\d]+[)）]|\d+[、.．](?!\d))")
_NUMERAL = re.compile(rf"[{NUMERALS}]{{1,3}}(?=[\u3400-\u9fff])")


@lru_cache(maxsize=4096)
def bare(words: str) -> str:
    """A label for recognising: simplified, without brackets and what they hold, quotation marks and punctuation."""
    return _TRIFLES.sub("", _BRACKETED.sub("", simplified(words)))


def is_nearly(words: str, name: str, shortest: int = SHORTEST_MISREAD) -> bool:
    """Whether words are a long name with one character misread; the name itself is not. shortest: characters of it.

    Only a scan is misread (is_scanned): in digital text another character is another word.
    """
    return len(name) >= shortest and _is_misread(words, name, most=1)


def is_mostly(words: str, name: str) -> bool:
    """The same of fewer than half of the characters, where no other name can be meant."""
    return _is_misread(words, name, most=(len(name) - 1) // 2)


def _is_misread(words: str, name: str, most: int) -> bool:
    """Whether words are a name as long with so many characters misread at most, of which none makes it another."""
    if len(words) != len(name):
        return False
    other = [one for one, usual in zip(words, name, strict=True) if one != usual]
    return 0 < len(other) <= most and _TELLING.isdisjoint(other)


def is_scanned(grid: Grid) -> bool:
    """Whether a table was read by OCR, as its numbers tell."""
    return any(number.token.origin == "ocr" for cell in grid.cells for number in cell.numbers)


def is_blank(cell: Cell | None) -> bool:
    """Whether nothing is printed in it, or a dash."""
    return cell is None or DASHES.issuperset(cell.words)


def label(cell: Cell | None) -> str:
    """What a cell says, for recognising; "" for a blank one."""
    words = "" if cell is None else cell.words
    return "" if DASHES.issuperset(words) else bare(words)


def name_of(cell: Cell) -> str:
    """A printed name: spaces and line breaks dropped, as printed for the rest."""
    return _NAME_SPACE.sub("", cell.text.printed.strip())


def without_ordinal(name: str) -> str:
    """A line's name without its 一、 or 十一、 or （一）."""
    return _ORDINAL.sub("", name)


def ordinal_level(name: str) -> int:
    """What kind of ordinal a name begins with: 1 一、, 2 （一）, 3 1.; 0 for none."""
    match = _ORDINAL.match(name)
    if match is None:
        return 0
    return 2 if match[0][0] in "(（" else 3 if match[0][0].isdigit() else 1


def ordinal(numeral: str) -> int:
    """一 to 九十九 as a number; 0 for what is none. A katakana ー is often set for 一."""
    numeral = numeral.replace("ー", "一")
    tens, ten, ones = numeral.rpartition("十")
    if not ten:
        return NUMERALS.find(numeral) + 1 if len(numeral) == 1 else 0
    return ((NUMERALS.find(tens) + 1) if tens else 1) * 10 + ((NUMERALS.find(ones) + 1) if ones else 0)


def with_mark(name: str, place: int) -> str:
    """A name on a scan with the mark behind its ordinal, which was read as a gap: 二外交支出. place: of the line above,
    by its ordinal; 0 for none."""
    numeral = _NUMERAL.match(name)
    if not place or numeral is None or ordinal(numeral[0]) != place + 1:
        return name
    return f"{numeral[0]}、{name[numeral.end() :]}"


def place_of(name: str) -> int:
    """The place of a line that begins with 一、 or 十一、; 0 for any other."""
    match = _ORDINAL.match(name)
    return ordinal(match[0][:-1]) if match and ordinal_level(name) == 1 else 0


def only_number(cell: Cell | None) -> bool:
    """Whether a cell holds one number and nothing else."""
    if cell is None or len(cell.numbers) != 1:
        return False
    number, text = cell.numbers[0], cell.text.folded
    beside = "".join((text[: number.start] + text[number.end :]).split())
    return beside in UNIT_WORDS


def amount_in(cell: Cell | None) -> Ref | None:
    """The amount of a cell that holds one and nothing else; None for a blank cell and for any other."""
    if cell is None or not only_number(cell) or cell.numbers[0].token.unit == "%":
        return None
    return Ref(cell.numbers[0].token.index)


def whole_number(cell: Cell | None) -> int | None:
    """The whole number that a cell consists of, as a row or column number does."""
    words = cell.words if cell is not None else ""
    return int(words) if words.isascii() and words.isdigit() and len(words) <= 3 else None


def is_note(cell: Cell) -> bool:
    """Whether a cell is a 注：… line that was ruled in with the table."""
    return _NOTE.match(cell.words) is not None


def has_chinese(cell: Cell | None) -> bool:
    """Whether a cell has a Chinese character."""
    return cell is not None and _CHINESE.search(cell.words) is not None


@dataclass(frozen=True, slots=True)
class Heads:
    """What heads the amounts of a report's tables.

    values: words that say only that they stand below. never: words of other amounts than those wanted.
    """

    values: re.Pattern[str]
    never: str


FINAL_HEADS = Heads(VALUE_WORDS, NOT_THE_FINAL_FIGURE)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A grid with its cells by place, and where the body begins.

    at: by row and column, a merged cell at every place that it covers. body: the first row that is not
    header. level_row: the row in which the end of the header stands beside 合计 and its figures, where the form has
    that. heads: of its amounts. scanned: its words may be misread.
    """

    grid: Grid
    at: tuple[tuple[Cell | None, ...], ...]
    body: int
    level_row: int | None = None
    heads: Heads = FINAL_HEADS
    scanned: bool = False

    def row(self, number: int) -> list[Cell]:
        """The cells that say something and begin in a row, left to right."""
        return _beginning(self.at, number)

    def body_rows(self) -> Iterable[int]:
        """The rows that say something: no blank ones, no column numbers, no note, no header printed again."""
        for number in range(self.body, self.grid.rows):
            cells = self.row(number)
            if not cells or is_note(cells[0]) or is_numbering(cells):
                continue
            if number == self.level_row or not is_header_again(cells):
                yield number

    def path(self, column: int) -> tuple[str, ...]:
        """The header words above a column, top to bottom, each merged cell once.

        Left out are cells as wide as the table (they say nothing of a column), and the lines of a title that
        is ruled in with the table.
        """
        above = [self.at[row][column] for row in range(self.body)]
        if self.level_row is not None and label(self.at[self.level_row][column]) in CODE_LEVELS | SPENT_ON:
            above.append(self.at[self.level_row][column])
        return tuple(self._head(cell) for cell in spoken(above) if cell.column_end - cell.column < self.grid.columns)

    def _head(self, cell: Cell) -> str:
        """What a header cell says; one over a half of a scanned table of which one sign is read is 收入 or 支出."""
        words = label(cell)
        if not self.scanned or cell.column_end - cell.column < _HALF or words in _LIKE_SIDES:
            return words
        meant = [side for side in SIDES if is_nearly(words, side, len(side))]
        return meant[0] if len(meant) == 1 else words

    def cells(self, row: int, columns: Iterable[int]) -> list[Cell]:
        """The cells of a row over some columns that say something; those that begin higher up included."""
        found = dict.fromkeys(self.at[row][column] for column in columns)
        return [cell for cell in found if cell is not None and not is_blank(cell)]

    def amount(self, row: int, columns: Iterable[int], others: Iterable[int] = ()) -> Ref | None:
        """The amount of a row in the columns of one field; None where it is blank or not certain.

        others: the columns of the other fields; a cell merged over into one of them belongs to neither. A
        cell merged over rows is read in the first of them, so that a figure is read once.
        """
        found = self.cells(row, columns)
        foreign = set(others) - set(columns)
        if len(found) != 1 or found[0].row != row or foreign.intersection(_over(found[0])):
            return None
        return amount_in(found[0])


def spoken(cells: Iterable[Cell | None]) -> list[Cell]:
    """The cells that say what stands beside them or below: each once; no numbers, 栏次 or title lines."""
    distinct = [cell for cell in dict.fromkeys(cells) if cell is not None and not is_blank(cell)]
    return [
        cell
        for cell in distinct
        if label(cell) != COLUMN_NUMBERS and has_chinese(cell) and not _TITLE_LINE.search(cell.words)
    ]


def _over(cell: Cell) -> range:
    return range(cell.column, cell.column_end)


def table_of(grid: Grid, marks: frozenset[str] = HEADER_MARKS, heads: Heads = FINAL_HEADS) -> Table:
    """A grid as a table: its cells by place, its header marked off by the words that only a header has.

    marks: those words. heads: what heads the amounts.
    """
    places: list[list[Cell | None]] = [[None] * grid.columns for _ in range(grid.rows)]
    for cell in grid.cells:
        for row in range(cell.row, min(cell.row_end, grid.rows)):
            for column in range(cell.column, min(cell.column_end, grid.columns)):
                places[row][column] = cell
    at = tuple(map(tuple, places))
    body = _first_body_row(at, marks)
    level_row = body if body < grid.rows and _is_level_row(_beginning(at, body)) else None
    return Table(grid, at, body, level_row, heads, is_scanned(grid))


def _first_body_row(at: Sequence[Sequence[Cell | None]], header_marks: frozenset[str]) -> int:
    """The first row that is not header: the one below the last header mark, or the first row with a figure.

    Lines without a figure may come before the first that has one; a row of column numbers has none.
    """
    header_end = 0
    for number in range(min(len(at), LONGEST_HEADER)):
        cells = _beginning(at, number)
        if _is_level_row(cells):
            return number
        if is_numbering(cells):
            header_end = number + 1
        elif any(map(only_number, cells)):
            return min(header_end or number, number)
        marks = [cell.row_end for cell in cells if bare(cell.words) in header_marks]
        header_end = max([header_end, *marks])
    return min(header_end, len(at))


def _beginning(at: Sequence[Sequence[Cell | None]], number: int) -> list[Cell]:
    """The cells that say something and begin in a row, left to right."""
    cells = dict.fromkeys(cell for cell in at[number] if cell is not None and cell.row == number)
    return [cell for cell in cells if not is_blank(cell)]


def _is_level_row(cells: Sequence[Cell]) -> bool:
    """Whether a row is the last of the header and the first of the body, 合计, in one.

    Of the header it holds 类 款 项, or 合计 基本支出 项目支出 below 本年支出.
    """
    words = {label(cell) for cell in cells if not only_number(cell)}
    if words > SPENT_ON and words <= SPENT_ON | SUM_WORDS:
        return any(map(only_number, cells))
    return words > CODE_LEVELS and words <= CODE_LEVELS | SUM_WORDS


def is_numbering(cells: Sequence[Cell]) -> bool:
    """Whether a row holds column numbers: 栏次, or no numbers but 1, 2, 3 … from the left."""
    if any(label(cell) == COLUMN_NUMBERS for cell in cells):
        return True
    numbers = [whole_number(cell) for cell in cells if only_number(cell)]
    right = sum(number == place for place, number in enumerate(numbers, start=1))
    return right >= 3 and right >= NUMBERED * len(numbers) and numbers[0] == 1


def is_header_again(cells: Sequence[Cell]) -> bool:
    """Whether a row of the body is a header row that a new page prints once more."""
    return any(bare(cell.words) in NAMES_OF_COLUMNS for cell in cells) and not any(map(only_number, cells))


def trimmed(path: Sequence[str], values: re.Pattern[str] = VALUE_WORDS) -> tuple[str, ...]:
    """A header path without the words that say only that figures stand below, and without a closing 小计."""
    kept = [words for words in path if not values.fullmatch(words)]
    while len(kept) > 1 and kept[-1] in SUM_WORDS:
        kept.pop()
    return tuple(kept) or (("合计",) if path else ())  # 决算数 alone: that of all


_GROUPS = re.compile(
    r"(?:本年度?|当年|\d{4}年度?|部门|单位|财政拨款|一般公共预算|政府性基金(?:预算)?|国有资本经营(?:预算)?|基本支出|收入|支出"
    r"|预算|决算|[数额]|[合小总]计|情况|其中|项目|金额|资金|来源|构成|性质|用途|按|分|类|科目|功能|经济|和|与|及)*"
)
"""What may stand over a field's own words: of what is said otherwise (非财政拨款支出 over 基本支出) it is a part."""


@dataclass(frozen=True, slots=True)
class Field:
    """How a column of a field is headed.

    leaf: what its own words are (a pattern). names: the usual wordings, to know a misread one by likeness.
    never: what neither it nor the words above it may contain. under: what stands over it, where it is a part of that.
    """

    key: str
    leaf: str
    names: tuple[str, ...]
    never: str = r"上年|预算数"
    under: str = ""

    def heads(self, path: Sequence[str]) -> bool:
        """Whether a header path is that of its column."""
        return (
            bool(path)
            and re.fullmatch(self.leaf, path[-1]) is not None
            and not any(re.search(self.never, words) for words in path)
            and all(_GROUPS.fullmatch(words) or self._is_under(words) for words in path[:-1])
            and (not self.under or any(map(self._is_under, path[:-1])))
        )

    def _is_under(self, words: str) -> bool:
        return bool(self.under) and re.fullmatch(self.under, words) is not None


Columns = dict[str, tuple[int, ...]]


def columns_by_header(table: Table, fields: Sequence[Field], columns: Iterable[int]) -> Columns:
    """The columns of each field, by the words above them. A field that two headings claim stays without.

    A heading may stand over several columns of the grid: they are one column of the form.
    """
    paths = {column: trimmed(table.path(column), table.heads.values) for column in columns}
    heads = {column: heading(table, column) for column in paths}
    found: Columns = {}
    for field in fields:
        mine = [column for column, path in paths.items() if field.heads(path)]
        if mine and len({heads[column] for column in mine}) == 1:
            found[field.key] = tuple(mine)
    if table.scanned:
        _by_likeness(fields, paths, heads, found)
    return found


def heading(table: Table, column: int) -> Cell | None:
    """The lowest header cell above a column that says something."""
    above = spoken(table.at[row][column] for row in range(table.body))
    return above[-1] if above else None


def _by_likeness(
    fields: Sequence[Field],
    paths: dict[int, tuple[str, ...]],
    heads: dict[int, Cell | None],
    found: Columns,
) -> None:
    """Add the fields whose heading was misread: clearly more like one field's words than any other's, or like those of
    the one that is left."""
    taken = {column for columns in found.values() for column in columns}
    claimed = {heads[column] for column, path in paths.items() if any(field.heads(path) for field in fields)}
    open_fields = [field for field in fields if field.key not in found]
    unknown = [column for column in paths if not (column in taken or heads[column] is None or heads[column] in claimed)]
    alone = len(open_fields) == 1 and len({heads[column] for column in unknown}) == 1
    for column in unknown:
        path = paths[column]
        if column in taken:
            continue
        ranked = sorted(((_likeness(field, path), field.key) for field in open_fields), reverse=True)
        enough = CLOSE_ENOUGH if alone else CLOSE
        if not ranked or (ranked[0][0] < enough and not (alone and _is_sum(open_fields, path))):
            continue
        if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < CLEARLY_CLOSER:
            continue
        mine = tuple(other for other in paths if heads[other] is heads[column])
        if ranked[0][1] not in found:
            found[ranked[0][1]] = mine
            taken.update(mine)


def _is_sum(fields: Sequence[Field], path: Sequence[str]) -> bool:
    """Whether half of 合计 stands over the column of a field that is called so: one sign was misread or lost."""
    *above, last = path
    half = len(last) <= len(_SUM) and any(sign in last for sign in _SUM)
    return half and any(field.heads((*above, _SUM)) for field in fields)


def _likeness(field: Field, path: Sequence[str]) -> float:
    if not path or any(re.search(field.never, words) for words in path):
        return 0.0
    alike = [name for name in field.names if abs(len(name) - len(path[-1])) <= 1]
    return max((SequenceMatcher(None, name, path[-1]).ratio() for name in alike), default=0.0)


def by_content(table: Table, columns: Iterable[int], fits: Callable[[Cell], bool]) -> tuple[int, ...]:
    """The columns whose cells in the body mostly fit: for a column whose heading is lost."""
    found = []
    for column in columns:
        cells = [cell for row in table.body_rows() for cell in table.cells(row, [column])]
        if cells and sum(map(fits, cells)) >= NUMBERED * len(cells):
            found.append(column)
    return tuple(found)


# --- tables that a reader left open


def left_open(titled: Mapping[int, str], grids: Sequence[Grid], report: object) -> tuple[Remark, ...]:
    """A remark for each table under a known title that has figures, and of which none was read.

    titled: titles, by the index of their grid. report: as it was mapped. A grid that follows without any line above it
    may be the rest of the table, and then counts with it.
    """
    read = {ref.token for ref in refs_in(report)}
    found = []
    for index, title in titled.items():
        table = grids[index : index + 2]
        if len(table) == 2 and (index + 1 in titled or table[1].caption or table[1].pages[0] != table[0].pages[-1] + 1):
            table = table[:1]
        amounts = {ref.token for grid in table for cell in grid.cells if (ref := amount_in(cell)) is not None}
        if any(map(_has_amounts, table)) and amounts.isdisjoint(read):
            found.append(Remark("table left open", table[0].pages[0], None, say("table_left_open", table=title)))
    return tuple(found)


def _has_amounts(grid: Grid) -> bool:
    """Whether a grid has amounts, and not only the numbers of its columns and rows."""
    return any(number.token.decimals for cell in grid.cells if only_number(cell) for number in cell.numbers)

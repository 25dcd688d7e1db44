"""Tables of statements in text, where nothing is ruled: restored from their heads and the order of their cells.

A line begins with a code or a known label; its amounts follow in the order of the columns. Where there are as many as
columns, each stands in its own. Where there are fewer, tabs or empty lines may tell which are missing; else only the
amounts that every line has are placed, and the others are left open and said. What only tabs or empty lines tell may
be shifted: unless the sums of a column say the same, no identity may prove it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from recount.pipeline.document import Remark
from recount.pipeline.split.folding import fold
from recount.pipeline.split.heads import Atom, Head, Label, head_of, labels_of
from recount.pipeline.split.lattice import part_of
from recount.pipeline.split.paragraphs import TextRow, is_aligned
from recount.pipeline.split.tables import JoinedCell, JoinedTable, table_of
from recount.pipeline.split.text import PagedLine
from recount.pipeline.split.tokens import stated_unit
from recount.schemas.family import Heads, lost_one
from recount.schemas.saying import say

_TITLE = re.compile(r"[^。;,:]*(?:预算|决算)[^。;,:]*表(?:\(.{1,8}\))?")
_FRACTION = re.compile(r"[.,]\d")
_ENDS = re.compile(r"注[:.]|备注:|说明:|第[一二三四五六七八九十]{1,2}部分|.*(?:[。;!?]|\d[万亿]?元,)|.{4,}说明$")
_NEAR = 4  # rows between a title and the line that states the unit
_HEAD_ROW = 120  # characters of a row of a head
_FILLED = re.compile(r"\.\d\d|,\d{3}|^\d{3}(?:\d\d){0,2}(?!\d|年)|(?<![\d年])0$")
_LONGEST = 60  # characters of a row of cells that are words
_TAB = 48.0  # points that a tab is wide (`read`)
_PITCH = 12.0  # points from line to line
_FOOTER = re.compile(r"[-—–~·第\s]*\d{1,4}[-—–~·页\s]*")
_NO_CODE = re.compile(r"(?<!\d)[1-9]\d?(?!\d)|(?<!\d)1\d\d(?!\d)")
_CODE = re.compile(r"\d{3}(?:\d{2}){0,2}")
_LEVEL = re.compile(r"\d{2}")
_AMOUNT = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_DECIMALS = re.compile(r"-?[\d,]*(?:\.\d+|,\d{3})|0")
_ORDINAL = re.compile(r"[一二三四五六七八九十]+、|\([一二三四五六七八九十]+\)|\d{1,2}\.(?!\d)")
_TOTAL = re.compile(r"合计|总计|收入总计|支出总计|(?:人员|公用)经费合计|本年(?:收入|支出)合计")
_RIGHT = re.compile(r".*支出|结余分配|年末|年终|结转下年")
_CLOSING = re.compile(
    r"本年(?:收入|支出)合计|(?:收入|支出)?总计|使用非财政拨款|结余分配|年[初末终]|上年结转|结转下年|用事业基金"
)
_PARTS = (
    "本年收入", "本年支出", "上年结转", "结转下年", "上年结转结余", "结余分配",
    "本年收入合计", "本年支出合计", "收入总计", "支出总计",
)  # fmt: skip
_SHORT_PARTS = lost_one({words: words for words in _PARTS})
_LEFT_CLASSES = ("301", "303")
# A blank beside a point, or beside the comma before three digits, parts nothing.
_WORD = re.compile(
    r"[\d,]+\.\s\d{1,2}(?!\d)|\d[\d,]*\s\.\d+|\d{1,3}(?:,\d{3})*(?:\s,|,\s)\d{3}(?:,\d{3})*(?:\.\d+)?(?!\S)|\S+"
)


@dataclass(frozen=True, slots=True)
class Restored:
    """Tables that were restored, the rows that they were made of (by identity), and what is to be said of them."""

    tables: tuple[JoinedTable, ...]
    taken: frozenset[int]
    remarks: tuple[Remark, ...]


def restored_statements(rows: Sequence[TextRow], heads: Collection[Heads]) -> Restored:
    """The statements among the rows of a text. heads: of those that there may be."""
    tables, remarks, taken = [], [], set[int]()
    regions = list(_regions(rows))
    blanks = any(_has_gaps(rows[start:end]) for start, end in regions)
    for start, end in regions:
        for known in heads:
            made = _restored(rows[start:end], known, blanks=blanks)
            if made is not None:
                tables.append(made[0])
                remarks += made[1]
                taken |= {id(row) for row in rows[start:end]}
                break
    return Restored(tuple(tables), frozenset(taken), tuple(remarks))


# --- where they stand


def _regions(rows: Sequence[TextRow]) -> Iterator[tuple[int, int]]:
    """The rows between the line that states a unit, below a title, and what ends a table."""
    words = ["".join(row.folded.split()) for row in rows]
    at = 0
    while at < len(rows):
        titled = any(_is_title(words, above) for above in range(max(0, at - _NEAR), at))
        if titled and stated_unit(words[at]) and len(words[at]) <= _LONGEST:
            end = at + 1
            while end < len(rows) and not _is_end(words, end):
                end += 1
            last = _last(words, at + 1, end)
            if last > at + 1:
                yield at + 1, last
            at = end
        else:
            at += 1


def _last(words: Sequence[str], start: int, end: int) -> int:
    """Behind the last row of a table: one with an amount or a code, else the last of its head. end: it ends before."""
    filled = [at for at in range(start, end) if _FILLED.search(words[at])]
    if filled:
        return filled[-1] + 1
    return next((at for at in range(start, end) if len(words[at]) > _HEAD_ROW or _ORDINAL.match(words[at])), end)


def _is_end(words: Sequence[str], at: int) -> bool:
    return _ENDS.match(words[at]) is not None or _is_title(words, at)


def _is_title(words: Sequence[str], at: int) -> bool:
    """Whether a row is a title, or begins one that the next ends and is not itself."""
    if _TITLE.fullmatch(words[at]):
        return True
    whole = _FRACTION.search(words[at]) is None and _TITLE.fullmatch("".join(words[at : at + 2])) is not None
    return whole and _TITLE.fullmatch(words[at + 1]) is None


# --- the cells of the text


def _atoms(rows: Sequence[TextRow], way: str) -> list[Atom]:
    """What stands between blanks, without the numbers of pages."""
    edge = min(row.box[0] for row in rows)
    edge -= _TAB * round((edge - 36.0) / _TAB) if edge > 36.0 else 0.0
    found = []
    for number, row in enumerate(rows):
        if len(row.pieces) == 1 and _is_footer(rows, number, way):
            continue
        cell, end = 0, edge
        for piece in row.pieces:
            cell += round((piece.line.box[0] - end) / _TAB)
            end = piece.line.box[2]
            for word in _WORD.finditer(fold(piece.line.text)):
                line = part_of(piece.line, *word.span())
                if line is not None:
                    found.append(Atom(row.page, line, number, cell, round(row.box[1] / _PITCH)))
    return found


def _is_footer(rows: Sequence[TextRow], number: int, way: str) -> bool:
    """Whether a row is a page number: at the end of its page, or above the first of the next; or alone where all
    others have several cells."""
    if _FOOTER.fullmatch(rows[number].folded) is None:
        return False
    if not way and _NO_CODE.search(rows[number].folded):
        return True
    return _ends_page(rows, number)


def _ends_page(rows: Sequence[TextRow], number: int) -> bool:
    around = [rows[at] for at in (number - 1, number + 1) if 0 <= at < len(rows)]
    return any(row.page != rows[number].page for row in around)


def _loose(rows: Sequence[TextRow], way: str) -> list[Atom]:
    """The numbers that were left out as those of pages, and may be amounts all the same."""
    return [
        Atom(row.page, row.pieces[0].line, number, 0, 0)
        for number, row in enumerate(rows)
        if row.folded.strip().isdigit() and _is_footer(rows, number, way) and not _ends_page(rows, number)
    ]


def _body_start(atoms: Sequence[Atom]) -> int:
    """Where the head ends: at the first code, ordinal or amount, or the label of a total with its amount."""
    for at, atom in enumerate(atoms):
        amount = _DECIMALS.fullmatch(atom.text) is not None
        if amount and at and _TOTAL.fullmatch(atoms[at - 1].text):
            return at - 1
        if amount or _CODE.fullmatch(atom.text) or _ORDINAL.match(atom.text):
            return at
    last = len(atoms) - 1
    return last if atoms and _TOTAL.fullmatch(atoms[last].text) else len(atoms)


# --- lines of the body


@dataclass(slots=True)
class _Entry:
    """A line: its code, its name and what follows it."""

    code: list[Atom] = field(default_factory=list)
    name: list[Atom] = field(default_factory=list)
    amounts: list[Atom] = field(default_factory=list)
    total: bool = False

    @property
    def words(self) -> str:
        """Its name."""
        return "".join(atom.text for atom in self.name)

    @property
    def digits(self) -> str:
        """Its code."""
        return "".join(atom.text for atom in self.code)


def _coded(atoms: Sequence[Atom]) -> list[_Entry]:
    """The lines of a table with codes."""
    found: list[_Entry] = []
    for atom in atoms:
        text = atom.text
        last = found[-1] if found else None
        if last and _LEVEL.fullmatch(text) and last.code and not last.name and len(last.digits) in (3, 5):
            last.code.append(atom)
        elif _CODE.fullmatch(text):
            found.append(_Entry(code=[atom]))
        elif _AMOUNT.fullmatch(text):
            if last is None or not last.name:
                found.append(_Entry())
            found[-1].amounts.append(atom)
        elif last is None or last.amounts or last.total or _TOTAL.fullmatch(text):
            found.append(_Entry(name=[atom], total=_TOTAL.fullmatch(text) is not None))
        else:
            last.name.append(atom)
    return found


def _named(atoms: Sequence[Atom]) -> list[_Entry]:
    """The lines of a table whose names have ordinals or are known."""
    found: list[_Entry] = []
    for atom in atoms:
        text = atom.text
        last = found[-1] if found else None
        if _AMOUNT.fullmatch(text):
            if last is None:
                found.append(_Entry())
            found[-1].amounts.append(atom)
        elif last is None or last.amounts or _ORDINAL.match(text) or _CLOSING.match(_mended(text) or text):
            found.append(_Entry(name=[atom]))
        else:
            last.name.append(atom)
    return found


# --- which column each amount is of


@dataclass(frozen=True, slots=True)
class _Line:
    """A line with its amounts by their columns. sure: as many as columns, or those that no line lacks; else the tabs
    or empty lines between them tell. rest: those whose columns cannot be told."""

    entry: _Entry
    amounts: Mapping[int, Atom]
    sure: bool
    rest: Sequence[Atom] = ()


def _placed(entry: _Entry, columns: int, lead: int, way: str, base: int | None = None) -> _Line:
    """The amounts of a line in their columns. lead: so many first ones no line lacks. way: what tells blank cells:
    "tabs", "lines", or nothing. base: the cell of the first column, where that is known."""
    amounts = entry.amounts
    if _FRACTION.search(entry.words):  # no name holds an amount: it is of another line
        return _Line(entry, {}, sure=True, rest=amounts)
    if len(amounts) == columns or (len(amounts) <= lead and columns):
        return _Line(entry, dict(enumerate(amounts)), sure=True)
    kept = amounts[:lead] if len(amounts) < columns else []
    away = _away(entry, lead, way, base) if len(amounts) < columns else []
    if away and away == sorted(set(away)) and away[0] >= 0 and away[-1] < columns:
        return _Line(entry, dict(zip(away, amounts, strict=True)), sure=False)
    return _Line(entry, dict(enumerate(kept)), sure=True, rest=amounts[len(kept) :])


def _away(entry: _Entry, lead: int, way: str, base: int | None) -> list[int]:
    """In which columns the amounts of a line stand, by the tabs or lines before them; none where those do not tell."""
    amounts = entry.amounts
    if not way or (way == "tabs" and any(atom.row != amounts[0].row for atom in amounts)):
        return []
    places = [atom.cell if way == "tabs" else atom.slot for atom in amounts]
    if lead:
        return [*range(lead - 1), *(place - places[lead - 1] + lead - 1 for place in places[lead - 1 :])]
    if way == "tabs" and base is not None:
        return [place - base for place in places]
    if way == "lines" and entry.name:
        return [place - entry.name[-1].slot - 1 for place in places]
    return []


def _base(entries: Sequence[_Entry]) -> int | None:
    """In which cell the amounts begin: behind the names of lines with a code."""
    cells = Counter(entry.name[-1].cell + 1 for entry in entries if entry.code and entry.name)
    return cells.most_common(1)[0][0] if cells else None


def _value(atom: Atom) -> Decimal:
    return Decimal(atom.text.replace(",", ""))


def _confirmed(line: _Line, lines: Sequence[_Line], column: int) -> bool:
    """Whether an amount that tabs placed is one of a sum in its column, whose whole is placed beyond doubt."""
    code = line.entry.digits
    if len(code) not in (3, 5, 7):
        return False
    above = code[:-2] if len(code) > 3 else ""
    whole = next((other for other in lines if other.entry.digits == above and (above or other.entry.total)), None)
    if whole is None or column not in whole.amounts:
        return False
    parts = [other for other in lines if len(other.entry.digits) == len(code) and other.entry.digits.startswith(above)]
    added = sum((_value(part.amounts[column]) for part in parts if column in part.amounts), Decimal(0))
    return added == _value(whole.amounts[column]) and (whole.sure or _confirmed(whole, lines, column))


# --- the table


@dataclass(slots=True)
class _Sheet:
    """The cells of a table while it is put together."""

    columns: int
    rows: int = 0
    cells: list[JoinedCell] = field(default_factory=list)

    def put(self, column: int, atoms: Sequence[Atom], label: str | None = None) -> None:
        """Put what a cell holds into the last row. label: what it says, where it has lost a character."""
        if atoms:
            parts = tuple(PagedLine(atom.page, atom.line) for atom in atoms)
            self.cells.append(JoinedCell(self.rows - 1, column, self.rows, column + 1, parts, label))

    def leave(self, column: int, rest: Sequence[Atom]) -> None:
        """Put what is left open into the last row, behind its columns: each by itself, so that it is a number."""
        for at, atom in enumerate(rest, column):
            self.put(at, [atom])
            self.columns = max(self.columns, at + 1)

    def label(self, column: int, label: Label | None, row: int, width: int = 1) -> None:
        """Put a label of the head into a row."""
        if label is not None:
            parts = tuple(PagedLine(atom.page, atom.line) for atom in label.parts)
            self.cells.append(JoinedCell(row, column, row + 1, column + width, parts, label.known))

    def table(self, rows: Sequence[TextRow]) -> JoinedTable:
        """The table, with blank cells where nothing was put. rows: that it was made of."""
        return table_of(self.cells, self.rows, self.columns, [(row.page, row.box) for row in rows])


def _restored(rows: Sequence[TextRow], heads: Heads, *, blanks: bool) -> tuple[JoinedTable, list[Remark]] | None:
    """The table that some rows of text are; None where its head is not known. blanks: empty cells have lines."""
    way = _way(rows)
    atoms = _atoms(rows, way)
    start = _body_start(atoms)
    labels = labels_of(atoms[:start], heads)
    head = head_of(labels, heads) if labels else None
    if head is None:
        return None
    sheet, lines = _FILL[head.kind](head, atoms[start:], "" if way == "lines" and not blanks else way)
    remarks, behind, loose = [*_remarks(lines)], sheet.columns, _loose(rows, way)
    for atom in loose:
        sheet.rows += 1
        sheet.leave(behind, [atom])
        remarks.append(Remark("torn", atom.page, atom.line.box, say("amount_or_page"), touches=True))
    return sheet.table(rows), remarks


def _way(rows: Sequence[TextRow]) -> str:
    """What tells blank cells: tabs where several cells stand on a line, lines where each has one of its own."""
    if any(len(row.pieces) > 1 for row in rows):
        return "" if is_aligned(rows) else "tabs"
    alone = sum(len(_WORD.findall(row.folded)) == 1 for row in rows)
    return "lines" if alone >= 0.9 * len(rows) else ""


def _has_gaps(rows: Sequence[TextRow]) -> bool:
    """Whether empty lines stand between amounts of a row: where none does in a text, empty cells have no lines."""
    atoms = _atoms(rows, _way(rows))
    amounts = [entry.amounts for entry in _coded(atoms[_body_start(atoms) :])]
    return any(right.slot - left.slot > 1 for row in amounts for left, right in pairwise(row))


def _remarks(lines: Sequence[_Line]) -> Iterator[Remark]:
    """What is to be said of the amounts that were left open, and of those that no sum confirms in their columns."""
    for line in lines:
        for atom in line.rest:
            yield Remark("torn", atom.page, atom.line.box, say("column_unknown"), touches=True)
        if not line.sure:
            for column, atom in line.amounts.items():
                if not _confirmed(line, lines, column):
                    yield Remark("torn", atom.page, atom.line.box, say("column_by_gaps"), touches=True)


def _fill_coded(head: Head, atoms: Sequence[Atom], way: str) -> tuple[_Sheet, list[_Line]]:
    amounts = len(head.amounts)
    sheet = _Sheet(amounts + 3, rows=1)
    sheet.label(0, head.code, 0)
    sheet.label(1, head.name, 0)
    for at, label in enumerate(head.amounts):
        sheet.label(2 + at, label, 0)
    entries = _coded(atoms)
    lines = [_placed(entry, amounts, head.lead, way, _base(entries)) for entry in entries]
    for line in lines:
        sheet.rows += 1
        sheet.put(0, line.entry.code)
        sheet.put(1, line.entry.name)
        for at, atom in line.amounts.items():
            sheet.put(2 + at, [atom])
        sheet.leave(2 + amounts, line.rest)
    return sheet, lines


def _fill_classes(head: Head, atoms: Sequence[Atom], way: str) -> tuple[_Sheet, list[_Line]]:
    """The blocks below one another: the first is that of the classes of the left."""
    del way
    sheet = _Sheet(4, rows=1)
    for at, label in enumerate((head.code, head.name, head.amounts[0])):
        sheet.label(at, label, 0)
    lines = [_placed(entry, 1, 1, "") for entry in _coded(atoms)]
    lines.sort(key=lambda line: (line.entry.total, not line.entry.digits.startswith(_LEFT_CLASSES)))
    for line in lines:
        sheet.rows += 1
        sheet.put(0, line.entry.code)
        sheet.put(1, line.entry.name)
        for atom in line.amounts.values():
            sheet.put(2, [atom])
        sheet.leave(3, line.rest)
    return sheet, lines


def _fill_halves(head: Head, atoms: Sequence[Atom], way: str) -> tuple[_Sheet, list[_Line]]:
    amounts = len(head.right) - 1
    sheet = _Sheet(amounts + 4, rows=2)
    for label, first, last in head.over:
        sheet.label(first, label, 0, last - first)
    for at, lowest in enumerate((head.name, head.amounts[0], *head.right)):
        sheet.label(at, lowest, 1)
    halves: tuple[list[_Line], list[_Line]] = ([], [])
    for entry in _named(atoms):
        right = _is_right(_mended(entry.words) or entry.words, [line.entry.words for line in halves[0]])
        halves[right].append(_placed(entry, amounts if right else 1, 1, way))
    for number in range(max(map(len, halves))):
        sheet.rows += 1
        rest: list[Atom] = []
        for side, lines in enumerate(halves):
            if number < len(lines):
                sheet.put(2 * side, lines[number].entry.name, _mended(lines[number].entry.words))
                for at, atom in lines[number].amounts.items():
                    sheet.put(2 * side + 1 + at, [atom])
                rest += lines[number].rest
        sheet.leave(amounts + 3, rest)
    return sheet, [*halves[0], *halves[1]]


def _mended(words: str) -> str | None:
    """The name of a part of a half that has lost a character: the lines below are the part's, not the one's before."""
    ordinal = _ORDINAL.match(words)
    bare = words[ordinal.end() :] if ordinal else words
    return f"{words[: -len(bare)]}{_SHORT_PARTS[bare]}" if bare in _SHORT_PARTS else None


def _is_right(words: str, left: Sequence[str]) -> bool:
    """Whether a name stands in the half of expenditure. left: the names in the other."""
    if re.fullmatch(r"总计|合计", words):
        return words in left
    return _RIGHT.match(_ORDINAL.sub("", words, count=1)) is not None


def _fill_line(head: Head, atoms: Sequence[Atom], way: str) -> tuple[_Sheet, list[_Line]]:
    amounts = len(head.pairs) or len(head.amounts)
    width = amounts // len(head.amounts)
    depth = len(head.over)
    sheet = _Sheet(amounts + 1, rows=depth + 1 + (width > 1))
    for row, (label, first, last) in enumerate(head.over):
        sheet.label(first, label, row, last - first)
    for at, label in enumerate(head.amounts):
        sheet.label(width * at, label, depth, width)
    for at, label in enumerate(head.pairs):
        sheet.label(at, label, depth + 1)
    figures = [atom for atom in atoms if _AMOUNT.fullmatch(atom.text)]
    lines = [_placed(_Entry(amounts=figures), amounts, way == "lines", way, 0)] if figures else []
    for line in lines:
        sheet.rows += 1
        for at, atom in line.amounts.items():
            sheet.put(at, [atom])
        sheet.leave(amounts, line.rest)
    return sheet, lines


_FILL = {"coded": _fill_coded, "classes": _fill_classes, "halves": _fill_halves, "line": _fill_line}

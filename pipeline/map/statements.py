"""Statements from grids: lines by their words, columns by the periods that their heads print.

What is not certain is left open: words that two lines have, and columns that say the same period.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product
from math import inf
from typing import Any, TypeVar

from recount.pipeline.document import Cell, Grid
from recount.pipeline.map.columns import Column, Rates, columns_of, half_of, rates_of
from recount.pipeline.map.tables.sheet import is_blank, is_note, is_scanned, table_of, without_ordinal
from recount.pipeline.split.abroad import MARKS, SIDES
from recount.pipeline.split.folding import fold
from recount.schemas.describe import Field, fields_of
from recount.schemas.figures import Kind, Ref
from recount.schemas.statements import Period, Statement, halves_of_time, period_of, pieces_of

S = TypeVar("S", bound=Statement[Any])

_MOST_HEAD_ROWS = 12
_LEVEL = 3.0
"""Points by which labels of one level may begin apart."""
_MOST_LEVELS = 7
"""More, and labels stand in the middle of their column."""
_BESIDE = re.compile(rf"(?:[$£€¥₱₹]|usd?|rmb|eur|gbp|[百千]?万?元|%)*(?:{MARKS}|\(\d{{1,2}}\)|{SIDES})?", re.IGNORECASE)
"""What may stand in a cell beside its figure."""
_NO_MONEY = re.compile(
    r"pershare|percommonshare|sharesoutstanding|averageshares|numberof|employees|headcount|%|percent"
    r"|每股|股数|[人户]数|[比税益]率|比例"
)
"""Of a line that no field names: its figure is no amount of money."""


# --- labels

_BEFORE = re.compile(r"(?:其中|减|加|less|add|ofwhich|including)[:：]", re.IGNORECASE)
_BRACKETED = re.compile(r"[(（][^()（）]*[)）]")
_MARKS = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d[\d,.]*")


def spaceless(words: str) -> str:
    """Words for recognising a line: folded, without spaces and letter case, ordinal, and 其中： before them."""
    joined = without_ordinal("".join(fold(words).split()))
    return _BEFORE.sub("", joined, count=1).casefold() if _BEFORE.match(joined) else joined.casefold()


def _exact(words: str) -> str:
    return _MARKS.sub("", words)


def _unbracketed(words: str) -> str:
    return _MARKS.sub("", _BRACKETED.sub("", words))


def _unnumbered(words: str) -> str:
    """A long label without the numbers in it, which another year's report prints otherwise (par value, shares issued);
    of a short one they may be all that tells it apart (Local 245)."""
    return (
        ""
        if len(_MARKS.sub("", _DIGITS.sub("", words))) < _LONG_LABEL
        else _MARKS.sub("", _DIGITS.sub("#", words).replace("#", "零"))
    )


_WAYS = (_exact, _unbracketed, _unnumbered)
"""How alike words must be, the strictest first: a line is known by the first that fits one line alone."""


def _nearly(words: str, name: str) -> bool:
    """Whether words of a scan are a name in which few characters were misread."""
    if len(words) != len(name) or len(name) < _SHORTEST_MISREAD:
        return False
    other = sum(one != usual for one, usual in zip(words, name, strict=True))
    return other <= max(1, len(name) // _CHARACTERS_A_MISREADING)


_LONG_LABEL = 30
_SHORTEST_MISREAD = 5
_CHARACTERS_A_MISREADING = 12


# --- a grid as lines and columns


@dataclass(frozen=True, slots=True)
class Row:
    """A line. label: as printed. names: its words for recognising, the whole label first. figures: by place of their
    column; rates: by that of their column of percentages. left: where its label begins, in points; level: how far that
    is set in."""

    label: str
    names: tuple[str, ...]
    figures: Mapping[int, Ref]
    left: float | None = None
    level: int | None = None
    rates: Mapping[int, Ref] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lines:
    """A table as lines × columns, the latest period first. without: heads of columns that were left out. rates: the
    columns of percentages beside them."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    without: tuple[str, ...] = ()
    scanned: bool = False
    rates: tuple[Rates, ...] = ()


Places = tuple[tuple[Cell | None, ...], ...]


def figure_of(cell: Cell | None) -> Ref | None:
    """The figure of a cell that holds one and nothing else but its unit or currency."""
    if cell is None or len(cell.numbers) != 1:
        return None
    number, text = cell.numbers[0], cell.text.folded
    before, behind = text[: number.start].strip(), text[number.end :]
    beside = "".join((("" if before == "p" and number.token.origin == "ocr" else before) + behind).split())
    return Ref(number.token.index) if beside == number.token.unit or _BESIDE.fullmatch(beside) else None


def lines_of(grid: Grid, over: Period | None = None) -> Lines:
    """A grid as lines × columns. over: the period that its title says, for heads that say 期末 or this year."""
    at = table_of(grid).at
    body = _body(at)
    labels, figures = _label_columns(at, body)
    heads = {column: _head(at, body, column, labels) for column in figures}
    percent = {column for column in figures if _is_of_percent(at, body, column)}
    amounts = {column: head for column, head in heads.items() if column not in percent}
    columns, without = columns_of(amounts, labels, {column: _filled(at, body, column) for column in figures}, over)
    if is_scanned(grid) and not _follow(columns):
        columns, without = (), tuple(printed for _, printed in heads.values())
    rates = rates_of(heads, columns, labels, percent)
    told = {heads[own.number][1] for own in rates}
    without += tuple(heads[column][1] for column in sorted(percent))
    without = tuple(head for head in without if head not in told)
    return Lines(columns, tuple(_rows(at, body, columns, labels, rates)), without, is_scanned(grid), rates)


def _is_of_percent(at: Places, body: int, column: int) -> bool:
    """Whether most figures of a column are printed with a percent sign."""
    cells = [cell for row in at[body:] if (cell := row[column]) is not None and figure_of(cell) is not None]
    return 2 * sum(cell.numbers[0].token.unit == "%" for cell in cells) > len(cells)


def _filled(at: Places, body: int, column: int) -> set[int]:
    """The rows in which a column has a figure."""
    return {number for number in range(body, len(at)) if _own_figure(at, number, column) is not None}


def _own_figure(at: Places, number: int, column: int) -> Ref | None:
    """The figure that begins in a row, in a column."""
    cell = at[number][column]
    return figure_of(cell) if cell is not None and cell.row == number else None


def _follow(columns: Sequence[Column]) -> bool:
    """Whether the years of some columns follow each other: of a scan, 2028 beside 2024 is a 2023 that was misread."""
    years = sorted({column.period.end[0] for column in columns if column.period is not None and column.period.end})
    return all(later - year == 1 for year, later in pairwise(years))


def _body(at: Places) -> int:
    """The first row that is not head: it has a figure that is no piece of a date."""
    for number, row in enumerate(at[:_MOST_HEAD_ROWS]):
        cells = [cell for cell in dict.fromkeys(row) if cell is not None and cell.numbers]
        if any(pieces_of(cell.text.folded) is None and figure_of(cell) is not None for cell in cells):
            return number - _headings_above(at, number)
        if cells and number and _is_body_of_years(at, number):
            return number
    return min(len(at), _MOST_HEAD_ROWS)


def _headings_above(at: Places, number: int) -> int:
    """How many rows right above the first with a figure are headings of lines, and no heads: words where labels are."""
    filled = [
        [cell for cell in dict.fromkeys(row) if cell is not None and not is_blank(cell)] for row in at[: number + 1]
    ]
    label, count = filled[number][0], 0
    for cells in reversed(filled[1:number]):
        own = cells[0] if len(cells) == 1 else None
        if own is None or own.column != label.column or own.column_end != label.column_end or own.numbers:
            break
        count += 1
    return count


def _is_body_of_years(at: Places, number: int) -> bool:
    """Whether a row of numbers that could be years stands below heads that say all: a line such as 2,024 employees."""
    label, columns = at[number][0], range(1, len(at[number]))
    if label is None or is_blank(label) or pieces_of(label.text.folded) is not None:
        return False
    mine = [column for column in columns if (cell := at[number][column]) is not None and cell.numbers]
    return all(period_of(_path(at, number, column)[0]) is not None for column in mine)


def _label_columns(at: Places, body: int) -> tuple[list[int], list[int]]:
    """The columns of labels, one for each half of a table, and those of figures: they stand right of the first."""
    words, figures = _contents(at, body)
    found: list[int] = []
    before = [column for column in sorted(words) if column not in figures and any(column < one for one in figures)]
    most = max((words[column] for column in before), default=0)
    for column in before:
        if words[column] * _FEW_WORDS < most:
            continue
        if not found or any(found[-1] < figure < column for figure in figures):
            found.append(column)
        elif words[column] > words[found[-1]]:
            found[-1] = column
    return found, [column for column in sorted(figures) if found and column > found[0]]


_FEW_WORDS = 6
"""A column of labels has a sixth of the words that the widest has, at least: a column of notes has fewer."""
_FEW_FIGURES = 3
"""A column of figures has a third as many of them as it has cells of words, at least: a label may be a number, too."""


def _contents(at: Places, body: int) -> tuple[Counter[int], set[int]]:
    """How many letters each column has below the head, and which are columns of figures."""
    words: Counter[int] = Counter()
    worded: Counter[int] = Counter()
    figures: Counter[int] = Counter()
    for cell in dict.fromkeys(cell for row in at[body:] for cell in row if cell is not None and cell.row >= body):
        letters = len(_exact(cell.text.folded)) - sum(number.end - number.start for number in cell.numbers)
        if figure_of(cell) is not None and not (cell.column == 0 and period_of(cell.text.folded) is not None):
            figures[cell.column] += 1  # a year where labels stand is one: what is due in 2026
        elif letters > 0:
            words[cell.column] += letters
            worded[cell.column] += 1
    return words, {column for column, times in figures.items() if times * _FEW_FIGURES >= worded[column]}


def _path(at: Places, body: int, column: int) -> tuple[str, str]:
    """The words above a column, folded and as printed, top to bottom; cells as wide as the table say nothing of it."""
    cells = [cell for cell in dict.fromkeys(row[column] for row in at[:body]) if cell is not None]
    mine = [cell for cell in cells if not is_blank(cell) and cell.column_end - cell.column < len(at[0])]
    folded = [_share(cell, cell.text.folded, column) for cell in mine]
    return " ".join(folded), " ".join(_share(cell, cell.text.printed.strip(), column) for cell in mine)


def _share(cell: Cell, words: str, column: int) -> str:
    """What a head over several columns says of one: where a scan gives two heads as one (Three Months Ended Nine Months
    Ended), that of its half."""
    width = cell.column_end - cell.column
    halves = halves_of_time(words) if width % _HALVES == 0 else None
    return words if halves is None else halves[(column - cell.column) * _HALVES // width]


_HALVES = 2


def _head(at: Places, body: int, column: int, labels: Sequence[int]) -> tuple[str, str]:
    folded, printed = _path(at, body, column)
    beside = [cell for row in at[:body] for cell in (row[label] for label in labels[:1]) if cell is not None]
    # A year alone may have its day in the stub: 31 December | 2024 | 2023.
    stub = [cell for cell in dict.fromkeys(beside) if (said := pieces_of(cell.text.folded)) and ("name" in said)]
    if len(stub) == 1 and period_of(folded) and period_of(f"{stub[0].text.folded} {folded}"):
        return f"{stub[0].text.folded} {folded}", f"{stub[0].text.printed.strip()} {printed}"
    return folded, printed


def _rows(
    at: Places, body: int, columns: Sequence[Column], labels: Sequence[int], rates: Sequence[Rates]
) -> Iterator[Row]:
    """The lines of each half, top to bottom; those of the left half first."""
    for half, label in enumerate(labels, 1):
        mine = {
            place: [number for number in column.numbers if half_of(number, labels) == half]
            for place, column in enumerate(columns)
        }
        beside = {place: [own.number] for place, own in enumerate(rates) if half_of(own.number, labels) == half}
        yield from _levelled(_wrapped(list(_half(at, body, label, mine, beside))))


def _levelled(rows: Sequence[Row]) -> Iterator[Row]:
    """The lines with their levels: where labels begin that are not set in, are set in once, and so on."""
    lefts = sorted({row.left for row in rows if row.left is not None})
    steps = [left for before, left in zip([-inf, *lefts], lefts, strict=False) if left - before > _LEVEL]
    for row in rows:
        told = row.left is not None and len(steps) <= _MOST_LEVELS
        yield replace(row, level=sum(step <= row.left for step in steps) - 1 if told and row.left is not None else None)


def _half(
    at: Places, body: int, label: int, columns: Mapping[int, Sequence[int]], rates: Mapping[int, Sequence[int]]
) -> Iterator[Row]:
    for number in range(body, len(at)):
        cell = at[number][label]
        figures, beside = _figures(at, number, columns), _figures(at, number, rates)
        words = cell if cell is not None and cell.row == number and not is_blank(cell) else None
        if words is not None and (is_note(words) or (not figures and pieces_of(words.text.folded))):
            continue  # a note below the lines, a head that a new page prints again
        if words is not None or figures:
            printed = " ".join(words.text.printed.split()) if words is not None else ""
            left = words.left if words is not None else None
            yield Row(printed, (spaceless(printed),), figures, left, rates=beside)


def _figures(at: Places, number: int, columns: Mapping[int, Sequence[int]]) -> dict[int, Ref]:
    """The figures of a row, by the places of columns. columns: the columns of the grid that each is."""
    found = ((place, _own_figure(at, number, column)) for place, own in columns.items() for column in own)
    return {place: ref for place, ref in found if ref is not None}


def _wrapped(rows: Sequence[Row]) -> list[Row]:
    """The lines; a label that goes on in the next row is one with it: it goes on in a small letter."""
    found: list[Row] = []
    for row in rows:
        above = found[-1] if found else None
        goes_on = row.label[:1].islower() and above is not None and not above.label.rstrip().endswith((":", "："))
        if goes_on and above is not None and not (above.figures and row.figures):
            label = f"{above.label} {row.label}"
            names = (spaceless(label), *row.names, *above.names)
            figures, rates = {**above.figures, **row.figures}, {**above.rates, **row.rates}
            found[-1] = Row(label, names, figures, above.left, rates=rates)
        else:
            found.append(row)
    return found


# --- the lines of a schema


def claims(fields: Iterable[Field], lines: Lines) -> dict[str, int]:
    """The row of each field, by its key. One that two fields claim is neither's, nor one of two that a field may be.

    What a field is called first is looked for first, however alike words must be."""
    wanted = list(fields)
    found: dict[str, int] = {}
    tests = [*_WAYS, *([None] if lines.scanned else [])]
    for rank, way in product(range(max((len(field.called) for field in wanted), default=0)), tests):
        open_ = [field for field in wanted if field.key not in found and rank < len(field.called)]
        taken = set(found.values())
        mine = {field.key: _meant(field, rank, lines.rows, way, taken, _alike(field, wanted)) for field in open_}
        times = Counter(row for row in mine.values() if row is not None)
        found |= {key: row for key, row in mine.items() if row is not None and times[row] == 1}
    return found


def _alike(field: Field, fields: Iterable[Field]) -> list[str]:
    """The headings under which the same words are other lines."""
    same = (other for other in fields if (other.called, other.words) == (field.called, field.words))
    return [other.under for other in same if other.under not in (None, field.under)]


def _meant(
    field: Field, rank: int, rows: Sequence[Row], way: Any, taken: set[int], beyond: Sequence[str]
) -> int | None:
    """The row that a field is, alike in a way (None: nearly, of a scan). rank: which of its names is looked for.
    beyond: headings under which the same words are another line: what stands below one of them is that."""
    first, last = 0, len(rows)
    if field.under is not None:
        over = [at for at, row in enumerate(rows) if _is(row, field.under, None, way)]
        if len(over) != 1:
            return None
        first = over[0] + 1
        ends = (at for at in range(first, len(rows)) if any(_is(rows[at], head, None, way) for head in beyond))
        last = next(ends, last)
    mine = [at for at in range(first, last) if _is(rows[at], field.called[rank], field.words, way) and rows[at].figures]
    if field.under is not None:
        mine = mine[:1]
    return mine[0] if len(mine) == 1 and mine[0] not in taken else None


def _is(row: Row, title: str, words: str | None, way: Any) -> bool:
    if words is not None:
        return any(re.fullmatch(words, name, re.IGNORECASE) for name in row.names)
    own = spaceless(title)
    if way is None:
        return any(_nearly(_exact(name), _exact(own)) for name in row.names)
    return any(way(name) == way(own) != "" for name in row.names)


def known_as(row: Row, field: Field) -> bool:
    """Whether a row may be the line that a field is, as alike as rows must be that are told from no others."""
    return any(_is(row, label, field.words, way) for label in field.called for way in _WAYS)


def are_alike(one: str, other: str) -> bool:
    """Whether two labels may be taken for one line."""
    return any(way(spaceless(one)) == way(spaceless(other)) != "" for way in _WAYS)


def lines_in(model: type[Statement[Any]]) -> list[Field]:
    """The fields of the lines of a statement."""
    base = fields_of(Statement)
    return [own for key, own in fields_of(model).items() if key not in base and own.kind is not None and own.of is None]


def read_statement(model: type[S], lines: Lines, named: Mapping[str, int]) -> tuple[S, ...]:
    """The columns of a statement. named: the rows of its lines, as of claims."""
    fields = fields_of(model)
    free: Any = fields["lines"].model
    rest = [row for at, row in enumerate(lines.rows) if row.figures and at not in set(named.values())]
    found: list[S] = []
    for place, column in enumerate(lines.columns):
        values: dict[str, Any] = {key: lines.rows[row].figures.get(place) for key, row in named.items()}
        values |= _rates_at(fields, lines, named, place)
        others = tuple(_free(free, row, row.figures.get(place)) for row in rest)
        told = column.period.told if column.period is not None else None
        found.append(model(period=told, head=column.head, lines=others, **values))
    return tuple(found)


def _rates_at(fields: Mapping[str, Field], lines: Lines, named: Mapping[str, int], place: int) -> dict[str, Ref | None]:
    """The percentages of the lines beside a column, by the fields whose head they stand under."""
    beside = {number: own for number, own in enumerate(lines.rates) if own.place == place}
    found: dict[str, Ref | None] = {}
    for key, own in fields.items():
        mine = [number for number, rates in beside.items() if own.of in named and _is_headed(rates, own)]
        if len(mine) == 1 and own.of is not None:
            found[key] = lines.rows[named[own.of]].rates.get(mine[0])
    return found


def rates_without(model: type[Statement[Any]], lines: Lines) -> list[str]:
    """The heads of columns of percentages that no field has."""
    wanted = [own for own in fields_of(model).values() if own.of is not None]
    return [rates.head for rates in lines.rates if not any(_is_headed(rates, own) for own in wanted)]


def _is_headed(rates: Rates, wanted: Field) -> bool:
    """Whether a column of percentages has the head of a field: marks aside, unless there is nothing else."""
    head = spaceless(rates.head)
    called = [spaceless(label) for label in wanted.called]
    return any(own == head or _exact(own) == _exact(head) != "" for own in called)


def _free(model: Any, row: Row, ref: Ref | None) -> Any:
    key = "other" if any(_NO_MONEY.search(name) for name in row.names[:1]) else "amount"
    return model(label=row.label or None, level=row.level, **{key: ref})


def joined(first: Lines, further: Iterable[tuple[Lines, bool]]) -> Lines:
    """The lines of a table and of those that go on with it, which have its columns. further: with whether their titles
    say so; one whose title does not is another table if its columns say no period, or its lines are those of the first
    again."""
    told = [(column.period, column.of) for column in first.columns]
    beside = [(own.head, own.place) for own in first.rates]
    parts = [first]
    for part, said in further:
        if [(column.period, column.of) for column in part.columns] == told and (said or _goes_on(first, part)):
            parts.append(part)
    rows = tuple(
        row if [(own.head, own.place) for own in part.rates] == beside else replace(row, rates={})
        for part in parts
        for row in part.rows
    )
    return replace(first, rows=rows, scanned=any(part.scanned for part in parts))


def _goes_on(first: Lines, part: Lines) -> bool:
    known = {row.names[0] for row in first.rows if row.figures}
    again = sum(row.names[0] in known for row in part.rows if row.figures)
    return all(column.period is not None for column in first.columns) and again * _AGAIN < len(part.rows)


_AGAIN = 4
"""A table of which a fourth of the lines stands above it already does not go on with that."""


def kind_of_label(label: str) -> Kind:
    """What a line counts in, as its words say: money, or a figure as it is printed."""
    return Kind.ANY if _NO_MONEY.search(spaceless(label)) else Kind.MONEY

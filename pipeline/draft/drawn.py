"""What example reports hold of which a family can be made: titled tables, rows under heads, amounts beside labels, and
what is so in all of them. Nothing is asked and no number is written (relations.py).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise, product
from math import log10

from recount.pipeline.document import Cell, Document, Grid, Token
from recount.pipeline.draft.beside import EARLIER, Beside, Others, Since, beside_of, says, since
from recount.pipeline.draft.relations import MARGIN, Relation, Series, Value, relations
from recount.pipeline.map.captions import continued, letters_rule, title_of
from recount.pipeline.map.columns import Column
from recount.pipeline.map.headed import Headed, headed, labelled, said_in
from recount.pipeline.map.statements import Lines, figure_of, joined, kind_of_label, lines_of, spaceless
from recount.pipeline.split.folding import has_ideograph
from recount.schemas.declared import end_of, key_of
from recount.schemas.family import Family
from recount.schemas.figures import Kind, Model, Ref
from recount.schemas.statements import is_before, standing_for

# --- the tables of the examples

UNKNOWN = Family("unknown", "unknown", "unknown/1", Model, (), "(?!)")
"""What an example is split as: a report of no known kind."""
_LESS = re.compile(r"\s*(?:减|less)\s*[:：]", re.IGNORECASE)
_ASIDE = re.compile(r"\s*(?:其中|of which|including)\s*[:：]", re.IGNORECASE)


_RATE = re.compile(r"%|percentage|[率比]$|比[例重]", re.IGNORECASE)
"""Of the label of a line: its figures are percentages, and of two amounts perhaps the share."""


@dataclass(slots=True)
class Line:
    """A line of a table. heads: the first below a heading. kind: where its words do not say it. values: by example and
    column; rates: by the head of their column, the percentages beside them. title, labels: what a model calls it, and
    what other reports do."""

    label: str
    key: str = ""
    heads: bool = False
    under: str | None = None
    kind: Kind | None = None
    values: dict[tuple[int, int], Value] = field(default_factory=dict)
    title: str = ""
    labels: tuple[str, ...] = ()
    rates: dict[str, dict[tuple[int, int], Value]] = field(default_factory=dict)

    def add(self, column: tuple[int, int], token: Token) -> None:
        """A figure of it."""
        self.values[column] = _value_of(token)
        if token.unit == "%" or (token.unit is None and _RATE.search(self.label)):
            self.kind = Kind.PERCENT


@dataclass(slots=True)
class Rate:
    """A column of percentages beside amounts. of: what they are, if it was found."""

    head: str
    key: str
    of: Beside | None = None


@dataclass(slots=True)
class Table:
    """A table that becomes a statement. columns: its examples' columns, with what they say of their period; heads: with
    all that they say. kind: of all its lines, where it is one. level: of the heading of a section in words. found,
    since: what is so in its columns, and from one to the next. called: what a model calls it."""

    title: str
    key: str
    lines: list[Line] = field(default_factory=list)
    columns: dict[tuple[int, int], str | None] = field(default_factory=dict)
    unit: str | None = None
    kind: Kind | None = None
    level: int = 0
    found: list[Relation] = field(default_factory=list)
    since: list[Since] = field(default_factory=list)
    called: str = ""
    heads: dict[tuple[int, int], Column] = field(default_factory=dict)
    rates: list[Rate] = field(default_factory=list)

    def add(self, example: int, lines: Lines, document: Document, grid: Grid) -> None:
        """The figures of an example; lines that are new stand behind the one above them."""
        self.unit = self.unit or grid.unit
        for place, column in enumerate(lines.columns):
            self.columns[example, place] = column.period.told if column.period is not None else None
            self.heads[example, place] = column
        met: Counter[str] = Counter()
        at = -1
        for row in lines.rows:
            words = spaceless(row.label)
            met[words] += 1
            same = [number for number, line in enumerate(self.lines) if spaceless(line.label) == words]
            if len(same) >= met[words]:
                at = same[met[words] - 1]
            else:
                at += 1
                self.lines.insert(at, Line(row.label))
            for place, ref in row.figures.items():
                self.lines[at].add((example, place), document.tokens[ref.token])
            for number, ref in row.rates.items():
                own = lines.rates[number]
                values = self.lines[at].rates.setdefault(self._rate(own.head), {})
                values[example, own.place] = _value_of(document.tokens[ref.token])

    def _rate(self, head: str) -> str:
        """The head of a column of percentages, as it was met first."""
        for rate in self.rates:
            if spaceless(rate.head) == spaceless(head):
                return rate.head
        key = key_of(head) if re.search(r"[^\W\d_]", head) else "percent"
        self.rates.append(Rate(head, unused(key, {rate.key for rate in self.rates})))
        return head

    def line_of(self, label: str, kind: Kind | None = None) -> Line:
        """The line of a label, a new one of a kind if there is none."""
        for line in self.lines:
            if spaceless(line.label) == spaceless(label):
                return line
        self.lines.append(Line(label, kind=kind))
        return self.lines[-1]

    def name_lines(self) -> None:
        """Keys for the lines; those whose words stand there more than once are told apart by the line above them."""
        for above, line in pairwise(self.lines):
            line.heads = not (above.values or self._may_be_filled(above))
        self.lines = [line for line in self.lines if line.label and (line.values or self._may_be_filled(line))]
        times = Counter(spaceless(line.label) for line in self.lines)
        for at, line in enumerate(self.lines):
            if times[spaceless(line.label)] > 1:
                alone = [own.label for own in self.lines[:at] if times[spaceless(own.label)] == 1]
                line.under = alone[-1] if alone else None
            line.key = free_key(line.label, {own.key for own in self.lines[:at]})
        taken = {line.key for line in self.lines}
        for rate in self.rates:
            while any(f"{key}_{rate.key}" in taken for key in taken):
                rate.key += "_rate"

    def _may_be_filled(self, line: Line) -> bool:
        """Whether a line without figures is one of a form, which another report fills in; headings end in a colon."""
        return has_ideograph(line.label) and not re.search(r"[:：]$|^[一二三四五六七八九十]+、", line.label)

    def rest(self, relation: Relation) -> Decimal:
        """The most that a sum is off, in any column where it is printed."""
        nothing = Decimal(0), Decimal(0)
        rests = (
            abs(value[0] - sum(sign * self.lines[term].values.get(column, nothing)[0] for sign, term in relation.terms))
            for column, value in self.lines[relation.stated].values.items()
        )
        return max(rests, default=Decimal(0))

    def series(self) -> list[Series]:
        """What is searched for relations. Parts of a line (其中：) are those from it to the next line with figures."""
        found, aside = [], False
        for line in self.lines:
            begins = _ASIDE.match(line.label) is not None
            aside = begins or (aside and not line.values)
            values = tuple(line.values.get(column) for column in self.columns)
            less = _LESS.match(line.label) is not None
            found.append(
                Series(line.kind or self.kind or kind_of_label(line.label), values, less, aside, heads=line.heads)
            )
        return found

    def searched(self) -> None:
        """Searches what is so in its columns."""
        series, columns = self.series(), list(self.columns)
        self.found = relations(series)
        before = [self._before(column) for column in columns]
        numbers = [columns.index(column) if column is not None else None for column in before]
        self.since = since(series, numbers, [says(line.label) for line in self.lines])
        amounts = [at for at, one in enumerate(series) if one.kind is not Kind.PERCENT]
        for rate in self.rates:
            told = [self.lines[at].rates.get(rate.head, {}) for at in amounts]
            beside = [Series(Kind.PERCENT, tuple(map(own.get, columns))) for own in told]
            found = beside_of([series[at] for at in amounts], beside, {EARLIER: numbers, **self._by_head(columns)})
            whole = amounts[found.whole] if found is not None and found.whole is not None else None
            rate.of = replace(found, whole=whole) if found is not None else None

    def _by_head(self, columns: Sequence[tuple[int, int]]) -> Others:
        """By what heads say besides a period, of each column the other one of its period that says so."""
        heads = [self._of(column) or spaceless(self.heads[column].head) for column in columns if column in self.heads]
        found: dict[str, list[int | None]] = {}
        for own in self.heads.values() if len(heads) == len(columns) else ():
            head = own.of or own.head
            if head in found or "'" in head:
                continue
            mine = [at for at, words in enumerate(heads) if words == spaceless(head)]
            beside = [[other for other in mine if self._is_beside(columns[other], column)] for column in columns]
            found[head] = [others[0] if len(others) == 1 else None for others in beside]
        return {head: others for head, others in found.items() if set(others) != {None}}

    def _is_beside(self, column: tuple[int, int], other: tuple[int, int]) -> bool:
        """Whether two columns are of one period of one example."""
        return column != other and column[0] == other[0] and self.columns[column] == self.columns[other]

    def wholes(self) -> dict[tuple[int, int], str | None]:
        """The columns that stand for their period, in each example."""
        found: dict[tuple[int, int], str | None] = {}
        for example in dict.fromkeys(example for example, _ in self.columns):
            own = [column for column in self.columns if column[0] == example]
            heads = [self.heads[column].head if column in self.heads else "" for column in own]
            told = [(self.columns[column], head) for column, head in zip(own, heads, strict=True)]
            found |= {own[at]: self.columns[own[at]] for at in standing_for(told)}
        return found

    def _before(self, column: tuple[int, int]) -> tuple[int, int] | None:
        """The column of the period before one, in its example."""
        found = [
            other
            for other, period in self.columns.items()
            if other[0] == column[0] and is_before(period, self.columns[column]) and self._of(other) == self._of(column)
        ]
        return found[0] if len(found) == 1 else None

    def _of(self, column: tuple[int, int]) -> str:
        return spaceless(self.heads[column].of) if column in self.heads else ""


def _tables(documents: Sequence[Document]) -> tuple[list[Table], int]:
    """The titled tables of the examples, those of one title together; and how many had no title or no figures."""
    found: dict[str, Table] = {}
    without = 0
    for example, document in enumerate(documents):
        seen: set[str] = set()
        further: list[Grid] = []
        for at, block in enumerate(document.blocks):
            if not isinstance(block, Grid) or any(block is other for other in further):
                continue
            title, over = title_of(document.blocks, at)
            lines = lines_of(block, over)
            same = spaceless(title)
            if not title or same in seen or not lines.columns or not any(row.figures for row in lines.rows):
                without += 1
                continue
            seen.add(same)
            rest = [
                (part, own)
                for part, said in continued(document.blocks, block, letters_rule(title))
                if len(joined(lines, [own := (lines_of(part, over), said)]).rows) > len(lines.rows)
            ]
            further += [part for part, _ in rest]
            table = found.setdefault(same, Table(title, _free_key(title, found.values())))
            table.add(example, joined(lines, [own for _, own in rest]), document, block)
    return list(found.values()), without


def _free_key(title: str, tables: Iterable[Table]) -> str:
    return free_key(title, {table.key for table in tables})


# --- where no table has a title: rows under a head, and amounts beside their labels


@dataclass(slots=True)
class Rows:
    """A table of rows under a head. columns: title, key and kind of each, None for words. rows: with their example."""

    key: str
    columns: list[tuple[str, str, Kind | None]]
    rows: list[tuple[int, dict[str, Value]]] = field(default_factory=list)
    found: list[Relation] = field(default_factory=list)

    def add(self, example: int, table: Headed, document: Document) -> None:
        """The rows of an example."""
        heads = [spaceless(head.text.printed) for head in table.heads]
        for cells in table.rows:
            values: dict[str, Value] = {}
            for title, key, kind in self.columns:
                said = said_in(cells[heads.index(spaceless(title))], kind) if kind is not None else None
                values |= {key: _value_of(document.tokens[said.token])} if isinstance(said, Ref) else {}
            self.rows.append((example, values))

    def series(self) -> list[Series]:
        """The columns, to be searched for what is so in every row."""
        return [
            Series(kind or Kind.ANY, tuple(values.get(key) for _, values in self.rows)) for _, key, kind in self.columns
        ]

    def sums(self) -> Iterator[tuple[str, dict[int, Value]]]:
        """The columns of money, with their sum in each example."""
        for _, key, kind in self.columns:
            own = [(example, values[key]) for example, values in self.rows if key in values and kind is Kind.MONEY]
            examples = dict.fromkeys(example for example, _ in own)
            yield key, {one: _added(value for example, value in own if example == one) for one in examples}


def _added(values: Iterable[Value]) -> Value:
    numbers, halves = zip(*values, strict=True)
    return sum(numbers, Decimal(0)), sum(halves, Decimal(0))


def _value_of(token: Token) -> Value:
    return token.value, Decimal(1).scaleb(-token.decimals) / 2


def _loose(documents: Sequence[Document]) -> tuple[list[Rows], Table]:
    """The rows under heads of all tables, those of the same heads together, and the amounts beside labels elsewhere."""
    lists: dict[tuple[str, ...], Rows] = {}
    labels = Table("Amounts", "amounts", kind=Kind.MONEY)
    for example, document in enumerate(documents):
        labels.columns[example, 0] = None
        for grid in (block for block in document.blocks if isinstance(block, Grid)):
            taken: set[int] = set()
            for table in headed(grid):
                taken.update(range(table.heads[0].row, table.last + 1))
                heads = tuple(spaceless(head.text.printed) for head in table.heads)
                if heads not in lists:
                    key = free_key(table.heads[0].text.printed, {own.key for own in lists.values()} | {labels.key})
                    lists[heads] = Rows(key, list(_columns_of(table)))
                lists[heads].add(example, table, document)
            _add_labelled(labels, example, (one for one in labelled(grid) if one[0].row not in taken))
    return list(lists.values()), labels


def _columns_of(table: Headed) -> Iterator[tuple[str, str, Kind | None]]:
    """The columns of a head: those of figures, one for each kind of them, and those of words."""
    taken: set[str] = set()
    for place, head in enumerate(table.heads):
        title = " ".join(head.text.printed.split())
        cells = [cell for row in table.rows for cell in row[place]]
        numbers = [cell.numbers[0].token for cell in cells if figure_of(cell) is not None]
        kinds: list[Kind | None] = [Kind.PERCENT] if any(token.unit == "%" for token in numbers) else []
        others = [token for token in numbers if token.unit != "%"]
        kinds += [Kind.COUNT if not any(map(_is_amount, others)) else Kind.MONEY] if others else []
        for kind in kinds or ([None] if cells else []):
            key = free_key(f"{title} {kind.value}" if kind and len(kinds) > 1 else title, taken)
            taken.add(key)
            yield title, key, kind


def _is_amount(token: Token) -> bool:
    return token.decimals > 0 or not token.raw.isdigit()


_LABEL = re.compile(r"(?:[^\W\d]|\d+(?=\s*%)|[^\w])+")
"""Words beside an amount, with no number but a rate."""


def _add_labelled(labels: Table, example: int, found: Iterable[tuple[Cell, Token]]) -> None:
    """The amounts of an example beside their labels."""
    for cell, token in found:
        label = " ".join(cell.text.printed.split())
        if not _LABEL.fullmatch(label) or not _is_amount(token):
            continue
        labels.line_of(label).values.setdefault((example, 0), _value_of(token))


def totals(lists: Sequence[Rows], labels: Table) -> Iterator[str]:
    """The amounts that are the sum of a column of rows, in every example."""
    guesses = sum(len(own.columns) for own in lists) * len(labels.lines)
    for own, line in product(lists, labels.lines):
        for key, sums in own.sums():
            pairs = [(sums[at], line.values[at, 0]) for at in sums if (at, 0) in line.values]
            rests = [(abs(value - other), half + own_half, value) for (value, half), (other, own_half) in pairs]
            digits = sum(log10(abs(value) / (2 * slack)) for _, slack, value in rests if value and slack)
            if pairs and all(rest <= slack for rest, slack, _ in rests) and digits >= MARGIN + log10(guesses):
                yield f"{labels.key}.{line.key} = {own.key}.{key}"


def free_key(title: str, taken: Collection[str]) -> str:
    """A key made of a title that is not taken."""
    return unused(key_of(title), taken)


def unused(key: str, taken: Collection[str]) -> str:
    """A key, or it with the first number that makes it another than those taken."""
    return next(own for own in (key, *(f"{key}_{number}" for number in range(2, 1000))) if own not in taken)


# --- what tables say alike


def across(tables: Sequence[Table]) -> Iterator[str]:
    """Lines of two tables that print the same wherever their periods are the same: each is the first of them, one of
    the same words if there is one."""
    named = [(table, line) for table in tables for line in table.lines if kind_of_label(line.label) is Kind.MONEY]
    tied: set[tuple[str, str]] = set()
    for at, (table, line) in enumerate(named):
        for other, its in sorted(named[:at], key=lambda one: spaceless(one[1].label) != spaceless(line.label)):
            if other is table or (other.key, line.key) in tied or line.key == "" or not _same(table, line, other, its):
                continue
            tied.add((other.key, line.key))
            yield f"{table.key}.{line.key} = {other.key}.{its.key}"
            break


def _same(table: Table, line: Line, other: Table, its: Line) -> bool:
    """Whether two lines print the same in all columns of one period, and that is no chance."""
    digits = 0.0
    for column, period in table.wholes().items():
        same = beside(column[0], period, other)
        if len(same) != 1 or column not in line.values or same[0] not in its.values:
            continue
        (value, half), (again, its_half) = line.values[column], its.values[same[0]]
        if abs(value - again) > min(half, its_half):
            return False
        digits += log10(abs(value) / max(half, its_half)) if value else 0
    guesses = 1 if spaceless(line.label) == spaceless(its.label) else len(table.lines) * len(other.lines)
    return digits >= MARGIN + log10(guesses)


def beside(example: int, period: str | None, table: Table) -> list[tuple[int, int]]:
    """The columns of an example that are of a period, or else end with it."""
    told = {own: its for own, its in table.wholes().items() if own[0] == example and its is not None}
    same = [own for own, its in told.items() if its == period]
    return same or [own for own, its in told.items() if period and end_of(its) == end_of(period)]


# --- all of it


@dataclass(slots=True)
class Drawn:
    """What was found in examples. lists, labels: where no table has a title. worded: sections in words. without: tables
    that are left out. aside: parts that do not matter, as a model says; proposed: its identities between tables."""

    tables: list[Table]
    lists: list[Rows]
    labels: Table
    without: int
    worded: list[Table] = field(default_factory=list)
    aside: list[Table | Rows] = field(default_factory=list)
    proposed: list[str] = field(default_factory=list)

    @property
    def between(self) -> list[str]:
        """What is said between its parts."""
        return [*across(self.tables), *totals(self.lists, self.labels)]

    @property
    def parts(self) -> bool:
        """Whether there is any."""
        return bool(self.tables or self.lists or self.labels.lines or self.worded)


def drawn_from(documents: Sequence[Document]) -> Drawn:
    """The parts of a family, with what is so in all examples."""
    tables, without = _tables(documents)
    lists, labels = _loose(documents) if not tables else ([], Table("", ""))
    for table in (*tables, labels):
        table.name_lines()
        table.searched()
    for own in lists:
        own.found = relations(own.series())
    return Drawn(tables, lists, labels, without if tables else 0)

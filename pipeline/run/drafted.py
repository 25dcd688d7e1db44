"""A family drafted from examples: each titled table a statement, its labels the lines, its identities searched.

Nothing is asked and no number is written: the figures say which line is the sum of which others, in every column of
every example (relations.py), and each such relation is written out to be read, kept or struck.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby, pairwise, product
from math import log10
from pathlib import Path
from typing import Any

from recount.pipeline.document import Cell, Document, Grid, Token
from recount.pipeline.errors import UsageError
from recount.pipeline.lasting import encoded
from recount.pipeline.map.headed import Headed, headed, labelled, said_in
from recount.pipeline.map.statements import Lines, figure_of, kind_of_label, lines_of, spaceless, title_of
from recount.pipeline.recognise import family_of, free_name
from recount.pipeline.result import Result
from recount.pipeline.run.relations import MARGIN, Relation, Series, Terms, Value, relations
from recount.pipeline.run.signs import signs_in
from recount.pipeline.run.written import toml_of
from recount.pipeline.settings import DEFAULTS, Settings
from recount.pipeline.split.abroad import power_of
from recount.pipeline.structure import splits_of, structure
from recount.schemas.declared import FILE, end_of, key_of
from recount.schemas.family import AS_PRINTED, Family, Money
from recount.schemas.figures import Kind, Model, Ref

# --- the tables of the examples

_UNKNOWN = Family("unknown", "unknown", "unknown/1", Model, (), "(?!)")
"""What an example is split as: a report of no known kind."""
_LESS = re.compile(r"\s*(?:减|less)\s*[:：]", re.IGNORECASE)
_ASIDE = re.compile(r"\s*(?:其中|of which|including)\s*[:：]", re.IGNORECASE)


@dataclass(slots=True)
class _Line:
    """A line of a table. heads: the first below a heading. values: by example and column."""

    label: str
    key: str = ""
    heads: bool = False
    under: str | None = None
    values: dict[tuple[int, int], Value] = field(default_factory=dict)


@dataclass(slots=True)
class _Table:
    """A table that becomes a statement. columns: its examples' columns, with what they say of their period. kind: of
    all its lines, where it is one."""

    title: str
    key: str
    lines: list[_Line] = field(default_factory=list)
    columns: dict[tuple[int, int], str | None] = field(default_factory=dict)
    unit: str | None = None
    kind: Kind | None = None
    found: list[Relation] = field(default_factory=list)

    def add(self, example: int, lines: Lines, document: Document, grid: Grid) -> None:
        """The figures of an example; lines that are new stand behind the one above them."""
        self.unit = self.unit or grid.unit
        for place, column in enumerate(lines.columns):
            self.columns[example, place] = column.period.told if column.period is not None else None
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
                self.lines.insert(at, _Line(row.label))
            for place, ref in row.figures.items():
                self.lines[at].values[example, place] = _value_of(document.tokens[ref.token])

    def name_lines(self) -> None:
        """Keys for the lines; those whose words stand there more than once are told apart by the line above them."""
        for above, line in pairwise(self.lines):
            line.heads = not (above.values or self._may_be_filled(above))
        self.lines = [line for line in self.lines if line.label and (line.values or self._may_be_filled(line))]
        times = Counter(spaceless(line.label) for line in self.lines)
        keys: Counter[str] = Counter()
        for at, line in enumerate(self.lines):
            if times[spaceless(line.label)] > 1:
                alone = [own.label for own in self.lines[:at] if times[spaceless(own.label)] == 1]
                line.under = alone[-1] if alone else None
            key = key_of(line.label)
            keys[key] += 1
            line.key = key if keys[key] == 1 else f"{key}_{keys[key]}"

    def _may_be_filled(self, line: _Line) -> bool:
        """Whether a line without figures is one of a form, which another report fills in; headings end in a colon."""
        return re.search(r"[一-鿿]", line.label) is not None and not re.search(
            r"[:：]$|^[一二三四五六七八九十]+、", line.label
        )

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
            found.append(Series(self.kind or kind_of_label(line.label), values, less, aside, heads=line.heads))
        return found


def _tables(documents: Sequence[Document]) -> tuple[list[_Table], int]:
    """The titled tables of the examples, those of one title together; and how many had no title or no figures."""
    found: dict[str, _Table] = {}
    without = 0
    for example, document in enumerate(documents):
        seen: set[str] = set()
        for at, block in enumerate(document.blocks):
            if not isinstance(block, Grid):
                continue
            title, over = title_of(document.blocks, at)
            lines = lines_of(block, over)
            same = spaceless(title)
            if not title or same in seen or not lines.columns or not any(row.figures for row in lines.rows):
                without += 1
                continue
            seen.add(same)
            table = found.setdefault(same, _Table(title, _free_key(title, found.values())))
            table.add(example, lines, document, block)
    return list(found.values()), without


def _free_key(title: str, tables: Iterable[_Table]) -> str:
    return free_key(title, {table.key for table in tables})


def free_key(title: str, taken: Collection[str]) -> str:
    """A key made of a title that is not taken."""
    key = key_of(title)
    return next(own for own in (key, *(f"{key}_{number}" for number in range(2, 1000))) if own not in taken)


# --- where no table has a title: rows under a head, and amounts beside their labels


@dataclass(slots=True)
class _Rows:
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


def _loose(documents: Sequence[Document]) -> tuple[list[_Rows], _Table]:
    """The rows under heads of all tables, those of the same heads together, and the amounts beside labels elsewhere."""
    lists: dict[tuple[str, ...], _Rows] = {}
    labels = _Table("Amounts", "amounts", kind=Kind.MONEY)
    for example, document in enumerate(documents):
        labels.columns[example, 0] = None
        for grid in (block for block in document.blocks if isinstance(block, Grid)):
            taken: set[int] = set()
            for table in headed(grid):
                taken.update(range(table.heads[0].row, table.last + 1))
                heads = tuple(spaceless(head.text.printed) for head in table.heads)
                if heads not in lists:
                    key = free_key(table.heads[0].text.printed, {own.key for own in lists.values()} | {labels.key})
                    lists[heads] = _Rows(key, list(_columns_of(table)))
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


def _add_labelled(labels: _Table, example: int, found: Iterable[tuple[Cell, Token]]) -> None:
    """The amounts of an example beside their labels."""
    for cell, token in found:
        label = " ".join(cell.text.printed.split())
        if not _LABEL.fullmatch(label) or not _is_amount(token):
            continue
        line = next((one for one in labels.lines if spaceless(one.label) == spaceless(label)), None)
        if line is None:
            line = _Line(label)
            labels.lines.append(line)
        line.values.setdefault((example, 0), _value_of(token))


def _total_of(lists: Sequence[_Rows], labels: _Table) -> Iterator[str]:
    """The amounts that are the sum of a column of rows, in every example."""
    guesses = sum(len(own.columns) for own in lists) * len(labels.lines)
    for own, line in product(lists, labels.lines):
        for key, sums in own.sums():
            pairs = [(sums[at], line.values[at, 0]) for at in sums if (at, 0) in line.values]
            rests = [(abs(value - other), half + own_half, value) for (value, half), (other, own_half) in pairs]
            digits = sum(log10(abs(value) / (2 * slack)) for _, slack, value in rests if value and slack)
            if pairs and all(rest <= slack for rest, slack, _ in rests) and digits >= MARGIN + log10(guesses):
                yield f"{labels.key}.{line.key} = {own.key}.{key}"


# --- what tables say alike


def _across(tables: Sequence[_Table]) -> Iterator[tuple[str, str]]:
    """Lines of two tables that print the same wherever their periods are the same: each is the first of them."""
    named = [(table, line) for table in tables for line in table.lines if kind_of_label(line.label) is Kind.MONEY]
    tied: set[tuple[str, str]] = set()
    for at, (table, line) in enumerate(named):
        for other, its in named[:at]:
            if other is table or (other.key, line.key) in tied or line.key == "" or not _same(table, line, other, its):
                continue
            tied.add((other.key, line.key))
            yield f"{table.key}.{line.key}", f"{other.key}.{its.key}"
            break


def _same(table: _Table, line: _Line, other: _Table, its: _Line) -> bool:
    """Whether two lines print the same in all columns of one period, and that is no chance."""
    digits = 0.0
    for column, period in table.columns.items():
        beside = _beside(column[0], period, other)
        if len(beside) != 1 or column not in line.values or beside[0] not in its.values:
            continue
        (value, half), (again, its_half) = line.values[column], its.values[beside[0]]
        if abs(value - again) > min(half, its_half):
            return False
        digits += log10(abs(value) / max(half, its_half)) if value else 0
    guesses = 1 if spaceless(line.label) == spaceless(its.label) else len(table.lines) * len(other.lines)
    return digits >= MARGIN + log10(guesses)


def _beside(example: int, period: str | None, table: _Table) -> list[tuple[int, int]]:
    """The columns of an example that are of a period, or else end with it."""
    told = {own: its for own, its in table.columns.items() if own[0] == example and its is not None}
    same = [own for own, its in told.items() if its == period]
    return same or [own for own, its in told.items() if period and end_of(its) == end_of(period)]


# --- the family as it is written


def _said(name: str, drawn: _Drawn, signs: Sequence[str]) -> dict[str, Any]:
    """What family.toml says. signs: by which its reports are recognised."""
    across = [f"{one} = {other}" for one, other in _across(drawn.tables)]
    labels = [drawn.labels] if drawn.labels.lines else []
    return {
        "name": name,
        "title": name,
        "signs": list(signs),
        "money": _money(drawn),
        "identities": [*across, *_total_of(drawn.lists, drawn.labels)],
        "statement": [_statement(table) for table in drawn.tables],
        "table": [_table(own) for own in drawn.lists],
        "section": [_section(table) for table in labels],
    }


def _money(drawn: _Drawn) -> Any:
    """The unit of amounts; and whether they are whole: printed in the currency's own unit without decimals throughout,
    with sums that hold to the last unit."""
    tables = [*drawn.tables, drawn.labels]
    units = Counter(table.unit for table in tables if table.unit)
    unit = units.most_common(1)[0][0] if units else _unit_of_none(tables)
    if unit is None:
        return None
    searched = [one for table in tables for one in table.series()] + [
        one for own in drawn.lists for one in own.series()
    ]
    halves = {value[1] for one in searched if one.kind is Kind.MONEY for value in one.values if value}
    sums = [table.rest(relation) for table in tables for relation in table.found if len(relation.terms) > 1]
    whole = power_of(unit, Money(unit)) == 0 and halves == {_HALF} and bool(sums) and not any(sums)
    return {"name": unit, "whole": True} if whole else unit


_HALF = Decimal("0.5")


def _unit_of_none(tables: Sequence[_Table]) -> str | None:
    """What amounts are counted in where no table says it: each one for itself, unless words are Chinese (万元)."""
    words = "".join(line.label for table in tables for line in table.lines)
    return None if re.search(r"[一-鿿]", words) else AS_PRINTED


def _statement(table: _Table) -> dict[str, Any]:
    lines = [
        _named(line.label, line.key, kind_of_label(line.label)) | ({"under": line.under} if line.under else {})
        for line in table.lines
    ]
    keys = [line.key for line in table.lines]
    rules = [_formula(keys, relation) for relation in table.found]
    said = [line["title"] if list(line) == ["title"] else line for line in lines]
    return {"key": table.key, "title": table.title, "lines": said, "identities": rules}


def _table(own: _Rows) -> dict[str, Any]:
    rules = [_formula([key for _, key, _ in own.columns], relation) for relation in own.found]
    columns = [_named(title, key, kind) for title, key, kind in own.columns]
    return {"key": own.key, "title": own.columns[0][0], "words": "", "columns": columns, "identities": rules}


def _section(labels: _Table) -> dict[str, Any]:
    rules = [_formula([line.key for line in labels.lines], relation) for relation in labels.found]
    fields = [_named(line.label, line.key, Kind.MONEY) for line in labels.lines]
    return {"key": labels.key, "title": labels.title, "heading": "", "fields": fields, "identities": rules}


def _named(title: str, key: str, kind: Kind | None) -> dict[str, str]:
    """A line, a column or a field, as it is written; kind: None for words."""
    said = {"key": key} if key != key_of(title) else {}
    return said | {"title": title} | ({} if kind is Kind.MONEY else {"kind": kind.value if kind else "text"})


def _formula(keys: Sequence[str], relation: Relation) -> str:
    """A relation as it is written, of lines or columns with these keys."""
    if relation.factor is not None:
        return f"{keys[relation.stated]} = {keys[relation.factor]} * {keys[relation.terms[0][1]]}"
    terms = _sum(keys, relation.terms)
    if not relation.whole:
        return f"{keys[relation.stated]} = {terms}"
    return f"{keys[relation.stated]} = {_bracketed(terms)} / {_bracketed(_sum(keys, relation.whole))}"


def _bracketed(words: str) -> str:
    return f"({words})" if " " in words else words


def _sum(keys: Sequence[str], unsorted: Terms) -> str:
    """Lines with their signs: those of one sign that follow each other as a range, `first .. last`."""
    terms = sorted(unsorted, key=lambda term: term[1])
    runs = [list(run) for _, run in groupby(enumerate(terms), lambda one: (one[1][0], one[1][1] - one[0]))]
    said: list[tuple[int, str]] = []
    for run in runs:
        own, sign = [keys[place] for _, (_, place) in run], run[0][1][0]
        said += [(sign, words) for words in ([f"{own[0]} .. {own[-1]}"] if _is_range(own, sign) else own)]
    first = next(at for at, (sign, _) in enumerate(said) if sign > 0)
    said.insert(0, said.pop(first))
    return said[0][1] + "".join(f" {'+' if sign > 0 else '-'} {words}" for sign, words in said[1:])


def _is_range(keys: Sequence[str], sign: int) -> bool:
    return len(keys) > 2 and sign > 0


# --- the draft


@dataclass(frozen=True, slots=True)
class Drafted:
    """A drafted family. folder: where it lies. told: what became of its examples, in one line."""

    folder: Path
    told: str


def draft(name: str, examples: Sequence[Path], out: Path, settings: Settings = DEFAULTS) -> Drafted:
    """Write a family drafted from example reports into `out`/`name`: family.toml, and expected.json with what it reads
    in them.

    Raises UsageError for a name that is none or taken, for examples without a titled table of figures, and if the
    folder cannot be written; a DocumentError where an example cannot be read.
    """
    folder = free_name(name, out)
    reports = [splits_of(path, _UNKNOWN, settings)[0] for path in examples]
    drawn = _drawn([report.document for report in reports])
    signs = signs_in([report.pages for report in reports], [report.document for report in reports])
    if not (drawn.tables or drawn.lists or drawn.labels.lines):
        raise UsageError(f"{', '.join(path.name for path in examples)}: no table with figures was found")
    try:
        folder.mkdir(parents=True)
        (folder / FILE).write_text(toml_of(_said(name, drawn, signs), _notes(examples)), encoding="utf-8")
        family = family_of(str(folder))
        results = {path.name: structure(path, family, settings) for path in examples}
        (folder / "expected.json").write_bytes(encoded({path: result.report for path, result in results.items()}))
    except OSError as error:
        raise UsageError(f"cannot write to {folder}: {error.strerror}") from error
    return Drafted(folder, _told(list(results.values()), drawn))


def _notes(examples: Sequence[Path]) -> tuple[str, ...]:
    return (
        f"A family drafted from {', '.join(path.name for path in examples)}.",
        "Each identity holds in all of it: read it, keep it or strike it. Keys and titles may be changed.",
    )


@dataclass(slots=True)
class _Drawn:
    """What was found in examples. lists, labels: where no table has a title. without: tables that are left out."""

    tables: list[_Table]
    lists: list[_Rows]
    labels: _Table
    without: int


def _drawn(documents: Sequence[Document]) -> _Drawn:
    """The parts of a family, with what is so in all examples."""
    tables, without = _tables(documents)
    lists, labels = _loose(documents) if not tables else ([], _Table("", ""))
    for table in (*tables, labels):
        table.name_lines()
        table.found = relations(table.series())
    for own in lists:
        own.found = relations(own.series())
    return _Drawn(tables, lists, labels, without if tables else 0)


def _told(results: Sequence[Result], drawn: _Drawn) -> str:
    found = [part.found for part in (*drawn.tables, *([drawn.labels] if drawn.labels.lines else []))]
    found += [own.found for own in drawn.lists]
    figures = sum(len(result.figures) for result in results)
    verified = sum(result.summary.figures["verified"] for result in results)
    counted = sum(check.result != "not_applicable" for result in results for check in result.checks)
    idle = found.count([])
    more = f"; {drawn.without} more have no title or no figures in line" if drawn.without else ""
    return (
        f"{figures} figures, {counted} identities, {verified} verified; {idle} of {len(found)} tables have none{more}"
    )

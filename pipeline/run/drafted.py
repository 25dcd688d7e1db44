"""A family drafted from examples: each titled table a statement, its labels the lines, its identities searched.

Nothing is asked and no number is written: the figures say which line is the sum of which others, in every column of
every example (relations.py), and each such relation is written out to be read, kept or struck.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby, pairwise
from math import log10
from pathlib import Path

from recount.pipeline.document import Document, Grid
from recount.pipeline.errors import UsageError
from recount.pipeline.lasting import encoded
from recount.pipeline.map.statements import Lines, kind_of_label, lines_of, spaceless, title_of
from recount.pipeline.recognise import family_of, free_name
from recount.pipeline.result import Result
from recount.pipeline.run.relations import MARGIN, Relation, Series, Value, relations
from recount.pipeline.settings import DEFAULTS, Settings
from recount.pipeline.split.abroad import power_of
from recount.pipeline.structure import documents_of, structure
from recount.schemas.declared import FILE, end_of, key_of
from recount.schemas.family import AS_PRINTED, Family, Money
from recount.schemas.figures import Kind, Model

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
    """A table that becomes a statement. columns: its examples' columns, with what they say of their period."""

    title: str
    key: str
    lines: list[_Line] = field(default_factory=list)
    columns: dict[tuple[int, int], str | None] = field(default_factory=dict)
    unit: str | None = None
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
                token = document.tokens[ref.token]
                self.lines[at].values[example, place] = token.value, Decimal(1).scaleb(-token.decimals) / 2

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
            found.append(Series(kind_of_label(line.label), values, less, aside, heads=line.heads))
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
    key, taken = key_of(title), {table.key for table in tables}
    return next(own for own in (key, *(f"{key}_{number}" for number in range(2, 1000))) if own not in taken)


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


def _written(name: str, tables: Sequence[_Table], examples: Sequence[Path]) -> str:
    """The text of family.toml."""
    names = ", ".join(path.name for path in examples)
    units = Counter(table.unit for table in tables if table.unit)
    money = units.most_common(1)[0][0] if units else _unit_of_none(tables)
    across = [f"{one} = {other}" for one, other in _across(tables)]
    parts = [
        f"# A family drafted from {names}.",
        "# Each identity holds in all of it: read it, keep it or strike it. Keys and titles may be changed.",
        f"name = {_quoted(name)}",
        f"title = {_quoted(name)}",
        *_money(money, tables),
        *_list("identities", across),
    ]
    return "\n".join([*parts, *(line for table in tables for line in _statement(table))]) + "\n"


def _unit_of_none(tables: Sequence[_Table]) -> str | None:
    """What amounts are counted in where no table says it: each one for itself, unless words are Chinese (万元)."""
    words = "".join(line.label for table in tables for line in table.lines)
    return None if re.search(r"[一-鿿]", words) else AS_PRINTED


def _money(unit: str | None, tables: Sequence[_Table]) -> list[str]:
    """The unit of amounts; and whether they are whole: printed in the currency's own unit without decimals throughout,
    with sums that hold to the last unit."""
    if unit is None:
        return []
    halves = {
        value[1]
        for table in tables
        for one in table.series()
        if one.kind is Kind.MONEY
        for value in one.values
        if value
    }
    sums = [table.rest(relation) for table in tables for relation in table.found if len(relation.terms) > 1]
    whole = power_of(unit, Money(unit)) == 0 and halves == {Decimal("0.5")} and bool(sums) and not any(sums)
    return [f"money = {{ name = {_quoted(unit)}, whole = true }}" if whole else f"money = {_quoted(unit)}"]


def _statement(table: _Table) -> list[str]:
    lines: list[str] = []
    for line in table.lines:
        said = {"key": line.key} if key_of(line.label) != line.key else {}
        said |= {"title": line.label} | ({"under": line.under} if line.under else {})
        said |= {"kind": Kind.ANY.value} if kind_of_label(line.label) is not Kind.MONEY else {}
        inner = ", ".join(f"{key} = {_quoted(value)}" for key, value in said.items())
        lines.append(_quoted(line.label) if list(said) == ["title"] else f"{{ {inner} }}")
    formulae = [_formula(table, relation) for relation in table.found]
    head = ["", "[[statement]]", f"key = {_quoted(table.key)}", f"title = {_quoted(table.title)}"]
    return [*head, *_list("lines", lines, quoted=True), *_list("identities", formulae)]


def _formula(table: _Table, relation: Relation) -> str:
    """A relation as it is written: lines of one sign that follow each other as a range, `first .. last`."""
    terms = sorted(relation.terms, key=lambda term: term[1])
    runs = [list(run) for _, run in groupby(enumerate(terms), lambda one: (one[1][0], one[1][1] - one[0]))]
    said: list[tuple[int, str]] = []
    for run in runs:
        keys = [table.lines[place].key for _, (_, place) in run]
        said += [
            (run[0][1][0], own) for own in ([f"{keys[0]} .. {keys[-1]}"] if _is_range(keys, run[0][1][0]) else keys)
        ]
    first = next(at for at, (sign, _) in enumerate(said) if sign > 0)
    said.insert(0, said.pop(first))
    more = "".join(f" {'+' if sign > 0 else '-'} {words}" for sign, words in said[1:])
    return f"{table.lines[relation.stated].key} = {said[0][1]}{more}"


def _is_range(keys: Sequence[str], sign: int) -> bool:
    return len(keys) > 2 and sign > 0


def _list(name: str, values: Sequence[str], *, quoted: bool = False) -> list[str]:
    if not values:
        return []
    rows: list[str] = []
    for value in values:
        text = value if quoted else _quoted(value)
        if quoted and rows and len(rows[-1]) + len(text) < _WIDTH:
            rows[-1] += f" {text},"
        else:
            rows.append(f"  {text},")
    return [f"{name} = [", *rows, "]"]


_WIDTH = 120


def _quoted(words: str) -> str:
    """A basic string of TOML."""
    return json.dumps(words, ensure_ascii=False)


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
    documents = [documents_of(path, _UNKNOWN, settings)[0][0] for path in examples]
    tables, without = _tables(documents)
    if not tables:
        raise UsageError(f"{', '.join(path.name for path in examples)}: no table with a title and figures was found")
    for table in tables:
        table.name_lines()
        table.found = relations(table.series())
    try:
        folder.mkdir(parents=True)
        (folder / FILE).write_text(_written(name, tables, examples), encoding="utf-8")
        family = family_of(str(folder))
        results = {path.name: structure(path, family, settings) for path in examples}
        (folder / "expected.json").write_bytes(encoded({path: result.report for path, result in results.items()}))
    except OSError as error:
        raise UsageError(f"cannot write to {folder}: {error.strerror}") from error
    return Drafted(folder, _told(list(results.values()), tables, without))


def _told(results: Sequence[Result], tables: Sequence[_Table], without: int) -> str:
    figures = sum(len(result.figures) for result in results)
    verified = sum(result.summary.figures["verified"] for result in results)
    counted = sum(check.result != "not_applicable" for result in results for check in result.checks)
    idle = sum(not table.found for table in tables)
    more = f"; {without} more have no title or no figures in line" if without else ""
    return (
        f"{figures} figures, {counted} identities, {verified} verified; {idle} of {len(tables)} tables have none{more}"
    )

"""A family drafted from examples, or made of a JSON Schema, as family.toml.

Each titled table is a statement with its labels as lines, its identities searched (drawn.py): each is written out to be
read, kept or struck. The fields of a schema (imported.py) are found in the examples by their words; a language model
may give names (named.py).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from copy import deepcopy
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from recount.pipeline.draft.beside import Since
from recount.pipeline.draft.drawn import UNKNOWN, Drawn, Line, Rate, Rows, Table, across, drawn_from, totals
from recount.pipeline.draft.imported import Imported, imported
from recount.pipeline.draft.named import asking, name_parts, propose, read_otherwise, restore
from recount.pipeline.draft.relations import Relation, Value, relations
from recount.pipeline.draft.sections import worded
from recount.pipeline.draft.signs import signs_in, told_apart
from recount.pipeline.errors import UsageError
from recount.pipeline.lasting import encoded
from recount.pipeline.map.statements import kind_of_label, spaceless
from recount.pipeline.map.tables.sheet import bare
from recount.pipeline.model.ask.question import Asker
from recount.pipeline.recognise import family_of, free_name
from recount.pipeline.result import Result
from recount.pipeline.settings import DEFAULTS, Settings
from recount.pipeline.split.abroad import power_of
from recount.pipeline.split.folding import fold, has_ideograph
from recount.pipeline.structure import splits_of, structure
from recount.schemas.declared import key_of
from recount.schemas.family import AS_PRINTED, FILE, Money
from recount.schemas.figures import Kind
from recount.schemas.formulae import PREVIOUS, in_column, written

# --- the family as it is written


def _said(name: str, drawn: Drawn, signs: Sequence[str]) -> dict[str, Any]:
    """What family.toml says. signs: by which its reports are recognised."""
    labels = [drawn.labels] if drawn.labels.lines else []
    parts: dict[str, list[dict[str, Any]]] = {
        "statement": [_statement(table) for table in drawn.tables],
        "table": [_table(own) for own in drawn.lists],
        "section": [_section(table) for table in (*labels, *drawn.worded)],
    }
    aside = {part.key for part in drawn.aside}
    return {
        "name": name,
        "title": name,
        "signs": list(signs),
        "money": _money(drawn),
        "identities": [*drawn.between, *drawn.proposed],
        **{what: [part for part in some if part["key"] not in aside] for what, some in parts.items()},
        "aside": [(what, part) for what, some in parts.items() for part in some if part["key"] in aside],
    }


def _money(drawn: Drawn) -> Any:
    """The unit of amounts; and whether they are whole: printed in the currency's own unit without decimals throughout,
    with sums that hold to the last unit."""
    tables = [*drawn.tables, drawn.labels]
    units = Counter(table.unit for table in tables if table.unit) or Counter(
        table.unit for table in drawn.worded if table.unit
    )
    unit = units.most_common(1)[0][0] if units else _unit_of_none([*tables, *drawn.worded])
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


def _unit_of_none(tables: Sequence[Table]) -> str | None:
    """What amounts are counted in where no table says it: each one for itself, unless words are Chinese (万元)."""
    return None if any(has_ideograph(line.label) for table in tables for line in table.lines) else AS_PRINTED


def _statement(table: Table) -> dict[str, Any]:
    lines = [
        _named(line.label, line.key, line.kind or kind_of_label(line.label), line)
        | ({"under": line.under} if line.under else {})
        for line in table.lines
    ]
    keys = [line.key for line in table.lines]
    rules = [*(_formula(keys, relation) for relation in table.found), *(_since(keys, one) for one in table.since)]
    said = [line["title"] if list(line) == ["title"] else line for line in lines]
    rates = [_rate(keys, rate) for rate in table.rates]
    called = _called(table.title, table.called)
    return {"key": table.key, **called, "lines": said, "rates": rates, "identities": rules}


def _rate(keys: Sequence[str], rate: Rate) -> dict[str, str]:
    """A column of percentages beside the amounts of a statement."""
    said, of = {"key": rate.key, "title": rate.head}, rate.of
    if of is None:
        return said
    other = in_column("line", of.head) if of.head else f"{PREVIOUS}line"
    whole = keys[of.whole] if of.whole is not None else other
    return said | {"is": f"(line - {whole}) / {whole}" if of.growth else f"line / {whole}"}


def _table(own: Rows) -> dict[str, Any]:
    rules = [_formula([key for _, key, _ in own.columns], relation) for relation in own.found]
    columns = [_named(title, key, kind) for title, key, kind in own.columns]
    return {"key": own.key, "title": own.columns[0][0], "words": "", "columns": columns, "identities": rules}


def _section(labels: Table) -> dict[str, Any]:
    rules = [_formula([line.key for line in labels.lines], relation) for relation in labels.found]
    fields = [_named(line.label, line.key, line.kind or Kind.MONEY, line) for line in labels.lines]
    where: dict[str, Any] = {"level": labels.level} if labels.level else {"heading": ""}
    heading = re.escape(labels.title).replace("\\ ", " ")
    if labels.level and (labels.called or heading != labels.title):
        where["heading"] = heading
    title = labels.called or labels.title
    return {"key": labels.key, "title": title, **where, "fields": fields, "identities": rules}


def _named(label: str, key: str, kind: Kind | None, line: Line | None = None) -> dict[str, Any]:
    """A line, a column or a field, as it is written; kind: None for words. line: with what a model calls it."""
    called = _called(label, line.title, line.labels) if line is not None else {"title": label}
    said = {"key": key} if key != key_of(called["title"]) else {}
    return said | called | ({} if kind is Kind.MONEY else {"kind": kind.value if kind else "text"})


def _called(label: str, title: str, more: Sequence[str] = ()) -> dict[str, Any]:
    """A title, and the labels in reports where these are others: the one of the examples first."""
    return {"title": title or label} | ({"labels": [label, *more]} if more or title not in ("", label) else {})


def _since(keys: Sequence[str], found: Since) -> str:
    """What a line says of two periods, as a formula."""
    stated, of = keys[found.stated], keys[found.of]
    change = f"{of} - {PREVIOUS}{of}"
    said = {"opening": f"{PREVIOUS}{of}", "change": change, "growth": f"({change}) / {PREVIOUS}{of}"}
    return f"{stated} = {said[found.what]}"


def _formula(keys: Sequence[str], relation: Relation) -> str:
    return written(keys, relation.stated, relation.terms, relation.whole, relation.factor)


# --- its text

PARTS = ("statement", "table", "section")
_WIDTH = 120


def toml_of(said: Mapping[str, Any], notes: Iterable[str] = ()) -> str:
    """The text of a family.toml. said: what it says, in the shape in which it is read; what is empty is left out.
    notes: comments at its head."""
    lines = [f"# {note}" for note in notes]
    lines += [line for key, value in said.items() if key not in (*PARTS, "aside") for line in _pair(key, value)]
    for what in PARTS:
        for part in said.get(what, ()):
            lines += ["", *_part(what, part)]
    if said.get("aside"):
        lines += ["", "# What does not matter, as the model says: without the # it is read."]
    for what, part in said.get("aside", ()):
        lines += ["", *(f"# {line}" for line in _part(what, part))]
    return "\n".join(lines) + "\n"


def _part(what: str, part: Mapping[str, Any]) -> list[str]:
    return [f"[[{what}]]", *(line for key, value in part.items() for line in _pair(key, value))]


def _pair(key: str, value: Any) -> Iterator[str]:
    if isinstance(value, list):
        if value:
            yield from (f"{key} = [", *_rows(value, alone=key in ("identities", "signs")), "]")
    elif value is not None:
        yield f"{key} = {_value(value)}"


def _rows(values: Sequence[Any], *, alone: bool) -> list[str]:
    """The values of a list, as many in a line as fit, or each in one."""
    rows: list[str] = []
    for text in map(_value, values):
        if not alone and rows and len(rows[-1]) + len(text) < _WIDTH:
            rows[-1] += f" {text},"
        else:
            rows.append(f"  {text},")
    return rows


def _value(value: Any) -> str:
    """A value of TOML: words, yes or no, or a table in one line."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {_value(inner)}' for key, inner in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value, ensure_ascii=False)


# --- the draft


@dataclass(frozen=True, slots=True)
class Drafted:
    """A drafted family. folder: where it lies. told: what became of its examples, in one line. left: what of a schema
    it has no words for, a sentence each."""

    folder: Path
    told: str
    left: tuple[str, ...] = ()


def draft(
    name: str, examples: Sequence[Path], out: Path, settings: Settings = DEFAULTS, schema: Path | None = None
) -> Drafted:
    """Write a family drafted from example reports into `out`/`name`: family.toml, and expected.json with what it reads
    in them. schema: a JSON Schema that says its fields; then the examples may be none.

    Raises UsageError for a name that is none or taken, for examples without a table of figures, for a schema that is
    none or has no number, and if the folder cannot be written; a DocumentError where an example cannot be read; a
    ModelError where the settings name a model that cannot be asked. A model names the parts (named.py), but not those
    of a schema.
    """
    folder = free_name(name, out)
    with ExitStack() as stack:
        who = stack.enter_context(asking(settings.asked, out)) if settings.asked is not None and not schema else None
        return _drafted(folder, examples, replace(settings, model=None), schema, who)


def _drafted(
    folder: Path, examples: Sequence[Path], settings: Settings, schema: Path | None, who: Asker | None
) -> Drafted:
    """The draft in its folder. who: knows names for it, if there is one."""
    name, out = folder.name, folder.parent
    reports = [splits_of(path, UNKNOWN, settings)[0] for path in examples]
    documents, pages = [report.document for report in reports], [report.pages for report in reports]
    drawn = replace(drawn_from(documents), worded=worded(documents))
    signs = signs_in(pages, documents) if examples else ()
    if schema is None and not drawn.parts:
        raise UsageError(f"{', '.join(path.name for path in examples)}: no table with figures was found")
    given = imported(_read(schema), name) if schema is not None else None
    said = _said(name, drawn, signs) if given is None else {**_placed(given.said, drawn), "signs": list(signs)}
    notes = _notes(examples, given)
    try:
        folder.mkdir(parents=True)
        results = _written(folder, said, notes, examples, settings)
        if examples and given is not None:  # what is read by words is searched as it is read
            drawn = _drawn_of(said, results)
            results = _written(folder, _searched(said, drawn), notes, examples, settings)
        elif drawn.worded:
            drawn = replace(drawn, worded=_as_read(drawn, said, results))
            results = _written(folder, _said(name, drawn, signs), notes, examples, settings)
        left = list(given.left) if given is not None else []
        if who is not None:

            def write(own: Drawn) -> list[Result]:
                return _written(folder, _said(name, own, signs), (*notes, _BY_MODEL), examples, settings)

            drawn, results, left = _by_model(drawn, results, who, write, examples)
        if examples:
            expected = {path.name: result.report for path, result in zip(examples, results, strict=True)}
            (folder / "expected.json").write_bytes(encoded(expected))
    except OSError as error:
        raise UsageError(f"cannot write to {folder}: {error.strerror}") from error
    found, doubt = _told(results, drawn) if examples else _counted(said), told_apart(pages, out) if examples else ""
    return Drafted(folder, found + (f"; {doubt}" if doubt else ""), tuple(left))


def _by_model(
    drawn: Drawn,
    results: list[Result],
    who: Asker,
    write: Callable[[Drawn], list[Result]],
    examples: Sequence[Path],
) -> tuple[Drawn, list[Result], list[str]]:
    """A draft with the names and identities that a model knows, what it then reads in the examples, and what was
    dropped of its answers. results: what it reads without. A part whose names change what is read has none."""
    named = deepcopy(drawn)
    left = name_parts(named, who)
    read = write(named)
    while otherwise := read_otherwise(drawn, named, results, read):
        titles = restore(named, drawn, otherwise)
        again = [f"{title}: figures are read otherwise by its names, which are dropped" for title in titles]
        if set(again) <= set(left):
            return drawn, write(drawn), left
        left += again
        read = write(named)
    found, dropped = propose(named, who, named.between, [path.name for path in examples])
    if found:
        named.proposed = found
        read = write(named)
    return named, read, [*left, *dropped]


def _as_read(drawn: Drawn, said: Mapping[str, Any], results: Sequence[Result]) -> list[Table]:
    """The sections in words with the figures that are read of them; what no example has is left out. Where there are
    titled tables, those in other than Chinese words are notes to them, and left out unless they add up."""
    units = {table.key: table.unit for table in drawn.worded}
    sections = [part for part in said["section"] if "level" in part]
    found = _drawn_of({"statement": [], "table": [], "section": sections}, results).tables
    for table in found:
        table.unit, table.lines = units[table.key], [line for line in table.lines if line.values]
        table.searched()
    notes = [] if not drawn.tables else [own for own in found if not (own.found or has_ideograph(own.title))]
    return [table for table in found if table.lines and table not in notes]


def _written(
    folder: Path, said: Mapping[str, Any], notes: Sequence[str], examples: Sequence[Path], settings: Settings
) -> list[Result]:
    """Writes a family, and structures the examples with it."""
    (folder / FILE).write_text(toml_of(said, notes), encoding="utf-8")
    family = family_of(str(folder))
    return [structure(path, family, settings) for path in examples]


_BY_MODEL = "Keys, titles and further labels are those that a language model gave."


def _counted(said: Mapping[str, Any]) -> str:
    fields = sum(len(part[key]) for what, key in _FIELDS.items() for part in said[what])
    return f"{fields} fields in {sum(len(said[what]) for what in _FIELDS)} parts, no identities"


_FIELDS = {"statement": "lines", "table": "columns", "section": "fields"}
"""The parts of a family.toml, and what is in each."""


# --- with a JSON Schema


def _read(path: Path) -> Mapping[str, Any]:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} is no JSON Schema that can be read: {error}") from error
    if not isinstance(said, Mapping):
        raise UsageError(f"{path} is no JSON Schema: it is no object")
    return said


def _placed(said: dict[str, Any], drawn: Drawn) -> dict[str, Any]:
    """The sections of a schema as statements, where a titled table has most of their words; in the examples' unit."""
    sections, statements = [], []
    for part in said["section"]:
        fits = [(table, _lines_for(part["fields"], table)) for table in drawn.tables]
        table, lines = max(fits, key=lambda one: len(one[1]), default=(None, {}))
        if table is None or 2 * len(lines) < max(len(part["fields"]), 4):
            sections.append(part)
            continue
        keys = {own["key"]: lines.get(own["key"], {"title": own["title"]}) for own in part["fields"]}
        own_lines = [{"key": key} | line for key, line in keys.items()]
        statements.append({"key": part["key"], "title": table.title, "lines": own_lines, "identities": []})
    money = {"money": _money(drawn)} if drawn.parts else {}
    return {**said, **money, "statement": statements, "section": sections}


def _lines_for(fields: Sequence[Mapping[str, Any]], table: Table) -> dict[str, dict[str, str]]:
    """The lines of a table that fields are, by their keys."""
    found: dict[str, dict[str, str]] = {}
    for own in fields:
        rule = re.compile(own.get("words") or re.escape(bare(fold(own["title"]))), re.IGNORECASE)
        mine = [line for line in table.lines if rule.fullmatch(bare(spaceless(line.label)))]
        if len(mine) == 1:
            found[own["key"]] = {"title": mine[0].label} | ({"under": mine[0].under} if mine[0].under else {})
    return found


def _searched(said: dict[str, Any], drawn: Drawn) -> dict[str, Any]:
    """A family with the identities that hold in what it reads."""
    found: dict[str, list[str]] = {}
    for table in drawn.tables:
        table.searched()
        keys = [line.key for line in table.lines]
        found[table.key] = [*(_formula(keys, one) for one in table.found), *(_since(keys, one) for one in table.since)]
    for own in drawn.lists:
        own.found = relations(own.series())
        found[own.key] = [_formula([key for _, key, _ in own.columns], one) for one in own.found]
    between = [*across(drawn.tables), *(rule for table in drawn.tables for rule in totals(drawn.lists, table))]
    parts = {
        what: [{**part, "identities": found.get(part["key"], part["identities"])} for part in said[what]]
        for what in _FIELDS
    }
    return {**said, **parts, "identities": [*said["identities"], *between]}


def _drawn_of(said: Mapping[str, Any], results: Sequence[Result]) -> Drawn:
    """What a family reads in examples, to be searched for identities."""
    drawn = Drawn([], [], Table("", ""), 0)
    for part in (*said["statement"], *said["section"]):
        lines = [Line(own["title"], own.get("key", key_of(own["title"])), kind=_kind_in(own)) for own in _fields(part)]
        table = Table(part["title"], part["key"], lines, level=part.get("level", 0))
        for example, result in enumerate(results):
            read = result.report.get(part["key"]) or ()
            for place, column in enumerate([read] if isinstance(read, Mapping) else read):
                table.columns[example, place] = column.get("period")
                for line in table.lines:
                    if column.get(line.key) is not None:
                        line.values[example, place] = _printed_as(column[line.key])
        drawn.tables.append(table)
    for part in said["table"]:
        columns = [(own["title"], own["key"], _kind_in(own)) for own in part["columns"]]
        rows = [(at, row) for at, result in enumerate(results) for row in result.report.get(part["key"]) or ()]
        told = {key for _, key, kind in columns if kind is not None}
        figures = [(at, {key: _printed_as(row[key]) for key in told if row.get(key) is not None}) for at, row in rows]
        drawn.lists.append(Rows(part["key"], columns, figures))
    return drawn


def _fields(part: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [{"title": own} if isinstance(own, str) else own for own in part.get("lines", part.get("fields"))]


def _kind_in(own: Mapping[str, Any]) -> Kind | None:
    kind = own.get("kind", Kind.MONEY.value)
    return None if kind == "text" else Kind(kind)


def _printed_as(number: Decimal | int) -> Value:
    value = Decimal(number)
    return value, Decimal(1).scaleb(min(int(value.as_tuple().exponent), 0)) / 2


def _notes(examples: Sequence[Path], given: Imported | None) -> tuple[str, ...]:
    source = ["a JSON Schema"] if given is not None else []
    left = [f"Left out: {one}" for one in given.left] if given is not None else []
    return (
        f"A family drafted from {', '.join([*source, *(path.name for path in examples)])}.",
        "Each identity holds in all of it: read it, keep it or strike it. Keys and titles may be changed.",
        *left,
    )


def _told(results: Sequence[Result], drawn: Drawn) -> str:
    found = [part.found for part in (*drawn.tables, *drawn.worded, *([drawn.labels] if drawn.labels.lines else []))]
    found += [own.found for own in drawn.lists]
    figures = sum(len(result.figures) for result in results)
    verified = sum(result.summary.figures["verified"] for result in results)
    counted = sum(check.result != "not_applicable" for result in results for check in result.checks)
    idle = found.count([])
    more = f"; {drawn.without} more have no title or no figures in line" if drawn.without else ""
    return (
        f"{figures} figures, {counted} identities, {verified} verified; {idle} of {len(found)} tables have none{more}"
    )

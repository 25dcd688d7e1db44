"""A family drafted from examples, or made of a JSON Schema, as family.toml.

Each titled table is a statement with its labels as lines, its identities searched (drawn.py): each is written out to be
read, kept or struck. The fields of a schema are found in the examples by their words.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from recount.pipeline.errors import UsageError
from recount.pipeline.lasting import encoded
from recount.pipeline.map.statements import kind_of_label, spaceless
from recount.pipeline.map.tables.sheet import bare
from recount.pipeline.recognise import family_of, free_name
from recount.pipeline.result import Result
from recount.pipeline.run.drawn import UNKNOWN, Drawn, Rows, Table, across, drawn_from, drawn_of, totals, unused
from recount.pipeline.run.relations import Relation, relations
from recount.pipeline.run.signs import signs_in, told_apart
from recount.pipeline.settings import DEFAULTS, Settings
from recount.pipeline.split.abroad import power_of
from recount.pipeline.split.folding import fold, has_ideograph
from recount.pipeline.structure import splits_of, structure
from recount.schemas.declared import key_of
from recount.schemas.family import AS_PRINTED, FILE, Money
from recount.schemas.figures import Kind
from recount.schemas.formulae import written

# --- the family as it is written


def _said(name: str, drawn: Drawn, signs: Sequence[str]) -> dict[str, Any]:
    """What family.toml says. signs: by which its reports are recognised."""
    labels = [drawn.labels] if drawn.labels.lines else []
    return {
        "name": name,
        "title": name,
        "signs": list(signs),
        "money": _money(drawn),
        "identities": [*across(drawn.tables), *totals(drawn.lists, drawn.labels)],
        "statement": [_statement(table) for table in drawn.tables],
        "table": [_table(own) for own in drawn.lists],
        "section": [_section(table) for table in (*labels, *drawn.worded)],
    }


def _money(drawn: Drawn) -> Any:
    """The unit of amounts; and whether they are whole: printed in the currency's own unit without decimals throughout,
    with sums that hold to the last unit."""
    tables = [*drawn.tables, drawn.labels]
    units = Counter(table.unit for table in tables if table.unit)
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
        _named(line.label, line.key, line.kind or kind_of_label(line.label))
        | ({"under": line.under} if line.under else {})
        for line in table.lines
    ]
    keys = [line.key for line in table.lines]
    rules = [_formula(keys, relation) for relation in table.found]
    said = [line["title"] if list(line) == ["title"] else line for line in lines]
    return {"key": table.key, "title": table.title, "lines": said, "identities": rules}


def _table(own: Rows) -> dict[str, Any]:
    rules = [_formula([key for _, key, _ in own.columns], relation) for relation in own.found]
    columns = [_named(title, key, kind) for title, key, kind in own.columns]
    return {"key": own.key, "title": own.columns[0][0], "words": "", "columns": columns, "identities": rules}


def _section(labels: Table) -> dict[str, Any]:
    rules = [_formula([line.key for line in labels.lines], relation) for relation in labels.found]
    fields = [_named(line.label, line.key, line.kind or Kind.MONEY) for line in labels.lines]
    where: dict[str, Any] = {"level": labels.level} if labels.level else {"heading": ""}
    return {"key": labels.key, "title": labels.title, **where, "fields": fields, "identities": rules}


def _named(title: str, key: str, kind: Kind | None) -> dict[str, str]:
    """A line, a column or a field, as it is written; kind: None for words."""
    said = {"key": key} if key != key_of(title) else {}
    return said | {"title": title} | ({} if kind is Kind.MONEY else {"kind": kind.value if kind else "text"})


def _formula(keys: Sequence[str], relation: Relation) -> str:
    return written(keys, relation.stated, relation.terms, relation.whole, relation.factor)


# --- its text

PARTS = ("statement", "table", "section")
_WIDTH = 120


def toml_of(said: Mapping[str, Any], notes: Iterable[str] = ()) -> str:
    """The text of a family.toml. said: what it says, in the shape in which it is read; what is empty is left out.
    notes: comments at its head."""
    lines = [f"# {note}" for note in notes]
    lines += [line for key, value in said.items() if key not in PARTS for line in _pair(key, value)]
    for what in PARTS:
        for part in said.get(what, ()):
            lines += ["", f"[[{what}]]", *(line for key, value in part.items() for line in _pair(key, value))]
    return "\n".join(lines) + "\n"


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
    return json.dumps(value, ensure_ascii=False)


# --- from a JSON Schema


@dataclass(frozen=True, slots=True)
class Imported:
    """A family made of a JSON Schema. said: what family.toml says. left: what it has no words for, a sentence each."""

    said: dict[str, Any]
    left: tuple[str, ...]


def imported(schema: Mapping[str, Any], name: str) -> Imported:
    """A family with the fields of a JSON Schema: objects become sections (figures beside their labels), arrays of
    objects tables by their heads, numbers fields; titles, names and short descriptions are the words for them.

    Raises UsageError for a schema that has no number in its properties, or a reference to nothing.
    """
    reader = _Schema(schema)
    reader.object(schema, name, "amounts", str(schema.get("title", "Amounts")))
    if not (reader.sections or reader.tables):
        raise UsageError("the schema has no property that is a number, in an object or in an array of objects")
    money = None if has_ideograph(str(reader.tables) + str(reader.sections)) else AS_PRINTED
    said: dict[str, Any] = {"name": name, "title": str(schema.get("title", name)), "money": money, "identities": []}
    said |= {"statement": [], "table": reader.tables, "section": reader.sections}
    return Imported(said, tuple(reader.left))


_PERCENT = re.compile(r"(?<![\d ])%|percent|pct|ratio|[率比]$|比[例重]", re.IGNORECASE)
_COUNTED = re.compile(
    r"number|count|quantity|qty|headcount|employees|pieces|shares|[人户件个台辆次]数|数量", re.IGNORECASE
)
_CHECKS = ("enum", "const", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_LONGEST_WORDS = 48


@dataclass(slots=True)
class _Schema:
    """Reads a JSON Schema. root: for references into it."""

    root: Mapping[str, Any]
    tables: list[dict[str, Any]] = field(default_factory=list)
    sections: list[dict[str, Any]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def object(self, schema: Mapping[str, Any], at: str, key: str, title: str) -> None:
        """The properties of an object: figures are a section, objects and arrays parts of their own."""
        fields: list[dict[str, Any]] = []
        for own, said in _properties(schema):
            here, inner = f"{at}.{own}", self._meant(said, f"{at}.{own}")
            kind, name = inner.get("type"), str(inner.get("title", _spoken(own)))
            if kind in ("number", "integer"):
                fields.append(self._field(own, inner, here))
            elif kind == "object":
                self._inside(inner, here, own, name)
            elif kind == "array":
                self._array(inner, here, own, name)
            else:
                self.left.append(f"{here}: {kind or 'of no one type'}; only figures are read beside their labels")
        if fields:
            self.sections.append(
                {"key": self._free(key), "title": title, "heading": "", "fields": fields, "identities": []}
            )

    def _inside(self, schema: Mapping[str, Any], at: str, key: str, title: str) -> None:
        if at.count(".") > _DEEPEST:
            self.left.append(f"{at}: an object too deep in others, or in itself")
            return
        self.object(schema, at, key, title)

    def _array(self, schema: Mapping[str, Any], at: str, key: str, title: str) -> None:
        """An array of objects as a table."""
        row = self._meant(schema.get("items", {}), at)
        columns: list[dict[str, Any]] = []
        for own, said in _properties(row):
            inner = self._meant(said, f"{at}.{own}")
            if inner.get("type") in ("number", "integer", "string"):
                columns.append(self._field(own, inner, f"{at}.{own}"))
            else:
                self.left.append(f"{at}.{own}: a column is a number or words")
        if any(column.get("kind") != "text" for column in columns):
            part = {"key": self._free(key), "title": title, "words": "", "columns": columns, "identities": []}
            self.tables.append(part)
        else:
            self.left.append(f"{at}: an array is read as a table where its items are objects with a number")

    def _field(self, own: str, said: Mapping[str, Any], at: str) -> dict[str, Any]:
        """A number or a text, with the words that it is known by."""
        title, told = str(said.get("title", _spoken(own))), str(said.get("description", ""))
        names = [title, _spoken(own), *([told] if told and len(told) <= _LONGEST_WORDS else [])]
        rules = list(dict.fromkeys(re.escape(bare(fold(words))).casefold() for words in names if bare(fold(words))))
        kind = _kind_of(said, f"{own} {title} {told}")
        self.left += [f"{at}: {check} is no identity, and is not kept" for check in _CHECKS if check in said]
        words = {"words": "|".join(rules)} if len(rules) > 1 else {}
        return {"key": _key(own), "title": title, **words} | ({} if kind == "money" else {"kind": kind})

    def _meant(self, said: Any, at: str) -> Mapping[str, Any]:
        """A schema without its reference; of two of which one is null, the other."""
        for _ in range(_DEEPEST * _DEEPEST):
            if not isinstance(said, Mapping):
                return {}
            several = [
                one for key in ("anyOf", "oneOf", "allOf") for one in said.get(key, ()) if one != {"type": "null"}
            ]
            if "$ref" in said:
                said = {
                    **self._at(str(said["$ref"]), at),
                    **{key: said[key] for key in ("title", "description") if key in said},
                }
            elif len(several) == 1:
                said = {**several[0], **{key: said[key] for key in ("title", "description") if key in said}}
            else:
                break
        kind = said.get("type")
        one = [own for own in kind if own != "null"] if isinstance(kind, list) else [kind]
        return {**said, "type": one[0] if len(one) == 1 else None}

    def _at(self, reference: str, at: str) -> Mapping[str, Any]:
        found: Any = self.root
        for step in reference.removeprefix("#").strip("/").split("/"):
            name = step.replace("~1", "/").replace("~0", "~")
            found = found.get(name) if isinstance(found, Mapping) else None
        if not isinstance(found, Mapping) or not reference.startswith("#/"):
            raise UsageError(f"{at}: the schema has no {reference}")
        return found

    def _free(self, key: str) -> str:
        return unused(_key(key), {part["key"] for part in (*self.tables, *self.sections)})


_DEEPEST = 6


def _properties(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    found = schema.get("properties", {})
    return iter(found.items()) if isinstance(found, Mapping) else iter(())


def _key(own: str) -> str:
    """The name of a property as a key: as it is, where it may be one."""
    return own if key_of(own) == own.casefold() else key_of(own)


def _spoken(key: str) -> str:
    """A name of a property in words: totalAssets, total_assets."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_|-", " ", key).split()
    words = " ".join(word if word.isupper() else word.lower() for word in parted)
    return words[:1].upper() + words[1:]


def _kind_of(said: Mapping[str, Any], words: str) -> str:
    if said["type"] == "string":
        return "text"
    if _PERCENT.search(words):
        return "percent"
    return "count" if said["type"] == "integer" and _COUNTED.search(words) else "money"


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
    none or has no number, and if the folder cannot be written; a DocumentError where an example cannot be read.
    """
    folder = free_name(name, out)
    reports = [splits_of(path, UNKNOWN, settings)[0] for path in examples]
    documents, pages = [report.document for report in reports], [report.pages for report in reports]
    drawn = drawn_from(documents)
    signs = signs_in(pages, documents) if examples else ()
    if schema is None and not drawn.parts:
        raise UsageError(f"{', '.join(path.name for path in examples)}: no table with figures was found")
    given = imported(_read(schema), name) if schema is not None else None
    said = _said(name, drawn, signs) if given is None else {**_placed(given.said, drawn), "signs": list(signs)}
    notes = _notes(examples, given)
    try:
        folder.mkdir(parents=True)
        results = _written(folder, said, notes, examples, settings)
        if examples and (given is not None or drawn.worded):  # what is read by words is searched as it is read
            worded = {"statement": [], "table": [], "section": [part for part in said["section"] if "level" in part]}
            again = drawn_of(said if given is not None else worded, results)
            results = _written(folder, _searched(said, again), notes, examples, settings)
            drawn = again if given is not None else replace(drawn, worded=again.tables)
        if examples:
            expected = {path.name: result.report for path, result in zip(examples, results, strict=True)}
            (folder / "expected.json").write_bytes(encoded(expected))
    except OSError as error:
        raise UsageError(f"cannot write to {folder}: {error.strerror}") from error
    left = given.left if given is not None else ()
    found, doubt = _told(results, drawn) if examples else _counted(said), told_apart(pages, out) if examples else ""
    return Drafted(folder, found + (f"; {doubt}" if doubt else ""), left)


def _written(
    folder: Path, said: Mapping[str, Any], notes: Sequence[str], examples: Sequence[Path], settings: Settings
) -> list[Result]:
    """Writes a family, and structures the examples with it."""
    (folder / FILE).write_text(toml_of(said, notes), encoding="utf-8")
    family = family_of(str(folder))
    return [structure(path, family, settings) for path in examples]


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
        table.found = relations(table.series())
        found[table.key] = [_formula([line.key for line in table.lines], one) for one in table.found]
    for own in drawn.lists:
        own.found = relations(own.series())
        found[own.key] = [_formula([key for _, key, _ in own.columns], one) for one in own.found]
    between = [*across(drawn.tables), *(rule for table in drawn.tables for rule in totals(drawn.lists, table))]
    parts = {
        what: [{**part, "identities": found.get(part["key"], part["identities"])} for part in said[what]]
        for what in _FIELDS
    }
    return {**said, **parts, "identities": [*said["identities"], *between]}


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

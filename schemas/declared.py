"""A family as data: family.toml, with its identities as formulae ("assets = liabilities + equity").

Nothing foreign runs: a formula is read by the parser below, and every name in it is looked up when the file is read, so
that a typo is one sentence with its line. The shapes are those that a family in Python has (docs/families.md).
"""

from __future__ import annotations

import keyword
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Generic

from pydantic import create_model

from recount.schemas.arithmetic import Identity
from recount.schemas.describe import Field, fields_of
from recount.schemas.family import Family, Heading, Money, Numbers
from recount.schemas.figures import F, Figure, Kind, Model, figure, part, rows, text, year
from recount.schemas.formulae import PREVIOUS, FamilyError, Formula, Said, formula_of, parted, perhaps
from recount.schemas.statements import Statement, beside_of, line, previous_of, rate, wholes
from recount.schemas.terms import Sum

# --- models

_F: Any = F
_STATEMENT: Any = Statement
_GENERIC: Any = Generic[F]  # type: ignore[index]
"""For models that are made while the program runs, of which no type checker knows."""


class _Declared(Model):
    """A model whose identities are formulae. blank: a figure that is not printed is nothing in them."""

    formulae: ClassVar[tuple[Formula, ...]] = ()
    blank: ClassVar[bool] = True
    named_by: ClassVar[str] = ""

    def identities(self: Any) -> Iterator[Identity]:
        name = getattr(self, self.named_by, None) if self.named_by else None
        # What is said of two columns may tell lines that were exchanged, or heads: the sums of one hold all the same.
        loose = not self.blank or any(formula.looks_beside for formula in self.formulae)
        for formula in self.formulae:
            if formula.looks_beside:  # the report knows the other columns
                continue
            figures = {key: getattr(self, key) for key in formula.names}
            identity = formula.identity(figures, f"{name}·{formula.rule}" if name else formula.rule, blank=self.blank)
            yield replace(identity, loose=loose)


class _DeclaredReport(Model):
    """A report with formulae between its parts, and the totals of its tables. totals: words of a table's last line.
    statements: the keys of those."""

    formulae: ClassVar[tuple[Formula, ...]] = ()
    totals: ClassVar[Mapping[str, str]] = {}
    statements: ClassVar[frozenset[str]] = frozenset()

    def identities(self: Any) -> Iterator[Identity]:
        for formula in self.formulae:
            for figures in _between(self, formula):
                loose = any(isinstance(said, tuple) for said in figures.values())
                yield replace(formula.identity(figures, formula.rule, blank=False), loose=loose)
        for key in sorted(self.statements):
            yield from _looking_beside(getattr(self, key) or ())
        for key, words in self.totals.items():
            yield from _totalled(getattr(self, key), words)


def _looking_beside(columns: Sequence[Any]) -> Iterator[Identity]:
    """What a statement says of two of its columns, in each that has the other. What is not printed is missing."""
    for column in columns:
        for formula in (own for own in column.formulae if own.looks_beside):
            names = {name: parted(name) for name in formula.names}
            others = {which: _other(column, columns, which) for _, which in names.values()}
            if None not in others.values():
                figures = {name: getattr(others[which], key) for name, (key, which) in names.items()}
                yield formula.identity(figures, formula.rule, blank=False)


def _other(column: Any, columns: Sequence[Any], which: str) -> Any:
    """The column that a name speaks of. which: as of parted."""
    if not which:
        return column
    return previous_of(column, columns) if which == PREVIOUS else beside_of(column, columns, which)


def _between(report: Any, formula: Formula) -> Iterator[Mapping[str, Said]]:
    """The figures of a formula between parts: once, or for each period that the first statement in it has. Of a table
    those of all its rows."""
    keys = dict.fromkeys(name.removeprefix(PREVIOUS).partition(".")[0] for name in formula.names)
    parts = {key: getattr(report, key) for key in keys}
    columns = {key: parts[key] for key in keys if key in report.statements and isinstance(parts[key], tuple)}
    if not columns:
        yield {name: _at(parts, name) for name in formula.names}
        return
    columns = {key: wholes(value) for key, value in columns.items()}
    for own in next(iter(columns.values())):
        beside = {key: own if own in value else _same_time(own, value) for key, value in columns.items()}
        if None not in beside.values():
            before = {PREVIOUS + key: previous_of(beside[key], value) for key, value in columns.items()}
            yield {name: _at({**parts, **beside, **before}, name) for name in formula.names}


def _same_time(column: Any, others: Sequence[Any]) -> Any:
    """The column of another statement that is of the same period, or else ends on the same day; or that says no more of
    it than the year, or this one does."""
    if column.period is None:
        return None
    same = [other for other in others if other.period == column.period]
    ends = [other for other in others if other.period and end_of(other.period) == end_of(column.period)]
    years = [other for other in others if other.period and _is_within(end_of(other.period), end_of(column.period))]
    found = same or ends or years
    return found[0] if len(found) == 1 else None


def _is_within(end: str, other: str) -> bool:
    """Whether one of two ends is a year, and the other a day of it."""
    year, day = sorted((end, other), key=len)
    return len(year) == len("2024") and len(day) == len("2024-12-31") and day.startswith(year)


def end_of(period: str) -> str:
    """When a period ends, as it is told (schemas/statements.py)."""
    return period.rpartition("/")[2]


def _at(parts: Mapping[str, Any], name: str) -> Said:
    key, _, inner = name.partition(".")
    if isinstance(parts[key], tuple):
        return tuple(value for row in parts[key] if isinstance(value := getattr(row, inner, None), Figure))
    value = getattr(parts[key], inner, None)
    return value if isinstance(value, Figure) else None


def _totalled(lines: Sequence[Any], words: str) -> Iterator[Identity]:
    """The last line of these words, in each column of figures the sum of the lines above it."""
    at = [number for number, row in enumerate(lines) if re.fullmatch(words, _called(row), re.IGNORECASE)]
    if len(at) != 1 or not at[0]:
        return
    whole = lines[at[0]]
    for key, field in _fields_in(whole).items():
        if field.kind in {Kind.MONEY, Kind.COUNT, Kind.AREA}:
            terms = tuple((1, own) for row in lines[: at[0]] if (own := getattr(row, key)) is not None)
            rule = f"{_called(whole)}·{field.title} = the lines above"
            yield Identity(rule, getattr(whole, key), Sum(terms, missing=not terms), loose=True)


def _fields_in(row: Model) -> Mapping[str, Field]:
    return fields_of(row.__class__)


def _called(row: Model) -> str:
    first = next((key for key, field in _fields_in(row).items() if field.is_text), None)
    return "".join(str(getattr(row, first) or "").split()) if first else ""


# --- the file

_KINDS = {kind.value: kind for kind in Kind if kind is not Kind.YEAR}
_ALLOWED: Mapping[str, tuple[str, ...]] = {
    "the family": (
        "name",
        "title",
        "front",
        "signs",
        "money",
        "numbers",
        "statement",
        "table",
        "section",
        "identities",
    ),
    "money": ("name", "units", "whole"),
    "numbers": ("group", "decimal", "negative"),
    "a statement": ("key", "title", "labels", "words", "kind", "lines", "rates", "identities"),
    "a line": ("key", "title", "labels", "words", "under", "kind"),
    "a rate": ("key", "title", "labels", "is"),
    "a table": ("key", "title", "words", "columns", "total", "identities"),
    "a column": ("key", "title", "labels", "words", "kind"),
    "a section": ("key", "title", "words", "level", "heading", "fields", "identities"),
    "a field": ("key", "title", "labels", "words", "kind"),
}
_TEXT = "text"


def family_from(path: Path) -> Family:
    """The family of a family.toml. Raises FamilyError with the line of what is wrong, OSError if it cannot be read."""
    written = path.read_text(encoding="utf-8")
    try:
        said = tomllib.loads(written)
    except tomllib.TOMLDecodeError as error:
        raise FamilyError(f"{path.name}: {error}") from error
    try:
        return _family(said)
    except _Wrong as error:
        here = re.compile(rf"(?<!\w){re.escape(error.at)}(?!\w)") if error.at else re.compile("(?!)")
        number = next((at for at, row in enumerate(written.splitlines(), 1) if here.search(row)), None)
        raise FamilyError(f"{path.name}{f', line {number}' if number else ''}: {error}") from error


class _Wrong(ValueError):
    """What is wrong. at: words of the line where."""

    def __init__(self, why: str, at: object = "") -> None:
        super().__init__(why)
        self.at = str(at)


def _family(said: Mapping[str, Any]) -> Family:
    _check(said, "the family")
    name = _words(said, "name", "the family")
    front = said.get("front", "(?!)")
    fields: dict[str, Any] = {}
    parts: dict[str, Any] = {}
    totals: dict[str, str] = {}
    outline: list[Heading] = []
    for key in _pattern(front, "front").groupindex:
        fields[key] = (_F | None, year("Year")) if key == "fiscal_year" else (str | None, text(key.replace("_", " ")))
    for what, reader in (("statement", _statement), ("table", _table), ("section", _section)):
        for one in said.get(what, ()):
            key, title = _named(one, f"a {what}")
            if key in fields:
                raise _Wrong(f"{key} stands twice", key)
            parts[key] = reader(one, key)
            own, words = parts[key][_F], one.get("words")
            words = "" if one.get("heading") == "" else words  # figures beside their labels, wherever they stand
            fields[key] = (own | None, part(title, words)) if what == "section" else _many(own, title, words, one)
            totals |= {key: one["total"]} if "total" in one else {}
            outline += (
                [Heading(key, one.get("level", 2), one.get("heading", title))]
                if what == "section" and words != ""
                else []
            )
    report = _model("Report", (_DeclaredReport, _GENERIC), fields)
    report.totals = totals
    report.statements = frozenset(one.get("key", key_of(one["title"])) for one in said.get("statement", ()))
    scope = {f"{key}.{inner}": inner for key, model in parts.items() for inner in _figures(model)}
    report.formulae = tuple(_formula(one, list(scope), {}) for one in said.get("identities", ()))
    tables = {one.get("key", key_of(one["title"])) for one in said.get("table", ())}
    for formula in report.formulae:
        if formula.stated.partition(".")[0] in tables:
            raise _Wrong(f"{formula.stated} is a figure of every row: its sum stands behind the =", formula.rule)
        names = [parted(name) for name in formula.names]
        if any(which not in ("", PREVIOUS) for _, which in names):
            raise _Wrong("a column is named in the identities of its statement alone", formula.rule)
        if alone := [name for name, which in names if which and name.partition(".")[0] not in report.statements]:
            raise _Wrong(f"{alone[0]} has one column: another is spoken of in statements alone", formula.rule)
    return Family(
        name,
        said.get("title", name),
        f"{name.replace('_', '-')}/1",
        report,
        tuple(outline),
        front,
        signs=tuple(said.get("signs", ())),
        labelled=True,
        numbers=_numbers(said.get("numbers")),
        money=_money(said.get("money")),
    )


def _many(model: Any, title: str, words: str | None, said: Mapping[str, Any]) -> tuple[Any, Any]:
    return tuple[model, ...], rows(title, words, _labels(said))


def _money(said: Any) -> Money | None:
    """The unit of a family's amounts: its name, or a table with the words for further units."""
    if said is None or isinstance(said, str):
        return Money(said) if said else None
    _check(said, "money")
    units = said.get("units", {})
    if not isinstance(units, Mapping) or not all(isinstance(power, int) for power in units.values()):
        raise _Wrong("units are words, each with the power of ten that it is of the currency's own unit", "units")
    if not isinstance(said.get("whole", False), bool):
        raise _Wrong("whole is true or false", "whole")
    return Money(_words(said, "name", "money"), dict(units), said.get("whole", False))


def _numbers(said: Any) -> Numbers | None:
    if said is None:
        return None
    _check(said, "numbers")
    return Numbers(**said)


def _statement(said: Mapping[str, Any], key: str) -> Any:
    common = said.get("kind", Kind.MONEY.value)
    lines = [{"title": one} if isinstance(one, str) else one for one in said.get("lines", ())]
    fields: dict[str, Any] = {}
    for one in lines:
        own, title = _named(one, "a line")
        if own in fields:
            raise _Wrong(f"the line {own} stands twice: give one of them another key, and words or under", title)
        kind = _kind(one.get("kind", common), title)
        fields[own] = (_F | None, line(title, one.get("words"), one.get("under"), kind, _labels(one)))
    rules = list(said.get("identities", ()))
    for one in said.get("rates", ()):
        rules += _rate(one, {own: fields[own][1] for own in fields}, fields)
    return _model(key, (_Declared, _STATEMENT[_F], _GENERIC), fields, rules)


_EACH_LINE = re.compile(r"(?<![\w.'])line(?![\w.'])")
"""What stands for a line in the formula of a rate."""


def _rate(said: Any, lines: Mapping[str, Any], fields: dict[str, Any]) -> list[str]:
    """Adds a percentage beside each line of amounts to the fields of a statement; returns what it is, for each."""
    own, title = _named(said, "a rate")
    formula = said.get("is", "")
    if not isinstance(formula, str) or (formula and not _EACH_LINE.search(formula)):
        raise _Wrong("what a rate is, is a formula in which line stands for each line", title)
    found = []
    for key, info in lines.items():
        notes = info.json_schema_extra
        if notes["kind"] == Kind.PERCENT.value or "of" in notes:
            continue
        if f"{key}_{own}" in fields:
            raise _Wrong(f"the line {key}_{own} stands twice: give the rate another key", title)
        fields[f"{key}_{own}"] = (_F | None, rate(f"{info.title} {title}", key, _labels(said) or [title]))
        found += [f"{key}_{own} = {_EACH_LINE.sub(key, formula)}"] if formula else []
    return found


def _table(said: Mapping[str, Any], key: str) -> Any:
    model = _model(key, (_Declared, _GENERIC), _fields(said, "columns", "a column"), said.get("identities", ()))
    model.named_by = next((own for own, field in fields_of(model).items() if field.is_text), "")
    return model


def _section(said: Mapping[str, Any], key: str) -> Any:
    model = _model(key, (_Declared, _GENERIC), _fields(said, "fields", "a field"), said.get("identities", ()))
    model.blank = False
    return model


def _fields(said: Mapping[str, Any], where: str, what: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in said.get(where, ()):
        own, title = _named(one, what)
        kind, words = one.get("kind", Kind.MONEY.value), one.get("words")
        if kind == _TEXT:
            found[own] = (str | None, text(title, words, _labels(one)))
        else:
            found[own] = (_F | None, figure(_kind(kind, title), title, words, _labels(one)))
    return found


def _model(name: str, bases: tuple[Any, ...], fields: Mapping[str, Any], formulae: Iterable[str] = ()) -> Any:
    model: Any = create_model(name, __base__=bases, **fields)
    keys = _figures(model)
    titles = {fields_of(model)[key].title: key for key in keys if fields_of(model)[key].of is None}
    model.formulae = tuple(_formula(one, keys, titles) for one in formulae)
    for formula in model.formulae:
        if formula.looks_beside and not issubclass(model, Statement):
            raise _Wrong(f"{name} has one column: another is spoken of in statements alone", formula.rule)
    return model


def _figures(model: type[Model]) -> list[str]:
    return [key for key, field in fields_of(model).items() if field.kind is not None and not field.many]


def _formula(written: Any, keys: Sequence[str], titles: Mapping[str, str]) -> Formula:
    if not isinstance(written, str):
        raise _Wrong(f"an identity is a formula in quotation marks, and not {written!r}", "identities")
    try:
        return formula_of(written, keys, titles)
    except FamilyError as error:
        raise _Wrong(str(error), written) from error


# --- what may be said, and how


def _check(said: Any, what: str) -> None:
    if not isinstance(said, Mapping):
        raise _Wrong(f"{what} has no {said!r}: it is a table of keys and values", said)
    for key in said:
        if key not in _ALLOWED[what]:
            raise _Wrong(f"{what} has no {key}{perhaps(key, _ALLOWED[what])}", key)


def _named(said: Any, what: str) -> tuple[str, str]:
    """The key and the title of a part; the key is made of the title where it is not said."""
    _check(said, what)
    title = _words(said, "title", what)
    for rule in ("words", "heading"):
        _pattern(said.get(rule, ""), title)
    key = said.get("key", key_of(title))
    if not isinstance(key, str) or not is_key(key):
        raise _Wrong(f"{key!r} is no key: letters, digits and _, a letter first, no name that is taken", key)
    return key, title


def _words(said: Mapping[str, Any], key: str, what: str) -> str:
    if not isinstance(said.get(key), str) or not said[key].strip():
        raise _Wrong(f"{what} needs a {key}", next(iter(said.values()), ""))
    return str(said[key])


def _labels(said: Mapping[str, Any]) -> list[str]:
    """What a line, a column or a table is called in reports, where that is not its title."""
    labels = said.get("labels", [])
    if not isinstance(labels, list) or not all(isinstance(own, str) and own.strip() for own in labels):
        raise _Wrong("labels are a list of words", said["title"])
    return labels


def _pattern(rule: Any, at: str) -> re.Pattern[str]:
    try:
        return re.compile(rule)
    except (re.error, TypeError) as error:
        raise _Wrong(f"{rule!r} is no regular expression: {error}", at) from error


def _kind(name: Any, at: str) -> Kind:
    if name not in _KINDS:
        raise _Wrong(f"{name!r} is no kind: {', '.join(_KINDS)}", at)
    return _KINDS[name]


_LONGEST_KEY = 48


def key_of(title: str) -> str:
    """A key made of a title: its letters and digits, of whatever script, in small letters: total_assets, 资产总计."""
    signs = unicodedata.normalize("NFKC", title).casefold()
    words = re.sub(
        "_+", "_", "".join(sign if re.match(r"\w", sign) and f"_{sign}".isidentifier() else "_" for sign in signs)
    ).strip("_")
    if len(words) > _LONGEST_KEY:  # at the end of a word, if there is one
        words = words[: _LONGEST_KEY + 1].rpartition("_")[0] or words[:_LONGEST_KEY]
    words = words.rstrip("_") or "line"
    words = words if words.isidentifier() else f"n_{words}"
    return f"{words}_" if _is_taken(words) else words


def is_key(key: str) -> bool:
    """Whether something may be a key: letters, digits and _, a letter first, and no name that is taken."""
    return key.isidentifier() and key[0].isalpha() and not _is_taken(key)


def _is_taken(key: str) -> bool:
    """Whether a key is a word of Python, or means something to every model."""
    own = hasattr(Statement, key) or key in Statement.model_fields or key in vars(_Declared)
    return keyword.iskeyword(key) or own or key.startswith("model_")

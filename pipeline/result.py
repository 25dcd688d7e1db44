"""The result of one report, typed, and its file: the one place that knows how either stands for the other.

The fields of a type are the keys of its object in the file, in their order (docs/contract/result.md). Files are UTF-8
JSON in which every figure keeps its printed digits, written whole or not at all.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import starmap
from operator import attrgetter, itemgetter
from pathlib import Path
from types import UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

from recount.pipeline.document import Decided as Decided
from recount.pipeline.document import Definition as Definition
from recount.pipeline.document import Rejected as Rejected
from recount.pipeline.document import Review as Review
from recount.pipeline.errors import UsageError
from recount.pipeline.lasting import decoded as decoded
from recount.pipeline.lasting import encode as encode
from recount.pipeline.lasting import encoded as encoded
from recount.pipeline.lasting import write_json as write_json
from recount.schemas.saying import Saying, heard

# --- the types of a result


Real = float | Decimal
"""A number that is no figure of the report: a float where it was just measured, a Decimal where it was read back."""
STATUSES = ("verified", "repaired", "reviewed", "grounded", "disputed")
"""The statuses of a figure, the surest first."""
Way = tuple[str | int, ...]
"""The keys and positions that lead to an object of a file."""
More = dict[Way, dict[str, Any]]
"""The keys, with what they hold, that this version does not know, by the way to the object that they stand in."""


# Figures and checks come by the ten thousand; a named tuple is made in a quarter of the time of a frozen dataclass.
class FigureEntry(NamedTuple):
    """A figure with its place on the page and what the verifier says of it.

    raw, printed_unit: as printed; value, unit: in the field's own unit. confidence: of the OCR engine. mapper: who
    proposed it. checks: the ids of those that it takes part in. first_reading: where another reading was taken;
    second_reading: of one that two readings leave in dispute; remark: of one that something on the page touches.
    agreed: the second reader that put it there too, of one that a model mapped and no identity covers.
    line, columns: of a file of text, the line and the first and last column, 1-based; bbox is None then.
    reviewed: what a person decided of it.
    """

    raw: str
    value: Decimal | int
    unit: str | None
    printed_unit: str | None
    page: int
    bbox: Sequence[Real] | None
    origin: str
    confidence: Real | None
    mapper: str
    status: str
    checks: Sequence[str]
    first_reading: str | None = None
    second_reading: str | None = None
    remark: Saying | None = None
    line: int | None = None
    columns: Sequence[int] | None = None
    agreed: str | None = None
    reviewed: Review | None = None

    @property
    def where(self) -> str:
        """The page in words, or the line of a file of text."""
        return f"page {self.page}" if self.line is None else f"line {self.line}"


class Check(NamedTuple):
    """An identity and its outcome. severity, explanation, suspects: of one that fails. pointers: of its operands.

    follows: the id of a check before it that fails by the fault of the same figure.
    """

    id: str
    rule: str
    expression: str | None
    result: str
    computed: Decimal | int | None
    printed: Decimal | int | None
    residual: Decimal | int | None
    tolerance: Decimal | int | None
    severity: str | None
    explanation: Saying | None
    pointers: Sequence[str]
    suspects: Sequence[str] | None = None
    follows: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a result comes from.

    file: path below the archive, with the report's number in a file of several. pages: how many the file has.
    scanned_pages: 1-based, read by OCR with the engine ocr. report_pages: 1-based, those that the report was read from;
    None where it is all of them.
    """

    file: str
    sha256: str
    pages: int
    scanned_pages: Sequence[int] = ()
    ocr: str | None = None
    report_pages: Sequence[int] | None = None


@dataclass(frozen=True, slots=True)
class Identities:
    """How many identities the sections of a report imply, and how many could be evaluated."""

    due: int
    evaluated: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line of a table that no row was read from. list: the pointer of the rows that it belongs to."""

    list: str
    page: int
    numbers: Sequence[str]


@dataclass(frozen=True, slots=True)
class Reach:
    """How much of a report its identities reach.

    not_evaluated: the ids of checks, by the code of the reason. under_one, under_two, covered: shares of the figures,
    under at least one identity, under two, covered by one. under_none, not_covered: the other figures, by pointer.
    """

    identities: Identities
    not_evaluated: Mapping[str, Sequence[str]]
    under_one: Real
    under_two: Real
    covered: Real
    under_none: Sequence[str]
    not_covered: Sequence[str]
    rows_left_out: Sequence[LeftOut]


@dataclass(frozen=True, slots=True)
class MapperUse:
    """Who mapped the report, and what a model took for it.

    prompts: their versions, by part; open: the parts without an answer, with the reason; unanswered: those without any
    at all. None where no model was asked. second: who read again what no identity covers.
    """

    name: str
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal | int = Decimal(0)
    prompts: Mapping[str, Sequence[str]] | None = None
    open: Mapping[str, Saying] | None = None
    unanswered: Sequence[str] | None = None
    second: str | None = None


@dataclass(frozen=True, slots=True)
class PageRemark:
    """What a reader of the page sees beside the figures. kind: of what sort; bbox: where, None for the whole page;
    line: where in a file of text."""

    kind: str
    page: int
    bbox: Sequence[Real] | None
    words: Saying
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A figure of the narrative that is in no field, for another place of the report says it.

    pointer: the text that tells it (a reason), or the figure that it says again. raw, unit: as printed; bbox: where,
    None in a text; line: where in a file of text.
    """

    pointer: str
    raw: str
    unit: str | None
    page: int
    bbox: Sequence[Real] | None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """A result in numbers.

    figures: how many of each status; checks: of each outcome. seconds: by stage. coverage: None in files of early
    versions. unread_pages: without a usable text layer, and not read. remarks: on pages, in their order. mentions: in
    the order of the report. decisions: of people, in the order in which they were made; None if there are none.
    """

    figures: Mapping[str, int]
    checks: Mapping[str, int]
    rejected: int
    mapper: MapperUse
    seconds: Mapping[str, Real]
    coverage: Reach | None = None
    unread_pages: Sequence[int] = ()
    remarks: Sequence[PageRemark] = ()
    mentions: Sequence[Mention] = ()
    decisions: Sequence[Decided] | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one report.

    contract: of its family, which says what the report's fields are. report: plain values by field names, numbers as
    Decimal or int, never float. figures: by JSON pointer into the report, in its order. family: of the user's own one.
    more: what a file of a later version has besides, by the way to the object that it stands in; written back as it is.
    """

    contract: str
    source: Source
    report: Mapping[str, Any]
    figures: Mapping[str, FigureEntry]
    checks: Sequence[Check]
    rejected: Sequence[Rejected]
    summary: Summary
    family: Definition | None = None
    more: Mapping[Way, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def failing(self) -> list[Check]:
        """The checks that fail: where the report contradicts itself."""
        return [check for check in self.checks if check.result == "fail"]

    def named(self, file: str) -> Result:
        """The same result of a report of another name."""
        return replace(self, source=replace(self.source, file=file))


# --- how the types stand in a file


class _Object:
    """An object for a type: its keys are the fields.

    earlier: what stands for keys that files of earlier versions, or of other programs, may lack. optional: keys at the
    end that are left out where there is None. parts: the fields that are typed themselves. older: what an object of
    an earlier version is in this one, where a key meant something else.
    """

    def __init__(
        self,
        kind: type,
        earlier: Mapping[str, Any] | None = None,
        optional: Sequence[str] = (),
        parts: Mapping[str, _Object | _Objects | _Said] | None = None,
        older: Callable[[dict[str, Any]], dict[str, Any]] = dict,
    ) -> None:
        self._kind = kind
        known = [name for name in inspect.signature(kind).parameters if name != "more"]
        self._known = frozenset(known)
        self._keys = [name for name in known if name not in optional]
        self._earlier, self._optional, self._parts = earlier or {}, optional, parts or {}
        self._older = older
        self._in_file, self._in_type = itemgetter(*self._keys), attrgetter(*self._keys)
        self._kinds = {name: _kinds(hint) for name, hint in get_type_hints(kind).items() if name in self._known}
        self._all_of = attrgetter(*self._kinds)
        self._deep = [name for name in self._parts if name not in optional]
        self._right: set[tuple[type, ...]] = set()

    def typed(self, content: Any, way: Way, more: More) -> Any:
        """What an object of a file is. way: to it. more: takes what this version does not know. Raises ValueError."""
        try:
            values = self._in_file(content)
        except (KeyError, TypeError):
            content = self._complete(content, way)
            values = self._in_file(content)
        if len(content) == len(values) and self._is_flat(content):
            return self._checked(self._kind(*values), way)
        given = {key: content[key] for key in (*self._keys, *self._optional) if key in content}
        for key, part in self._parts.items():
            if key in given and (key not in self._optional or given[key] is not None):
                given[key] = part.typed(given[key], (*way, key), more)
        if unknown := {key: value for key, value in content.items() if key not in self._known}:
            more[way] = unknown
        return self._checked(self._kind(**given), way)

    def _is_flat(self, content: Mapping[str, Any]) -> bool:
        """Whether nothing is typed itself that stands under a key that there must be."""
        return not self._deep or all(content[name] is None for name in self._deep)

    def _checked(self, value: Any, way: Way) -> Any:
        """The value, if all that it holds is of the types that the fields have. Raises ValueError."""
        kinds = tuple(map(type, self._all_of(value)))
        if kinds not in self._right:  # nearly all objects are alike
            for (name, allowed), kind in zip(self._kinds.items(), kinds, strict=True):
                if allowed and kind not in allowed:
                    raise ValueError(
                        f"{_words((*way, name))} is no {' or '.join(sorted(one.__name__ for one in allowed))}"
                    )
            self._right.add(kinds)
        return value

    def all_typed(self, contents: Collection[Any], keys: Iterable[str | int], way: Way, more: More) -> list[Any]:
        """Many objects. keys: where each stands below way. Nearly always none has a key too many or too few."""
        with suppress(KeyError, TypeError):
            if set(map(len, contents)) == {len(self._keys)} and all(map(self._is_flat, contents)):
                values = list(starmap(self._kind, map(self._in_file, contents)))
                if issubclass(self._kind, tuple) and {tuple(map(type, value)) for value in values} <= self._right:
                    return values
                return [self._checked(value, (*way, key)) for value, key in zip(values, keys, strict=True)]
        return [self.typed(content, (*way, key), more) for key, content in zip(keys, contents, strict=True)]

    def _complete(self, content: Any, way: Way) -> dict[str, Any]:
        """An object with the keys that it lacks. Raises ValueError if one of them cannot be done without."""
        if not isinstance(content, dict):
            raise ValueError(f"{_words(way)} is no object")
        whole = {**self._earlier, **self._older(content)}
        if missing := [key for key in self._keys if key not in whole]:
            raise ValueError(f"a key of the contract is missing: {_words((*way, missing[0]))}")
        return whole

    def plain(self, value: Any) -> dict[str, Any]:
        """What the file shall hold for a value."""
        content = dict(zip(self._keys, value if isinstance(value, tuple) else self._in_type(value), strict=False))
        for key in self._optional:
            given = getattr(value, key)
            if given is not None:
                content[key] = given
        for key, part in self._parts.items():
            if content.get(key) is not None:
                content[key] = part.plain(content[key])
        return content


@dataclass(frozen=True, slots=True)
class _Said:
    """Something said, or nothing; in files of earlier versions a sentence. by_key: several, by keys that are data."""

    by_key: bool = False

    def typed(self, content: Any, way: Way, more: More) -> Any:
        """As of _Object."""
        if self.by_key and isinstance(content, dict):
            return {key: _SAID.typed(one, (*way, key), more) for key, one in content.items()}
        return None if content is None else heard(content, _words(way))

    def plain(self, value: Any) -> Any:
        """As of _Object."""
        return {key: said.plain() for key, said in value.items()} if self.by_key else value.plain()


_SAID = _Said()


@dataclass(frozen=True, slots=True)
class _Objects:
    """Objects that have no parts: a list of them, or by keys that are data."""

    entry: _Object
    by_key: bool = False

    def typed(self, content: Any, way: Way, more: More) -> Any:
        """As of _Object."""
        if self.by_key:
            if not isinstance(content, dict):
                raise ValueError(f"{_words(way)} is no object")
            return dict(zip(content, self.entry.all_typed(content.values(), content, way, more), strict=True))
        if not isinstance(content, list):
            raise ValueError(f"{_words(way)} is no list")
        return self.entry.all_typed(content, range(len(content)), way, more)

    def plain(self, value: Any) -> Any:
        """As of _Object."""
        if self.by_key:
            return dict(zip(value, map(self.entry.plain, value.values()), strict=True))
        return list(map(self.entry.plain, value))


def _kinds(hint: Any) -> set[type]:
    """The types that a field takes in a value that was read; none where that is any."""
    if get_origin(hint) in (Union, UnionType):
        return set().union(*map(_kinds, get_args(hint)))
    if hint is float:
        return {float, int}
    kind = get_origin(hint) or hint
    kinds: dict[Any, set[type]] = {Sequence: {list, tuple}, Mapping: {dict}, Any: set()}
    return kinds.get(kind, {kind})


def _words(way: Way) -> str:
    return "/".join(map(str, way)) or "the whole"


def _with_own_unit(figure: dict[str, Any]) -> dict[str, Any]:
    """A figure of an earlier version, whose unit was the printed one; amounts were in 万元 then as well."""
    if "printed_unit" in figure:
        return figure
    printed = figure.get("unit")
    return {**figure, "unit": "万元" if printed in ("元", "亿元") else printed, "printed_unit": printed}


_FIGURE = _Object(
    FigureEntry,
    {"unit": None, "origin": "text", "confidence": None, "mapper": "", "checks": ()},
    optional=("first_reading", "second_reading", "remark", "line", "columns", "agreed", "reviewed"),
    parts={"remark": _SAID, "reviewed": _Object(Review)},
    older=_with_own_unit,
)
_NUMBERS = ("computed", "printed", "residual", "tolerance")
_EARLIER = {**dict.fromkeys(("expression", *_NUMBERS, "severity", "explanation")), "pointers": ()}
_CHECK = _Object(Check, _EARLIER, optional=("suspects", "follows"), parts={"explanation": _SAID})
_MAPPER = _Object(
    MapperUse,
    {"name": "", "calls": 0, "input_tokens": 0, "output_tokens": 0, "cost": 0},
    optional=("prompts", "open", "unanswered", "second"),
    parts={"open": _Said(by_key=True)},
)
_REACH = _Object(Reach, parts={"identities": _Object(Identities), "rows_left_out": _Objects(_Object(LeftOut))})
_SUMMARY = _Object(
    Summary,
    {"figures": {}, "checks": {}, "rejected": 0, "mapper": {}, "seconds": {}},
    optional=("coverage", "unread_pages", "remarks", "mentions", "decisions"),
    parts={
        "mapper": _MAPPER,
        "coverage": _REACH,
        "remarks": _Objects(_Object(PageRemark, optional=("line",), parts={"words": _SAID})),
        "mentions": _Objects(_Object(Mention, optional=("line",))),
        "decisions": _Objects(_Object(Decided, optional=("reason",), parts={"reason": _SAID})),
    },
)
_RESULT = _Object(
    Result,
    {"rejected": [], "summary": {}},
    optional=("family",),
    parts={
        "family": _Object(Definition),
        "source": _Object(Source, {"scanned_pages": (), "ocr": None}, optional=("report_pages",)),
        "figures": _Objects(_FIGURE, by_key=True),
        "checks": _Objects(_CHECK),
        "rejected": _Objects(_Object(Rejected, parts={"reason": _SAID})),
        "summary": _SUMMARY,
    },
)


def typed(content: Any) -> Result:
    """The result that a file's plain values are. Raises ValueError if they are none."""
    more: More = {}
    result: Result = _RESULT.typed(content, (), more)
    if unknown := {figure.status for figure in result.figures.values()}.difference(STATUSES):
        raise ValueError(f"a figure is {unknown.pop()}, which no figure is")
    return replace(result, more=more) if more else result


def plain(result: Result) -> dict[str, Any]:
    """A result as the plain values of its file, in the file's order."""
    content = _RESULT.plain(result)
    for way, unknown in result.more.items():
        there: Any = content
        for step in way:
            there = there[step]
        there.update(unknown)
    return content


# --- the files of results


def write_result(path: Path, result: Result) -> bytes:
    """Writes a result to path; returns and raises as write_json does."""
    return write_json(path, plain(result))


def read_result(path: Path) -> Result:
    """Reads a result file; a number with a decimal point becomes a Decimal with just those digits. Raises UsageError if
    it cannot be read or is no result file."""
    try:
        return result_in(path.read_bytes(), str(path))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error


def result_in(content: bytes, where: str) -> Result:
    """The result that a file holds. where: what messages call the file. Raises UsageError if it is no result file."""
    try:
        return typed(decoded(content))
    except ValueError as error:
        raise UsageError(f"{where} is no result file: {error}") from error

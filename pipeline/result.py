"""The result of one report, typed, and its file: the one place that knows how either stands for the other.

The fields of a type are the keys of its object in the file, in their order (docs/contract/result.md). Files are UTF-8
JSON in which every figure keeps its printed digits, written whole or not at all.
"""

from __future__ import annotations

import inspect
import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from recount.pipeline.errors import UsageError

# What a result is.


Real = float | Decimal
"""A number that is no figure of the report: a float where it was just measured, a Decimal where it was read back."""


# Figures and checks come by the ten thousand; a named tuple is made in a quarter of the time of a frozen dataclass.
class FigureEntry(NamedTuple):
    """A figure with its place on the page and what the verifier says of it.

    raw, unit: as printed; value: in the field's own unit. confidence: of the OCR engine. mapper: who proposed it.
    checks: the ids of those that it takes part in. first_reading: of a repaired figure; second_reading: of one that
    two readings leave in dispute.
    """

    raw: str
    value: Decimal | int
    unit: str | None
    page: int
    bbox: Sequence[Real]
    origin: str
    confidence: Real | None
    mapper: str
    status: str
    checks: Sequence[str]
    first_reading: str | None = None
    second_reading: str | None = None


class Check(NamedTuple):
    """An identity and what it came to. severity, explanation: of one that fails. pointers: of its operands."""

    id: str
    rule: str
    expression: str | None
    result: str
    computed: Decimal | int | None
    printed: Decimal | int | None
    residual: Decimal | int | None
    tolerance: Decimal | int | None
    severity: str | None
    explanation: str | None
    pointers: Sequence[str]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a result comes from.

    file: path below the archive. pages: how many. scanned_pages: 1-based, read by OCR with the engine ocr.
    """

    file: str
    sha256: str
    pages: int
    scanned_pages: Sequence[int] = ()
    ocr: str | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A proposal that the verifier refused. proposed: what the mapper pointed at."""

    pointer: str
    proposed: str
    mapper: str
    reason: str


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

    not_evaluated: the ids of checks, by the reason. under_one, under_two, covered: shares of the figures, under at
    least one identity, under two, covered by one. under_none, not_covered: the other figures, by pointer.
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

    prompts: their versions, by the part asked about; open: the parts without an answer, with the reason. Both None
    where no model was asked.
    """

    name: str
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal | int = Decimal(0)
    prompts: Mapping[str, Sequence[str]] | None = None
    open: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """A result in numbers.

    figures: how many of each status; checks: how many of each outcome. seconds: by stage. coverage: None in files of
    early versions. unread_pages: without a usable text layer, and not read: what they hold is not in the result.
    """

    figures: Mapping[str, int]
    checks: Mapping[str, int]
    rejected: int
    mapper: MapperUse
    seconds: Mapping[str, Real]
    coverage: Reach | None = None
    unread_pages: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one report.

    contract: of its family, which says what the report's fields are. report: plain values by field names, numbers as
    Decimal or int, never float. figures: by JSON pointer into the report, in its order. more: what a file of a later
    version has besides, by the way to the object that it stands in; it is written back with the rest.
    """

    contract: str
    source: Source
    report: Mapping[str, Any]
    figures: Mapping[str, FigureEntry]
    checks: Sequence[Check]
    rejected: Sequence[Rejected]
    summary: Summary
    more: Mapping[Way, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def failing(self) -> list[Check]:
        """The checks that fail: where the report contradicts itself."""
        return [check for check in self.checks if check.result == "fail"]

    def named(self, file: str) -> Result:
        """The same result of a report of another name."""
        return replace(self, source=replace(self.source, file=file))


# How the types stand in a file.


Way = tuple[str | int, ...]
"""The keys and positions that lead to an object of a file."""
More = dict[Way, dict[str, Any]]


class _Part(Protocol):
    """How a part of a result stands in the file."""

    def typed(self, content: Any, way: Way, more: More) -> Any:
        """The part that a file holds. way: to it; more: takes what this version does not know. Raises ValueError."""

    def plain(self, value: Any) -> Any:
        """What the file shall hold for a part."""


class _Object:
    """An object for a type: its keys are the fields.

    earlier: what stands for keys that files of earlier versions, or of other programs, may lack. optional: keys at the
    end that are left out where there is None. parts: the fields that are typed themselves.
    """

    def __init__(
        self,
        kind: Callable[..., Any],
        earlier: Mapping[str, Any] | None = None,
        optional: Sequence[str] = (),
        parts: Mapping[str, _Part] | None = None,
    ) -> None:
        self._kind = kind
        known = [name for name in inspect.signature(kind).parameters if name != "more"]
        self._known = frozenset(known)
        self._keys = [name for name in known if name not in optional]
        self._earlier, self._optional, self._parts = earlier or {}, optional, parts or {}
        self._in_file, self._in_type = itemgetter(*self._keys), attrgetter(*self._keys)

    def typed(self, content: Any, way: Way, more: More) -> Any:
        try:
            values = self._in_file(content)
        except (KeyError, TypeError):
            content = self._complete(content, way)
            values = self._in_file(content)
        if len(content) == len(values) and not self._parts:  # nearly always: no more keys than these
            return self._kind(*values)
        given = {key: content[key] for key in (*self._keys, *self._optional) if key in content}
        for key, part in self._parts.items():
            if given.get(key) is not None:
                given[key] = part.typed(given[key], (*way, key), more)
        if unknown := {key: value for key, value in content.items() if key not in self._known}:
            more[way] = unknown
        return self._kind(**given)

    def _complete(self, content: Any, way: Way) -> dict[str, Any]:
        """An object with the keys that it lacks. Raises ValueError if one of them cannot be done without."""
        if not isinstance(content, dict):
            raise ValueError(f"{_words(way)} is no object")
        whole = {**self._earlier, **content}
        if missing := [key for key in self._keys if key not in whole]:
            raise ValueError(f"a key of the contract is missing: {_words((*way, missing[0]))}")
        return whole

    def plain(self, value: Any) -> dict[str, Any]:
        content = dict(zip(self._keys, self._in_type(value), strict=True))
        for key in self._optional:
            given = getattr(value, key)
            if given is not None:
                content[key] = given
        for key, part in self._parts.items():
            if key in content:
                content[key] = part.plain(content[key])
        return content


@dataclass(frozen=True, slots=True)
class _List:
    """A list of parts."""

    part: _Part

    def typed(self, content: Any, way: Way, more: More) -> list[Any]:
        if not isinstance(content, list):
            raise ValueError(f"{_words(way)} is no list")
        return [self.part.typed(entry, (*way, at), more) for at, entry in enumerate(content)]

    def plain(self, value: Any) -> list[Any]:
        return [self.part.plain(entry) for entry in value]


@dataclass(frozen=True, slots=True)
class _ByKey:
    """An object of parts by keys that are data."""

    part: _Part

    def typed(self, content: Any, way: Way, more: More) -> dict[str, Any]:
        if not isinstance(content, dict):
            raise ValueError(f"{_words(way)} is no object")
        typed = self.part.typed
        return {key: typed(entry, (*way, key), more) for key, entry in content.items()}

    def plain(self, value: Any) -> dict[str, Any]:
        plain = self.part.plain
        return {key: plain(entry) for key, entry in value.items()}


def _words(way: Way) -> str:
    return "/".join(map(str, way)) or "the whole"


_FIGURE = _Object(
    FigureEntry,
    {"unit": None, "origin": "text", "confidence": None, "mapper": "", "checks": ()},
    optional=("first_reading", "second_reading"),
)
_CHECK = _Object(
    Check,
    {
        **dict.fromkeys(("expression", "computed", "printed", "residual", "tolerance", "severity", "explanation")),
        "pointers": (),
    },
)
_SUMMARY = _Object(
    Summary,
    {"figures": {}, "checks": {}, "rejected": 0, "mapper": {}, "seconds": {}},
    optional=("coverage", "unread_pages"),
    parts={
        "mapper": _Object(
            MapperUse,
            {"name": "", "calls": 0, "input_tokens": 0, "output_tokens": 0, "cost": 0},
            optional=("prompts", "open"),
        ),
        "coverage": _Object(Reach, parts={"identities": _Object(Identities), "rows_left_out": _List(_Object(LeftOut))}),
    },
)
_RESULT = _Object(
    Result,
    {"rejected": [], "summary": {}},
    parts={
        "source": _Object(Source, {"scanned_pages": (), "ocr": None}),
        "figures": _ByKey(_FIGURE),
        "checks": _List(_CHECK),
        "rejected": _List(_Object(Rejected)),
        "summary": _SUMMARY,
    },
)


def typed(content: Any) -> Result:
    """The result that a file's plain values are. Raises ValueError if they are none."""
    more: More = {}
    result: Result = _RESULT.typed(content, (), more)
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


# Files.


LEFTOVER = ".*.recount-tmp"
"""Matches what a killed process leaves behind of a file that it was writing."""


_MARK = secrets.token_hex(16)
_LINE_MARK = secrets.token_hex(16)
"""Drawn anew by every process, so that no text of a document can hold them."""


def write_result(path: Path, result: Result) -> None:
    """Writes a result to path. Raises as write_json does."""
    write_json(path, plain(result))


def read_result(path: Path) -> Result:
    """Reads a result file; a number with a decimal point becomes a Decimal with just those digits.

    Raises UsageError if it cannot be read or is no result file.
    """
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


def write_json(path: Path, content: Mapping[str, object]) -> None:
    """Writes an object of plain values to path, by way of a temporary file beside it.

    Whoever looks at path sees the file that was there before or the whole new one. Raises OSError if it
    cannot be written (nothing is left behind then), ValueError for a number that JSON does not have.
    """
    whole = encoded(content)
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, whole)


def replace_file(path: Path, content: bytes) -> None:
    """Writes a file, whole or not at all. Raises OSError if that cannot be done; nothing is left behind then."""
    temporary = path.parent / f".{secrets.token_hex(8)}.recount-tmp"
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:  # Ctrl-C too: the temporary file goes, whatever happened
        temporary.unlink(missing_ok=True)
        raise


def decoded(content: bytes) -> Any:
    """The plain values of a JSON file, decimals as printed. Raises ValueError if it is none."""
    return json.loads(content, parse_float=Decimal)


def encoded(content: Mapping[str, object]) -> bytes:
    """An object of plain values as the content of its file. Raises ValueError for a number that JSON does not have."""
    # A lone surrogate, which UTF-8 does not have, becomes \udc80: that is also how JSON spells it.
    return "".join(_layout(content)).encode("utf-8", "backslashreplace")


def encode(value: object) -> str:
    """A value as JSON on one line, Chinese unescaped, Decimals as numbers with their own digits."""
    return _bare(_LINE.encode(value))


def _layout(content: Mapping[str, object]) -> Iterator[str]:
    """The text of a file: the report indented, every other part with one entry a line."""
    separator = "{\n"
    for key, value in content.items():
        yield separator
        yield _bare(_INDENTED.encode({key: value})[2:-2]) if key == "report" else _part(key, value)
        separator = ",\n"
    yield "\n}\n"


def _part(key: str, value: object) -> str:
    """A top-level key with its value, one entry a line.

    The C encoder is called once for all entries, marks are put where lines shall begin: half the time of a
    call for each of them.
    """
    name = f"  {encode(key)}: "
    if isinstance(value, dict) and value:
        text = encode({_LINE_MARK + entry: given for entry, given in value.items()})
        lines = text.replace(f' "{_LINE_MARK}', '\n    "').replace(f'"{_LINE_MARK}', '\n    "')
        return f"{name}{lines[:-1]}\n  }}"
    if isinstance(value, list | tuple) and value:
        text = encode([part for entry in value for part in (_LINE_MARK, entry)])
        lines = text.replace(f' "{_LINE_MARK}", ', "\n    ").replace(f'"{_LINE_MARK}", ', "\n    ")
        return f"{name}{lines[:-1]}\n  ]"
    return name + encode(value)


def _marked(value: object) -> str:
    """What the C encoder shall write for a Decimal: its digits as a marked string, to be bared afterwards.

    The encoder knows only its own number types, and a float would lose 115.50's last digit.
    """
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} has no place in a result file")
    if not value.is_finite():
        raise ValueError(f"{value} is no number that JSON has")
    return f"{_MARK}{value:f}{_MARK}"


def _bare(text: str) -> str:
    """Takes the quotes and marks off the marked numbers."""
    return text.replace(f'"{_MARK}', "").replace(f'{_MARK}"', "")


_LINE = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False, default=_marked)
_INDENTED = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False, default=_marked, indent=2)

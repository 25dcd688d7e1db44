"""The result of one report, in the shape of contract/result.md."""

from __future__ import annotations

import json
import os
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from recount.pipeline.document import Token
from recount.pipeline.errors import UsageError
from recount.pipeline.verify import Verified
from recount.pipeline.verify.coverage import summary_of
from recount.pipeline.verify.recount import Status
from recount.schemas.arithmetic import Evaluation, Identity
from recount.schemas.figures import Figure, Kind, Model

if TYPE_CHECKING:
    from recount.pipeline.usage import ModelUse


# Result files: UTF-8 JSON in which every figure keeps its printed digits, written whole or not at all.


Result = dict[str, Any]
"""A whole result file as Python values; numbers are int or Decimal, never float (bounding boxes aside)."""

LEFTOVER = ".*.recount-tmp"
"""Matches what a killed process leaves behind of a file that it was writing."""

_MARK = secrets.token_hex(16)
_LINE_MARK = secrets.token_hex(16)
"""Drawn anew by every process, so that no text of a document can hold them."""


def write_result(path: Path, result: Mapping[str, object]) -> None:
    """Writes a result to path, by way of a temporary file beside it.

    Whoever looks at path sees the file that was there before or the whole new one. Raises OSError if it
    cannot be written (nothing is left behind then), ValueError for a number that JSON does not have.
    """
    content = encoded(result)
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, content)


def encoded(result: Mapping[str, object]) -> bytes:
    """A result as the content of its file. Raises ValueError for a number that JSON does not have."""
    # A lone surrogate, which UTF-8 does not have, becomes \udc80: that is also how JSON spells it.
    return "".join(_layout(result)).encode("utf-8", "backslashreplace")


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
        result = json.loads(content, parse_float=Decimal)
    except ValueError as error:
        raise UsageError(f"{where} is no result file: {error}") from error
    if not isinstance(result, dict) or not {"contract", "report", "figures", "checks"} <= result.keys():
        raise UsageError(f"{where} is no result file: a key of the contract is missing")
    return result


def encode(value: object) -> str:
    """A value as JSON on one line, Chinese unescaped, Decimals as numbers with their own digits."""
    return _bare(_LINE.encode(value))


def _layout(result: Mapping[str, object]) -> Iterator[str]:
    """The text of a result file: the report indented, every other part with one entry a line."""
    separator = "{\n"
    for key, value in result.items():
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
        text = encode({_LINE_MARK + entry: content for entry, content in value.items()})
        lines = text.replace(f' "{_LINE_MARK}', '\n    "').replace(f'"{_LINE_MARK}', '\n    "')
        return f"{name}{lines[:-1]}\n  }}"
    if isinstance(value, list | tuple) and value:
        text = encode([each for entry in value for each in (_LINE_MARK, entry)])
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


_PLACES = Decimal("0.0001")
_NONE: Mapping[int, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Source:
    """Where a result comes from.

    file: path below the archive. pages: how many. scanned_pages: 1-based, read by OCR with the engine ocr.
    unread_pages: without a usable text layer, and not read: what they hold is not in the result.
    """

    file: str
    sha256: str
    pages: int
    scanned_pages: tuple[int, ...] = ()
    ocr: str | None = None
    unread_pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Readings:
    """By token: what a repaired figure was first read as, and what a second reading made of others."""

    first: Mapping[int, str]
    doubts: Mapping[int, str]


ONE_READING = Readings(_NONE, _NONE)


def result_of(
    source: Source,
    verified: Verified,
    tokens: Sequence[Token],
    contract: str,
    seconds: Mapping[str, float],
    readings: Readings = ONE_READING,
    used: ModelUse | None = None,
) -> dict[str, Any]:
    """The result file as plain values; numbers are Decimal or int.

    readings: of scanned figures, besides the one that is delivered. used: what a model had to do with it.
    """
    ids = {id(each): f"c{index}" for index, each in enumerate(verified.evaluations, 1)}
    taking_part: dict[str, list[str]] = {}
    for each in verified.evaluations:
        for operand in each.operands:
            taking_part.setdefault(operand.pointer, []).append(ids[id(each)])
    return {
        "contract": contract,
        "source": {
            "file": source.file,
            "sha256": source.sha256,
            "pages": source.pages,
            "scanned_pages": list(source.scanned_pages),
            "ocr": source.ocr,
        },
        "report": plain_values(verified.report),
        "figures": {
            pointer: _figure(figure, verified, tokens[figure.token], taking_part.get(pointer, []))
            | _readings(figure, verified, readings)
            for pointer, figure in verified.figures.items()
        },
        "checks": [_check(each, ids[id(each)]) for each in verified.evaluations],
        "rejected": [
            {"pointer": r.pointer, "proposed": r.proposed, "mapper": r.mapper, "reason": r.reason}
            for r in verified.rejected
        ],
        "summary": {
            **_summary(verified, seconds, used),
            "coverage": summary_of(verified, tokens),
            "unread_pages": list(source.unread_pages),
        },
    }


def plain_values(value: Any) -> Any:
    """A Report[Figure] as dicts, lists, Decimals and ints."""
    if isinstance(value, Figure):
        return number(value)
    if isinstance(value, Model):
        return {name: plain_values(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, tuple):
        return [plain_values(each) for each in value]
    return value


def number(figure: Figure) -> Decimal | int:
    """The value as the contract prints it: whole counts and years as int, else with its printed decimals."""
    if figure.kind in (Kind.COUNT, Kind.YEAR) or (
        figure.quantum == 1 and figure.value == figure.value.to_integral_value()
    ):
        return int(figure.value)
    return figure.value


def _readings(figure: Figure, verified: Verified, readings: Readings) -> dict[str, str]:
    """first_reading of a repaired figure; second_reading of one that the two readings leave in dispute."""
    if verified.statuses[figure.pointer] is Status.REPAIRED and figure.token in readings.first:
        return {"first_reading": readings.first[figure.token]}
    return {"second_reading": readings.doubts[figure.token]} if figure.token in readings.doubts else {}


# `unit` is the printed one, as `raw` has the printed digits; `value` is in the field's own unit (contract, report.md).
def _figure(figure: Figure, verified: Verified, token: Token, checks: list[str]) -> dict[str, Any]:
    unit = token.unit or (token.head if figure.kind is Kind.MONEY else None)
    return {
        "raw": token.raw,
        "value": number(figure),
        "unit": unit,
        "page": token.page,
        "bbox": [round(each, 2) for each in token.box],
        "origin": token.origin,
        "confidence": token.confidence,
        "mapper": verified.mapper_of(figure.pointer),
        "status": verified.statuses[figure.pointer].value,
        "checks": checks,
    }


def _check(evaluation: Evaluation, name: str) -> dict[str, Any]:
    identity = evaluation.identity
    printed = identity.printed
    applicable = evaluation.result != "not_applicable"
    return {
        "id": name,
        "rule": identity.rule,
        "expression": _expression(identity) if applicable else None,
        "result": evaluation.result,
        "computed": _rounded(evaluation.computed),
        "printed": printed.value if printed else None,
        "residual": _rounded(evaluation.residual),
        "tolerance": _rounded(evaluation.tolerance),
        "severity": evaluation.severity,
        "explanation": evaluation.explanation,
        "pointers": [operand.pointer for operand in evaluation.operands],
    }


def _expression(identity: Identity) -> str | None:
    """The identity with the numbers filled in."""
    if identity.printed is None:
        return None
    return f"{identity.printed.value} {'≤' if identity.at_most else '='} {identity.computed.render()}"


def _rounded(value: Decimal | None) -> Decimal | None:
    """Four decimals at most; an unbounded tolerance is none."""
    if value is None or not value.is_finite():
        return None
    shortened = value.quantize(_PLACES).normalize()
    return shortened.quantize(Decimal(1)) if shortened == shortened.to_integral_value() else shortened


def _summary(verified: Verified, seconds: Mapping[str, float], used: ModelUse | None) -> dict[str, Any]:
    by_status = Counter(status.value for status in verified.statuses.values())
    by_result = Counter(each.result for each in verified.evaluations)
    minor = sum(1 for each in verified.evaluations if each.severity == "minor")
    return {
        "figures": {name: by_status.get(name, 0) for name in ("verified", "repaired", "grounded", "disputed")},
        "checks": {
            "pass": by_result.get("pass", 0),
            "fail": by_result.get("fail", 0) - minor,
            "minor": minor,
            "not_applicable": by_result.get("not_applicable", 0),
        },
        "rejected": len(verified.rejected),
        "mapper": _mapper(used.name if used else verified.mapper, used),
        "seconds": {stage: round(spent, 4) for stage, spent in seconds.items()},
    }


def _mapper(name: str, used: ModelUse | None) -> dict[str, Any]:
    """Who mapped the report, and what a model took for it; which parts it was asked about and gave no answer for."""
    taken = {
        "calls": used.usage.calls if used else 0,
        "input_tokens": used.usage.input_tokens if used else 0,
        "output_tokens": used.usage.output_tokens if used else 0,
        "cost": used.usage.cost if used else Decimal(0),
    }
    if used is None:
        return {"name": name, **taken}
    prompts = {part: list(versions) for part, versions in used.prompts.items()}
    return {"name": name, **taken, "prompts": prompts, "open": dict(used.open)}

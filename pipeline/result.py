"""The result of one report, in the shape of contract/result.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from recount.pipeline.document import Token
from recount.pipeline.verify import Verified
from recount.pipeline.verify.coverage import summary_of
from recount.pipeline.verify.recount import Status
from recount.schemas.arithmetic import Evaluation, Identity
from recount.schemas.figures import Figure, Kind, Model

if TYPE_CHECKING:
    from recount.pipeline.model.use import ModelUse

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

"""The result of a report that was verified: what the file shall say of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from recount.pipeline.document import ModelUse, Remark, Token, Written
from recount.pipeline.result import (
    STATUSES,
    Check,
    Decided,
    FigureEntry,
    Identities,
    LeftOut,
    MapperUse,
    Mention,
    PageRemark,
    Reach,
    Result,
    Review,
    Source,
    Summary,
)
from recount.pipeline.verify.coverage import coverage_of
from recount.pipeline.verify.ground import as_told, own_unit, unit_of
from recount.pipeline.verify.recount import Status
from recount.pipeline.verify.verify import Verified
from recount.schemas.arithmetic import Evaluation, Identity
from recount.schemas.describe import nested
from recount.schemas.figures import Figure

_PLACES = Decimal("0.0001")
_NONE: Mapping[int, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Readings:
    """By token: what a figure was first read as that is read otherwise, and what a second reading made of others. By
    pointer: what people decided (reviews)."""

    first: Mapping[int, str]
    doubts: Mapping[int, str]
    reviews: Mapping[str, Review] = field(default_factory=dict)


ONE_READING = Readings(_NONE, _NONE)


def result_of(
    source: Source,
    verified: Verified,
    tokens: Sequence[Token],
    contract: str,
    seconds: Mapping[str, float],
    readings: Readings = ONE_READING,
    used: ModelUse | None = None,
    unread_pages: Sequence[int] = (),
    remarks: Sequence[Remark] = (),
    written: Written | None = None,
    told: Sequence[tuple[str, int]] = (),
    decisions: Sequence[Decided] | None = None,
) -> Result:
    """The result of a verified report.

    tokens: the numbers of its document, where they stand in the file. contract: of its family. seconds: by stage.
    readings: of scanned figures, besides the one that is delivered. used: what a model had to do with it.
    unread_pages: those that were not read. remarks: on its pages, at their places in the file. written: of a text,
    where they stand in it. told: the places of the report that tell a number without a field, each with its token.
    decisions: of people, with what became of each; None if there are none.
    """
    taking_part: dict[str, list[str]] = defaultdict(list)
    for number, evaluation in enumerate(verified.evaluations, 1):
        for operand in evaluation.operands:
            taking_part[operand.pointer].append(f"c{number}")
    return Result(
        contract=contract,
        source=source,
        report=plain_values(verified.report),
        figures={
            pointer: _placed(
                _figure(figure, verified, tokens[figure.token], taking_part.get(pointer, ()), readings),
                tokens[figure.token],
                written,
            )._replace(agreed=used.second if used is not None and pointer in used.agreed else None)
            for pointer, figure in verified.figures.items()
        },
        checks=_checks(verified.evaluations),
        rejected=list(verified.rejected),
        summary=Summary(
            figures=_by_status(verified),
            checks=_by_outcome(verified),
            rejected=len(verified.rejected),
            mapper=_mapper(used, verified.mapper),
            seconds={stage: round(spent, 4) for stage, spent in seconds.items()},
            coverage=reach_of(verified, tokens),
            unread_pages=unread_pages,
            remarks=[_remark(remark, written) for remark in remarks],
            mentions=[_mention(pointer, tokens[index], written) for pointer, index in told],
            decisions=decisions,
        ),
    )


def plain_values(value: Any) -> Any:
    """A Report[Figure] as dicts, lists, Decimals and ints."""
    return nested(value, lambda leaf: as_told(leaf) if isinstance(leaf, Figure) else leaf)


def _remark(remark: Remark, written: Written | None) -> PageRemark:
    if written is not None:
        line = written.place(remark.page, remark.box)[0] if remark.box else None
        return PageRemark(remark.kind, remark.page, None, remark.words, line)
    box = remark.box and [round(side, 2) for side in remark.box]
    return PageRemark(remark.kind, remark.page, box, remark.words)


def _mention(pointer: str, token: Token, written: Written | None) -> Mention:
    if written is not None:
        return Mention(pointer, token.raw, token.unit, token.page, None, written.place(token.page, token.box)[0])
    return Mention(pointer, token.raw, token.unit, token.page, [round(side, 2) for side in token.box])


def _placed(entry: FigureEntry, token: Token, written: Written | None) -> FigureEntry:
    """The entry of a figure of a text with the place that it has in the file: nobody else knows the page's points."""
    if written is None:
        return entry
    line, columns = written.place(token.page, token.box)
    return entry._replace(bbox=None, line=line, columns=columns)


def _figure(figure: Figure, verified: Verified, token: Token, checks: Sequence[str], readings: Readings) -> FigureEntry:
    status = verified.statuses[figure.pointer]
    first = readings.first.get(figure.token)
    return FigureEntry(
        raw=token.raw,
        value=as_told(figure),
        unit=own_unit(token, figure.kind) if figure.pointer not in verified.unitless else None,
        printed_unit=unit_of(token, figure.kind),
        page=token.page,
        bbox=[round(side, 2) for side in token.box],
        origin=token.origin,
        confidence=token.confidence,
        mapper=verified.mapper_of(figure.pointer),
        status=status.value,
        checks=checks,
        first_reading=first,
        second_reading=readings.doubts.get(figure.token) if first is None else None,
        remark=token.remark.words if token.remark is not None else None,
        reviewed=readings.reviews.get(figure.pointer),
    )


def _checks(evaluations: Sequence[Evaluation]) -> list[Check]:
    """The checks, in the order of the report; of those that fail by one fault the first is the one that tells it."""
    told: dict[str, str] = {}
    checks = []
    for number, evaluation in enumerate(evaluations, 1):
        name = f"c{number}"
        first = told.setdefault(evaluation.root, name) if evaluation.root is not None else name
        checks.append(_check(evaluation, name)._replace(follows=first if first != name else None))
    return checks


def _check(evaluation: Evaluation, name: str) -> Check:
    identity = evaluation.identity
    printed = identity.printed
    return Check(
        id=name,
        rule=identity.rule,
        expression=_expression(identity) if evaluation.result != "not_applicable" else None,
        result=evaluation.result,
        computed=_rounded(evaluation.computed),
        printed=printed.value if printed else None,
        residual=_rounded(evaluation.residual),
        tolerance=_rounded(evaluation.tolerance),
        severity=evaluation.severity,
        explanation=evaluation.explanation,
        pointers=[operand.pointer for operand in evaluation.operands],
        suspects=list(evaluation.suspects) or None,
    )


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


def _by_status(verified: Verified) -> dict[str, int]:
    found = Counter(status.value for status in verified.statuses.values())
    return {name: found[name] for name in STATUSES if name != Status.REVIEWED or found[name]}


def _by_outcome(verified: Verified) -> dict[str, int]:
    """How many checks there are of each outcome; minor failures apart."""
    found = Counter(evaluation.result for evaluation in verified.evaluations)
    minor = sum(evaluation.severity == "minor" for evaluation in verified.evaluations)
    return {
        "pass": found["pass"],
        "fail": found["fail"] - minor,
        "minor": minor,
        "not_applicable": found["not_applicable"],
    }


def _mapper(used: ModelUse | None, template: str) -> MapperUse:
    if used is None:
        return MapperUse(template)
    usage = used.usage
    taken = usage.calls, usage.input_tokens, usage.output_tokens, usage.cost
    return MapperUse(used.name, *taken, used.prompts, dict(used.open), used.unanswered or None, used.second)


def reach_of(verified: Verified, tokens: Sequence[Token]) -> Reach:
    """The coverage ledger as the result tells it; the lines of tables that no row was read from are among it."""
    found = coverage_of(verified)
    reasons: dict[str, list[str]] = defaultdict(list)
    for number, due in enumerate(found.due, 1):
        if due.missing is not None:
            reasons[due.missing.code].append(f"c{number}")
    return Reach(
        identities=Identities(len(found.due), len(found.due) - len(found.not_evaluated)),
        not_evaluated=dict(reasons),
        under_one=round(found.share(1), 4),
        under_two=round(found.share(2), 4),
        covered=round(found.covered(1), 4),
        under_none=found.under_none,
        not_covered=found.uncovered,
        rows_left_out=[
            LeftOut(line.at, tokens[line.tokens[0]].page, [tokens[index].raw for index in line.tokens])
            for line in verified.skipped
        ],
    )

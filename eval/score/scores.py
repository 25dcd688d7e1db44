"""One result against its gold: every figure, text, row and discrepancy in its cell; what is wrong, one by one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal, InvalidOperation
from difflib import SequenceMatcher
from typing import Any, Literal

from recount.eval.cases import Case, Place
from recount.eval.score.align import by_name, by_position, fold
from recount.eval.score.leaves import Facing, Number, Pair, face, is_number, section_of
from recount.eval.score.metrics import (
    ABSENT,
    TRUSTED,
    Cell,
    Cells,
    DiscrepancyTally,
    Outcome,
    PlaceTally,
    RepairTally,
    RowTally,
    Spend,
    TextTally,
)
from recount.pipeline.result import FigureEntry, Result

Fate = Literal["scored", "refused", "crashed"]
"""Whether there was a result to score, the task said why there is none (DocumentError), or it broke."""

LEAST_OVERLAP = 0.5
_NUMERALS = str.maketrans("", "", ",，% ")


@dataclass(frozen=True, slots=True)
class FigureError:
    """A figure that is not right. pointer: in the gold, or, if it was invented, in the result."""

    pointer: str
    outcome: Outcome
    gold: Number | None
    got: Number | None
    status: str
    got_pointer: str | None = None
    raw: str | None = None
    page: int | None = None
    bbox: tuple[float, ...] | None = None

    @property
    def silent(self) -> bool:
        return self.status in TRUSTED


@dataclass(frozen=True, slots=True)
class TextError:
    """A text that is not as in the gold, beyond spaces and width."""

    pointer: str
    gold: str | None
    got: str | None


@dataclass(frozen=True, slots=True)
class DiscrepancyError:
    """A discrepancy that was missed or excused, or an error that the source does not have."""

    kind: Literal["missed", "excused", "false"]
    pointers: tuple[str, ...]
    rule: str


@dataclass(frozen=True, slots=True)
class CaseScore:
    """All that is counted of a case. cells: rows aligned by their names; at_pointers: rows as they are numbered."""

    name: str
    tags: Mapping[str, Any]
    fate: Fate
    reason: str | None = None
    cells: Cells = field(default_factory=Counter)
    at_pointers: Cells = field(default_factory=Counter)
    texts: Mapping[str, TextTally] = field(default_factory=dict)
    rows: RowTally = field(default_factory=RowTally)
    discrepancies: DiscrepancyTally = field(default_factory=DiscrepancyTally)
    places: PlaceTally = field(default_factory=PlaceTally)
    repairs: RepairTally = field(default_factory=RepairTally)
    spend: Spend = field(default_factory=Spend)
    figure_errors: tuple[FigureError, ...] = ()
    text_errors: tuple[TextError, ...] = ()
    discrepancy_errors: tuple[DiscrepancyError, ...] = ()


def score_failure(case: Case, fate: Fate, reason: str) -> CaseScore:
    """A case without a result: all of its figures are missing, all of its discrepancies missed.

    The time that it took is not counted: there are no pages to count it by.
    """
    facing = _demanded(case, face(case.gold(), {}, by_name))
    errors = tuple(_errors(facing, {}))
    missed = tuple(DiscrepancyError("missed", pointers, "") for pointers in case.planted or ())
    return CaseScore(
        name=case.name,
        tags=case.tags,
        fate=fate,
        reason=reason,
        cells=_cells(facing, {}),
        at_pointers=_cells(facing, {}),
        texts=_texts(facing),
        rows=_rows(facing),
        discrepancies=DiscrepancyTally(missed=len(missed)),
        figure_errors=errors,
        discrepancy_errors=missed,
    )


def score(case: Case, result: Result, seconds: float) -> CaseScore:
    """A result against the gold of its case."""
    gold, figures = case.gold(), result.figures
    facing = _demanded(case, face(gold, result.report, by_name))
    found, problems = _discrepancies(case, facing, result)
    return CaseScore(
        name=case.name,
        tags=case.tags,
        fate="scored",
        cells=_cells(facing, figures),
        at_pointers=_cells(_demanded(case, face(gold, result.report, by_position)), figures),
        texts=_texts(facing),
        rows=_rows(facing),
        discrepancies=found,
        places=_places(facing, figures, case.gold_places()),
        repairs=_repairs(facing, figures),
        spend=_spend(result, seconds),
        figure_errors=tuple(_errors(facing, figures)),
        text_errors=tuple(_text_errors(facing)),
        discrepancy_errors=problems,
    )


def _demanded(case: Case, facing: Facing) -> Facing:
    """Without the figures that are not delivered and need not be: the source does not tell which they are."""
    kept = [pair for pair in facing.pairs if is_number(pair.got) or pair.gold_pointer not in case.unknowable]
    return replace(facing, pairs=kept)


def outcome_of(gold: object, got: object) -> Outcome | None:
    """What has become of a figure; None where neither side has one. Figures are compared as decimals, exactly."""
    if not is_number(gold):
        return "invented" if is_number(got) else None
    if not is_number(got):
        return "missing"
    return "right" if gold == got else "wrong"


def _judged(facing: Facing, figures: Mapping[str, FigureEntry]) -> Iterator[tuple[Pair, Outcome, str]]:
    """Every figure with what has become of it, and its status."""
    for pair in facing.pairs:
        outcome = outcome_of(pair.gold, pair.got)
        if outcome is None:
            continue
        if outcome == "missing":
            yield pair, outcome, ABSENT
            continue
        entry = figures.get(pair.got_pointer or "")
        yield pair, outcome, entry.status if entry else "unplaced"


def _cells(facing: Facing, figures: Mapping[str, FigureEntry]) -> Cells:
    return Counter(
        Cell(section_of(pair.pointer), status, outcome) for pair, outcome, status in _judged(facing, figures)
    )


def _errors(facing: Facing, figures: Mapping[str, FigureEntry]) -> Iterator[FigureError]:
    for pair, outcome, status in _judged(facing, figures):
        if outcome == "right":
            continue
        entry = figures.get(pair.got_pointer or "") if outcome != "missing" else None
        yield FigureError(
            pointer=pair.pointer,
            outcome=outcome,
            gold=_number(pair.gold),
            got=_number(pair.got),
            status=status,
            got_pointer=pair.got_pointer,
            raw=entry.raw if entry else None,
            page=entry.page if entry else None,
            bbox=tuple(map(float, entry.bbox)) if entry and entry.bbox else None,
        )


def _number(value: object) -> Number | None:
    return value if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def _text(value: object) -> str | None:
    """A leaf that is no figure, as text; a truth value counts as one."""
    return None if value is None or is_number(value) else str(value)


def _texts(facing: Facing) -> dict[str, TextTally]:
    """The texts of every section."""
    counts: dict[str, TextTally] = defaultdict(TextTally)
    for pair in facing.pairs:
        gold, got = _text(pair.gold), _text(pair.got)
        if gold is not None or got is not None:
            counts[section_of(pair.pointer)] += _text_tally(gold, got)
    return dict(counts)


def _text_tally(gold: str | None, got: str | None) -> TextTally:
    if gold is None:
        return TextTally(invented=1)
    if got is None:
        return TextTally(missing=1)
    if gold == got:
        return TextTally(exact=1, likeness=1.0)
    alike = likeness(fold(gold), fold(got))
    return TextTally(folded=1, likeness=1.0) if alike == 1.0 else TextTally(different=1, likeness=alike)


def likeness(one: str, other: str) -> float:
    """How much two texts have in common, 0..1: twice the characters in blocks that both have, over all."""
    if one == other:
        return 1.0
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _text_errors(facing: Facing) -> Iterator[TextError]:
    for pair in facing.pairs:
        gold, got = _text(pair.gold), _text(pair.got)
        if fold(gold or "") != fold(got or ""):
            yield TextError(pair.pointer, gold, got)


def _rows(facing: Facing) -> RowTally:
    total = RowTally()
    for rows in facing.rows:
        total += RowTally(rows.gold, rows.got, rows.matched)
    return total


def _places(facing: Facing, figures: Mapping[str, FigureEntry], places: Mapping[str, Sequence[Place]]) -> PlaceTally:
    """Where the delivered figures were read, against where the gold knows them to stand."""
    known = page = box = 0
    for pair, _, _ in _judged(facing, figures):
        entry = figures.get(pair.got_pointer or "")
        wanted = places.get(pair.gold_pointer or "")
        if entry is None or entry.bbox is None or not wanted:
            continue
        here = [bounds for number, bounds in wanted if number == entry.page]
        known += 1
        page += bool(here)
        box += any(overlap(bounds, list(map(float, entry.bbox))) >= LEAST_OVERLAP for bounds in here)
    return PlaceTally(known, page, box)


def overlap(one: Sequence[float], other: Sequence[float]) -> float:
    """Intersection over union of two boxes."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return width * height / (areas - width * height)


def _repairs(facing: Facing, figures: Mapping[str, FigureEntry]) -> RepairTally:
    """What repairs did to the figures that OCR had read otherwise at first."""
    sums = RepairTally()
    for pair, outcome, status in _judged(facing, figures):
        entry = figures.get(pair.got_pointer or "")
        if entry is None or outcome == "missing":
            continue
        right = outcome == "right"
        before = _right_at_first(entry, pair.gold) if status == "repaired" else right
        if status == "repaired":
            sums += RepairTally(1, int(right), int(before))
        if entry.origin == "ocr":
            sums += RepairTally(ocr=1, ocr_right=int(right), ocr_right_before=int(before))
    return sums


def _right_at_first(entry: FigureEntry, gold: object) -> bool:
    """Whether the first reading of a repaired figure was the gold's number."""
    first, number = entry.first_reading, _number(gold)
    return first is not None and number is not None and _read(first) == abs(number)


def _read(raw: str) -> Decimal | None:
    """The number that characters spell, without its sign; None if they spell none."""
    try:
        return abs(Decimal(fold(raw).translate(_NUMERALS)))
    except InvalidOperation:
        return None


def _spend(result: Result, seconds: float) -> Spend:
    """What a report took: pages and time, and what a language model was asked.

    Other programs say that under summary.model, which is no key of a result, in the words of the endpoint.
    """
    model = result.more.get(("summary",), {}).get("model") or asdict(result.summary.mapper)
    return Spend(
        pages=int(result.source.pages),
        seconds=seconds,
        calls=int(model.get("calls", 0)),
        input_tokens=int(model.get("prompt_tokens", model.get("input_tokens", 0))),
        output_tokens=int(model.get("completion_tokens", model.get("output_tokens", 0))),
        cost=Decimal(str(model.get("price", model.get("cost")) or 0)),
        model_seconds=float(model.get("seconds", 0)),
    )


def _discrepancies(case: Case, facing: Facing, result: Result) -> tuple[DiscrepancyTally, tuple[DiscrepancyError, ...]]:
    """The failing checks of a result against the discrepancies that its source is known to have.

    A failing check finds a discrepancy if the figure in question takes part in it, or another figure that was read
    from the same print: one sentence may fill two keys.
    """
    failing = result.failing
    errors = [check for check in failing if check.severity != "minor"]
    if case.planted is None:
        return DiscrepancyTally(), ()
    prints = _prints(result.figures)
    there = {pair.gold_pointer: pair.got_pointer for pair in facing.pairs}
    sought = [(pointers, _everywhere(pointers, there, prints)) for pointers in case.planted]
    problems: list[DiscrepancyError] = []
    found = excused = 0
    for pointers, places in sought:
        if any(places & set(check.pointers) for check in errors):
            found += 1
        elif any(places & set(check.pointers) for check in failing):
            excused += 1
            problems.append(DiscrepancyError("excused", pointers, ""))
        else:
            problems.append(DiscrepancyError("missed", pointers, ""))
    guilty = {place for _, places in sought for place in places}
    false = [check for check in errors if not guilty & set(check.pointers)]
    problems += [DiscrepancyError("false", tuple(check.pointers), check.rule) for check in false]
    minor = sum(not guilty & set(check.pointers) for check in failing if check.severity == "minor")
    missed = len(sought) - found - excused
    return DiscrepancyTally(found, excused, missed, len(false), minor), tuple(problems)


def _prints(figures: Mapping[str, FigureEntry]) -> dict[str, frozenset[str]]:
    """For every figure, all that were read from the same print."""
    by_place: dict[tuple[object, ...], set[str]] = defaultdict(set)
    for pointer, figure in figures.items():
        by_place[figure.page, *(figure.bbox or ()), figure.line, *(figure.columns or ())].add(pointer)
    return {pointer: frozenset(together) for together in by_place.values() for pointer in together}


def _everywhere(
    pointers: Sequence[str], there: Mapping[str | None, str | None], prints: Mapping[str, frozenset[str]]
) -> set[str]:
    """Where a result holds the figures that a discrepancy may be laid at."""
    own = [there.get(pointer) or pointer for pointer in pointers]
    return {alike for pointer in own for alike in prints.get(pointer, frozenset((pointer,)))}

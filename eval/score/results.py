"""The results of an evaluation as one file for machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from recount.eval.cases import read_json
from recount.eval.score.metrics import (
    STATUSES,
    Cells,
    DiscrepancyTally,
    PlaceTally,
    RepairTally,
    RowTally,
    Spend,
    Tally,
    TextTally,
    interval,
    macro,
    share,
    tally,
)
from recount.eval.score.scores import CaseScore
from recount.pipeline.errors import UsageError
from recount.pipeline.result import write_json

FORMAT = "recount-eval/1"
RESULTS = "results.json"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Totals:
    """Everything that is counted, over some cases."""

    cases: int
    fates: Mapping[str, int]
    cells: Cells
    at_pointers: Cells
    texts: TextTally
    rows: RowTally
    discrepancies: DiscrepancyTally
    places: PlaceTally
    repairs: RepairTally
    spend: Spend
    macro: float | None

    @property
    def figures(self) -> Tally:
        return tally(self.cells)

    @property
    def before_repair(self) -> float | None:
        """The share of figures that would be right, had every figure stayed as it was first read."""
        figures = self.figures
        return share(figures.right - self.repairs.right + self.repairs.right_before, figures.gold)


def totals(scores: Sequence[CaseScore]) -> Totals:
    """The sums over cases."""
    cells: Cells = Counter()
    at_pointers: Cells = Counter()
    for score in scores:
        cells.update(score.cells)
        at_pointers.update(score.at_pointers)
    return Totals(
        cases=len(scores),
        fates=Counter(score.fate for score in scores),
        cells=cells,
        at_pointers=at_pointers,
        texts=sum((texts for score in scores for texts in score.texts.values()), TextTally()),
        rows=sum((score.rows for score in scores), RowTally()),
        discrepancies=sum((score.discrepancies for score in scores), DiscrepancyTally()),
        places=sum((score.places for score in scores), PlaceTally()),
        repairs=sum((score.repairs for score in scores), RepairTally()),
        spend=sum((score.spend for score in scores), Spend()),
        macro=macro(tally(score.cells) for score in scores),
    )


def by_section(cells: Cells) -> dict[str, Tally]:
    """The figures of each section."""
    return {name: tally(own) for name, own in sorted(_grouped(cells, "section").items())}


def by_status(cells: Cells) -> dict[str, Tally]:
    """The delivered figures of each status, the most trusted first."""
    groups = _grouped(cells, "status")
    return {name: tally(groups.get(name, Counter())) for name in STATUSES}


def _grouped(cells: Cells, by: str) -> dict[str, Cells]:
    """The cells that have the same section, or the same status."""
    groups: dict[str, Cells] = {}
    for cell, number in cells.items():
        groups.setdefault(getattr(cell, by), Counter())[cell] += number
    return groups


def by_tag(scores: Sequence[CaseScore], tag: str) -> dict[str, list[CaseScore]]:
    """The cases by what a tag of theirs says."""
    groups: dict[str, list[CaseScore]] = {}
    for score in scores:
        groups.setdefault(tag_of(score, tag), []).append(score)
    return dict(sorted(groups.items()))


def tag_of(score: CaseScore, tag: str) -> str:
    """What a tag of a case says; a case without a scan level is digital, one of no kind of text a PDF."""
    value = score.tags.get(tag)
    if tag in _ELSE:
        return str(value or _ELSE[tag])
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "?" if value is None else str(value)


_ELSE = {"scan": "digital", "text": "pdf"}
TAGS = ("form", "scan", "text", "style", "slips", "unit", "summary", "levelled", "fund_budget", "split_rows", "sample")
"""The tags that have a table of their own, where they tell cases apart."""


def telling_tags(scores: Sequence[CaseScore]) -> list[str]:
    """Those of the tags that differ between cases."""
    return [tag for tag in TAGS if len({tag_of(score, tag) for score in scores}) > 1]


def write_results(path: Path, scores: Sequence[CaseScore], version: str) -> Json:
    """Writes what an evaluation found; returns it."""
    results = {
        "format": FORMAT,
        "program": version,
        "summary": summary_of(totals(scores)),
        "sections": {name: figures_of(figures) for name, figures in by_section(totals(scores).cells).items()},
        "statuses": {name: _reliability(figures) for name, figures in by_status(totals(scores).cells).items()},
        "tags": {
            tag: {value: summary_of(totals(group)) for value, group in by_tag(scores, tag).items()}
            for tag in telling_tags(scores)
        },
        "cases": [_case(score) for score in scores],
    }
    write_json(path, results)
    return results


def summary_of(sums: Totals) -> Json:
    """The headline numbers of some cases; what depends on the machine's pace stands under `spend` only."""
    return {
        "cases": sums.cases,
        "fates": dict(sums.fates),
        "figures": figures_of(sums.figures),
        "figures_at_pointers": figures_of(tally(sums.at_pointers)),
        "macro_accuracy": sums.macro,
        "texts": asdict(sums.texts) | {"accuracy": sums.texts.accuracy, "similarity": sums.texts.similarity},
        "rows": asdict(sums.rows) | {"recall": sums.rows.recall, "precision": sums.rows.precision},
        "discrepancies": asdict(sums.discrepancies),
        "places": asdict(sums.places),
        "repairs": asdict(sums.repairs)
        | {
            "accuracy_before": sums.before_repair,
            "ocr_alone": sums.repairs.alone,
            "ocr_after_repair": sums.repairs.after,
        },
        "spend": _spend(sums.spend),
    }


def figures_of(figures: Tally) -> Json:
    """A tally with its shares."""
    low, high = figures.interval
    return {
        "gold": figures.gold,
        "right": figures.right,
        "wrong": figures.wrong,
        "missing": figures.missing,
        "invented": figures.invented,
        "silent": figures.silent,
        "accuracy": figures.accuracy,
        "interval": [low, high],
        "precision": figures.precision,
        "verified_share": figures.trust,
    }


def _reliability(figures: Tally) -> Json:
    """How far a status may be believed."""
    return {
        "delivered": figures.delivered,
        "right": figures.right,
        "share": share(figures.right, figures.delivered),
        "interval": list(interval(figures.right, figures.delivered)),
    }


def _spend(spend: Spend) -> Json:
    return asdict(spend) | {
        "seconds": round(spend.seconds, 3),
        "model_seconds": round(spend.model_seconds, 3),
        "seconds_per_page": spend.seconds_per_page,
        "calls_per_page": spend.calls_per_page,
        "tokens_per_page": spend.tokens_per_page,
        "cost_per_page": spend.cost_per_page,
    }


def _case(score: CaseScore) -> Json:
    """A case with all that is wrong in it; what is not listed is right."""
    return {
        "name": score.name,
        "tags": dict(score.tags),
        "fate": score.fate,
        "reason": score.reason,
        "summary": summary_of(totals([score])),
        "cells": [[*cell, number] for cell, number in sorted(score.cells.items())],
        # Of a case without a result nothing is right, and the gold says what is missing.
        "figures": [asdict(error) for error in score.figure_errors] if score.fate == "scored" else [],
        "texts": [asdict(error) for error in score.text_errors],
        "discrepancies": [asdict(error) for error in score.discrepancy_errors],
    }


def read_results(path: Path) -> Json:
    """The results of an earlier evaluation: its file, or its output folder. Raises UsageError if it is none."""
    results = read_json(path / RESULTS if path.is_dir() else path)
    if not isinstance(results, dict) or results.get("format") != FORMAT:
        raise UsageError(f"{path} holds no results of an evaluation ({FORMAT})")
    return results


def fails_under(results: Json, least: Decimal) -> str | None:
    """Why an evaluation is not good enough: its share of right figures, or a silent error; None if it is."""
    figures = results["summary"]["figures"]
    if figures["silent"]:
        return f"{figures['silent']} silent errors"
    # Compared as integers: a share of 0.9990 must pass where 0.999 is asked.
    if Decimal(figures["right"]) < least * figures["gold"]:
        return f"{figures['right']} of {figures['gold']} figures right, under {least}"
    return None

"""A small gold, cases of it, and results that are right until a test spoils them."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from decimal import Decimal
from itertools import cycle
from pathlib import Path
from typing import Any

import pymupdf

from recount.eval.cases import Case, find_cases
from recount.eval.score.leaves import is_number, leaves
from recount.pipeline.result import Result, typed

Json = dict[str, Any]

GOLD: Json = {
    "unit_name": "青崮区司法局",
    "fiscal_year": 2022,
    "income": {
        "total": 100.5,
        "fiscal_appropriation": {"amount": 90.5, "percent": 90.05},
        "other": None,
    },
    "general_public_budget": {
        "total": 90.5,
        "items": [
            {
                "item_name": "行政运行",
                "amount": 50.0,
                "change": {"amount": -5.5, "percent": -9.91, "reason": "人员减少"},
            },
            {"item_name": "信息化建设", "amount": 20.25, "change": None},
            {"item_name": "其他公安支出", "amount": 20.25, "change": None},
        ],
    },
    "statements": {"three_public": {"budget": {"total": 3}, "final": {"total": 2.5}}},
    "other_notes": "无其他需说明的事项。",
}


def write_case(folder: Path, name: str, *, gold: Json = GOLD, **tags: Any) -> Path:
    """A case with a source of one page, on which its figures stand in lines."""
    place = folder / name
    place.mkdir(parents=True)
    document = pymupdf.open()
    page = document.new_page()
    for at, (pointer, value) in enumerate(leaves(gold)):
        page.insert_text((72, 60 + 20 * at), f"{pointer} {value}")
    document.save(place / "report.pdf", no_new_id=True)
    (place / "expected.json").write_text(json.dumps(gold, ensure_ascii=False), encoding="utf-8")
    (place / "tags.json").write_text(json.dumps(tags), encoding="utf-8")
    return place


def one_case(folder: Path, **tags: Any) -> Case:
    """The only case of a gold folder that holds just that."""
    write_case(folder, "one", **{"form": "x2022", "discrepancies": []} | tags)
    (case,) = find_cases(folder)
    return case


def result(gold: Json = GOLD, *, status: str = "verified", **statuses: str) -> Json:
    """The result of a program that makes no mistakes. statuses: of single figures, by the ends of their pointers."""
    report = json.loads(json.dumps(gold), parse_float=Decimal)
    figures = {}
    for at, (pointer, value) in enumerate(leaves(report)):
        if is_number(value):
            own = next((each for end, each in statuses.items() if pointer.endswith(end)), status)
            top = 50.0 + 20 * at
            figures[pointer] = figure(value, own, [70.0, top, 110.0, top + 14])
    return {
        "contract": "final-accounts/1",
        "source": {"file": "", "sha256": "0" * 64, "pages": 1, "scanned_pages": [], "ocr": None},
        "report": report,
        "figures": figures,
        "checks": [],
        "rejected": [],
        "summary": {"mapper": {"calls": 2, "input_tokens": 30, "output_tokens": 4, "cost": Decimal("0.05")}},
    }


def figure(value: object, status: str, box: list[float]) -> Json:
    return {"raw": str(value), "value": value, "unit": None, "page": 1, "bbox": box, "status": status, "checks": []}


def check(pointers: list[str], *, severity: str = "error", outcome: str = "fail") -> Json:
    """A check of a result; a failing one unless it is said otherwise."""
    return {
        "id": "c1",
        "rule": "合计 = 各项之和",
        "result": outcome,
        "severity": severity if outcome == "fail" else None,
        "explanation": None,
        "pointers": pointers,
    }


def put(content: Json, pointer: str, value: object) -> Json:
    """The content with another value at a pointer of its report, a figure's entry included if it has one."""
    spoilt = copy.deepcopy(content)
    node: Any = spoilt["report"]
    *way, last = pointer.split("/")[1:]
    for step in way:
        node = node[int(step)] if isinstance(node, list) else node[step]
    node[int(last) if isinstance(node, list) else last] = value
    entry = spoilt["figures"].get(pointer)
    if value is None:
        spoilt["figures"].pop(pointer, None)
    elif entry:
        entry["value"] = value
    elif is_number(value):
        spoilt["figures"][pointer] = figure(value, "verified", [70, 700, 110, 714])
    return spoilt


class Answers:
    """A task that gives each source, in the order of the cases' names, the result that it was told to, or raises it; of
    a pair of a result and a number so many of them. What it is given is a copy, which does not say whose."""

    def __init__(self, answers: Mapping[str, Json | Exception | tuple[Json, int]]) -> None:
        self._answers = cycle(answers[name] for name in sorted(answers))

    def __call__(self, path: Path, sha256: str) -> list[Result]:
        assert path.is_file()
        answer = next(self._answers)
        if isinstance(answer, Exception):
            raise answer
        given, reports = answer if isinstance(answer, tuple) else (answer, 1)
        given = copy.deepcopy(given)
        given["source"]["sha256"] = sha256
        return [typed(given)] * reports

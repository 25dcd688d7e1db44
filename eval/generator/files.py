"""Writing a case to a folder: its source (report.pdf, or a text), expected.json, tags.json."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from recount.eval.generator.budgets import BudgetCase
from recount.eval.generator.case import Case
from recount.eval.generator.texts import Written


def plain(value: Any) -> Any:
    """A gold value for JSON: a Decimal becomes the number it prints (10.00 -> 10.0, 10 -> 10)."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral() and value.as_tuple().exponent == 0 else float(value)
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    return value


def write_case(case: Case | BudgetCase, folder: Path, text: Written | None = None) -> Path:
    """Write the case into `folder`/<its name>, as PDF or as a text; returns that folder."""
    out = folder / case.name
    out.mkdir(parents=True, exist_ok=True)
    suffix, data = (text.suffix, text.data) if text else ("pdf", case.pdf)
    (out / f"report.{suffix}").write_bytes(data)
    planted = [
        {"pointer": d.pointer, "rule": d.rule, "printed": plain(d.printed), "consistent": plain(d.consistent)}
        for d in case.discrepancies
    ]
    figures = [{"pointer": pointer, "raw": raw} for pointer, raw in case.figures]
    _write(out / "expected.json", plain(case.gold))
    _write(out / "tags.json", {**case.tags, "discrepancies": planted, "figures": figures})
    return out


def _write(path: Path, value: Any) -> None:
    """Write one JSON file, readable and stable."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

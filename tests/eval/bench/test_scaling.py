"""What docs/scaling.md is written from, and that it was."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from recount.eval.bench import scaling
from recount.eval.bench.ocr import Measured, OcrRun
from recount.eval.bench.scaling import BEGIN, DOCUMENT, END, KEPT, OCR, ROOT, Grown, tables, written
from recount.pipeline.run.fates import Attempt, Outcome

MACHINE = {"cores": 2, "python": "3.11.7", "version": "1", "load": 0.4}
PAGES = [
    {"pages": 12, "reports": 1, "cpu": 1.5, "memory": 101, "rate": 8.0},
    {"pages": 1_004, "reports": 40, "cpu": 15.5, "memory": 120, "rate": 64.8},
]
ROWS = {"structure": {"cpu": 2.0, "ratio": 1.0}, "MuPDF": {"cpu": 0.5, "ratio": 0.25}}
TIMES = {"pages": 3, "wall": 1.5, "cpu": 1.25}
FILE: dict[str, Any] = {
    "pages": {"measured": PAGES, "machine": MACHINE},
    "readers": {"measured": {"pages": 100, "rows": ROWS}, "machine": MACHINE},
    "start": {"measured": {"one": TIMES, "hundred": TIMES}, "machine": MACHINE},
}


def test_the_document_is_as_the_script_writes_it() -> None:
    kept, ocr = ((json.loads(path.read_text()) if path.exists() else None) for path in (ROOT / KEPT, ROOT / OCR))
    text = (ROOT / DOCUMENT).read_text(encoding="utf-8")
    assert written(text, tables(kept or {}, ocr)) == text


def test_each_table_says_where_its_numbers_come_from() -> None:
    text = tables(FILE, None)
    assert "| 1,004 | 40 | 15.5 | 64.8 | 120 |" in text
    assert "| MuPDF | 0.5 | 0.25 |" in text
    assert "| one small report | 3 | 1.25 | 1.5 |" in text
    assert f"<!-- table from {KEPT}: 12 = pages.measured.0; 1,004 = pages.measured.1 | reports = reports;" in text
    assert "2 cores with 0.4 processes wanting one" in text
    assert text.count("<!-- table") == 3


def test_what_was_not_measured_has_no_table() -> None:
    assert tables({}, None) == ""
    assert tables({"pages": FILE["pages"]}, None).count("<!-- table") == 1


def test_scans_are_told_from_their_own_file() -> None:
    runs = {
        "whole": [OcrRun(9, 8, 1.0), OcrRun(9, 6, 1.2)],
        "exact": [OcrRun(9, 12, 1.1)],
        "bare": [OcrRun(9, 14, 0.9)],
    }
    kept = Measured(runs, 1.9).kept(4)
    assert kept == {
        "pages": 4,
        "jobs": {
            "whole": {"page": 1.75, "peak": 1.2},
            "exact": {"page": 3.0, "peak": 1.1},
            "bare": {"page": 3.5, "peak": 0.9},
        },
        "two": 1.9,
    }
    assert "| Recount, in 32 bits | 3.0 | 1.1 |" in tables({}, kept)


def test_only_what_stands_between_the_marks_is_written() -> None:
    text = f"before\n{BEGIN}old\n{END}behind\n"
    assert written(text, "new\n") == f"before\n{BEGIN}\nnew\n\n{END}behind\n"
    assert written(written(text, "new\n"), "new\n") == written(text, "new\n")
    with pytest.raises(ValueError, match="no marks"):
        written("a document", "new")


def test_an_archive_tells_what_it_took_at_each_step() -> None:
    grown = Grown()
    for pages in (4, 7, 40, 50, 60):
        grown.note(Outcome(Attempt(file="a", sha256="0", status="ok", pages=pages)))
    assert [(row["pages"], row["reports"]) for row in grown.rows] == [(11, 2), (101, 4)]
    with pytest.raises(RuntimeError, match="a: torn"):
        grown.note(Outcome(Attempt(file="a", sha256="0", status="failed", reason="torn")))


def test_reports_are_made_till_there_are_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str | None]] = []

    def write(orders: list[Any], folder: Path) -> list[Path]:
        asked.append([order.name for order in orders])
        for order in orders:
            (folder / order.name).mkdir()
            (folder / order.name / "report.pdf").touch()
        return []

    monkeypatch.setattr(scaling, "write_cases", write)
    made = scaling.made(tmp_path, scaling.archive_orders(), lambda reports: len(reports) > 30)
    assert len(made) == 40
    assert [len(names) for names in asked] == [20, 20]
    assert [order.name for order in islice(scaling.archive_orders(), 3)] == ["0-000", "0-001", "00000"]
    assert scaling.made(tmp_path, scaling.archive_orders(), lambda reports: len(reports) > 30) == made

"""The carrying lines of what is printed: ink, fonts, whole numbers (carrying_lines.py has the others)."""

from __future__ import annotations

from recount.eval.carrying_lines import CarryingLine

OF_THE_PRINT: tuple[CarryingLine, ...] = (
    CarryingLine(
        "pipeline/split/lattice.py",
        "    _keep_signs(text, boxes, stretches)\n",
        "",
        "a sign over the edge of a cell stays with its figure",
        ("pipeline/split/test_lattice.py",),
    ),
    CarryingLine(
        "pipeline/split/reports.py",
        " or _has_little(page)]",
        "]",
        "the end of a table that is printed like another is read",
        ("pipeline/split/test_reports.py",),
    ),
    CarryingLine(
        "pipeline/read/ink.py",
        "seen = (levels >= _UNSEEN) & (",
        "seen = (levels >= 0) & (",
        "what has no contrast on the page is not read",
        ("pipeline/read",),
    ),
    CarryingLine(
        "pipeline/read/ink.py",
        "seen = (levels >= _UNSEEN) & (signs.boxes[:, 3] - signs.boxes[:, 1] >= _SMALLEST * min(size))",
        "seen = levels >= _UNSEEN",
        "what is too small to be read is not read",
        ("pipeline/read",),
    ),
    CarryingLine(
        "pipeline/read/ink.py",
        "unsure |= _are_covered(figures.boxes, shown, paints)",
        "pass",
        "what was painted over is looked at",
        ("pipeline/read", "pipeline/ocr/test_witness.py"),
    ),
    CarryingLine(
        "pipeline/read/ink.py",
        " + _where(_upon_another(figures) & ~unsure)",
        "",
        "two figures at one place are looked at",
        ("pipeline/read", "pipeline/ocr/test_witness.py"),
    ),
    CarryingLine(
        "pipeline/read/ink.py",
        'say("struck_by_line"), touches=True, disputes=True',
        'say("struck_by_line")',
        "a figure that is struck out is disputed",
        ("pipeline/read",),
    ),
    CarryingLine(
        "pipeline/ocr/witness.py",
        "if digits_of(one) != digits_of(other):",
        "if False:",
        "another number is what is printed only if two readings agree on it",
        ("pipeline/ocr/test_witness.py",),
    ),
    CarryingLine(
        "pipeline/ocr/witness.py",
        "if not _is_cleared(run, runs, eye):",
        "if False:",
        "a font that the page contradicts is not believed",
        ("pipeline/ocr/test_witness.py",),
    ),
    CarryingLine(
        "pipeline/ocr/witness.py",
        "piece.box, said, touches=True)",
        "piece.box, said)",
        "without OCR nothing confirms what the page may show otherwise",
        ("pipeline/ocr/test_witness.py",),
    ),
    CarryingLine(
        "pipeline/split/split.py",
        "replace(remark, touches=True, disputes=True)",
        "remark",
        "what a page of corrections names is disputed",
        ("pipeline/split/test_split.py",),
    ),
    CarryingLine(
        "pipeline/split/tokens.py",
        'origin="ocr" if confidences else',
        "origin=",
        "a figure that was read from the rendered page counts as read by OCR",
        ("pipeline/split",),
    ),
)

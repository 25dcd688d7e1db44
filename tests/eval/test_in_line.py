"""The measure of tables in line: what stands in its row and column, and what is no number of its page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from recount.eval.in_line import Count, count_of, main
from recount.tests.pipeline.split.paper import Paper

ROWS = (("Cash", "1,234.5", "1,100.0"), ("Debt", "(56.7)", "70.0"), ("Net", "1,177.8", "1,170.0"))
GOLD = {"Cash": ["1234.5", "1100.0"], "Debt": ["-56.7", None], "Net": ["1177.8", "1170.0"]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A document of one table, with its gold."""
    paper = Paper()
    for right, year in ((400.0, "2024"), (520.0, "2023")):
        paper.put(right, 100, f"December 31, {year}", ">")
    paper.rows(ROWS, (400.0, 520.0), 120)
    paper.put(60, 300, "As told before, all amounts of this statement are those of the years that end in December.")
    own = tmp_path / "report"
    own.mkdir()
    paper.pdf.save(own / "document.pdf")
    return own


def gold(folder: Path, columns: list[str]) -> Count:
    rows = [{"label": label, "values": values} for label, values in GOLD.items()]
    table = {"title": "Balance", "unit": "USD", "columns": columns, "rows": rows}
    (folder / "gold.json").write_text(json.dumps({"tables": [table]}), "utf-8")
    return count_of(folder)


def test_figures_are_counted_in_the_row_of_their_label_and_the_column_of_their_period(folder: Path) -> None:
    found = gold(folder, ["2024-12-31", "2023-12-31"])
    assert (found.gold, found.tokens, found.in_row, found.in_place, found.strange) == (5, 5, 5, 5, 0)
    assert found.misses == []


def test_a_figure_of_another_period_is_not_in_place(folder: Path) -> None:
    found = gold(folder, ["2023-12-31", "2024-06-30"])
    assert (found.in_row, found.in_place) == (5, 0)
    assert found.misses[0] == "Cash | 2023-12-31 | 1234.5 | row"


def test_a_folder_is_told_document_by_document(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gold(folder, ["2024-12-31", "2022-12-31"])
    assert main([str(folder.parent), "--misses"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "report: gold 5, tokens 5 (1.000), in row 5 (1.000), in place 3 (0.600), strange 0"
    assert said[1] == "    Cash | 2022-12-31 | 1100.0 | row"
    assert said[-1].startswith("all: gold 5")
    assert main([str(folder)]) == 2

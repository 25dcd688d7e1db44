"""Whole evaluations: fates, files, the same numbers twice, comparisons, the report."""

from __future__ import annotations

import json
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from recount.eval.cases import find_cases
from recount.eval.report.page import render, write_report
from recount.eval.score.compare import compare
from recount.eval.score.harness import Scored, evaluate
from recount.eval.score.metrics import tally
from recount.eval.score.results import fails_under, read_results, write_results
from recount.pipeline.errors import NeedsOcr, UsageError
from recount.tests.eval.made import GOLD, Answers, put, result, write_case

Json = dict[str, Any]


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    for name in ("a", "b", "c"):
        write_case(tmp_path / "gold", name, form="x2022" if name == "a" else "n", discrepancies=[])
    return tmp_path / "gold"


def answers(**spoilt: Any) -> Answers:
    return Answers({"a": result(), "b": result(), "c": result()} | spoilt)


def evaluated(gold: Path, out: Path, task: Answers) -> tuple[Scored, Json]:
    scored = evaluate(find_cases(gold), task, out, jobs=1)
    write_results(out / "results.json", scored.scores, "0")
    return scored, read_results(out)


def test_each_case_has_its_fate(gold: Path, tmp_path: Path) -> None:
    task = answers(b=NeedsOcr("it is a scan"), c=KeyError("a bug"))
    scored, results = evaluated(gold, tmp_path / "out", task)
    assert [(score.name, score.fate) for score in scored.scores] == [
        ("a", "scored"),
        ("b", "refused"),
        ("c", "crashed"),
    ]
    assert scored.scores[1].reason == "it is a scan"
    assert [tally(score.cells).accuracy for score in scored.scores] == [1, 0, 0]
    assert (results["summary"]["figures"]["right"], results["summary"]["figures"]["missing"]) == (12, 24)


def test_a_case_that_is_read_as_several_reports_is_not_scored_by_one_of_them(gold: Path, tmp_path: Path) -> None:
    scored, _ = evaluated(gold, tmp_path / "out", answers(b=(result(), 2)))
    assert [score.fate for score in scored.scores] == ["scored", "refused", "scored"]
    assert scored.scores[1].reason == "it was read as 2 reports, and is one"


def without_clock(results: Json) -> str:
    """Results without what depends on the machine's pace."""

    def strip(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: strip(value) for key, value in node.items() if not key.startswith("seconds")}
        return [strip(each) for each in node] if isinstance(node, list) else node

    return json.dumps(strip(results), default=str)


def test_two_runs_give_the_same_numbers(gold: Path, tmp_path: Path) -> None:
    task = answers(b=put(result(), "/income/total", 5))
    first, second = (evaluated(gold, tmp_path / name, task)[1] for name in ("one", "two"))
    assert without_clock(first) == without_clock(second)


def test_results_tell_every_mistake(gold: Path, tmp_path: Path) -> None:
    _, results = evaluated(gold, tmp_path, answers(b=put(result(), "/income/total", 5)))
    assert results["summary"]["figures"]["silent"] == 1
    assert results["sections"]["income"]["wrong"] == 1
    assert results["sections"]["fiscal_year"]["wrong"] == 0
    assert results["statuses"]["verified"]["right"] == results["statuses"]["verified"]["delivered"] - 1
    assert results["tags"]["form"]["n"]["figures"]["wrong"] == 1
    assert results["tags"]["form"]["x2022"]["figures"]["wrong"] == 0
    (error,) = results["cases"][1]["figures"]
    assert (error["pointer"], error["gold"], error["got"]) == ("/income/total", Decimal("100.5"), 5)


def test_compare_shows_what_changed(gold: Path, tmp_path: Path) -> None:
    total, items = "/income/total", "/general_public_budget/items/0/amount"
    before = put(put(result(), total, 5), items, 6)
    after = put(put(result(), items, 7), "/fiscal_year", None)
    _, old = evaluated(gold, tmp_path / "old", answers(a=before, c=KeyError("a bug")))
    scored, new = evaluated(gold, tmp_path / "new", answers(a=after, b=NeedsOcr("a scan")))
    found = compare(old, new)
    assert [(each.kind, each.case, each.pointer) for each in found.changes] == [
        ("mended", "a", total),
        ("changed", "a", items),
        ("broken", "a", "/fiscal_year"),
    ]
    assert found.fates == (("b", "scored", "refused"), ("c", "crashed", "scored"))
    assert (found.before.silent, found.after.silent) == (2, 1)
    page = render(scored, "0", found)
    assert "mended: 1" in page
    assert "c: crashed → scored" in page


def test_compare_names_cases_of_one_side(gold: Path, tmp_path: Path) -> None:
    _, old = evaluated(gold, tmp_path / "old", answers())
    write_case(gold, "d", form="n")
    _, new = evaluated(gold, tmp_path / "new", answers(d=result()))
    assert compare(old, new).added == ("d",)
    assert compare(new, old).gone == ("d",)
    assert compare(old, old).changes == ()


def test_fail_under(gold: Path, tmp_path: Path) -> None:
    _, loud = evaluated(gold, tmp_path / "loud", answers(b=put(result(), "/income/total", None)))
    assert fails_under(loud, Decimal(35) / 36) is None
    assert fails_under(loud, Decimal("0.98")) == "35 of 36 figures right, under 0.98"
    _, silent = evaluated(gold, tmp_path / "silent", answers(b=put(result(), "/income/total", 1)))
    assert fails_under(silent, Decimal(0)) == "1 silent errors"


def test_what_is_no_evaluation_is_refused(tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text("{}")
    with pytest.raises(UsageError, match="no results"):
        read_results(tmp_path)
    with pytest.raises(UsageError, match="no case"):
        find_cases(tmp_path)


class Links(HTMLParser):
    """Everything that a page would load or lead to, and the tags that are open."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.names: list[str] = []
        self.open: list[str] = []
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        if tag not in ("img", "meta"):
            self.open.append(tag)
        self.targets += [value or "" for key, value in attrs if key in ("src", "href", "data", "action", "srcset")]
        self.names += [value or "" for key, value in attrs if key == "id"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_report_stands_alone(gold: Path, tmp_path: Path) -> None:
    task = answers(b=put(result(), "/income/total", 5), c=NeedsOcr("a scan"))
    scored, _ = evaluated(gold, tmp_path, task)
    write_report(tmp_path / "report.html", scored, "0")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    links = Links()
    links.feed(page)
    assert not links.open
    assert not links.scripts
    pictures = [target for target in links.targets if target.startswith("data:image/")]
    assert len(pictures) == 1
    assert {target for target in links.targets if target not in pictures} <= {f"#{name}" for name in links.names}
    assert "url(" not in page
    assert "@import" not in page
    assert "本年收入" in page, "the figure is called by its official title"
    assert page.index("silent errors") < page.index("figures right")


def test_the_report_shows_ocr_alone_and_what_a_model_took(gold: Path, tmp_path: Path) -> None:
    content = result()
    content["figures"]["/income/total"] |= {"origin": "ocr", "status": "repaired", "first_reading": "106.5"}
    asked = {"calls": 2, "prompt_tokens": 900, "completion_tokens": 100, "price": "0.02", "seconds": 1.5}
    content["summary"] = {"model": asked}
    scored, results = evaluated(gold, tmp_path, answers(a=content))
    assert results["summary"]["repairs"]["ocr_alone"] == 0
    assert results["summary"]["repairs"]["ocr_after_repair"] == 1
    assert results["tags"]["form"]["x2022"]["spend"]["tokens_per_page"] == 1000
    page = render(scored, "0")
    assert "OCR alone against after repair" in page
    for words in ("calls/page", "tokens/page", "cost/page", "0.0200"):
        assert words in page
    assert "OCR alone against" not in render(evaluated(gold, tmp_path / "digital", answers())[0], "0")


def test_sources_of_one_content_are_cases_of_their_own(gold: Path, tmp_path: Path) -> None:
    scored, _ = evaluated(gold, tmp_path, answers(b=put(result(), "/income/total", 5)))
    assert [tally(score.cells).wrong for score in scored.scores] == [0, 1, 0]


def test_texts_of_documents_cannot_become_markup(tmp_path: Path) -> None:
    evil = GOLD | {"unit_name": "<script>alert(1)</script>", "other_notes": '"><img src=x>'}
    write_case(tmp_path / "gold", "a<b>", gold=evil, form="<i>")
    write_case(tmp_path / "gold", "z", gold=evil, form="&")
    task = Answers({"a<b>": put(result(evil), "/unit_name", "<b>"), "z": KeyError("<u>")})
    scored, _ = evaluated(tmp_path / "gold", tmp_path / "out", task)
    page = render(scored, "<version>")
    for markup in ("<script", "<img src=x", "<i>", "<u>", "<version>", "a<b>"):
        assert markup not in page
    assert "&lt;script&gt;alert(1)" in page


def test_cases_side_by_side(tmp_path: Path) -> None:
    for name in ("r.pdf", "r.poor-scan.pdf", "r2.pdf"):
        (tmp_path / name).touch()
    for name in ("r", "r2"):
        (tmp_path / f"{name}.gold.json").write_text(json.dumps(GOLD))
    (tmp_path / "r.notes.md").write_text("SOURCE: /income/total: a vs b\n- SOURCE: /a/0/b, /c: d\nNone.\n")
    cases = find_cases(tmp_path)
    assert [(case.name, case.scan, case.form) for case in cases] == [
        ("r", "digital", "s2024"),
        ("r.poor-scan", "poor", "s2024"),
        ("r2", "digital", "s2024"),
    ]
    assert cases[0].planted == (("/income/total",), ("/a/0/b", "/c"))
    assert cases[2].planted is None

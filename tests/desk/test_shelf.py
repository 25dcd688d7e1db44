"""The queue: a row a report, the worst first, from the ledger at once and from the results by and by."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from recount.desk.charts import overview_of, rules_of
from recount.desk.shelf import STATES, Break, Details, Row, Shelf, Wanted, details_of, key_of
from recount.pipeline.output.folder import whole_result
from recount.pipeline.result import Decided, LeftOut
from recount.pipeline.review.decisions import Place, Verdict, append, decision_on, read, withdrawal
from recount.pipeline.run.fates import Attempt
from recount.pipeline.run.ledger import LEDGER, Ledger
from recount.pipeline.run.store import result_path
from recount.tests.desk.conftest import BAD, BAD_NAME

PLACE = Place(1, (0, 0, 1, 1), "1")
UNIT = (((("a",), PLACE)),)


def details(
    disputed: int = 0, units: int | None = None, left_out: int = 0, unread: int = 0, decided: int = 0, **more: object
) -> Details:
    breaks = tuple(more.get("breaks", ()))  # type: ignore[call-overload]
    count = (disputed > 0) if units is None else units
    return Details({"verified": 9, "disputed": disputed}, breaks, left_out, unread, 3, 0, (UNIT,) * count, decided)


def row(name: str, found: Details | None = None, **more: object) -> Row:
    return Row(key_of(name), name, name, str(more.get("unit", name)), 2022, Path(name), details=found)


FAILED = Row("!", "failed", "failed", "", None, None, reason="is broken")


def test_the_worst_come_first() -> None:
    rows = [
        row("clean", details()),
        FAILED,
        row("unread", details(unread=2)),
        row("left", details(left_out=1)),
        row("many", details(9)),
        row("few", details(2)),
        replace(row("done", details(20)), decided=1),
    ]
    ordered = sorted(rows, key=lambda one: one.badness)
    assert [one.name for one in ordered] == ["many", "few", "done", "left", "unread", "failed", "clean"]
    assert [one.state for one in ordered] == ["open", "open", "done", "left_out", "unread", "failed", "clean"]


@pytest.mark.parametrize("state", STATES)
def test_every_state_can_be_asked_for(state: str) -> None:
    rows = [
        row("open", details(2)),
        row("left_out", details(left_out=1)),
        row("unread", details(unread=1)),
        FAILED,
        replace(row("done", details(1)), decided=1),
        row("clean", details()),
    ]
    found = {one.name for one in rows if Wanted(state).fits(one)}
    assert found == ({"open", "done"} if state == "disputed" else {state})


def test_rows_are_asked_for_by_unit_year_and_failing_identity() -> None:
    broken = Break("c1", "a = b", "error", Decimal(3), True, 1)
    one = row("2022/a.pdf", details(1, breaks=[broken]), unit="岚市水利局")
    assert Wanted(unit="水利", year="2022", rule="a = b").fits(one)
    assert Wanted(unit="A.PDF").fits(one)
    assert not Wanted(unit="教育").fits(one)
    assert not Wanted(year="2021").fits(one)
    assert not Wanted(rule="a = c").fits(one)
    assert not Wanted(rule="a = b").fits(row("x"))


def test_a_ledger_tells_what_is_disputed_before_any_result_is_read(structured: Path) -> None:
    shelf = Shelf(structured / "out")
    rows = shelf.rows()
    assert [one.disputed for one in rows] == [1, 0, 0]
    assert [one.details for one in rows] == [None] * 3
    assert rows[0].unit == "望垣县档案馆"
    assert rows[1].reason.startswith("broken.pdf is damaged")
    shelf.count(threading.Event())
    worst = shelf.rows()[0]
    assert (worst.to_decide, worst.settled, worst.errors, worst.state) == (1, 0, 1, "open")
    assert rules_of([worst]) == ["总分 = 各指标得分之和 + 资金得分"]


def test_what_is_decided_counts_and_what_is_taken_back_does_not(desk: Path) -> None:
    shelf = Shelf(desk)
    shelf.count(threading.Event())
    name = f"2022.zip/{BAD_NAME}"
    result = whole_result(result_path(desk, name))
    append(desk, name, decision_on(result, "/project_evaluations/0/total_score", Verdict.AS_PRINTED, "a"))
    found = next(one for one in shelf.rows() if one.key == BAD)
    assert (found.settled, found.to_decide, found.open, found.state) == (1, 1, 0, "done")
    append(desk, name, withdrawal(read(desk, name).decisions[0], "a"))
    assert next(one for one in shelf.rows() if one.key == BAD).state == "open"


def test_a_result_that_was_made_with_decisions_tells_how_many(structured: Path) -> None:
    result = whole_result(result_path(structured / "out", f"2022.zip/{BAD_NAME}"))
    reach = result.summary.coverage
    assert reach is not None
    told = [Decided("1", "/x", "misread", "a", "", "applied"), Decided("2", "/y", "misread", "a", "", "stale", "gone")]
    reach = replace(reach, rows_left_out=[LeftOut("/x", 2, ["1"])])
    summary = replace(result.summary, decisions=told, coverage=reach, unread_pages=[3, 4])
    found = details_of(replace(result, summary=summary))
    assert (found.decided, found.left_out, found.unread, len(found.to_decide)) == (1, 1, 2, 1)


def test_a_folder_without_a_ledger_has_its_rows_from_the_results(desk: Path) -> None:
    for path in desk.glob(f"{LEDGER}*"):
        path.unlink()
    shelf = Shelf(desk)
    assert {one.state for one in shelf.rows()} <= {"open", "clean", "done"}
    shelf.count(threading.Event())
    assert [one.state for one in shelf.rows()] == ["open", "clean"]


def test_counting_ends_when_it_is_told_to(structured: Path) -> None:
    shelf, stop = Shelf(structured / "out"), threading.Event()
    stop.set()
    shelf.count(stop)
    assert all(one.details is None for one in shelf.rows())


def test_a_result_that_cannot_be_read_is_a_failure_with_its_reason(desk: Path) -> None:
    path = result_path(desk, "clean.pdf")
    path.write_bytes(path.read_bytes()[:5_000])
    shelf = Shelf(desk)
    shelf.count(threading.Event())
    (broken,) = (one for one in shelf.rows() if one.name == "clean.pdf")
    assert (broken.state, "is no result file" in broken.reason) == ("failed", True)
    assert not shelf.uncounted()


def test_what_a_run_writes_meanwhile_is_counted_too(desk: Path) -> None:
    shelf, stop = Shelf(desk), threading.Event()
    counting = threading.Thread(target=shelf.keep_counting, args=(stop, 0.05), daemon=True)
    counting.start()
    content = result_path(desk, "clean.pdf").read_bytes()
    result_path(desk, "more.pdf").write_bytes(content.replace(b'"clean.pdf"', b'"more.pdf"'))
    with Ledger(desk / LEDGER) as ledger:
        ledger.record(ledger.start_run("1", {}), "1", Attempt("more.pdf", "1", "ok"))
    for _ in range(200):
        if any(one.name == "more.pdf" and one.details for one in shelf.rows()):
            break
        time.sleep(0.05)
    else:
        raise AssertionError("it was never counted")
    stop.set()
    counting.join(10)
    assert not counting.is_alive()


def test_a_new_run_is_seen(desk: Path) -> None:
    shelf = Shelf(desk)
    assert len(shelf.rows()) == 3
    with Ledger(desk / LEDGER) as ledger:
        run = ledger.start_run("1", {})
        ledger.record(run, "1", Attempt("new.pdf", None, "failed", "is gone"))
    assert [one.reason for one in shelf.rows() if one.name == "new.pdf"] == ["is gone"]


def test_two_thousand_reports_are_a_second(structured: Path, tmp_path: Path) -> None:
    """Of this machine's time: the queue is there before anything was counted."""
    out, number = tmp_path / "out", 2_000
    shutil.copytree(structured / "out", out)
    content = result_path(out, "clean.pdf").read_bytes()
    with Ledger(out / LEDGER) as ledger:
        run = ledger.start_run("1", {})
        with ledger._transaction():
            for at in range(number):
                name = f"unit-{at % 40:02}/{at}.pdf"
                ledger.record(
                    run, "1", Attempt(name, f"{at}", "ok", pages=20, figures={"verified": 300, "disputed": at % 7})
                )
                path = result_path(out, name)
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(content.replace(b'"clean.pdf"', f'"{name}"'.encode())[:9_000])
    began = time.process_time()
    rows = Shelf(out).rows()
    assert time.process_time() - began < 1.0
    assert (len(rows), rows[0].disputed) == (number + 3, 6)


def test_keys_are_of_any_name_and_tell_them_apart() -> None:
    names = ["a", "A", "", "<script>", "\udc80", "#1", "x" * 5_000]
    assert len({key_of(name) for name in names}) == len(names)
    assert all(key.isalnum() for key in map(key_of, names))


def test_the_overview_groups_what_the_rows_say_and_leaves_copies_out() -> None:
    breaks = [Break("c1", "a", "error", Decimal(5), True, 1), Break("c2", "b", "minor", Decimal(900), True, 1)]
    again = Break("c3", "a", "error", Decimal("4.99"), True, 2)
    copy: Mapping[str, object] = {"attempt": Attempt("c", "1", "ok", same_as="one")}
    rows = [
        row("one", details(3, breaks=[*breaks, again]), unit="甲"),
        row("two", details(1, breaks=breaks[:1]), unit="乙"),
        replace(row("copy", details(50), unit="丙"), **copy),  # type: ignore[arg-type]
        FAILED,
    ]
    found = overview_of(rows)
    assert [(group.name, group.disputed) for group in found.units] == [("甲", 3), ("乙", 1)]
    assert [(group.name, group.reports, group.figures) for group in found.years] == [("2022", 2, 22)]
    assert found.years[0].share("verified") == pytest.approx(18 / 22)
    assert [(rule.rule, rule.errors, rule.minor) for rule in found.rules] == [("a", 3, 0), ("b", 0, 1)]
    assert [(one.name, broken.off) for one, broken in found.largest] == [("one", 5), ("two", 5)]
    assert (found.most_disputed, found.most_failing, found.most_money) == (4, 3, 5)
    empty = overview_of([])
    assert (empty.most_disputed, empty.most_failing, empty.most_money) == (1, 1, Decimal("0.01"))

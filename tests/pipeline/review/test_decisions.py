"""Decisions are kept as they were acknowledged, whatever happens to their writers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recount.pipeline.archive.locations import Url, put
from recount.pipeline.errors import UsageError
from recount.pipeline.result import Decided, MapperUse, Result, Source, Summary
from recount.pipeline.review.decisions import (
    NONE,
    Corrections,
    Decision,
    Place,
    Verdict,
    append,
    corrections_in,
    decide,
    decided_in,
    last_about,
    read,
    standing,
    withdrawal,
)

HERE = Place(2, (100.0, 200.0, 140.5, 212.25), "4ll.63")
ELSEWHERE = Place(2, (300.0, 200.0, 340.0, 212.0), "80.88")


def decision(pointer: str = "/income/total", verdict: Verdict = Verdict.AS_PRINTED, **more: object) -> Decision:
    whole = decide("a reviewer", "f" * 64, pointer, verdict, HERE)
    return replace(whole, **more)  # type: ignore[arg-type]


def test_what_is_appended_is_read_in_its_order_with_all_that_it_says(tmp_path: Path) -> None:
    first = decision(verdict=Verdict.MISREAD, value="411.63", note='"引号"\n第二行')
    in_text = Place(1, None, "3", line=7, columns=(4, 4))
    second = decision("/a/0/b", Verdict.OTHER_TOKEN, place=in_text, target=ELSEWHERE)
    for made in (first, second):
        append(tmp_path, "2022/a.pdf#2", made)
    assert read(tmp_path, "2022/a.pdf#1").decisions == (first, second)
    assert (tmp_path / "corrections/2022/a.pdf.jsonl").read_bytes().count(b"\n") == 2
    assert decided_in(tmp_path)("2022/a.pdf") == read(tmp_path, "2022/a.pdf")
    assert decided_in(tmp_path)("2022/b.pdf") == read(tmp_path, "2022/b.pdf") == NONE
    assert decided_in(tmp_path / "elsewhere")("2022/a.pdf") == NONE


@pytest.mark.parametrize("name", ["<script>\"'#%.pdf", "局" * 83 + ".pdf", "a.zip/-.pdf"])
def test_any_name_of_a_report_has_its_decisions(tmp_path: Path, name: str) -> None:
    append(tmp_path, name, decision())
    assert len(read(tmp_path, name).decisions) == 1


def test_no_name_leads_out_of_the_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no path below"):
        append(tmp_path, "../a.pdf", decision())


@pytest.mark.parametrize(
    "line",
    [
        b'{"id": "x", "at": "2026-01-01", "sha',
        b"[]",
        b'{"id": "x", "at": "t", "sha256": "s", "pointer": "/a", "verdict": "maybe", "place": {"page": 1, "raw": ""}}',
        b'{"id": "x", "at": "t", "sha256": "s", "pointer": "", "verdict": "misread", "place": {"page": 1, "raw": ""}}',
        b'{"id": "x", "at": "t", "sha256": "s", "pointer": "/a", "verdict": "misread", "place": {"page": "1"}}',
        b'{"id": "x", "at": "t", "sha256": "s", "pointer": "/a", "verdict": "misread", "place": null}',
        b"\xff\xfe",
    ],
)
def test_a_line_that_is_no_decision_is_kept_and_told(tmp_path: Path, line: bytes) -> None:
    file = tmp_path / "corrections" / "a.pdf.jsonl"
    append(tmp_path, "a.pdf", decision())
    with file.open("ab") as opened:
        opened.write(line)
    before = file.read_bytes()
    append(tmp_path, "a.pdf", decision("/b"))
    found = read(tmp_path, "a.pdf")
    assert [one.pointer for one in found.decisions] == ["/income/total", "/b"]
    assert len(found.broken) == 1
    assert str(found.broken[0]).startswith("line 2 of the decisions is none")
    assert file.read_bytes().startswith(before)


def test_another_hash_whenever_something_else_was_decided(tmp_path: Path) -> None:
    append(tmp_path, "a.pdf", decision())
    first = read(tmp_path, "a.pdf").sha256
    assert first == read(tmp_path, "a.pdf").sha256
    append(tmp_path, "a.pdf", decision())
    assert read(tmp_path, "a.pdf").sha256 not in ("", first)


def test_at_a_url_decisions_are_read_and_none_is_kept(tmp_path: Path) -> None:
    out = Url("memory://decisions/out")
    assert decided_in(out)("a.pdf") == NONE
    with pytest.raises(UsageError, match="folder of this machine"):
        append(out, "a.pdf", decision())
    append(tmp_path, "a.pdf", decision())
    put(out / "corrections/a.pdf.jsonl", (tmp_path / "corrections/a.pdf.jsonl").read_bytes())
    assert decided_in(out)("a.pdf") == read(out, "a.pdf") == read(tmp_path, "a.pdf")
    assert decided_in(out)("b.pdf") == NONE


def test_a_decision_that_cannot_be_kept_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "corrections").write_bytes(b"")
    with pytest.raises(UsageError, match="cannot be kept"):
        append(tmp_path, "a.pdf", decision())


# --- which count


def test_of_two_reviewers_the_last_counts_and_what_is_withdrawn_does_not() -> None:
    first, second = decision(by="Wang"), decision(by="Li", verdict=Verdict.NOT_A_FIGURE)
    assert standing([first, second]) == (second,)
    assert standing([first, withdrawal(first, "Li")]) == ()
    assert standing([first, withdrawal(first, "Li"), second]) == (second,)


def test_a_place_is_the_same_within_a_point_and_a_row_whatever_its_number() -> None:
    first = decision("/items/2/amount")
    moved = replace(HERE, bbox=(100.4, 200.0, 140.0, 212.0), raw="411.63")
    assert standing([first, decision("/items/3/amount", place=moved, id="b")])[0].id == "b"
    away = replace(HERE, bbox=(101.4, 200.0, 141.9, 212.25))
    assert len(standing([first, decision("/items/3/amount", place=away)])) == 2
    assert len(standing([first, decision("/items/2/amount", place=replace(HERE, page=3))])) == 2


def test_two_fields_of_one_number_are_decided_apart_but_its_reading_is_one() -> None:
    printed = [decision("/income/total"), decision("/expenditure/total")]
    assert len(standing(printed)) == 2
    misread = decision("/expenditure/total", Verdict.MISREAD, value="4")
    assert standing([*printed, misread]) == (misread,)
    gone = decision("/expenditure/total", Verdict.NOT_A_FIGURE)
    assert standing([misread, decision("/income/total"), gone])[-1] == gone


def test_what_is_undone_is_about_the_report_that_is_looked_at_and_the_figure_as_it_is_called_now() -> None:
    """Two reports of a file have figures of one pointer; and rows are counted otherwise by now."""
    first, second = decision("/a/2/b"), decision("/a/2/b", place=replace(HERE, page=9))
    corrections = Corrections((first, second))
    source = Source("a.pdf#1", "f" * 64, 9, report_pages=[1, 2])
    said = Summary({}, {}, 0, MapperUse("template"), {})
    result = Result("c/1", source, {}, {}, [], [], said)
    assert last_about(result, corrections, "/a/2/b") == first
    assert last_about(result, corrections, second.id) == second
    told = Decided(first.id, "/a/3/b", "as_printed", "", "", "applied")
    moved = replace(result, summary=replace(said, decisions=[told]))
    assert last_about(moved, corrections, "/a/3/b") == first
    with pytest.raises(UsageError, match="nothing is decided about"):
        last_about(moved, corrections, "/a/2/b")


# --- whatever befalls their writers

POINTERS = st.sampled_from(["/a", "/b/0/c", "/b/1/c"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("append"), POINTERS, st.sampled_from([v for v in Verdict if v is not Verdict.WITHDRAWN])),
        st.tuples(st.just("withdraw"), st.integers(0, 9), st.none()),
        st.tuples(st.just("torn"), st.integers(1, 200), st.none()),
    ),
    max_size=12,
)


@settings(deadline=None, max_examples=60)
@given(STEPS)
def test_after_any_history_all_that_was_acknowledged_is_there(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, object, object]]
) -> None:
    out = tmp_path_factory.mktemp("out")
    file = out / "corrections" / "a.pdf.jsonl"
    kept: list[Decision] = []
    for act, what, verdict in steps:
        if act == "torn":
            if kept:
                line = file.read_bytes().rstrip(b"\n").rsplit(b"\n", 1)[-1]
                with file.open("ab") as opened:
                    opened.write(line[: min(int(str(what)), len(line) - 1)])
            continue
        made = decision(str(what), Verdict(str(verdict))) if act == "append" else None
        if made is None:
            if not kept:
                continue
            made = withdrawal(kept[int(str(what)) % len(kept)], "somebody")
        append(out, "a.pdf", made)
        kept.append(made)
    found = read(out, "a.pdf")
    assert list(found.decisions) == kept
    counted = standing(found.decisions)
    assert not [one for one in counted if one.verdict is Verdict.WITHDRAWN]
    assert standing(counted) == counted
    if kept:
        assert (kept[-1] in counted) == (kept[-1].verdict is not Verdict.WITHDRAWN)


WRITER = """
import sys
from pathlib import Path
from recount.pipeline.review.decisions import Place, Verdict, append, decide
place = Place(1, (0.0, 0.0, 1.0, 1.0), "1")
for number in range(1000000):
    made = decide("w", "f" * 64, f"/a{number}", Verdict.AS_PRINTED, place)
    append(Path(sys.argv[1]), "a.pdf", made)
    print(made.id, flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_a_writer_that_is_killed_between_two_loses_none_that_was_acknowledged(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        said = [writer.stdout.readline().strip() for _ in range(5)]
        writer.send_signal(signal.SIGKILL)
        said += writer.stdout.read().split()
    found = {one.id for one in read(tmp_path, "a.pdf").decisions}
    assert set(filter(lambda number: len(number) == 16, said)) <= found
    append(tmp_path, "a.pdf", decision())
    assert len(read(tmp_path, "a.pdf").decisions) == len(found) + 1


def test_no_content_of_a_file_is_an_error() -> None:
    assert corrections_in(b"\n\n") == corrections_in(b"")
    assert len(corrections_in(b"\x00\n{}\nnull\n3").broken) == 4

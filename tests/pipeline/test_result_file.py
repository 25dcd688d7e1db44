"""Result files keep every digit, and are whole or not there."""

from __future__ import annotations

import errno
import json
import os
import stat
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recount.pipeline.errors import UsageError
from recount.pipeline.result import decoded, encode, plain, read_result, typed, write_json, write_result
from recount.schemas.saying import say

SOURCE = {"file": "a.pdf", "sha256": "ab", "pages": 1}
EMPTY: dict[str, Any] = {"contract": "x", "source": SOURCE, "report": {}, "figures": {}, "checks": []}
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False) | st.integers()


def leaves(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(children) | st.dictionaries(st.text(), children)


@pytest.mark.parametrize("digits", ["115.50", "0.00", "-25.330", "1E+3", "1E-7", "-0.0", "12345678901234567890.10"])
def test_a_decimal_is_a_number_with_its_printed_digits(digits: str) -> None:
    assert encode({"v": Decimal(digits)}) == f'{{"v": {Decimal(digits):f}}}'


@given(value=st.recursive(NUMBERS | st.text() | st.booleans() | st.none(), leaves))
def test_what_is_written_is_read_again(value: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "round.json"
    write_json(path, {**EMPTY, "report": {"value": value}, "checks": [value], "figures": {"a": value}})
    result = decoded(path.read_bytes())
    assert result["report"]["value"] == result["checks"][0] == result["figures"]["a"] == value
    assert encode(result["checks"]) == encode([value])  # the digits too, not just the values


def test_a_number_that_json_does_not_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="NaN"):
        write_json(tmp_path / "a.json", {**EMPTY, "report": {"v": Decimal("NaN")}})
    with pytest.raises(TypeError, match="set"):
        encode({1, 2})
    assert not list(tmp_path.iterdir())


def test_the_layout_is_made_for_diffs(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    figures = {f"/a/{n}": {"raw": "1.50", "value": Decimal("1.50")} for n in range(3)}
    write_json(path, {**EMPTY, "report": {"单位": {"total": Decimal("1.50")}}, "figures": figures})
    lines = path.read_text(encoding="utf-8").splitlines()
    assert '    "/a/1": {"raw": "1.50", "value": 1.50},' in lines
    assert '      "total": 1.50' in lines
    assert '    "单位": {' in lines
    assert json.loads(path.read_bytes())["figures"]["/a/2"]["value"] == 1.5


def test_a_lone_surrogate_of_a_broken_font_survives(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {**EMPTY, "report": {"text": "坏\udcff字"}})
    assert read_result(tmp_path / "a.json").report["text"] == "坏\udcff字"


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.json"
    write_json(path, EMPTY)
    before = path.read_bytes()

    def disk_full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", disk_full)
    with pytest.raises(OSError, match="No space"):
        write_json(path, {**EMPTY, "contract": "y"})
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"contract": 1}', "\xff"])
def test_what_is_no_result_file_is_said_to_be_none(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(UsageError, match="is no result file"):
        read_result(path)
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        read_result(tmp_path / "b.json")


def whole() -> dict[str, Any]:
    """The plain values of a result with everything in it that this version knows."""
    figure = {
        "raw": "1.50",
        "value": Decimal("1.50"),
        "unit": "万元",
        "printed_unit": "元",
        "page": 1,
        "bbox": [0, 0, Decimal("1.25"), 1],
        "origin": "ocr",
        "confidence": Decimal("0.98"),
        "mapper": "template",
        "status": "repaired",
        "checks": ["c1"],
    }
    check = {
        "id": "c1",
        "rule": "a = b",
        "expression": "1.50 = 1.50",
        "result": "pass",
        "computed": Decimal("1.50"),
        "printed": Decimal("1.50"),
        "residual": 0,
        "tolerance": Decimal("0.005"),
        "severity": None,
        "explanation": None,
        "pointers": ["/income/total"],
    }
    mapper = {"name": "cascade", "calls": 1, "input_tokens": 2, "output_tokens": 3, "cost": Decimal("0.01")}
    return {
        "contract": "final-accounts/1",
        "source": {"file": "a.pdf", "sha256": "ab", "pages": 2, "scanned_pages": [1], "ocr": "engine 1.0"},
        "report": {"income": {"total": Decimal("1.50")}, "other": Decimal("2.00")},
        "figures": {"/income/total": {**figure, "first_reading": "1.60"}, "/other": {**figure, "second_reading": "2"}},
        "checks": [check],
        "rejected": [{"pointer": "/x", "proposed": "9", "mapper": "model:m", "reason": {"code": "not_shown"}}],
        "summary": {
            "figures": {"verified": 0, "repaired": 2, "grounded": 0, "disputed": 0},
            "checks": {"pass": 1, "fail": 0, "minor": 0, "not_applicable": 0},
            "rejected": 1,
            "mapper": {
                **mapper,
                "prompts": {"income": ["1"]},
                "open": {"text": {"code": "model_refused", "problem": "no answer"}},
            },
            "seconds": {"read": Decimal("0.1234")},
            "coverage": {
                "identities": {"due": 1, "evaluated": 1},
                "not_evaluated": {"printed_once": ["c2"]},
                "under_one": Decimal("1.0"),
                "under_two": Decimal("0.0"),
                "covered": Decimal("1.0"),
                "under_none": [],
                "not_covered": [],
                "rows_left_out": [{"list": "/rows", "page": 2, "numbers": ["3.00"]}],
            },
            "unread_pages": [2],
            "remarks": [{"kind": "struck out", "page": 1, "bbox": None, "words": {"code": "struck_by_line"}}],
            "mentions": [{"pointer": "/note", "raw": "3", "unit": "人", "page": 2, "bbox": [1, 2, 3, 4]}],
        },
    }


def test_a_result_is_read_by_attributes_and_written_back_byte_by_byte(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_json(path, whole())
    result = read_result(path)
    figure = result.figures["/income/total"]
    assert (figure.value, figure.status, figure.first_reading, figure.second_reading) == (
        Decimal("1.50"),
        "repaired",
        "1.60",
        None,
    )
    assert (result.checks[0].id, result.failing, result.rejected[0].reason) == ("c1", [], say("not_shown"))
    reach, mapper = result.summary.coverage, result.summary.mapper
    assert reach is not None
    assert (reach.identities.evaluated, reach.rows_left_out[0].page) == (1, 2)
    assert (mapper.name, result.summary.unread_pages, mapper.open) == (
        "cascade",
        [2],
        {"text": say("model_refused", problem="no answer")},
    )
    write_result(tmp_path / "b.json", result)
    assert (tmp_path / "b.json").read_bytes() == path.read_bytes()
    assert plain(result.named("b.pdf")) == {**whole(), "source": {**whole()["source"], "file": "b.pdf"}}


WAYS = (
    (),
    ("source",),
    ("figures", "/other"),
    ("checks", 0),
    ("rejected", 0),
    ("summary",),
    ("summary", "mapper"),
    ("summary", "coverage", "identities"),
    ("summary", "coverage", "rows_left_out", 0),
)


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_what_a_later_version_says_besides_is_written_back(way: tuple[str | int, ...]) -> None:
    content: Any = whole()
    place = content
    for step in way:
        place = place[step]
    place["later"] = {"than": [Decimal("1.0")]}
    result = typed(content)
    assert result.more == {way: {"later": {"than": [Decimal("1.0")]}}}
    assert plain(result) == content


def test_a_result_of_an_earlier_version_is_read() -> None:
    content = whole()
    del content["summary"]["coverage"], content["summary"]["unread_pages"]
    for figure in content["figures"].values():
        del figure["origin"], figure["confidence"]
    result = typed(content)
    assert (result.summary.coverage, list(result.summary.unread_pages)) == (None, [])
    assert {(figure.origin, figure.confidence) for figure in result.figures.values()} == {("text", None)}
    assert "coverage" not in plain(result)["summary"]


@pytest.mark.parametrize(
    ("printed", "own"), [("元", "万元"), ("亿元", "万元"), ("万元", "万元"), ("%", "%"), ("人", "人"), (None, None)]
)
def test_the_unit_of_an_earlier_version_was_the_printed_one(printed: str | None, own: str | None) -> None:
    content = whole()
    for figure in content["figures"].values():
        figure["unit"] = printed
        del figure["printed_unit"]
    figures = typed(content).figures.values()
    assert {(figure.unit, figure.printed_unit) for figure in figures} == {(own, printed)}


@pytest.mark.parametrize(
    ("way", "value", "said"),
    [
        (("figures", "/other"), {}, "a key of the contract is missing: figures//other/raw"),
        (("figures", "/other"), 7, "figures//other is no object"),
        (("figures",), [], "figures is no object"),
        (("checks",), {}, "checks is no list"),
        (("checks", 0), "c1", "checks/0 is no object"),
        (("source",), {"file": "a.pdf", "sha256": ""}, "a key of the contract is missing: source/pages"),
        (("summary", "coverage"), {}, "a key of the contract is missing: summary/coverage/identities"),
    ],
)
def test_what_no_reader_could_use_is_said_at_once(
    tmp_path: Path, way: tuple[str | int, ...], value: object, said: str
) -> None:
    content: Any = whole()
    place = content
    for step in way[:-1]:
        place = place[step]
    place[way[-1]] = value
    write_json(tmp_path / "a.json", content)
    with pytest.raises(UsageError, match=f"a.json is no result file: {said}"):
        read_result(tmp_path / "a.json")


@pytest.mark.skipif(os.name == "nt", reason="folders cannot be opened there")
def test_a_name_lasts_when_its_folder_is_written_to_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only then does a rename outlive a power cut (fsync(2)): that of the file, and the names of new folders."""
    kept: list[object] = []
    sync, replace = os.fsync, os.replace

    def watched(descriptor: int) -> None:
        about = os.fstat(descriptor)
        kept.append(about.st_ino if stat.S_ISDIR(about.st_mode) else "content")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    monkeypatch.setattr(os, "replace", lambda *names: (kept.append("renamed"), replace(*names)))
    write_json(tmp_path / "2022" / "reports" / "a.json", {"a": 1})
    new, above = tmp_path / "2022" / "reports", tmp_path / "2022"
    assert kept[:2] == ["content", "renamed"]
    assert sorted(kept[2:]) == sorted(folder.stat().st_ino for folder in (new, above, tmp_path))  # at once


@pytest.mark.skipif(os.name == "nt", reason="folders cannot be opened there")
def test_a_name_of_a_new_folder_that_cannot_be_kept_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sync, above = os.fsync, tmp_path.stat().st_ino

    def failing(descriptor: int) -> None:
        if os.fstat(descriptor).st_ino == above:
            raise OSError(errno.EIO, "the disk fails")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(OSError, match="the disk fails"):
        write_json(tmp_path / "2022" / "reports" / "a.json", {"a": 1})

"""Result files keep every digit, and are whole or not there."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recount.pipeline.errors import UsageError
from recount.pipeline.result import decoded, encode, read_result, write_json

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

"""Faults in texts: each changes what it says it changes, and what is verified and wrong is found."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from recount.cli import main
from recount.eval.verifier.prints import render
from recount.eval.verifier.texts import campaign as campaigns
from recount.eval.verifier.texts import prove_texts
from recount.eval.verifier.texts.faults import FAULTS, Spot, made, spots
from recount.pipeline.result import Result

LINES = ("2022年度支出表", "", "合计\t1,234.50\t20.5\t10", "⇥", "第3页", "12.5%")
AT = Spot(2, 3, 11)


def changed(name: str, lines: tuple[str, ...] = LINES, at: Spot = AT, seed: int = 0) -> list[str] | None:
    return FAULTS[name](lines, at, Random(seed))


def test_figures_are_cells_and_amounts_and_no_years() -> None:
    found = [LINES[spot.line][spot.start : spot.end] for spot in spots(LINES)]
    assert found == ["1,234.50", "20.5", "10", "12.5%"]


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("a cell emptied", "合计\t\t20.5\t10"),
        ("a cell lost", "合计\t20.5\t10"),
        ("two cells exchanged", "合计\t20.5\t1,234.50\t10"),
        ("a tab or blank lost", "合计1,234.50\t20.5\t10"),
        ("a tab or line added", "合计\t\t1,234.50\t20.5\t10"),
    ],
)
def test_a_row_is_another(name: str, row: str) -> None:
    assert changed(name) == [*LINES[:2], row, *LINES[3:]]


def test_lines_are_torn_lost_joined_and_exchanged() -> None:
    torn = changed("a row torn")
    assert torn is not None
    assert [line for line in torn if line][1:3] == ["合计", "1,234.50\t20.5\t10"]
    assert changed("a line lost") == [*LINES[:2], *LINES[3:]]
    joined = changed("two lines joined")
    assert joined is not None
    assert (len(joined), joined[2].startswith(LINES[2]), joined[2].endswith("⇥")) == (len(LINES) - 1, True, True)
    assert changed("two lines exchanged") == [*LINES[:2], LINES[3], LINES[2], *LINES[4:]]


def test_a_cell_a_line_is_exchanged_with_the_next() -> None:
    lines = ("\t5", "", "\t7.5")
    assert changed("two cells exchanged", lines, Spot(0, 1, 2)) == ["\t7.5", "", "\t5"]
    assert changed("two cells exchanged", ("\t5", "\t5"), Spot(0, 1, 2)) is None


def test_a_broken_figure_has_all_its_characters() -> None:
    for seed in range(8):
        broken = changed("a figure broken", seed=seed)
        assert broken is not None
        assert "".join(broken) == "".join(LINES)
        assert LINES[2] not in broken


def test_only_exchanged_numbers_are_what_the_text_says() -> None:
    text = "\n".join(LINES)
    for name in FAULTS:
        for one in made(text, name, Random(1), 2):
            assert one.text != text
            assert bool(one.moved) == (name in ("two cells exchanged", "two lines exchanged"))


def test_what_is_verified_and_wrong_is_silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A figure that every text gets wrong is no fault's; one that only the faulty text gets wrong is."""
    proof = prove_texts(tmp_path / "one", each=1, jobs=1, forms=("x2022",), kinds=("cells",))
    assert len(proof.verdicts) == proof.documents == len(FAULTS)
    assert {verdict.kind for verdict in proof.verdicts} == {("cells", name) for name in FAULTS}
    assert not [verdict for verdict in proof.verdicts if verdict.fate in ("silent", "crashed")]
    assert "## Faults in texts" in render(proof, "texts")

    real = campaigns.wrong_in

    def worse(results: list[Result], golds: list[dict[str, object]]) -> list[campaigns.Wrong]:
        found = real(results, golds)
        faulty = any("a-line-lost" in result.source.file for result in results)
        return [*found, campaigns.Wrong("/x", "1", "2", "2", 1, ())] if faulty else found

    monkeypatch.setattr(campaigns, "wrong_in", worse)
    proof = prove_texts(tmp_path / "two", each=1, jobs=1, forms=("x2022",), kinds=("cells",))
    assert [verdict.kind[1] for verdict in proof.verdicts if verdict.fate == "silent"] == ["a line lost"]


@pytest.mark.parametrize("words", [["some.txt", "--texts", "new"], ["--texts", "."], ["--texts", "a", "--prints", "b"]])
def test_wrong_usage(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").touch()
    with pytest.raises(SystemExit) as stop:
        main(["eval", "verifier", *words])
    assert stop.value.code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["there"]

"""Pieces become rows of columns; what labels and kinds leave open is left to sums, and said to be."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from recount.pipeline.split.align import REST, Alignment, Column, Placed, Way, decided, value_in, ways_of
from recount.pipeline.split.sequence import Lexicon, Piece, habits_of
from recount.tests.pipeline.split.test_sequence import pieces

COLUMNS = (
    Column.of("level", "level"),
    Column.of("name", "name"),
    Column.of("target", "target"),
    Column.of("actual", "value"),
    Column.of("weight", "points"),
    Column.of("score", "points"),
    Column.of("reason", "remark"),
)
LOOSE = habits_of(pieces("1 2 3"), ())
"""Blanks and lines part cells, or do not."""
LEVELS = {"数量指标": frozenset({"level"})}


def aligned(found: Sequence[Piece]) -> list[Way]:
    lexicon = Lexicon(LEVELS, ())
    labels = {at: there for at in range(len(found)) if (there := lexicon.at(found, at))}
    return Alignment(found, COLUMNS, labels, LEVELS, (), LOOSE).rows()


def rows(text: str) -> list[dict[str | None, str]]:
    """The rows of a text, by column."""
    found = pieces(text)
    names = {**{at: column.field for at, column in enumerate(COLUMNS)}, None: "stray", REST: "rest"}
    return [{names[cell.column]: "".join(found[at].text for at in cell.span) for cell in row} for row in aligned(found)]


def test_cells_are_told_by_their_kinds() -> None:
    assert rows("数量指标 河堤\n\n长度\n\n>=12 公里 12 公里 20 15.5\n\n雨季\n\n停工") == [
        {
            "level": "数量指标",
            "name": "河堤长度",
            "target": ">=12公里",
            "actual": "12公里",
            "weight": "20",
            "score": "15.5",
            "reason": "雨季停工",
        }
    ]


def test_words_that_are_said_twice_are_target_and_value() -> None:
    (row,) = rows("居民出行\n\n条件改善\n\n有效改\n\n善\n\n有效改善 10 10 10")
    assert row["target"] == "有效改善"
    assert row["actual"].startswith("有效改善")


def test_a_label_without_a_row_is_a_row_of_its_own() -> None:
    assert rows("数量指标\n数量指标 河堤 =1 段 1 段 5 5")[0] == {"level": "数量指标"}


def test_a_score_may_have_its_unit_on_the_next_line() -> None:
    assert rows("河堤 =1 段 1 段 5 5.00\n\n分")[0]["score"] == "5.00分"


def ways(text: str) -> tuple[list[Way], list[Piece]]:
    found = pieces(text)
    (row,) = aligned(found)
    return ways_of(row, COLUMNS, found), found


def test_a_whole_row_is_read_in_one_way() -> None:
    assert len(ways("河堤 =12 12 20 15")[0]) == 1


def test_a_row_that_lacks_a_cell_is_read_in_more_ways() -> None:
    found, text = ways("河堤 >=90% 10 9")
    assert [(value_in(way, 4, text), value_in(way, 5, text)) for way in found][:1] == [(Decimal(10), Decimal(9))]
    assert len(found) > 1


def test_sums_choose_the_way_and_do_not_prove_it() -> None:
    found, text = ways("河堤 >=90% 10 9")
    (reading,) = decided([found], lambda chosen: value_in(chosen[0], 4, text) == 10)
    assert [cell.column for cell in reading.doubtful] == [4, 5]
    assert reading.open == ()


def test_what_no_sum_tells_is_open() -> None:
    found, _ = ways("河堤 >=90% 10 9")
    (reading,) = decided([found], lambda _: False)
    assert len(reading.open) == 2
    assert not set(reading.open) & set(reading.cells)


def test_a_row_that_is_sure_is_read_as_it_is() -> None:
    row = (Placed(1, 0, 1), Placed(4, 1, 2))
    (reading,) = decided([[row]], lambda _: False)
    assert (reading.cells, reading.open, reading.doubtful) == (row, (), ())

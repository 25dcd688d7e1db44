"""What a family asks for and its report has not: said with what stands there instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from recount.pipeline.errors import NotAReport
from recount.pipeline.recognise import family_of
from recount.pipeline.structure import structure
from recount.schemas.saying import Saying
from recount.tests.pipeline.draft.test_drafted import balance, typeset

COLUMNS = ("December 31, 2023", 41), ("December 31, 2022", 42)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("missed") / "report.pdf"
    grants = [["Charity number", "Amount paid"], ["Lake Fund", "12.00"], ["Hill Fund", "7.50"]]
    return typeset(
        path,
        (["Harbour Trust plc", "Consolidated balance sheets"], balance(*COLUMNS)),
        (["Grants made"], grants),
    )


def said(report: Path, folder: Path, written: str) -> list[Saying]:
    (folder / "family.toml").write_text(f'name = "own"\nmoney = "units"\n{written}')
    result = structure(report, family_of(str(folder)))
    return [remark.words for remark in result.summary.remarks if remark.kind == "not found"]


STATEMENT = '[[statement]]\ntitle = "Consolidated balance sheets"\nlines = [{}]\n'


def test_a_table_with_the_titles_that_there_are_the_nearest_first(report: Path, tmp_path: Path) -> None:
    (words,) = said(report, tmp_path, STATEMENT.format("") + '[[statement]]\ntitle = "Grants paid"\n')
    assert str(words) == (
        "no table is titled Grants paid; tables: Grants made (page 2); Consolidated balance sheets (page 1)"
    )
    assert words.told("zh") == (
        "没有标题为“Grants paid”的表；有：Grants made（第2页）；Consolidated balance sheets（第1页）"
    )


def test_lines_with_the_nearest_labels_that_no_line_took(report: Path, tmp_path: Path) -> None:
    lines = '"Cash and cash equivalents", "Total non-current assets", "Minority interest", "Current assets"'
    (words,) = said(report, tmp_path, STATEMENT.format(lines))
    assert str(words) == (
        "lines of Consolidated balance sheets were not found: Total non-current assets "
        "(nearest: Total current assets); Minority interest"
    )


def test_a_line_that_several_may_be(report: Path, tmp_path: Path) -> None:
    (words,) = said(report, tmp_path, STATEMENT.format('{ title = "Total", words = "total.*" }'))
    assert str(words).endswith("were not found: Total (4 lines may be it)")


def test_columns_with_the_heads_that_there_are(report: Path, tmp_path: Path) -> None:
    columns = '{ title = "Charity", kind = "text" }, { title = "Amount" }'
    with pytest.raises(NotAReport, match=r"not Charity, Amount, but Charity number, Amount paid$"):
        said(report, tmp_path, f'[[table]]\ntitle = "Grants made"\ncolumns = [{columns}]\n')


def test_a_section_with_the_short_lines_that_may_head_it(report: Path, tmp_path: Path) -> None:
    section = '[[section]]\ntitle = "Reserves policy"\nfields = [{ title = "Reserves" }]\n'
    (words,) = said(report, tmp_path, STATEMENT.format("") + section)
    assert str(words).startswith("no section is headed Reserves policy; short lines: ")


def test_nothing_is_said_where_all_is_there(report: Path, tmp_path: Path) -> None:
    assert said(report, tmp_path, STATEMENT.format('"Goodwill"')) == []


def test_a_file_that_holds_nothing_of_it_fails_with_what_it_holds(report: Path, tmp_path: Path) -> None:
    wanted = "not Cash flows, but Consolidated balance sheets (p. 1), Grants made (p. 2)"
    with pytest.raises(NotAReport) as raised:
        said(report, tmp_path, '[[statement]]\ntitle = "Cash flows"\n')
    assert str(raised.value) == f"no part of a report of own (own) was found in it: {wanted}"


def test_what_is_missed_of_one_page_is_told_together(report: Path, tmp_path: Path) -> None:
    (words,) = said(
        report, tmp_path, STATEMENT.format('"Cash flow"') + '[[statement]]\ntitle = "Consolidated cash flows"\n'
    )
    assert str(words).startswith(
        "lines of Consolidated balance sheets were not found: Cash flow; no table is titled Con"
    )

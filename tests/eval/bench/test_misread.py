"""Signs are misread one at a time, and what each costs is counted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from recount.eval.bench import misread
from recount.eval.bench.misread import Slip, main, slips_of
from recount.eval.bench.scan_campaign import orders
from recount.pipeline.document import Pages
from recount.tests.pipeline.helpers import line, page

TEXT = "本年收入合计1,250.50万元，其中：财政拨款收入1,250.50万元。"


@pytest.fixture(scope="module")
def report() -> Pages:
    return misread.scanned(next(orders(("good",), [1])))


def test_marks_are_exchanged_and_dropped_but_for_those_of_numbers() -> None:
    pages = Pages((page(1, line(TEXT, y=100)),))
    slips = list(slips_of(pages, "marks"))
    assert {TEXT[slip.at] for slip in slips} == {"，", "：", "。"}
    assert sorted(slip.read for slip in slips if TEXT[slip.at] == "，") == ["", "：", "；"]
    assert list(slips_of(pages, "labels")) == []


@pytest.mark.parametrize(("read", "said"), [("；", TEXT.replace("，", "；")), ("", TEXT.replace("，", ""))])
def test_one_sign_is_misread_and_its_place_kept(read: str, said: str) -> None:
    pages = Pages((page(1, line(TEXT, y=100)), page(2)))
    other = misread.misread(pages, Slip(0, 0, TEXT.index("，"), read))
    (shown,) = other.pages[0].lines
    assert (shown.text, len(shown.boxes)) == (said, len(said))
    assert other.pages[1:] == pages.pages[1:]


def test_labels_stand_in_tables(report: Pages) -> None:
    slips = list(slips_of(report, "labels"))
    assert slips
    for slip in slips:
        text = report.pages[slip.page].lines[slip.line].text
        assert "\u3400" <= text[slip.at] <= "\u9fff"


def test_what_a_misread_label_costs_is_counted(report: Pages) -> None:
    usual = misread.figures(report)
    none = replace(report, pages=tuple(replace(each, lines=()) for each in report.pages))
    assert usual.total() > 100
    assert misread.figures(none).total() == 0
    lines = [(number, index) for number, each in enumerate(report.pages) for index, _ in enumerate(each.lines)]
    number, at = next((number, at) for number, at in lines if report.pages[number].lines[at].text == "总计")
    slip = Slip(number, at, 0, "囧")
    lost = (usual - misread.figures(misread.misread(report, slip))).total()
    assert misread.told(report, slip, lost).strip() == f"{lost} [总→囧]计"


def test_the_command_says_how_many_cost_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--reports", "1", "--signs", "2", "--of", "labels"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith(" of 2 misreadings cost figures")

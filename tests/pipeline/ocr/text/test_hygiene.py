"""Slips of the recogniser that are certain are put right; what may be right stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from recount.pipeline.ocr.text.hygiene import clean
from recount.pipeline.ocr.text.lines import OcrLine


def line(text: str, wide: float = 10.0) -> OcrLine:
    boxes = tuple((index * wide, 0.0, (index + 1) * wide, 12.0) for index in range(len(text)))
    return OcrLine(text, boxes, (0.9,) * len(text), (0.0, 0.0, len(text) * wide, 12.0))


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("1OO.5O", "1OO.50"),  # in doubt an O stays: it is disputed then, not guessed
        ("O.00", "0.00"),
        ("0.O0", "0.00"),
        ("1l.5", "11.5"),
        ("S", "5"),
        ("l", "1"),
        ("1, 955.06", "1,955.06"),
        ("12。50", "12.50"),
        ("2021.1.1⁻2021.12.31", "2021.1.1-2021.12.31"),
        ("规则。八）负责", "规则。（八）负责"),
        ("1.092.13", "1,092.13"),
        ("支出1.298.728.42元", "支出1,298,728.42元"),
        ("1.1.2", "1.1.2"),
        ("合计的91:96%", "合计的91.96%"),
        ("决算数为6,05万元", "决算数为6.05万元"),
        ("支出1,228,05万元", "支出1,228.05万元"),
        ("支出1,228万元", "支出1,228万元"),
        ("本年退休！人", "本年退休1人"),
        ("29.48.万元", "29.48万元"),
        ("支出1,298,728.42.", "支出1,298,728.42"),
        ("2022·年度", "2022年度"),
        ("•8.一般公共服务支出", "8.一般公共服务支出"),
        ("一般公共預算財政拨款決算數", "一般公共预算财政拨款决算数"),
        ("瀾望地区", "澜望地区"),
        ("陈昇", "陈昇"),  # a form that lives on in names
        ("·主管部门", "主管部门"),
        ("一级指标.", "一级指标"),
        ("行政单位医疗.（款）", "行政单位医疗（款）"),
        ("OA系统", "OA系统"),
        ("一级指标", "一级指标"),
        ("2022年", "2022年"),
    ],
)
def test_signs_of_numbers(read: str, meant: str) -> None:
    cleaned = clean(line(read))
    assert cleaned is not None
    assert cleaned.text == meant
    assert len(cleaned.boxes) == len(cleaned.scores) == len(meant)


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("5.", "5"),
        ("100.", "100"),
        (".>=90%", ">=90%"),
        ("0,00", "0.00"),
        (".0.35", "0.35"),
        (".1", "1"),
        ("1:20", "1:20"),
    ],
)
def test_a_figure_alone_in_its_cell_is_whole(read: str, meant: str) -> None:
    cleaned = clean(line(read), alone=True)
    assert cleaned is not None
    assert cleaned.text == meant
    kept = clean(line(read))
    assert kept is not None
    assert kept.text == read  # elsewhere the rest may stand on the next line: 2021.1. | 1


def test_a_point_between_ideographs_is_a_comma_or_a_speck() -> None:
    comma = clean(line("万元.下降"))
    speck = clean(line("工.作", wide=5.0))
    assert comma is not None
    assert comma.text == "万元，下降"
    assert speck is not None
    assert speck.text == "工作"


def test_a_comma_at_the_end_of_a_line_may_have_lost_its_tail() -> None:
    ended = clean(line("减少1.60万元."), running=True)
    assert ended is not None
    assert ended.text == "减少1.60万元，"


@pytest.mark.parametrize(("read", "score", "meant"), [
    ("公务用车运行费全年预：", 0.66, "公务用车运行费全年预"),
    ("公务用车运行维护费支出.", 0.56, "公务用车运行维护费支出"),
    ("主要原因是：", 0.97, "主要原因是："),
    ("减少1.60万元.", 0.9, "减少1.60万元，"),
    ("支出减少。", 0.6, "支出减少。"),
])  # fmt: skip
def test_a_speck_behind_a_line_is_no_sign(read: str, score: float, meant: str) -> None:
    seen = line(read)
    cleaned = clean(replace(seen, scores=(*seen.scores[:-1], score)), running=True)
    assert cleaned is not None
    assert cleaned.text == meant


@pytest.mark.parametrize("text", ["*", "·", "•.", "，"])
def test_the_star_of_a_seal_and_specks_are_no_text(text: str) -> None:
    assert clean(line(text)) is None

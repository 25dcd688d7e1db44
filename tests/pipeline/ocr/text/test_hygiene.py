"""Slips of the recogniser that are certain are put right; what may be right stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from recount.pipeline.ocr.text.hygiene import clean, in_columns, over_line_ends, over_two_lines, rests
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
        ("减少1.1i万元，降低9i%", "减少1.11万元，降低91%"),
        ("1i、", "1i、"),
        ("S", "5"),
        ("s", "5"),
        ("l", "1"),
        ("1, 955.06", "1,955.06"),
        ("12。50", "12.50"),
        ("2021.1.1⁻2021.12.31", "2021.1.1-2021.12.31"),
        ("规则。八）负责", "规则。（八）负责"),
        ("支出0.62万元1.08%）。", "支出0.62万元（1.08%）。"),
        ("占本年的76.05%·，比上年", "占本年的76.05%，比上年"),
        ("机关服务(·项)。", "机关服务(项)。"),
        ("(.2022年度)", "(2022年度)"),
        ("(.5)", "(.5)"),
        ("2.教育支出(类3.15万元，", "2.教育支出(类)3.15万元，"),
        ("支出004万元，占010%，", "支出0.04万元，占0.10%，"),
        ("支出3,004万元，占9.004%，第004号", "支出3,004万元，占9.004%，第004号"),
        ("医疗（款0.40万元", "医疗（款）0.40万元"),
        (". 7.15万元，占", "7.15万元，占"),
        ("1.092.13", "1,092.13"),
        ("71,092.513.13", "71,092,513.13"),
        ("31;298.42", "31,298.42"),
        ("项目31；298.42万元", "项目31；298.42万元"),
        ("支出1.298.728.42元", "支出1,298,728.42元"),
        ("92.513.1", "92,513.1"),
        ("增加1Q2.62万元", "增加102.62万元"),
        ("3..公务接待费", "3.公务接待费"),
        ("位：万元", "单位：万元"),
        ("金额位：元", "金额单位：元"),
        ("金额平位：元", "金额单位：元"),
        ("单拉：万元", "单位：万元"),
        ("单价：元", "单价：元"),
        ("单 位：万元", "单 位：万元"),
        ("财政拨付支出", "财政拨付支出"),
        ("单位：方元", "单位：万元"),
        ("计量单位：个", "计量单位：个"),
        ("1:收入总计5.00万元", "1.收入总计5.00万元"),
        ("2.农林水支出（美）农业农村（款）事业运行（项）", "2.农林水支出（类）农业农村（款）事业运行（项）"),
        ("2.农林水支出（美）农业农村", "2.农林水支出（美）农业农村"),
        ("三：支出决算情况说明", "三、支出决算情况说明"),
        ("十二；支出决算情况说明", "十二、支出决算情况说明"),
        ("其三：支出决算情况说明", "其三：支出决算情况说明"),
        ("比E年减少", "比上年减少"),
        ("比；增加0.20万元", "比，增加0.20万元"),  # 相 is on the line above
        ("比上年决筹数增加0.20万元，由我决定数增加", "比上年决算数增加0.20万元，由我决定数增加"),
        ("进行了自评；涉及资金2.80万元", "进行了自评，涉及资金2.80万元"),
        ("因公出国境）费", "因公出国（境）费"),
        ("因公出国（境费、因公出国(境团组", "因公出国（境）费、因公出国(境)团组"),
        ("社会保障和就业支出类）5.00万元", "社会保障和就业支出（类）5.00万元"),
        ("医疗（款）行政单位医疗（项。年初预算为", "医疗（款）行政单位医疗（项）。年初预算为"),
        ("医疗(款)行政单位医疗(项支出5.00万元", "医疗(款)行政单位医疗(项)支出5.00万元"),
        ("基本支出（项目支出除外）", "基本支出（项目支出除外）"),
        ("(2.)事业收入", "(2)事业收入"),
        ("2021年度财政拨教基本支出", "2021年度财政拨款基本支出"),
        ("2.公务接待费支出情况本部门2021年度", "2.公务接待费支出情况。本部门2021年度"),
        ("2.公务接待费支出情况说明2021年接待", "2.公务接待费支出情况说明。2021年接待"),
        ("住房支出3.10万元..占比3.18%", "住房支出3.10万元，占比3.18%"),
        ("1.因公临时出国（境）.）费用3.10万元", "1.因公临时出国（境）费用3.10万元"),
        ("1.（含因公出国（境））费用3.10万元", "1.（含因公出国（境））费用3.10万元"),
        ("完成1.00.00%，占10.0.00％", "完成100.00%，占100.00％"),
        ("第1.00节，占1.00%", "第1.00节，占1.00%"),
        ("7.50分）", "7.50分"),
        ("（7.50分）", "（7.50分）"),
        ("1.092.513.", "1,092,513."),
        ("1.1.2", "1.1.2"),
        ("1.513", "1.513"),
        ("合计的91:96%", "合计的91.96%"),
        ("决算数为6,05万元", "决算数为6.05万元"),
        ("支出1,228,05万元", "支出1,228.05万元"),
        ("支出1,228万元", "支出1,228万元"),
        ("本年退休！人", "本年退休1人"),
        ("特种车辆i辆", "特种车辆1辆"),
        ("29.48.万元", "29.48万元"),
        ("财致拔款收入", "财致拨款收入"),  # what is 致, the word tells
        ("机要通信用车Q辆、", "机要通信用车0辆、"),
        ("其他用车1辖。", "其他用车1辆。"),
        ("2户管辖。", "2户管辖。"),
        ("其午：授予", "其中：授予"),
        ("其他：授予", "其他：授予"),
        ("其一：授予，尤其是：授予", "其一：授予，尤其是：授予"),
        ("投入员工培训，纳入员额，录入员2人", "投入员工培训，纳入员额，录入员2人"),
        ("“办公经费”支出，“非公经济”", "“办公经费”支出，“非公经济”"),
        ("入员经费5.00万元，收入员", "人员经费5.00万元，收入员"),
        ("支出总计与土年相比", "支出总计与上年相比"),
        ("”笑公经费支出", "”三公经费支出"),
        ("“三公经财政拨款支出", "“三公经费财政拨款支出"),
        ("办公经费支出", "办公经费支出"),
        ("-I1-", "-11-"),
        ("-II-", "-II-"),
        ("增加230).21万", "增加230.21万"),
        ("1.16.分", "1.16分"),
        ("甲Q型辆", "甲Q型辆"),
        ("其中∵办公用车3辆", "其中：办公用车3辆"),
        ("预算为6.55万..", "预算为6.55万"),
        ("支出29.48万.", "支出29.48万"),
        ("1,.092.13", "1,092.13"),
        ("1.,092.13", "1,092.13"),
        ("21..48", "21.48"),
        ("增加0..31万元", "增加0.31万元"),
        ("5..", "5.."),
        (".64.68%，其中", "64.68%，其中"),
        (".68%，其中", ".68%，其中"),
        ("减少9.43万元.，减少", "减少9.43万元，减少"),
        ("年初预算0).01万元", "年初预算0.01万元"),
        ("年初预算7.-15万元", "年初预算7.15万元"),
        ("见第7.-15页", "见第7.-15页"),
        ("1).2021年度收入", "1).2021年度收入"),
        ("决算数为0.63方元，比", "决算数为0.63万元，比"),
        ("决算数为0.63万死，比", "决算数为0.63万元，比"),
        ("决算数为0.63万先，比", "决算数为0.63万元，比"),
        ("收入决载数61.27万元，", "收入决算数61.27万元，"),
        ("由决议数61人通过", "由决议数61人通过"),
        (".2.公务接待费", "2.公务接待费"),
        ("支出3.00万元，.", "支出3.00万元，"),
        ("支出3.00万元；，完成", "支出3.00万元，完成"),
        ("二、、人员情况", "二、人员情况"),
        (". 成年初预算", "成年初预算"),
        ("挖方12.50方，", "挖方12.50方，"),
        ("≥90%6", "≥90%"),
        ("减少3，31万元", "减少3.31万元"),
        ("共3，31个", "共3，31个"),
        ("财政援款收入", "财政拨款收入"),
        ("含计", "合计"),
        ("比上年干降9.10%", "比上年下降9.10%"),
        ("若干降水设备", "若干降水设备"),
        ("3.教育支出：普通教育-小学教育1.20万元", "3.教育支出-普通教育-小学教育1.20万元"),
        ("教育支出：普通教育1.20万元", "教育支出：普通教育1.20万元"),
        ("不含计提", "不含计提"),
        ("支出决票数为0.00万元", "支出决算数为0.00万元"),
        ("支出决策数量", "支出决策数量"),
        ("支出1,298,728.42.", "支出1,298,728.42"),
        ("2022·年度", "2022年度"),
        ("本部门202.2年度", "本部门2022年度"),
        (".接待0批次，0人次。", "接待0批次，0人次。"),
        (".5万元", ".5万元"),
        ("，2、教育支出（类）", "2、教育支出（类）"),
        ("，2.5万元", "，2.5万元"),
        ("，2023年", "，2023年"),
        ("• 9.住房保障支出", "9.住房保障支出"),
        ("， 2、教育支出（类）", "2、教育支出（类）"),
        (".（3）2130301行政运行", "（3）2130301行政运行"),
        ("，（含税）支出", "，（含税）支出"),
        ("支出自评，其中；涉及5个", "支出自评，其中，涉及5个"),
        ("与上年决算相比；增加", "与上年决算相比，增加"),
        ("(项.）。年初预算", "(项）。年初预算"),
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
        ("完成率，", "完成率，"),
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
        ("182.27 .", "182.27"),
        (". 0.88", "0.88"),
        (".4:50", "4:50"),
        ("72.82 :", "72.82"),
        ("604.32—", "604.32"),  # the next cell's dash
        ("100% '", "100%"),
        (".88", ".88"),  # it may have lost its 0, not got a speck
        ("1:20", "1:20"),
        ("31.40∴", "31.40"),
        ("“5", "5"),
        (": 5.20", "5.20"),
        ("。6.25", "6.25"),
        ("6.25~~", "6.25"),
        ("208.00]一", "208.00"),
        ("12.50*", "12.50*"),  # a note
        ("(12.50)", "(12.50)"),
        ("12.5①", "12.5①"),
        ("3√", "3√"),
        (".9.50分", "9.50分"),
        ("9.50分`", "9.50分"),
        ("权重`", "权重"),
        ("完成率，", "完成率"),
        ("8,15分", "8.15分"),
        ("`总计", "总计"),
        ("、合计", "合计"),
        ("一、一般公共预算财政拨款收入.", "一、一般公共预算财政拨款收入"),
        ("改善灌区条件，村民都表示满意.", "改善灌区条件，村民都表示满意."),
        ("其中：", "其中："),
    ],
)
def test_a_figure_alone_in_its_cell_is_whole(read: str, meant: str) -> None:
    cleaned = clean(line(read), alone=True)
    assert cleaned is not None
    assert cleaned.text == meant
    kept = clean(line(read))
    assert kept is not None
    assert kept.text == read  # elsewhere the rest may stand on the next line: 2021.1. | 1


@pytest.mark.parametrize(("read", "score", "meant"), [("得分。", 0.7, "得分"), ("已完成。", 0.9, "已完成。")])
def test_a_label_alone_in_its_cell_has_no_unsure_end_of_a_sentence(read: str, score: float, meant: str) -> None:
    seen = line(read)
    cleaned = clean(replace(seen, scores=(*seen.scores[:-1], score)), alone=True)
    assert cleaned is not None
    assert cleaned.text == meant


@pytest.mark.parametrize(("read", "meant"), [("845.713.65.", "845,713.65"), (".31.298.42", "31,298.42")])
def test_what_a_speck_hid_is_put_right_once_it_is_gone(read: str, meant: str) -> None:
    cleaned = clean(line(read), alone=True)
    assert cleaned is not None
    assert cleaned.text == meant


UNSURE = 0.4


@pytest.mark.parametrize(
    ("column", "meant"),
    [
        (["15.00", "15:00", "4.00", "97.12分"], "15.00"),
        (["5.00", "1,005:50", "4.00"], "1,005.50"),
        (["15.00", "15:00"], "15:00"),  # one other figure says nothing
        (["9:30", "15:00", "10.30"], "15:00"),  # hours
        (["长期", "15:00", "有效"], "15:00"),
        (["4.00", "4.00-", "4.00"], "4.00"),
        (["8", "7-", "10"], "7"),
        (["8", "7人", "10"], "7"),
        (["8", "7千", "10"], "7千"),
        (["2019-", "7-", "10"], "7-"),  # of years
        (["31.25", "60.1.8", "4.10"], "60.18"),
        (["3", "60.1.8", "4"], "60.1.8"),
    ],
)
def test_a_column_says_what_specks_made_of_a_figure(column: list[str], meant: str) -> None:
    read = [line(text) for text in column]
    read[1] = replace(read[1], scores=(*read[1].scores[:-1], UNSURE))
    cleaned = in_columns(read, [(10, 60)] * len(read))
    assert cleaned[1].text == meant
    assert [each.text for each in cleaned[:1] + cleaned[2:]] == column[:1] + column[2:]
    assert len(cleaned[1].boxes) == len(cleaned[1].scores) == len(meant)


@pytest.mark.parametrize(
    ("others", "meant"),
    [(["4.00", "81,203.55"], "21.60"), (["4.00", "81"], "21:60"), ([], "21:60"), (["4.00", "9:30"], "21:60")],
)
def test_a_colon_in_a_column_of_its_own_is_a_point_on_a_page_of_amounts(others: list[str], meant: str) -> None:
    """But not two of them, which may be hours."""
    read = [line(text) for text in ("21:60", *others)]
    beside = [(10, 60) if ":" in each.text else (60, 90) for each in read]
    assert [each.text for each in in_columns(read, beside)] == [meant, *others]


@pytest.mark.parametrize(
    ("above", "runs", "meant"),
    [
        ("项目支出0.65万元", True, "（0.21%）。"),
        ("项目支出（占", True, "0.21%）。"),
        ("项目支出0.65万元", False, "0.21%）。"),
    ],
)
def test_a_bracket_that_a_line_lost_at_its_head_is_put_back_behind_the_amount(
    above: str, runs: bool, meant: str
) -> None:
    cell = line("栏次")
    _, _, opened = over_line_ends([line(above), cell, line("0.21%）。")], [runs, False, True])
    assert opened.text == meant
    assert len(opened.boxes) == len(opened.scores) == len(meant)


@pytest.mark.parametrize(
    ("above", "below", "meant"),
    [
        ("项目支出合计8.40万元，与上..", "年相比", "项目支出合计8.40万元，与上"),
        ("比上，", "年决算数", "比上"),
        ("节能环保支出，", "（类）8.40万元", "节能环保支出"),
        ("节能环保支出，", "（一）8.40万元", "节能环保支出，"),
        ("公务接待共16批.", "次", "公务接待共16批"),
        ("公务接待共16批.", "接待", "公务接待共16批."),  # it may be what parts them
        ("离退休干部用车2.", "辆", "离退休干部用车2"),
        ("合计用车2.", "30万元", "合计用车2."),  # its point
        ("合计8.40亿.", "元", "合计8.40亿"),
        ("其中与2019.", "年度相比", "其中与2019"),
        ("部门概况...", "二、机构设置", "部门概况..."),  # a line of a table of contents
    ],
)
def test_specks_behind_the_end_of_a_line_are_none_where_the_next_goes_on(above: str, below: str, meant: str) -> None:
    first, second = over_line_ends([line(above), line(below)], [True, True])
    assert (first.text, second.text) == (meant, below)
    assert len(first.boxes) == len(first.scores) == len(meant)
    assert [each.text for each in over_line_ends([line(above), line(below)], [True, False])] == [above, below]


@pytest.mark.parametrize(("wide", "meant"), [(12.0, "车0辆"), (18.0, "车()辆")])
def test_brackets_with_no_room_between_them_are_a_digit(wide: float, meant: str) -> None:
    """Where they have, they are to be filled in."""
    boxes = ((0.0, 0.0, 10.0, 12.0), (10.0, 0.0, 14.0, 12.0), (14.0, 0.0, 18.0, 12.0), (wide + 4, 0.0, wide + 14, 12.0))
    cleaned = clean(OcrLine("车()辆", boxes, (0.9,) * 4, (0.0, 0.0, wide + 14, 12.0)), running=True)
    assert cleaned is not None
    assert cleaned.text == meant


@pytest.mark.parametrize(
    ("others", "meant"), [(["4.00", "81,203.55"], "7913.07"), (["4.0", "3.55"], "7913.0 7"), (["12"], "7913.0 7")]
)
def test_a_gap_between_two_decimals_is_none_in_a_column_of_them(others: list[str], meant: str) -> None:
    found = in_columns([line("7913.0 7"), *map(line, others)], [(10, 60)] * (1 + len(others)))
    assert [each.text for each in found] == [meant, *others]


@pytest.mark.parametrize(
    ("others", "meant"), [(["4.0", "81,203.55"], "7.3"), (["4", "8"], "7,3"), (["4.0", "8"], "7,3")]
)
def test_a_comma_before_one_digit_is_the_point_in_a_column_of_figures_with_one(others: list[str], meant: str) -> None:
    found = in_columns([line("7,3"), *map(line, others)], [(10, 60)] * (1 + len(others)))
    assert [each.text for each in found] == [meant, *others]


@pytest.mark.parametrize(
    ("texts", "left_out"),
    [
        (["31.40", "一"], {1}),
        ([":", "31.40%", "—"], {0, 2}),
        (["31.40", "-"], set()),  # it may be its sign
        (["31.40", "万元"], set()),
        (["31.40", "2.00", "一"], set()),
        (["一", "—"], set()),
    ],
)
def test_what_stands_beside_the_one_figure_of_a_cell_may_be_no_line(texts: list[str], left_out: set[int]) -> None:
    assert rests(texts) == left_out


@pytest.mark.parametrize(
    ("others", "room", "meant"),
    [
        (["4.00", "81,203.55"], 0.8, "71.07"),
        (["4.00", "81,203.55"], 2.0, "71 07"),  # for a digit too
        (["4.00", "71", "12"], 0.8, "71 07"),
    ],
)
def test_a_gap_as_wide_as_a_point_is_one_in_a_column_of_decimals(others: list[str], room: float, meant: str) -> None:
    read, wide = line("71 07"), 10.0
    boxes = [
        (x + (at > 2) * (room - 1) * wide, y, z + (at > 2) * (room - 1) * wide, v)
        for at, (x, y, z, v) in enumerate(read.boxes)
    ]
    found = in_columns([replace(read, boxes=tuple(boxes)), *map(line, others)], [(10, 60)] * (1 + len(others)))
    assert [each.text for each in found] == [meant, *others]


@pytest.mark.parametrize(
    ("others", "meant"), [(["8.00", "10"], "31.40%"), (["8.0012", "10"], "31.4096"), (["有", "无"], "31.4096")]
)
def test_a_percent_sign_is_read_as_digits_where_no_other_figure_has_as_many_decimals(
    others: list[str], meant: str
) -> None:
    assert in_columns([*map(line, ("31.4096", *others))], [(10, 60)] * 3)[0].text == meant


@pytest.mark.parametrize(("others", "meant"), [(["5", "20"], "15"), (["5.00", "20"], ".15"), (["有", "20"], ".15")])
def test_a_point_before_a_figure_is_a_speck_in_a_column_without_points(others: list[str], meant: str) -> None:
    assert in_columns([*map(line, (".15", *others))], [(10, 60)] * 3)[0].text == meant


def test_a_point_between_thousands_before_such_a_gap_is_a_separator() -> None:
    read = [line(text) for text in ("2.719 28", "4.00", "3,100.00")]
    assert in_columns(read, [(10, 60)] * 3)[0].text == "2,719.28"


@pytest.mark.parametrize(
    ("text", "others", "meant"),
    [
        ("3,60415", ["4.00", "3,100.00"], "3,604.15"),
        ("-12,345,60415", ["4.00", "3,100.00"], "-12,345,604.15"),
        ("3,60415", ["4", "3,100.00"], "3,60415"),
        ("3,604", ["4.00", "3,100.00"], "3,604"),
        ("3,6041", ["4.00", "3,100.00"], "3,6041"),
        ("067", ["4.00", "3,100.00"], "0.67"),
        ("-067", ["4.00", "3,100.00"], "-0.67"),
        ("067", ["4", "3,100.00"], "067"),
        ("0670", ["4.00", "3,100.00"], "0670"),
    ],
)
def test_behind_a_separator_there_are_three_digits_and_the_point(text: str, others: list[str], meant: str) -> None:
    found = in_columns([*map(line, (text, *others))], [(10, 60)] * 3)
    assert [each.text for each in found] == [meant, *others]


@pytest.mark.parametrize(
    ("text", "others", "meant"),
    [
        ("io", ["6", "10"], "10"),
        ("íó", ["6", "10"], "10"),
        ("3ó%", ["6", "10"], "30%"),
        ("ém", ["6", "10"], "ém"),
        ("2Oo", ["6", "10"], "200"),
        ("j0.5O", ["6", "10"], "10.50"),
        ("j.", ["6", "10"], "j."),
        ("io", ["6", "有"], "io"),
        ("in", ["6", "10"], "in"),
    ],
)
def test_letters_in_a_column_of_figures_are_digits(text: str, others: list[str], meant: str) -> None:
    found = in_columns([*map(line, (text, *others))], [(10, 60)] * 3)
    assert [each.text for each in found] == [meant, *others]


def test_what_is_surely_a_dash_and_what_is_in_no_column_stays() -> None:
    read = [line(text) for text in ("4.00", "4.00-", "4.00", "15:00")]
    assert [each.text for each in in_columns(read, [(10, 60)] * 3 + [None])] == ["4.00", "4.00-", "4.00", "15:00"]
    assert in_columns(read[1:2] + read[3:], [None, (10, 60)]) == read[1:2] + read[3:]


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
    ("减少0.40万元。其中：", 0.8, "减少0.40万元。其中："),  # what follows is listed
    ("减少1.60万元.", 0.9, "减少1.60万元，"),
    ("支出减少。", 0.6, "支出减少。"),
    ("支出决算数为.", 0.99, "支出决算数为"),
])  # fmt: skip
def test_a_speck_behind_a_line_is_no_sign(read: str, score: float, meant: str) -> None:
    seen = line(read)
    cleaned = clean(replace(seen, scores=(*seen.scores[:-1], score)), running=True)
    assert cleaned is not None
    assert cleaned.text == meant


@pytest.mark.parametrize("text", ["*", "·", "•.", "，", ":", "·："])
def test_the_star_of_a_seal_and_specks_are_no_text(text: str) -> None:
    assert clean(line(text)) is None


@pytest.mark.parametrize(
    ("read", "wide", "meant"),
    [
        ("12 4.3 2", 8.0, "124.32"),
        ("1,2 34.5 6", 8.0, "1,234.56"),
        ("12 4.32", 5.0, "12 4.32"),  # set close: two figures
        ("12 4", 8.0, "12 4"),
        ("3 0 5", 11.0, "305"),
        ("3 0 5", 14.0, "3 0 5"),
        ("3 0 5", 5.0, "3 0 5"),
    ],
)
def test_a_figure_that_is_set_wide_is_one(read: str, wide: float, meant: str) -> None:
    """A blank takes no room of its own there: the network reads one where the signs stand apart."""
    boxes, x = [], 0.0
    for sign in read:
        boxes.append((x, 0.0, x + (wide if sign != " " else 0.1), 12.0))
        x += wide if sign != " " else 0.0
    cleaned = clean(OcrLine(read, tuple(boxes), (0.9,) * len(read), (0.0, 0.0, x, 12.0)), alone=True)
    assert cleaned is not None
    assert cleaned.text == meant
    moved = [40.0 * (at > 2) for at in range(len(boxes))]
    apart = [(box[0] + more, box[1], box[2] + more, box[3]) for box, more in zip(boxes, moved, strict=True)]
    cleaned = clean(OcrLine(read, tuple(apart), (0.9,) * len(read), (0.0, 0.0, x + 40, 12.0)), alone=True)
    assert cleaned is not None
    assert cleaned.text == read, "a wide gap is between two figures"


@pytest.mark.parametrize(
    ("read", "step", "meant"),
    [
        ("支出为3 1.60", 8.0, "支出为31.60"),
        ("支出为3 1.60", 5.0, "支出为3 1.60"),
        ("收入。二）支出为3 1.60", 8.0, "收入。（二）支出为31.60"),  # also where a bracket is put back
    ],
)
def test_a_figure_that_is_set_wide_in_a_line_is_one(read: str, step: float, meant: str) -> None:
    boxes, x = [], 0.0
    for sign in read:
        wide = 0.1 if sign == " " else step if sign in "31.60" else 10.0
        boxes.append((x, 0.0, x + wide, 12.0))
        x += wide if sign != " " else 0.0
    cleaned = clean(OcrLine(read, tuple(boxes), (0.9,) * len(read), (0.0, 0.0, x, 12.0)), running=True)
    assert cleaned is not None
    assert cleaned.text == meant


@pytest.mark.parametrize(
    ("above", "below", "others", "meant"),
    [
        ("415.208", "64", ["1,870.50", "96.00"], ("415,208.", "64")),  # the point at the end of a line is lost
        ("415,208", "64", ["1,870.50", "96.00"], ("415,208.", "64")),
        ("3.415.208", ".64", ["1,870.50", "96.00"], ("3,415,208", ".64")),
        ("415.208.", "64", ["1,870.50", "96.00"], ("415,208.", "64")),
        ("3.415.20", "8.64", ["1,870.50", "96.00"], ("3.415.20", "8.64")),  # may be two
        ("415.208", "8.64", ["1,870.50", "96.00"], ("415.208", "8.64")),
        ("415.208", "640", ["1,870.50", "96.00"], ("415.208", "640")),
        ("415.20", "64", ["1,870.50", "96.00"], ("415.20", "64")),
        ("415.208", "64", ["1,870", "96"], ("415.208", "64")),  # not of amounts
        ("415.208", "64", ["甲", "乙"], ("415.208", "64")),
        ("机关", "2", ["1,870.50", "96.00"], ("机关", "2")),
    ],
)
def test_an_amount_that_goes_on_in_the_next_line_is_parted_in_its_one_way(
    above: str, below: str, others: list[str], meant: tuple[str, str]
) -> None:
    column = (10, 60)
    read = [line(below), *map(line, others), line(above)]
    columns = [None, *([column] * len(others)), None]
    found = over_two_lines(read, columns, [(len(read) - 1, 0, column)])
    assert (found[-1].text, found[0].text) == meant
    assert [each.text for each in found[1:-1]] == others
    assert all(len(each.boxes) == len(each.scores) == len(each.text) for each in found)


@pytest.mark.parametrize(
    ("left", "right", "gap", "wide", "others", "meant"),
    [
        ("304", "0 7", 12.0, 8.0, ["4.00", "81.55"], ("304.", "07")),
        ("3 0 4", "07", 12.0, 8.0, ["4.00", "81.55"], ("304.", "07")),
        ("304", "07", 8.0, 5.0, ["4.00", "81.55"], ("304", "07")),  # set close: two figures
        ("304", "07", 18.0, 8.0, ["4.00", "81.55"], ("304", "07")),  # there may be more between them
        ("304", "073", 12.0, 8.0, ["4.00", "81.55"], ("304", "073")),
        ("304", "07", 12.0, 8.0, ["4", "81.55"], ("304", "07")),
    ],
)
def test_a_figure_set_so_wide_that_it_was_read_in_two_has_its_point(
    left: str, right: str, gap: float, wide: float, others: list[str], meant: tuple[str, str]
) -> None:
    first = line(left, wide)
    second = line(right, 2 * wide / len(right) if " " not in right else wide / 2)
    end = first.box[2]
    places = tuple((x0 + end + gap, y0, x1 + end + gap, y1) for x0, y0, x1, y1 in (*second.boxes, second.box))
    second = replace(second, boxes=places[:-1], box=places[-1])
    column = (10, 60)
    read = [second, *map(line, others), first]
    columns = [None, *([column] * len(others)), None]
    found = over_two_lines(read, columns, [(0, len(read) - 1, column)])
    assert (found[-1].text, found[0].text) == meant
    assert all(len(each.boxes) == len(each.scores) == len(each.text) for each in found)

"""Right reports are not accused, and one fault is laid at one figure: a made-up narrative, each time with a change."""

from __future__ import annotations

from pathlib import Path

import pytest

from recount.pipeline.result import Result
from recount.pipeline.structure import structure

REPORT = """
南港市渔政局2022年度部门决算

第一部分 部门概况

一、主要职能

负责渔政管理。

第三部分 2022年度部门决算情况说明

一、收入支出决算总体情况说明

2022年度收入总计500.00万元，其中：本年收入合计460.00万元，使用非财政拨款结余10.00万元，年初结转和结余30.00万元。支出总计500.00万元，其中：本年支出合计470.00万元，结余分配0.00万元，年末结转和结余30.00万元。收入总计、支出总计与上年相比，各增加50.00万元，增长11.11%，主要原因是：新增渔港项目。

二、收入决算情况说明

本年收入460.00万元，其中：财政拨款收入414.00万元，占90.00%；事业收入23.00万元，占5.00%；其他收入23.00万元，占5.00%。

三、支出决算情况说明

本年支出470.00万元，其中：基本支出282.00万元，占60.00%；项目支出188.00万元，占40.00%。

四、财政拨款收入支出决算总体情况说明

财政拨款收入总计434.00万元，其中：年初财政拨款结转和结余20.00万元，财政拨款本年收入414.00万元。财政拨款支出总计434.00万元，其中：财政拨款本年支出409.00万元，年末财政拨款结转和结余25.00万元。与上年相比，收入总计、支出总计各增加34.00万元，增长8.50%。

五、一般公共预算财政拨款支出决算情况说明

（一）总体情况

2022年度一般公共预算财政拨款支出409.00万元，占本年支出合计的87.02%。与上年相比，增加9.00万元，增长2.25%。

（二）结构情况

1.社会保障和就业支出（类）40.00万元，占9.78%。2.农林水支出（类）369.00万元，占90.22%。

（三）具体情况

1.社会保障和就业支出（类）行政事业单位养老支出（款）机关事业单位基本养老保险缴费支出（项）：支出决算为40.00万元，比上年增加4.00万元，增长11.11%，主要原因是：缴费基数提高。

2.农林水支出（类）农业农村（款）行政运行（项）：支出决算为242.00万元，比上年增加2.00万元，增长0.83%，主要原因是：工资调整。

3.农林水支出（类）农业农村（款）渔业发展（项）：支出决算为127.00万元，比上年增加3.00万元，增长2.42%，主要原因是：新增渔港项目。

六、一般公共预算财政拨款基本支出决算情况说明

一般公共预算财政拨款基本支出282.00万元，其中：人员经费250.00万元，包括：基本工资、津贴补贴；公用经费32.00万元，包括：办公费、水费。

七、财政拨款“三公”经费支出决算情况说明

“三公”经费支出6.00万元，比上年减少0.50万元，下降7.69%。其中：因公出国（境）费支出0.00万元，占0.00%，比上年增加0.00万元；公务用车购置及运行维护费支出5.00万元，占83.33%，比上年减少0.40万元，下降7.41%；公务接待费支出1.00万元，占16.67%，比上年减少0.10万元，下降9.09%。

公务用车购置费0.00万元，公务用车运行维护费5.00万元。公务用车保有量3辆。国内公务接待5批次，60人次。

八、政府性基金预算财政拨款收入支出决算情况说明

2022年度无政府性基金预算财政拨款收入支出。

九、国有资本经营预算财政拨款收入支出决算情况说明

2022年度无国有资本经营预算财政拨款收入支出。

十、其他重要事项的情况说明

（一）机关运行经费支出情况

机关运行经费支出32.00万元，比上年增加2.00万元，增长6.67%。

（二）政府采购情况

政府采购支出总额100.00万元，其中：货物支出60.00万元、工程支出10.00万元、服务支出30.00万元。授予中小企业合同金额80.00万元，占政府采购支出总额的80.00%，其中：授予小微企业合同金额40.00万元，占授予中小企业合同金额的50.00%。

（三）国有资产占用情况说明

截至2022年12月31日，共有车辆3辆，其中：主要领导干部用车0辆，机要通信用车1辆，执法执勤用车2辆，其他用车0辆；单价100万元以上设备1台。
"""


def changed(folder: Path, *changes: tuple[str, str]) -> Result:
    """The result of the report with some of its words replaced, each of which stands in it once."""
    report = REPORT
    for printed, instead in changes:
        assert report.count(printed) == 1, printed
        report = report.replace(printed, instead)
    (folder / "report.txt").write_text(report, encoding="utf-8")
    return structure(folder / "report.txt")


def accused(result: Result) -> list[str]:
    return [pointer for pointer, figure in result.figures.items() if figure.status == "disputed"]


def failing(result: Result) -> list[str]:
    return [check.rule for check in result.checks if check.result == "fail"]


RIGHT = {
    "as it is": (),
    "institutions have 公用经费 too": (("公用经费32.00", "公用经费52.00"), ("人员经费250.00", "人员经费230.00")),
    "institutions have cars too": (("共有车辆3辆", "共有车辆7辆"), ("执法执勤用车2辆", "执法执勤用车6辆")),
    "小微企业 of procurement": (("占授予中小企业合同金额的50.00%", "占政府采购支出总额的40.00%"),),
    "小微企业 of 中小企业": (("占授予中小企业合同金额的50.00%", "占中小企业合同金额的50.00%"),),
    "小微企业 of what is not said": (("占授予中小企业合同金额的50.00%", "占比50.00%"),),
    "a comparison below an amount that nobody knows": (
        (
            "基本支出282.00万元，其中",
            "基本支出282.00万元。另有专项补助77.00万元。与上年相比，增加7.00万元，增长10.00%。其中",
        ),
    ),
}
LACKS = {
    "income": ("其他收入23.00万元，占5.00%", "同级横向补助23.00万元，占5.00%", "同级横向补助 23.00"),
    "expenditure": (
        "项目支出188.00万元，占40.00%",
        "项目支出141.00万元，占30.00%；债务还本付息47.00万元，占10.00%",
        "债务还本付息 47.00",
    ),
    "class": (
        "1.社会保障和就业支出（类）40.00万元，占9.78%。",
        "1.社保口径支出40.00万元，占9.78%。",
        "社保口径支出 40.00",
    ),
    "item": (
        "3.农林水支出（类）农业农村（款）渔业发展（项）：支出决算为127.00万元",
        "渔业发展项目：支出127.00万元",
        "支出 127.00",
    ),
    "carried over": ("结转和结余20.00万元", "结转和结余15.00万元，其他财政拨款结转5.00万元", "其他财政拨款结转 5.00"),
    "procurement": ("服务支出30.00万元", "服务支出20.00万元、其他采购10.00万元", "其他采购 10.00"),
    "basic": (
        "人员经费250.00万元，包括：基本工资、津贴补贴；",
        "人员经费200.00万元，包括：基本工资、津贴补贴；资本性支出50.00万元；",
        "资本性支出 50.00",
    ),
}
FAULTS = {
    "/income_expenditure/income_total": ("收入总计500.00万元，其中", "收入总计505.00万元，其中"),
    "/income_expenditure/income_current_year": ("本年收入合计460.00", "本年收入合计464.00"),
    "/income/total": ("本年收入460.00万元，其中", "本年收入464.00万元，其中"),
    "/income/fiscal_appropriation/amount": ("财政拨款收入414.00万元，占", "财政拨款收入415.00万元，占"),
    "/fiscal_appropriation/income_total": ("财政拨款收入总计434.00", "财政拨款收入总计443.00"),
    "/general_public_budget/total": ("财政拨款支出409.00万元，占", "财政拨款支出490.00万元，占"),
    "/general_public_budget/items/1/amount": ("支出决算为242.00", "支出决算为224.00"),
    "/three_public/vehicles/amount": ("运行维护费支出5.00万元，占", "运行维护费支出5.50万元，占"),
    "/operating_costs/0/amount": ("机关运行经费支出32.00", "机关运行经费支出38.00"),
    "/procurement/total": ("政府采购支出总额100.00", "政府采购支出总额110.00"),
}


@pytest.mark.parametrize("changes", RIGHT.values(), ids=RIGHT)
def test_of_a_right_report_nothing_fails(changes: tuple[tuple[str, str], ...], tmp_path: Path) -> None:
    result = changed(tmp_path, *changes)
    assert result.summary.figures["verified"] > 70
    assert (failing(result), accused(result)) == ([], [])


def test_one_kind_of_income_beside_the_total_of_all_is_no_list(tmp_path: Path) -> None:
    start = REPORT.index("一、收入支出决算总体")
    said = "总收入90.00万元，其中本年收入85.00万元。一般公共预算财政拨款收入84.00万元，为本级财政拨付。"
    (tmp_path / "report.txt").write_text(f"{REPORT[:start]}一、收入支出决算总体情况说明\n\n{said}\n", encoding="utf-8")
    result = structure(tmp_path / "report.txt")
    assert result.report["income"]["fiscal_appropriation"] is not None
    assert (failing(result), accused(result)) == ([], [])


@pytest.mark.parametrize(("printed", "instead", "lacks"), LACKS.values(), ids=LACKS)
def test_a_sum_that_lacks_a_term_says_which(printed: str, instead: str, lacks: str, tmp_path: Path) -> None:
    result = changed(tmp_path, (printed, instead))
    assert (failing(result), accused(result)) == ([], [])
    said = [str(check.explanation) for check in result.checks if check.result == "not_applicable"]
    assert f"it lacks {lacks}, which has no field" in said


def test_a_sum_that_is_off_by_something_else_still_fails(tmp_path: Path) -> None:
    """Another amount beside its terms excuses nothing."""
    result = changed(tmp_path, ("其他收入23.00万元，占5.00%", "同级横向补助20.00万元"))
    assert "本年收入 = 各项之和" in failing(result)


@pytest.mark.parametrize(("pointer", "change"), FAULTS.items(), ids=FAULTS)
def test_one_fault_is_laid_at_its_root(pointer: str, change: tuple[str, str], tmp_path: Path) -> None:
    result = changed(tmp_path, change)
    assert len(failing(result)) > 1
    assert accused(result) == [pointer]


def test_where_two_figures_may_be_at_fault_both_are_disputed(tmp_path: Path) -> None:
    result = changed(tmp_path, ("人员经费250.00", "人员经费205.00"))
    assert accused(result) == ["/basic_expenditure/total", "/basic_expenditure/personnel"]

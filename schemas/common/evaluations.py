"""What the self-evaluation tables print as labels, as plain data.

Every label is written as `label_of` gives it: half-width, without spaces, brackets and what they
hold, or a colon at its end. So 执行率（B/A） is 执行率 and 部门（单位）名称 is 部门名称.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from recount.schemas.family import Form, Kind, Meaning, Part, lost_one

_short: set[str] = set()


def _with_short(labels: Mapping[str, Meaning]) -> Mapping[str, Meaning]:
    """Labels by what they name, also where they have lost a character."""
    short = lost_one(labels)
    _short.update(short)
    return {**short, **labels}


def _all_of(labels: Iterable[str]) -> frozenset[str]:
    """Labels that mean the same, also where they have lost a character."""
    return frozenset(_with_short(dict.fromkeys(labels, "")))


TITLE_MARKS = ("自评", "绩效评价表", "绩效目标完成情况表")
"""A title that holds one of these is that of an evaluation table; with OVERALL_MARK, of the overall one."""

OVERALL_MARK = "整体"

PROJECT_NAME = _all_of({"项目名称", "项目支出名称"})
UNIT_NAME = _all_of(
    {
        "部门名称",
        "单位名称",
        "部门",
        "部门单位名称",
        "部门/单位名称",
        "部门名称及代码",
        "预算单位名称",
        "预算部门名称",
    }
)
HEAD = _with_short(
    {
        "主管部门": "department",
        "项目主管部门": "department",
        "主管单位": "department",
        "主管部门及代码": "department",
        "实施单位": "implementing_unit",
        "项目实施单位": "implementing_unit",
        "实施单位名称": "implementing_unit",
        "项目单位": "implementing_unit",
        "预算单位": "implementing_unit",
        "预算执行单位": "implementing_unit",
    }
)
"""Labels whose value stands right of them, by the field that the value fills."""

FUND_COLUMNS = _with_short(
    {
        "年初预算数": "initial_budget",
        "年初预算": "initial_budget",
        "年初预算金额": "initial_budget",
        "年初预算批复数": "initial_budget",
        "全年预算数": "annual_budget",
        "全年预算": "annual_budget",
        "全年预算金额": "annual_budget",
        "全年预算总额": "annual_budget",
        "年度预算数": "annual_budget",
        "调整后预算数": "annual_budget",
        "全年执行数": "executed",
        "全年执行": "executed",
        "全年执行金额": "executed",
        "全年实际执行数": "executed",
        "实际执行数": "executed",
        "执行数": "executed",
        "分值": "weight",
        "分值权重": "weight",
        "权重": "weight",
        "权重分值": "weight",
        "执行率": "execution_rate",
        "预算执行率": "execution_rate",
        "得分": "score",
        "自评得分": "score",
    }
)

EXPECTED_GOAL = _all_of(
    {"预期目标", "年初设定目标", "预期总体目标", "年初预期目标", "年度预期目标", "年初目标", "目标设定情况"}
)
ACTUAL_COMPLETION = _all_of(
    {
        "实际完成情况",
        "目标实际完成情况",
        "全年实际完成情况",
        "年度总体目标完成情况",
        "完成情况",
        "实际完成目标",
    }
)
WHOLE_GOAL = _all_of({"年度总体目标", "总体目标", "年度绩效目标", "年度目标"})
"""The label left of the goals; in a table without 预期目标 its text is the expected goal itself."""

INDICATOR_COLUMNS = _with_short(
    {
        "一级指标": "level1",
        "二级指标": "level2",
        "三级指标": "level3",
        "三级指标名称": "level3",
        "指标名称": "level3",
        "指标内容": "level3",
        "具体指标": "level3",
        "年度指标值": "target",
        "预期指标值": "target",
        "年度预期值": "target",
        "年度预期指标值": "target",
        "年度目标值": "target",
        "年初指标值": "target",
        "年初目标值": "target",
        "指标值": "target",
        "目标值": "target",
        "预期值": "target",
        "实际完成值": "actual",
        "实际完成指标值": "actual",
        "全年实际完成值": "actual",
        "全年完成值": "actual",
        "年度完成值": "actual",
        "实际完成情况": "actual",
        "实际值": "actual",
        "完成值": "actual",
        "分值": "weight",
        "分值权重": "weight",
        "权重": "weight",
        "权重分值": "weight",
        "得分": "score",
        "自评得分": "score",
        "偏差原因分析及改进措施": "deviation",
        "偏差原因分析与改进措施": "deviation",
        "偏差原因及改进措施": "deviation",
        "偏差原因分析": "deviation",
        "偏差原因": "deviation",
        "未完成原因分析及改进措施": "deviation",
        "未完成原因及改进措施": "deviation",
        "未完成原因分析": "deviation",
        "指标值设定依据": "basis",
        "指标设定依据": "basis",
        "设定依据": "basis",
    }
)

LEVEL1_ONLY = frozenset({"产出指标", "效益指标"})
LEVEL2_ONLY = frozenset(
    {
        "数量指标", "质量指标", "时效指标",
        "经济效益指标", "社会效益指标", "生态效益指标", "可持续影响指标", "可持续发展影响指标",
        "经济成本指标", "社会成本指标", "生态环境成本指标", "服务对象满意度指标",
    }
)  # fmt: skip
LEVELS = LEVEL1_ONLY | LEVEL2_ONLY | {"成本指标", "满意度指标"}
"""Labels of the levels; 成本指标 and 满意度指标 are printed on both."""

TOTAL_SCORE = frozenset({"总分", "总得分", "总分合计", "合计得分"})
TOTAL = TOTAL_SCORE | {"合计", "总计"}

DASHES = frozenset("-—–－―─/／\\*")
"""A cell that holds nothing but these says nothing."""

FIGURE_TAILS = frozenset({"", "分", "万元", "元"})
"""What may stand in a cell beside its one number."""


_KINDS: dict[str, Kind] = {
    "source": "name",
    "initial_budget": "amount",
    "annual_budget": "amount",
    "executed": "amount",
    "execution_rate": "rate",
    "level1": "level",
    "level2": "level",
    "level3": "name",
    "target": "target",
    "actual": "value",
    "weight": "points",
    "score": "points",
    "deviation": "remark",
    "basis": "remark",
}

_BESIDE = WHOLE_GOAL | _all_of(
    {
        "项目资金", "资金来源", "年度资金", "年度资金来源", "部门预算资金", "年度预算资金", "预算资金", "预算执行情况",
        "年度目标完成情况", "年度绩效指标完成情况", "年度绩效指标", "绩效指标", "绩效指标完成情况", "年度指标完成情况",
    }
)  # fmt: skip
"""Labels that stand left of a whole part of a table."""

_LEVEL_COLUMNS = _with_short(
    {
        label: frozenset(
            level for level, others in (("level1", LEVEL2_ONLY), ("level2", LEVEL1_ONLY)) if label not in others
        )
        for label in LEVELS
    }
)

EVALUATION = Form(
    starts=(PROJECT_NAME, UNIT_NAME),
    pairs=PROJECT_NAME | UNIT_NAME | frozenset(HEAD),
    above=Part(
        heads=FUND_COLUMNS,
        kinds=_KINDS,
        needs=frozenset({"initial_budget", "annual_budget", "executed", "execution_rate"}),
        first="source",
    ),
    goals=(EXPECTED_GOAL, ACTUAL_COMPLETION),
    rows=Part(
        heads=INDICATOR_COLUMNS,
        kinds=_KINDS,
        needs=frozenset({"target", "actual", "score"}),
        must=frozenset({"level3", "weight"}),
        levels=_LEVEL_COLUMNS,
    ),
    total=TOTAL,
    beside=_BESIDE,
    short=frozenset(_short),
)
"""项目支出绩效自评表 and 部门（单位）整体支出绩效目标自评表 (docs/contract/forms.md, X)."""


# --- tables of targets: what a project is given, and what it is to reach

_OF_WHICH = ("", "其中:", "其中")


def _funds(labels: Mapping[str, str]) -> Mapping[str, str]:
    """Labels of money by what it is, also behind 其中."""
    return _with_short({before + label: name for label, name in labels.items() for before in _OF_WHICH})


_BESIDE_TARGETS = frozenset(
    {"项目资金", "资金情况", "年度资金", "项目绩效目标", "绩效目标", "绩效指标", "年度绩效指标"}
)
TARGET_WHOLE = _all_of({"项目资金总额", "项目总资金", "项目总额", "实施期资金总额", "中期资金总额"}) - _BESIDE_TARGETS
TARGET_YEAR = _all_of({"年度资金申请总额", "年度资金总额", "年度资金总金额", "年度总资金"}) - _BESIDE_TARGETS
"""The labels of the two sums: of all years, and of the one."""

_CARRIED = _funds({"上年结转资金": "carried", "上年结转": "carried"})
TARGET_FUNDS = {
    **_funds({"财政资金": "fiscal", "财政拨款": "fiscal", "当年财政拨款": "fiscal", "其他资金": "other"}),
    **_CARRIED,
}
"""The labels of their parts, by what the field that they fill ends with."""

TARGET_DATES = _with_short(
    {
        "计划开始日期": "start_date",
        "计划开始时间": "start_date",
        "计划完成日期": "end_date",
        "计划完成时间": "end_date",
    }
)
TARGET_GOALS = _with_short(
    {
        "项目总体目标": "overall_goal",
        "总体目标": "overall_goal",
        "实施期目标": "overall_goal",
        "实施期总目标": "overall_goal",
        "中期目标": "overall_goal",
        "年度总体目标": "annual_goal",
        "年度绩效目标": "annual_goal",
        "年度目标": "annual_goal",
    }
)

_REACHED = frozenset({"actual", "score", "deviation"})

TARGETS = Form(
    starts=(PROJECT_NAME, frozenset(TARGET_DATES)),
    pairs=PROJECT_NAME | frozenset(HEAD) | frozenset(TARGET_DATES) | _all_of({"项目类别", "项目属性", "项目类型"}),
    goals=(
        frozenset(label for label, name in TARGET_GOALS.items() if name == "overall_goal"),
        frozenset(label for label, name in TARGET_GOALS.items() if name == "annual_goal"),
    ),
    rows=Part(
        heads={label: name for label, name in INDICATOR_COLUMNS.items() if name not in _REACHED},
        kinds=_KINDS,
        needs=frozenset({"level3", "target"}),
        must=frozenset({"level3", "target"}),
        levels=_LEVEL_COLUMNS,
    ),
    beside=_all_of(_BESIDE_TARGETS),
    money={
        **dict.fromkeys((*TARGET_WHOLE, *TARGET_YEAR), "sum"),
        **TARGET_FUNDS,
    },
    right=frozenset(_CARRIED),
    short=frozenset(_short) - _BESIDE_TARGETS,
)
"""项目支出绩效目标（申报）表, of the budgets."""

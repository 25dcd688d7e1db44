"""Departmental budgets (部门预算公开) as a report family."""

from __future__ import annotations

from recount.schemas.department_budget.outline import OUTLINE
from recount.schemas.department_budget.report import Report
from recount.schemas.family import Family
from recount.schemas.final_accounts.family import ROW_LABELS

DEPARTMENT_BUDGET = Family(
    name="department_budget",
    title="部门预算公开",
    contract="department-budget/1",
    report=Report,
    outline=OUTLINE,
    front=r"20\d\d年?度?[^。]{0,40}预算(?!绩效|执行)|(?:部门|单位)预算(?:公开|信息)*(?:说明|报告)?",
    signs=(
        r"预算(?:收支|公开|情况|明细|总体|总|报)*表$",
        r"(?<!决算)(?:收支|收入|支出)(?:预算)?(?:总体|情况|明细|总)*表$",
        r"预算(?:收支|安排|总体|当年|财政|拨款|支出)*情况(?:的)?(?:总体)?(?:说明)?$",
        r"绩效目标(?:申报)?表$|^年度预算数$|^\d{4}年预算数?$|上年执行数|\d{4}年执行数",
    ),
    row_labels=ROW_LABELS | {"收入总计", "支出总计", "上年结转", "结转下年"},
    table_starts=r"项目名称|部门\(单位\)名称|单位名称|部门名称",
)

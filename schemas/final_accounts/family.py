"""Departmental final accounts (部门决算公开) as a report family."""

from __future__ import annotations

from recount.schemas.family import Family
from recount.schemas.final_accounts.outline import OUTLINE
from recount.schemas.final_accounts.report import Report

# Level-1 and level-2 labels of the performance tables (forms.md), and the rows that close a table.
ROW_LABELS = frozenset(
    {
        "产出指标", "效益指标", "满意度指标", "成本指标", "数量指标", "质量指标", "时效指标", "经济成本指标",
        "社会成本指标", "生态环境成本指标", "经济效益指标", "社会效益指标", "生态效益指标", "可持续影响指标",
        "服务对象满意度指标", "总分", "合计", "总计", "本年收入合计", "本年支出合计",
    }
)  # fmt: skip

FINAL_ACCOUNTS = Family(
    name="final_accounts",
    title="部门决算公开",
    contract="final-accounts/1",
    report=Report,
    outline=OUTLINE,
    front=r"20\d\d年?度?.{0,40}决算|决算(?:公开|情况)*(?:说明|报告)|绩效自评表",
    signs=(
        r"决算(?:公开|情况|明细|总|报)*表$",
        r"决算(?:总体|结构|具体)?(?:情况)?(?:的)?(?:说明)?$",
        r"绩效(?:目标)?自评|自评表$",
        r"^(?:年度)?实际完成(?:指标)?值$|^全年执行数$|^决算数$|预决算差异",
    ),
    row_labels=ROW_LABELS,
    table_starts=r"项目名称|部门\(单位\)名称|单位名称|部门名称",
)

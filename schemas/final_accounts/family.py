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
    contract="final-accounts/1",
    report=Report,
    outline=OUTLINE,
    row_labels=ROW_LABELS,
    table_starts=r"项目名称|部门\(单位\)名称|单位名称|部门名称",
)

"""Departmental budgets (部门预算公开) as a report family."""

from __future__ import annotations

from dataclasses import replace

from recount.schemas.common.evaluations import TARGETS
from recount.schemas.common.rows import ROW_LABELS, STATEMENT_HEADS
from recount.schemas.department_budget.narrative import BudgetLine
from recount.schemas.department_budget.report import Report
from recount.schemas.department_budget.targets import TargetIndicator
from recount.schemas.family import Family, Heading, RowTable, YearLink

# --- the headings of a departmental budget, in the national wording and in those of publishers that follow it

_END = r"(?:的)?(?:总体)?(?:情况)?(?:的)?(?:总体)?(?:说明)?"
_ABOUT = r"(?:关于)?[^。,;]{0,40}?"
_ALL = rf"(?<![费购金算款目本产业])(?:{{}})(?:总)?(?:预算{_END}|(?:总体)?情况(?:的)?(?:总体)?(?:说明)?)"
"""收入预算…, or 收入总体情况… without that word: of the whole, never of 运行经费, 政府采购, 拨款 or 基本支出."""

OUTLINE: tuple[Heading, ...] = (
    Heading("contents", 0, r"目录|目次", aside=True),
    Heading("part.overview", 1, r"[^。]{0,40}概况"),
    Heading("part.statements", 1, r"[^。]{0,40}预算(?:公开)?(?:报)?表", aside=True),
    Heading("part.narrative", 1, r"[^。]{0,40}(?:情况(?:说明)?|说明)"),
    Heading("part.glossary", 1, r"[^。]{0,10}名词解释", closed=True),
    Heading("part.annex", 1, r"附件|附表|附录", aside=True),
    Heading(
        "overview.functions",
        2,
        r"(?:单位|部门)?(?:主要|基本)?(?:职能|职责|工作职责)(?:情况)?(?:说明)?",
        ("part.overview",),
        lists=True,
    ),
    Heading(
        "overview.staff",
        2,
        r"(?:机构|部门|单位|人员)?(?:设置|机构|预算单位构成|构成|编制)[^。,]{0,20}?(?:情况|构成|状况|设置)?",
        ("part.overview",),
    ),
    Heading("overview.functions", 2, r"[^。,;]{2,40}?(?:主要)?(?:职能|职责)"),
    Heading("overview.staff", 2, r"[^。,;]{2,40}?(?:机构设置)"),
    Heading("part.glossary", 2, r"名词解释", closed=True),
    Heading("project_note", 2, r"[^。,;]{0,60}?项目经费情况说明", closed=True),
    Heading("basic_expenditure", 2, rf"{_ABOUT}一般公共预算(?:财政拨款)?基本支出(?:预算)?{_END}"),
    Heading("project_expenditure", 2, rf"{_ABOUT}项目支出(?:预算)?{_END}"),
    Heading("three_public", 2, rf'{_ABOUT}"?三公"?经费[^。,]{{0,16}}?{_END}'),
    Heading("government_funds", 2, rf"{_ABOUT}政府性基金(?:预算)?(?:当年)?(?:拨款)?(?:支出)?(?:预算)?{_END}"),
    Heading("state_capital", 2, rf"{_ABOUT}国有资本经营(?:预算)?(?:当年)?(?:拨款)?(?:支出)?(?:预算)?{_END}"),
    Heading("general_public_budget", 2, rf"{_ABOUT}一般公共预算(?:当年)?(?:财政)?(?:拨款)?(?:支出)?(?:预算)?{_END}"),
    Heading("fiscal_appropriation", 2, rf"{_ABOUT}财政拨款(?:收入支出|收支|支出)(?:总)?(?:预算)?{_END}"),
    Heading("totals", 2, rf"{_ABOUT}{_ALL.format('收入支出|收支')}|{_ABOUT}预算收支(?:增减变化)?{_END}"),
    Heading("compilation", 2, rf"(?:\d{{4}}年度?)?(?:部门|单位)?预算编制{_END}"),
    Heading("income", 2, _ABOUT + _ALL.format("收入")),
    Heading("expenditure", 2, _ABOUT + _ALL.format("支出")),
    Heading("other_matters", 2, r"其他(?:重?要?事项|相关情况)(?:的)?(?:情况)?(?:说明)?"),
    Heading("operating_costs", 3, rf"(?:机关)?(?:运行|公用)经费(?:预算|安排|支出)*{_END}", also=2),
    Heading("procurement", 3, rf"政府采购(?:预算|安排|支出)*{_END}", also=2),
    Heading("state_assets", 3, rf"国有资产(?:占有|占用)?、?(?:占用|使用)?{_END}", also=2),
    Heading("performance", 3, rf"(?:预算|重点|项目)*绩效(?:目标|管理|设置|工作)*{_END}", also=2),
    Heading(
        "general_public_budget.overall",
        3,
        rf"一般公[共用]预算(?:当年)?(?:财政)?(?:拨款)?(?:支出)?(?:规模)(?:变化)?{_END}",
        ("general_public_budget",),
    ),
    Heading(
        "general_public_budget.structure",
        3,
        rf"一般公[共用]预算(?:当年)?(?:财政)?(?:拨款)?(?:支出)?结构{_END}",
        ("general_public_budget",),
    ),
    Heading(
        "general_public_budget.items",
        3,
        rf"一般公[共用]预算(?:当年)?(?:财政)?(?:拨款)?(?:支出)?具体(?:使用|安排)?{_END}",
        ("general_public_budget",),
    ),
)


_BUDGETS = ("一般公共预算", "政府性基金预算", "国有资本经营预算")
HEADS = replace(
    STATEMENT_HEADS,
    amounts=STATEMENT_HEADS.amounts | {"财政专户管理资金", "单位资金", '"三公"经费合计'},
    over=(
        *STATEMENT_HEADS.over,
        ("本年一般公共预算基本支出", ("合计", "人员经费", "公用经费")),
        ("本年拨款", _BUDGETS),
        ("财政拨款结转结余", _BUDGETS),
        ("单位资金", ("小计", "事业收入", "事业单位经营收入", "上级补助收入", "附属单位上缴收入", "其他收入")),
    ),
    codes=STATEMENT_HEADS.codes | {"单位代码", "单位编码", "部门代码"},
    names=STATEMENT_HEADS.names | {"单位名称"},
    lines=STATEMENT_HEADS.lines | {"项目(按功能分类)"},
    others=STATEMENT_HEADS.others | {"部门预算支出经济分类科目", "部门支出经济分类科目"},
)
"""The heads of the statements, with those that budgets of provinces have."""

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
    links=(
        YearLink(
            "一般公共预算财政拨款支出",
            "/general_public_budget/total",
            "/general_public_budget/total",
            "/general_public_budget/change/amount",
        ),
        YearLink("“三公”经费支出", "/three_public/total", "/three_public/total", "/three_public/change/amount"),
    ),
    tables=(
        RowTable("budget_items", "支出项目", "Items of expenditure (类 款 项) of the budgets' narratives.", BudgetLine),
        RowTable("indicators", "绩效指标", "Level-3 indicators of the projects' targets.", TargetIndicator),
        RowTable("statement_rows", "预算报表", "Rows of the budget tables.", section="statements"),
    ),
    heads=HEADS,
    forms=(TARGETS,),
)

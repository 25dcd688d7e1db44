"""Departmental final accounts (部门决算公开) as a report family."""

from __future__ import annotations

from recount.schemas.common.evaluations import EVALUATION
from recount.schemas.common.rows import ROW_LABELS, STATEMENT_HEADS
from recount.schemas.family import Family, Heading, RowTable, YearLink
from recount.schemas.final_accounts.narrative import BudgetItem
from recount.schemas.final_accounts.performance import FundRow, Indicator
from recount.schemas.final_accounts.report import Report

# --- the headings of a departmental final account: forms X, S and N (docs/contract/forms.md)

_OF = r"(?:的)?(?:情况)?(?:的)?(?:说明)?"
_YEAR = r"(?:\d{4}年(?:度)?)?(?:部门|单位)?"
"""二、2021年度部门收入决算情况: some publishers repeat the year, or whose it is, in every heading."""

_OVERALL = r"(?:决算)?(?:总体|具体)?情况(?:的)?(?:说明)?"
_SIDE = r"(?:决算)?(?:总体)?(?:结构)?情况(?:的)?(?:说明)?"
_MONEYS = ("fiscal_appropriation", "general_public_budget", "government_funds", "state_capital")
"""The sections of one kind of money: 1.收入情况 in them is not of the whole unit."""

OUTLINE: tuple[Heading, ...] = (
    Heading("contents", 0, r"目录|目次", aside=True),
    Heading("part.overview", 1, r"[^。]{0,40}概况", lists=True),
    Heading("part.statements", 1, r"[^。]{0,40}(?:决算(?:公开)?(?:报)?表|附件|附表)", aside=True),
    Heading("part.narrative", 1, r"[^。]{0,40}(?:情况(?:说明)?|说明)"),
    Heading("part.glossary", 1, r"[^。]{0,10}名词解释", closed=True),
    Heading("part.annex", 1, r"附件|附表|附录", aside=True),
    Heading(
        "overview.functions",
        2,
        rf"(?:单位|部门)?(?:主要|基本)?(?:职能|职责|工作职责){_OF}",
        ("part.overview",),
    ),
    Heading(
        "overview.staff",
        2,
        r"(?:机构|部门|单位|人员)?(?:设置|机构|决算单位构成|构成|编制)[^。,]{0,20}?(?:情况|构成|状况|设置)?|(?:部门|单位)?(?:基本|人员)情况",
        ("part.overview",),
    ),
    Heading(
        "fiscal_appropriation",
        2,
        rf"{_YEAR}财政拨款(?:收入(?:[、和与])?支出|收、?支)(?:决算)?(?:总体)?情况(?:说明)?",
        also=3,
    ),
    Heading(
        "basic_expenditure",
        2,
        rf"{_YEAR}(?:一般公共预算)?(?:财政拨款)?基本支出(?:决算)?(?:总体)?情况(?:的)?(?:说明)?",
        also=3,
    ),
    # 2015年度部门决算及“三公”经费决算说明 is a title.
    Heading(
        "three_public", 2, r'(?![^。,]*决算[及和与])[^。,]{0,24}"?三公"?经费[^。,]{0,30}?(?:情况)?(?:说明)?', also=3
    ),
    Heading("government_funds", 2, rf"{_YEAR}政府性基金[^。,]{{0,24}}?情况(?:说明)?", also=3),
    Heading("state_capital", 2, rf"{_YEAR}国有资本经营[^。,]{{0,24}}?情况(?:说明)?", also=3),
    Heading(
        "general_public_budget",
        2,
        rf"{_YEAR}(?:(?:一般公共预算)?财政拨款|一般公共预算(?:财政拨款收入)?)支出{_OVERALL}",
    ),
    Heading(
        "general_public_budget",
        3,
        rf"{_YEAR}(?:(?:一般公共预算)?财政拨款|一般公共预算财政拨款收入)支出(?:决算)?情况(?:的)?(?:说明)?",
    ),
    Heading(
        "income_expenditure",
        2,
        rf"{_YEAR}(?:年度)?(?:收入(?:[、和与])?支出|收、?支)(?:决算)?(?:总体)?情况(?:的)?(?:说明)?",
        also=3,
    ),
    Heading("income", 2, rf"{_YEAR}(?:本年)?收入{_SIDE}", also=3, outside=_MONEYS),
    Heading("expenditure", 2, rf"{_YEAR}(?:本年)?支出{_SIDE}", also=3, outside=_MONEYS),
    Heading("other_notes", 2, r"其他需?要?(?:需要?)?说明(?:的)?(?:事项|情况|问题)", also=3),
    Heading("other_matters", 2, r"其他重?要?事项(?:的)?(?:情况)?(?:说明)?", also=3),
    Heading("performance", 2, r"(?:部门|单位)?(?:预算)?(?:项目)?绩效[^。,]{0,16}?(?:情况|工作)(?:的)?(?:说明)?"),
    Heading(
        "operating_costs",
        3,
        rf"(?:财政拨款)?机[关构]运行经费(?:支出)?(?:决算)?{_OF}|(?:运行|公用)经费(?:支出)?(?:决算)?(?:的)?(?:情况|说明)(?:的)?(?:说明)?",
        also=2,
    ),
    Heading("procurement", 3, rf"政府采购(?:支出)?(?:决算)?{_OF}", also=2),
    Heading("state_assets", 3, rf"国有资产(?:占有|占用)?[、及和]?(?:占用|使用|购置)?{_OF}", also=2),
    Heading(
        "general_public_budget.overall",
        3,
        r"(?:一般公共预算)?(?:财政拨款)?支出(?:决算)?总体情况(?:说明)?",
        ("general_public_budget",),
    ),
    Heading(
        "general_public_budget.structure",
        3,
        r"(?:一般公共预算)?财政拨款支出(?:决算)?(?:结构|构成)情况(?:说明)?",
    ),
    Heading(
        "general_public_budget.items",
        3,
        r"(?:一般公共预算)?财政拨款支出(?:决算)?具体情况(?:说明)?",
        ("general_public_budget",),
    ),
)

LINKS = (
    YearLink("年末结转和结余", "/income_expenditure/closing_carryover", "/income_expenditure/opening_carryover"),
    YearLink(
        "年末财政拨款结转和结余", "/fiscal_appropriation/closing_carryover", "/fiscal_appropriation/opening_carryover"
    ),
    YearLink("政府性基金年末结转和结余", "/government_funds/closing_carryover", "/government_funds/opening_carryover"),
    YearLink("国有资本经营年末结转和结余", "/state_capital/closing_carryover", "/state_capital/opening_carryover"),
    YearLink(
        "收入支出决算总表·年末结转和结余",
        "/statements/income_expenditure/closing_carryover",
        "/statements/income_expenditure/opening_carryover",
    ),
    YearLink(
        "财政拨款收入支出决算总表·年末财政拨款结转和结余",
        "/statements/fiscal_appropriation/closing_carryover/total",
        "/statements/fiscal_appropriation/opening_carryover",
    ),
    *(
        YearLink(title, total, total, change)
        for title, total, change in (
            ("收入总计", "/income_expenditure/income_total", "/income_expenditure/income_change/amount"),
            ("支出总计", "/income_expenditure/expenditure_total", "/income_expenditure/expenditure_change/amount"),
            ("财政拨款收入总计", "/fiscal_appropriation/income_total", "/fiscal_appropriation/income_change/amount"),
            (
                "财政拨款支出总计",
                "/fiscal_appropriation/expenditure_total",
                "/fiscal_appropriation/expenditure_change/amount",
            ),
            ("一般公共预算财政拨款支出", "/general_public_budget/total", "/general_public_budget/change/amount"),
            ("“三公”经费支出", "/three_public/total", "/three_public/change/amount"),
        )
    ),
)
"""What is carried over from one year to the next, and what is compared with the year before."""

TABLES = (
    RowTable("budget_items", "支出项目", "Items of expenditure (类 款 项) of the budgets' narratives.", BudgetItem),
    RowTable("indicators", "绩效指标", "Level-3 indicators of the self-evaluation tables.", Indicator),
    RowTable("fund_rows", "项目资金", "Rows of money of the self-evaluation tables.", FundRow),
    RowTable("statement_rows", "决算报表", "Rows of the final-account statements.", section="statements"),
)

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
    links=LINKS,
    tables=TABLES,
    heads=STATEMENT_HEADS,
    forms=(EVALUATION,),
)

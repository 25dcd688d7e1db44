"""What the kinds of income, of expenditure and of official cars are called, by key, in the order of the forms."""

from __future__ import annotations

INCOME = (
    ("fiscal_appropriation", "财政拨款收入"),
    ("superior_subsidy", "上级补助收入"),
    ("institutional", "事业收入"),
    ("business", "经营收入"),
    ("affiliate_remittance", "附属单位上缴收入"),
    ("other", "其他收入"),
)
EXPENDITURE = (
    ("basic", "基本支出"),
    ("project", "项目支出"),
    ("remitted_to_superior", "上缴上级支出"),
    ("business", "经营支出"),
    ("affiliate_subsidy", "对附属单位补助支出"),
)
FLEET = {
    "ministerial": "副部（省）级及以上领导用车",
    "principal": "主要领导干部用车",
    "confidential": "机要通信用车",
    "emergency": "应急保障用车",
    "enforcement": "执法执勤用车",
    "special": "特种专业技术用车",
    "retired_cadre": "离退休干部用车",
    "other": "其他用车",
}
SHANGHAI_FLEET = FLEET | {"ministerial": "部级领导干部用车"}
"""As accounts and budgets of Shanghai have it."""

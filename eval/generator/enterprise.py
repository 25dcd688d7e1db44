"""Chinese statements of an enterprise: 资产负债表 (会企01表) in two halves and 利润表 (会企02表), every figure known.

    made = enterprise(seed)

    python -m recount.eval.generator.enterprise  # writes the examples of examples/families anew

The lines are those of 财政部《关于修订印发2019年度一般企业财务报表格式的通知》(财会〔2019〕6号), for enterprises that
apply the new standards; enterprises and figures are invented. One prints in 元, another in 千元 or 万元; with 行次 or
without; nothing as a blank, 0.00 or a dash; ruled in one of the styles of the departmental reports, or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from enum import Enum
from pathlib import Path
from random import Random
from typing import Any

from recount.eval.generator.annual import Figures, annual, made
from recount.eval.generator.budgets import BudgetCase
from recount.eval.generator.files import plain
from recount.eval.generator.typeset.blocks import Block, Break, Para, Sheet
from recount.eval.generator.typeset.compose import Manuscript
from recount.eval.generator.typeset.style import STYLES

_OWED = "所有者权益（或股东权益）"


def _names(words: str) -> list[str]:
    return words.split()


LIQUID = _names("货币资金 交易性金融资产 衍生金融资产 应收票据 应收账款 应收款项融资 预付款项 其他应收款 存货 合同资产")
LIQUID += _names("持有待售资产 一年内到期的非流动资产 其他流动资产")
FIXED = _names("债权投资 其他债权投资 长期应收款 长期股权投资 其他权益工具投资 其他非流动金融资产 投资性房地产")
FIXED += _names("固定资产 在建工程 生产性生物资产 油气资产 使用权资产 无形资产 开发支出 商誉 长期待摊费用")
FIXED += _names("递延所得税资产 其他非流动资产")
SOON = _names("短期借款 交易性金融负债 衍生金融负债 应付票据 应付账款 预收款项 合同负债 应付职工薪酬 应交税费")
SOON += _names("其他应付款 持有待售负债 一年内到期的非流动负债 其他流动负债")
LATE = _names("长期借款 应付债券 租赁负债 长期应付款 预计负债 递延收益 递延所得税负债 其他非流动负债")
OWNED = _names("实收资本（或股本） 其他权益工具 资本公积 减：库存股 其他综合收益 专项储备 盈余公积 未分配利润")
_USUAL = {"货币资金", "应收账款", "预付款项", "其他应收款", "存货", "其他流动资产", "固定资产", "在建工程", "无形资产"}
_USUAL |= {"短期借款", "应付账款", "合同负债", "应付职工薪酬", "应交税费", "其他应付款", "长期借款", "递延收益"}
_USUAL |= {"实收资本（或股本）", "资本公积", "盈余公积", "未分配利润"}
_LOSS = "（损失以“-”号填列）"
_EARNED = (
    ("营业收入", "一、营业收入"),
    ("营业成本", "减：营业成本"),
    ("税金及附加", "税金及附加"),
    ("销售费用", "销售费用"),
    ("管理费用", "管理费用"),
    ("研发费用", "研发费用"),
    ("财务费用", "财务费用"),
    ("利息费用", "其中：利息费用"),
    ("利息收入", "利息收入"),
    ("其他收益", "加：其他收益"),
    ("投资收益", f"投资收益{_LOSS}"),
    ("公允价值变动收益", f"公允价值变动收益{_LOSS}"),
    ("信用减值损失", f"信用减值损失{_LOSS}"),
    ("资产处置收益", f"资产处置收益{_LOSS}"),
    ("营业利润", "二、营业利润（亏损以“-”号填列）"),
    ("营业外收入", "加：营业外收入"),
    ("营业外支出", "减：营业外支出"),
    ("利润总额", "三、利润总额（亏损总额以“-”号填列）"),
    ("所得税费用", "减：所得税费用"),
    ("净利润", "四、净利润（净亏损以“-”号填列）"),
)
_PLACES = ("北岭", "青川", "临江", "云阳", "东屏")
_TRADES = ("供水", "公共交通", "城市建设投资", "粮食储备", "水务环境")
_UNITS = {"元": (2, 1), "千元": (2, 1000), "万元": (2, 10000)}
"""Of each unit the decimals, and how many 元 it is."""


# --- the books: in the last printed place of the unit


def _balance(rng: Random, size: int, chosen: set[str]) -> Figures:
    """What an enterprise has and owes at one time; 未分配利润 is what is left. chosen: the lines that it has."""

    def part(names: Iterable[str], share: float) -> Figures:
        own = [name for name in names if name in chosen]
        return {name: round(rng.uniform(0.1, 1.9) * share * size / len(own)) for name in own}

    liquid, fixed = part(LIQUID, 0.4), part(FIXED, 0.6)
    soon, late, owned = part(SOON, 0.3), part(LATE, 0.15), part(OWNED, 0.3)
    assets, debts = sum(liquid.values()) + sum(fixed.values()), sum(soon.values()) + sum(late.values())
    bought = owned.pop("减：库存股", 0)
    owned["未分配利润"] = 0
    owned["未分配利润"] = assets - debts - sum(owned.values()) + bought
    sums = {"流动资产合计": sum(liquid.values()), "非流动资产合计": sum(fixed.values()), "资产总计": assets}
    sums |= {"流动负债合计": sum(soon.values()), "非流动负债合计": sum(late.values()), "负债合计": debts}
    sums |= {f"{_OWED}合计": assets - debts, f"负债和{_OWED}总计": assets}
    bought_back = {"减：库存股": bought} if bought else {}
    return liquid | fixed | soon | late | owned | bought_back | sums


def _income(rng: Random, size: int) -> Figures:
    def draw(share: float) -> int:
        return round(rng.uniform(0.3, 1.7) * share * size)

    own = {"营业收入": draw(0.5), "营业成本": draw(0.35), "税金及附加": draw(0.01), "销售费用": draw(0.02)}
    own |= {"管理费用": draw(0.04), "研发费用": draw(0.01) if rng.random() < 0.5 else 0}
    own |= {"利息费用": draw(0.02), "利息收入": draw(0.004), "其他收益": draw(0.02), "营业外收入": draw(0.004)}
    own["财务费用"] = own["利息费用"] - own["利息收入"] + draw(0.001)
    own |= {
        "投资收益": draw(0.01) - draw(0.008),
        "信用减值损失": -draw(0.004),
        "资产处置收益": draw(0.001) - draw(0.001),
    }
    spent = sum(own[key] for key in ("营业成本", "税金及附加", "销售费用", "管理费用", "研发费用", "财务费用"))
    gained = sum(own[key] for key in ("其他收益", "投资收益", "信用减值损失", "资产处置收益"))
    own["营业利润"] = own["营业收入"] - spent + gained
    own["营业外支出"] = draw(0.003)
    own["利润总额"] = own["营业利润"] + own["营业外收入"] - own["营业外支出"]
    own["所得税费用"] = draw(0.01)
    own["净利润"] = own["利润总额"] - own["所得税费用"]
    return own


# --- the form


def _lines(names: Sequence[str], head: str, total: str) -> list[tuple[str, str]]:
    """A block of the form, each line with the key of its figure."""
    return [("", f"{head}："), *((name, name) for name in names), (total, total)]


def _halves() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    left = [*_lines(LIQUID, "流动资产", "流动资产合计"), *_lines(FIXED, "非流动资产", "非流动资产合计")]
    right = [*_lines(SOON, "流动负债", "流动负债合计"), *_lines(LATE, "非流动负债", "非流动负债合计")]
    right += [("负债合计", "负债合计"), *_lines(OWNED, _OWED, f"{_OWED}合计")]
    blank = len(left) + 1 - len(right)
    right += [("", "")] * (blank - 1) if blank > 0 else []
    left += [("", "")] * (len(right) + 1 - len(left) - 1)
    return [*left, ("资产总计", "资产总计")], [*right, (f"负债和{_OWED}总计", f"负债和{_OWED}总计")]


class _Form:
    """How an enterprise prints its figures."""

    def __init__(self, rng: Random) -> None:
        self.unit = rng.choice(("元", "元", "千元", "万元"))
        self.numbered = rng.random() < 0.5
        self.nil = rng.choice(("", "", "-", "0.00"))
        self.year = rng.randint(2019, 2025)

    def printed(self, value: int) -> str:
        """A figure of the last printed place."""
        return f"{Decimal(value).scaleb(-2):,.2f}" if value else self.nil

    def value(self, value: int) -> Decimal | None:
        """The same in 元, as a result delivers it; None where nothing is printed."""
        if not value and self.nil != "0.00":
            return None
        return Decimal(value).scaleb(-2) * _UNITS[self.unit][1]


def enterprise(seed: int) -> BudgetCase:
    """The statements of a seed."""
    rng = Random(f"enterprise {seed}")
    form = _Form(rng)
    size = rng.randint(20_000_000, 9_000_000_000) // (_UNITS[form.unit][1] // 10 or 1) + 50_000
    chosen = {name for block in (LIQUID, FIXED, SOON, LATE, OWNED) for name in block if _is_had(rng, name)}
    balances = [_balance(rng, round(size * share), chosen) for share in (1, rng.uniform(0.7, 1.1))]
    incomes = [_income(rng, round(size * share)) for share in (1, rng.uniform(0.7, 1.1))]
    name = f"{rng.choice(_PLACES)}市{rng.choice(_TRADES)}集团有限公司"
    blocks = [*_front(name, form), *_balance_sheet(form, name, balances), *_income_statement(form, name, incomes)]
    ends = (f"{form.year}-12-31", "期末余额"), (f"{form.year - 1}-12-31", "年初余额")
    years = (str(form.year), "本期金额"), (str(form.year - 1), "上期金额")
    lines = [key for half in _halves() for key, _ in half if key]
    gold = {
        "unit_name": name,
        "fiscal_year": form.year,
        "balance": [_column(form, *own, column, lines) for own, column in zip(ends, balances, strict=True)],
        "income": [_column(form, *own, column, dict(_EARNED)) for own, column in zip(years, incomes, strict=True)],
    }
    style = replace(STYLES[rng.choice(("segmented", "word", "boxed", "ledger", "office"))], cover_page=True)
    style = replace(style, table_size=rng.choice((6.5, 7.0, 7.5)), margin=(48, 56, 48, 50), number_align="right", pad=2)
    style = replace(style, cell_align="left", body_size=12, leading=1.4)
    return made(f"enterprise-{seed}", "enterprise", seed, gold, Manuscript(tuple(blocks), style, name))


def _is_had(rng: Random, name: str) -> bool:
    return name in _USUAL or rng.random() < 0.25


def _column(form: _Form, period: str, head: str, figures: Figures, keys: Iterable[str]) -> dict[str, Any]:
    values = {key_of(key): form.value(figures.get(key, 0)) for key in keys}
    return {"period": period, "head": head, "lines": [], **values}


def key_of(line: str) -> str:
    """The key of a line in examples/families/enterprise_statements."""
    return line.removeprefix("减：").replace("（或股本）", "").replace("（或股东权益）", "")


def _front(name: str, form: _Form) -> list[Block]:
    words = f"{name}成立于{form.year - 14}年，注册资本{form.year % 7 + 2},000万元。"
    words += f"截至{form.year}年末共有员工{form.year % 13 * 37 + 58}人。"
    return [
        Para(name, "cover"),
        Para(f"{form.year}年度财务报表", "cover"),
        Break(),
        Para("一、公司基本情况", "h2"),
        Para(words),
        Break(),
    ]


def _over(form: _Form, name: str, title: str, number: str, date: str) -> list[Block]:
    """What stands over a statement: its title, its number, whose it is, when, and in which unit."""
    return [
        Para(title, "caption"),
        Para(number, "unit"),
        Para(f"编制单位：{name}　　　　{date}　　　　单位：{form.unit}", "note"),
    ]


def _balance_sheet(form: _Form, name: str, columns: Sequence[Figures]) -> list[Block]:
    head = ["资产", *(["行次"] if form.numbered else []), "期末余额", "年初余额"]
    other = [f"负债和{_OWED}", *head[1:]]
    widths = (4.2, *([0.9] if form.numbered else []), 3.0, 3.0)
    sheet = Sheet((*widths, *widths), header=1)
    sheet.row([*head, *other])
    left, right = _halves()
    for at, (one, two) in enumerate(zip(left, right, strict=True), 1):
        sheet.row([*_cells(form, one, columns, at), *_cells(form, two, columns, at + len(left))])
    signed = "法定代表人：　　　　　　主管会计工作负责人：　　　　　　会计机构负责人："
    over = _over(form, name, "资产负债表", "会企01表", f"{form.year}年12月31日")
    return [*over, sheet.grid(), Para(signed, "note"), Break()]


def _income_statement(form: _Form, name: str, columns: Sequence[Figures]) -> list[Block]:
    sheet = Sheet((7.0, *([0.9] if form.numbered else []), 3.0, 3.0), header=1)
    sheet.row(["项目", *(["行次"] if form.numbered else []), "本期金额", "上期金额"])
    for at, line in enumerate(_EARNED, 1):
        sheet.row(_cells(form, line, columns, at))
    return [*_over(form, name, "利润表", "会企02表", f"{form.year}年度"), sheet.grid()]


def _cells(form: _Form, line: tuple[str, str], columns: Sequence[Figures], number: int) -> list[str]:
    key, words = line
    values = [form.printed(column.get(key, 0)) if key else "" for column in columns]
    return [words, *([str(number) if words else ""] if form.numbered else []), *values]


class Accounts(Enum):
    """The reports whose families are data (examples/families)."""

    CHARITY = "charity"
    ENTERPRISE = "enterprise"

    def case(self, seed: int) -> BudgetCase:
        """The one of a seed."""
        return annual(seed) if self is Accounts.CHARITY else enterprise(seed)


FAMILIES = Path(__file__).resolve().parents[2] / "examples" / "families"
EXAMPLES = {"charity_accounts": (Accounts.CHARITY, 8), "enterprise_statements": (Accounts.ENTERPRISE, 1)}
"""The reports that lie beside the families of the repository, by their folder: their form and seed."""


def build(out: Path = FAMILIES) -> None:
    """Write the example of each family."""
    for name, (form, seed) in EXAMPLES.items():
        case, folder = form.case(seed), out / name / "example"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.pdf").write_bytes(case.pdf)
        words = json.dumps(plain(case.gold), ensure_ascii=False, indent=1)
        (folder / "expected.json").write_text(words + "\n", encoding="utf-8")


if __name__ == "__main__":
    build()

"""The rules of a family: of a report in which every figure is there, and as they are pinned in rules.txt.

A line of rules.txt is a rule as it comes in the full report: how many figures it compares, its words, how often it
comes. Where some rules come only, or compare others, if a figure is missing, a second report without it shows those.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any, get_args

from recount.schemas.arithmetic import Identity
from recount.schemas.family import Family
from recount.schemas.figures import Figure, Kind, Model
from recount.tests.schemas.gold import models

RULES = Path(__file__).parent / "rules.txt"
CODES = {None: "合计", "201": "甲", "20101": "乙", "2010101": "丙"}
ECONOMIC = {None: "合计", "301": "丁", "30101": "戊", "302": "己"}
UNITS = {None: "合计", "118": "庚", "118001": "辛", "118001001": "壬"}
SPECIAL = {
    "class_name": "甲",
    "section_name": "乙",
    "item_name": "丙",
    "unit_kind": "institution",
    "other_notes": "其中有1个涉密项目。",
    "part_of": None,
}
FUNDS = ("一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款")
INCOME_LINES = {
    "IncomeExpenditureStatement": (
        *(f"{fund}收入" for fund in FUNDS), "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入",
    ),
    "FiscalAppropriationStatement": FUNDS,
}  # fmt: skip
SEVERAL: dict[str, tuple[dict[str, str], ...]] = {
    "FundRow": ({"source": "年度资金总额"}, {"source": "其中：财政拨款"}),
    "BalanceLine": ({"name": "甲"}, {"name": "乙", "part_of": "甲"}),
    "ProjectRow": ({"name": "合计"}, {"name": "丙"}),
    "EconomicRow": tuple({"code": code, "name": name} for code, name in ECONOMIC.items()),
    "BasicRow": tuple({"code": code, "name": name} for code, name in ECONOMIC.items()),
    "BudgetClass": ({"class_name": "甲"}, {"class_name": "乙"}),
}
"""What the rows of a list are told apart by, where one row would not meet every rule."""
APART = frozenset({("Statements", "projects")})
"""What stands beside a full report, not in it: the identities of budget tables take a row of a project for one with a
code and stop (see test_budget_rules)."""


LESS: dict[str, frozenset[tuple[str, str]]] = {
    "department_budget": frozenset(
        {
            ("Totals", "total"),
            ("Income", "fiscal"),
            ("FiscalAppropriation", "closing"),
            ("ThreePublic", "vehicles"),
            ("Statements", "government_funds"),
            ("Statements", "state_capital"),
            ("BalanceTable", "income_current_year"),
            ("BalanceTable", "expenditure_current_year"),
            ("BalanceTable", "closing"),
            ("IncomeTableRow", "current"),
            ("IncomeTableRow", "fiscal"),
            ("IncomeTableRow", "own"),
            ("IncomeTableRow", "opening"),
            ("FiscalTable", "income_current_year"),
            ("FiscalTable", "expenditure_current_year"),
        }
    )
}
"""By family, what its second report does not have. There every percent is 100: then the shares of a whole are right."""


def models_in(annotation: Any) -> Iterator[type[Model]]:
    """The model types that a field may hold."""
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation
    for argument in get_args(annotation):
        yield from models_in(argument)


def name_of(model: type[Model]) -> str:
    return model.__name__.partition("[")[0]


def identities_of(model: Model) -> Iterator[Identity]:
    """The identities of a model itself."""
    if hasattr(model, "identities"):
        yield from model.identities()


class Full:
    """Makes a report of a family in which every figure is there, each printed in a place of its own.

    One of each list, a row for each level of a classification. less: without some, as LESS has them.
    """

    def __init__(self, family: Family, *, less: bool = False) -> None:
        self.family, self.tokens = family, count()
        self.without = LESS[family.name] if less else frozenset()
        self.percent = Decimal("100.00") if less else Decimal("1.00")
        self.apart: list[Model] = []

    def report(self) -> tuple[Model, ...]:
        """The report, and the parts of it that stand beside it."""
        return (self.fill(self.family.report_of(Figure)), *self.apart)

    def fill(self, model: type[Model], **given: Any) -> Any:
        values: dict[str, Any] = dict(given)
        for key, info in model.model_fields.items():
            if key not in given and (name_of(model), key) not in self.without:
                values[key] = self.value(key, info, model)
            if (name_of(model), key) in APART:
                self.apart.append(values.pop(key))
        return model(**values)

    def value(self, key: str, info: Any, model: type[Model]) -> Any:
        extra = info.json_schema_extra
        if isinstance(extra, dict) and "kind" in extra:
            kind = Kind(str(extra["kind"]))
            value = self.percent if kind is Kind.PERCENT else Decimal("1.00")
            return Figure(f"/{key}/{next(self.tokens)}", value, Decimal("0.01"), kind, next(self.tokens))
        below = next(models_in(info.annotation), None)
        if below is None:
            return False if key == "none" else ("甲",) if "tuple" in str(info.annotation) else SPECIAL.get(key, "甲")
        if "tuple" not in str(info.annotation):
            return self.fill(below)
        return tuple(self.fill(below, **given) for given in self.rows(key, below, model))

    def rows(self, key: str, row: type[Model], model: type[Model]) -> tuple[dict[str, str], ...]:
        """What tells the rows of a list apart."""
        if self.without and name_of(row) == "IncomeTableRow":
            return tuple({"code": code, "name": name} for code, name in UNITS.items())
        if name_of(row) in SEVERAL:
            return SEVERAL[name_of(row)]
        if "code" in row.model_fields:
            return tuple({"code": code, "name": name} for code, name in CODES.items())
        if key == "income" and name_of(row) == "NamedAmount":
            return tuple({"name": name} for name in INCOME_LINES[name_of(model)])
        return ({},)


def rules_of(report: Model | tuple[Model, ...]) -> dict[str, Counter[str]]:
    """The rules by model: how many figures each compares, and how often it comes. The row that it is of is left out."""
    found: dict[str, Counter[str]] = {}
    labels = {(code or "") + name for codes in (CODES, ECONOMIC, UNITS) for code, name in codes.items()}
    for model in models(report):
        for identity in identities_of(model):
            head, mark, rest = identity.rule.partition("·")
            rule = f"〈行〉·{rest}" if mark and head in labels else identity.rule
            compared = len({identity.printed, *identity.computed.operands})
            found.setdefault(name_of(type(model)), Counter())[f"{compared} {rule}"] += 1
    return found


def all_rules(family: Family) -> dict[str, list[str]]:
    """The lines of a family by model: of its full report, then what the one without some figures has besides."""
    found = {name: _lines(rules) for name, rules in rules_of(Full(family).report()).items()}
    if family.name in LESS:
        for name, rules in rules_of(Full(family, less=True).report()).items():
            known = {line.partition(" ×")[0] for line in found.setdefault(name, [])}
            found[name] += [line for line in _lines(rules) if line.partition(" ×")[0] not in known]
    return found


def _lines(rules: Counter[str]) -> list[str]:
    return [f"{rule} ×{times}" if times > 1 else rule for rule, times in rules.items()]


def shown(families: Iterable[Family]) -> str:
    """All rules, as rules.txt has them."""
    lines = []
    for family in families:
        lines += [f"# {family.name}", ""]
        for name, rules in all_rules(family).items():
            lines += [f"[{name}]", *rules, ""]
    return "\n".join(lines)


def pinned(family: Family) -> list[tuple[str, str]]:
    """The rules of a family in rules.txt, each once, by model; without how many figures and how often."""
    found: dict[tuple[str, str], None] = {}
    of, model = "", ""
    for line in RULES.read_text(encoding="utf-8").split("\n"):
        if line.startswith("# "):
            of = line.removeprefix("# ")
        elif line.startswith("["):
            model = line.strip("[]")
        elif line and of == family.name:
            found[model, line.partition(" ")[2].partition(" ×")[0]] = None
    return list(found)

"""The narrative of forms X (docs/contract/forms.md), where its fields' words (schemas/final_accounts) are not all.

Title page and 第一部分; then the sections of 第二部分 that list items or classes, or whose figures share their words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from recount.pipeline.document import Grid, Paragraph
from recount.pipeline.map.grammar.items import heads_in
from recount.pipeline.map.grammar.passage import N, Passage, clean, names_in, passage_of, ref_at, refs_in
from recount.pipeline.map.grammar.phrases import PARTED
from recount.pipeline.map.grammar.sections import amount_of, facts_of, filled, items_of, read_section
from recount.pipeline.map.tables.sheet import NUMERALS, ordinal
from recount.pipeline.split.folding import plain
from recount.pipeline.split.outline import Section
from recount.pipeline.split.titles import front_lines
from recount.schemas.common.codes import is_function_class
from recount.schemas.common.parts import GlossaryEntry, Overview, StateAssets
from recount.schemas.figures import Ref
from recount.schemas.final_accounts.narrative import (
    BudgetItem,
    ClassAmount,
    FiscalAppropriation,
    FundBudget,
    GeneralPublicBudget,
    Income,
)
from recount.schemas.final_accounts.performance import Performance
from recount.schemas.final_accounts.sections import OperatingCost, Procurement

_TITLE = re.compile(
    r"^(?P<before>.*?)(?P<year>20\d\d)年?度?(?!\d*月)(?P<between>.*?)(?:部门|单位)?(?:整体)?(?:支出)?决算"
    r"(?:信息)?(?:公开)?(?:情况)?(?:的)?(?:说明|报告|文本)?(?:书)?(?P<after>.*)$"
)
_NO_TITLE = re.compile(r"^(?:附件|附表|目\s*录)|^20\d\d年\d{1,2}月|^[-\d]+$")


# --- title page


def title(paragraphs: Sequence[Paragraph], pattern: re.Pattern[str] = _TITLE) -> tuple[str | None, Ref | None]:
    """〈unit〉〈year〉年度部门决算公开说明, on one or more lines, the unit and the rest in either order."""
    lines = [line for line in front_lines(paragraphs) if not _NO_TITLE.match(line.text.folded)]
    match = pattern.match("".join(line.text.folded for line in lines))
    if match is None:
        return None, None
    year = next(
        (number.token.index for line in lines for number in line.numbers if number.token.value == int(match["year"])),
        None,
    )
    printed = "".join(line.text.printed for line in lines)
    unit = next(
        (plain(printed[slice(*match.span(part))]) for part in ("before", "between", "after") if match[part]), None
    )
    return unit, Ref(year) if year is not None else None


# --- 第一部分 概况

_OFFICES = re.compile(
    rf"(?:下设|内设|设有?)(?:有|处室|科室|机构)*{N}个[^。;:,]{{0,12}}[:,]?(?:分别(?:是|为)|包括|即|为|有)?:?"
    rf"(?P<list>[^。;\n]+)"
)
_NO_UNITS = re.compile(r"无(?:下属)?(?:预算)?(?:单位)|没有下属")
_UNITS = re.compile(
    r"(?:下属预算)?单位(?:共?▮[个家])?,?(?:具体|分别)?(?:包括|有|为|是|如下)*:\s*\n?(?P<list>(?:.|\n)*)$"
)
_UNIT_LINE = re.compile(rf"(?:^|\n)\s*\(?(?:{N}|[{NUMERALS}]+)[.、)]\s*(?P<name>[^\n;。]+)")
_DUTY = re.compile(
    rf"(?P<head>(?:^|(?<=\n))\s*)?\((?:(?P<ordinal>[{NUMERALS}ー]{{1,3}})|(?(head)[^()\n]{{1,3}}|(?!)))\)[、.]?"
)
"""（一）; at the head of a paragraph also one that was misread: （大）."""
_COUNTED = re.compile(r"(?:^|(?<=\n))\s*(?P<number>\d{1,2})[.、](?!\d)\s*")
"""1. or 1、 at the head of a paragraph."""
_INTRODUCTION = re.compile(r"(?:职责|职能|任务)(?:如下|是|为)?:$")


def functions_of(section: Section | None) -> tuple[str, ...]:
    """Each numbered duty （一）… or 1.…, its number dropped; one entry if it is one unnumbered text."""
    if section is None or not section.paragraphs:
        return ()
    printed = "\n".join(paragraph.text.printed for paragraph in section.paragraphs)
    folded = "\n".join(paragraph.text.folded for paragraph in section.paragraphs)
    starts = list(_duties(folded)) or _counted(folded)
    if not starts:
        lines = [paragraph for paragraph in section.paragraphs if not _INTRODUCTION.search(paragraph.text.folded)]
        return (plain("".join(paragraph.text.printed for paragraph in lines or section.paragraphs)),)
    ends = [following.start() for following in starts[1:]] + [len(printed)]
    return tuple(plain(printed[duty.end() : end].replace("\n", "")) for duty, end in zip(starts, ends, strict=True))


def _duties(folded: str) -> Iterator[re.Match[str]]:
    """The numbers of duties, one behind the other; one that was misread or lost does not end the list."""
    found = [(numbered, ordinal(numbered["ordinal"] or "")) for numbered in _DUTY.finditer(folded)]
    expected = 1
    for index, (numbered, number) in enumerate(found):
        following = next((later for _, later in found[index + 1 :] if later), 0)
        heads = numbered["head"] is not None
        if number == expected or (heads and (number == expected + 1 > 2 or (not number and following == expected + 1))):
            yield numbered
            expected = (number or expected) + 1


def _counted(folded: str) -> list[re.Match[str]]:
    """The numbers 1, 2, … of duties; none where only one is counted, or one is left out."""
    found = list(_COUNTED.finditer(folded))
    counted = len(found) > 1 and [int(one["number"]) for one in found] == list(range(1, len(found) + 1))
    return found if counted else []


def overview(functions: Section | None, staff: Passage, units: Sequence[str]) -> Overview[Ref]:
    """第一部分: duties, staff, offices, subordinate units."""
    offices = _OFFICES.search(staff.shape)
    values = {
        "functions": functions_of(functions),
        "offices": names_in(staff.text(*offices.span("list"))) if offices else (),
        "subordinate_units": tuple(units) or subordinate_units(staff),
    }
    return (read_section(Overview[Ref], staff) or Overview[Ref]()).model_copy(update=values)


def overview_of(sections: Mapping[str, Section]) -> tuple[Overview[Ref] | None, Passage]:
    """第一部分 of a report by its sections, None where it has none; and the passage that counts its staff."""
    functions, counted = sections.get("overview.functions"), sections.get("overview.staff")
    passage = passage_of(counted.paragraphs if counted else ())
    if functions is None and counted is None:
        return None, passage
    return overview(functions, passage, units_in(counted.grids) if counted else ()), passage


def staff(passage: Passage) -> Overview[Ref]:
    """The heads and offices that a passage counts."""
    return overview(None, passage, ())


def subordinate_units(passage: Passage) -> tuple[str, ...]:
    """A numbered list of 下属预算单位; none where the text says so."""
    if _NO_UNITS.search(passage.shape):
        return ()
    match = _UNITS.search(passage.shape)
    if match is None:
        return ()
    start = match.start("list")
    lines = _UNIT_LINE.finditer("\n" + match["list"])
    return tuple(clean(passage.text(start + line.start("name") - 1, start + line.end("name") - 1)) for line in lines)


# --- 二、收入; 四、财政拨款; 八、政府性基金预算; 九、国有资本经营预算

GOVERNMENT_FUNDS = r"政府性基金(?:预算)?(?:财政拨款)?|财政拨款"
STATE_CAPITAL = r"国有资本经营(?:预算)?(?:财政拨款)?|财政拨款"
"""What 八 and 九 are of."""


def income(passage: Passage) -> Income[Ref]:
    """二、收入决算情况说明. 财政拨款收入 by kind of budget: all is the general one's, where the others are nothing."""
    facts = dict(facts_of(Income[Ref], passage))
    general, *others = (facts.get(key) for key in ("general", "funds", "capital"))
    amounts = [fact.amount for fact in others if fact is not None and fact.amount is not None]
    if general is not None and not any(map(passage.value_of, amounts)):
        facts.setdefault("fiscal_appropriation", general)
    return filled(Income[Ref], facts, passage) or Income[Ref]()


def fiscal_appropriation(passage: Passage) -> FiscalAppropriation[Ref]:
    """四、财政拨款收入支出决算总体情况说明."""
    facts = facts_of(FiscalAppropriation[Ref], passage, own="财政拨款")
    said = filled(FiscalAppropriation[Ref], facts, passage) or FiscalAppropriation[Ref]()
    spent = amount_of(facts.get("spent"))
    if not passage.headed or any((said.income_total, said.expenditure_total, said.expenditure_current_year)):
        return said
    # 财政拨款收入▮万元, 财政拨款支出▮万元 under the section's own heading: this year's
    return said.model_copy(update={"expenditure_current_year": spent})


_NOTHING = re.compile(r"(?:无|没有|未发生|不涉及)[^。;]{0,40}(?:收入|支出|收支|拨款)|为空表|无数据")


def fund_budget(own: str, passage: Passage) -> FundBudget[Ref]:
    """八 or 九: none at all, or as 四 with items as 五（三）. own: a rule for the name of its budget."""
    figures = [number for number in passage.numbers.values() if number.token.unit is not None]
    if _NOTHING.search(passage.shape) and not figures:  # the 08 of 公开08表 is none
        return FundBudget[Ref](none=True)
    starts = heads_in(passage)
    said = read_section(FundBudget[Ref], passage, end=starts[0].start if starts else None, own=own)
    items = items_of(BudgetItem[Ref], passage, starts, _PURPOSE)
    return (said or FundBudget[Ref]()).model_copy(update={"items": items})


# --- 五、一般公共预算财政拨款支出决算情况说明

_CLASS = re.compile(
    rf"(?:(?<=\n)|^|(?<=[。;:,])|(?<=\d[.、]))\s*(?:\(?{N}\)?[.、,)]?|[①-⑳])?\s*"
    rf"(?P<class_name>[^。;,:\n▮]{{2,40}}?)\(类\)(?:支出)?(?:决算)?(?:为|是)?:?(?P<amount>{N})(?:万元|元|亿元)"
    rf"(?:,完成[^,。;\n▮]{{0,16}}{N}%(?=,占))?{PARTED}(?:占[^。;\n▮]{{0,30}}?(?P<percent>{N})%)?"
)
_QUOTED_CLASS = re.compile(
    rf'(?:(?<=\n)|^|(?<=[。;:])|(?<=[.、]))\s*(?:\(?{N}\)?[.、,)]?|[①-⑳])?\s*"[.]?\s*'
    rf'(?P<class_name>[^。;,:\n▮"]{{2,40}})"(?:支出|科目)?(?:决算)?(?:为|是)?:?(?P<amount>{N})(?:万元|元|亿元)'
    rf"{PARTED}(?:占[^。;\n▮]{{0,30}}?(?P<percent>{N})%)?"
)
"""“一般公共服务支出”▮万元，占▮%: a class without its mark."""
_LISTED_CLASS = re.compile(
    rf"(?:^|(?<=[。;,:、\n]))\s*(?:\(?{N}\)?[.、,)])?\s*(?P<class_name>[^。;,:、\n▮\"()]{{2,30}})"
    rf"(?:决算)?(?:为|是)?:?(?P<amount>{N})(?:万元|元|亿元)"
    rf"(?:{PARTED}占[^。;\n▮]{{0,30}}?(?P<percent>{N})%)?"
)
"""主要用于以下方面：教育支出▮万元，占▮%；…: a class known by its official name alone, also among marked ones."""
_PURPOSE = re.compile(r"主要用于:?(?P<purpose>.*?)(?:(?<=。)|(?=[,;]?完成(?:年初|全年)?预算|年初预算|支出决算|\n|$))")


def general_public_budget(
    overall: Passage, structure: Passage, items: Passage
) -> tuple[GeneralPublicBudget[Ref], frozenset[int]]:
    """五: （一）总体情况, （二）结构情况, （三）具体情况; and the tokens of what (二) says again of the whole."""
    section = GeneralPublicBudget[Ref]
    starts = heads_in(items)
    first = starts[0].start if starts else None
    said = read_section(section, overall, end=first if overall is items else None) or section()
    before = read_section(section, items, end=first) or section()
    structure = structure if structure.shape else items  # some publishers list the classes under 具体情况
    classes = by_class(structure, alone=structure is not items)
    listed = next((at for at in structure.numbers if classes and ref_at(structure, at) == classes[0].amount), 0)
    again = read_section(section, structure, end=listed)
    values = {key: getattr(said, key) or getattr(before, key) for key in ("total", "change", "budget")}
    values |= {"by_class": classes, "items": items_of(BudgetItem[Ref], items, starts, _PURPOSE)}
    return said.model_copy(update=values), frozenset(ref.token for ref in refs_in(again))


def general_of_one(passage: Passage) -> GeneralPublicBudget[Ref]:
    """五 of a passage that may hold all of it."""
    return general_public_budget(passage, passage, passage)[0]


def by_class(passage: Passage, *, alone: bool = False) -> tuple[ClassAmount[Ref], ...]:
    """〈n〉.〈class〉(类)〈m〉万元,占〈p〉%: the classes.

    alone: the passage is of nothing but the classes, which then need no share to be known by.
    """
    marked = list(_CLASS.finditer(passage.shape)) or list(_QUOTED_CLASS.finditer(passage.shape))
    listed = [
        match
        for match in _LISTED_CLASS.finditer(passage.shape)
        if is_function_class(match["class_name"]) and (alone or match["percent"])
    ]
    return tuple(
        ClassAmount[Ref](
            class_name=clean(passage.text(*match.span("class_name"))),
            amount=ref_at(passage, match.start("amount")),
            percent=ref_at(passage, match.start("percent")) if match["percent"] else None,
        )
        for match in sorted([*marked, *listed], key=lambda match: match.start("amount"))
    )


# --- 十、其他重要事项

_OPERATING = re.compile(
    r"(?P<unit>[^。;\n]*?)(?P<kind>机[关构]运行经费|(?:日常)?公用经费)"
    r"(?=(?:决算)?(?:支出)?(?:决算)?(?:数|额|合计|共计)?(?:为|是|共)?▮(?:万元|元|亿元)|(?:支出)?(?:年初|全年)?预算(?:数)?(?:为)?▮)"
)
_VALUE = re.compile(
    rf"(?:^|(?<=[^一-鿿])|(?<=[有中]))(?P<what>房屋|车辆)[^。;▮]{{0,12}}{N}(?:平方米|平米|辆|台)[,、;:(]?(?:账面)?(?:价值|原值)(?:为|是)?(?P<value>{N})(?:万元|元)"
)
_EQUIPMENT = re.compile(
    rf"单(?:位|台)?(?:价值|价)在?(?P<price>{N})万元(?:\(?含\)?)?(?:及)?以上(?:的)?[^▮。;]{{0,12}}设备(?:\(?不含车辆\)?)?"
    rf"(?:共|为|有)*(?P<count>{N})[台套]"
)
"""单价100万元（含）以上设备▮台: the price is no figure. Older forms count what is dearer than 50 as well."""
_LARGE = 100
_NET = re.compile(r"(?:万元|元|亿元)?\(净值")
_AS_OF = re.compile(r"截[止至]:?(?P<year>20\d\d)年(?P<month>\d{1,2})月(?P<day>\d{1,2})日")
_OTHER_CARS = re.compile(r"其他用车主要(?:是|为|包括)?:?(?P<note>[^。;]+?)(?=[。;]|,?单价|$)")


def operating_costs(passage: Passage) -> tuple[OperatingCost[Ref], ...]:
    """十（一）: 机关运行经费 of an administrative unit, 公用经费 of an institution, or both."""
    starts = list(_OPERATING.finditer(passage.shape))
    costs: list[OperatingCost[Ref]] = []
    for match, below in zip(starts, [*starts, None][1:], strict=True):
        end = below.start() if below else None
        cost = read_section(OperatingCost[Ref], passage, start=match.start("kind"), end=end)
        if cost is not None and cost.amount is not None:
            costs.append(cost.model_copy(update={"unit_kind": _unit_kind(match["unit"], match["kind"])}))
    return tuple(costs)


def _unit_kind(unit: str, cost: str) -> Literal["administrative", "institution"]:
    if re.search(r"行政单位|参照公务员|参公", unit):
        return "administrative"
    if re.search(r"\(事业单位\)|公用经费", unit + cost):
        return "institution"
    return "administrative"


def procurement(passage: Passage) -> Procurement[Ref]:
    """十（二）政府采购情况."""
    facts = facts_of(Procurement[Ref], passage)
    amounts = ((key, facts.get(f"{key}_amount")) for key in ("sme", "micro"))
    others = {f"{key}_percent": None for key, fact in amounts if fact and not _of_all(key, fact.share_of)}
    return (filled(Procurement[Ref], facts, passage) or Procurement[Ref]()).model_copy(update=others)


def _of_all(key: str, share_of: str) -> bool:
    """Whether a share is said to be of all procurement; what is of nothing named is, unless it follows a part of it."""
    return "企业" not in share_of and (key == "sme" or re.search("采购|总额|支出", share_of) is not None)


def state_assets(passage: Passage) -> StateAssets[Ref]:
    """十（三）国有资产占用情况说明. 价值 belongs to what stands before it: 房屋 or 车辆."""
    date, note = _AS_OF.search(passage.shape), _OTHER_CARS.search(passage.shape)
    values: dict[str, object] = {
        "as_of": f"{date['year']}-{int(date['month']):02}-{int(date['day']):02}" if date else None,
        "vehicles_other_note": clean(passage.text(*note.span("note"))) if note else None,
        "large_equipment": _large_equipment(passage),
        "building_value": _value_of("房屋", passage),
        "vehicle_value": _value_of("车辆", passage),
    }
    said = read_section(StateAssets[Ref], passage) or StateAssets[Ref]()
    if said.fixed_assets in [ref_at(passage, at) for at in passage.numbers if _NET.match(passage.shape, at + 1)]:
        values["fixed_assets"] = None  # 原值 is asked for
    return said.model_copy(update=values)


def _large_equipment(passage: Passage) -> Ref | None:
    """单价100万元以上设备, in 台 or 套."""
    found = (match for match in _EQUIPMENT.finditer(passage.shape))
    large = (match for match in found if passage.token(match.start("price")).value == _LARGE)
    return next((ref_at(passage, match.start("count")) for match in large), None)


def _value_of(what: str, passage: Passage) -> Ref | None:
    """The value of 房屋 or 车辆."""
    found = (match.start("value") for match in _VALUE.finditer(passage.shape) if match["what"] == what)
    return next((ref_at(passage, at) for at in found), None)


# --- 十一、预算绩效; 十二、其他需说明的事项; 名词解释

_OVERALL = re.compile(
    rf"整体支出[^。;▮]{{0,16}}(?P<count>{N})个,[^▮。;]{{0,8}}?全年预算(?:数|总额|总数)?(?:为)?(?P<budget>{N})(?:万元|元)[,;]"
    rf"(?:全年|实际)?执行(?:数|总额)?(?:为)?(?P<executed>{N})(?:万元|元)"
)
_PROJECT_COUNT = (
    rf"绩效(?:评价|自评)(?:的)?(?:\d{{4}}年度)?项目(?P<count>{N})个",
    rf"(?<!目标的)(?<!跟踪评价的)项目(?:支出)?(?:绩效)?自?评价?表?(?P<count>{N})个",
    rf"绩效(?:自评价?|评价)(?:工作)?[,;。]?(?:其中,)?(?:共|累计)?涉及(?:预算)?项目(?P<count>{N})个",
    rf"绩效自评(?:范围的?)?[^▮。;]{{0,6}}?(?:共?涉及)?(?:预算)?项目(?P<count>{N})个",
    rf"(?<!自)评价项目(?P<count>{N})个",
    rf"项目(?P<count>{N})个(?:全面|全部)?(?:开展|进行|实施)了?(?:预算)?绩效(?:自评价?|评价)",
    rf"(?P<count>{N})个项目(?:支出)?(?:全面|全部)?(?:开展|进行|实施)了?(?:预算)?绩效(?:自评价?|评价)",
)
_PROJECT_MONEY = (
    rf"[,;。]?(?:共?涉及)?[^▮。;]{{0,8}}?(?:全年)?(?:预算|资金|总?金额)(?:数|总额|资金|金额)?(?:合计|共计|总计)?(?:为)?(?P<budget>{N})(?:万元|元|亿元)"
    rf"(?:[,;:]?(?:全年|实际)?执行(?:数|总额)?(?:为)?(?P<executed>{N})(?:万元|元|亿元))?"
)
_PROJECTS = (
    *(re.compile(words + _PROJECT_MONEY) for words in _PROJECT_COUNT),
    re.compile(_PROJECT_COUNT[-1]),  # form N often names no money
)
_PARTS = (
    ("achievements", r"预算绩效管理取得的成效|取得的成效|主要成效"),
    ("problems", r"发现的(?:主要)?问题(?:及|和)原因|存在的(?:主要)?问题(?:及|和)?(?:原因)?"),
    ("improvements", r"下一步(?:的)?改进措施|下一步工作(?:措施|打算)|改进措施"),
    ("", r"具体(?:项目|部门)?[^。;\n]{0,30}(?:自评|绩效)[^。;\n]{0,12}附"),
)
_ENTRY = re.compile(rf"\s*(?:[{NUMERALS}]{{1,3}}[、.．]|\([{NUMERALS}]{{1,3}}\)|\d{{1,2}}[.、)])?\s*")


def performance(passage: Passage) -> Performance[Ref]:
    """十一、预算绩效的情况说明."""
    fields: dict[str, Ref | str | None] = {}
    after = 0
    for patterns, prefix in (((_OVERALL,), "overall"), (_PROJECTS, "project")):
        match = next(filter(None, (pattern.search(passage.shape, after) for pattern in patterns)), None)
        if match is None:
            continue
        names = {"count": "overall_table_count" if prefix == "overall" else "project_count"}
        for group in filter(match.group, match.re.groupindex):
            fields[names.get(group, f"{prefix}_{group}")] = ref_at(passage, match.start(group))
            after = max(after, match.start(group))
    return Performance[Ref].model_validate({**fields, **_texts(passage)})


def _texts(passage: Passage) -> dict[str, str | None]:
    """The three texts of the section, without their labels."""
    marks = []
    for key, label in _PARTS:
        match = re.search(rf"(?:{label}){':' if key else ''}", passage.shape)
        if match:
            marks.append((match.start(), match.end(), key))
    marks.sort()
    texts: dict[str, str | None] = {}
    for index, (_, start, key) in enumerate(marks):
        end = marks[index + 1][0] if index + 1 < len(marks) else len(passage.shape)
        if key:
            texts[key] = passage.text(start, end).strip() or None
    return texts


def glossary(section: Section | None) -> tuple[GlossaryEntry, ...]:
    """〈term〉：〈definition〉, one a paragraph; a paragraph without a colon goes on with the one above."""
    entries: list[GlossaryEntry] = []
    for paragraph in section.paragraphs if section else ():
        printed, folded = paragraph.text.printed, paragraph.text.folded
        numbered = _ENTRY.match(folded)
        start = numbered.end() if numbered else 0
        colon = folded.find(":", start, start + 50)
        if colon < 0 or (start == 0 and entries and "。" in folded[:colon]):
            if entries:
                entries[-1] = GlossaryEntry(term=entries[-1].term, definition=entries[-1].definition + plain(printed))
            continue
        entries.append(
            GlossaryEntry(
                term=plain(printed[start:colon]).strip('“”"' if printed[start:colon].count("”") != 1 else ""),
                definition=plain(printed[colon + 1 :]).strip(),
            )
        )
    return tuple(entries)


def units_in(grids: Sequence[Grid]) -> tuple[str, ...]:
    """The names in a table of subordinate units (序号 | 单位名称 | 备注)."""
    for grid in grids:
        header = next((cell for cell in grid.cells if cell.words in ("单位名称", "单位全称")), None)
        if header is None:
            continue
        return tuple(
            plain(cell.text)
            for cell in grid.cells
            if cell.column == header.column and cell.row > header.row and cell.words
        )
    return ()

"""The words of the disclosure sentence: what may stand right before a number, and what it then is."""

from __future__ import annotations

import re
from functools import cache

from recount.pipeline.map.grammar.passage import N, Subject
from recount.schemas.figures import DOWN, UP

_YEAR_BEFORE = r"(?:上年度?|上一?年度?|去年|\d{4}年度?)"
LAST_YEAR_NAMED = re.compile(rf"(?:比|与|较|同){_YEAR_BEFORE}")
UNIT = re.compile("^(?:[万亿]?元|%)")
LAST_YEARS = re.compile(rf"(?:比|与|较|同){_YEAR_BEFORE}(?:决算)?(?:数|支出)?(?:的)?$")
TO_BUDGET = re.compile(rf"(?:比|与|较|同)[^,。;\n{N}]{{0,12}}预算[^,。;\n{N}]{{0,12}}{N}$")
"""比年初预算减少▮万元，比上年减少▮万元: both are of what was spoken of before; the unit between is no word."""
_TURN = rf"(?P<turn>{UP}|{DOWN})(?P<either>\((?:{UP}|{DOWN})\))?"
"""The direction; either: where the publisher left both words of the form standing, it is not said."""
_STOPPED = "[,、;:。]?"
"""What stands between an amount and what is told of it: a comma, or what it was typed or read as."""
PARTED = "[,、;:。(]?"
"""The same before its rate or share, which may stand in brackets."""
PART = re.compile(rf"(?P<words>[^,。;\n{N}]+?){_TURN}(?:了|额|数)?(?:为|是)?:?")
RATE = re.compile(rf"{PARTED}(?:同比|较上年|比上年|各)?{_TURN}(?:了|率|幅度|比例)?(?:为|是|达)?:?")
SHARE = re.compile(rf"(?:,为[^,。;\n{N}]{{2,30}})?{PARTED}(?:约|各)?占[^,。;\n{N}]{{0,30}}")
BUDGET = re.compile(
    r"(?P<words>[^。;\n]*?)(?P<which>年初|全年|年中|调整)?预算(?:数|额|总额)?(?:安排|核定|批复)?(?:为|是|:)?$"
)
FINAL = re.compile(rf"{_STOPPED}(?:全年|本年)?(?:支出|收入|实际)?(?:决算|执行)(?:支出)?(?:数|额)?(?:为|是|:)?")
VARIANCE = re.compile(rf"{_STOPPED}(?:预决算|预算)?(?:收支)?差异率(?:为|是|:)?")
COMPLETION = re.compile(
    rf"{_STOPPED}(?:(?:为|完成|占)?(?:年初|全年|调整后?|本年)?预算(?:数|额)?的|完成(?:年初|全年|调整后?|本年)?预算(?:数|额)?(?:为|达)?)"
)
MOVED = re.compile(rf"^(?:{UP}|{DOWN})了?{N}[万亿]?元")
"""比年初预算▮万元增加▮万元，完成预算的▮%: how far it is from the budget stands between."""
OF_BUDGET = re.compile(rf"{_STOPPED}(?:为|完成)(?:年初|全年|调整后?|本年)?预算(?:数|额)?")
OTHER_REASON = re.compile(
    rf"(?<=[。;\n])(?P<words>[^,。;:\n{N}]{{0,40}}?(?:预算|上年|去年)[^,。;:\n{N}]{{0,20}}?)(?:主要)?原因(?:主要)?(?:是|为|系)[:,]?"
)
REASON = re.compile(
    rf"(?:,(?:与|和|同|比)?(?:上年|去年|预算)?(?:数)?(?:基本)?(?:持平|无变化|一致|无差异))?[,。;]?\n?(?P<words>[^,。;:\n{N}]{{0,40}}?)(?:主要原因|变动原因|差异原因|原因)(?:主要)?(?:是|为|系|在于)?[:,]?\s*"
    r"|[,。;]?(?:主要)?(?:是由于|系因|系由于|主要是)[:,]?"
)
STOP = re.compile(
    r"(?:^|(?<=[。;,\n:]))(?:其中|具体情况|[^,。;:\n]{0,16}(?:用于以下方面|如下)|与[^,。;]{0,8}预算数?相比(?:情况)?|[^,。;:\n]{0,60}决算中"
    r"|(?<=\n)[^,。;:\n]{4,48}情况(?:说明)?)[,:\n]?$"
)
BOUNDARY = re.compile(r"[。;,\n](?=[^。;,\n]*$)")
AND = ",、和与及"
LEAD = (
    r"(?:其中:?|具体情况如下:?|\d{4}年度?|本年度?|当年"
    r"|年末|我?(?:单位|部门|局)|[一二三四五六七八九十]是|\([一二三四五六七八九十]{1,3}\)"
    rf"|\(?{N}\)?[.、)]|\(?\d?\)?)*"
)
_UNIT_ENDS = (
    "局|委|会|办|室|厅|部|院|所|社|中心|站|队|校|学|馆|处|园|场|台|庭|政府|机关|本级|集团|公司|党校|署|库|科|幼儿园"
)
_WHOSE = rf"(?P<whose>[^,。;:\n{N}]{{1,30}}?(?:{_UNIT_ENDS})(?:\([^)]*\))?)"
"""A unit's name: before what the section is about, and before nothing that is a part of it."""
_INTRODUCES = "其?中|包括|如下|分别|为|是|分|分类|构成|情况|方面|来源|性质|用途|说明|内容"
_INTRODUCED = rf"[^,。;:\n{N}]{{0,24}}?(?:{_INTRODUCES})[^:\n{N}]{{0,2}}:"
_NEUTRAL = (
    rf"(?:{_INTRODUCED}|[^,。;:\n{N}]{{4,48}}情况说明|其中|包括|包含|[^,。;:\n{N}]*?\d{{4}}年(?:度|末|底|\d{{1,2}}月(?:\d{{1,2}}日:?|[末底])?)?"
    r"|本年度?|当年|全年|(?:截[至止])?[期年][末底]"
    r"|[本我](?:部门|单位|机关|级|局|委|院|校|中心|厅|办)(?:本级)?(?:[及和][所下]属(?:各)?(?:预算)?单位)?|本级[及和]所属(?:各)?(?:预算)?单位|所属各(?:预算)?单位|单位|部门"
    r"|使?用(?:一般公共预算)?(?:财政)?拨款(?:支出)?|(?:使用)?(?:开支)?(?:一般公共预算)?财政拨款(?:开支)?(?:运行(?:维护)?费)?的"
    r"|(?:财政拨款)?安排的?|(?:参加|组织|派出|涉及)的?|(?:收入|支出)(?:总计)?包括"
    r"|实行|编报|支出涉及|共发生|共有?|[一二三四五六七八九十]是|\([一二三四五六七八九十]{1,3}\)"
    rf"|\(?{N}\)?[.、)]|\(\d\)|\d[.、)]|[\s\"])"
)
"""Words before a label that say nothing of what it names; any other may make it the name of something else."""
BREAK = re.compile(
    rf"(?<=\n)(?=\(?(?:{N}|\d{{1,2}}|[一二三四五六七八九十]{{1,3}})[.、)]|[①-⑳]|\d{{4}}年|本年|截[至止]|第[一二三四五六七八九十]+部分"
    rf"|[^,。;:\n{N}]{{0,16}}(?:包括|用于以下方面|如下):)"
    r"|(?<=。)(?=\d{4}年|截[至止]|全年|累计|共计|其中[:,])"
    rf"|(?<=。\n)(?=[^,。;:\n{N}]{{2,30}}:?(?:支出|收入|经费)(?:决算)?(?:数)?(?:为|是)?:?{N}(?:万元|元))"
)
"""Where a reason is over: at a line that begins with an ordinal, a year or an amount, or opens a list (收入包括：), and
at a sentence that begins with a year or with 其中."""
NAMED_SHARE = re.compile(rf"(?:^|[,。;:、\n])(?P<words>[^,。;:、\n{N}]+?)占[^,。;\n{N}]{{0,30}}$")
NAMED_COMPLETION = re.compile(
    rf"(?:^|[,。;:\n])(?P<words>[^,。;:\n{N}]+?)完成(?:年初|全年|调整后?|本年)?预算(?:数|额)?的$"
)
AMOUNT_ALONE = re.compile(r"(?:\d{4}年度?|本年度?|全年)?(?:支出)?决算(?:数|支出)?(?:为|是|:)?")
"""What says an amount, and not of what: the heading over it does."""
FOLLOWS = re.compile(r"[,、;:() ]|共计?|累计|合计|团组")
"""What may stand between a number and one that follows it without words of its own (12批次，累计98人次)."""
CLAUSES = re.compile(rf"[^。\n{N}]*")
"""What goes on in a sentence, without another number."""
BRACKETED = re.compile(r"\([^()]*\)")
RATE_ALONE = re.compile(r"\(")
"""增加▮万元(▮%): it has risen or fallen as the amount has."""
_HEADED = re.compile(
    rf"(?:^|(?<=\n))\(?(?:{N}|\d{{1,2}}|[一二三四五六七八九十]{{1,3}})[.、)]+\s*(?P<words>[^。;,:\n{N}]{{2,40}}?)(?:支出)?(?:决算)?(?:总体|具体|结构|构成)?"
    rf"(?:情况)?(?:的)?(?:说明)?[。:\n]"
)


def heading_over(shape: str, start: int, at: int) -> str | None:
    """The words of the nearest line between two places that is a numbered heading, or begins with one."""
    headings = list(_HEADED.finditer(shape, start, at))
    return headings[-1]["words"] if headings else None


def is_aside(shape: str, number: int, at: int) -> bool:
    """Whether an index stands in brackets that are closed before another."""
    depth = 0
    for char in shape[number:at]:
        depth += (char == "(") - (char == ")")
        if depth < 0:
            return True
    return False


def is_beside(shape: str, number: int, at: int) -> bool:
    """Whether a number is an aside, or last year's own (与2020年度▮万元相比): nothing is spoken of by it."""
    return is_aside(shape, number, at) or bool(LAST_YEARS.search(shape, max(number - 12, 0), number))


UNCHANGED = re.compile(
    r"(?:^|(?<=[。;\n:,]))(?P<sentence>(?:其中:)?(?P<words>[^。;:\n▮]*?(?:持平|无变化|没有变化|无增减变化)))(?=[。;,]|$)"
)
NOTHING_NAMED = re.compile(r"^(?:本年|全年)?(?:决算|支出|总体|情况|数|总额)*$")


def group_of(key: str) -> str:
    """The name of a subject's group in a rule: keys may have points, groups may not."""
    return key.replace(".", "__")


@cache
def comparing(base: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """〈subject〉比上年增加, up to its number; a sentence that says the next one unchanged."""
    versus = rf"(?:比|与|较|同){_YEAR_BEFORE}{base}"
    compared = (
        rf"(?P<words>[^,。;:\n{N}]*?),?(?:{versus}(?:{N}(?:[万亿]?元))?(?:相比较?|比较|对?比)?|(?:按)?(?:同口径)?同比)[,:]?"
        rf"(?P<again>[^,。;:\n{N}]{{0,24}}?)(?:(?P<each>各|均)|净)?{_TURN}(?:了|额|数)?(?:为|是)?:?$"
    )
    unchanged = rf"(?<=[。\n])(?:[^。\n]*?{versus}|其中[,:])[^。\n]*?(?:持平|无变化)"
    return re.compile(compared), re.compile(unchanged)


@cache
def rule_of(subjects: tuple[Subject, ...], unit: str | None, amount: str, *, within: bool = False) -> re.Pattern[str]:
    """The rule for the subjects that are printed in a unit (for all, if None): in a clause of a sentence or, within a
    reason, for one that stands in it. All words of the clause are accounted for: one that is not known may make the
    label the name of something else (非财政拨款收入, 离退休人员). Of labels in a row (货物、服务) the number is of
    neither, unless it is said to be of each (均, 各). To compile one takes milliseconds: only those that are asked for.
    """
    fitting = [subject for subject in subjects if unit is None or unit in subject.units]
    tail = (
        rf"(?:的)?(?:\d{{4}}年度?)?(?:(?<=[费用购])支出)?{amount}(?:\((?![不非除扣])[^)]{{0,20}}\))?"
        r"(?:总额|总计|合计|共计|共有|共|总)?(?:均|各)?(?:为|是|约|计|有)?:?"
    )
    if within:
        names = "|".join(f"(?P<{group_of(subject.key)}>{subject.words})" for subject in fitting)
        return re.compile(rf"^{LEAD}(?:{names or '(?!)'}){tail}$")
    here = "|".join(f"(?P<{group_of(subject.key)}>{_unit_before(subject)}{subject.words})" for subject in fitting)
    others = "|".join(subject.words for subject in fitting)
    row = rf"(?:(?:{others})[、和及与](?=[^,。;\n{N}]*[均各](?:为|是)?:?$))*"
    return re.compile(rf"^[:、和及与(.)]*{_WHOSE}??{_NEUTRAL}*?{row}?(?:{here or '(?!)'}){tail}$")


def _unit_before(subject: Subject) -> str:
    return "" if subject.of_unit else "(?(whose)(?!))"

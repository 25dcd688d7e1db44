"""The words of the disclosure sentence: what may stand right before a number, and what it then is."""

from __future__ import annotations

import re
from functools import cache

from recount.pipeline.map.grammar.passage import N, Subject
from recount.schemas.common.parts import DOWN, UP

_YEAR_BEFORE = r"(?:上年度?|上一?年度?|去年|\d{4}年度?)"
LAST_YEAR_NAMED = re.compile(rf"(?:比|与|较|同){_YEAR_BEFORE}")
_TURN = rf"(?P<turn>{UP}|{DOWN})(?P<either>\((?:{UP}|{DOWN})\))?"
"""The direction; either: where the publisher left both words of the form standing, it is not said."""
PART = re.compile(rf"(?P<words>[^,。;\n{N}]+?){_TURN}(?:了|额|数)?(?:为|是)?:?")
RATE = re.compile(rf"[,、;(]?(?:同比|较上年|比上年|各)?{_TURN}(?:了|率|幅度|比例)?(?:为|是|达)?:?")
SHARE = re.compile(rf"[,、(]?(?:约|各)?占[^,。;\n{N}]{{0,30}}")
BUDGET = re.compile(
    r"(?P<words>[^。;\n]*?)(?P<which>年初|全年|年中|调整)?预算(?:数|额|总额)?(?:安排|核定|批复)?(?:为|是|:)?$"
)
FINAL = re.compile(r"[,、;]?(?:全年|本年)?(?:支出|收入|实际)?(?:决算|执行)(?:数|额)?(?:为|是|:)?")
VARIANCE = re.compile(r"[,、;]?(?:预决算|预算)?(?:收支)?差异率(?:为|是|:)?")
COMPLETION = re.compile(
    r"[,、;]?(?:为|完成|占)?(?:年初|全年|调整后?|本年)?预算(?:数|额)?的|[,、;]?完成(?:年初|全年|调整后?|本年)?预算(?:数|额)?(?:为|达)?"
)
OF_BUDGET = re.compile(r"[,、;]?(?:为|完成)(?:年初|全年|调整后?|本年)?预算(?:数|额)?")
OTHER_REASON = re.compile(
    rf"(?<=[。;\n])(?P<words>[^,。;:\n{N}]{{0,40}}?(?:预算|上年|去年)[^,。;:\n{N}]{{0,20}}?)(?:主要)?原因(?:主要)?(?:是|为|系)[:,]?"
)
REASON = re.compile(
    rf"(?:,(?:与|和|同|比)?(?:上年|去年|预算)?(?:数)?(?:基本)?(?:持平|无变化|一致|无差异))?[,。;]?\n?(?P<words>[^,。;:\n{N}]{{0,40}}?)(?:主要原因|变动原因|差异原因|原因)(?:主要)?(?:是|为|系|在于)?[:,]?\s*"
    r"|[,。;]?(?:主要)?(?:是由于|系因|系由于|主要是)[:,]?"
)
STOP = re.compile(
    r"(?:^|(?<=[。;,\n:]))(?:其中|具体情况如下|具体情况|具体如下|与[^,。;]{0,8}预算数?相比(?:情况)?|[^,。;:\n]{0,60}决算中"
    r"|(?<=\n)[^,。;:\n]{4,48}情况(?:说明)?)[,:\n]?$"
)
BOUNDARY = re.compile(r"[。;,\n](?=[^。;,\n]*$)")
AND = ",、和与及"
LEAD = (
    r"(?:其中:?|具体情况如下:?|\d{4}年度?|本年度?|当年|财政拨款"
    r"|年末|我?(?:单位|部门|局)|[一二三四五六七八九十]是|\([一二三四五六七八九十]{1,3}\)"
    rf"|\(?{N}\)?[.、)]|\(?\d?\)?)*"
)
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
        rf"(?P<words>[^,。;:\n{N}]*?),?(?:{versus}(?:相比较?|比较|比)?|(?:按)?(?:同口径)?同比)[,:]?"
        rf"(?P<again>[^,。;:\n{N}]{{0,24}}?)(?:(?P<each>各|均)|净)?{_TURN}(?:了|额|数)?(?:为|是)?:?$"
    )
    unchanged = rf"(?<=[。\n])(?:[^。\n]*?{versus}|其中[,:])[^。\n]*?(?:持平|无变化)"
    return re.compile(compared), re.compile(unchanged)


@cache
def rules_of(subjects: tuple[Subject, ...], unit: str | None, amount: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The rules for the subjects that are printed in a unit (for all, if None): anywhere, and for a whole clause."""
    fitting = [subject for subject in subjects if unit is None or unit in subject.units]
    names = "|".join(f"(?P<{group_of(subject.key)}>{subject.words})" for subject in fitting) or "(?!)"
    tail = (
        rf"(?:的)?(?:支出|收入)?{amount}(?:\([^)]{{0,20}}\))?"
        r"(?:总额|总计|合计|共计|共有|共|总)?(?:均|各)?(?:为|是|约|计|有)?:?"
    )
    return re.compile(rf"(?:{names}){tail}$"), re.compile(rf"^{LEAD}(?:{names}){tail}$")

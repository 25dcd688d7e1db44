"""The front of a report: title page or title, and the table of contents, or neither (forms.md, X)."""

from __future__ import annotations

from random import Random

from recount.eval.generator.forms.xinjiang import NUMERALS, SECTIONS
from recount.eval.generator.gold.shape import Json
from recount.eval.generator.typeset.blocks import Block, Break, Para
from recount.eval.generator.typeset.style import Style
from recount.eval.generator.words.glossary import STATEMENTS
from recount.eval.generator.words.units import Unit

_IMPORTANT = ("机关运行经费支出情况", "政府采购情况", "国有资产占用情况说明")


def front(rng: Random, style: Style, gold: Json, unit: Unit, cover: bool | None) -> list[Block]:
    """Title (unit and year on one or two lines, in either order) and contents; X-2021 may have none."""
    year, narrative = gold["fiscal_year"], gold["overview"] is not None
    if not (cover if cover is not None else narrative or rng.random() < 0.4):
        return []
    if not narrative:
        return [Para(unit.name, "cover"), Para(f"{year}年度部门决算公开说明", "cover"), Break()]
    gap = " " if style.autospace else ""
    title = f"{year}{gap}年度部门决算公开说明"
    name = gold["unit_name"]
    lines = rng.choice(([name, title], [name + title], [name, title], [f"{year}{gap}年度{name}", "部门决算公开说明"]))
    blocks: list[Block] = [Para(line, "cover") for line in lines]
    if style.cover_page and rng.random() < 0.4:
        blocks.append(Para(f"{year + 1}{gap}年{gap}{rng.randint(7, 10)}{gap}月", "caption"))
    if style.cover_page or rng.random() < 0.5:
        blocks.append(Break())
    if rng.random() < 0.75:
        blocks += [
            *_contents(rng, bool(gold["overview"]["subordinate_units"]), gold["other_notes"]),
            Break(),
        ]
    return blocks


def _contents(rng: Random, summary: bool, notes: str | None) -> list[Block]:
    """The table of contents, with or without page numbers."""
    count = 12 if notes else 11
    lines = [
        f"第一部分 {'部门' if summary else '单位'}概况",
        "一、主要职能",
        "二、机构设置及人员情况",
        "第二部分 部门决算情况说明",
    ]
    for index, name in enumerate(SECTIONS[:count]):
        lines.append(f"{NUMERALS[index]}、{name}")
        if index == 9:
            lines += [f"（{NUMERALS[i]}）{title}" for i, title in enumerate(_IMPORTANT)]
    lines += ["第三部分 专业名词解释", "第四部分 部门决算报表（见附表）"]
    lines += [f"{NUMERALS[i]}、《{name}》" for i, name in enumerate(STATEMENTS)]
    page, numbered, out = 3, rng.random() < 0.5, ["目 录"]
    for line in lines:
        page += rng.choice((0, 0, 0, 1))
        out.append(line + (" " + "." * max(3, 60 - 2 * len(line)) + f" {page}" if numbered else ""))
    return [Para(line, "toc") for line in out]

"""A short report: of a whole one only some sections and tables, for scans that are to be few pages.

The title stays, contents, overview, glossary and all other sections go, from the pages as from the gold.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from recount.eval.generator.gold.shape import KEYS, Json, blank
from recount.eval.generator.typeset.blocks import Block, Break, Grid, Para

_SECTIONS = (
    ("fiscal_appropriation", r"财政拨款收入支出决算总体"),
    ("income_expenditure", r"收入支出决算总体"),
    ("basic_expenditure", r"基本支出决算情况"),
    ("general_public_budget", r"一般公共预算财政拨款支出决算情况"),
    ("three_public", r"三公"),
    ("income", r"^.{0,4}收入决算情况"),
    ("expenditure", r"^.{0,4}支出决算情况"),
)
_NARRATIVE = re.compile(r"决算情况说明|决算公开说明")
_SPACES = re.compile(r"\s")


def shortened(gold: Json, sections: Sequence[str]) -> Json:
    """The gold of a report that has only some of its sections; its statements are left as they are."""
    kept = {"unit_name", "fiscal_year", "statements", *sections}
    return blank("report", **{key: gold[key] for key in KEYS["report"].split() if key in kept})


def excerpt(blocks: Sequence[Block], sections: Sequence[str]) -> list[Block]:
    """The title, and what stands under the headings of some sections; tables have a page of their own."""
    out: list[Block] = []
    wanted = True  # of what stands before the first heading, the title
    for block in blocks:
        if isinstance(block, Para) and block.kind in ("h1", "h2", "title"):
            wanted = _wanted(block, sections)
            if wanted and block.kind == "title":
                out.append(Break())
        if isinstance(block, Break):
            wanted = wanted and bool(out) and isinstance(out[-1], Grid)
        elif wanted and not (isinstance(block, Para) and block.kind == "toc"):
            out.append(block)
    return out


def _wanted(heading: Para, sections: Sequence[str]) -> bool:
    """Whether what follows a heading stays."""
    words = _SPACES.sub("", heading.text)
    if heading.kind == "h1":
        return _NARRATIVE.search(words) is not None
    if heading.kind == "title":
        return "绩效自评" not in words or "project_evaluations" in sections
    return next((key for key, rule in _SECTIONS if re.search(rule, words)), None) in sections

"""Identities of figures that have no key: the words before them are the form's own (S-2024, 预算绩效管理情况)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from recount.schemas.arithmetic import Identity, at_most, equal, total
from recount.schemas.figures import Figure
from recount.schemas.parts import UnmappedFigure

if TYPE_CHECKING:
    from recount.schemas.final_accounts.narrative import Performance

_RATED = re.compile(r"评级为\W*(优|良|中|差|合格|不合格)\W*的?项目")
_FOUND, _MENDED, _IN_HAND = re.compile(r"共?发现问题$"), re.compile(r"完成整改的?$"), re.compile(r"正在整改的?$")


def keyless_identities(
    performance: Performance[Figure] | None, figures: Sequence[UnmappedFigure[Figure]]
) -> Iterator[Identity]:
    """The projects by rating against all that were evaluated; the problems that are dealt with against all found."""
    rated = [each.value for each in figures if _RATED.search(each.label or "")]
    if performance is not None and len(rated) > 1:
        yield equal("绩效自评项目数 = 各评级项目数之和", performance.project_count, total(*rated))
    found, mended, in_hand = (_only(figures, words) for words in (_FOUND, _MENDED, _IN_HAND))
    if found is not None and mended is not None:
        yield at_most("已完成整改 ≤ 发现问题 − 正在整改", mended, total(found) - in_hand)


def _only(figures: Sequence[UnmappedFigure[Figure]], words: re.Pattern[str]) -> Figure | None:
    """The figure with these words before it; None where there is none, or more than one."""
    met = [each.value for each in figures if words.search(each.label or "")]
    return met[0] if len(met) == 1 else None

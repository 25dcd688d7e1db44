"""The items of a list of expenditure: the names before 支出决算 and 预算数, in the ways that publishers set them.

An item is named by 类, 款 and 项, with their marks or with dashes, by a code, or by less of it under a line that names
the rest. What a line does not print of the three, nor a line above it, stays open: it is never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from recount.pipeline.map.grammar.passage import N, Passage, clean
from recount.schemas.common.codes import FUNCTION_NAMES, is_function_class

Span = tuple[int, int]
LEVELS = ("class_name", "section_name", "item_name")

ORDINAL = (
    rf"(?:\(?(?P<ordinal>{N})\)?[.、,)]?"
    r"|\([一二三四五六七八九十]{1,3}\)[.、]?|[一二三四五六七八九十]{1,3}、|[①-⑳])?"
)
_BEGINS = rf"(?:(?<=\n)|^|(?<=[。;:]))\s*{ORDINAL}\s*\"?[.]?\s*"
_NAME = r'[^。;,:\n▮"]'
_AMOUNT_FOLLOWS = rf"(?=[。,:]?\s*(?:\d{{4}}年度?)?(?:年初|全年|本年|支出(?!支出)|决算|预算|{N}))"
_CLASS_NAMES = "|".join(sorted(map(re.escape, FUNCTION_NAMES), key=len, reverse=True))
_FORMS = (
    rf"(?P<c1>{_NAME}{{2,40}}?)\({N}?类\)[,、]?(?P<s1>[^。;,:\n▮]{{2,60}}?)\({N}?款\)[,、]?"
    rf"(?P<i1>[^。;:\n▮]{{2,80}}?)\({N}?项\)\"?",
    rf"(?P<s2>{_NAME}{{2,60}}?)\({N}?款\)[,、]?(?P<i2>[^。;:\n▮]{{2,80}}?)\({N}?项\)\"?",
    rf"(?P<c3>{_NAME}{{2,40}}?)\({N}?类\)[,、]?(?P<s3>[^。;,:\n▮]{{2,60}}?)\({N}?款\)\"?{_AMOUNT_FOLLOWS}",
    rf"(?P<c4>{_NAME}{{2,40}}?)\({N}?类\)\"?(?:支出)?(?=[。,:]?\s*(?:(?:年初|全年)预算|支出决算|决算))",
    rf"(?P<i5>{_NAME}{{2,60}}?)\({N}?项\)\"?",
    rf"(?P<c6>[^。;,:\n▮\"—–-]{{2,40}})[—–-]{{1,2}}(?P<s6>[^。;,:\n▮\"—–-]{{2,40}})[—–-]{{1,2}}"
    rf"(?P<i6>[^。;,:\n▮\"—–-]{{2,40}}?){_AMOUNT_FOLLOWS}",
    # A dash that is read as 一 parts names too, behind one that is a class's.
    rf"(?P<c9>(?:{_CLASS_NAMES})(?:支出)?)(?:[—–-]{{1,2}}|一)(?P<s9>[^。;,:\n▮\"—–一-]{{2,40}})(?:[—–-]{{1,2}}|一)"
    rf"(?P<i9>[^。;,:\n▮\"—–-]{{2,40}}?){_AMOUNT_FOLLOWS}",
    rf"(?P<c0>{_NAME}{{2,40}}?)\({N}\)(?P<s0>{_NAME}{{2,40}}?)\({N}\)(?P<i0>{_NAME}{{2,60}}?)\((?P<k0>{N})\)",
    rf"(?P<i7>{_NAME}{{2,60}}?)\((?P<k7>{N})\)",
    rf"(?P<k8>{N})(?P<i8>{_NAME}{{2,60}}?){_AMOUNT_FOLLOWS}",
    rf"(?P<s10>{_NAME}{{2,60}}?)\"?\({N}?款\)\"?{_AMOUNT_FOLLOWS}",
)
_ITEM = re.compile(rf"{_BEGINS}(?:{'|'.join(_FORMS)})")
_BARE_CLASS = re.compile(
    rf"{_BEGINS}(?P<c>{_NAME}{{2,30}}?)(?=(?:年初|全年)预算|支出决算|决算数|{N}(?:万元|元|亿元),[较比与])"
)
"""（一）教育支出年初预算数为: a 类 known by its official name alone, where its amount is compared."""
_CLASS_LINE = re.compile(
    rf"(?:(?<=\n)|^)\s*{ORDINAL}\s*\"?(?P<class_name>{_NAME}{{2,40}}?)\"?\({N}?类\)(?:支出)?(?=[^\n(]{{0,40}}(?:\n|$))"
)
_DIRECT = re.compile(rf'"?(?:科目)?[:,]?\s*(?P<amount>{N})(?:万元|元|亿元)')
_MOST_UNREAD = 10  # beyond so many items that no rule reads, a number is no ordinal
_CODE = re.compile(r"2[0-3]\d{3,5}")  # of a 款 or a 项 by function, or of a 项 of which a scan lost a digit


@dataclass(frozen=True, slots=True)
class Head:
    """Where an item begins and its names end. ordinal: the place of its number, None where it has none. stop: where the
    next line of the list begins, an item's or one over items; None where there is none.

    The names are spans of the passage's shape, None for what is not printed.
    """

    start: int
    end: int
    ordinal: int | None
    class_name: Span | None = None
    section_name: Span | None = None
    item_name: Span | None = None
    stop: int | None = None

    def names(self, passage: Passage) -> dict[str, str | None]:
        """Its names as printed, by the keys of a budget item."""
        spans = {level: getattr(self, level) for level in LEVELS}
        return {level: clean(passage.text(*span)) if span else None for level, span in spans.items()}


def heads_in(passage: Passage, start: int = 0) -> list[Head]:
    """The items that a passage lists, from an index of its shape on, in their order."""
    found = [head for match in _ITEM.finditer(passage.shape, start) if (head := _head(passage, match)) is not None]
    if not found:
        bare = [match for match in _BARE_CLASS.finditer(passage.shape, start) if is_function_class(match["c"])]
        found = [head for match in bare if (head := _head(passage, match)) is not None]
    items = [head for head, below in zip(found, [*found, None][1:], strict=True) if not _is_over(head, below)]
    return list(_with_classes(passage, items, found))


def _head(passage: Passage, match: re.Match[str]) -> Head | None:
    """A match as a head; None where its code is none."""
    spans: dict[str, Span] = {}
    for group in match.re.groupindex:
        if match[group] is None or group == "ordinal":
            continue
        if group[0] == "k":
            raw = passage.token(match.start(group)).raw
            if _CODE.fullmatch(raw) is None:
                return None
        else:
            spans[LEVELS["csi".index(group[0])]] = match.span(group)
    ordinal = match.start("ordinal") if match["ordinal"] else None
    of_class, section, item = map(spans.get, LEVELS)
    return Head(match.start(), match.end(), ordinal, of_class, section, item)


def _is_over(head: Head, below: Head | None) -> bool:
    """Whether a head of a 类 or 款 alone is a line over the items below it, which say the rest of their names."""
    if below is None or head.item_name is not None:
        return False
    return below.class_name is None and (head.section_name is None or below.section_name is None)


def _with_classes(passage: Passage, items: Sequence[Head], found: Sequence[Head]) -> Iterator[Head]:
    """The items, each with the names that a line above it says for it, and where it stops."""
    lines = [(line.start(), line.span("class_name")) for line in _CLASS_LINE.finditer(passage.shape)]
    lines += [(head.start, head.class_name) for head in found if head.class_name is not None and head.item_name is None]
    for item in items:
        if item.class_name is None:
            whole = [head.start for head in items if head.class_name is not None and head.start < item.start]
            above = [line for line in lines if line[0] < item.start and line[0] >= max(whole, default=0)]
            item = replace(item, class_name=max(above)[1] if above else None)
        starts = [*(start for start, _ in lines), *(head.start for head in found)]
        yield replace(item, stop=min((start for start in starts if start >= item.end), default=None))


def unread(passage: Passage, head: Head, so_far: int) -> int:
    """How many items the ordinals count before this one that no rule could read: nothing is dropped unseen."""
    if head.ordinal is None:
        return 0
    gap = int(passage.token(head.ordinal).value) - so_far - 1
    return gap if 0 < gap <= _MOST_UNREAD else 0


def direct_amount(passage: Passage, end: int) -> int | None:
    """Where the amount stands that follows an item's name at once: “…（项）”▮万元."""
    match = _DIRECT.match(passage.shape, end)
    return match.start("amount") if match else None

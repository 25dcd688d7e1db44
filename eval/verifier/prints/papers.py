"""Faults of the paper: its units, what is written across it, and whose pages lie in one file."""

# mypy: disable-error-code="no-untyped-call"
# (pymupdf ships no type information for these calls)
from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial
from random import Random

import pymupdf

from recount.eval.verifier.prints.base import Figure, report_of
from recount.eval.verifier.prints.draft import Draft, Kind, Made, Printed, number, texts
from recount.eval.verifier.prints.sheets import Item, Page, Text

_UNIT = re.compile(r"(?<=[位：:（(])\s*(?:人民币)?(万元|元)")
_FACTORS: dict[str, Decimal | None] = {
    "元": Decimal(1),
    "千元": Decimal(1000),
    "万元": Decimal(10_000),
    "百万元": Decimal(1_000_000),
    "亿元": Decimal(100_000_000),
    "美元": None,
    "新臺幣千元": None,
}
"""What a unit is in 元; None: it is none of this currency."""


def _unit(now: str | None, draft: Draft, figure: Figure | None, rng: Random) -> Made | None:
    """The unit that a statement's head names changed for another, or taken away."""
    assert figure is None
    pages = sorted({known.page for known in draft.base.figures if known.in_table})
    heads = [
        (at, item) for at in pages for item in texts(draft.pages[at]) if "单位" in item.text and _UNIT.search(item.text)
    ]
    if not heads:
        return None
    at, head = rng.choice(heads)
    found = _UNIT.search(head.text)
    assert found is not None
    was = found[1]
    if now == was:
        return None
    text = head.text[: found.start(1)] + now + head.text[found.end(1) :] if now else _without_unit(head.text)
    draft.pages[at].items[draft.pages[at].items.index(head)] = replace(head, text=text)
    last = next((page for page, _ in heads if page > at), len(draft.pages))
    return Made(f"{head.text.strip()} became {text.strip() or 'nothing'}", _rescaled(draft, range(at, last), was, now))


def _without_unit(text: str) -> str:
    return re.sub(r"(?:金额)?单位[：:]\s*(?:人民币)?(?:万元|元)", "", text)


def _rescaled(draft: Draft, pages: range, was: str, now: str | None) -> dict[str, Printed]:
    """What the amounts of a table are in another unit; without any they are what the generator meant."""
    before, after = _FACTORS[was], _FACTORS[now] if now else _FACTORS[was]
    assert before is not None
    return {
        pointer: None if after is None else value * after / before
        for figure in draft.base.figures
        if figure.in_table and figure.page in pages
        for pointer, value in figure.pointers.items()
    }


def _unit_behind(now: str, draft: Draft, figure: Figure | None, rng: Random) -> Made | None:
    """The unit behind a figure of the narrative."""
    del rng
    spot = draft.spot(figure) if figure else None
    if spot is None or spot.figure.unit != "万元" or now == "万元":
        return None
    line = [item for item in texts(spot.page) if abs(item.y - spot.run.y) < 1 and item.text.startswith("万元")]
    end = spot.run.x + spot.run.width
    tail = next((item for item in line if abs(item.x - end) < 0.5 * item.size), None)
    if tail is None:
        return None
    items = spot.page.items
    unit = replace(tail, text=now)
    rest = replace(tail, text=tail.text[2:], x=tail.x + replace(tail, text="万元").width)
    # What is longer is set narrower, so that the line stays as long as it was.
    unit = replace(unit, size=min(tail.size, tail.size * 2 / len(now)))
    items[items.index(tail) : items.index(tail) + 1] = [unit, *([rest] if rest.text else [])]
    factor = _FACTORS[now]
    if factor is None:
        return spot.prints(f"{spot.run.text}万元 printed {spot.run.text}{now}", None)
    return spot.prints(f"{spot.run.text}万元 printed {spot.run.text}{now}", spot.run.text, factor / 10_000)


def _watermark(kind: str, draft: Draft, figure: Figure | None, rng: Random) -> Made:
    """Words with digits across every page: they belong to no figure."""
    assert figure is None
    words = rng.choice(("内部资料 20250318 第3号", "仅供公开 2024-06-28", "3.50 编号 70215"))
    for page in draft.pages:
        page.items[:] = [*_across(page, words, kind), *page.items] if kind == "pale, below" else [
            *page.items, *_across(page, words, kind)
        ]  # fmt: skip
    return Made(f"{words} across every page", _as_it_is(draft))


def _across(page: Page, words: str, kind: str) -> Iterator[Item]:
    grey, faint = (0.8, 0.8, 0.8), 1.0
    if kind == "tiled":
        for y in range(60, int(page.height), 47):
            for x in range(20, int(page.width) - 60, 170):
                yield Text(x, y, words, 9.5, colour=grey, opacity=faint)
        return
    for part in (0.3, 0.5, 0.7):
        yield Text(page.width * 0.12, page.height * part, words, 34, colour=grey, opacity=faint)


def _as_it_is(draft: Draft) -> dict[str, Printed]:
    return {pointer: value for figure in draft.base.figures for pointer, value in figure.pointers.items()}


def _second(kind: str, draft: Draft, figure: Figure | None, rng: Random) -> Made | None:
    """Another report behind this one: of another unit, of other sections, or only its last page."""
    assert figure is None
    base = draft.base.report
    style = rng.choice(draft.base.maker.styles)
    form = (
        base.form if kind != "of another form" else rng.choice([f for f in ("x2022", "s2024", "n") if f != base.form])
    )
    other = report_of(form, base.seed + 500 + rng.randrange(100), style)
    pages = other.pages
    added = _naming(pages, other.gold["unit_name"])[-1:] if kind == "a stray page" else pages
    if not added:
        return None
    draft.pages[:] = [*added, *draft.pages] if kind == "before it" else [*draft.pages, *added]
    draft.others = (other,)
    return Made(f"a report of {other.gold['unit_name']} ({form}) in the same file", _as_it_is(draft))


def _naming(pages: list[Page], unit: str) -> list[Page]:
    """The pages with amounts that name a unit: only of these a reader knows whose they are. A table of performance
    names a unit of its own, in the file of any."""
    words = [(page, "".join("".join(item.text for item in texts(page)).split())) for page in pages]
    named = [(page, text) for page, text in words if unit in text and not re.search("绩效|指标", text)]
    return [page for page, text in named if re.search(r"\d\.\d\d", text)]


def _twice(kind: str, draft: Draft, figure: Figure | None, rng: Random) -> Made:
    """Every page twice in a row, or the whole report again."""
    assert figure is None
    del rng
    pages = draft.pages
    if kind == "every page":
        draft.pages[:] = [page for page in pages for _ in range(2)]
    elif kind == "the whole":
        draft.pages[:] = [*pages, *pages]
    else:
        draft.pages[:] = [*pages, pages[-1]]
    return Made(f"{kind} twice", _as_it_is(draft))


def _struck(kind: str, draft: Draft, figure: Figure | None, rng: Random) -> Made | None:
    """A figure that is struck out, by a drawn line or an annotation."""
    spot = draft.spot(figure) if figure else None
    if spot is None:
        return None
    at, run = spot.figure.page, spot.run
    box = pymupdf.Rect(run.x, run.y - 0.7 * run.size, run.x + run.width, run.y + 0.1 * run.size)

    def after(document: pymupdf.Document) -> None:
        page = document[at]
        if kind == "an annotation":
            page.add_strikeout_annot(box.quad)
        elif kind == "an ink annotation":
            middle = (box.y0 + box.y1) / 2
            page.add_ink_annot([[(box.x0 - 1, middle), (box.x1 + 1, middle)]])
        else:
            middle = (box.y0 + box.y1) / 2 + rng.choice((-0.5, 0, 0.5))
            page.draw_line((box.x0 - 1, middle), (box.x1 + 1, middle), color=(0, 0, 0), width=0.8)

    draft.after.append(after)
    return spot.prints(f"{run.text} struck out by {kind}", None)


def _noted(kind: str, draft: Draft, figure: Figure | None, rng: Random) -> Made | None:
    """A note with another number written over a figure, or right beside it."""
    spot = draft.spot(figure) if figure else None
    if spot is None:
        return None
    at, run = spot.figure.page, spot.run
    raw = str(number(spot.figure.raw) + rng.randint(1, 9))
    place = pymupdf.Rect(run.x - 2, run.y - 1.2 * run.size, run.x + run.width + 12, run.y + 0.5 * run.size)

    def after(document: pymupdf.Document) -> None:
        page = document[at]
        if kind == "a FreeText over it":
            page.add_freetext_annot(place, raw, fontsize=run.size, fontname="helv", text_color=(1, 0, 0))
        elif kind == "a stamp over it":
            page.add_stamp_annot(place, stamp=0)
        else:
            page.add_redact_annot(place, cross_out=True)

    draft.after.append(after)
    return spot.prints(f"{run.text} with {kind}", None)


def _document(make: Callable[..., Made | None], *options: object) -> Callable[..., Made | None]:
    return partial(make, *options)


def _kinds() -> Iterator[Kind]:
    for now in (None, *_FACTORS):
        yield Kind("unit", f"of a table: {now or 'none'}", _document(_unit, now), scope="document")
        if now and now != "万元":
            yield Kind("unit", f"behind a figure: {now}", _document(_unit_behind, now))
    for kind in ("level", "tiled", "pale, below"):
        yield Kind("watermark", kind, _document(_watermark, kind), scope="document")
    for kind in ("behind it", "before it", "of another form", "a stray page"):
        yield Kind("two reports", kind, _document(_second, kind), scope="document")
    for kind in ("every page", "the whole", "the last page"):
        yield Kind("page twice", kind, _document(_twice, kind), scope="document")
    for kind in ("a line", "an annotation", "an ink annotation"):
        yield Kind("struck out", f"by {kind}", _document(_struck, kind))
    for kind in ("a FreeText over it", "a stamp over it", "a mark for redaction on it"):
        yield Kind("notes", kind, _document(_noted, kind))


PAPERS = tuple(_kinds())

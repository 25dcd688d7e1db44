"""Faults of fonts: the text layer is what the ToUnicode map of a font makes of it, and the map lies."""

# mypy: disable-error-code="no-untyped-call"
# (pymupdf ships no type information for these calls)
from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from random import Random

import pymupdf

from recount.eval.score.leaves import is_number, leaves
from recount.eval.verifier.prints.base import Base, Figure
from recount.eval.verifier.prints.draft import Draft, Kind, Made, Printed, rescaled, texts
from recount.eval.verifier.prints.sheets import Page

_BLOCK = re.compile(r"begin(bfchar|bfrange)(.*?)endbf", re.DOTALL)
_HEX = re.compile(r"<([0-9A-Fa-f]+)>|(\[)|(\])")
_HEAD = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo <</Registry(Adobe)/Ordering(UCS)/Supplement 0>> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<{low}> <{high}>
endcodespacerange
"""
_TAIL = "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"


def remap(document: pymupdf.Document, lies: Mapping[str, str]) -> int:
    """Makes every ToUnicode map of a PDF say other characters for some; returns how many maps changed."""
    changed = 0
    for xref in range(1, document.xref_length()):
        kind, value = document.xref_get_key(xref, "ToUnicode")
        if kind != "xref":
            continue
        at = int(value.split()[0])
        codes = parsed(document.xref_stream(at).decode("latin-1"))
        if set(codes.values()) & set(lies):
            told = {code: lies.get(char, char) for code, char in codes.items()}
            document.update_stream(at, written(told).encode("latin-1"))
            changed += 1
    return changed


def parsed(cmap: str) -> dict[str, str]:
    """The characters of every code."""
    found: dict[str, str] = {}
    for kind, block in _BLOCK.findall(cmap):
        step = 2 if kind == "bfchar" else 3
        for line in _rows(block, step):
            if step == 2:
                found[line[0]] = _text(line[1])
            else:
                low, high, first = line[:3]
                for offset in range(int(high, 16) - int(low, 16) + 1):
                    code = f"{int(low, 16) + offset:0{len(low)}x}"
                    found[code] = _text(line[2 + offset]) if len(line) > 3 else _next(first, offset)
    return {code.lower(): text for code, text in found.items()}


def _rows(block: str, step: int) -> list[list[str]]:
    """The entries of a block; those of an array stand in the row of their range."""
    rows: list[list[str]] = []
    row: list[str] = []
    inside = False
    for digits, opens, closes in _HEX.findall(block):
        if opens or closes:
            inside = bool(opens)
        else:
            row.append(digits)
        if not inside and len(row) >= step:
            rows.append(row)
            row = []
    return rows


def _text(digits: str) -> str:
    return bytes.fromhex(digits).decode("utf-16-be", errors="replace")


def _next(first: str, offset: int) -> str:
    text = _text(first)
    return text[:-1] + chr(ord(text[-1]) + offset)


def written(codes: Mapping[str, str]) -> str:
    size = max(map(len, codes))
    out = [_HEAD.format(low="0" * size, high="f" * size)]
    entries = sorted(codes.items())
    for start in range(0, len(entries), 100):
        part = entries[start : start + 100]
        out.append(f"{len(part)} beginbfchar\n")
        out += [f"<{code}> <{text.encode('utf-16-be').hex()}>\n" for code, text in part]
        out.append("endbfchar\n")
    return "".join([*out, _TAIL])


def _is_mapped(base: Base, pages: list[Page]) -> bool:
    """Whether all figures of a base are set in fonts that carry a map."""
    fonts = {item.font for page in pages for item in texts(page) if any(char.isdigit() for char in item.text)}
    return fonts <= set(base.maker.mapped)


def _swapped(consistent: bool, draft: Draft, figure: Figure | None, rng: Random) -> Made | None:
    """Two digits exchanged by the map. consistent: the text layer adds up, and the page does not; else the reverse."""
    assert figure is None
    if not _is_mapped(draft.base, draft.pages):
        return None
    one, other = rng.sample("123456789", 2)
    draft.after.append(partial(remap, lies={one: other, other: one}))
    truth: dict[str, Printed] = {}
    if consistent:
        exchange = str.maketrans(one + other, other + one)
        for page in draft.pages:
            turned = {id(item): replace(item, text=item.text.translate(exchange)) for item in texts(page)}
            page.items[:] = [turned.get(id(item), item) for item in page.items]
        values = {pointer: value for pointer, value in leaves(draft.base.report.gold) if is_number(value) and value}
        raws = dict(draft.base.report.printed)
        alike = {values[pointer]: raw for pointer, raw in raws.items() if pointer in values}
        for pointer, value in values.items():
            # A figure that fills two fields is noted down for one of them.
            raw = raws.get(pointer) or alike.get(value)
            if raw is not None:
                truth[pointer] = rescaled(Decimal(str(value)), raw, raw.translate(exchange))
    return Made(f"{one} and {other} exchanged", truth or _as_it_is(draft))


def _lies(lies: Mapping[str, str], words: str) -> Callable[[Draft, Figure | None, Random], Made | None]:
    def make(draft: Draft, figure: Figure | None, rng: Random) -> Made | None:
        assert figure is None
        del rng
        if not _is_mapped(draft.base, draft.pages):
            return None
        draft.after.append(partial(remap, lies=lies))
        return Made(words, _as_it_is(draft))

    return make


def _doubled(draft: Draft, figure: Figure | None, rng: Random) -> Made | None:
    digit = rng.choice("123456789")
    return _lies({digit: 2 * digit}, f"{digit} told twice")(draft, figure, rng)


def _as_it_is(draft: Draft) -> dict[str, Printed]:
    """The page prints what it did."""
    return {pointer: value for figure in draft.base.figures for pointer, value in figure.pointers.items()}


FONTS = (
    Kind("swapped font", "two digits, the text adds up", partial(_swapped, True), scope="document"),
    Kind("swapped font", "two digits, the page adds up", partial(_swapped, False), scope="document"),
    Kind("swapped font", "point as space", _lies({".": " "}, "the point told as a space"), scope="document"),
    Kind("swapped font", "point dropped", _lies({".": "\u200b"}, "the point told as no width"), scope="document"),
    Kind("swapped font", "a digit doubled", _doubled, scope="document"),
    Kind("swapped font", "a comma as point", _lies({",": ".", "，": "."}, "commas told as points"), scope="document"),
)

"""Whether the text layer of a page can be used, and what it is.

"text": the publisher's own characters. "ocr": somebody else's OCR, invisible over a picture of the page.
"unusable": no text where there must be some, or garbage: characters without a meaning, as from fonts that
lost their character map. A page without any text, picture or drawing is blank, and usable.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from recount.pipeline.document import Line

Verdict = Literal["text", "ocr", "unusable"]

_GARBAGE_SHARE = 0.05  # bullets of symbol fonts are private-use characters too: a few are normal
_LOST_SHARE = 0.02  # U+FFFD: MuPDF met a glyph whose character it does not know
_MOJIBAKE_SHARE = 0.3  # ÖÐ¹ú: Chinese bytes read as Latin-1
_FEW_SIGNS = 12  # a page number, the stamp of a scanning app: less than this is no text of a page
_COVERED = 0.5  # share of the page under pictures from which it may be a scan
_PICTURED = 0.1  # without any text, a picture of this share may hold the text
_OUTLINES = 60  # curved paths from which a page without text may have its letters drawn as outlines
_MARGIN = 0.08  # share of the height at head and foot in which stamps and page numbers stand

_CID = re.compile(r"\(cid:\d+\)")
_SIGNS = re.compile(r"[0-9０-９\u3400-\u4dbf\u4e00-\u9fff]")
_LATIN_1 = re.compile(r"[\u00a1-\u00ff]")
_WITHOUT_MEANING = frozenset({"Co", "Cn", "Cs", "Cc"})


@dataclass(frozen=True, slots=True)
class Layer:
    """The text of a page. raw: all its characters as found; askew: how many more stand at an angle."""

    lines: tuple[Line, ...]
    hidden: tuple[Line, ...]
    raw: str
    askew: int = 0


def judge(
    layer: Layer, height: float, picture_share: Callable[[], float], drawings: Iterable[Mapping[str, Any]]
) -> Verdict:
    """Whether the layer of a page can be used.

    height: of the page, in points. picture_share: the share of the page under pictures, asked only if it
    matters. drawings: MuPDF's cdrawings of the page.
    """
    if is_garbage(layer.raw) or layer.askew > len(layer.raw) + _FEW_SIGNS:
        return "unusable"
    if not layer.lines and not layer.hidden:
        return "unusable" if picture_share() >= _PICTURED or has_outlines(drawings) else "text"
    if _has_body(layer.lines, height) or picture_share() < _COVERED:
        return "text"
    return "ocr" if _has_body(layer.hidden, height) else "unusable"


def is_garbage(text: str) -> bool:
    """Whether too many of the characters have no meaning."""
    length = len(text)
    bad = sum(text.count(char) for char in set(text) if unicodedata.category(char) in _WITHOUT_MEANING)
    bad += sum(len(cid) for cid in _CID.findall(text))
    return (
        bad > _GARBAGE_SHARE * length
        or text.count("\ufffd") > _LOST_SHARE * length
        or len(_LATIN_1.findall(text)) > _MOJIBAKE_SHARE * length
    )


def has_outlines(drawings: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the drawings have so many curves that they may be letters."""
    curves = 0
    for drawing in drawings:
        curves += any(item[0] == "c" for item in drawing.get("items", ()))
        if curves >= _OUTLINES:
            return True
    return False


def _has_body(lines: Iterable[Line], height: float) -> bool:
    """Whether the lines have more ideographs and digits between the margins than a stamp has."""
    count = 0
    for line in lines:
        if _MARGIN * height < (line.box[1] + line.box[3]) / 2 < (1 - _MARGIN) * height:
            count += len(_SIGNS.findall(line.text))
            if count >= _FEW_SIGNS:
                return True
    return False

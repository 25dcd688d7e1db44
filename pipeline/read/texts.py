"""Files of text (.txt, .md, .html): in which characters they are written, and what stands on their pages."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from recount.pipeline.document import Pages
from recount.pipeline.errors import NotAText
from recount.pipeline.read.markup import items_of_markup
from recount.pipeline.read.plain import items_of_text
from recount.pipeline.read.typewriter import typed

HTML_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks; the longer before what it begins with."""
_ENCODINGS = ("utf-8", "gb18030", "big5", "utf-16-le", "utf-16-be")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
_HEAD = 4096  # bytes in which a page of the web says its encoding
_USUAL = frozenset("的一是在年度和为支出收入元万部门单位算预决财政拨款项目合计、，。本其中萬單門財撥項計預與為")
"""Characters that fill reports: bytes read by the wrong table show hardly any."""
_SURE = 0.05  # share of the ideographs that are such ones in what was read by the right table
_IDEOGRAPH = re.compile("[\u3400-\u9fff]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")
_LOST = "\ufffd"
_MOST_LOST = 0.01  # share of the characters that may be damaged; no number is made with one


def read_text(path: Path) -> Pages:
    """The pages of a file of text: one, or those that its form feeds part.

    A file that ends in .html, .htm or .xhtml is read as a page of the web, any other as lines, with the marks and
    tables of Markdown. Raises NotAText (empty, or no text) and OSError; the messages name the file without its folder.
    """
    content = path.read_bytes()
    if not content.strip():
        raise NotAText(f"{path.name} is empty.")
    text = decoded(content)
    if text is None:
        raise NotAText(f"{path.name} holds no text in an encoding that is known.")
    if not text.strip("\ufeff\ufffd \t\r\n\f\v"):
        raise NotAText(f"{path.name} is empty.")
    if path.suffix.lower() in HTML_SUFFIXES:
        return typed([items_of_markup(text)])
    return typed(items_of_text(text))


def decoded(content: bytes) -> str | None:
    """The characters that bytes stand for, without a byte order mark; None if they are no text.

    A mark tells; else the encoding that a page of the web names, then UTF-8, GB 18030, Big5 and UTF-16 are tried, and
    of those that fit the one whose characters are most like a report's is taken.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            text = content[len(mark) :].decode(encoding, "replace")
            return text if _is_text(text) else None
    best, most = None, -1.0
    for encoding in _tried(content):
        text = content.decode(encoding, "replace")
        likeness = _likeness(text)
        # Nearly all bytes are some UTF-16.
        if _is_text(text) and likeness > most and (likeness >= _SURE or not encoding.startswith("utf-16")):
            best, most = text, likeness
        if most >= _SURE and _LOST not in text:
            break
    return best


def _tried(content: bytes) -> Iterator[str]:
    """The encodings that bytes may be in, the likeliest first."""
    named = _CHARSET.search(content[:_HEAD])
    if named:
        try:
            codec = codecs.lookup(named[1].decode("ascii")).name
        except LookupError:
            codec = "utf-8"
        yield (
            {"gb2312": "gb18030", "gbk": "gb18030"}.get(codec, codec) if codec not in ("utf-16", "utf-32") else "utf-8"
        )
    yield from _ENCODINGS


def _is_text(text: str) -> bool:
    """Whether hardly any character is damaged, and none is one that no text has."""
    return _CONTROL.search(text) is None and text.count(_LOST) <= _MOST_LOST * len(text)


def _likeness(text: str) -> float:
    """The share of the usual characters among the ideographs; 1 for a text without any, which is the same in all."""
    ideographs = _IDEOGRAPH.findall(text)
    if not ideographs:
        return 0.5 * _SURE if text.isascii() else 0.0
    return sum(char in _USUAL for char in ideographs) / len(ideographs) - text.count(_LOST) / len(text)

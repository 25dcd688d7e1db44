"""A PDF file becomes pages: text lines with a box for each character, and ruling lines.

Coordinates are points from the top left corner of the page as displayed: /Rotate and the crop box are
applied.

What is left out, because nobody sees it as text of the page: text set at an angle (watermarks), invisible
text of a digital page, characters off the page and control characters; and what is printed beside or over it:
footnote marks, level watermarks, second copies that make bold (overprint.py).

Invisible text over a picture of the page is the work of somebody else's OCR. Its characters are used unless
they are garbage, but the page has the origin "ocr": a figure of it was read by a machine, not printed by the
publisher, so a sum that fails there is no discrepancy of the source. Its confidence is unknown (None).

A page that a damaged file shows only in part is not readable.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from operator import eq, itemgetter
from pathlib import Path
from typing import Any, Literal

from recount.pipeline.document import Box, Drawn, Line, Page, Pages, Remark, hull
from recount.pipeline.errors import Encrypted, NoPages, NotAPdf
from recount.pipeline.mupdf import MUPDF_ERRORS, attached_to, mupdf, quiet_mupdf, traced_on
from recount.pipeline.read.ink import look
from recount.pipeline.read.overprint import Print, by_paleness, lightness, plain_lines, printed_once, uncopied, unmarked
from recount.pipeline.read.rulings import filled, painted, read_rulings
from recount.pipeline.steps import tell
from recount.schemas.saying import say

# --- whether the text layer of a page can be used

Verdict = Literal["text", "ocr", "unusable"]

_GARBAGE_SHARE = 0.05  # bullets of symbol fonts are private-use characters too: a few are normal
_LOST_SHARE = 0.02  # U+FFFD: MuPDF met a glyph whose character it does not know
_MOJIBAKE_SHARE = 0.3  # ÖÐ¹ú: Chinese bytes read as Latin-1
_FEW_CHARACTERS = 12  # a page number, the stamp of a scanning app: less than this is no text of a page
_COVERED = 0.5  # share of the page under pictures from which it may be a scan
_PICTURED = 0.1  # without any text, a picture of this share may hold the text
_OUTLINES = 60  # curved paths from which a page without text may have its letters drawn as outlines
_MARGIN = 0.08  # share of the height at head and foot in which stamps and page numbers stand

_CID = re.compile(r"\(cid:\d+\)")
_DIGITS_AND_IDEOGRAPHS = re.compile(r"[0-9０-９\u2e80-\u2fdf\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_LATIN_1 = re.compile(r"[\u00a1-\u00ff]")
_MEANINGLESS = frozenset({"Co", "Cn", "Cs", "Cc"})


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
    if is_garbage(layer.raw) or layer.askew > len(layer.raw) + _FEW_CHARACTERS:
        return "unusable"
    if not layer.lines and not layer.hidden:
        return "unusable" if picture_share() >= _PICTURED or has_outlines(drawings) else "text"
    if _has_body(layer.lines, height) or picture_share() < _COVERED:
        return "text"
    return "ocr" if _has_body(layer.hidden, height) else "unusable"


def is_garbage(text: str) -> bool:
    """Whether too many of the characters have no meaning."""
    length = len(text)
    odd = [char for char in set(text) if not char.isprintable()]  # all that has no meaning, and spaces
    bad = sum(text.count(char) for char in odd if unicodedata.category(char) in _MEANINGLESS)
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
            count += len(_DIGITS_AND_IDEOGRAPHS.findall(line.text))
            if count >= _FEW_CHARACTERS:
                return True
    return False


# --- pages, as MuPDF reads them

# Without PRESERVE_LIGATURES MuPDF spells ligatures out. CID_FOR_UNKNOWN_UNICODE, which "words" sets, must
# stay off: it passes the number of an unmapped glyph off as a character, a wrong digit that nobody notices.
_FLAGS = mupdf.TEXT_PRESERVE_WHITESPACE | mupdf.TEXT_MEDIABOX_CLIP
_HEADER_REACH = 1 << 16  # a PDF may have other bytes before its "%PDF-"; MuPDF finds it there
_UNPRINTED = "\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef\ud800-\udfff"
_MAY_BE_DROPPED = re.compile(f"[{_UNPRINTED}\xad]")  # found at once, where the whole rule is tried at each character
# The soft hyphen is the minus of old fonts: it stays at a number, and where the line may go on with one.
_DROPPED = re.compile(rf"[{_UNPRINTED}]|(?<=[A-Za-z])\xad|(?<!\d)\xad(?!\s*(?:\d|$))")
_SIGN, _BOX = itemgetter("c"), itemgetter("bbox")  # of a character, in MuPDF's "rawdict"
_FIRST_IDEOGRAPH = "\u2e80"  # or radical
_UNREAD = "\ufffd"
_HARMLESS = re.compile(
    r"(?:ignoring zlib error: incorrect data check|syntax error: unknown keyword: .*"
    r"|syntax error: cannot find \S+ resource .*|encountered syntax errors; page may not be correct)"
)
"""What every viewer passes over: a wrong checksum, an unknown operator, a thing to be drawn that is not there."""
_UNDECODED = re.compile("zlib error|read error|unknown filter|not a stream|cannot load object")
_UNPARSED = re.compile("syntax error|cannot draw text|premature end")
Matrix = tuple[float, float, float, float, float, float]


def read_pdf(path: Path) -> Pages:
    """Read every page of the PDF file at path, without OCR. Raises as pages_and_file."""
    with pages_and_file(path) as (pages, _):
        return pages


@contextmanager
def pages_and_file(path: Path) -> Iterator[tuple[Pages, Any]]:
    """Every page of the PDF file at path, read without OCR, and the file, still open: what was loaded of it to be read
    need not be loaded again to be looked at.

    Raises: NotAPdf (no PDF, empty, or too damaged), Encrypted (a password is needed), NoPages, OSError (the
    file cannot be read at all). The messages name the file without its folder.
    """
    _require_header(path)
    with quiet_mupdf(), ExitStack() as closed:
        try:
            document = closed.enter_context(mupdf.open(path, filetype="pdf"))
            _require_pages(document, path.name)
            pages = Pages(tuple(_read_pages(document)), attached=_attached(document))
        except MUPDF_ERRORS as error:
            raise NotAPdf(f"{path.name} is damaged and cannot be read.") from error
        yield pages, document


def _require_header(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(_HEADER_REACH)
    if not head:
        raise NotAPdf(f"{path.name} is empty.")
    if b"%PDF-" not in head:
        raise NotAPdf(f"{path.name} is not a PDF file.")


def _require_pages(document: Any, name: str) -> None:
    if document.needs_pass:
        raise Encrypted(f"{name} is encrypted; it opens only with a password.")
    if document.page_count == 0:
        if document.is_repaired:
            raise NotAPdf(f"{name} is damaged; no page of it can be read.")
        raise NoPages(f"{name} has no pages.")


def _attached(document: Any) -> tuple[str, ...]:
    """The PDF files that are attached to it: in a portfolio they are the content."""
    return tuple(name for name, _ in attached_to(document) if name.lower().endswith(".pdf"))


def _read_pages(document: Any) -> Iterator[Page]:
    """Every page; those that MuPDF could read in part only are not readable, for nobody sees what is missing.

    Once a stream could not be decoded, that holds for all later pages: it may be a font's, which they share. A page
    that only looks damaged is read: its figures are looked at on the page as it is shown.
    """
    undecoded, count = False, document.page_count
    for page in document:
        tell("read", page.number + 1, count)
        mupdf.TOOLS.mupdf_warnings()  # what it holds back as a repetition is said now
        mupdf.TOOLS.reset_mupdf_warnings()
        shown = page.get_displaylist()
        complaints = mupdf.TOOLS.mupdf_warnings().split("\n")
        harmful = "\n".join(complaint for complaint in complaints if not _HARMLESS.fullmatch(complaint))
        result = _read_page(page, shown, doubted=any(map(_HARMLESS.fullmatch, complaints)))
        undecoded = undecoded or _UNDECODED.search(harmful) is not None
        lost = document.is_repaired and not result.lines  # a blank page, or a page whose content is gone
        if undecoded or lost or _UNPARSED.search(harmful):
            result = Page(result.number, result.width, result.height, (), (), readable=False, damaged=True)
        yield result


def _read_page(page: Any, shown: Any, *, doubted: bool) -> Page:
    """A page. shown: its display list; doubted: the file is damaged there, in a way that every viewer passes over."""
    rotation: Matrix | None = tuple(page.rotation_matrix) if page.rotation else None
    _, _, width, height = page.rect
    drawings = page.get_cdrawings(extended=True)
    text = mupdf.TextPage(shown.get_textpage(_FLAGS)).extractRAWDICT()
    layer = _Builder(width, height).layer(text)
    verdict = judge(layer, height, lambda: _picture_share(page), painted(drawings))
    number = page.number + 1
    remarks = (Remark("damaged", number, None, say("damaged")),) if doubted else ()
    if verdict == "unusable":
        return Page(number, width, height, (), (), readable=False, remarks=remarks)
    rulings = read_rulings(drawings, (width, height), rotation)
    if verdict == "ocr":
        return Page(number, width, height, layer.lines + layer.hidden, rulings, origin=verdict, remarks=remarks)
    seen = look(page, shown, layer.lines, rulings, filled(drawings), doubted=doubted)
    drawn = tuple(_drawn(page, shown)) if seen.lines else ()
    said = (*remarks, *seen.remarks)
    return Page(number, width, height, seen.lines, rulings, remarks=said, unsure=seen.unsure, drawn=drawn)


def _picture_share(page: Any) -> float:
    """The share of the page's area that pictures cover, 0..1 (overlaps counted twice)."""
    page_area = float(abs(page.rect))
    frame = page.rect * page.derotation_matrix  # MuPDF places pictures on the page before its rotation
    area = sum(float(abs(frame & mupdf.Rect(image["bbox"]))) for image in page.get_image_info())
    return min(1.0, area / page_area) if page_area else 0.0


@dataclass
class _Builder:
    """Collects the lines of one page of width × height points."""

    width: float
    height: float
    raw: list[str] = field(default_factory=list)
    askew: int = 0

    def layer(self, rawdict: dict[str, Any]) -> Layer:
        """The text of the page, visible and hidden, from MuPDF's "rawdict"."""
        visible: list[Print] = []
        hidden: list[Print] = []
        for block in rawdict["blocks"]:
            for line in block["lines"]:
                if not self._is_level(line["dir"]):
                    self._leave_askew(line, visible)
                    continue
                spans = line["spans"]
                if len(spans) == 1 and spans[0].get("alpha", 255):  # as most have
                    self._add(spans, line["bbox"], visible)
                    continue
                unseen = [span for span in spans if span.get("alpha", 255) == 0]
                if unseen:
                    self._add(unseen, None, hidden)
                    spans = [span for span in spans if span.get("alpha", 255)]
                groups = by_paleness(spans)
                for group in groups:
                    self._add(group, None if unseen or len(groups) > 1 else line["bbox"], visible, line["dir"])
        return Layer(plain_lines(visible), uncopied(hidden), "".join(self.raw), self.askew)

    def _is_level(self, direction: tuple[float, float]) -> bool:
        x, y = direction
        return x > 0.999 and abs(y) < 0.02

    def _leave_askew(self, line: dict[str, Any], visible: list[Print]) -> None:
        """Text at an angle is not read; in vertical writing each character stands upright and is a line."""
        if line["wmode"] == 1 and abs(line["dir"][0]) < 0.02:
            for span in line["spans"]:
                for char in span["chars"]:
                    self._add([{**span, "chars": [char]}], None, visible)
        else:
            self.askew += sum(len(span["chars"]) for span in line["spans"])

    def _add(
        self,
        spans: Sequence[dict[str, Any]],
        box: Box | None,
        to: list[Print],
        direction: tuple[float, float] = (1.0, 0.0),
    ) -> None:
        chars = unmarked(spans, direction)
        text = "".join(map(_SIGN, chars))
        if any(map(eq, text[1:], text)) and (once := printed_once(chars)) is not chars:
            chars, text = once, "".join(map(_SIGN, once))
        if len(chars) < sum([len(span["chars"]) for span in spans]):
            box = None
        if not text or text.isspace():
            return
        self.raw.append(text)
        boxes: list[Box] = list(map(_BOX, chars))
        lefts, _, rights, _ = zip(*boxes, strict=True)
        if any(map(eq, lefts, rights)):
            text, boxes = _once(text, boxes)
        if (_MAY_BE_DROPPED.search(text) and _DROPPED.search(text)) or text[0].isspace() or text[-1].isspace():
            text, boxes, box = *_trimmed(text, boxes), None
            if not text:
                return
        box = box or hull(boxes)
        if self._is_on_page(box):
            widest = spans[0] if len(spans) == 1 else max(spans, key=lambda span: len(span["chars"]))
            to.append(Print(Line(text, tuple(boxes), box), widest["size"], lightness(widest)))

    def _is_on_page(self, box: Box) -> bool:
        return box[0] < self.width and box[2] > 0 and box[1] < self.height and box[3] > 0


def _once(text: str, boxes: list[Box]) -> tuple[str, list[Box]]:
    """The text with what one glyph says twice said once.

    macOS maps a glyph to two ideographs (a radical and what it stands for): MuPDF gives the second no width. A digit
    that is said twice may be two digits in one glyph (⑪): it is not readable, so that no number is made with it.
    """
    signs, places = [text[0]], [boxes[0]]
    for sign, before, box in zip(text[1:], text, boxes[1:], strict=False):
        behind = places[-1][2] == box[0] == box[2] > places[-1][0]
        if not (behind and min(sign, before) >= _FIRST_IDEOGRAPH):
            signs.append(_UNREAD if behind and sign == before and sign.isdigit() else sign)
            places.append(box)
    return "".join(signs), places


def _trimmed(text: str, boxes: list[Box]) -> tuple[str, list[Box]]:
    """The text without control characters and without white space at its ends, and the boxes left."""
    dropped = {match.start() for match in _DROPPED.finditer(text)}
    kept = [index for index in range(len(text)) if index not in dropped]
    while kept and text[kept[0]].isspace():
        kept.pop(0)
    while kept and text[kept[-1]].isspace():
        kept.pop()
    return "".join([text[index] for index in kept]), [boxes[index] for index in kept]


# --- figures as fonts have them

_DIGIT = re.compile("[0-9]")
_OF_FIGURE = re.compile("[0-9.,]+")
_CLIPPED = 3  # text that is painted in no way
_CODE = itemgetter(0)  # of a character, as MuPDF traces it


def _drawn(page: Any, shown: Any) -> Iterator[Drawn]:
    """The figures of a page, each of one font. shown: its display list."""
    turn = page.rotation_matrix if page.rotation else None
    for span in traced_on(page, shown):
        chars = span["chars"]
        signs = "".join(map(chr, map(_CODE, chars)))
        if span["type"] == _CLIPPED or not _DIGIT.search(signs):
            continue
        gap = span["size"] / 2
        for start, end in _runs(signs):
            for at in range(start + 1, end):
                if chars[at][2][0] - chars[at - 1][3][2] >= gap:
                    yield from _figure(span["font"], chars, signs, (start, at), turn)
                    start = at
            yield from _figure(span["font"], chars, signs, (start, end), turn)


def _runs(signs: str) -> Iterator[tuple[int, int]]:
    """Where the digits and points of a span stand that only such signs part as say nothing: from where to where."""
    start = end = -1
    for match in _OF_FIGURE.finditer(signs):
        if start >= 0 and not all(map(_says_nothing, signs[end : match.start()])):
            yield start, end
            start = -1
        start, end = match.start() if start < 0 else start, match.end()
    yield start, end


@cache
def _says_nothing(sign: str) -> bool:
    """Whether a sign is a space or none at all: the glyph that a font says so of may be a point."""
    return unicodedata.category(sign) in ("Zs", "Cc", "Cf", "Cn", "Co")


def _figure(font: str, chars: Sequence[Any], signs: str, ends: tuple[int, int], turn: Any) -> Iterator[Drawn]:
    """The figure that some characters of a span are, if they are one."""
    start, end = ends
    while start < end and not signs[start].isdigit():
        start += 1
    while start < end and not signs[end - 1].isdigit():
        end -= 1
    if start < end:
        own = chars[start:end]
        boxes = [char[3] if turn is None else tuple(mupdf.Rect(char[3]) * turn) for char in own]
        yield Drawn(font, signs[start:end], tuple(boxes), tuple([char[1] for char in own]))

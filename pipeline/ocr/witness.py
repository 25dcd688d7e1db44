"""The rendered page as a witness of the text layer: figures that may be printed otherwise, and fonts that may lie.

What `read` is unsure of (painted over, faint, on a damaged page) is read from the page as it is shown: what agrees
stands, another number is what is printed, and where nothing is to be seen the figure is not on the page.

A font says by a table which sign each of its glyphs is; that table may be wrong, or made to be. So the fewest figures
that show all digits and points of a document's fonts are read from the page; a glyph that looks as one that was read as
the same sign before, in this report or another, need not be, nor one that looks as that sign in a font of the library's
own. A font that they contradict is not believed, and its pages are read as scans are.
"""

from __future__ import annotations

import re
import secrets
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from operator import attrgetter
from typing import Any

import numpy as np

from recount.pipeline.document import Box, Line, Page, Pages, Remark, hull
from recount.pipeline.mupdf import face_of, has_program, look_of, mupdf, name_of, picture_of
from recount.pipeline.settings import OcrBackend, OcrMode
from recount.schemas.saying import say

_DPI = (250, 350)  # of the first reading of a figure and of the second
_BESIDE = {250: 0.0, 350: 0.06}  # of its height: how much of what stands left and right of a figure is seen too
_BLANK = 24  # levels of grey, of 255, below which a piece of the page shows nothing
_MIDDLE = 0.4  # share of a figure's height that is left out above and below its middle
_MOST_WRONG = 0.2  # share of a page's figures that are shown otherwise from which its text layer is not believed
_LEAST_WRONG = 3  # such figures
_LETTERS = str.maketrans("OoIl|", "00111")  # what a recogniser makes of digits
_NOT_OF_NUMBERS = re.compile(r"[^0-9.]")
_DIGITS = re.compile(r"\d[\d.,]*")
_ODD = re.compile(r"[^\W\d]|[|\ufffd]")
_EDGE = re.compile(r"^[^\w-]+|\W+$")
_NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_FULL_WIDTH = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), 0xFF0C, 0xFF0E)} | {ord("。"): "."}
_NEAR = (0, -1, 1, -2, 2)  # points by which two tellings of one place may differ


def witnessed(pages: Pages, file: Any, mode: OcrMode = "auto", backend: OcrBackend = "openvino") -> Pages:
    """The pages of a PDF with the text that a reader sees.

    pages, file: as pages_and_file gives them. mode: with "never" nothing is looked at, and what is unsure is confirmed
    by nothing; with "always" all is read as a scan anyway. Raises UsageError where the engine is not there.
    """
    if mode == "always" or not any(page.readable and page.lines for page in pages.pages):
        return pages
    if mode == "never":
        return replace(pages, pages=tuple(map(_unwitnessed, pages.pages)))
    eye = _Eye(file, backend)
    looked = [_looked_at(page, eye) if page.readable and page.unsure else page for page in pages.pages]
    liars = _lying_fonts(looked, eye)
    return replace(pages, pages=tuple(_unbelieved(page, liars[page.number]) for page in looked))


def _unwitnessed(page: Page) -> Page:
    said = say("not_looked_at")
    remarks = (Remark("not looked at", page.number, piece.box, said, touches=True) for piece in page.unsure)
    return replace(page, unsure=(), remarks=(*page.remarks, *remarks))


def _unbelieved(page: Page, shown: tuple[str, str] | None) -> Page:
    """A page whose font was found to lie is left to OCR. shown: what a figure of it says, and what the page shows."""
    if shown is None:
        return page
    remark = Remark("font not believed", page.number, None, say("font_not_believed", text=shown[0], shown=shown[1]))
    return Page(page.number, page.width, page.height, (), (), readable=False, remarks=(*page.remarks, remark))


def digits_of(text: str) -> str:
    """The digits and points of a figure, however it is set."""
    return _NOT_OF_NUMBERS.sub("", text.translate(_FULL_WIDTH).translate(_LETTERS)).strip(".")


@dataclass(slots=True)
class _Eye:
    """Reads pieces of the pages of an open PDF. The engine is made when the first piece is read.

    fonts: the names and numbers of its fonts, by the resources of a page: many pages have the same. tables: whether
    they have one, faces: opened, looks: of their glyphs, marks: of their figures, each as far as they were met. own:
    stands for the document.
    """

    document: Any
    backend: OcrBackend
    fonts: dict[tuple[str, str], list[tuple[str, int]]] = field(default_factory=dict)
    tables: dict[int, bool] = field(default_factory=dict)
    faces: dict[int, Any] = field(default_factory=dict)
    looks: dict[tuple[_Font, int], bytes] = field(default_factory=dict)
    marks: dict[tuple[_Font, str, tuple[int, ...]], _Marks] = field(default_factory=dict)
    own: bytes = field(default_factory=partial(secrets.token_bytes, 16))
    _shown: dict[int, Any] = field(default_factory=dict)

    def piece(self, page: int, box: Box, dpi: int, beside: float) -> Any:
        """A box of a page (1-based, in points as displayed) as a grey image."""
        if page not in self._shown:
            self._shown = {page: self.document[page - 1].get_displaylist()}
        more = beside * (box[3] - box[1])
        return picture_of(self._shown[page], dpi / 72, (box[0] - more, box[1], box[2] + more, box[3]))

    def read(self, places: Sequence[tuple[int, Box]], dpi: int) -> list[tuple[str, float]]:
        """What each place shows, with the score of that reading; nothing for a place that is blank."""
        # Imported when something has to be looked at: the recogniser's libraries are heavy.
        from recount.pipeline.ocr.network.engine import engine
        from recount.pipeline.ocr.text.lines import with_paper

        pieces = [self.piece(page, box, dpi, _BESIDE[dpi]) for page, box in places]
        filled = [at for at, piece in enumerate(pieces) if piece.size and np.ptp(piece) >= _BLANK]
        found = [("", 0.0)] * len(places)
        # Once: a second look is surer of a figure without the digit that its box cuts, which the first one guesses.
        shown = engine(self.backend).recognise([with_paper(pieces[at]) for at in filled], once=True)
        for at, line in zip(filled, shown, strict=True):
            found[at] = line.text, line.score
        return found

    def twice(self, places: Sequence[tuple[int, Box]], texts: Sequence[str]) -> dict[int, tuple[str, float, str]]:
        """Of the places that do not show their texts, by index: what a reading shows, with its score, and what a second
        shows, where neither says the text."""
        first = self.read(places, _DPI[0]) if places else []
        again = [at for at, text in enumerate(texts) if not _says(first[at][0], text)]
        second = self.read([places[at] for at in again], _DPI[1]) if again else []
        return {
            at: (*first[at], other) for at, (other, _) in zip(again, second, strict=True) if not _says(other, texts[at])
        }

    def face(self, xref: int) -> Any:
        """A font of the document, by its number."""
        if xref not in self.faces:
            self.faces[xref] = face_of(self.document, xref)
        return self.faces[xref]

    def is_blank(self, page: int, box: Box) -> bool:
        """Whether nothing is to be seen along the middle of a box, where every digit has ink beside paper: a bar over a
        figure may leave paper above and below it."""
        more = _MIDDLE * (box[3] - box[1])
        piece = self.piece(page, (box[0], box[1] + more, box[2], box[3] - more), _DPI[0], beside=0.0)
        return not piece.size or bool(np.ptp(piece) < _BLANK)


# --- figures that may be printed otherwise


def _looked_at(page: Page, eye: _Eye) -> Page:
    """The page with its unsure figures as the page shows them."""
    pieces = page.unsure
    unsaid = eye.twice([(page.number, piece.box) for piece in pieces], [piece.text for piece in pieces])
    changed: dict[Line, tuple[str, float]] = {}
    remarks: list[Remark] = []
    for at, (text, score, other) in unsaid.items():
        piece = pieces[at]
        if eye.is_blank(page.number, piece.box):
            changed[piece] = "", 0.0
            remarks.append(Remark("unseen text", page.number, piece.box, say("not_seen", text=piece.text)))
        elif (number := _agreed(text, other)) is not None and _stands_there(number, piece, pieces):
            changed[piece] = "", 0.0
            words = say("stands_under", text=piece.text, shown=number)
            remarks.append(Remark("unseen text", page.number, piece.box, words))
        elif number is not None:
            changed[piece] = number, score
            words = say("shown_otherwise", shown=number, text=piece.text)
            # No number says a letter: which of the two is right is not for a recogniser to say.
            remarks.append(
                Remark("other print", page.number, piece.box, words, touches=_ODD.search(piece.text) is not None)
            )
        else:
            words = say("shown_unclearly", text=piece.text)
            remarks.append(Remark("unclear print", page.number, piece.box, words, touches=True))
    figures = sum(len(_DIGITS.findall(line.text)) for line in page.lines)
    if len(remarks) >= max(_LEAST_WRONG, _MOST_WRONG * figures):
        words = say("text_not_believed", figures=len(remarks))
        remark = Remark("text not believed", page.number, None, words)
        return Page(page.number, page.width, page.height, (), (), readable=False, remarks=(*page.remarks, remark))
    remarks += _shared_places(page, pieces)
    lines = tuple(part for line in page.lines for part in _as_shown(line, changed))
    return replace(page, lines=lines, unsure=(), remarks=(*page.remarks, *remarks))


def _shared_places(page: Page, pieces: Sequence[Line]) -> Iterator[Remark]:
    """The places where the text layer has two numbers: whichever a reading makes of them, nothing confirms it."""
    for piece in pieces:
        if any(_lies_on(piece, other) and digits_of(other.text) != digits_of(piece.text) for other in pieces):
            words = say("two_figures", text=piece.text)
            yield Remark("two figures", page.number, piece.box, words, touches=True)


def _lies_on(piece: Line, other: Line) -> bool:
    x, y = (piece.box[0] + piece.box[2]) / 2, (piece.box[1] + piece.box[3]) / 2
    return other is not piece and other.box[0] < x < other.box[2] and other.box[1] < y < other.box[3]


def _says(shown: str, text: str) -> bool:
    """Whether the page shows what a text says; no number says a letter."""
    if _ODD.search(text):
        return shown.strip() == text
    return digits_of(shown) == digits_of(text)


def _stands_there(number: str, piece: Line, pieces: Sequence[Line]) -> bool:
    """Whether the text layer has a number at the place of a figure as well, which it says is another."""
    return any(_lies_on(piece, other) and digits_of(other.text) == digits_of(number) for other in pieces)


def _agreed(one: str, other: str) -> str | None:
    """The number that both readings show, as a figure is written; None where they differ or show no number."""
    if digits_of(one) != digits_of(other):
        return None
    match = _NUMBER.fullmatch(_EDGE.sub("", one.translate(_FULL_WIDTH).replace(" ", "")))
    return match[0] if match is not None else None


def _as_shown(line: Line, changed: Mapping[Line, tuple[str, float]]) -> Iterator[Line]:
    """A line cut around the figures that the page shows otherwise. changed: by the piece, what it shows, and how sure
    that reading is."""
    own = {piece.boxes: piece for piece in changed if piece.boxes[0] in line.boxes and piece.text in line.text}
    start = at = 0
    while at < len(line.text):
        piece = next((own[boxes] for boxes in own if line.boxes[at : at + len(boxes)] == boxes), None)
        if piece is None or not line.text.startswith(piece.text, at):
            at += 1
            continue
        if start < at:
            yield line.part(start, at)
        number, score = changed[piece]
        if number:
            yield _spread(number, piece.box, score)
        start = at = at + len(piece.text)
    if start == 0:
        yield line
    elif start < len(line.text):
        yield line.part(start, len(line.text))


def _spread(text: str, box: Box, score: float) -> Line:
    """A figure that was read in a box, its characters side by side."""
    width = (box[2] - box[0]) / len(text)
    boxes = tuple((box[0] + at * width, box[1], box[0] + (at + 1) * width, box[3]) for at in range(len(text)))
    return Line(text, boxes, box, round(score, 4))


# --- fonts that may lie


_Font = tuple[int | str, ...]
"""The numbers of the fonts of a document that one may be; where that is not sure, with its name behind them, or the
page before it."""
_Glyph = tuple[_Font, int, str]
"""A font, the number of one of its glyphs, and the sign that the font says it is."""
_Look = tuple[bytes, str]
"""What a glyph looks like, and the sign that its font says it is. Every report brings its own parts of the same fonts,
under its own numbers."""
_Marks = tuple[frozenset[_Glyph], frozenset[_Look]]
"""The glyphs that a figure consists of, and their looks."""


@dataclass(frozen=True, slots=True)
class _Run:
    """A figure as a font's table says it. glyphs: that it consists of; looks: theirs."""

    page: int
    box: Box
    text: str
    glyphs: frozenset[_Glyph]
    looks: frozenset[_Look]


_SEEN: set[_Look] = set()
"""What was read as its font says, in this process."""
_MOST_SEEN = 200_000
_OWN_FONTS = ("helv", "hebo", "heit", "hebi", "tiro", "tibo", "tiit", "tibi", "cour", "cobo", "coit", "cobi", "china-s")
"""Those that the library brings, as it calls them: programs that make PDFs have them too."""


@cache
def own_looks() -> frozenset[_Look]:
    """What digits and points look like in the library's fonts, whose tables nobody made for a report."""
    fonts = [mupdf.Font(name) for name in _OWN_FONTS]
    looks = [(look_of(font.this, font.has_glyph(ord(sign))), sign) for font in fonts for sign in "0123456789."]
    return frozenset((look, sign) for look, sign in looks if look is not None)


def _lying_fonts(pages: Sequence[Page], eye: _Eye) -> dict[int, tuple[str, str] | None]:
    """By page, what a figure says and what the page shows where a font of the page lies; None where none does."""
    found: dict[int, tuple[str, str] | None] = defaultdict(lambda: None)
    wanted = [page for page in pages if page.readable and page.origin == "text" and page.lines]
    drawn = [(page, _marks_of(page, eye)) for page in wanted if page.drawn]
    unread = {marks: _are_unread(marks[1]) for marks in eye.marks.values()}
    runs = [run for page, marks in drawn for run in _seen(page, _runs(page, marks, unread.__getitem__))]
    right, wrong = _read(_fewest(runs, attrgetter("looks"), _SEEN, own_looks()), eye)
    if wrong:  # glyphs that look the same are told as they are by one font, perhaps, and not by the other: each is read
        runs = [run for page, marks in drawn for run in _seen(page, _runs(page, marks))]
        _, wrong = _read(_fewest(runs, attrgetter("glyphs")), eye)
    elif len(_SEEN) < _MOST_SEEN:
        _SEEN.update(look for run in right for look in run.looks)
    for run, shown in wrong:
        if not _is_cleared(run, runs, eye):
            fonts = {glyph[0] for glyph in run.glyphs}
            for other in runs:
                if any(glyph[0] in fonts for glyph in other.glyphs):
                    found[other.page] = found[other.page] or (run.text, shown)
    return found


def _are_unread(looks: frozenset[_Look]) -> bool:
    """Whether one of these was neither read before, nor is it one of the library's own."""
    return not all(look in _SEEN or look in own_looks() for look in looks)


def _seen(page: Page, found: Iterable[_Run]) -> Iterator[_Run]:
    """Those figures that stand in the lines of a page: what is not seen, or otherwise, says nothing of its font."""
    runs = list(found)
    if not runs:
        return
    told = [remark.box for remark in page.remarks if remark.box is not None]
    places = {
        (char, round(box[0]), round((box[1] + box[3]) / 2))
        for line in page.lines
        if _DIGITS.search(line.text)
        for char, box in zip(line.text, line.boxes, strict=True)
        if char in "0123456789"
    }
    for run in runs:
        x, y = round(run.box[0]), round((run.box[1] + run.box[3]) / 2)
        middle = (run.box[0] + run.box[2]) / 2
        if any(box[0] <= middle <= box[2] and box[1] <= y <= box[3] for box in told):
            continue
        near = ((run.text[0], x + right, y + down) for right in _NEAR for down in _NEAR)
        if (run.text[0], x, y) in places or any(place in places for place in near):
            yield run


def _read(runs: Sequence[_Run], eye: _Eye) -> tuple[list[_Run], list[tuple[_Run, str]]]:
    """The figures that the page shows as their fonts say, and those that it does not, with what it shows."""
    shown = list(zip(runs, _shown_twice(runs, eye), strict=True))
    wrong = [(run, other or "something else") for run, other in shown if other or (other == "" and len(run.text) > 2)]
    return [run for run, other in shown if other is None], wrong


def _shown_twice(runs: Sequence[_Run], eye: _Eye) -> list[str | None]:
    """For each figure None if a reading says what its font says, the other number if two readings agree on one, and
    nothing where they leave it open."""
    found: list[str | None] = [None] * len(runs)
    unsaid = eye.twice([(run.page, run.box) for run in runs], [run.text for run in runs])
    for at, (text, _, other) in unsaid.items():
        found[at] = digits_of(text) if digits_of(text) == digits_of(other) else ""
    return found


def _is_cleared(run: _Run, runs: Iterable[_Run], eye: _Eye) -> bool:
    """Whether other figures of the same glyphs are shown as their font says: then it was the recogniser's mistake."""
    left = run.glyphs
    for _ in range(3):
        others = [other for other in runs if other.text != run.text and other.glyphs & left and len(other.text) > 2]
        if not others:
            return False
        best = max(others, key=lambda other: len(other.glyphs & left))
        if _shown_twice([best], eye)[0] is not None:
            return False
        left -= best.glyphs
        if not left:
            return True
    return False


def _fewest(runs: Sequence[_Run], parts: Callable[[_Run], frozenset[Any]], *seen: Collection[Any]) -> list[_Run]:
    """Few figures that show every part, their glyphs or the looks of these, that was not seen before; those that show
    most first."""
    different = {(run.text, run.glyphs): run for run in reversed(runs)}
    rest = sorted(different.values(), key=lambda run: (-len(run.glyphs), run.page, run.box))
    left = {part for run in rest for part in parts(run)}.difference(*seen)
    chosen = []
    while left:
        rest = [run for run in rest if parts(run) & left]
        chosen.append(max(rest, key=lambda run: (len(run.text) > 2, len(parts(run) & left))))
        left -= parts(chosen[-1])
    return chosen


def _marks_of(page: Page, eye: _Eye) -> list[_Marks | None]:
    """What each figure of a page consists of; None where its font has no table."""
    fonts = _Fonts(eye, eye.document[page.number - 1])
    found: list[_Marks | None] = []
    for drawn in page.drawn:
        font = fonts.of(drawn.font)
        if font is None:
            found.append(None)
            continue
        written = font, drawn.text, drawn.glyphs
        if written not in eye.marks:
            signs = zip(drawn.glyphs, drawn.text, strict=True)
            glyphs = frozenset((font, glyph, sign) for glyph, sign in signs if sign != ",")
            eye.marks[written] = glyphs, frozenset((fonts.look(font, glyph), sign) for _, glyph, sign in glyphs)
        found.append(eye.marks[written])
    return found


def _runs(
    page: Page, marks: Sequence[_Marks | None], wanted: Callable[[_Marks], bool] = lambda _: True
) -> Iterator[_Run]:
    """The figures of a page whose fonts have tables. marks: of each that it has; wanted: which are asked for."""
    for drawn, own in zip(page.drawn, marks, strict=True):
        if own is not None and wanted(own):
            yield _Run(page.number, hull(drawn.boxes), drawn.text, *own)


_LONGEST_NAME = 31
"""Letters of a font's name that the library keeps."""


def _is_like(full: str, name: str) -> bool:
    """Whether a font may be the one of a name, of which a part may be missing."""
    full, name = full.rpartition("+")[2], name.rpartition("+")[2]
    return bool(full) and (full.startswith(name) or name.startswith(full))


class _Fonts:
    """The fonts of a page by the names that the library gives them."""

    def __init__(self, eye: _Eye, page: Any) -> None:
        self._named = _named(eye, page)
        self._all = [xref for _, xref in self._named]
        self._eye, self._page = eye, page.number
        self._known: dict[str, _Font | None] = {}

    def of(self, name: str) -> _Font | None:
        """A font; None for one that has no table of its own: the page shows what it says."""
        if name not in self._known:
            named = [xref for full, xref in self._named if full[:_LONGEST_NAME] == name]
            named = named or [xref for xref in self._all if xref and name_of(self._eye.face(xref)) == name]
            found = named or [xref for full, xref in self._named if _is_like(full, name)]
            told = [xref for xref in found or self._all if not xref or self._has_table(xref)]
            # Of one that is no object of its own nobody can say that another page's is the same.
            numbers: _Font = tuple(sorted(told))
            font = (self._page, name) if 0 in told else numbers if named else (*numbers, name)
            self._known[name] = font if told or not self._all else None
        return self._known[name]

    def _has_table(self, xref: int) -> bool:
        known = self._eye.tables
        if xref not in known:
            known[xref] = _has_table(self._eye.document, xref)
        return known[xref]

    def look(self, font: _Font, glyph: int) -> bytes:
        """What stands for the look of a glyph: the same in all reports, or only here if that cannot be said."""
        looks = self._eye.looks
        if (font, glyph) not in looks:
            sure = font[0] if len(font) == 1 else None
            look = look_of(self._eye.face(sure), glyph) if isinstance(sure, int) else None
            looks[font, glyph] = look or self._eye.own + repr((font, glyph)).encode()
        return looks[font, glyph]


def _named(eye: _Eye, page: Any) -> list[tuple[str, int]]:
    """The fonts of a page: the name of each, and the number of its object."""
    resources = eye.document.xref_get_key(page.xref, "Resources")
    if resources[0] not in ("xref", "dict"):  # its parent has them
        resources = "page", str(page.number)
    if resources not in eye.fonts:
        eye.fonts[resources] = [(font[3], font[0]) for font in page.get_fonts()]
    return eye.fonts[resources]


def _has_table(document: Any, xref: int) -> bool:
    """Whether a font has a program or a table of signs; if it has neither, its code alone says what is drawn."""
    return document.xref_get_key(xref, "ToUnicode")[0] == "xref" or has_program(document, xref)

"""The first sheet of a workbook, which an auditor works through: a row for each identity that fails, the worst first,
with a picture of the figure that is most suspect, and room for what is found."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from recount.desk.cards import Card, Figure, findings_of, how_bad
from recount.desk.marks import why
from recount.desk.pages import Book, opened
from recount.desk.told import word
from recount.pipeline.document import Box
from recount.pipeline.errors import DocumentError, UsageError
from recount.pipeline.output import workbook
from recount.pipeline.output.folder import sources_in
from recount.pipeline.output.rows import OpenResult
from recount.pipeline.output.workbook import MOST_ROWS, Front
from recount.schemas.saying import Language, named, with_values

MOST_PICTURES = 2_000
"""Pictures of one workbook: of the worst."""
_ASIDE, _ABOVE = 60.0, 8.0
"""Points of the page that a picture shows beside and above its figure."""
_DPI = 190.0
_WIDE, _HIGH = 232, 48
"""Pixels that a picture has room for."""
_FRAME = (200, 30, 30)

_COLUMNS = (
    ("severity", 8),
    ("unit name", 14),
    ("year", 6),
    ("rule", 30),
    ("left", 12),
    ("right", 12),
    ("difference", 11),
    ("measure", 5),
    ("most suspect", 24),
    ("crop", 34),
    ("page number", 5),
    ("remark", 18),
    ("conclusion", 11),
    ("note", 14),
    ("report", 22),
)
"""The columns, by the keys of their heads (told.WORDS), and how wide they are, in digits."""
_NUMBERS = ("year", "left", "right", "difference", "page number")
_KEYS = tuple(key for key, _ in _COLUMNS)
_LINE = 14
"""Points that a line of a row is high."""
_YEAR = "年"
_SHADES = {"error": "#FFC7CE", "disputed": "#FFE4B5", "minor": "#F5F5F5"}

_Key = tuple[Any, ...]
_Given = str | Decimal | int | None


@dataclass(frozen=True, slots=True)
class Row:
    """A row. report, sha256: of the result. severity: "error", "minor", or "disputed" of a figure that no identity
    fails with. cells: what its columns hold, by their keys, but for the picture. page, box: of the suspect figure, None
    where there is none, or where it stands in a text."""

    report: str
    sha256: str
    severity: str
    cells: Mapping[str, _Given]
    page: int | None
    box: Box | None

    @property
    def is_of_years(self) -> bool:
        """Whether its sides are years, whose thousands nobody sets apart."""
        return self.cells.get("measure") == _YEAR


Group = tuple[_Key, tuple[Row, ...]]
"""Rows that one fault explains, the first of them the fault itself, and their place among others."""


class ToCheck(Front):
    """The sheet of an output folder, in a language: that of the workbook's keys."""

    def __init__(self, out: Path, language: Language) -> None:
        self._out, self._language = out, language
        self.title = word(language, "to check")
        self.see = partial(seen, language)
        self._groups: list[Group] = []

    def add(self, seen: list[Group]) -> None:
        self._groups += seen

    def write(self, book: workbook.Book, sheet: Any, pdfs: Mapping[str, str]) -> None:
        rows = [row for _, group in sorted(self._groups, key=lambda group: group[0]) for row in group]
        shown = rows[:MOST_ROWS]
        pictures = dict(self._pictures(shown))
        for at, (key, width) in enumerate(_COLUMNS):
            sheet.set_column(at, at, width)
            sheet.write_string(0, at, word(self._language, key), book.head_of(number=key in _NUMBERS))
        for number, row in enumerate(shown, 1):
            _write(book, sheet, number, row, (pdfs.get(row.report), pictures.get(number - 1)))
        sheet.autofilter(0, 0, len(shown), len(_COLUMNS) - 1)
        if not rows:
            sheet.write_string(1, 0, word(self._language, "nothing"))
        sheet.print_area(0, 0, max(len(shown), 1), len(_COLUMNS) - 2)

    def _pictures(self, rows: Sequence[Row]) -> Iterator[tuple[int, bytes]]:
        """The pictures of the first rows that have a figure on a page, by row; each report is opened once."""
        sources, wanted = sources_in(self._out), dict[tuple[str, str], list[int]]()
        placed = [number for number, row in enumerate(rows) if row.box is not None and row.report in sources]
        for number in placed[:MOST_PICTURES]:
            wanted.setdefault((rows[number].report, rows[number].sha256), []).append(number)
        for (report, sha256), numbers in wanted.items():
            with ExitStack() as stack:
                try:
                    book = stack.enter_context(opened(sources[report], sha256))
                    yield from [(number, _picture(book, rows[number])) for number in numbers]
                except (DocumentError, UsageError):  # moved, or changed since: the row says the page
                    continue


# --- what is seen of a result


def seen(language: Language, reading: OpenResult) -> list[Group]:
    """What stands on the sheet of a result: its identities that fail, those that follow from one with that, and the
    figures that are disputed otherwise. Nothing of a copy: the report that counts is told."""
    if reading.same_as is not None:
        return []
    findings = findings_of(reading.result, reading.model)
    groups: list[tuple[Card, list[Row]]] = []
    heads: dict[str, list[Row]] = {}
    for card in findings.cards:
        row = _of_card(reading, card, language, follows=card.follows in heads)
        if card.follows in heads:
            heads[card.follows or ""].append(row)
        else:
            heads[card.id] = [row]
            groups.append((card, heads[card.id]))
    name = reading.result.source.file
    found = [((*how_bad(card), name, at), tuple(rows)) for at, (card, rows) in enumerate(groups)]
    last = (0, True, Decimal(1), name)
    others = [((*last, at), (_of_figure(reading, one, language),)) for at, one in enumerate(findings.disputed)]
    return [*found, *others]


def _of_card(reading: OpenResult, card: Card, language: Language, *, follows: bool) -> Row:
    decided = next((one for one in (*card.suspects, *card.operands) if one.entry.reviewed is not None), None)
    more = len(card.suspects) - 1
    others = f" ({word(language, 'and more', number=more)})" if more > 0 else ""
    cells: dict[str, _Given] = {
        "rule": f"{'↳ ' if follows else ''}{card.rule}" + (f"\n{card.equation}" if card.equation else ""),
        "left": card.printed,
        "right": _as_far(card.computed, card.printed),
        "difference": _as_far(card.residual, card.printed),
        "measure": card.unit,
        "most suspect": f"{_told(card.suspect, language)}{others}" if card.suspect else None,
        "remark": card.explanation.told(language) if card.explanation else None,
    }
    figure = card.suspect or next(iter(card.operands), None)
    return _row(reading, card.severity, cells, (figure, decided), language)


def _as_far(value: Decimal | None, printed: Decimal | None) -> Decimal | None:
    """A recounted number with the printed one's decimals at least: 36167.9 beside 63167.90 is 36167.90."""
    return value if value is None or printed is None else value + 0 * printed


def _of_figure(reading: OpenResult, figure: Figure, language: Language) -> Row:
    cells: dict[str, _Given] = {
        "most suspect": _told(figure, language),
        "remark": "\n".join(why(figure, language)) or None,
    }
    return _row(reading, "disputed", cells, (figure, figure), language)


def _row(
    reading: OpenResult,
    severity: str,
    cells: Mapping[str, _Given],
    figures: tuple[Figure | None, Figure | None],
    language: Language,
) -> Row:
    """A row. figures: the one to look at, and the one that was decided about."""
    (file, unit, year), (figure, decided) = reading.about, figures
    review = decided.entry.reviewed if decided is not None else None
    page, line = (figure.entry.page, figure.entry.line) if figure is not None else (None, None)
    about: dict[str, _Given] = {
        "severity": named(severity, language),
        "unit name": unit,
        "year": int(year) if year is not None else None,
        "page number": page if line is None else word(language, "line", line=line),
        "conclusion": f"{named(review.verdict, language)} ({review.by})" if review is not None else None,
        "note": review.note if review is not None else None,
        "report": file,
    }
    box = figure.entry.bbox if figure is not None and line is None else None
    placed: Box | None = (float(box[0]), float(box[1]), float(box[2]), float(box[3])) if box is not None else None
    return Row(file, reading.result.source.sha256, severity, {**about, **cells}, page if line is None else None, placed)


def _told(figure: Figure, language: Language) -> str:
    return f"{with_values(figure.title, language)}　{figure.entry.raw.strip()}"


# --- what is written


def _picture(book: Book, row: Row) -> bytes:
    """A figure with what stands beside it, framed, in _WIDE by _HIGH pixels at most. Raises DocumentError."""
    assert row.box is not None
    assert row.page is not None
    x0, y0, x1, y1 = row.box
    sheet = book.sheets[row.page - 1] if 0 < row.page <= len(book.sheets) else None
    left, top = max(x0 - _ASIDE, 0.0), max(y0 - _ABOVE, 0.0)
    right, foot = (
        (x1 + _ASIDE, y1 + _ABOVE) if sheet is None else (min(x1 + _ASIDE, sheet.width), min(y1 + _ABOVE, sheet.height))
    )
    shot = book.picture(row.page, _DPI, (left, top, right, foot))
    with Image.open(io.BytesIO(shot.content)) as drawn:
        image = drawn.convert("RGB")
    across, down = image.width / (right - left), image.height / (foot - top)
    frame = ((x0 - left) * across - 2, (y0 - top) * down - 2, (x1 - left) * across + 2, (y1 - top) * down + 2)
    ImageDraw.Draw(image).rectangle(frame, outline=_FRAME, width=2)
    image.thumbnail((2 * _WIDE, 2 * _HIGH))
    content = io.BytesIO()
    image.quantize(32).save(content, "PNG", dpi=(192, 192))
    return content.getvalue()


def _write(book: workbook.Book, sheet: Any, number: int, row: Row, given: tuple[str | None, bytes | None]) -> None:
    """Writes a row. given: the address of its PDF, its picture."""
    pdf, picture = given
    sheet.set_row(number, _height(row, picture))
    for at, key in enumerate(_KEYS):
        book.write(sheet, number, _cell(at, key, row, pdf), wrapped=True)
    if picture is not None:
        place = {"image_data": io.BytesIO(picture), "x_offset": 2, "y_offset": 2, "object_position": 1}
        sheet.insert_image(number, _KEYS.index("crop"), "figure.png", place)


def _cell(at: int, key: str, row: Row, pdf: str | None) -> workbook.Cell:
    value, shade = row.cells.get(key), _SHADES.get(row.severity) if key == "severity" else None
    if key == "page number" and pdf is not None and row.page is not None:
        return at, workbook.Link(pdf, row.page), (workbook.LINK, None)
    if value is None or isinstance(value, str):
        return at, value, (workbook.TEXT, shade)
    return workbook.number_cell(at, value, None, grouped=key in ("left", "right", "difference") and not row.is_of_years)


def _height(row: Row, picture: bytes | None) -> int:
    """Points that a row needs, for its picture and the lines of its longest text: a Chinese character is two wide."""
    lines = 1
    for key, width in _COLUMNS:
        if isinstance(text := row.cells.get(key), str):
            wide = (sum(1 if sign.isascii() else 2 for sign in part) for part in text.split("\n"))
            lines = max(lines, sum(max(-(-signs // (width - 1)), 1) for signs in wide))
    return max(min(lines, 12) * _LINE + 2, 38 if picture is not None else 0)

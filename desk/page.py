"""What is in doubt in reports as one HTML file, to be mailed or printed: it has its pictures in it, and no script."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from recount.desk.cards import Card, Figure, Findings, figures_of, findings_of, sections_of
from recount.desk.marks import Look, looks_of
from recount.desk.pages import Book, opened
from recount.desk.render import about, rendered, style
from recount.desk.sources import Whereabouts
from recount.desk.told import language_of
from recount.pipeline.document import Box
from recount.pipeline.errors import DocumentError, UsageError
from recount.pipeline.lasting import replace_file
from recount.pipeline.output.folder import Entry, shelf_of, whole_result
from recount.pipeline.output.show import MARKS
from recount.pipeline.result import Result
from recount.schemas.saying import Language

MOST_PICTURES = 200
"""A page with more pictures is too large to be mailed, and for some browsers."""
MOST_REPORTS = 200
"""So many reports of an archive are told in full: those with most that fails."""
_OF_A_CARD = 4
"""Pictures of one identity."""
_TALL = 230.0
"""Points of a page, from the first to the last figure, that one picture shows."""
_AROUND = 26.0
_DPI = 110.0


# --- pictures


@dataclass(frozen=True, slots=True)
class Frame:
    """A figure in a picture: where, in percent of the picture's sides; what it is called."""

    look: Look
    left: float
    top: float
    width: float
    height: float
    title: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A part of a page with figures framed; of a text a line, cut where the figures begin and end (odd parts are
    figures). where: the page or the line."""

    where: str
    url: str = ""
    frames: tuple[Frame, ...] = ()
    parts: tuple[str, ...] = ()


class Pictures:
    """The pictures of a page: MOST_PICTURES, and no more.

    cut: whether some are left out.
    """

    def __init__(self) -> None:
        self._left = MOST_PICTURES
        self.cut = False

    def of(self, book: Book | None, marked: Sequence[tuple[Figure, Look]]) -> list[Shown]:
        """Figures that belong together, in few pictures."""
        shown: list[Shown] = []
        if book is None:
            return shown
        for group in _groups(marked)[:_OF_A_CARD]:
            if not self._left:
                self.cut = True
                break
            shown.append(_of_text(book, group) if group[0][0].entry.bbox is None else _of_page(book, group))
            self._left -= 1
        return shown


def _groups(marked: Sequence[tuple[Figure, Look]]) -> list[list[tuple[Figure, Look]]]:
    """Figures that fit into one picture; the pictures with the most suspect ones first."""
    groups: list[list[tuple[Figure, Look]]] = []
    for one in sorted(marked, key=lambda one: (one[0].entry.page, *_top_and_foot(one[0]))):
        last = groups[-1][0][0] if groups else None
        entry = one[0].entry
        alike = last is not None and (last.entry.page, last.entry.line) == (entry.page, entry.line)
        if last is not None and alike and _top_and_foot(one[0])[1] - _top_and_foot(last)[0] <= _TALL:
            groups[-1].append(one)
        else:
            groups.append([one])
    return sorted(groups, key=lambda group: not any(look in ("suspect", "disputed") for _, look in group))


def _top_and_foot(figure: Figure) -> tuple[float, float]:
    box, line = figure.entry.bbox, figure.entry.line or 0
    return (float(box[1]), float(box[3])) if box is not None else (float(line), float(line))


def _of_page(book: Book, group: Sequence[tuple[Figure, Look]]) -> Shown:
    """A strip of a page, as wide as the page: the words beside a figure say what it is. Raises DocumentError."""
    page = group[0][0].entry.page
    sheet = book.sheets[page - 1]
    top = max(min(_top_and_foot(figure)[0] for figure, _ in group) - _AROUND, 0.0)
    foot = min(max(_top_and_foot(figure)[1] for figure, _ in group) + _AROUND, sheet.height)
    strip = (0.0, top, sheet.width, foot)
    shot = book.picture(page, _DPI, strip)
    url = f"data:image/{shot.kind};base64,{base64.b64encode(shot.content).decode()}"
    return Shown(str(page), url, tuple(_framed(figure, look, strip) for figure, look in group))


def _framed(figure: Figure, look: Look, strip: Box) -> Frame:
    assert figure.entry.bbox is not None
    x0, y0, x1, y1 = map(float, figure.entry.bbox)
    across, down = 100 / (strip[2] - strip[0]), 100 / (strip[3] - strip[1])
    left, top, width, height = x0 * across, (y0 - strip[1]) * down, (x1 - x0) * across, (y1 - y0) * down
    return Frame(look, round(left, 2), round(top, 2), round(width, 2), round(height, 2), figure.title)


def _of_text(book: Book, group: Sequence[tuple[Figure, Look]]) -> Shown:
    """A line of a text."""
    line = group[0][0].entry.line or 0
    words = book.lines[line - 1] if 0 < line <= len(book.lines) else ""
    cuts = sorted((figure.entry.columns[0] - 1, figure.entry.columns[1]) for figure, _ in group if figure.entry.columns)
    parts, at = [], 0
    for first, last in cuts:
        parts += [words[at:first], words[first:last]]
        at = last
    return Shown(str(line), parts=(*parts, words[at:]))


# --- a report


def _told(
    result: Result, findings: Findings, language: Language, book: Book | None, pictures: Pictures
) -> dict[str, Any]:
    """What the page says of a report, with its pictures."""
    return {
        **about(result, findings, language),
        "cards": [(card, looks_of(card), _of_card(card, findings, book, pictures)) for card in findings.cards],
        "disputed": [(figure, pictures.of(book, [(figure, "disputed")])) for figure in findings.disputed],
        "repaired": [(figure, pictures.of(book, [(figure, "repaired")])) for figure in findings.repaired],
        "reason": "",
        "anchor": None,
    }


def _of_card(card: Card, findings: Findings, book: Book | None, pictures: Pictures) -> list[Shown]:
    """The pictures of an identity; none where another shows the same fault."""
    is_told = any(other.id == card.follows for other in findings.cards)
    return [] if is_told else pictures.of(book, looks_of(card))


def _with_book(
    result: Result, findings: Findings, language: Language, where: Whereabouts, pictures: Pictures
) -> dict[str, Any]:
    """The same, with the report's file opened; where it is not at hand the page says why it has no pictures."""
    with ExitStack() as stack:
        try:
            book = stack.enter_context(opened(where.of(result), result.source.sha256))
            return _told(result, findings, language, book, pictures)
        except (DocumentError, UsageError) as error:
            reason = str(error)
    return {**_told(result, findings, language, None, pictures), "reason": reason}


def page_of_report(result: Result, model: type[BaseModel], where: Whereabouts, asked: Language | None = None) -> str:
    """A report: what fails and what is disputed with pictures, then all figures by section."""
    language, pictures = language_of(result, asked), Pictures()
    figures = figures_of(result, model)
    told = _with_book(result, findings_of(result, model, figures), language, where, pictures)
    return _page(language, [told], pictures, sections=sections_of(model, figures))


# --- an archive


@dataclass(frozen=True, slots=True)
class Row:
    """A report of an archive in numbers. copy: it is made of the same content as another, which is told instead."""

    entry: Entry
    name: str
    unit: str
    year: str
    figures: int
    errors: int
    minor: int
    disputed: int
    remarks: int
    copy: bool

    @property
    def is_told(self) -> bool:
        """Whether there is more to say of it."""
        return not self.copy and any((self.errors, self.minor, self.disputed, self.remarks))


def page_of_archive(out: Path, where: Whereabouts, asked: Language | None = None, family: str | None = None) -> str:
    """All that is disputed in an archive: its reports in numbers, the worst first, and what fails in each."""
    shelf = shelf_of(out, family)
    rows = sorted((_row(entry) for entry in shelf.entries), key=lambda row: (-row.errors, -row.disputed, row.name))
    open_rows = [(at, row) for at, row in enumerate(rows, 1) if row.is_told]
    reports, pictures, language = [], Pictures(), asked
    for at, row in open_rows[:MOST_REPORTS]:
        result = whole_result(row.entry.path, row.entry.sha256)
        language = language or language_of(result)
        findings = findings_of(result, shelf.kinds.model(result.contract))
        told = _with_book(result, findings, language, where, pictures)
        reports.append({**told, "anchor": f"r{at}"})
    return _page(language or "zh", reports, pictures, rows=rows, more=max(len(open_rows) - MOST_REPORTS, 0))


def _row(entry: Entry) -> Row:
    result = whole_result(entry.path, entry.sha256)
    summary, report = result.summary, result.report
    left_out = summary.coverage.rows_left_out if summary.coverage is not None else ()
    minor = sum(check.severity == "minor" for check in result.failing)
    return Row(
        entry,
        result.source.file,
        str(report.get("unit_name") or ""),
        str(report.get("fiscal_year") or ""),
        len(result.figures),
        len(result.failing) - minor,
        minor,
        sum(figure.status == "disputed" for figure in result.figures.values()),
        len(summary.remarks) + len(summary.unread_pages) + len(left_out),
        entry.same_as is not None,
    )


# --- the page


def _page(
    language: Language,
    reports: Sequence[dict[str, Any]],
    pictures: Pictures,
    *,
    rows: Sequence[Row] | None = None,
    more: int = 0,
    sections: Sequence[tuple[str, Sequence[Figure]]] = (),
) -> str:
    return rendered(
        "page.html.j2",
        language,
        reports=reports,
        rows=rows,
        more=more,
        anchors={report["anchor"] for report in reports},
        sections=sections,
        cut=MOST_PICTURES if pictures.cut else 0,
        style=style("page.css"),
        marks=MARKS,
    )


def write_page(page: str, target: Path) -> None:
    """Writes a page, whole or not at all. Raises UsageError where it cannot be written."""
    try:
        replace_file(target, page.encode("utf-8", "surrogatepass"))
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror}") from error

"""A report's file with what was found in it as annotations of its pages (ISO 32000-1, 12.5), and a summary in front.

They are what a colleague's remarks are in any reader: each highlights a place, and its note says why. The file itself
is never written: what is marked is a copy.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

import cv2
import numpy as np
from pydantic import BaseModel

from recount.desk.cards import findings_of
from recount.desk.marks import LOOKS, Look, Mark, marks_of
from recount.desk.render import about, rendered, style
from recount.pipeline.archive.files import snapshot
from recount.pipeline.archive.kinds import is_text
from recount.pipeline.archive.sources import Source
from recount.pipeline.archive.strangers import visible
from recount.pipeline.document import Box
from recount.pipeline.errors import DocumentError, SourceUnreachable, UsageError
from recount.pipeline.lasting import replace_file
from recount.pipeline.mupdf import MUPDF_ERRORS, mupdf, quiet_mupdf
from recount.pipeline.ocr.image.images import Picture, pictures_of_files
from recount.pipeline.ocr.reader import is_image
from recount.pipeline.result import Result
from recount.schemas.saying import Language

AUTHOR = "Recount"
"""Who the annotations are by."""

_COLOURS: Mapping[Look, tuple[float, float, float]] = {
    "suspect": (0.85, 0.15, 0.1),
    "disputed": (0.8, 0.2, 0.5),
    "operand": (1.0, 0.8, 0.2),
    "repaired": (0.45, 0.8, 0.6),
    "remark": (0.36, 0.43, 0.5),
}
_FRAMES: Mapping[Look, tuple[float, float, float] | None] = {
    "suspect": (1.0, 0.72, 0.68),
    "disputed": (1.0, 0.8, 0.9),
    "remark": None,
}
"""The looks that are frames and no highlights, and what fills them: marks are told apart without colours too."""
_AROUND = 0.4
"""Points that a frame is larger than what stands in it."""
_MOST_LISTED = 100
"""So many findings of a kind are listed in front."""
_MARGIN = 50.0
_QUALITY = 85


def mark(result: Result, model: type[BaseModel], source: Source, target: Path, language: Language) -> int:
    """Writes a report's file with its marks to target; returns how many there are.

    model: of the report. source: its file, which stays as it is. Raises UsageError for a file of text, for another
    content than the result was made of, and where target is the file itself or cannot be written, or the file is not
    there; DocumentError if it cannot be read.
    """
    if _is_of(source, target):
        raise UsageError(f"{target} is the report itself, which is never written: name another file with -o")
    if is_text(PurePosixPath(source.name)):
        raise UsageError(f"{source.name} is a text, which has no pages to put marks on: see recount show")
    findings = findings_of(result, model)
    marks = marks_of(findings, language)
    with _copied(source, result.source.sha256) as copy, _pdf_of(copy) as document:
        looks = [look for look in LOOKS if any(mark.look == look for mark in marks)]
        about_it = about(result, findings, language)
        signed = document.get_sigflags() > 0
        _annotate(document, marks)
        _put_in_front(
            document,
            rendered("summary.html.j2", language, **about_it, looks=looks, signed=signed, most=_MOST_LISTED),
        )
        content = document.tobytes(deflate=True, encryption=mupdf.PDF_ENCRYPT_KEEP)
    try:
        replace_file(target, content)
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror}") from error
    return len(marks)


def _is_of(source: Source, target: Path) -> bool:
    """Whether a file is the report's own, or would be one in the folder of page images that it is."""
    place = source.place
    if not isinstance(place, Path) or not place.exists():
        return False
    return (place.is_dir() and target.parent.samefile(place)) or (target.exists() and target.samefile(place))


@contextmanager
def _copied(source: Source, sha256: str) -> Iterator[Path]:
    """A copy of a report's file, which has a content that is known. Raises as `mark` does, with the file's name."""
    try:
        with snapshot(source, None) as copy, quiet_mupdf():
            if copy.sha256 != sha256:
                raise UsageError(f"{source.name} is not what its result was made of: structure it again")
            yield copy.path
    except SourceUnreachable as error:
        raise UsageError(f"{source.name} {error}; where is it now? (--source)") from error.__cause__
    except DocumentError as error:
        raise DocumentError(f"{source.name} {error}") from error
    except MUPDF_ERRORS as error:
        raise DocumentError(f"{source.name} cannot be marked: {error}") from error


# --- the file as a PDF


@contextmanager
def _pdf_of(path: Path) -> Iterator[Any]:
    """The pages of a file, or of a folder of page images, as a PDF. Raises MUPDF_ERRORS, DocumentError."""
    if not is_image(path):
        with mupdf.open(path, filetype="pdf") as document:
            yield document
        return
    with mupdf.open() as document:
        for picture in pictures_of_files(path):
            page = document.new_page(width=picture.width, height=picture.height)
            page.insert_image(page.rect, stream=_packed(picture), keep_proportion=False)
        yield document


def _packed(picture: Picture) -> bytes:
    """A picture as JPEG; one in black and white as PNG, which is smaller and exact."""
    image = picture.image
    if image.ndim == 2 and not np.any((image != 0) & (image != 255)):
        return cv2.imencode(".png", image, [cv2.IMWRITE_PNG_BILEVEL, 1])[1].tobytes()
    shown = image if image.ndim == 2 else np.ascontiguousarray(image[:, :, ::-1])
    return cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()


# --- annotations


def _annotate(document: Any, marks: Iterable[Mark]) -> None:
    """Puts marks on the pages of a document."""
    for mark in marks:
        page = document[mark.page - 1]
        note = _drawn(page, mark)
        note.set_info(title=AUTHOR, content=visible(mark.words, keep="\n"))
        note.update()


def _drawn(page: Any, mark: Mark) -> Any:
    """The annotation of a mark. Boxes are of the page as shown; annotations live on the page before it is turned."""
    colour = _COLOURS[mark.look]
    if mark.box is None:
        corner = mupdf.Point(page.rect.width - 28, 8) * page.derotation_matrix
        note = page.add_text_annot(corner, "")
        note.set_colors(stroke=colour)
        return note
    if mark.look not in _FRAMES:
        note = page.add_highlight_annot(quads=mupdf.Rect(*mark.box).quad * page.derotation_matrix)
        note.set_colors(stroke=colour)
        return note
    note = page.add_rect_annot(_wider(mark.box) * page.derotation_matrix)
    fill = _FRAMES[mark.look]
    note.set_colors(stroke=colour, fill=fill)
    note.set_border(width=0.9, dashes=None if fill else [3, 2])
    note.set_blendmode("Multiply")  # what stands in the frame stays as dark as it is
    return note


def _wider(box: Box) -> Any:
    return mupdf.Rect(box[0] - _AROUND, box[1] - _AROUND, box[2] + _AROUND, box[3] + _AROUND)


# --- the summary in front


def _put_in_front(document: Any, html: str) -> None:
    """Puts the pages of a summary before those of a document, and links the numbers of pages in it to these."""
    summary, links = _laid_out(html)
    with mupdf.open("pdf", summary) as front:
        front.subset_fonts()
        before = front.page_count
        document.insert_pdf(front, start_at=0)
    # The pages of the report are called by their numbers in its file, as the notes call them.
    labels = [{"startpage": 0, "prefix": f"{AUTHOR} ", "style": "D"}, {"startpage": before, "style": "D"}]
    document.set_page_labels(labels)
    document.xref_set_key(document.pdf_catalog(), "OpenAction", "null")  # or some would not open at the summary
    for number, to, area in links:
        document[number].insert_link({"kind": mupdf.LINK_GOTO, "page": to - 1 + before, "from": area})


def _laid_out(html: str) -> tuple[io.BytesIO, Sequence[tuple[int, int, Any]]]:
    """A summary as pages; and its links: on which page (from 0) each stands, to which of the document (from 1), where.

    The fonts are MuPDF's own: it brings one that has the ideographs.
    """
    pages, areas = io.BytesIO(), dict[tuple[int, str, float], Any]()
    writer = mupdf.DocumentWriter(pages)
    story = mupdf.Story(html, user_css=style("summary.css"))
    paper = mupdf.paper_rect("a4")
    inside = mupdf.Rect(_MARGIN, _MARGIN, paper.width - _MARGIN, paper.height - _MARGIN)
    number, more = 0, True

    def link(position: Any) -> None:
        # A link is told sign by sign, and once more without any width where it begins.
        if position.href and position.rect[2] > position.rect[0]:
            key = number, position.href, position.rect[1]
            areas[key] = mupdf.Rect(position.rect) | areas.get(key, mupdf.Rect(position.rect))

    while more:
        device = writer.begin_page(paper)
        more, _ = story.place(inside)
        story.element_positions(link)
        story.draw(device)
        writer.end_page()
        number += 1
    writer.close()
    return pages, [(at, int(href[1:]), area) for (at, href, _), area in areas.items()]

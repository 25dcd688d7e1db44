"""MuPDF as the whole package uses it: without its types, its errors by one name, and its complaints kept quiet."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
import pymupdf

mupdf: Any = pymupdf
"""The library; only parts of it have types."""

mupdf.TOOLS.set_subset_fontnames(True)  # of two parts of one font in a document each has its own name

MUPDF_ERRORS = (RuntimeError, ValueError, mupdf.mupdf.FzErrorBase)
"""What it raises for a file that it cannot read."""


@contextmanager
def quiet_mupdf() -> Iterator[None]:
    """MuPDF writes its complaints about a file to stderr; the file's errors are ours to report."""
    tools = mupdf.TOOLS
    errors, warnings = tools.mupdf_display_errors(), tools.mupdf_display_warnings()
    tools.mupdf_display_errors(False)
    tools.mupdf_display_warnings(False)
    try:
        yield
    finally:
        tools.mupdf_display_errors(errors)
        tools.mupdf_display_warnings(warnings)


_MOST_PAGES = 5_000
"""So many pages of a PDF are looked at for files that are attached to them; one of more is not read."""


def attached_to(document: Any) -> list[tuple[str, int]]:
    """The files that are attached to a PDF (ISO 32000, 7.11.4), to it as a whole and then to places of its pages
    (12.5.6.15): the name of each, as a viewer shows it, and the number of the stream that holds it, which none on a
    page shares with another. Raises MUPDF_ERRORS."""
    inner = mupdf.mupdf
    tree = inner.pdf_load_name_tree(inner.pdf_specifics(document.this), inner.PDF_ENUM_NAME_EmbeddedFiles)
    files = [_attachment(inner.pdf_dict_get_val(tree, at)) for at in range(inner.pdf_dict_len(tree))]
    seen = {number for _, number in files}
    for name, number in map(_attachment, _specified_on_pages(document)):
        files += [] if number in seen else [(name, number)]
        seen.add(number)
    return [(name, number) for name, number in files if number]


def _attachment(about: Any) -> tuple[str, int]:
    """The name of a file and the number of its stream; 0 of one that lies elsewhere: it carries nothing."""
    inner = mupdf.mupdf
    names = [inner.pdf_dict_gets(about, key) for key in ("UF", "F")]
    streams = [inner.pdf_dict_gets(inner.pdf_dict_gets(about, "EF"), key) for key in ("UF", "F")]
    number = next((inner.pdf_to_num(stream) for stream in streams if inner.pdf_is_stream(stream)), 0)
    return next((inner.pdf_to_text_string(name) for name in names if inner.pdf_is_string(name)), ""), number


def _specified_on_pages(document: Any) -> Iterator[Any]:
    """What annotations of pages say of the files that they are. Each list of annotations is gone through once, however
    many pages have it; a page that cannot be found has none."""
    inner, seen = mupdf.mupdf, set[int]()
    for number in range(min(document.page_count, _MOST_PAGES)):
        try:
            page = inner.pdf_lookup_page_obj(inner.pdf_specifics(document.this), number)
            notes = inner.pdf_dict_gets(page, "Annots")
            holder = inner.pdf_to_num(notes) or inner.pdf_to_num(page)
            for at in range(0 if holder in seen else inner.pdf_array_len(notes)):
                note = inner.pdf_array_get(notes, at)
                if inner.pdf_to_name(inner.pdf_dict_gets(note, "Subtype")) == "FileAttachment":
                    yield inner.pdf_dict_gets(note, "FS")
            seen.add(holder)
        except MUPDF_ERRORS:
            continue


def picture_of(
    shown: Any, scale: float, clip: tuple[float, float, float, float] | None = None, *, outlines: bool = True
) -> npt.NDArray[np.uint8]:
    """A page's display list as a grey picture of scale pixels a point; clip: a box of it, in points.

    outlines: whether letters that are stroked (bold that a program makes) are, which takes half a millisecond each.
    """
    inner = mupdf.mupdf
    area = inner.fz_bound_display_list(shown.this)
    if clip is not None:
        area = inner.fz_intersect_rect(area, inner.FzRect(*clip))
    matrix = inner.FzMatrix(scale, 0, 0, scale, 0, 0)
    frame = inner.fz_round_rect(inner.fz_transform_rect(area, matrix))
    pixmap = inner.fz_new_pixmap_with_bbox(mupdf.csGRAY.this, frame, inner.FzSeparations(), 0)
    inner.fz_clear_pixmap_with_value(pixmap, 255)
    device = inner.fz_new_draw_device_with_bbox(matrix, pixmap, frame)
    if not outlines:
        device.m_internal.stroke_text = None
    _run(shown, device, area)
    drawn = mupdf.Pixmap("raw", pixmap)
    flat = np.frombuffer(bytearray(drawn.samples_mv), np.uint8)
    return flat.reshape(drawn.h, drawn.stride)[:, : drawn.w]


def traced_on(page: Any, shown: Any) -> list[dict[str, Any]]:
    """The page's text as Page.get_texttrace has it, as displayed before /Rotate. shown: its display list, which saves
    reading the page once more."""
    if page.rotation:
        trace: list[dict[str, Any]] = page.get_texttrace()
        return trace
    found: list[dict[str, Any]] = []
    device = mupdf.extra.JM_new_texttrace_device(found)
    device.ptm = mupdf.mupdf.FzMatrix(1, 0, 0, -1, 0, mupdf.mupdf.fz_bound_page(page.this).y1)
    _run(shown, device, mupdf.mupdf.FzRect(mupdf.mupdf.FzRect.Fixed_INFINITE))
    return found


def face_of(document: Any, xref: int) -> Any:
    """A font of a PDF as its pages are drawn with it, by the number of its object; None for one whose glyphs are drawn
    as pages are (ISO 32000, 9.6.4), or that cannot be opened."""
    inner = mupdf.mupdf
    try:
        pdf = inner.pdf_specifics(document.this)
        said = inner.pdf_new_indirect(pdf, xref, 0)  # it must live longer than what is inside it
        described = inner.ll_pdf_load_font(pdf.m_internal, None, said.m_internal)
    except MUPDF_ERRORS:
        return None
    face = inner.FzFont(inner.ll_fz_keep_font(described.font))
    inner.ll_pdf_drop_font(described)
    return None if inner.ll_fz_font_t3_procs(face.m_internal) else face


def name_of(face: Any) -> str | None:
    """What pages say of the text that they draw with a font; None of none."""
    return None if face is None else str(mupdf.mupdf.fz_font_name(face))


def has_program(document: Any, xref: int) -> bool:
    """Whether a font of a PDF brings its glyphs with it, by the number of its object."""
    try:
        return bool(document.extract_font(xref, info_only=True)[1] != "n/a")
    except MUPDF_ERRORS:
        return False


_EM = 64
"""Pixels of a font's height in which its glyphs are drawn to be compared."""


def look_of(face: Any, glyph: int) -> bytes | None:
    """What stands for the look of a font's glyph, its place on the line included: two fonts' glyphs that are drawn the
    same have the same. None where nothing is drawn, or there is no face. glyph: its number in the font."""
    if face is None:
        return None
    inner = mupdf.mupdf
    matrix, area = inner.FzMatrix(_EM, 0, 0, _EM, 0, 0), inner.FzIrect(-4 * _EM, -4 * _EM, 8 * _EM, 8 * _EM)
    try:
        picture = inner.fz_render_glyph_pixmap(face, glyph, matrix, area, 8)
    except MUPDF_ERRORS:
        return None
    if picture.m_internal is None or not picture.w() or not picture.h():
        return None
    drawn = mupdf.Pixmap("raw", picture)
    return hashlib.sha256(f"{drawn.x} {drawn.y} {drawn.w} {drawn.h} ".encode() + drawn.samples).digest()


def painted_on(
    shown: Any, *, paths: bool = True, texts: bool = False
) -> list[tuple[str, tuple[float, float, float, float]]]:
    """What is painted on a page, in its order: the kind, as Page.get_bboxlog has it, and the box as displayed.

    shown: its display list. Strokes of paths are left out, and so are filled paths unless paths, and filled text unless
    texts: each costs as much as a glyph that is drawn.
    """
    found: list[tuple[str, tuple[float, float, float, float]]] = []
    device = mupdf.JM_new_bbox_device(found, False)
    device.use_virtual_stroke_path(False)
    device.use_virtual_fill_path(paths)
    device.use_virtual_fill_text(texts)
    _run(shown, device, mupdf.mupdf.FzRect(mupdf.mupdf.FzRect.Fixed_INFINITE))
    return found


def _run(shown: Any, device: Any, area: Any) -> None:
    inner = mupdf.mupdf
    inner.fz_run_display_list(shown.this, device, inner.FzMatrix(), area, inner.FzCookie())
    inner.fz_close_device(device)

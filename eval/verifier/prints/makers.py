"""Who makes the PDFs: MuPDF, ReportLab and LibreOffice, each of the same things to paint in its own way."""

# mypy: disable-error-code="no-untyped-call"
# (pymupdf ships no type information for these calls)
from __future__ import annotations

import io
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pymupdf

from recount.eval.verifier.prints.drawing import drawing
from recount.eval.verifier.prints.sheets import Box, Fill, Font, Form, Item, Page, Picture, Rule, Text, face, glyph

_OFFICE_SECONDS = 600


@dataclass(frozen=True)
class Maker:
    """A program that makes PDFs. make: of several documents. able: whether it is there. styles: that it sets, by turns.
    fonts: that it has; mapped: those that carry a ToUnicode map. paints: what it cannot do is left to the others.
    """

    name: str
    make: Callable[[Sequence[list[Page]]], list[bytes]]
    able: Callable[[], bool]
    styles: tuple[str, ...]
    fonts: tuple[Font, ...]
    mapped: tuple[Font, ...]
    paints: frozenset[str]


@dataclass
class _Press:
    """One PDF being made by MuPDF: the operators of the page, and what they name."""

    document: pymupdf.Document
    fonts: dict[Font, int] = field(default_factory=dict)
    layer: int | None = None

    def page(self, sheet: Page) -> None:
        """Paints a page."""
        page = self.document.new_page(width=sheet.width, height=sheet.height)
        self.objects: dict[str, int] = {}
        self.opacities: dict[str, float] = {}
        ops = [self._item(page, item, sheet.height) for item in sheet.items]
        for name in ("cjk", "tiro", "helv"):
            if name not in self.fonts and f"/F{name} ".encode() in "\n".join(ops).encode():
                self.fonts[name] = page.insert_font(fontname=f"F{name}", fontbuffer=face(name).buffer)
        self.document.xref_set_key(page.xref, "Resources", self._resources())
        stream = self._object("<<>>", "\n".join(ops).encode())
        self.document.xref_set_key(page.xref, "Contents", f"{stream} 0 R")

    def _resources(self) -> str:
        fonts = "".join(f"/F{name} {xref} 0 R" for name, xref in self.fonts.items())
        objects = "".join(f"/{name} {xref} 0 R" for name, xref in self.objects.items())
        states = "".join(f"/{name} <</ca {value:g}/CA {value:g}>>" for name, value in self.opacities.items())
        layers = f"/Layer {self.layer} 0 R" if self.layer else ""
        return f"<</Font<<{fonts}>>/XObject<<{objects}>>/ExtGState<<{states}>>/Properties<<{layers}>>>>"

    def _object(self, content: str, stream: bytes) -> int:
        xref = int(self.document.get_new_xref())
        self.document.update_object(xref, content)
        self.document.update_stream(xref, stream)
        return xref

    def _item(self, page: pymupdf.Page, item: Item, height: float) -> str:
        if isinstance(item, Text):
            return self._text(item, height)
        if isinstance(item, Rule):
            line = f"{item.x0:.2f} {height - item.y0:.2f} m {item.x1:.2f} {height - item.y1:.2f} l"
            return f"q 0 G {item.width:g} w {line} S Q"
        if isinstance(item, Fill):
            return f"q {_colour(item.colour)} {_rectangle(item.box, height)} f Q"
        name = f"X{len(self.objects)}"
        if isinstance(item, Picture):
            x0, y0, x1, y1 = item.box
            self.objects[name] = page.insert_image(pymupdf.Rect(item.box), stream=item.png)
            return f"q {x1 - x0:.2f} 0 0 {y1 - y0:.2f} {x0:.2f} {height - y1:.2f} cm /{name} Do Q"
        ops = "\n".join(self._item(page, part, height) for part in item.items)
        fonts = self._form_fonts(page, item)
        box = f"{item.box[0]:.2f} {height - item.box[3]:.2f} {item.box[2]:.2f} {height - item.box[1]:.2f}"
        head = f"<</Type/XObject/Subtype/Form/BBox[{box}]/Resources<</Font<<{fonts}>>>>>>"
        self.objects[name] = self._object(head, ops.encode())
        return f"q /{name} Do Q"

    def _form_fonts(self, page: pymupdf.Page, form: Form) -> str:
        """The fonts that a form's texts are set in; a form names its own."""
        for name in {part.font for part in form.items if isinstance(part, Text)} - self.fonts.keys():
            self.fonts[name] = page.insert_font(fontname=f"F{name}", fontbuffer=face(name).buffer)
        return "".join(f"/F{name} {xref} 0 R" for name, xref in self.fonts.items())

    def _text(self, item: Text, height: float) -> str:
        codes = "".join(f"{glyph(char, item.font):04x}" for char in item.text)
        before, after = ["q", _colour(item.colour)], ["Q"]
        if item.opacity < 1:
            name = f"G{round(1000 * item.opacity)}"
            self.opacities[name] = item.opacity
            before.append(f"/{name} gs")
        if item.clip:
            before.append(f"{_rectangle(item.clip, height)} W n")
        if item.hidden:
            self.layer = self.layer or self.document.add_ocg("notes", on=False)
            before.insert(0, "/OC /Layer BDC")
            after.append("EMC")
        mode = "3 Tr " if item.invisible else ""
        place = f"1 0 0 1 {item.x:.2f} {height - item.y:.2f} Tm"
        shown = f"BT /F{item.font} {item.size:g} Tf {mode}{place} <{codes}> Tj ET"
        return " ".join((*before, shown, *after))


def _colour(colour: tuple[float, float, float]) -> str:
    return " ".join(f"{part:g}" for part in colour) + " rg"


def _rectangle(box: Box, height: float) -> str:
    return f"{box[0]:.2f} {height - box[3]:.2f} {box[2] - box[0]:.2f} {box[3] - box[1]:.2f} re"


def _always() -> bool:
    return True


def _has_reportlab() -> bool:
    return find_spec("reportlab") is not None


def _has_office() -> bool:
    return _office() is not None


def _by_mupdf(documents: Sequence[list[Page]]) -> list[bytes]:
    return [_pressed(pages) for pages in documents]


def _pressed(pages: Iterable[Page]) -> bytes:
    with pymupdf.open() as document:
        press = _Press(document)
        for page in pages:
            press.page(page)
        document.set_metadata({})
        document.subset_fonts()
        return bytes(document.tobytes(garbage=3, deflate=True, no_new_id=True))


def picture(pages: Sequence[Page], at: int, box: Box, dpi: int = 200) -> bytes:
    """What a part of a page shows, as a PNG."""
    with pymupdf.open(stream=_pressed([pages[at]]), filetype="pdf") as document:
        return bytes(document[0].get_pixmap(dpi=dpi, clip=pymupdf.Rect(box)).tobytes("png"))


_STANDARD = {"tiro": "Times-Roman", "helv": "Helvetica", "cjk": "cjk"}


def _by_reportlab(documents: Sequence[list[Page]]) -> list[bytes]:
    return [_painted(pages) for pages in documents]


def _painted(pages: Iterable[Page]) -> bytes:
    """One PDF by ReportLab: Times and Helvetica are not embedded, Chinese is a subset of one TrueType font."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    if "cjk" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont("cjk", io.BytesIO(face("cjk").buffer)))
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    forms = 0
    for page in pages:
        canvas.setPageSize((page.width, page.height))
        for item in page.items:
            if isinstance(item, Form):
                forms += 1
                canvas.beginForm(f"form{forms}", *(0, 0, page.width, page.height))
                for part in item.items:
                    _paint(canvas, part, page.height)
                canvas.endForm()
                canvas.doForm(f"form{forms}")
            else:
                _paint(canvas, item, page.height)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _paint(canvas: Any, item: Item, height: float) -> None:
    from reportlab.lib.utils import ImageReader

    canvas.saveState()
    if isinstance(item, Text):
        canvas.setFillColorRGB(*item.colour)
        if item.opacity < 1:
            canvas.setFillAlpha(item.opacity)
        if item.clip:
            path = canvas.beginPath()
            path.rect(item.clip[0], height - item.clip[3], item.clip[2] - item.clip[0], item.clip[3] - item.clip[1])
            canvas.clipPath(path, stroke=0, fill=0)
        line = canvas.beginText(item.x, height - item.y)
        line.setFont(_STANDARD[item.font], item.size)
        line.setTextRenderMode(3 if item.invisible else 0)
        line.textOut(item.text)
        canvas.drawText(line)
    elif isinstance(item, Rule):
        canvas.setLineWidth(item.width)
        canvas.line(item.x0, height - item.y0, item.x1, height - item.y1)
    elif isinstance(item, Fill | Picture):
        x0, y0, x1, y1 = item.box
        if isinstance(item, Fill):
            canvas.setFillColorRGB(*item.colour)
            canvas.rect(x0, height - y1, x1 - x0, y1 - y0, stroke=0, fill=1)
        else:
            canvas.drawImage(ImageReader(io.BytesIO(item.png)), x0, height - y1, x1 - x0, y1 - y0)
    canvas.restoreState()


@cache
def _office() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


def _by_office(documents: Sequence[list[Page]]) -> list[bytes]:
    """PDFs by LibreOffice Draw, all in one go; it finds the Chinese font in a folder that is made for it."""
    office = _office()
    assert office is not None, "LibreOffice is not installed"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "cjk.ttf").write_bytes(face("cjk").buffer)
        (folder / "fonts.conf").write_text(f"<fontconfig><dir>{folder}</dir><cachedir>{folder}</cachedir></fontconfig>")
        sources = [folder / f"{at}.fodg" for at in range(len(documents))]
        for source, pages in zip(sources, documents, strict=True):
            source.write_text(drawing(pages), encoding="utf-8")
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *map(str, sources)]
        surroundings = {**os.environ, "FONTCONFIG_FILE": str(folder / "fonts.conf"), "HOME": name}
        subprocess.run(command, check=True, capture_output=True, env=surroundings, timeout=_OFFICE_SECONDS)
        return [source.with_suffix(".pdf").read_bytes() for source in sources]


_ALL = frozenset({"plain", "invisible", "opacity", "clip", "layer", "form"})
_FONTS: tuple[Font, ...] = ("cjk", "tiro", "helv")
MUPDF = Maker("MuPDF", _by_mupdf, _always, ("segmented", "boxed", "ledger", "plain"), _FONTS, _FONTS, _ALL)
REPORTLAB = Maker(
    "ReportLab",
    _by_reportlab,
    _has_reportlab,
    ("plain", "boxed", "plain", "ledger", "segmented"),
    _FONTS,
    ("cjk",),
    _ALL - {"layer"},
)
OFFICE = Maker("LibreOffice", _by_office, _has_office, ("plain",), ("cjk",), ("cjk",), frozenset({"plain", "opacity"}))
MAKERS = (MUPDF, REPORTLAB, OFFICE)

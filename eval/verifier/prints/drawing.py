"""Pages as a drawing of LibreOffice (flat ODG): every run of characters a frame of its own."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

from recount.eval.verifier.prints.sheets import Colour, Fill, Form, Item, Page, Picture, Rule, Text

_SPACES = ("office", "style", "text", "draw", "fo", "svg", "xlink")
_NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0"
_OWN = {
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    "xlink": "http://www.w3.org/1999/xlink",
}
_FONT = "Droid Sans Fallback"
_ASCENT = 0.938
"""Where its line stands below the top of a frame, in sizes."""


class _Styles:
    """The automatic styles of a drawing; each is written once."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    def name(self, family: str, properties: str) -> str:
        """The name of a style with these properties."""
        content = f'style:family="{family}"' + (' style:parent-style-name="standard"' if family == "graphic" else "")
        key = f"<style:style {content} style:name=NAME>{properties}</style:style>"
        return self.names.setdefault(key, f"s{len(self.names)}")

    def written(self) -> str:
        """All of them."""
        return "".join(key.replace("NAME", quoteattr(name)) for key, name in self.names.items())


def drawing(pages: Sequence[Page]) -> str:
    """The drawing of some pages."""
    styles = _Styles()
    bodies, layouts, masters = [], [], []
    for at, page in enumerate(pages):
        size = f'fo:page-width="{page.width:.2f}pt" fo:page-height="{page.height:.2f}pt"'
        turned = "landscape" if page.width > page.height else "portrait"
        properties = f'<style:page-layout-properties fo:margin="0pt" {size} style:print-orientation="{turned}"/>'
        layouts.append(f'<style:page-layout style:name="l{at}">{properties}</style:page-layout>')
        masters.append(f'<style:master-page style:name="m{at}" style:page-layout-name="l{at}"/>')
        shapes = "".join(_shapes(page.items, styles))
        bodies.append(f'<draw:page draw:name="p{at}" draw:master-page-name="m{at}">{shapes}</draw:page>')
    spaces = " ".join(f'xmlns:{name}="{_OWN.get(name, _NAMESPACE.format(name))}"' for name in _SPACES)
    kind = 'office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.graphics"'
    font = f'<style:font-face style:name="{_FONT}" svg:font-family="\'{_FONT}\'"/>'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {spaces} {kind} '
        'xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0">'
        f"<office:font-face-decls>{font}</office:font-face-decls>"
        '<office:styles><style:style style:name="standard" style:family="graphic"/></office:styles>'
        f"<office:automatic-styles>{''.join(layouts)}{styles.written()}</office:automatic-styles>"
        f"<office:master-styles>{''.join(masters)}</office:master-styles>"
        f"<office:body><office:drawing>{''.join(bodies)}</office:drawing></office:body></office:document>"
    )


def _shapes(items: Iterable[Item], styles: _Styles) -> Iterable[str]:
    for item in items:
        if isinstance(item, Text):
            yield _frame(item, styles)
        elif isinstance(item, Rule):
            stroke = f'draw:stroke="solid" svg:stroke-width="{item.width:.2f}pt" svg:stroke-color="#000000"'
            style = styles.name("graphic", f"<style:graphic-properties {stroke}/>")
            ends = (
                f'svg:x1="{item.x0:.2f}pt" svg:y1="{item.y0:.2f}pt" svg:x2="{item.x1:.2f}pt" svg:y2="{item.y1:.2f}pt"'
            )
            yield f'<draw:line draw:style-name="{style}" {ends}/>'
        elif isinstance(item, Fill):
            colour = f'draw:stroke="none" draw:fill="solid" draw:fill-color="{_colour(item.colour)}"'
            style = styles.name("graphic", f"<style:graphic-properties {colour}/>")
            yield f'<draw:rect draw:style-name="{style}" {_place(item.box)}/>'
        elif isinstance(item, Picture):
            data = f"<office:binary-data>{b64encode(item.png).decode()}</office:binary-data>"
            yield f"<draw:frame {_place(item.box)}><draw:image>{data}</draw:image></draw:frame>"
        else:
            assert isinstance(item, Form)
            yield f"<draw:g>{''.join(_shapes(item.items, styles))}</draw:g>"


def _frame(item: Text, styles: _Styles) -> str:
    bare = (
        'draw:stroke="none" draw:fill="none" fo:padding="0pt" draw:auto-grow-width="true" draw:auto-grow-height="true"'
    )
    frame = styles.name("graphic", f'<style:graphic-properties {bare} fo:wrap-option="no-wrap"/>')
    size, font = f"{item.size:.2f}pt", f'style:font-name="{_FONT}" style:font-name-asian="{_FONT}"'
    sizes = f'fo:font-size="{size}" style:font-size-asian="{size}" fo:color="{_colour(item.colour)}"'
    faint = f' loext:opacity="{100 * item.opacity:.0f}%"' if item.opacity < 1 else ""
    letters = styles.name("text", f"<style:text-properties {font} {sizes}{faint}/>")
    box = (item.x, item.y - _ASCENT * item.size, item.x + item.width, item.y + 0.3 * item.size)
    text = escape(item.text).replace("  ", " <text:s/>")
    text = f"<text:s/>{text[1:]}" if text.startswith(" ") else text
    line = f'<text:p><text:span text:style-name="{letters}">{text}</text:span></text:p>'
    return f'<draw:frame draw:style-name="{frame}" {_place(box)}><draw:text-box>{line}</draw:text-box></draw:frame>'


def _place(box: tuple[float, float, float, float]) -> str:
    x0, y0, x1, y1 = box
    return f'svg:x="{x0:.2f}pt" svg:y="{y0:.2f}pt" svg:width="{x1 - x0:.2f}pt" svg:height="{y1 - y0:.2f}pt"'


def _colour(colour: Colour) -> str:
    return "#" + "".join(f"{round(255 * part):02x}" for part in colour)

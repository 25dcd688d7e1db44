"""The one call of this package: a manuscript to the bytes of a file, with what a reader of it cannot know."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal, get_args

from recount.eval.generator.texts.cells import cells
from recount.eval.generator.texts.clean import markdown, web_page
from recount.eval.generator.texts.raw import raw
from recount.eval.generator.texts.tabs import tabs
from recount.eval.generator.typeset.compose import Manuscript, unruled

Kind = Literal["raw", "tabs", "cells", "md", "html", "unruled"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MESSY: tuple[Kind, ...] = ("raw", "tabs", "cells")
"""Those that tear a table to pieces."""

_CHARSETS = {"utf-8": "utf-8", "gb18030": "gb2312"}
"""What a web page calls the encoding that it is in."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file's bytes and the end of its name. blanks: whether an empty cell can be told from none."""

    data: bytes
    suffix: str
    blanks: bool


def written(manuscript: Manuscript, kind: Kind, seed: int) -> Written:
    """A report in one of the kinds of text, or as a PDF whose tables have no lines; the same seed gives the same bytes.

    The three kinds of mess are plain text, in one of the encodings that such files have.
    """
    rng = Random(f"{kind}/{seed}")
    if kind == "unruled":
        return Written(unruled(manuscript), "pdf", blanks=True)
    if kind == "md":
        return Written(markdown(manuscript, rng).encode(), "md", blanks=True)
    if kind == "html":
        encoding = rng.choice(tuple(_CHARSETS))
        page = web_page(manuscript, rng, _CHARSETS[encoding])
        return Written(page.encode(encoding), "html", blanks=True)
    text, blanks = _plain(manuscript, kind, rng)
    return Written(_encoded(text, rng), "txt", blanks)


def plain(manuscript: Manuscript, kind: Kind, seed: int) -> str:
    """The characters of a report in one of the three kinds of mess, its lines parted by line feeds."""
    return _plain(manuscript, kind, Random(f"{kind}/{seed}"))[0]


def _plain(manuscript: Manuscript, kind: Kind, rng: Random) -> tuple[str, bool]:
    """The text, and whether its empty cells can be seen."""
    if kind == "cells":
        return cells(manuscript, rng)
    if kind == "tabs":
        return tabs(manuscript, rng), True
    return raw(manuscript, rng), False


def _encoded(text: str, rng: Random) -> bytes:
    """The text in an encoding, with line ends, as its program writes them."""
    if rng.random() < 0.2:
        text = text.replace("\n", "\r\n")
    encoding = rng.choices(("utf-8", "utf-8-sig", "gb18030", "utf-16"), (6, 1, 2, 1))[0]
    return text.encode(encoding)

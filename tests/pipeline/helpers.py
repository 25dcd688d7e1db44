"""Lines, paragraphs and passages made by hand, and mapped parts shown as the characters that they point at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from recount.pipeline.document import Box, Line, Page, Paragraph, Token
from recount.pipeline.map.final_accounts.mapper import SPEAKERS
from recount.pipeline.map.grammar.passage import Passage, keyless_of, passage_of
from recount.pipeline.split.paragraphs import margins_of, paragraphs_of, rows_of
from recount.pipeline.split.text import Composed, PagedLine, compose
from recount.pipeline.split.tokens import TokenStore
from recount.schemas.figures import Model, Ref

LEFT, RIGHT, EM, LEADING = 72.0, 504.0, 12.0, 20.0
COLUMNS = int((RIGHT - LEFT) / EM)
"""Full-width characters in a full line."""
WIDTH, HEIGHT = 595.0, 842.0


def width_of(text: str, em: float = EM) -> float:
    return sum(em if sign >= "\u2e80" else em / 2 for sign in text)


def line(text: str, x: float = LEFT, y: float = 120.0, em: float = EM, confidence: float | None = None) -> Line:
    """A line of text: full-width characters are an em wide, the others half."""
    boxes: list[Box] = []
    for sign in text:
        boxes.append((x, y, x + width_of(sign, em), y + em))
        x = boxes[-1][2]
    box = (boxes[0][0], y, boxes[-1][2], y + em) if boxes else (x, y, x, y + em)
    return Line(text, tuple(boxes), box, confidence)


def page(number: int, *lines: Line, width: float = WIDTH, height: float = HEIGHT) -> Page:
    return Page(number, width, height, tuple(lines), ())


def composed(*lines: str, join_digits: bool = True) -> Composed:
    """Lines one below the other, put together."""
    pieces = [PagedLine(1, line(text, y=120 + LEADING * at)) for at, text in enumerate(lines)]
    return compose(pieces, join_digits=join_digits)


def flow(*pages: Sequence[tuple[str, float]]) -> list[Paragraph]:
    """Pages of (line, indent in ems) as paragraphs."""
    rows = []
    for number, shown in enumerate(pages, 1):
        lines = [line(text, LEFT + EM * indent, 100 + LEADING * at) for at, (text, indent) in enumerate(shown)]
        rows += rows_of(number, lines)
    return paragraphs_of(rows, margins_of(rows), TokenStore())


def wrapped(text: str, columns: int = COLUMNS, first: int = 0) -> list[str]:
    """Text broken into lines; the first is shorter by its indent."""
    lines = [text[: columns - first]]
    rest = text[columns - first :]
    return lines + [rest[at : at + columns] for at in range(0, len(rest), columns)]


def reader_of(key: str) -> Callable[[Passage], Any]:
    """What reads a section of final accounts, by its key."""
    return next(speaker.read for speaker in SPEAKERS if speaker.key == key)


@dataclass
class Sheet:
    """Paragraphs whose number tokens are kept together, as a document's are."""

    store: TokenStore = field(default_factory=TokenStore)
    made_of: dict[int, tuple[Passage, list[Paragraph]]] = field(default_factory=dict)

    @property
    def tokens(self) -> list[Token]:
        return self.store.tokens

    def paragraph(self, text: str, *, centred: bool = False, number: int = 1) -> Paragraph:
        made = composed(text)
        return Paragraph(made.text, self.store.numbers_in(made), number, 100.0, centred)

    def passage(self, *texts: str) -> Passage:
        paragraphs = [self.paragraph(each) for each in texts]
        passage = passage_of(paragraphs)
        self.made_of[id(passage)] = passage, paragraphs
        return passage

    def left(self, passage: Passage, said: object) -> list[str]:
        """The characters of the figures of a passage that what is said of it neither holds nor tells."""
        _, paragraphs = self.made_of[id(passage)]
        return [self.tokens[token].raw for token in sorted(keyless_of(paragraphs, passage, said))]

    def shown(self, value: Any) -> Any:
        """A mapped part with what is not there left out; a reference is its characters, with − where it is turned."""
        if isinstance(value, Ref):
            return ("−" if value.negative else "") + self.tokens[value.token].raw
        if isinstance(value, Model):
            fields = {key: self.shown(getattr(value, key)) for key in type(value).model_fields}
            return {key: each for key, each in fields.items() if each not in (None, ())}
        if isinstance(value, tuple):
            return tuple(self.shown(each) for each in value)
        return value


def raw_pdf(*objects: bytes) -> bytes:
    """A PDF of objects numbered from 1, the first of which is its catalogue."""
    content, table = b"%PDF-1.7\n", b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for number, words in enumerate(objects, 1):
        table += b"%010d 00000 n \n" % len(content)
        content += b"%d 0 obj\n%s\nendobj\n" % (number, words)
    trailer = b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(content))
    return content + table + trailer

"""The values that the stages pass on: pages, texts with places, grids, number tokens, sections.

All frozen. After `read` nobody asks whether a page was scanned: there are lines of characters with boxes, ruling
lines, and their origin. Coordinates are PDF points, origin top left, as displayed (page rotation applied).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

from recount.pipeline.usage import Usage
from recount.schemas.saying import Saying

Origin = Literal["text", "ocr"]
Seat = tuple[int, int, int, int]
"""A cell: a number of its table, its first row, its columns from and to (exclusive)."""
Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in PDF points."""
_CENTS = 2  # decimals of an amount of money
MONEY: Mapping[str, int] = MappingProxyType(
    {
        "元": 0,
        "百元": 2,
        "千元": 3,
        "万元": 4,
        "十万元": 5,
        "百万元": 6,
        "千万元": 7,
        "亿元": 8,
        "十亿元": 9,
        "百亿元": 10,
        "千亿元": 11,
        "万亿元": 12,
    }
)
"""The units of money that are understood, each with the power of ten that it is of 元."""
TENS = "十百千万亿"
"""What a unit may begin with that counts so many at a time (万人)."""


def hull(boxes: Iterable[Box]) -> Box:
    """The smallest box around some boxes, one at least."""
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return min(x0), min(y0), max(x1), max(y1)


@dataclass(frozen=True, slots=True)
class Line:
    """A run of characters on one baseline, as printed.

    text and boxes have the same length; confidence is the OCR engine's for the line (0..1), None for digital text.
    """

    text: str
    boxes: tuple[Box, ...]
    box: Box
    confidence: float | None = None

    def part(self, start: int, end: int) -> Line:
        """Characters start..end (exclusive) of it, one at least."""
        boxes = self.boxes[start:end]
        return Line(self.text[start:end], boxes, hull(boxes), self.confidence)


@dataclass(frozen=True, slots=True)
class Ruling:
    """A horizontal (y0 == y1) or vertical (x0 == x1) ruling line, x0 <= x1 and y0 <= y1."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Remark:
    """What a reader of the page sees and the figures alone do not tell: struck out, covered, damaged, of another unit.

    kind: one word or two, the same for all of a kind. box: where, None for the whole page. words: what is said.
    touches: no identity may confirm the figures in the box; disputes: the page itself contradicts them.
    """

    kind: str
    page: int
    box: Box | None
    words: Saying
    touches: bool = False
    disputes: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure as a font draws it. font: its name; text: what its table says; boxes, glyphs: where its characters are,
    and their numbers in the font."""

    font: str
    text: str
    boxes: tuple[Box, ...]
    glyphs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page as read. number: 1-based. readable: False where it has no usable text layer (left for OCR). damaged: the
    file gives it in part only; its picture would hide that too, so it is not read at all. remarks: on what it shows.
    unsure: pieces of its lines, each a figure, that the page may show otherwise than its text layer says. typed: of a
    text, whose lines have places as a typewriter would give them: where they end says less than in print. drawn: the
    figures of a PDF's page, seen or not."""

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]
    rulings: tuple[Ruling, ...]
    origin: Origin = "text"
    readable: bool = True
    damaged: bool = False
    remarks: tuple[Remark, ...] = ()
    unsure: tuple[Line, ...] = ()
    typed: bool = False
    drawn: tuple[Drawn, ...] = ()


Spot = tuple[int, int]
"""Where a character stands in a file of text: its line and its column, both 1-based; a column is a character."""


@dataclass(frozen=True, slots=True)
class Written:
    """Where the characters of a text's pages stand in its file. starts: by page, left, upper and lower edge of their
    boxes; ends: by page, right, upper and lower edge; rows: the line, by page and upper edge."""

    starts: dict[tuple[int, float, float, float], Spot]
    ends: dict[tuple[int, float, float, float], Spot]
    rows: dict[tuple[int, float], int]

    def add(self, page: int, line: Line, spots: Sequence[Spot]) -> None:
        """A line of a page, with the spots of its characters."""
        for box, spot in zip(line.boxes, spots, strict=True):
            self.starts[page, box[0], box[1], box[3]] = spot
            self.ends[page, box[2], box[1], box[3]] = spot
        self.rows.setdefault((page, line.box[1]), spots[0][0])

    def place(self, page: int, box: Box) -> tuple[int | None, tuple[int, int] | None]:
        """The line of the file in which something begins, and its first and last column there; None where it is torn
        over several lines, or is no piece of one."""
        left, top, right, foot = box
        start, end = self.starts.get((page, left, top, foot)), self.ends.get((page, right, top, foot))
        if start is None:
            return self.rows.get((page, top)), None
        return start[0], (start[1], end[1]) if end is not None and end[0] == start[0] else None


@dataclass(frozen=True, slots=True)
class Pages:
    """A document as read. ocr: engine and version, None where no page was scanned. attached: the names
    of the PDF files that are attached to it. written: of a text, where it stands in the file.
    """

    pages: tuple[Page, ...]
    ocr: str | None = None
    attached: tuple[str, ...] = ()
    written: Written | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A passage in reading order, over lines and pages.

    printed: its characters without line breaks and typesetting spaces (spaces between Latin words stay), by the codes
    that they ordinarily have. folded: the same characters with full-width digits, letters and number punctuation made
    half-width and traditional characters simplified, for matching. Both have the same length.
    """

    printed: str
    folded: str

    def __len__(self) -> int:
        return len(self.printed)


@dataclass(frozen=True, slots=True)
class Token:
    """A printed number.

    raw: the characters as read. value: as printed, before any conversion of units, signed. decimals: printed
    decimals. unit: the unit that follows it (万元, 元, %, 人 …), None if none. page, box: where it stands.
    confidence: of OCR, None for digital text. head: the unit of money that its table's head or caption states.
    remark: one that touches or disputes it. seat: of a text without print, where places do not tell, the cell that
    it stands in. table: the number of the table that it stands in, None in running text; a table that may go on where
    the one before ended has the same. into: of a family with money of its own, the unit of its amounts, and the power
    of ten that brings this one to it; None for that where its unit is not understood. whole: an amount without decimals
    of a family whose amounts are whole.
    """

    index: int
    raw: str
    value: Decimal
    decimals: int
    unit: str | None
    page: int
    box: Box
    origin: Origin = "text"
    confidence: float | None = None
    head: str | None = None
    remark: Remark | None = None
    seat: Seat | None = None
    table: int | None = None
    into: tuple[str, int | None] | None = None
    whole: bool = False

    @property
    def is_figure(self) -> bool:
        """Whether a number of running text is a figure: it has a unit, or is written as money (12.50, 1,250).

        Of amounts in a row only the last may have its unit.
        """
        return self.unit is not None or self.decimals >= _CENTS or "," in self.raw or "，" in self.raw


@dataclass(frozen=True, slots=True)
class Number:
    """A token at its place in a text: characters start..end (exclusive) of it, sign and percent sign included."""

    start: int
    end: int
    token: Token


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of running text, joined over lines and pages, with the numbers in it.

    centred: it stands in the middle of the page, as titles do. page: where it begins.
    """

    text: Text
    numbers: tuple[Number, ...]
    page: int
    top: float
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a grid: rows row..row_end and columns column..column_end (exclusive), its text and numbers.

    left: where its text begins across the page, in points, as labels of several levels do; None where it has none.
    words: the folded text without any white space, for recognising labels.
    """

    row: int
    column: int
    row_end: int
    column_end: int
    text: Text
    numbers: tuple[Number, ...]
    left: float | None = None
    words: str = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", "".join(self.text.folded.split()))  # once: it is asked for again and again

    def __hash__(self) -> int:
        """Of its place: all that it holds would be hashed each time that it is looked up."""
        return hash((self.row, self.column))


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table, over as many pages as it runs.

    cells: in reading order (by row, then column); a merged cell is one cell. caption: the lines right above it
    (title, 单位：万元). note: the lines right below it that begin with 注. pages: where it stands, in order.
    """

    rows: int
    columns: int
    cells: tuple[Cell, ...]
    caption: tuple[Paragraph, ...]
    note: Paragraph | None
    pages: tuple[int, ...]
    unit: str | None = None

    def __hash__(self) -> int:
        """Of its place and size: else each of its cells would be hashed each time that it is looked up."""
        return hash((self.pages, self.rows, self.columns, len(self.cells)))


Block = Paragraph | Grid


@dataclass(frozen=True, slots=True)
class Document:
    """A report, split: its blocks in reading order, and every number token (Token.index is its position).

    remarks: on its pages, in their order.
    """

    blocks: tuple[Block, ...]
    tokens: tuple[Token, ...]
    unreadable: tuple[int, ...] = ()
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """What a person decided of a figure. id: of the decision, among those of the file. first_value: what the field held
    without it, as first read, in the unit of the value; None for nothing."""

    id: str
    by: str
    at: str
    verdict: str
    first_value: Decimal | int | None
    note: str


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that stands, and what became of it. pointer: of its figure in this result; of a stale one, in the
    result that was looked at. state: "applied", or "stale" for the reason. Of a line that is no decision that alone."""

    id: str
    pointer: str
    verdict: str
    by: str
    at: str
    state: str
    reason: Saying | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """Which family of the user's a result was made by: its name, and the SHA-256 of what defines it."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A proposal that the verifier refused. proposed: what the mapper pointed at."""

    pointer: str
    proposed: str
    mapper: str
    reason: Saying


@dataclass(frozen=True, slots=True)
class ModelUse:
    """What a model had to do with a result.

    name: who mapped it: template, cascade or model:<name>. usage: calls, tokens, cost. prompts: the versions of the
    prompts, by the part asked about. open: the parts that no answer was had for, with the reason;
    unanswered: those of them for which none came, so that they may be asked about again. second: who read again what
    no identity covers; agreed: the pointers of the figures that both readers put there.
    """

    name: str
    usage: Usage
    prompts: Mapping[str, tuple[str, ...]]
    open: Mapping[str, Saying]
    unanswered: tuple[str, ...] = ()
    second: str | None = None
    agreed: Set[str] = frozenset()

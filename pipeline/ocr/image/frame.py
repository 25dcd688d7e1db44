"""Where a page as read lies on the page that the file shows.

A picture is turned upright, a spread is parted into its two pages, a skewed page is made straight; a digital sheet with
two pages side by side is parted too. Everything after that is told in points of the page as read; here is the way back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from recount.pipeline.document import Box, Line, Page, Remark, Ruling

Matrix = tuple[float, float, float, float, float, float]
"""a, b, c, d, e, f: (x, y) goes to (a·x + b·y + c, d·x + e·y + f)."""
Share = tuple[float, float]

_WIDE = 1.25  # width to height from which a sheet may be two pages side by side
_FOOT = 0.85  # of the height: below it stand the page numbers
_PAGE_NUMBER = re.compile(r"[^0-9]{0,4}([0-9]{1,4})[^0-9]{0,4}")
_CLEAR = 2.0  # points on both sides of the gutter into which nothing reaches
_TEXT_LINES = 5  # of running text that both halves have where no page number tells
_LEAST_TEXT = 12  # ideographs of a line of running text
_LONG = 0.5  # share of a half's width that such a line takes


@dataclass(frozen=True, slots=True)
class Frame:
    """How a page was taken from a picture.

    page: the 1-based number of the picture's page in its file. quarters: by how many quarters it was turned
    counter-clockwise. part: the share of its width, after turning, that is this page. picture: the size, in points,
    of the picture as the file shows it. matrix: from points of the page as read to points of the turned part.
    """

    page: int
    quarters: int
    part: Share
    picture: tuple[float, float]
    matrix: Matrix

    def place(self, box: Box) -> Box:
        """The smallest upright box, in points of the page as the file shows it, around a box of the page as read."""
        corners = [self._shown(x, y) for x in (box[0], box[2]) for y in (box[1], box[3])]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        return min(xs), min(ys), max(xs), max(ys)

    def _shown(self, x: float, y: float) -> tuple[float, float]:
        a, b, c, d, e, f = self.matrix
        x, y = a * x + b * y + c, d * x + e * y + f
        width, height = self.picture
        x += self.part[0] * (height if self.quarters % 2 else width)
        if self.quarters == 1:
            return width - y, x
        if self.quarters == 2:
            return width - x, height - y
        if self.quarters == 3:
            return y, height - x
        return x, y


# --- digital sheets with two pages side by side, as programs print them to save paper


def two_page_sheets(pages: Sequence[Page]) -> set[int]:
    """The numbers of the pages that are sheets with two pages side by side.

    Nothing crosses the middle of such a sheet, and one of its size has two page numbers that follow each other, or
    running text on both sides. A wide table is ruled across.
    """
    wide = [page for page in pages if page.readable and page.width >= _WIDE * page.height]
    free = [page for page in wide if page.lines and not _is_crossed(page)]
    sizes = {_size(page) for page in free if _has_two_numbers(page) or _has_two_texts(page)}
    return {page.number for page in free if _size(page) in sizes}


def halves_of(page: Page, number: int) -> list[tuple[Page, Frame]]:
    """The two pages on a sheet, the left one first, each with its place on it. number: of the first as read."""
    middle = page.width / 2
    found = []
    for index in (0, 1):
        left = index * middle
        half = Page(
            number + index,
            middle,
            page.height,
            tuple(line for whole in page.lines for line in _parts(whole, middle)[index]),
            tuple(_moved(ruling, left) for ruling in page.rulings if (ruling.x0 + ruling.x1 > page.width) == index),
            page.origin,
            remarks=tuple(_remarks(page, number + index, left, middle)),
        )
        part = (index / 2, (index + 1) / 2)
        found.append((half, Frame(page.number, 0, part, (page.width, page.height), (1, 0, 0, 0, 1, 0))))
    return found


def numbered(page: Page, number: int) -> Page:
    """A page, and the remarks on it, by another number."""
    if page.number == number:
        return page
    return replace(page, number=number, remarks=tuple(replace(remark, page=number) for remark in page.remarks))


def _size(page: Page) -> tuple[int, int]:
    return round(page.width), round(page.height)


def _is_crossed(page: Page) -> bool:
    middle = page.width / 2
    if any(ruling.x0 < middle - _CLEAR and ruling.x1 > middle + _CLEAR for ruling in page.rulings):
        return True
    near = [line for line in page.lines if line.box[0] < middle + _CLEAR and line.box[2] > middle - _CLEAR]
    return any(
        box[0] < middle + _CLEAR and box[2] > middle - _CLEAR and not char.isspace()
        for line in near
        for char, box in zip(line.text, line.boxes, strict=True)
    )


def _has_two_numbers(page: Page) -> bool:
    """Whether two page numbers that follow each other stand at the foot of the halves."""
    numbers: tuple[set[int], set[int]] = (set(), set())
    for line in page.lines:
        match = _PAGE_NUMBER.fullmatch(line.text.strip())
        if match and line.box[1] >= _FOOT * page.height:
            numbers[line.box[0] >= page.width / 2].add(int(match[1]))
    return any(number + 1 in numbers[1] for number in numbers[0])


def _has_two_texts(page: Page) -> bool:
    middle = page.width / 2
    sides = [
        line.box[0] >= middle
        for line in page.lines
        if line.box[2] - line.box[0] >= _LONG * middle and sum(char >= "\u2e80" for char in line.text) >= _LEAST_TEXT
    ]
    return min(sides.count(False), sides.count(True)) >= _TEXT_LINES


def _parts(line: Line, middle: float) -> tuple[list[Line], list[Line]]:
    """What of a line stands on either half, the right one moved to its own left edge."""
    if line.box[2] <= middle:
        return [line], []
    if line.box[0] >= middle:
        return [], [_piece(line, range(len(line.text)), middle)]
    left = [index for index, box in enumerate(line.boxes) if box[0] + box[2] < 2 * middle]
    right = [index for index, box in enumerate(line.boxes) if box[0] + box[2] >= 2 * middle]
    return [_piece(line, left, 0.0)], [_piece(line, right, middle)]


def _piece(line: Line, kept: Iterable[int], left: float) -> Line:
    """Some characters of a line, without white space at their ends, moved left."""
    there = [index for index in kept if not line.text[index].isspace()]
    chosen = range(there[0], there[-1] + 1)
    boxes = tuple(_shifted(line.boxes[index], left) for index in chosen)
    x0, _, x1, _ = min(box[0] for box in boxes), 0, max(box[2] for box in boxes), 0
    text = "".join(line.text[index] for index in chosen)
    return Line(text, boxes, (x0, line.box[1], x1, line.box[3]), line.confidence)


def _shifted(box: Box, left: float) -> Box:
    return box[0] - left, box[1], box[2] - left, box[3]


def _moved(ruling: Ruling, left: float) -> Ruling:
    return Ruling(ruling.x0 - left, ruling.y0, ruling.x1 - left, ruling.y1)


def _remarks(page: Page, number: int, left: float, width: float) -> Iterator[Remark]:
    """The remarks on a sheet that are on one of its halves."""
    for remark in page.remarks:
        if remark.box is None:
            yield replace(remark, page=number)
        elif left <= (remark.box[0] + remark.box[2]) / 2 < left + width:
            yield replace(remark, page=number, box=_shifted(remark.box, left))

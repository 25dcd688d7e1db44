"""Where a page that was read from a picture lies on the page that the file shows.

A picture is turned upright, a spread is parted into its two pages, a skewed page is made straight. Everything after
that is told in points of the page as read; here is the way back.
"""

from __future__ import annotations

from dataclasses import dataclass

from recount.pipeline.document import Box

Matrix = tuple[float, float, float, float, float, float]
"""a, b, c, d, e, f: (x, y) goes to (a·x + b·y + c, d·x + e·y + f)."""
Share = tuple[float, float]


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

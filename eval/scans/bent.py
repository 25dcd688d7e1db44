"""A page that does not lie flat: seen from aside, or bent into the binding of a book. What stood somewhere is seen
elsewhere.

Places are shares of the page's width and height from its top left corner.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_REACH = 0.07  # of the width: how far from the binding a page is bent
_LEAST = 0.3  # of its depth, by which a fold pulls the page in, of what it pulls it down
_MESH = 40  # stripes in which a bent page is drawn

Point = tuple[float, float]
_CORNERS: tuple[Point, ...] = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


@dataclass(frozen=True, slots=True)
class Bend:
    """How a page lies. corners: where its corners are seen, clockwise from the top left; fold: by how much of its
    height it is pulled down at the binding; right: the binding is at its right side."""

    corners: tuple[Point, ...] = _CORNERS
    fold: float = 0.0
    right: bool = False

    def seen(self, x: float, y: float) -> Point:
        """Where something is seen that stands at a place."""
        pull = self.fold * math.exp(-(1 - x if self.right else x) / _REACH)
        return _through(_projection(self.corners), x + (-pull if self.right else pull) * _LEAST, y + pull)

    def of(self, image: Image.Image) -> Image.Image:
        """The image of the page as it is seen; what lies beside it is white."""
        paper = 255 if image.mode == "L" else (255, 255, 255)
        mesh = list(self._mesh(image.width, image.height)) if self.fold else []
        if mesh:
            image = image.transform(
                image.size, Image.Transform.MESH, mesh, resample=Image.Resampling.BICUBIC, fillcolor=paper
            )
        if self.corners == _CORNERS:
            return image
        back = np.linalg.inv(_projection(self.corners))
        size = np.diag([image.width, image.height, 1.0])
        coefficients = size @ back @ np.linalg.inv(size)
        flat = (coefficients / coefficients[2, 2]).ravel()[:8].tolist()
        return image.transform(
            image.size, Image.Transform.PERSPECTIVE, flat, resample=Image.Resampling.BICUBIC, fillcolor=paper
        )

    def _mesh(self, width: int, height: int) -> Iterator[tuple[tuple[int, int, int, int], tuple[float, ...]]]:
        """Upright stripes of the bent page, and where in the flat one their corners stand: top left, bottom left,
        bottom right, top right."""
        # Narrow where the page is bent most.
        shares = [(at / _MESH) ** 0.5 for at in range(_MESH + 1)]
        edges = sorted({round(width * (share if self.right else 1 - share)) for share in shares})
        for left, right in pairwise(edges):
            corners: list[float] = []
            for x, y in ((left, 0), (left, height), (right, height), (right, 0)):
                stood, pull = self._stood(x / width)
                corners += [stood * width, y - pull * height]
            yield (left, 0, right, height), tuple(corners)

    def _stood(self, x: float) -> Point:
        """Where across the page stands what the fold shows at x, and how far down it is pulled."""
        stood = x
        for _ in range(20):  # a contraction, for a fold is less than _REACH
            pull = self.fold * math.exp(-(1 - stood if self.right else stood) / _REACH)
            stood = x + (pull if self.right else -pull) * _LEAST
        return stood, pull


FLAT = Bend()


def bend_of(tilt: float, fold: float, rng: np.random.Generator) -> Bend:
    """How a page lies by chance. tilt: by how much of its size each corner is moved inwards at most; fold: of its
    height, by which it is pulled down at the binding at most, less than 0.07."""
    if not tilt and not fold:
        return FLAT
    moves = rng.uniform(0, tilt, (4, 2)) if tilt else np.zeros((4, 2))
    corners = tuple(
        (x + (dx if x == 0 else -dx), y + (dy if y == 0 else -dy))
        for (x, y), (dx, dy) in zip(_CORNERS, moves.tolist(), strict=True)
    )
    return Bend(corners, float(fold * rng.uniform(0.5, 1)) if fold else 0.0, bool(rng.random() < 0.5))


def _projection(corners: tuple[Point, ...]) -> NDArray[np.float64]:
    """The matrix that takes the corners of a page to where they are seen (homogeneous coordinates)."""
    rows, seen = [], []
    for (x, y), (u, v) in zip(_CORNERS, corners, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        seen += [u, v]
    return np.append(np.linalg.solve(np.array(rows), np.array(seen)), 1.0).reshape(3, 3)


def _through(matrix: NDArray[np.float64], x: float, y: float) -> Point:
    across, down, depth = (matrix @ np.array([x, y, 1.0])).tolist()
    return across / depth, down / depth

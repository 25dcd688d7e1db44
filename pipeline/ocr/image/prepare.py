"""A page image made fit for reading: one grey channel, at least 200 dpi, without speckle, straight.

Red is what seals are stamped in: in the red channel they are nearly white, and where one is known by its size what is
left of it is taken out (the colours of a JPEG are coarser than its strokes). The median takes speckle away, but on
a coarse scan it would take decimal points too; so a coarse scan is enlarged first. A black and white scan (a fax) has
edges like stairs, in which the recogniser sees strokes, and the median eats its thin ones: it is smoothed instead.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
"""An image of one channel (height, width); 0 is black."""
Floats = npt.NDArray[np.float32]
Image = npt.NDArray[np.uint8]
"""A grey image, or one of three channels: red, green, blue."""
Matrix = tuple[float, float, float, float, float, float]
"""a, b, c, d, e, f: (x, y) goes to (a·x + b·y + c, d·x + e·y + f)."""

FINE = 200.0  # dpi; a page coarser than this is enlarged to it
FINEST = 300.0  # dpi; more only costs time
_NEARLY = 0.95  # of FINE: not worth enlarging
_STEEPEST = 6.0  # degrees
_STRAIGHT = 0.04  # degrees; a page this straight is left alone
_MOST_POINTS = 80_000  # pixels of ink, about, by which the lean of a page is measured
_FAINTEST = 10  # grey levels against the paper around; what is fainter at 1000 across nobody prints
_LEAST_INK = 12  # such pixels; a small digit has more
_TWO_LEVELS = 0.998  # share of the pixels of a black and white page that are black or white
_SMOOTHING = 0.8  # pixels at FINE: standard deviation by which a black and white page is smoothed
_SEAL = 60, 200  # points: the sides of what holds a seal, whose rim is 38 to 58 mm across, and a little
_ROUND = 1.6  # how many times as long as wide it is at most
_RIM = 0.8, 1.1  # radii between which the rim lies
_SECTORS, _ALL_ROUND = 32, 0.9  # of the rim, and the share of them that must be inked
_REDDISH = 25  # grey levels by which red stands out where a seal was stamped
_STAMPED = 0.32  # of these, what a stamp takes off the red channel too
_TRACE = 15.0, 0.14  # grey levels against the paper, or the share of those of print, that its strokes leave at most
_STRONGER = 1.2  # how much darker the rest is made again
SEALED = 12  # grey levels that taking out a seal changes
_AROUND = 4  # points around a seal to which its colours reach
_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)  # of a pixel that a stamp may cover
_UNTINTED = 0.12  # share of a seal's colour below which nothing is stamped
_COARSE = 7  # pixels: the colours of a JPEG are as coarse
_REACH = 0.6  # points beside a pixel within which others are mostly of the same stroke
_GRAIN, _PRINT = 0.09, 0.15  # of the light of paper: how uneven it is; and the share of pixels that are print
_ROUNDS = 4  # until hardly a pixel changes
_DEEPER = 1.4  # by which share print under a stamp is made darker again
_LEAST_LEFT = 0.3  # share of the light that a stamp leaves at least
_BLEACH = 1.15  # more than the colour alone would tell, for it is blurred
_OF_BARE = 0.6  # share of what is lifted pixel by pixel
_CLEARER = 1.02  # how much sharper the lines of text must be when turned


@dataclass(frozen=True, slots=True)
class Prepared:
    """A page image ready for reading. plain: the same before that, with what is printed under seals as clear as can be,
    though more of these is left; dpi: of image; back: the matrix from its pixels to those of the image it was made of;
    blank: it has not the ink of a single digit; stamped: the image with its seals, where it has some."""

    image: Grey
    plain: Grey
    dpi: float
    back: Matrix
    blank: bool = False
    stamped: Grey | None = None


def prepare(image: Image, dpi: float) -> Prepared:
    """The page image, dpi fine as it is, in one channel, enlarged or reduced to 200–300 dpi, and straight."""
    bare = without_seals(image, dpi)
    grey = red(bare)
    bilevel = is_bilevel(grey)
    scale = FINE / dpi if dpi < FINE * _NEARLY else min(1.0, FINEST / dpi)
    angle = skew_of(grey)
    size = round(grey.shape[0] * scale), round(grey.shape[1] * scale)
    forth = _turn(angle, scale, grey.shape, size)

    def straight(grey: Grey) -> Grey:
        if abs(angle) >= _STRAIGHT or scale > 1.0:
            return warped(grey, forth, size)
        if scale < 1.0:
            return np.asarray(cv2.resize(grey, size[::-1], interpolation=cv2.INTER_AREA), np.uint8)
        return grey

    plain = straight(grey)
    clean = smoothed(plain, dpi * scale) if bilevel else median(plain)
    back, blank = inverse(forth), is_blank(plain)
    if bare is image:
        return Prepared(clean, plain, dpi * scale, back, blank)
    return Prepared(clean, straight(below_seals(image, dpi)), dpi * scale, back, blank, median(straight(red(image))))


def median(grey: Grey) -> Grey:
    """The image without specks of a pixel: each has the median of those around it."""
    return np.asarray(cv2.medianBlur(grey, 3), np.uint8)


def is_bilevel(grey: Grey) -> bool:
    """Whether an image is black and white, without shades of grey."""
    shades = cv2.countNonZero(cv2.inRange(grey, np.array(1), np.array(254)))
    return grey.size - shades >= _TWO_LEVELS * grey.size


def smoothed(grey: Grey, dpi: float) -> Grey:
    """The image without the stairs that black and white pixels make."""
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), _SMOOTHING * dpi / FINE), np.uint8)


def is_blank(grey: Grey) -> bool:
    """Whether an image has not the ink of a single digit, faint as it may be."""
    small = cv2.blur(_small(grey), (3, 3))
    dark = cv2.adaptiveThreshold(small, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, _FAINTEST)
    return cv2.countNonZero(dark) < _LEAST_INK


def red(image: Image) -> Grey:
    """The red channel of an image; a grey image as it is."""
    return np.ascontiguousarray(image if image.ndim == 2 else image[:, :, 0])


def without_seals(image: Image, dpi: float) -> Image:
    """The image with its red seals taken out; what is printed under them stays. A grey image as it is."""
    if image.ndim == 2:
        return image
    clean, unit = image, dpi / 72
    for x0, y0, x1, y1 in _seals(image, unit):
        if clean is image:
            clean = image.copy()
        own = np.s_[round(y0 * unit) : round(y1 * unit), round(x0 * unit) : round(x1 * unit)]
        clean[own] = _unstamped(image[own], unit)[:, :, np.newaxis]
    return clean


def _seals(image: Image, unit: float) -> Iterator[tuple[int, int, int, int]]:
    """The boxes of the seals on a colour image, in points. unit: pixels a point."""
    small = np.asarray(cv2.resize(image, None, fx=1 / unit, fy=1 / unit, interpolation=cv2.INTER_AREA), np.uint8)
    marks = cv2.dilate((_redness(small) > _REDDISH).astype(np.uint8), np.ones((5, 5), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(marks)
    for index, (x, y, width, height, _) in enumerate(stats[1:count].tolist(), 1):
        if _SEAL[0] <= min(width, height) <= max(width, height) <= min(_SEAL[1], _ROUND * min(width, height)) and (
            _is_round(labels[y : y + height, x : x + width] == index)
        ):
            yield x, y, x + width, y + height


def _is_round(marks: npt.NDArray[np.bool_]) -> bool:
    """Whether marks that fill a box lie within an ellipse and all around its rim: a frame of red lines does not."""
    ys, xs = np.nonzero(marks)
    down, right = (2 * (at + 0.5) / side - 1 for at, side in zip((ys, xs), marks.shape, strict=True))
    away = np.hypot(down, right)
    rim = np.floor(np.arctan2(down, right)[away > _RIM[0]] * _SECTORS / (2 * math.pi))
    return bool((away > _RIM[1]).mean() < 1 - _ALL_ROUND and len(np.unique(rim)) >= _ALL_ROUND * _SECTORS)


def _redness(image: Image) -> Grey:
    """By how many grey levels red stands out at each pixel."""
    return np.asarray(cv2.subtract(image[:, :, 0], cv2.max(image[:, :, 1], image[:, :, 2])), np.uint8)


def _unstamped(image: Image, unit: float) -> Grey:
    """The red channel of a piece of an image, without what was stamped on it."""
    reddish = _redness(image)
    size = round(2 * unit) | 1  # the colours of a JPEG reach so far beside its strokes
    stamped = np.clip((cv2.dilate(reddish, np.ones((size, size), np.uint8)).astype(np.float32) - 15) / 25, 0, 1)
    plain = image[:, :, 0].astype(np.float32)
    paper = float(np.percentile(plain, 70))
    depth = np.clip(paper - plain - _STAMPED * reddish, 0, None)
    trace = max(_TRACE[0], _TRACE[1] * (paper - float(np.percentile(plain, 1))))
    bare = paper - _STRONGER * np.clip(depth - trace, 0, None)
    return np.clip(plain + (bare - plain) * stamped, 0, 255).astype(np.uint8)


def below_seals(image: Image, dpi: float) -> Grey:
    """The red channel of a colour image, with its seals lifted from what is printed below them. It is for reading that:
    more is left of their strokes than `without_seals` leaves, and more of the print."""
    grey, unit = red(image).copy(), dpi / 72
    for box in _seals(image, unit):
        x0, y0 = (max(0, round((side - _AROUND) * unit)) for side in box[:2])
        x1, y1 = (round((side + _AROUND) * unit) for side in box[2:])
        grey[y0:y1, x0:x1] = _lifted(image[y0:y1, x0:x1], unit)
    return grey


def _lifted(image: Image, unit: float) -> Grey:
    """A piece of a colour image without the seal that it holds, in one channel.

    A JPEG has all edges in its shade, and its colours are coarser: these tell where about a stamp is, the two together
    which pixels it covers. Where print is taken for the stamp, it is lost; where only the colours are asked, strokes of
    the seal are left. So both are done in part.
    """
    colours = cv2.cvtColor(image, cv2.COLOR_RGB2YCrCb).astype(np.float32)
    shade, tint = colours[:, :, 0], np.maximum(colours[:, :, 1] - 128, 0)
    soft = cv2.GaussianBlur(tint, (0, 0), 1.0)
    soft = np.maximum(soft - np.float32(np.percentile(soft, 20)), 0)
    full = max(float(np.percentile(soft, 97)), 1.0)  # the rim and the star are a tenth of it
    soft /= full
    paper = float(np.percentile(shade[soft <= _UNTINTED], 60))
    stamp = float(np.median(shade[soft >= 0.8]))
    # Where little is printed the darkest is the stamp; it leaves so much of the light at least.
    black = max(min(float(np.percentile(shade, 0.3)), (stamp - _LEAST_LEFT * paper) / (1 - _LEAST_LEFT)), 0.0)
    whole = max(paper - black, 1.0)
    left = min(max((stamp - black) / whole, _LEAST_LEFT), 0.95)
    share = _stamped_share((shade - black) / whole, soft, left, _REACH * unit)
    share = np.asarray(cv2.GaussianBlur(share, (0, 0), 0.5 * unit), np.float32)
    depth = paper - whole * (1 - left) * share - shade
    bare = np.where(share > 0.02, paper - np.maximum(depth * (1 + _DEEPER * share), 0), shade)
    bleached = shade + _BLEACH * (paper - stamp) / full * tint
    mixed = _OF_BARE * bare + (1 - _OF_BARE) * bleached
    return np.asarray(np.clip(np.where(_spread(soft) > _UNTINTED, mixed, red(image)), 0, 255), np.uint8)


def _stamped_share(light: Floats, tint: Floats, left: float, reach: float) -> Floats:
    """The share of each pixel that a stamp covers: what is most likely by its light, by the colour around it, and by
    the pixels beside it.

    light: 0 of black to 1 of paper; tint: 0 of none to 1 of the stamp; left: the light that a stamp leaves of paper's;
    reach: standard deviation in pixels of what is beside one.
    """
    around = np.clip(cv2.blur(tint, (_COARSE, _COARSE)), 0.02, 0.98)
    chances = np.stack([_chance(light, 1 - (1 - left) * share) for share in _SHARES])
    told = np.clip(light / 0.3, 0.1, 1)  # what is dark may be print, and says less
    stamped, mean = around, around
    for _ in range(_ROUNDS):
        edge = np.full_like(stamped, 0.027)
        likely = chances * np.stack([0.925 - 0.92 * stamped, edge, edge, edge, 0.005 + 0.92 * stamped])
        mean = np.tensordot(np.array(_SHARES, np.float32), likely, 1) / likely.sum(axis=0)
        beside = cv2.GaussianBlur(mean * told, (0, 0), reach) / cv2.GaussianBlur(told, (0, 0), reach)
        both, neither = around * beside, (1 - around) * (1 - beside)
        stamped = np.clip(both / (both + neither), 0.01, 0.99)
    return np.where(_spread(tint) > _UNTINTED, mean, 0).astype(np.float32)


def _chance(light: Floats, left: float) -> Floats:
    """How likely a light is where a stamp leaves such a share of it: most is paper's, the rest of print, at any."""
    bare, grain = light / left, _GRAIN / left
    paper = (1 - _PRINT) * np.exp(-0.5 * ((bare - 1) / grain) ** 2) / (2.5 * grain)
    return np.asarray((paper + _PRINT * ((bare < 1) & (bare > -0.3))) / left + 1e-6, np.float32)


def _spread(tint: Floats) -> Floats:
    """The strongest tint around each pixel, as far as the colours of a JPEG reach."""
    return np.asarray(cv2.dilate(tint, np.ones((9, 9), np.uint8)), np.float32)


def warped(grey: Grey, forth: Matrix, size: tuple[int, int]) -> Grey:
    """The image moved by a matrix onto a canvas of size (height, width)."""
    matrix = np.array(forth, np.float64).reshape(2, 3)
    flags, border = cv2.INTER_CUBIC, cv2.BORDER_REPLICATE
    return np.asarray(cv2.warpAffine(grey, matrix, (size[1], size[0]), flags=flags, borderMode=border), np.uint8)


def inverse(matrix: Matrix) -> Matrix:
    """The matrix that takes back what this one does."""
    a, b, c, d, e, f = matrix
    size = a * e - b * d
    return (e / size, -b / size, (b * f - c * e) / size, -d / size, a / size, (c * d - a * f) / size)


def moved(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """Where a matrix takes a point."""
    a, b, c, d, e, f = matrix
    return a * x + b * y + c, d * x + e * y + f


def _turn(angle: float, scale: float, source: tuple[int, ...], target: tuple[int, int]) -> Matrix:
    """The matrix that turns an image by angle (degrees, as skew_of gives it) around its middle and scales it."""
    if abs(angle) < _STRAIGHT:
        angle = 0.0
    cos, sin = math.cos(math.radians(angle)) * scale, math.sin(math.radians(angle)) * scale
    x, y = source[1] / 2, source[0] / 2
    return cos, sin, target[1] / 2 - cos * x - sin * y, -sin, cos, target[0] / 2 + sin * x - cos * y


def skew_of(grey: Grey) -> float:
    """By how many degrees the lines of the page fall to the right; 0 where nothing tells."""
    ys, xs = _ink(grey)
    if len(xs) < 200:
        return 0.0
    level = _sharpness(xs, ys, 0.0)
    best = max(np.arange(-_STEEPEST, _STEEPEST + 0.1, 0.4), key=lambda angle: _sharpness(xs, ys, float(angle)))
    for step in (0.1, 0.02):
        around = np.arange(best - 5 * step, best + 5.5 * step, step)
        best = max(around, key=lambda angle: _sharpness(xs, ys, float(angle)))
    return float(best) if _sharpness(xs, ys, float(best)) > _CLEARER * level else 0.0


def _ink(grey: Grey) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The ink's pixels, thinned out, at about 1000 pixels across; the edges of the page are left out."""
    small = median(_small(grey))
    dark = cv2.adaptiveThreshold(small, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 15)
    margin = round(0.02 * min(dark.shape))
    ys, xs = np.nonzero(dark[margin:-margin, margin:-margin])
    step = max(1, len(xs) // _MOST_POINTS)
    return ys[::step].astype(np.float64), xs[::step].astype(np.float64)


def _small(grey: Grey) -> Grey:
    """The image at 1000 pixels across at most."""
    scale = min(1.0, 1000 / min(grey.shape))
    return np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _sharpness(xs: npt.NDArray[np.float64], ys: npt.NDArray[np.float64], angle: float) -> float:
    """How unevenly the ink is spread over the rows, the page turned back by angle."""
    rows = ys * math.cos(math.radians(angle)) - xs * math.sin(math.radians(angle))
    counts = np.bincount((rows - rows.min()).astype(np.int64)).astype(np.float64)
    return float((counts**2).sum())

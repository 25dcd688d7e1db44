"""What scanning does to the image of a page, effect by effect: each takes an image and gives another one.

Images are Pillow images; chance comes from a generator that is handed in, so that the same seed gives the same page.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

PAPER = 255
_SEAL = (200, 30, 40)
"""The red of a vermilion ink pad."""


def skewed(image: Image.Image, degrees: float) -> Image.Image:
    """Laid askew on the glass, turned about its middle (positive: counter-clockwise)."""
    if not degrees:
        return image
    paper = PAPER if image.mode == "L" else (PAPER,) * 3
    return image.rotate(degrees, resample=Image.Resampling.BICUBIC, fillcolor=paper)


def blurred(image: Image.Image, radius: float) -> Image.Image:
    """Out of focus."""
    return image.filter(ImageFilter.GaussianBlur(radius)) if radius else image


def faded(image: Image.Image, contrast: float) -> Image.Image:
    """Printed pale, or copied: black becomes grey and white loses a little."""
    if contrast == 1:
        return image
    black = PAPER * (1 - contrast) * 0.8
    white = PAPER - PAPER * (1 - contrast) * 0.2
    return image.point([round(black + level / PAPER * (white - black)) for level in range(256)] * len(image.getbands()))


def shaded(image: Image.Image, depth: float, rng: np.random.Generator) -> Image.Image:
    """Lit unevenly: one side lies in the shade, and along one edge runs the shadow of the binding."""
    if not depth:
        return image
    pixels = _pixels(image)
    height, width = pixels.shape[:2]
    across, down = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    turn = rng.uniform(0, 2 * math.pi)
    slope = (across * math.cos(turn) + down * math.sin(turn) + math.sqrt(2)) / (2 * math.sqrt(2))
    edge = (across if rng.random() < 0.5 else -across) + 1
    light = 1 - depth * slope - depth * 0.8 * np.exp(-edge * 14)
    return _image(pixels * _like(light, pixels))


def rastered(image: Image.Image, depth: float, rng: np.random.Generator) -> Image.Image:
    """Printed with a raster that beats with the scanner's: stripes both ways, some pixels wide, all over the page."""
    if not depth:
        return image
    pixels = _pixels(image)
    down, across = np.mgrid[: pixels.shape[0], : pixels.shape[1]].astype(np.float32)
    turn, period = rng.uniform(0, math.pi / 2), rng.uniform(4, 9) * image.width / 1654
    along = (across * math.cos(turn) + down * math.sin(turn)) * (2 * math.pi / period)
    aside = (down * math.cos(turn) - across * math.sin(turn)) * (2 * math.pi / period)
    return _image(pixels * _like(1 - depth * (2 + np.cos(along) + np.cos(aside)) / 4, pixels))


def noisy(image: Image.Image, spread: float, rng: np.random.Generator) -> Image.Image:
    """The grain of the sensor: every pixel is off by chance, with this standard deviation."""
    if not spread:
        return image
    pixels = _pixels(image)
    grain = rng.standard_normal(pixels.shape[:2], dtype=np.float32) * spread
    return _image(pixels + _like(grain, pixels))


def speckled(image: Image.Image, specks: int, rng: np.random.Generator) -> Image.Image:
    """Dust and toner: dark dots on the paper, light ones in the ink."""
    if not specks:
        return image
    dusty = image.copy()
    draw = ImageDraw.Draw(dusty)
    ink = image.mode == "L"
    for _ in range(int(rng.poisson(specks))):
        x, y = rng.uniform(0, image.width), rng.uniform(0, image.height)
        radius = rng.uniform(0.4, 1.6) * image.width / 1654
        level = int(rng.uniform(20, 120)) if rng.random() < 0.8 else PAPER
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=level if ink else (level,) * 3)
    return dusty


def sealed(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Stamped: a round red seal with a star, through which the print can still be seen. Gives a colour image."""
    colour = image.convert("RGB")
    stamp = Image.new("RGB", colour.size, (PAPER,) * 3)
    draw = ImageDraw.Draw(stamp)
    radius = 0.1 * image.width  # about 42 mm across, as the seals of departments are
    x, y = rng.uniform(0.25, 0.75) * image.width, rng.uniform(0.3, 0.8) * image.height
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=_SEAL, width=max(2, round(radius * 0.07)))
    draw.polygon(_star(x, y, radius * 0.35), fill=_SEAL)
    turn = rng.uniform(0, 2 * math.pi)
    for at in range(14):  # the strokes of the name around the rim
        angle = turn + at * math.pi * 1.5 / 14
        ends = [
            (x + math.cos(angle + side) * radius * reach, y + math.sin(angle + side) * radius * reach)
            for reach, side in ((0.68, -0.05), (0.86, 0.05), (0.7, 0.08), (0.85, -0.06))
        ]
        draw.line(ends, fill=_SEAL, width=max(1, round(radius * 0.035)))
    return ImageChops.multiply(colour, Image.blend(Image.new("RGB", colour.size, (PAPER,) * 3), stamp, 0.85))


def shone_through(image: Image.Image, strength: float) -> Image.Image:
    """Printed on thin paper on both sides: the back, here the page itself, shows as in a mirror."""
    if not strength:
        return image
    back = blurred(image.transpose(Image.Transpose.FLIP_LEFT_RIGHT), image.width / 1000)
    pale = Image.blend(Image.new(image.mode, image.size, PAPER if image.mode == "L" else (PAPER,) * 3), back, strength)
    return ImageChops.multiply(image, pale)


def punched(image: Image.Image, holes: int) -> Image.Image:
    """Taken out of a binder: behind the holes in the left margin lies the dark lid of the scanner."""
    if not holes:
        return image
    sheet = image.copy()
    draw = ImageDraw.Draw(sheet)
    radius, x = image.width * 0.0145, image.width * 0.045  # 6 mm across, 9 mm from the edge
    for at in range(holes):
        y = image.height / 2 + (at - (holes - 1) / 2) * image.width * 0.38  # 80 mm apart
        level = 40
        draw.ellipse(
            (x - radius, y - radius, x + radius, y + radius), fill=level if image.mode == "L" else (level,) * 3
        )
    return sheet


def scrawled(image: Image.Image, strokes: int, rng: np.random.Generator) -> Image.Image:
    """Written on: strokes of a pen, thin and bent, anywhere on the page."""
    if not strokes:
        return image
    written = image.copy()
    draw = ImageDraw.Draw(written)
    ink = 70 if image.mode == "L" else (40, 60, 150)
    width = max(1, round(image.width / 700))
    for _ in range(strokes):
        x, y = rng.uniform(0.1, 0.85) * image.width, rng.uniform(0.1, 0.9) * image.height
        steps = rng.normal(0, 0.012 * image.width, (8, 2)) + np.array([0.008 * image.width, 0.0])
        path = np.cumsum(np.vstack([[x, y], steps]), axis=0)
        draw.line([(float(a), float(b)) for a, b in path], fill=ink, width=width, joint="curve")
    return written


def bilevel(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """As a fax machine sees it: black or white, about a threshold that differs from page to page."""
    threshold = rng.uniform(140, 185)
    return image.convert("L").point([0 if level < threshold else PAPER for level in range(256)]).convert("1")


def _star(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    """The corners of a five-pointed star."""
    return [
        (
            x + math.sin(at * math.pi / 5) * radius * (1 if at % 2 == 0 else 0.382),
            y - math.cos(at * math.pi / 5) * radius * (1 if at % 2 == 0 else 0.382),
        )
        for at in range(10)
    ]


def _pixels(image: Image.Image) -> NDArray[np.float32]:
    return np.asarray(image, dtype=np.float32)


def _like(plane: NDArray[np.floating], pixels: NDArray[np.float32]) -> NDArray[np.floating]:
    """A plane in the shape of an image: the same for each of its colours."""
    return plane if pixels.ndim == 2 else plane[:, :, np.newaxis]


def _image(pixels: NDArray[np.floating]) -> Image.Image:
    return Image.fromarray(np.clip(np.rint(pixels), 0, PAPER).astype(np.uint8))

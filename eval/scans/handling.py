"""What people and machines do to a printed page before it is seen: written beside, highlighted, stapled, drawn in with
another sheet.

Images are Pillow images; chance comes from a generator that is handed in, so that the same seed gives the same page.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from recount.eval.scans.effects import PAPER

_MARKER = (255, 240, 90)
"""The yellow of a highlighter."""
_PEN = (40, 60, 150)
_INK = 128  # grey levels below which a pixel is of print
_LINE = 0.016  # of the page's width: the height of a line of print, about


def noted(image: Image.Image, notes: int, rng: np.random.Generator) -> Image.Image:
    """Written on: figures by hand, right behind something that is printed."""
    places = _printed(image, notes, rng)
    if not places:
        return image
    written = image.copy()
    draw = ImageDraw.Draw(written)
    size = round(_LINE * image.width)
    for x, y in places:
        for at in range(int(rng.integers(2, 5))):
            left = x + (at + 0.8) * size * 0.7
            path = [(left + rng.uniform(0, 0.5) * size, y + (rng.uniform(-0.6, 0.6)) * size) for _ in range(5)]
            ink = 70 if image.mode == "L" else _PEN
            draw.line(path, fill=ink, width=max(1, image.width // 700), joint="curve")
    return written


def highlighted(image: Image.Image, strokes: int, rng: np.random.Generator) -> Image.Image:
    """Gone over with a highlighter, along lines of print. Gives a colour image."""
    places = _printed(image, strokes, rng)
    if not places:
        return image
    colour = image.convert("RGB")
    stripes = Image.new("RGB", colour.size, (PAPER,) * 3)
    draw = ImageDraw.Draw(stripes)
    high = _LINE * image.width
    for x, y in places:
        long = rng.uniform(0.06, 0.2) * image.width
        draw.line((x - long, y + rng.normal(0, 0.1) * high, x + 0.3 * high, y), fill=_MARKER, width=round(1.3 * high))
    return ImageChops.multiply(colour, stripes)


def stapled(image: Image.Image, staples: int, rng: np.random.Generator) -> Image.Image:
    """Stapled at the top left corner: bright wire with a dark shadow."""
    if not staples:
        return image
    sheet = image.copy()
    draw = ImageDraw.Draw(sheet)
    long, thick = 0.055 * image.width, max(2, round(0.004 * image.width))
    for _ in range(staples):
        x, y = rng.uniform(0.03, 0.07) * image.width, rng.uniform(0.02, 0.06) * image.width
        turn = rng.uniform(0.4, 1.1)
        end = x + long * np.cos(turn), y - long * np.sin(turn) + 0.05 * image.width
        for off, level in ((thick, 50), (0, 200)):
            fill = level if image.mode == "L" else (level,) * 3
            draw.line((x + off, y + 0.05 * image.width + off, end[0] + off, end[1] + off), fill=fill, width=thick)
    return sheet


def doubled(image: Image.Image, share: float) -> Image.Image:
    """Drawn in with another sheet below it: at the right side so much of the width shows the margin of that one, here
    a page like it, beyond the edge of the upper sheet and its shadow."""
    if not share:
        return image
    sheet = image.copy()
    edge = round(image.width * (1 - share))
    below = image.crop((0, 0, image.width - edge, image.height)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    sheet.paste(below, (edge, 0))
    fill = 120 if image.mode == "L" else (120,) * 3
    ImageDraw.Draw(sheet).line((edge, 0, edge, image.height), fill=fill, width=max(1, image.width // 500))
    return sheet


def _printed(image: Image.Image, places: int, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Ends of printed lines, by chance: x and y."""
    if not places:
        return []
    ink = np.asarray(image.convert("L")) < _INK
    rows = np.flatnonzero(ink.any(axis=1))
    if not len(rows):
        return []
    found = []
    for y in rng.choice(rows, places).tolist():
        columns = np.flatnonzero(ink[y])
        found.append((int(columns[rng.integers(len(columns) // 2, len(columns))]), int(y)))
    return found

"""How badly a document may be scanned: the knobs, and the levels that have a name. `degrade` does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Damage:
    """How badly a document was scanned.

    dpi: resolution. skew: pages lie askew by up to so many degrees, either way. noise: standard deviation of the grain,
    of 255. blur: radius in pixels. quality: of the JPEG, 1..95. contrast: 1 as printed, less is paler. shade: how much
    of the light is gone in the darkest corner. speckle: dots a page. seal: the chance that a page bears a red seal.
    bleed: how strongly the other side shines through, 0..1. holes: punched along the left edge. scrawl: strokes of a
    pen a page, as of somebody who signs off or ticks. bilevel: black and white, as a fax (CCITT group 4); quality means
    nothing then. tilt: seen from aside, each corner moved inwards by up to this share of the page. fold: pulled into
    the binding of a book, down by up to this share of the height (below 0.07). raster: how deep the moiré of a printed
    raster is, 0..1. staples: at the top left corner. marked: strokes of a highlighter a page. notes: figures written
    by hand beside what is printed. doubled: two sheets were drawn in at once, so much of the width shows the lower one.
    """

    dpi: int = 200
    skew: float = 0.0
    noise: float = 0.0
    blur: float = 0.0
    quality: int = 90
    contrast: float = 1.0
    shade: float = 0.0
    speckle: int = 0
    seal: float = 0.0
    bleed: float = 0.0
    holes: int = 0
    scrawl: int = 0
    bilevel: bool = False
    tilt: float = 0.0
    fold: float = 0.0
    raster: float = 0.0
    staples: int = 0
    marked: int = 0
    notes: int = 0
    doubled: float = 0.0


_FAIR = Damage(dpi=200, skew=0.6, noise=5, blur=0.7, quality=35, contrast=0.8, shade=0.1, speckle=30)

LEVELS: Mapping[str, Damage] = {
    "good": Damage(dpi=200, skew=0.25, noise=2, blur=0.4, quality=60),
    "fair": _FAIR,
    "poor": Damage(dpi=150, skew=1.0, noise=12, blur=0.9, quality=20, contrast=0.7, shade=0.2, speckle=100, seal=0.25),
    "fax": Damage(dpi=200, skew=0.8, noise=12, blur=0.6, speckle=150, bilevel=True),
}
"""What the levels mean: "good" and "fair" come from an office's copier, "poor" is a copy of a copy. Grain, paleness and
resolution of the first three are about those of the developers' samples."""

TRIALS: Mapping[str, Damage] = {
    "askew": replace(_FAIR, skew=3.0),
    "coarse": replace(_FAIR, dpi=120, quality=40),
    "sealed": replace(_FAIR, seal=1.0),
    "specked": replace(_FAIR, speckle=600),
    "blurred": replace(_FAIR, blur=1.5),
    "grainy": replace(_FAIR, noise=22, contrast=0.6),
    "shaded": replace(_FAIR, shade=0.45, contrast=0.65),
    "used": replace(_FAIR, bleed=0.25, holes=2, scrawl=4),
    "squeezed": replace(_FAIR, dpi=150, quality=15),
    "tilted": replace(_FAIR, tilt=0.02),
    "bound": replace(_FAIR, fold=0.02, shade=0.3),
    "rastered": replace(_FAIR, raster=0.25),
    "stapled": replace(_FAIR, staples=2, holes=2),
    "marked": replace(_FAIR, marked=8),
    "noted": replace(_FAIR, notes=6),
    "shining": replace(_FAIR, bleed=0.4),
    "doubled": replace(_FAIR, doubled=0.06),
    "coarse fax": Damage(dpi=100, skew=0.5, noise=8, blur=0.4, speckle=60, bilevel=True),
}
"""One kind of damage at a time, much of it, on top of a fair scan: to see which one the reading does not bear."""

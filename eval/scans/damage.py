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
    nothing then.
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
}
"""One kind of damage at a time, much of it, on top of a fair scan: to see which one the reading does not bear."""

"""How badly a document may be scanned: the knobs, and the levels that have a name. `degrade` does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Damage:
    """How badly a document was scanned.

    dpi: resolution. skew: pages lie askew by up to so many degrees, either way. noise: standard deviation of the grain,
    of 255. blur: radius in pixels. quality: of the JPEG, 1..95. contrast: 1 as printed, less is paler. shade: how much
    of the light is gone in the darkest corner. speckle: dots a page. seal: the chance that a page bears a red seal.
    bilevel: black and white, as a fax (CCITT group 4); quality means nothing then.
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
    bilevel: bool = False


LEVELS: Mapping[str, Damage] = {
    "good": Damage(dpi=200, skew=0.25, noise=2, blur=0.4, quality=60),
    "fair": Damage(dpi=200, skew=0.6, noise=5, blur=0.7, quality=35, contrast=0.8, shade=0.1, speckle=30),
    "poor": Damage(dpi=150, skew=1.0, noise=12, blur=0.9, quality=20, contrast=0.7, shade=0.2, speckle=100, seal=0.25),
    "fax": Damage(dpi=200, skew=0.8, noise=12, blur=0.6, speckle=150, bilevel=True),
}
"""What the levels mean: "good" and "fair" come from an office's copier, "poor" is a copy of a copy. Grain, paleness and
resolution of the first three are about those of the developers' samples."""

"""split: pages become paragraphs, grids and number tokens."""

from recount.pipeline.split.split import split

__all__ = ["split"]

"""split: pages become paragraphs, grids and number tokens."""

from recount.pipeline.split.split import Seen, split

__all__ = ["Seen", "split"]

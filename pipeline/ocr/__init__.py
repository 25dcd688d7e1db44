"""Reading of scanned pages: page images become the same lines and rulings that digital pages have.

Nothing heavy is imported before a page has to be read: `reader` and `crops` are light, the modules behind them
import numpy, OpenCV and an inference engine.
"""

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".webp"})
"""What files of page images are called, in any case. A TIFF may hold all pages of a report."""

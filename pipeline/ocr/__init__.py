"""Reading of scanned pages: page images become the same lines and rulings that digital pages have.

Nothing heavy is imported before a page has to be read: `reader` and `crops` are light, the modules behind them
import numpy, OpenCV and an inference engine.
"""

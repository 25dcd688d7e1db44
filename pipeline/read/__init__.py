"""Stage 1, read: a file becomes pages of text lines and ruling lines, whatever drew them."""

from recount.pipeline.read.pdf import pages_and_file, read_pdf
from recount.pipeline.read.texts import read_text

__all__ = ["pages_and_file", "read_pdf", "read_text"]

"""Stage 1, read: a file becomes pages of text lines and ruling lines, whatever drew them."""

from recount.pipeline.read.pdf import read_pdf
from recount.pipeline.read.texts import is_text, read_text

__all__ = ["is_text", "read_pdf", "read_text"]

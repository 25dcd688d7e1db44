"""Stage 1, read: a file becomes pages of text lines and ruling lines, whatever drew them."""

from recount.pipeline.read.pdf import read_pdf

__all__ = ["read_pdf"]

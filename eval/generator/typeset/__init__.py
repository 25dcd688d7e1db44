"""Typesetting of a report with pymupdf: blocks in, PDF bytes out."""

"""Invented words: names, reasons, duties, projects. Nothing here is taken from a real document."""

"""Invented words: names, reasons, duties, projects, none from a real document; and what the forms call their kinds."""

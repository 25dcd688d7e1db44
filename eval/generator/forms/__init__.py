"""The forms: gold in, blocks of text and tables out."""

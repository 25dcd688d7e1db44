"""What the recogniser gave, made the lines and cells of a page."""

"""From digital pages to scans of them, at a stated damage."""

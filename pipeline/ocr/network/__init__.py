"""The networks: where text lies on a picture, and what it says."""

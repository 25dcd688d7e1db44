"""Where reports lie: folders, zip archives, URLs; content hashes, and what a file may cost to open."""

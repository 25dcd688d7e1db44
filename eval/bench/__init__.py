"""What it costs: ratios on the same files in one process."""

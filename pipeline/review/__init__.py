"""What people decide about figures: kept beside the results, and applied whenever their reports are structured."""

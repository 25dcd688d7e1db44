"""What report families share."""

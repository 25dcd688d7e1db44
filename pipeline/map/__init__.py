"""The template mapper: reads the statutory wording and the statutory tables. No network, no cost."""

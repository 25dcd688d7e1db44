"""The results of an output folder as tables for other programs: tidy figures, rows, discrepancies."""

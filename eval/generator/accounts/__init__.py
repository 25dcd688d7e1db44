"""The little accounting model behind a generated report: the books of two years, or the lines of a budget, exactly."""

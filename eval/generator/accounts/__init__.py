"""The little accounting model behind a generated report: last year's and this year's exact amounts."""

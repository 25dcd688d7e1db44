"""The gold report: plain dicts in the contract's JSON shape, built from the books or a budget's lines."""

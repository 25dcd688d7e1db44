"""The statutory tables, by what stands in their heads and row labels."""

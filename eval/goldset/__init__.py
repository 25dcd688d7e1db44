"""The gold set of the repository: how its cases are made, and how it grows."""

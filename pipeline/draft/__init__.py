"""Families drafted from examples: their tables, the identities found in them, and the names that a model gives."""

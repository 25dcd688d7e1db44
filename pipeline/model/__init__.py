"""The model mapper: what a language model is asked about a report, and what is taken of its answers."""

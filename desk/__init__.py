"""What a person looks at: what is in doubt in a result, where on its page, and what was decided."""

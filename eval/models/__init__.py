"""What a model's answers come to: perfect ones, corrupted ones, those of a real model."""

"""What a model is asked: pieces of a report, as they are shown, and the prompt around them."""

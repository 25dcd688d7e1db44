"""What is taken of an answer: pairs resolved to tokens, evidence of the words, what is put right by them."""

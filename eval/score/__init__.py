"""What is right, and how much of it: gold and results aligned leaf by leaf, counted, compared."""

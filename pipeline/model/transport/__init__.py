"""How questions get to a model and answers back: endpoints, retries, budgets, and the file that keeps it all."""

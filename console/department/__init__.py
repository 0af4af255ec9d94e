"""A department's desk: its tasks and what it does with them."""

"""Figures: what is fast, what is right, measured the same way each time."""

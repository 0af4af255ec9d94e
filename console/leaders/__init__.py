"""The city on one page, for those who answer for it."""

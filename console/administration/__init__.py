"""Accounts, and how the system itself stands."""

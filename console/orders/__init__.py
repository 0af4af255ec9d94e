"""One order: its page, its history, and what may be done with it now."""

"""The desk of the 编办: where duties are disputed, and what settles it."""

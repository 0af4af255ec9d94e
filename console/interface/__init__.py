"""The HTTP interface for other programs."""

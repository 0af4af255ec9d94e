"""Which unit and why; pure functions, no input or output."""

"""Words and errors that every room shares."""

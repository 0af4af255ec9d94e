"""Findings (问题) and the periodic digest: state, commands, what follows. Import from the modules."""

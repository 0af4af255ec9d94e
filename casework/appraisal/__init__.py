"""Appraisal of units: the quarterly score sheet, and the sheets of a round. Import from the modules."""

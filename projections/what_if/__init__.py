"""What if: a draft edition replayed over a past period of real orders. Reads only; import from the modules."""

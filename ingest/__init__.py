"""How facts arrive: validate, key, seal, append. Knows no view."""

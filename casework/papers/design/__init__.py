"""How the templates we ship were drawn: `python -m casework.papers.design` makes them anew, byte for byte."""

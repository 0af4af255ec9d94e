"""Help inside the pages: a tour for each role, the keys, and what each page is for."""

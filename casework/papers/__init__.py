"""The papers of casework: what each says, its template, its number, and the file that comes of them."""

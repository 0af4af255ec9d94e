"""The register, from a table or a 三定 text to what is in force on a day."""

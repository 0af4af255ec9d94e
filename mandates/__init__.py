"""Who must do what, under which clause, from when until when."""

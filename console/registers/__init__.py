"""Reading the register: who must do what, since when, under which words."""

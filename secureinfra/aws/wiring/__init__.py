"""How services deliver to each other."""

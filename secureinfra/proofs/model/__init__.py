"""A configuration as proofs see it: its resources and principals, each with all that has a say about it."""

"""A configuration as objects: blocks, references, modules, plans."""

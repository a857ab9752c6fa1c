"""A construct or blueprint as the source of a module: which of its settings vary, and what it synthesises to with these as variables."""

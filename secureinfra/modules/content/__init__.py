"""The content of a module's files."""

"""A new project from a blueprint."""

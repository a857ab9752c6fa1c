"""The folder of a module: written, compared and regenerated."""

"""Glue: the data catalog, and crawlers that fill it."""

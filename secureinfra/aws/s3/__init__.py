"""Buckets: for data, for logs, and what both share."""

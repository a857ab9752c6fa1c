"""Streams and their delivery to buckets."""

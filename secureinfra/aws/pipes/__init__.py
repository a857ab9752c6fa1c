"""Pipes: point to point between a queue or stream and one target."""

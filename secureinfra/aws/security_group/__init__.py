"""Security groups and the connections they allow."""

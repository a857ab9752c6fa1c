"""Roles, their trust and their permissions."""

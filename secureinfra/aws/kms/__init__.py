"""Encryption keys and the services that may use them."""

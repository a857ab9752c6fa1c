"""Helpers that checks of several services share."""

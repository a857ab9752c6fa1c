"""The record of API calls."""

"""Runs controls on a configuration, and renders the findings for people and tools."""

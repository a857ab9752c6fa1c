"""Terraform JSON as the reading wing sees it; nothing here imports the engine."""

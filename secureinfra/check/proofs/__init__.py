"""Theorems run over configurations: a report, and its formats."""

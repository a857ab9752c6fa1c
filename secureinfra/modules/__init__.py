"""Terraform JSON written out as a reusable module: variables, outputs, tests, a page, and safe regeneration."""

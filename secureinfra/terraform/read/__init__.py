"""Terraform as it is on disk: JSON, HCL, folders."""

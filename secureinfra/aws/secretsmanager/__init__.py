"""Secrets Manager: secrets whose values are in no Terraform state."""

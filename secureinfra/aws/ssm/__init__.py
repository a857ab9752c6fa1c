"""Systems Manager: parameters whose values are in no Terraform state."""

"""What delivers infrastructure: roles for GitHub Actions and the Terraform state they share."""

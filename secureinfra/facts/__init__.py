"""Facts about AWS and Terraform that both wings use, each stated once."""

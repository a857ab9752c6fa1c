"""Controls as policies of Terraform's own policy language, which HCP Terraform evaluates in a run."""

"""The constructs, one per file, named after the Terraform type of its main resource without `aws_`."""

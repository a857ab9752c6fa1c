"""A construct or blueprint written as a Terraform module: entries -> build -> content -> folder."""

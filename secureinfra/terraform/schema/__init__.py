"""The AWS provider's schemas, packaged."""

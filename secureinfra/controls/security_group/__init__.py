"""Controls on security groups."""

"""Controls on web ACLs."""

"""Controls on security_group."""

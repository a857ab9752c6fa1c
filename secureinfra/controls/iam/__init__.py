"""Controls on policies, trust and identities."""

"""Controls on account-wide settings."""

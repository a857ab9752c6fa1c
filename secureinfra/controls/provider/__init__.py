"""Controls on the provider's configuration and on its schema."""

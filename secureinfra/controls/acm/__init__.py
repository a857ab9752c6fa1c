"""Controls on certificates."""

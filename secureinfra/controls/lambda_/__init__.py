"""Controls on functions."""

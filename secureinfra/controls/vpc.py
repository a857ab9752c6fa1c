"""Controls on vpc."""

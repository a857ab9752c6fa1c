"""Controls on API Gateway."""

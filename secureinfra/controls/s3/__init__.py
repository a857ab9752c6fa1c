"""Controls on buckets."""

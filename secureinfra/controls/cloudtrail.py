"""Controls on cloudtrail."""

"""Controls on iam."""

"""Controls on CloudTrail."""

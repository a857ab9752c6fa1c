"""Controls on log groups and alarms."""

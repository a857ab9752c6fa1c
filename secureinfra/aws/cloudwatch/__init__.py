"""Log groups, alarms, event buses and rules."""

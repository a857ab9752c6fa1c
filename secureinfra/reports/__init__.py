"""Reports to look at: one file for an engineer and an auditor, from the same findings as `secureinfra check`."""

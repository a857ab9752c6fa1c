"""Web ACLs: rules, logging, and what they protect."""

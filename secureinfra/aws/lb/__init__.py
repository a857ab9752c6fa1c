"""Load balancers with their listeners, targets and certificates."""

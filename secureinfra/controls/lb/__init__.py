"""Controls on load balancers."""

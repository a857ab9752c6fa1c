"""Databases of RDS: instances, and the groups and proxies beside them."""

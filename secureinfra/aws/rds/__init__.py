"""Clusters of Aurora; what they share with databases of RDS is in `db`."""

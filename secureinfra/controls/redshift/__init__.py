"""Controls on Redshift."""

"""The network map: zones are columns, tiers are rows, security groups are bars across them."""

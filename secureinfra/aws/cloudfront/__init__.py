"""Content delivery: a distribution, its origins, headers and logs."""

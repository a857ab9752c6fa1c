"""EC2 instances: what is single, and what instances of fleets have in common with it."""

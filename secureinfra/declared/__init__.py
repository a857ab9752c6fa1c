"""What constructs declare where they are defined, and what is derived from it."""

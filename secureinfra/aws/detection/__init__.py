"""Services that watch an account, and where their findings and history go."""

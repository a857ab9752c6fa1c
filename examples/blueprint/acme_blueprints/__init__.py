"""Blueprints of the platform team at Acme."""

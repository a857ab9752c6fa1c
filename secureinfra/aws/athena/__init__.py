"""Athena: workgroups that queries run in."""

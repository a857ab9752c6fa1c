"""Containers: clusters, services and their tasks."""

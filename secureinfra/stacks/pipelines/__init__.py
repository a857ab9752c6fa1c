"""Pipelines that plan and apply the stacks of a fleet."""

"""Adoption of what exists: a state or plan, mapped onto constructs, as a program that imports it."""

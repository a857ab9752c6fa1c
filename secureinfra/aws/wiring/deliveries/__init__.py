"""Deliveries between services: one matrix, and what each delivery needs."""

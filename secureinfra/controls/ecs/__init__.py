"""Controls on clusters, services and tasks."""

"""Controls run over a configuration, and what came of it in the forms that people and tools read."""

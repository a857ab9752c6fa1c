"""Files: written completely or not at all, and YAML with the location of each value."""

"""From settings files to root modules, fleets, pipelines and new projects."""

"""Projects from a settings file: blueprints by name, settings with their place in the file, stacks and fleets of them."""

"""From a construct to the source of a module: the only part of modules that starts an engine."""

"""The Model Context Protocol: what a client of it, such as an assistant in an editor, may ask this library."""

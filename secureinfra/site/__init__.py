"""The documentation site: its pages as Markdown, from the code and the repository, and a check of the built site."""

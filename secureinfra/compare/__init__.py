"""Two configurations compared: what would be destroyed or replaced, which protection goes, which access is added."""

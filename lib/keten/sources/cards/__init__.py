"""Cards: what a source is and how its files are read."""

"""Statistics that the notebooks need; each a plain function on plain tables."""

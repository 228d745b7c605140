"""Live sources: cards that describe tables, readers of their formats, and the door through which files come in."""

"""Charts: drawn once as a picture that needs no script."""

"""Publish reports as an edition in one move, and list the editions."""

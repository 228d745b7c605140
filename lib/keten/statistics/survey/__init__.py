"""Statistics on the answers of a client survey, protected against disclosure."""

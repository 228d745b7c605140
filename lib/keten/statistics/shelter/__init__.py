"""Statistics on the stays of people in shelter, protected against disclosure."""

"""Statistics on one series over time, and on what later deliveries made of it."""

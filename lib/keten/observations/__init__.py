"""All figures of all sources as one table, and which of them a report uses."""

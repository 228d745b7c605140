"""All that an edition can answer, worked out once: for a page that looks answers up and decides nothing."""

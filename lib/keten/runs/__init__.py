"""Execute notebooks, render reports, publish an edition."""

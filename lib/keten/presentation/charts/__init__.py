"""Charts: as a specification of Vega-Lite, drawn once as a picture that needs no script."""

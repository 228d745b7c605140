"""Execute notebooks in kernels that are forked from a warm server."""

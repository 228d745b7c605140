"""JupyterLab: the panel of a notebook, the style of its outputs, figures to take away."""

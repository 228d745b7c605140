"""What an analyst does with a figure or table in JupyterLab: look further, and take it away."""

"""Exploring in JupyterLab: what stands above the figures there and never in a report."""

from keten.explore.dress import dress

__all__ = ["dress"]

"""Exploring in JupyterLab: the panel of a notebook, the dress of its outputs, and figures to take away."""

from keten.explore.controls import panel
from keten.explore.dress import dress
from keten.explore.export import save

__all__ = ["dress", "panel", "save"]

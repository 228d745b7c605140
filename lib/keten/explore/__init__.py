"""Exploring in JupyterLab: the panel of a notebook, and figures to take away."""

from keten.explore.dress import dress
from keten.explore.export import save
from keten.explore.controls import panel

__all__ = ["dress", "panel", "save"]

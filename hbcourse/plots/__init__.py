"""Figures of the course. Each function draws on an Axes and returns it."""

from ._checks import calibration, funnel, rank_histogram
from ._curves import prior, prior_predictive, risk_curves, variance_parts
from ._palette import COMPLETE, DARK, GREY, LIGHT, POOLED, RAW, TRUTH
from ._units import forest, influence, shrinkage

__all__ = [
    "COMPLETE",
    "DARK",
    "GREY",
    "LIGHT",
    "POOLED",
    "RAW",
    "TRUTH",
    "calibration",
    "forest",
    "funnel",
    "influence",
    "prior",
    "prior_predictive",
    "rank_histogram",
    "risk_curves",
    "shrinkage",
    "variance_parts",
]

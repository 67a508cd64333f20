"""Posteriors of hierarchical models whose means and sds are known to eight digits, to test samplers against."""

from ._posterior import CertifiedPosterior, load, names

__all__ = ["CertifiedPosterior", "load", "names"]

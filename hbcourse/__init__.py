"""Bayesian hierarchical models: what the course computes with, checks answers with and grades with.

Submodules load on first use, so that ``import hbcourse`` stays as light as the standard library.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

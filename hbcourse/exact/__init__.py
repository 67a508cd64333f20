"""Posteriors by numerical integration: no sampling, no tuning, an answer in well under a millisecond."""

from ._hyperpriors import Flat, HalfCauchy, Normal
from ._marginals import NormalMixture, ScaleMarginal
from ._normal_hierarchy import NormalHierarchyPosterior, normal_hierarchy

__all__ = [
    "Flat",
    "HalfCauchy",
    "Normal",
    "NormalHierarchyPosterior",
    "NormalMixture",
    "ScaleMarginal",
    "normal_hierarchy",
]

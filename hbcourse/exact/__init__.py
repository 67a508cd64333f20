"""Posteriors by numerical integration: no sampling, no tuning, an answer in well under a millisecond."""

from ._hyperpriors import (
    Exponential,
    Flat,
    Gamma,
    HalfCauchy,
    HalfNormal,
    HalfT,
    InverseGamma,
    LogUniform,
    Normal,
    Power,
    ScalePrior,
)
from ._marginals import NormalMixture, ScaleMarginal
from ._normal_hierarchy import NormalHierarchyPosterior, normal_hierarchy

__all__ = [
    "Exponential",
    "Flat",
    "Gamma",
    "HalfCauchy",
    "HalfNormal",
    "HalfT",
    "InverseGamma",
    "LogUniform",
    "Normal",
    "NormalHierarchyPosterior",
    "NormalMixture",
    "Power",
    "ScaleMarginal",
    "ScalePrior",
    "normal_hierarchy",
]

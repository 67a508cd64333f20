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
from ._two_groups import SpikeAndSlab, TwoGroupsPosterior, two_groups

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
    "SpikeAndSlab",
    "TwoGroupsPosterior",
    "normal_hierarchy",
    "two_groups",
]

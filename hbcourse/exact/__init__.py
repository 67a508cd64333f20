"""Posteriors by numerical integration: no sampling, no tuning, an answer in milliseconds or less."""

from ._beta_binomial import BetaBinomialPosterior, beta_binomial
from ._gamma_poisson import GammaPoissonPosterior, gamma_poisson
from ._hyperpriors import (
    Beta,
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
from ._lattice_marginals import MeanMarginal, PanelMarginal
from ._marginals import NormalMixture, ScaleMarginal
from ._mixtures import BetaMixture, GammaMixture
from ._nested_marginals import LocationMarginal, SdMarginal
from ._nested_normal import NestedNormalPosterior, nested_normal
from ._normal_hierarchy import NormalHierarchyPosterior, normal_hierarchy
from ._plane_marginal import PlaneMarginal
from ._student_t_hierarchy import StudentTHierarchyPosterior, student_t_hierarchy
from ._two_groups import SpikeAndSlab, TwoGroupsPosterior, two_groups
from ._variance_components import MeanSquares, VarianceComponents, variance_components

__all__ = [
    "Beta",
    "BetaBinomialPosterior",
    "BetaMixture",
    "Exponential",
    "Flat",
    "Gamma",
    "GammaMixture",
    "GammaPoissonPosterior",
    "HalfCauchy",
    "HalfNormal",
    "HalfT",
    "InverseGamma",
    "LocationMarginal",
    "LogUniform",
    "MeanMarginal",
    "MeanSquares",
    "NestedNormalPosterior",
    "Normal",
    "NormalHierarchyPosterior",
    "NormalMixture",
    "PanelMarginal",
    "PlaneMarginal",
    "Power",
    "ScaleMarginal",
    "ScalePrior",
    "SdMarginal",
    "SpikeAndSlab",
    "StudentTHierarchyPosterior",
    "TwoGroupsPosterior",
    "VarianceComponents",
    "beta_binomial",
    "gamma_poisson",
    "nested_normal",
    "normal_hierarchy",
    "student_t_hierarchy",
    "two_groups",
    "variance_components",
]

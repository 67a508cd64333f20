"""Posteriors by numerical integration: no sampling, no tuning, an answer in milliseconds or less."""

from ._beta_binomial import BetaBinomialPosterior, beta_binomial
from ._between_sd import Method, between_sd
from ._gamma_poisson import GammaPoissonPosterior, gamma_poisson
from ._inverse_problem import InverseProblemPosterior, inverse_problem
from ._marginals import NormalMixture, ScaleMarginal
from ._nested_normal import NestedNormalPosterior, nested_normal
from ._normal_hierarchy import NormalHierarchyPosterior, normal_hierarchy
from ._priors import (
    Beta,
    Exponential,
    Flat,
    Gamma,
    HalfCauchy,
    HalfNormal,
    HalfT,
    Improper,
    InverseGamma,
    LogUniform,
    Normal,
    Power,
    ScalePrior,
)
from ._protocol import Marginal
from ._spike_and_slab import SpikeAndSlab
from ._student_t_hierarchy import StudentTHierarchyPosterior, student_t_hierarchy
from ._two_groups import TwoGroupsPosterior, two_groups
from ._variance_components import MeanSquares, VarianceComponents, variance_components

__all__ = [
    "Beta",
    "BetaBinomialPosterior",
    "Exponential",
    "Flat",
    "Gamma",
    "GammaPoissonPosterior",
    "HalfCauchy",
    "HalfNormal",
    "HalfT",
    "Improper",
    "InverseGamma",
    "InverseProblemPosterior",
    "LogUniform",
    "Marginal",
    "MeanSquares",
    "Method",
    "NestedNormalPosterior",
    "Normal",
    "NormalHierarchyPosterior",
    "NormalMixture",
    "Power",
    "ScaleMarginal",
    "ScalePrior",
    "SpikeAndSlab",
    "StudentTHierarchyPosterior",
    "TwoGroupsPosterior",
    "VarianceComponents",
    "beta_binomial",
    "between_sd",
    "gamma_poisson",
    "inverse_problem",
    "nested_normal",
    "normal_hierarchy",
    "student_t_hierarchy",
    "two_groups",
    "variance_components",
]

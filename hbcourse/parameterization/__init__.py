"""Centered and non-centered: one model in two geometries, what a sampler makes of each, and how to tell."""

from ._chains import ess, split_rhat
from ._densities import Parameterization, Parameters, Target, choose_parameterization, target
from ._diagnostics import Diagnostics, bias_in_mcse, diagnostics
from ._geometry import Curvature, conditional_sd, curvature, dependence, narrowing
from ._leapfrog import Trajectory, leapfrog

__all__ = [
    "Curvature",
    "Diagnostics",
    "Parameterization",
    "Parameters",
    "Target",
    "Trajectory",
    "bias_in_mcse",
    "choose_parameterization",
    "conditional_sd",
    "curvature",
    "dependence",
    "diagnostics",
    "ess",
    "leapfrog",
    "narrowing",
    "split_rhat",
    "target",
]

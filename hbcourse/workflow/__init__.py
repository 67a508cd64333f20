"""Checks that can fail: of the prior, of the fit, and of the computation."""

from ._calibration import Ranks, calibrate_normal_hierarchy, simulation_based_calibration
from ._leaving_out import leave_one_group_out, leave_one_observation_out
from ._predictive import (
    PredictiveCheck,
    predictive_check,
    probability_outside,
    replicate_new_groups,
    replicate_same_groups,
    share_outside,
)
from ._samplers import sample_plug_in, sample_without_prior

__all__ = [
    "PredictiveCheck",
    "Ranks",
    "calibrate_normal_hierarchy",
    "leave_one_group_out",
    "leave_one_observation_out",
    "predictive_check",
    "probability_outside",
    "replicate_new_groups",
    "replicate_same_groups",
    "sample_plug_in",
    "sample_without_prior",
    "share_outside",
    "simulation_based_calibration",
]

"""Inputs at which answers are compared with the solution: ours, not those of the exercises' tests."""

from typing import Any

import numpy as np

RNG = np.random.default_rng(14)
Cases = list[tuple[Any, ...]]


def array(*values: float) -> np.ndarray:
    """Numbers as an array of floats."""
    return np.array(values, dtype=float)


EQUAL, UNEQUAL = np.full(5, 1.5), array(0.3, 0.8, 1.5, 2.5, 6)
Y = array(2, -1.5, 4, 0.5, -7)
X, T = np.array([1, 0, 7, 30]), array(0.4, 1.2, 2.5, 9)
THETA = array(1.5, 0.7, 3.1, 3.4)
DEATHS, N = np.array([0, 18, 8, 46, 3]), np.array([47, 148, 119, 810, 30])
COUNTS = np.array([0, 0, 1, 3, 0, 2, 9, 1])
CHAINS = RNG.normal(size=(4, 40)).cumsum(axis=1) / 5 + array(0, 1, 0, 3)[:, None]
RATS = np.array([2, 0, 5, 9, 1, 4, 3]), np.array([10, 20, 14, 47, 3, 50, 31])
# The fourth group is never the highest.
DRAWS = RNG.normal(array(0, 0.5, 1, -50, 0.8), 1, size=(60, 5))
WEIGHTS = {
    n: np.array(n) / (np.array(n) + 20) for n in ((10, 50, 20), (50, 20, 10), (20, 50, 10, 20), (45, 100, 10, 40))
}

CASES: dict[str, dict[str, Cases]] = {
    "exchangeability": {
        "relabelling_range": [
            (array(1, 2, 3, 5), array(0, 4, 1, 2), array(1, 2, 0.5, 3)),
            (array(0, 1, 5, -2, 3, 8), array(3, -1, 0, 2, 6, 1), array(1, 2, 1, 0.5, 3, 1)),
            (array(1, 2, 3), array(2, 2, 2), array(1, 1, 1)),
        ],
        "sequence_probability": [
            (3, 2, 1, [1, 0, 0, 1, 1]), (3, 2, 0, [1, 0, 0]), (1, 4, 3, [0, 0]), (3, 2, -1, [1, 0, 1]),
        ],
        "most_units": [(-0.3,), (-0.25,), (-0.07,), (-0.5,), (-1.0,)],
        "distance": [(4, 16, 10), (10, 10, 2), (3, 2, 5), (1, 1, 1), (30, 170, 10)],
        "share_above": [(1, 4, 1, 20, 0.5), (2, 1, 3, 7, 0.43), (3, 3, 2, 12, 0.25), (2, 1, 1, 30, 0.5)],
        "mixing": [(2, 4, 2), (1, 3, 2), (5, 2, 3)],
        "between_sd": [
            (Y, EQUAL / 3, np.array([0, 0, 1, 1, 1])), (Y, UNEQUAL / 5, np.array([4, 4, 1, 1, 9])),
            (Y, UNEQUAL, np.zeros(5, dtype=int)), (Y / 9, UNEQUAL, np.array([0, 0, 0, 1, 1])),
        ],
    },
    "hierarchy": {
        "both_spared": [(2.0, 3.0, 1.5, ), (0.7, 0.5, 0.6), (6.0, 2.0, 0.3)],
        "log_joint": [(THETA, 5.0, 2.5, X, T), (THETA[:2], 0.8, 3.5, X[:2], T[:2]), (THETA, 12.0, 1.1, X[::-1], T)],
        "log_posterior": [(THETA, X, T, 5.0, 2.5), (THETA[:1], X[:1], T[:1], 2.0, 1.3), (THETA, X, T, 0.7, 0.4)],
        "log_evidence": [(X, T, 5.0, 2.5), (X[:1], T[:1], 2.0, 1.3), (X, T, 0.7, 0.4)],
        "estimates": [(X, T, 5.0, 2.5), (X, T, 0.7, 0.4)],
        "populations": [(3.0, 1.2), (1.0, 2.0), (5.0, 0.3)],
        "posterior_correlation": [(UNEQUAL, 1.3), (EQUAL, 0.5), (array(1, 9, 2), 4.0)],
        "next_sibling": [(array(1, 2, 4), 2.0, 1.5, 0.5), (array(3), 0.7, 2.0, -1.0), (array(5, 6, 9), 3.0, 4.0, 10.0)],
    },
    "james_stein": {
        "james_stein": [(Y, 1.0, 0.0), (Y, 2.5, 1.0), (Y, 9.0, -1.0), (Y[:3], 1.2, 4.0)],
        "toward_mean": [(Y, 1.0), (Y, 2.5), (Y + 3, 9.0), (Y[:4], 1.2)],
        "risk": [(5, 0.0), (3, 4.0), (12, 37.0), (8, 300.0), (40, 1000.0), (2, 5.0), (1, 3.0)],
        "risk_toward_mean": [(Y, 1.0), (Y, 2.5), (np.zeros(6), 0.3), (Y[:4], 1.2)],
        "loses": [(np.zeros(8),), (array(1, 0, -2, 3),), (array(0, 0, 0, 0, 0, 4),), (array(-1, 2, -1),)],
        "parts": [(0.3, 2.0, 1.5), (0.8, 0.5, -4.0), (1.0, 3.0, 2.0)],
    },
    "overdispersion": {
        "fano": [(COUNTS,), (np.array([1, 1, 2]),), (np.array([40, 3, 0, 8]),)],
        "by_moments": [(COUNTS,), (np.array([1, 1, 2]),), (np.array([0, 1]),), (np.array([40, 3, 0, 8]),)],
        "to_scipy": [(0.5, 2.0), (3.0, 0.7), (1.0, 1.0)],
        "mixture": [(0, 0.5, 1.5), (2, 1.0, 1.0), (14, 9.0, 2.0), (9, 8.0, 30.0)],
        "coverage": [(0.5, 1.0, 10), (3.0, 2.0, 5), (8.0, 6.0, 20), (2.0, 3.0, 4)],
        "next_accidents": [(3, 0.5, 2.0), (np.arange(5), 1.7, 0.8)],
        "zeros_check": [
            (COUNTS, RNG.poisson(1, (50, 8))), (np.array([0, 1, 2]), RNG.poisson(1, (40, 3))),
            (np.array([0, 0, 0, 1]), np.array([[0, 0, 0, 2], [0, 1, 0, 3]])),
        ],
    },
    "parameterization": {
        "widths": [(1.0, 2.0), (0.3, 0.2), (5.0, 1.0)],
        "log_density": [
            (np.zeros(6), 0.0, 0.0), (array(1, -1, 0.3, 0.5, -2, 1), 1.2, -1.0), (array(0, 1, 0, 1, 0, 1), -2.0, 1.1),
        ],
        "log_jacobian": [
            (2.0, np.array([True, False, True, True, False, False])), (0.4, np.zeros(6, bool)), (3.0, np.ones(6, bool)),
        ],
        "split_rhat": [(CHAINS,), (CHAINS[:2, :10],), (CHAINS[:1],)],
        "choose": [(1.5, 4.0, np.array([400, 4, 1, 9])), (2.0, 10.0, np.array([25, 24, 26])), (0.5, 1, np.array([4]))],
    },
    "pooling": {
        "standard_errors": [(DEATHS, N), (DEATHS[1:3], N[1:3])],
        "complete_pooling": [(Y, EQUAL), (Y, UNEQUAL), (Y[:2], UNEQUAL[:2])],
        "data_weight": [(1.3, UNEQUAL), (0.4, 2.0), (3.0, EQUAL)],
        "partial_pooling": [(Y, UNEQUAL, 1.3), (Y, EQUAL, 0.4), (Y, UNEQUAL, 0)],
        "risks": [(5, 0.7, 1.5), (12, 2.0, 0.6), (2, 1.0, 1.0)],
        "break_even": [(0.02, 0.08), (0.25, 0.5), (0.003, 0.3), (0.1, 0.4), (0.15, 0.1)],
        "coverage": [(8, 0.0, 1.0), (5, 1.0, 1.0), (3, 3.0, 1.0)],
    },
    "priors": {
        "needed_units": [(0,), (-0.5,), (-1,), (-2.5,), (0.7,), (1,), (2.2,), (3,)],
        "density_of_tau": [(array(0.1, 1, 2, 5), 1.5), (array(0.3, 4), 20.0)],
        "scale_for": [
            (family, limit, p)
            for family in ("half-normal", "exponential", "half-Cauchy") for limit, p in ((30.0, 0.05), (4.0, 0.2))
        ],
        "log_likelihood": [(tau,) for tau in (0.5, 3.0, 10.0, 40.0, 200.0)],
        "quantiles": [(4.0,), (20.0,)],
        "mass_below_1": [(0.1,), (1e-3,), (1e-8,), (1e-12,)],
    },
    "shrinkage": {
        "posterior": [(Y, UNEQUAL, 0.5, 1.3), (Y, EQUAL, -2.0, 0.4), (Y, UNEQUAL, 1.0, 0)],
        "data_weights": [(np.array(n), factor) for n, kappa in WEIGHTS.items() for factor in (kappa, 1 - kappa)],
        "rats_needed": [(0.3, 0.7, 2.0), (0.5, 1.0, 2.0), (0.9, 0.05, 0.41), (0.75, 1.3, 0.9)],
        "mu_sd": [(1.3, UNEQUAL), (0.4, EQUAL), (0, UNEQUAL)],
        "influence": [(1.3, UNEQUAL), (0.4, EQUAL)],
        "moment_tau": [(Y, UNEQUAL / 4), (Y, EQUAL), (Y / 9, UNEQUAL)],
        "coverage": [(4, 1.0, 2.0), (8, 0.5, 1.0), (20, 2.0, 1.0)],
        "extreme_sizes": [(*RATS, 1.4, 8.6, 3), (*RATS, 2.0, 2.0, 5), (*RATS, 0.5, 9.0, 2), (*RATS, 1.0, 30.0, 4)],
        "highest": [(DRAWS,), (DRAWS[:7, :3],)],
    },
}  # fmt: skip

SIMULATIONS = {"share_above", "both_spared", "loses", "coverage"}
UP_TO_A_CONSTANT = {"log_density", "log_likelihood"}
# Relative: what the exercise allows; of `quantiles`, what a sum over a few thousand values can do for the lowest.
TOLERANCE = {"quantiles": 0.08, "mass_below_1": 0.005, "mixture": 1e-5}

"""The mathematics of the moving figure on shrinkage, run in a browser, against the package."""

import numpy as np
import pytest

from hbcourse import datasets, exact, pooling

SCHOOLS = datasets.eight_schools()
Y, SIGMA = SCHOOLS.y.to_numpy(float), SCHOOLS.sigma.to_numpy(float)
RNG = np.random.default_rng(2)
DATA = [
    (Y, SIGMA),
    (RNG.normal(20, 5, 12), RNG.uniform(0.5, 8, 12)),
    (np.array([3.0, 9.0, -4.0, 1.0]), np.full(4, 2.0)),
]


@pytest.mark.parametrize("tau", [0, 0.5, 5, 40, float("inf")])
@pytest.mark.parametrize(("y", "sigma"), DATA)
def test_estimates_and_their_sds_are_those_of_the_package(module, y, sigma, tau):
    here, there = pooling.partial_pooling(y, sigma, tau), module("shrinkage", "partialPooling", [*y], [*sigma], tau)
    assert np.allclose(there["theta"], here.theta, rtol=1e-12)
    assert np.allclose(there["se"], here.se, rtol=1e-12)
    assert np.allclose(there["kappa"], here.data_weight, rtol=1e-12)
    assert there["mu"] == pytest.approx(here.mu, rel=1e-12)


@pytest.mark.parametrize(("y", "sigma"), DATA)
def test_the_posterior_of_tau_is_that_of_the_package(module, y, sigma):
    tau, taus = exact.normal_hierarchy(y, sigma).tau, np.array([0, 0.5, 1, 5, 13, 40])
    there = module("shrinkage", "tauPosterior", [*y], [*sigma], taus.tolist())
    assert np.allclose(there["density"], tau.pdf(taus), rtol=1e-5, atol=1e-9)
    assert np.allclose(there["cdf"], tau.cdf(taus), rtol=1e-5, atol=1e-7)


def test_all_of_the_posterior_lies_below_infinity(module):
    assert module("shrinkage", "tauPosterior", [*Y], [*SIGMA], [float("inf")])["cdf"] == [1]


def test_the_slider_runs_from_pooled_to_raw(module):
    assert module("shrinkage", "tauAt", 0, 81, 40) == 0
    assert module("shrinkage", "tauAt", 10, 81, 40) == 5
    assert module("shrinkage", "tauAt", 80, 81, 40) == 40
    assert module("shrinkage", "tauAt", 81, 81, 40) == float("inf")

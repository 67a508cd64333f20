"""The mathematics of the moving figure of the chapter on pooling, run in a browser, against the package."""

import numpy as np
import pytest

from hbcourse import pooling


@pytest.mark.parametrize("tau", [0, 0.3, 4, 100, float("inf")])
def test_partial_pooling_in_the_page_is_that_of_the_package(module, tau):
    rng = np.random.default_rng(1)
    y, sigma = rng.normal(20, 5, 12), rng.uniform(0.5, 8, 12)
    here, there = (
        pooling.partial_pooling(y, sigma, tau),
        module("pooling", "partialPooling", y.tolist(), sigma.tolist(), tau),
    )
    assert np.allclose(there["theta"], here.theta, rtol=1e-13)
    assert np.allclose(there["kappa"], here.data_weight, rtol=1e-13)
    assert there["mu"] == pytest.approx(here.mu, rel=1e-13)


def test_the_slider_runs_from_complete_to_no_pooling(module):
    assert module("pooling", "tauAt", 0, 4) == 0
    assert module("pooling", "tauAt", 0.5, 4) == 4
    assert module("pooling", "tauAt", 1, 4) == float("inf")


def test_mean_squared_error(module):
    assert module("pooling", "meanSquaredError", [1, 2], [3, 2]) == 2

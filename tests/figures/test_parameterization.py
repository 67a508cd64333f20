"""The mathematics of the moving figure of parameterization, run in a browser, against the package."""

import numpy as np
import pytest

from hbcourse import datasets, exact
from hbcourse import parameterization as forms

SCHOOLS = datasets.eight_schools()
Y, SIGMA = SCHOOLS.y.to_numpy(float), SCHOOLS.sigma.to_numpy(float)
FACTORS = [1 / 27, 1 / 3, 1.0, 3.0]


def fitted(factor):
    return exact.normal_hierarchy(Y, SIGMA * factor, exact.HalfCauchy(5), exact.Normal(0, 5))


@pytest.mark.parametrize("factor", FACTORS)
def test_quantiles_of_tau_in_the_page_are_those_of_the_package(module, factor):
    shares = [0.05, 0.25, 0.5, 0.75, 0.95]
    there = module("parameterization", "tauQuantiles", Y.tolist(), (SIGMA * factor).tolist(), 5, 5, shares)
    assert np.allclose(there, fitted(factor).tau.quantile(shares), rtol=2e-3)


@pytest.mark.parametrize("factor", FACTORS)
def test_the_narrowing_that_the_figure_tells_is_that_of_the_package(module, factor):
    ends = module("parameterization", "tauQuantiles", Y.tolist(), (SIGMA * factor).tolist(), 5, 5, [0.05, 0.95])
    for form, word in ((0, "centered"), (1, "noncentered")):
        low, high = (module("parameterization", "width", tau, SIGMA[0] * factor, form) for tau in ends)
        assert low == pytest.approx(float(forms.conditional_sd(ends[0], SIGMA[0] * factor, word)), rel=1e-12)
        assert max(low / high, high / low) == pytest.approx(forms.narrowing(fitted(factor), word)[0], rel=3e-3)


def test_mu_given_tau_is_that_of_the_package(module):
    posterior = fitted(1)
    for i in range(0, len(posterior.tau.node), 10):
        tau = float(posterior.tau.node[i])
        there = module("parameterization", "givenTau", Y.tolist(), SIGMA.tolist(), 5, 5, tau)
        assert there["mean"] == pytest.approx(float(posterior.mu.component_mean[i]), rel=1e-9)
        assert there["sd"] == pytest.approx(float(posterior.mu.component_sd[i]), rel=1e-9)


@pytest.mark.parametrize("factor", [0.1, 1.0])
def test_the_cloud_is_the_posterior(module, factor):
    rng, n, unit = np.random.default_rng(2), 4000, 2
    shares, a, b = (np.arange(n) + 0.5) / n, rng.normal(size=n), rng.normal(size=n)
    lists = [values.tolist() for values in (shares, a, b)]
    points = module("parameterization", "cloud", Y.tolist(), (SIGMA * factor).tolist(), 5, 5, unit, *lists)
    posterior = fitted(factor)
    for name, mean, sd in (
        ("theta", posterior.theta.mean()[unit], posterior.theta.sd()[unit]),
        ("mu", posterior.mu.mean(), posterior.mu.sd()),
    ):
        drawn = np.array([point[name] for point in points])
        assert abs(drawn.mean() - mean) < 4.5 * sd / np.sqrt(n)
        assert drawn.std() == pytest.approx(float(sd), rel=0.08)
    assert np.mean([point["tau"] for point in points]) == pytest.approx(float(posterior.tau.mean()), rel=0.01)


def test_the_coordinate_runs_from_a_deviation_to_z(module):
    assert module("parameterization", "coordinate", 7.0, 4.0, 2.0, 0) == 3.0
    assert module("parameterization", "coordinate", 7.0, 4.0, 2.0, 1) == 1.5

"""The mathematics of the moving figure of the chapter on priors, run in a browser, against the package."""

import numpy as np
import pytest

from hbcourse import datasets, exact

SCHOOLS = datasets.eight_schools()
Y, SIGMA = SCHOOLS.y.to_numpy(float), SCHOOLS.sigma.to_numpy(float)

FAMILIES = {
    "half-Cauchy": exact.HalfCauchy,
    "half-t, 4 degrees": lambda scale: exact.HalfT(4, scale),
    "exponential": exact.Exponential,
    "half-normal": exact.HalfNormal,
    "flat": lambda scale: exact.Flat(),
    "1/τ, cut": exact.LogUniform,
}


@pytest.mark.parametrize("scale", [0.5, 5.0, 50.0])
@pytest.mark.parametrize("family", FAMILIES)
def test_priors_in_the_page_are_those_of_the_package(module, family, scale):
    prior, tau = FAMILIES[family](scale), [0.6, 4.0, 70.0]
    there = [module("priors", "logPrior", family, scale, t) for t in tau if t > scale or family != "1/τ, cut"]
    here = [float(prior.log_density(t)) for t in tau if t > scale or family != "1/τ, cut"]
    assert np.allclose(there, here, rtol=1e-12, atol=1e-12)
    median = module("priors", "priorMedian", family, scale)
    if family in ("flat", "1/τ, cut"):
        assert median is None
    else:
        assert median == pytest.approx(float(prior.quantile(0.5)), rel=1e-8)


@pytest.mark.parametrize("J", [3, 8])
@pytest.mark.parametrize("scale", [0.5, 5.0, 50.0])
@pytest.mark.parametrize("family", FAMILIES)
def test_the_posterior_in_the_page_is_that_of_the_engine(module, family, scale, J):
    scale = scale / 1e3 if family == "1/τ, cut" else scale
    there = module("priors", "posterior", Y[:J].tolist(), SIGMA[:J].tolist(), family, scale)
    here = exact.normal_hierarchy(Y[:J], SIGMA[:J], FAMILIES[family](scale))
    assert np.allclose(there["quantiles"], here.tau.quantile([0.05, 0.5, 0.95]), rtol=2e-3)
    assert there["below1"] == pytest.approx(float(here.tau.cdf(1.0)), abs=5e-4)
    assert there["first"] == pytest.approx(here.theta.mean()[0], abs=2e-3)


def test_likelihood_of_tau_against_the_engine(module):
    tau = np.array([0.0, 0.5, 5.0, 80.0])
    found = [module("priors", "likelihood", Y.tolist(), SIGMA.tolist(), t) for t in tau]
    posterior = exact.normal_hierarchy(Y, SIGMA)
    assert np.allclose([one["mu"] for one in found], posterior.mu_given(tau)[0], rtol=1e-12)
    logs = np.array([one["log"] for one in found])
    density = np.log(posterior.tau.pdf(tau))
    assert np.allclose(logs - logs[0], density - density[0], atol=1e-8)


def test_the_slider_runs_over_scales_and_cuts(module):
    assert [module("priors", "scaleAt", at, "half-normal") for at in (0, 0.5, 1)] == pytest.approx([0.5, 5, 50])
    assert [module("priors", "scaleAt", at, "1/τ, cut") for at in (0, 0.5, 1)] == pytest.approx([1, 1e-4, 1e-8])

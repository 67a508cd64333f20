"""The priors' densities against scipy's, and what engines are told about their ends."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate, stats

from hbcourse import exact

TAU = np.array([0.01, 0.5, 1.0, 3.0, 40.0])

PROPER = {
    "half-Cauchy": (exact.HalfCauchy(5), stats.halfcauchy(scale=5)),
    "half-normal": (exact.HalfNormal(5), stats.halfnorm(scale=5)),
    "exponential": (exact.Exponential(2), stats.expon(scale=2)),
    "Gamma": (exact.Gamma(0.1, 1), stats.gamma(0.1)),
    "Gamma of shape 1": (exact.Gamma(1, 3), stats.expon(scale=1 / 3)),
    # Of the variance, with the Jacobian 2 tau.
    "inverse-Gamma": (exact.InverseGamma(0.5, 3), None),
    "half-t": (exact.HalfT(3, 2.5), None),
    "half-t of one degree": (exact.HalfT(1, 5), stats.halfcauchy(scale=5)),
}


def log_density(name):
    if name == "inverse-Gamma":
        return stats.invgamma(0.5, scale=3).logpdf(TAU**2) + np.log(2 * TAU)
    if name == "half-t":
        return stats.t(3, scale=2.5).logpdf(TAU) + np.log(2)
    return PROPER[name][1].logpdf(TAU)


@pytest.mark.parametrize("name", PROPER)
def test_log_density_against_scipy(name):
    assert np.allclose(PROPER[name][0].log_density(TAU), log_density(name), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", PROPER)
def test_verbs_agree_with_the_density(name):
    prior = PROPER[name][0]

    def mass(u):
        return np.exp(prior.log_density(np.exp([u]))[0] + u)

    for x in (0.5, 3.0):
        ends = (-250, -5, np.log(x))
        below = sum(integrate.quad(mass, *pair, limit=500)[0] for pair in pairwise(ends))
        assert float(prior.cdf(x)) == pytest.approx(below, rel=1e-6)
    assert np.allclose(prior.cdf(prior.quantile([0.1, 0.5, 0.9])), [0.1, 0.5, 0.9])
    draws = prior.sample(4000, np.random.default_rng(1))
    assert stats.kstest(draws, prior.cdf).pvalue > 1e-4


@pytest.mark.parametrize("prior", [*(p for p, _ in PROPER.values()), exact.Flat(), exact.Power(1.5)])
def test_head_and_tail_are_the_powers_of_the_density(prior):
    low, high = 1e-6 * np.array([1.0, 10.0]), 1e7 * np.array([1.0, 10.0])
    if np.isfinite(prior.head):
        assert np.diff(prior.log_density(low))[0] / np.log(10) == pytest.approx(prior.head, abs=1e-3)
    if np.isfinite(prior.tail):
        assert np.diff(prior.log_density(high))[0] / np.log(10) == pytest.approx(-prior.tail, abs=1e-3)


def test_nothing_is_drawn_from_infinite_mass():
    for prior in (exact.Flat(), exact.Power(1), exact.LogUniform(0.1)):
        with pytest.raises(ValueError, match="prior must be proper here; the mass of"):
            prior.sample(1, np.random.default_rng(1))


@pytest.mark.parametrize(
    ("other", "own"),
    [
        (lambda: exact.HalfNormal(sigma=2), exact.HalfNormal(2)),
        (lambda: exact.HalfCauchy(beta=2), exact.HalfCauchy(2)),
        (lambda: exact.HalfT(nu=3, sigma=2), exact.HalfT(3, 2)),
        (lambda: exact.Normal(mu=1, sigma=2), exact.Normal(1, 2)),
        (lambda: exact.Normal(loc=1, scale=2), exact.Normal(1, 2)),
        (lambda: exact.Gamma(alpha=1, beta=2), exact.Gamma(1, 2)),
        (lambda: exact.InverseGamma(alpha=1, beta=2), exact.InverseGamma(1, 2)),
        (lambda: exact.InverseGamma(a=1, scale=2), exact.InverseGamma(1, 2)),
        (lambda: exact.Beta(alpha=1, beta=2), exact.Beta(1, 2)),
        (lambda: exact.HalfNormal(scale=2), exact.HalfNormal(2)),
    ],
)
def test_words_of_pymc_and_scipy_work(other, own):
    assert other() == own
    assert repr(other()) == repr(own)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: exact.Exponential(lam=2), r"^Exponential takes scale, not lam, where scale is the mean, 1 / lam$"),
        (lambda: exact.Gamma(1, scale=2), r"^Gamma takes shape and rate, not scale, where rate is 1 / scale$"),
        (lambda: exact.HalfNormal(tau=2), r"^HalfNormal takes scale, not tau$"),
        (lambda: exact.HalfNormal(1, sigma=2), r"^HalfNormal takes scale once; got it again as sigma$"),
        (lambda: exact.HalfNormal(), "scale"),
    ],
)
def test_words_that_do_not_are_named(call, message):
    with pytest.raises(TypeError, match=message):
        call()

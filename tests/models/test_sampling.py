"""Draws from the PyMC models against the exact engines, within Monte Carlo error."""

from types import SimpleNamespace

import arviz as az
import numpy as np
import pymc as pm
import pytest

from hbcourse import datasets, exact, models, regularization

SCHOOLS, PUMPS, SURGICAL = datasets.eight_schools(), datasets.pumps(), datasets.surgical()
PRIORS = {"tau_prior": exact.HalfCauchy(5), "mu_prior": exact.Normal(0, 5)}
COUNT_PRIORS = exact.Exponential(1), exact.Gamma(2, 2)
KAPPA_PRIOR = exact.Gamma(2, 0.05)


def sampled(model, **settings):
    with model:
        return pm.sample(2000, chains=4, random_seed=1, progressbar=False, quiet=True, **settings)


def assert_agreement(draws, posterior, names):
    """Means and sds of the draws are those of the exact posterior, within 4.5 standard errors of the draws."""
    summary = az.summary(draws, var_names=names, round_to=8)
    assert (summary["ess_bulk"] > 400).all()
    assert (summary["r_hat"] < 1.01).all()
    exactly = [getattr(posterior, name) for name in names]
    means = np.concatenate([np.ravel(marginal.mean()) for marginal in exactly])
    sds = np.concatenate([np.ravel(marginal.sd()) for marginal in exactly])
    # At most 48 numbers are compared: 4.5 standard errors leave a chance of 1 in 3,000 that a right one fails.
    assert np.all(abs(summary["mean"].to_numpy() - means) < 4.5 * summary["mcse_mean"].to_numpy())
    assert np.all(abs(summary["sd"].to_numpy() - sds) < 4.5 * summary["mcse_sd"].to_numpy())


def test_normal_hierarchy_is_sampled_in_silence(capfd):
    model = models.normal_hierarchy(SCHOOLS.y, SCHOOLS.sigma, **PRIORS, unit=SCHOOLS.school)
    draws = sampled(model, target_accept=0.95)
    assert capfd.readouterr() == ("", "")
    assert list(draws.posterior["theta"].coords["unit"].values) == list("ABCDEFGH")
    assert_agreement(draws, exact.normal_hierarchy(SCHOOLS.y, SCHOOLS.sigma, **PRIORS), ["mu", "tau", "theta"])


@pytest.mark.calibration
def test_normal_hierarchy_with_precise_units_centered_and_others_not():
    y, sigma = [3.0, -2.0, 1.0, 5.0, -4.0, 2.0], np.array([0.1, 0.1, 0.1, 10.0, 10.0, 10.0])
    form = np.where(sigma < 1, "centered", "noncentered")
    draws = sampled(models.normal_hierarchy(y, sigma, **PRIORS, parameterization=form), target_accept=0.95)
    assert_agreement(draws, exact.normal_hierarchy(y, sigma, **PRIORS), ["mu", "tau", "theta"])


@pytest.mark.calibration
def test_student_t_hierarchy_with_one_unit_far_off():
    y, priors = [-1, -0.5, 0, 0.5, 1, 12], {"tau_prior": exact.HalfNormal(2), "mu_prior": exact.Normal(0, 5)}
    draws = sampled(models.student_t_hierarchy(y, 1.0, 4, **priors), target_accept=0.95)
    assert_agreement(draws, exact.student_t_hierarchy(y, 1.0, 4, **priors), ["mu", "tau", "theta"])


@pytest.mark.calibration
def test_gamma_poisson():
    data = PUMPS.failures, PUMPS.t_1000h, *COUNT_PRIORS
    draws = sampled(models.gamma_poisson(*data))
    assert_agreement(draws, exact.gamma_poisson(*data), ["alpha", "beta", "theta"])


def test_beta_binomial():
    data = SURGICAL.deaths, SURGICAL.n, KAPPA_PRIOR, exact.Beta(1, 9)
    draws = sampled(models.beta_binomial(*data))
    assert_agreement(draws, exact.beta_binomial(*data), ["mu", "kappa", "theta"])


@pytest.mark.calibration
def test_nested_normal():
    rng = np.random.default_rng(3)
    y = 2 + rng.normal(0, 1.5, (5, 1, 1)) + rng.normal(0, 0.8, (5, 3, 1)) + rng.normal(0, 0.6, (5, 3, 3))
    data = y, (exact.HalfNormal(2), exact.HalfNormal(1)), exact.HalfNormal(1), exact.Normal(0, 5)
    posterior = exact.nested_normal(*data)
    named = {
        "mu": posterior.mu,
        "tau_region": posterior.tau[0],
        "tau_site": posterior.tau[1],
        "sigma": posterior.sigma,
        "phi": posterior.theta[0],
        "theta": posterior.theta[1],
    }
    draws = sampled(models.nested_normal(*data, parameterization="centered"), target_accept=0.9)
    assert_agreement(draws, SimpleNamespace(**named), list(named))


@pytest.mark.calibration
def test_inverse_problem():
    problem = regularization.blur(8, width=0.1)
    data = problem.A, problem.observe(0.05, np.random.default_rng(2)), 0.05, exact.HalfNormal(2)
    draws = sampled(models.inverse_problem(*data), target_accept=0.9)
    assert_agreement(draws, exact.inverse_problem(*data), ["tau", "x"])

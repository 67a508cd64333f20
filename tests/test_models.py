"""PyMC models against the exact engine."""

import arviz as az
import numpy as np
import pymc as pm
import pytest

from hbcourse import datasets, exact, models

SCHOOLS = datasets.eight_schools()
PRIORS = {"tau_prior": exact.HalfCauchy(5), "mu_prior": exact.Normal(0, 5)}


def test_noncentered_draws_agree_with_the_exact_posterior():
    model = models.normal_hierarchy(SCHOOLS.y, SCHOOLS.sigma, **PRIORS, unit=SCHOOLS.school)
    with model:
        draws = pm.sample(2000, chains=4, target_accept=0.95, random_seed=1, progressbar=False, quiet=True)
    assert list(draws.posterior["theta"].coords["unit"].values) == list("ABCDEFGH")
    summary = az.summary(draws, var_names=["mu", "tau", "theta"], round_to=8)
    assert (summary["ess_bulk"] > 400).all()
    assert (summary["r_hat"] < 1.01).all()
    posterior = exact.normal_hierarchy(SCHOOLS.y, SCHOOLS.sigma, **PRIORS)
    means = np.r_[posterior.mu.mean(), posterior.tau.mean(), posterior.theta.mean()]
    sds = np.r_[posterior.mu.sd(), posterior.tau.sd(), posterior.theta.sd()]
    # Ten means and ten sds are compared: 4.5 standard errors leave a chance of 1 in 7,000 that a right one fails.
    assert np.all(abs(summary["mean"].to_numpy() - means) < 4.5 * summary["mcse_mean"].to_numpy())
    assert np.all(abs(summary["sd"].to_numpy() - sds) < 4.5 * summary["mcse_sd"].to_numpy())


@pytest.mark.parametrize("priors", [PRIORS, {}])
def test_the_two_parameterizations_are_one_model(priors):
    # log p(mu, tau, z) = log p(mu, tau, theta) + J log tau at theta = mu + tau z.
    rng = np.random.default_rng(3)
    centered, noncentered = (
        models.normal_hierarchy(SCHOOLS.y, SCHOOLS.sigma, **priors, parameterization=form)
        for form in ("centered", "noncentered")
    )
    log_centered, log_noncentered = centered.compile_logp(), noncentered.compile_logp()
    gaps = []
    for _ in range(5):
        mu, log_tau, z = rng.normal(5, 5), rng.normal(1, 1), rng.normal(size=8)
        tau = np.exp(log_tau)
        at = {"mu": mu, "tau_log__": log_tau}
        gaps.append(log_centered(at | {"theta": mu + tau * z}) + 8 * log_tau - log_noncentered(at | {"z": z}))
    assert np.allclose(gaps, 0, atol=1e-9)


def test_bad_arguments_get_one_sentence():
    with pytest.raises(ValueError, match="parameterization must be 'centered' or 'noncentered'; got 'both'"):
        models.normal_hierarchy([1, 2, 3], 1, parameterization="both")
    with pytest.raises(ValueError, match="unit must have one label for each y, 3; got 2"):
        models.normal_hierarchy([1, 2, 3], 1, unit=["a", "b"])
    with pytest.raises(ValueError, match="sigma must be positive"):
        models.normal_hierarchy([1, 2, 3], -1)

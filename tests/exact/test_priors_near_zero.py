"""Priors that are infinite at zero: each engine is right under them, or refuses them in one sentence."""

import numpy as np
import pytest
from scipy import stats

from hbcourse import exact

Y, SIGMA = [28, 8, -3, 7, -1, 1, 18, 12], [15, 10, 16, 11, 9, 11, 10, 18]
TABLE = [[5.0, 6.1, 5.4], [8.2, 7.7, 8.8], [6.9, 6.0, 6.4], [4.1, 5.2, 4.4]]
#: A prior under which each engine is tested elsewhere: its posterior over it is the likelihood.
PLAIN = exact.HalfNormal(20)
#: Where only that holds the density far enough down.
STEEP = exact.Gamma(0.1, 0.1)
FITS = {
    "normal_hierarchy": lambda prior: exact.normal_hierarchy(Y, SIGMA, prior, exact.Normal(0, 10)).tau,
    "normal_hierarchy, a batch": lambda prior: exact.normal_hierarchy([Y, Y], SIGMA, prior, exact.Normal(0, 10)).tau,
    "student_t_hierarchy": lambda prior: exact.student_t_hierarchy(Y, SIGMA, 4, prior, exact.Normal(0, 10)).tau,
    "nested_normal, between": lambda prior: exact.nested_normal(TABLE, prior, exact.HalfNormal(5)).tau[0],
    "nested_normal, within": lambda prior: exact.nested_normal(TABLE, exact.HalfNormal(5), prior).sigma,
    "inverse_problem": lambda prior: exact.inverse_problem(np.eye(3), [0.3, -1.2, 0.5], 1.0, prior).tau,
    "beta_binomial": lambda prior: exact.beta_binomial([2, 0, 7], 10, prior).kappa,
    "gamma_poisson, shape": lambda prior: exact.gamma_poisson([2, 0, 7], 1.0, prior, PLAIN).alpha,
    "gamma_poisson, no events": lambda prior: exact.gamma_poisson([0, 0, 0], 1.0, prior, PLAIN).alpha,
}
#: Below it a likelihood is what it is at zero, and the prior's mass has a closed form.
LOWEST = -22.0


def reweighted(plain, plain_prior, prior):
    """Mean and sd under another prior, from the density under the plain one: sums over the log."""
    step = 2e-3
    log_tau = np.arange(LOWEST, np.log(float(np.max(plain.quantile(1 - 1e-9)))) + 1, step)
    tau = np.exp(log_tau)
    log_pdf = (
        np.array([np.ravel(plain.log_pdf(value))[0] for value in tau]) if np.ndim(plain.mean()) else plain.log_pdf(tau)
    )
    log_likelihood = log_pdf - plain_prior.log_density(tau)
    # Where the density under the plain prior is not held there is nothing.
    known = np.isfinite(log_likelihood)
    first = np.flatnonzero(known)[0]
    log_likelihood[:first] = (
        log_likelihood[first] if log_likelihood[first] > log_likelihood[known].max() - 20 else -np.inf
    )
    mass = step * np.exp(log_likelihood - log_likelihood[known].max() + prior.log_density(tau) + log_tau)
    mass[0] /= 2
    below = np.exp(log_likelihood[0] - log_likelihood[known].max()) * stats.gamma(
        prior.shape, scale=1 / prior.rate
    ).cdf(tau[0])
    total = mass.sum() + below
    mean = mass @ tau / total
    return mean, np.sqrt((mass @ (tau - mean) ** 2 + below * mean**2) / total)


@pytest.mark.parametrize("power", [-0.999, -0.99, -0.98, -0.93, -0.7])
@pytest.mark.parametrize("name", FITS)
def test_a_prior_that_is_infinite_at_zero(name, power):
    prior = exact.Gamma(1 + power, 0.1)
    try:
        found = FITS[name](prior)
    except ValueError as refusal:
        assert power < -0.93
        assert str(prior) in str(refusal)  # noqa: PT017
        return
    plain = STEEP if name.startswith("gamma") else PLAIN
    mean, sd = reweighted(FITS[name](plain), plain, prior)
    assert np.allclose(found.mean(), mean, rtol=1e-6)
    assert np.allclose(found.sd(), sd, rtol=1e-5)


@pytest.mark.parametrize("fit", [FITS["normal_hierarchy"], FITS["inverse_problem"]])
@pytest.mark.parametrize("prior", [exact.Gamma(1e-5, 1), exact.Power(-0.9999), exact.Power(-1)])
def test_a_prior_with_nearly_all_of_its_mass_at_zero_is_refused(fit, prior):
    with pytest.raises(ValueError, match=r"^tau_prior must (have finite mass near|rise toward) tau = 0"):
        fit(prior)

"""Simulation-based calibration of every PyMC model: `make calibration`.

Parameters are drawn from the priors and data from the parameters, by NumPy; among draws from the posterior of such data
the true value has a uniform rank (Cook, Gelman and Rubin 2006; Talts et al. 2018). Each model is compiled once and the
data exchanged in it.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import nutpie
import pymc as pm
import pytest
from numpy.typing import NDArray
from scipy import stats

from hbcourse import exact, models

pytestmark = pytest.mark.calibration

DATA_SETS, TUNE, RANKS, THIN, BINS = 300, 400, 99, 8, 20
J = 6

Truth = Mapping[str, float | NDArray[np.float64]]


class Case(NamedTuple):
    """How data come about, and the model of them.

    ``simulate`` returns the true parameters by name and the data; of a vector the first entry is ranked.
    """

    simulate: Callable[[np.random.Generator], tuple[Truth, NDArray[np.float64]]]
    build: Callable[[NDArray[np.float64]], pm.Model]


def ranks(case: Case, data_sets: int = DATA_SETS) -> dict[str, NDArray[np.int64]]:
    """Rank of each true parameter among thinned posterior draws, (data_sets,), from 0 to RANKS."""
    rng = np.random.default_rng(20)
    model = case.build(case.simulate(rng)[1])
    compiled, container = nutpie.compile_pymc_model(model), f"{model.observed_RVs[0].name}_data"
    found: dict[str, list[int]] = {}
    for seed in range(data_sets):
        truth, data = case.simulate(rng)
        draws = nutpie.sample(
            compiled.with_data(**{container: data}),
            draws=RANKS * THIN,
            tune=TUNE,
            chains=1,
            seed=seed,
            target_accept=0.9,
            progress_bar=False,
        )
        for name, value in truth.items():
            thinned = draws.posterior[name].to_numpy()[0, ::THIN].reshape(RANKS, -1)[:, 0]
            found.setdefault(name, []).append(int((thinned < np.ravel(value)[0]).sum()))
    return {name: np.array(rank) for name, rank in found.items()}


def p_value(rank: NDArray[np.int64]) -> float:
    """Chi-square test of uniform ranks."""
    return float(stats.chisquare(np.bincount(rank * BINS // (RANKS + 1), minlength=BINS)).pvalue)


SIGMA = np.array([0.3, 0.5, 0.8, 1.0, 1.5, 2.0])
MU, NARROW = exact.Normal(1, 2), exact.Normal(0, 1)


def one(prior, rng):
    """A draw from a prior, by the exact engine's own code."""
    return float(prior.sample(1, rng)[0])


def normal(parameterization, tau_prior, sigma_of_model=SIGMA, tau_prior_of_model=None):
    def simulate(rng):
        mu, tau = one(MU, rng), one(tau_prior, rng)
        theta = rng.normal(mu, tau, J)
        return {"mu": mu, "tau": tau, "theta": theta}, rng.normal(theta, SIGMA)

    def build(y):
        return models.normal_hierarchy(y, sigma_of_model, tau_prior_of_model or tau_prior, MU, parameterization)

    return Case(simulate, build)


def student_t(tau_prior=exact.HalfNormal(1.5), df=4):
    def simulate(rng):
        mu, tau = one(MU, rng), one(tau_prior, rng)
        theta = mu + tau * rng.standard_t(df, J)
        return {"mu": mu, "tau": tau, "theta": theta}, rng.normal(theta, SIGMA)

    return Case(simulate, lambda y: models.student_t_hierarchy(y, SIGMA, df, tau_prior, MU))


EXPOSURE = np.array([1.0, 2, 5, 10, 20, 40])


def gamma_poisson(alpha_prior=exact.Gamma(4, 2), beta_prior=exact.Gamma(4, 2)):
    def simulate(rng):
        alpha, beta = one(alpha_prior, rng), one(beta_prior, rng)
        theta = rng.gamma(alpha, 1 / beta, J)
        return {"alpha": alpha, "beta": beta, "theta": theta}, rng.poisson(EXPOSURE * theta)

    return Case(simulate, lambda x: models.gamma_poisson(x, EXPOSURE, alpha_prior, beta_prior))


def lognormal_poisson(tau_prior=exact.HalfNormal(1)):
    def simulate(rng):
        mu, tau = one(NARROW, rng), one(tau_prior, rng)
        theta = np.exp(rng.normal(mu, tau, J))
        return {"mu": mu, "tau": tau, "theta": theta}, rng.poisson(EXPOSURE * theta)

    return Case(simulate, lambda x: models.lognormal_poisson(x, EXPOSURE, tau_prior, NARROW))


def negative_binomial(population, tau_prior, trials=8):
    unit, mu_prior, alpha_prior = np.repeat(range(J), trials), exact.Normal(1.5, 0.5), exact.Gamma(4, 1)

    def simulate(rng):
        mu, tau, alpha = one(mu_prior, rng), one(tau_prior, rng), one(alpha_prior, rng)
        if population == "lognormal":
            theta = np.exp(rng.normal(mu, tau, J))
        else:
            theta = rng.gamma(1 / tau**2, tau**2 * np.exp(mu), J)
        # A Poisson count whose rate varies from trial to trial.
        x = rng.poisson(theta[unit] * rng.gamma(alpha, 1 / alpha, len(unit)))
        return {"mu": mu, "tau": tau, "alpha": alpha, "theta": theta}, x

    return Case(
        simulate,
        lambda x: models.negative_binomial(x, unit, tau_prior, mu_prior, alpha_prior, population=population),
    )


TRIALS = np.array([3, 5, 10, 20, 40, 80])


def beta_binomial(kappa_prior=exact.Gamma(4, 0.5), mu_prior=exact.Beta(2, 3)):
    def simulate(rng):
        mu, kappa = rng.beta(mu_prior.a, mu_prior.b), one(kappa_prior, rng)
        theta = rng.beta(mu * kappa, (1 - mu) * kappa, J)
        return {"mu": mu, "kappa": kappa, "theta": theta}, rng.binomial(TRIALS, theta)

    return Case(simulate, lambda y: models.beta_binomial(y, TRIALS, kappa_prior, mu_prior))


def logit_normal(tau_prior=exact.HalfNormal(1)):
    table = np.linspace(-1, 1, J)[:, None]

    def simulate(rng):
        mu, tau, slope = one(NARROW, rng), one(tau_prior, rng), one(NARROW, rng)
        theta = 1 / (1 + np.exp(-rng.normal(mu + table[:, 0] * slope, tau)))
        return {"mu": mu, "tau": tau, "slope": slope, "theta": theta}, rng.binomial(TRIALS, theta)

    return Case(simulate, lambda y: models.logit_normal(y, TRIALS, tau_prior, NARROW, table, NARROW))


def nested_normal():
    region_prior, site_prior, sigma_prior = exact.HalfNormal(2), exact.Exponential(1), exact.Gamma(4, 4)
    # Unbalanced: four regions with one to three sites, each with one to three plots.
    shape = [[1, 2, 3], [3, 3], [2], [3, 1, 2]]
    sites = [(r, s) for r, plots in enumerate(shape) for s in range(len(plots))]
    of_plot = np.repeat(range(len(sites)), [n for plots in shape for n in plots])
    region, site = np.array(sites)[of_plot].T

    def simulate(rng):
        mu, between, within, sigma = (one(p, rng) for p in (MU, region_prior, site_prior, sigma_prior))
        phi = rng.normal(mu, between, len(shape))
        theta = rng.normal(phi[[r for r, _ in sites]], within)
        truth = {"mu": mu, "tau_region": between, "tau_site": within, "sigma": sigma, "phi": phi, "theta": theta}
        return truth, rng.normal(theta[of_plot], sigma)

    return Case(
        simulate,
        lambda y: models.nested_normal(y, (region_prior, site_prior), sigma_prior, MU, site=site, region=region),
    )


def varying_slopes(eta=2.0):
    tau_prior, sigma_prior, mu_prior = (exact.HalfNormal(1), exact.Gamma(4, 4)), exact.Gamma(4, 4), (MU, NARROW)
    group, x = np.repeat(range(J), 5), np.tile(np.linspace(-1, 1, 5), J)

    def simulate(rng):
        sigma, rho = one(sigma_prior, rng), 2 * rng.beta(eta, eta) - 1
        mu, tau = np.array([one(p, rng) for p in mu_prior]), np.array([one(p, rng) for p in tau_prior])
        covariance = np.outer(tau, tau) * [[1, rho], [rho, 1]]
        theta = rng.multivariate_normal(mu, covariance, J)
        truth = {"mu_intercept": mu[0], "mu_slope": mu[1], "tau_intercept": tau[0], "tau_slope": tau[1]}
        y = rng.normal(theta[group, 0] + theta[group, 1] * x, sigma)
        return truth | {"rho": rho, "sigma": sigma, "theta": theta}, y

    return Case(simulate, lambda y: models.varying_slopes(y, x, group, tau_prior, sigma_prior, mu_prior, eta))


def two_groups(slab_prior=exact.Gamma(4, 1), pi0_prior=exact.Beta(6, 3)):
    sigma = np.tile([0.5, 1.0, 1.5], 20)

    def simulate(rng):
        pi0, slab = rng.beta(pi0_prior.a, pi0_prior.b), one(slab_prior, rng)
        effect = rng.normal(0, slab, len(sigma)) * (rng.uniform(size=len(sigma)) > pi0)
        return {"pi0": pi0, "slab": slab}, rng.normal(effect, sigma)

    return Case(simulate, lambda z: models.two_groups(z, sigma, slab_prior, pi0_prior))


def inverse_problem(tau_prior=exact.HalfT(5, 1)):
    # A blur: each measurement sees its neighbourhood.
    A = np.exp(-(np.subtract.outer(np.linspace(0, 1, 10), np.linspace(0, 1, 8)) ** 2) / 0.05)

    def simulate(rng):
        tau = one(tau_prior, rng)
        x = rng.normal(0, tau, A.shape[1])
        return {"tau": tau, "x": x}, rng.normal(A @ x, 0.3)

    return Case(simulate, lambda y: models.inverse_problem(A, y, 0.3, tau_prior))


MIXED = ["centered"] * 3 + ["noncentered"] * 3
CASES = {
    "normal_hierarchy": normal("noncentered", exact.HalfNormal(1.5)),
    "normal_hierarchy, mixed, inverse gamma": normal(MIXED, exact.InverseGamma(3, 4)),
    "student_t_hierarchy": student_t(),
    "gamma_poisson": gamma_poisson(),
    "lognormal_poisson": lognormal_poisson(),
    "negative_binomial, lognormal": negative_binomial("lognormal", exact.Gamma(4, 8)),
    "negative_binomial, gamma": negative_binomial("gamma", exact.Gamma(4, 8)),
    "beta_binomial": beta_binomial(),
    "logit_normal": logit_normal(),
    "nested_normal": nested_normal(),
    "varying_slopes": varying_slopes(),
    "two_groups": two_groups(),
    "inverse_problem": inverse_problem(),
}

BROKEN = {
    "sigma half as large": (normal("noncentered", exact.HalfNormal(1.5), sigma_of_model=SIGMA / 2), "tau"),
    "prior a third as wide": (
        normal("noncentered", exact.HalfNormal(1.5), tau_prior_of_model=exact.HalfNormal(0.5)),
        "tau",
    ),
}


def test_every_model_is_here():
    assert {name.split(",")[0] for name in CASES} == set(models.__all__)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_ranks_of_true_parameters_are_uniform(case):
    # Some fifty p-values in all: one below 1e-4 comes by chance in 1 of 200 changes of the seeds.
    p_values = {name: p_value(rank) for name, rank in ranks(case).items()}
    print(p_values)
    assert min(p_values.values()) > 1e-4, p_values


@pytest.mark.parametrize(("case", "caught_by"), BROKEN.values(), ids=BROKEN)
def test_a_broken_model_is_caught(case, caught_by):
    p_values = {name: p_value(rank) for name, rank in ranks(case).items()}
    print(p_values)
    assert p_values[caught_by] < 1e-6, p_values

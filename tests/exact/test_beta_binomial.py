"""The Beta-binomial posterior against sums over fine grids, weighted draws, print, and what must hold for any data."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import interpolate, special, stats

from hbcourse import datasets, exact

RATS = datasets.rat_tumor()
Y, N = RATS.y.to_numpy(), RATS.n.to_numpy()


def rats() -> exact.BetaBinomialPosterior:
    return exact.beta_binomial(Y, N)


def log_pmf(y, n, alpha, beta):
    """Of the beta-binomial, from draws out of an urn: exact where scipy's beta functions have lost all digits."""
    total = np.log(special.comb(n, y)) + sum(np.log(alpha + i) for i in range(y))
    return total + sum(np.log(beta + i) for i in range(n - y)) - sum(np.log(alpha + beta + i) for i in range(n))


def test_the_urn_is_scipys():
    assert log_pmf(3, 9, 1.3, 40.0) == pytest.approx(stats.betabinom.logpmf(3, 9, 1.3, 40.0), rel=1e-12)


class Grid:
    """Sums over a grid of log kappa and logit mu: nothing in common with the package."""

    def __init__(self, y, n, log_kappa_prior, a, x, mu_prior=(1, 1)):
        self.y, self.n, self.a, self.x = np.asarray(y), np.broadcast_to(n, len(y)), a, x
        log_kappa, logit_mu = np.meshgrid(a, x, indexing="ij")
        self.kappa, self.mu, rest = np.exp(log_kappa), special.expit(logit_mu), special.expit(-logit_mu)
        self.alpha, self.beta = self.kappa * self.mu, self.kappa * rest
        log_mass = log_kappa_prior(self.kappa) + log_kappa - special.betaln(*mu_prior)
        log_mass += mu_prior[0] * np.log(self.mu) + mu_prior[1] * np.log(rest)
        groups, times = np.unique(np.column_stack([self.y, self.n]), axis=0, return_counts=True)
        for (successes, trials), many in zip(groups, times, strict=True):
            log_mass += many * log_pmf(successes, trials, self.alpha, self.beta)
        self.weight = np.exp(log_mass - log_mass.max())
        self.log_evidence = log_mass.max() + np.log(self.weight.sum() * (a[1] - a[0]) * (x[1] - x[0]))
        self.weight /= self.weight.sum()

    def moments(self, values):
        mean = (self.weight * values).sum()
        return mean, np.sqrt((self.weight * (values - mean) ** 2).sum())

    def theta(self, j):
        total = self.kappa + self.n[j]
        mean = (self.alpha + self.y[j]) / total
        centre = (self.weight * mean).sum()
        return centre, np.sqrt((self.weight * (mean * (1 - mean) / (total + 1) + (mean - centre) ** 2)).sum())

    def theta_cdf(self, j, value):
        failures = self.n[j] - self.y[j]
        return (self.weight * stats.beta.cdf(value, self.alpha + self.y[j], self.beta + failures)).sum()

    def cdf(self, axis, u):
        grid = (self.a, self.x)[axis]
        spline = interpolate.make_interp_spline(grid, self.weight.sum(1 - axis), k=7).antiderivative()
        return (spline(u) - spline(grid[0])) / (spline(grid[-1]) - spline(grid[0]))


BDA = exact.Power(-1.5), lambda kappa: -1.5 * np.log(kappa)
TEN = exact.Exponential(10), stats.expon(scale=10).logpdf
THREE = exact.HalfCauchy(3), stats.halfcauchy(scale=3).logpdf
CASES = {
    "rats": (Y, N, BDA, (1, 1), (-1, 44, 300), (-2.8, -0.9, 100)),
    "five groups": ([3, 0, 7, 2, 9], [10, 5, 12, 9, 9], TEN, (1, 1), (-14, 7, 260), (-16, 16, 300)),
    "a prior that leans": ([3, 0, 7, 2, 9], [10, 5, 12, 9, 9], THREE, (2, 0.5), (-14, 28, 360), (-12, 30, 400)),
    "all or nothing": ([0, 6, 0, 6], 6, TEN, (1, 1), (-36, 7, 460), (-18, 18, 300)),
    "no successes": ([0, 0, 0], [4, 9, 2], TEN, (1, 1), (-36, 7, 400), (-36, 20, 400)),
    "one group": ([3], 8, BDA, (1, 1), (-60, 76, 700), (-24, 24, 300)),
}


@pytest.mark.parametrize("name", CASES)
def test_against_a_fine_grid(name):
    y, n, (prior, log_prior), mu_prior, a, x = CASES[name]
    posterior = exact.beta_binomial(y, n, prior, exact.Beta(*mu_prior))
    grid = Grid(y, n, log_prior, np.linspace(*a), np.linspace(*x), mu_prior)
    if name not in ("rats", "one group"):
        assert posterior.log_evidence() == pytest.approx(grid.log_evidence, abs=2e-8)
    for j in {0, len(y) // 2, len(y) - 1}:
        mean, sd = grid.theta(j)
        assert posterior.theta.mean()[j] == pytest.approx(mean, rel=1e-8)
        assert posterior.theta.sd()[j] == pytest.approx(sd, rel=1e-8)
        assert posterior.theta.cdf(mean)[j] == pytest.approx(
            grid.theta_cdf(j, mean), abs=1e-3 if name == "one group" else 1e-6
        )
        weight = (grid.weight * grid.n[j] / (grid.n[j] + grid.kappa)).sum()
        assert posterior.data_weight()[j] == pytest.approx(weight, rel=1e-8)
    mean, sd = grid.moments(grid.mu)
    assert float(posterior.mu.mean()) == pytest.approx(mean, rel=1e-8)
    assert float(posterior.mu.sd()) == pytest.approx(sd, rel=1e-8)
    for marginal, values in ((posterior.alpha, grid.alpha), (posterior.beta, grid.beta), (posterior.kappa, grid.kappa)):
        if np.isfinite(prior.tail):
            assert float(marginal.mean()) == np.inf
        else:
            mean, sd = grid.moments(values)
            assert float(marginal.mean()) == pytest.approx(mean, rel=2e-8)
            assert float(marginal.sd()) == pytest.approx(sd, rel=1e-7)
    for p in (0.02, 0.4, 0.97):
        assert grid.cdf(0, np.log(posterior.kappa.quantile(p))) == pytest.approx(p, abs=1e-7)
        assert grid.cdf(1, special.logit(posterior.mu.quantile(p))) == pytest.approx(p, abs=1e-7)


def test_rats_against_print():
    # Gelman et al. 2013, section 5.3: a grid over logit mu from -2.3 to -1.3 and log kappa from 1 to 5 has means of
    # 2.4 and 14.3 of alpha and beta. Far out the posterior density of kappa falls as its prior's; the true means are
    # infinite, and hardly any mass is outside.
    draws = rats().sample(10_000, np.random.default_rng(4))
    logit, log_kappa = special.logit(draws["mu"]), np.log(draws["kappa"])
    inside = (logit > -2.3) & (logit < -1.3) & (log_kappa > 1) & (log_kappa < 5)
    assert inside.mean() > 0.99
    alpha, beta = draws["kappa"] * draws["mu"], draws["kappa"] * (1 - draws["mu"])
    assert alpha[inside].mean() == pytest.approx(2.4, abs=0.06)
    assert beta[inside].mean() == pytest.approx(14.3, abs=0.3)
    assert float(rats().alpha.mean()) == np.inf


def test_draws_agree_with_the_marginals():
    posterior = exact.beta_binomial([3, 0, 7], [10, 5, 12])
    draws = posterior.sample(5_000, np.random.default_rng(5))
    for name in ("alpha", "beta", "kappa", "mu"):
        marginal = getattr(posterior, name)
        assert stats.kstest(draws[name], lambda value, marginal=marginal: marginal.cdf(value)).pvalue > 1e-4, name
    assert np.allclose(draws["alpha"] + draws["beta"], draws["kappa"], rtol=1e-12)
    assert np.allclose(draws["alpha"], draws["kappa"] * draws["mu"], rtol=1e-12)
    below = np.array([[0.1], [0.5], [0.9]])
    new = np.random.default_rng(6).beta(draws["alpha"], draws["beta"])[:, None]
    for of_units, marginal in ((draws["theta"], posterior.theta), (new, posterior.predict_new())):
        share = (of_units < marginal.quantile(below[:, 0]).reshape(3, 1, -1)).mean(1)
        assert np.all(abs(share - below) < 4.5 * np.sqrt(below * (1 - below) / 5_000))


def test_against_weighted_draws():
    rng = np.random.default_rng(11)
    log_kappa, logit = 2.75 + 0.5 * rng.standard_t(3, 100_000), -1.79 + 0.15 * rng.standard_t(5, 100_000)
    kappa, mu = np.exp(log_kappa), special.expit(logit)
    log_weight = -0.5 * log_kappa + np.log(mu * (1 - mu))
    log_weight -= stats.t(3, 2.75, 0.5).logpdf(log_kappa) + stats.t(5, -1.79, 0.15).logpdf(logit)
    groups, times = np.unique(np.column_stack([Y, N]), axis=0, return_counts=True)
    a, b = kappa * mu, kappa * (1 - mu)
    for (y, n), many in zip(groups, times, strict=True):
        log_weight += many * (special.betaln(a + y, b + n - y) - special.betaln(a, b))
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    posterior = rats()
    pairs = [(mu, posterior.mu.mean()), ((kappa < 15).astype(float), posterior.kappa.cdf(15.0))]
    pairs += [((a + Y[j]) / (kappa + N[j]), posterior.theta.mean()[j]) for j in (0, 30, 70)]
    pairs += [(N[j] / (kappa + N[j]), posterior.data_weight()[j]) for j in (0, 30, 70)]
    for values, expected in pairs:
        error = np.sqrt((weight**2 * (values - weight @ values) ** 2).sum())
        assert abs(weight @ values - expected) < 4.5 * error
        assert error < 0.02 * abs(expected)


def uniformity(trials_seen, data_sets):
    """Smallest chi-square p-value of the posterior probabilities below the true mu, kappa and one probability."""
    rng, n = np.random.default_rng(21), np.array([3, 20])
    found = []
    for _ in range(data_sets):
        mu, kappa = rng.uniform(), rng.exponential(8)
        theta = rng.beta(kappa * mu, kappa * (1 - mu), 2)
        posterior = exact.beta_binomial(rng.binomial(n, theta), trials_seen(n), exact.Exponential(8))
        found.append([posterior.mu.cdf(mu), posterior.kappa.cdf(kappa), posterior.theta.cdf(theta)[0]])
    return min(stats.chisquare(np.histogram(column, bins=10, range=(0, 1))[0]).pvalue for column in np.array(found).T)


@pytest.mark.calibration
def test_simulation_based_calibration():
    assert uniformity(lambda n: n, 300) > 1e-4


@pytest.mark.calibration
def test_calibration_notices_wrong_trials():
    assert uniformity(lambda n: n + 4, 100) < 1e-4


@settings(deadline=None, max_examples=15)
@given(
    data=st.lists(st.tuples(st.integers(0, 30), st.integers(1, 30)), min_size=1, max_size=8), seed=st.integers(0, 99)
)
def test_labels_do_not_matter_and_failures_mirror_successes(data, seed):
    n = np.array([y + more for y, more in data])
    y, order = np.array([y for y, _ in data]), np.random.default_rng(seed).permutation(len(data))
    here = exact.beta_binomial(y, n, exact.Exponential(5), exact.Beta(2, 1))
    there = exact.beta_binomial((n - y)[order], n[order], exact.Exponential(5), exact.Beta(1, 2))
    assert np.allclose(1 - there.theta.mean(), here.theta.mean()[order], rtol=1e-7)
    assert np.allclose(there.theta.sd(), here.theta.sd()[order], rtol=1e-7)
    assert float(there.kappa.quantile(0.3)) == pytest.approx(float(here.kappa.quantile(0.3)), rel=1e-7)
    assert float(there.alpha.quantile(0.3)) == pytest.approx(float(here.beta.quantile(0.3)), rel=1e-7)
    assert 1 - float(there.mu.quantile(0.7)) == pytest.approx(float(here.mu.quantile(0.3)), rel=1e-7)


def test_equal_units_pool_completely_under_a_heavy_prior():
    posterior = exact.beta_binomial([30] * 20, 100, exact.HalfCauchy(1e6))
    assert np.allclose(posterior.theta.sd(), np.sqrt(0.3 * 0.7 / 2000), rtol=0.02)
    # Each Beta distribution is narrower than the way to the next node: the shares must not have steps.
    below, draws = np.array([0.05, 0.3, 0.5, 0.7, 0.95]), posterior.sample(20_000, np.random.default_rng(8))["theta"]
    share = (draws[:, 0] < posterior.theta.quantile(below)[:, [0]]).mean(1)
    assert np.all(abs(share - below) < 4.5 * np.sqrt(below * (1 - below) / 20_000))


@pytest.mark.parametrize("name", ["alpha", "beta", "kappa", "mu", "theta"])
def test_quantile_inverts_cdf(name):
    p = np.array([1e-6, 0.01, 0.5, 0.99])
    marginal = getattr(exact.beta_binomial([3, 1, 7, 8], [10, 5, 12, 9]), name)
    quantiles = marginal.quantile(p)
    assert quantiles.shape == p.shape + ((4,) if name == "theta" else ())
    assert np.allclose(marginal.cdf(quantiles), p.reshape(p.shape + (1,) * (quantiles.ndim - 1)), rtol=1e-6)
    assert np.all(marginal.cdf(-1.0) == 0)


RNG = np.random.default_rng(5)
HARD = {
    "J = 1": ([3], 8),
    "J = 10,000": (RNG.binomial(40, RNG.beta(2, 8, 10_000)), 40),
    "a million trials": (RNG.binomial(10**6, RNG.beta(2, 8, 30)), 10**6),
    "equal units": (RNG.binomial(10**6, 0.3, 30), 10**6),
    "rare": ([3, 4, 0], 10**8),
    "one trial each": ([0, 1, 1, 0, 1], 1),
    "all zero": (np.zeros(100, dtype=int), 5),
    "all successes": ([4, 7], [4, 7]),
}
SOME_PRIORS = [
    (exact.Exponential(1), exact.Beta(1, 1)),
    (exact.HalfCauchy(1e4), exact.Beta(0.1, 5)),
    (exact.Gamma(0.01, 0.01), exact.Beta(1e4, 1e3)),
]


@pytest.mark.parametrize("name", HARD)
@pytest.mark.parametrize("priors", SOME_PRIORS)
def test_hard_data_give_numbers(name, priors):
    posterior = exact.beta_binomial(*HARD[name], *priors)
    assert np.all((posterior.theta.mean() > 0) & (posterior.theta.mean() < 1))
    assert np.all((posterior.theta.sd() > 0) & np.isfinite(posterior.theta.sd()))
    assert np.all((posterior.data_weight() >= 0) & (posterior.data_weight() <= 1))
    for marginal in (posterior.alpha, posterior.beta, posterior.kappa, posterior.mu):
        assert np.all(np.diff(marginal.quantile([0.1, 0.5, 0.9])) > 0)
        assert not np.isnan(marginal.mean())
        assert not np.isnan(marginal.sd())
    assert np.isfinite(posterior.log_evidence())


@pytest.mark.parametrize(
    ("y", "n", "exponent", "proper"),
    [
        ([1, 0], [3, 3], -1.5, True),
        ([3, 0], [3, 3], -1.5, False),  # No unit with both: the likelihood does not fall as kappa goes to zero.
        ([1, 0], [3, 3], -2.5, False),  # One such unit lends one power.
        ([1, 2], [3, 3], -2.5, True),
        ([1, 2], [3, 3], -1.0, False),  # Equal units are always possible, so that the prior must fall fast enough.
        ([1, 2], [3, 3], -1.1, True),
    ],
)
def test_improper_posteriors_and_only_they_are_refused(y, n, exponent, proper):
    masses = []
    for half in (12, 24, 48):
        # Slowly converging or not at all: the mass that is added by doubling the square.
        grid = np.linspace(-half, half, 20 * half + 1), np.linspace(-30, 30, 400)
        log_kappa, logit = np.meshgrid(*grid, indexing="ij")
        a, b = np.exp(log_kappa) * special.expit(logit), np.exp(log_kappa) * special.expit(-logit)
        log_mass = (exponent + 1) * log_kappa + special.log_expit(logit) + special.log_expit(-logit)
        for successes, trials in zip(y, n, strict=True):
            log_mass += sum(np.log(a + i) for i in range(successes)) + sum(
                np.log(b + i) for i in range(trials - successes)
            )
            log_mass -= sum(np.log(a + b + i) for i in range(trials))
        masses.append(np.exp(log_mass).sum())
    growth = (masses[2] - masses[1]) / (masses[1] - masses[0])
    if proper:
        assert np.isfinite(exact.beta_binomial(y, n, exact.Power(exponent)).theta.mean()).all()
        assert growth < 0.7
    else:
        with pytest.raises(ValueError, match="the posterior has infinite mass"):
            exact.beta_binomial(y, n, exact.Power(exponent))
        assert growth > 0.8


BAD = [
    (
        {"y": [0, 3], "n": [3, 3]},
        r"^kappa_prior must be of smaller order than kappa\*\*-1 near kappa = 0, with 0 units that have successes and "
        r"failures both, or the posterior has infinite mass there; got Power\(exponent=-1\.5\)$",
    ),
    (
        {"y": [1], "n": [3], "kappa_prior": exact.Flat()},
        r"^kappa_prior must fall faster than 1/kappa far out, where units are equal, .* mass there; got Flat\(\)$",
    ),
    ({"y": [1, 4], "n": [3, 3]}, r"y must be at most n, and n at least 1; got y = 4, n = 3 at index 1"),
    ({"y": [0], "n": [0]}, r"y must be at most n, and n at least 1; got y = 0, n = 0 at index 0"),
    ({"y": [1, 0.5], "n": 3}, r"y must be a whole number of 0 or more; got 0\.5 at index 1"),
    ({"y": [1, -1], "n": 3}, r"y must be a whole number of 0 or more; got -1\.0 at index 1"),
    ({"y": [1], "n": np.nan}, "n must be finite; got nan"),
    ({"y": [], "n": 3}, r"y must be a list of one or more counts; got shape \(0,\)"),
    ({"y": 1, "n": 3}, r"y must be a list of one or more counts; got shape \(\)"),
    ({"y": [1, 2], "n": [3, 3, 3]}, "y and n must have shapes that fit together"),
    ({"y": [True], "n": 3}, "y must be numbers"),
    ({"y": ["1"], "n": 3}, "y must be numbers"),
    ({"y": [1], "n": 10**400}, "n must be numbers"),
    ({"y": [1], "n": 10**13}, r"n must sum to at most 1e\+12"),
    ({"y": [1], "n": 3, "kappa_prior": 2}, "kappa_prior must be a prior of a positive quantity"),
    ({"y": [1], "n": 3, "mu_prior": (1, 1)}, r"mu_prior must be an exact\.Beta; got \(1, 1\)"),
]


def test_the_evidence_is_an_array_like_that_of_other_engines():
    evidence = exact.beta_binomial([3, 1], 5, exact.Exponential(5)).log_evidence()
    assert isinstance(evidence, np.ndarray)
    assert evidence.shape == ()


def test_a_cdf_of_the_wrong_length_gets_one_sentence():
    theta = exact.beta_binomial([3, 1], 5).theta
    with pytest.raises(
        ValueError, match=r"^x must have a shape that fits that of the results, \(2,\); got shape \(3,\)$"
    ):
        theta.cdf([0.1, 0.2, 0.3])
    assert theta.cdf([[0.1], [0.2], [0.3]]).shape == (3, 2)


@pytest.mark.parametrize(("arguments", "message"), BAD)
def test_bad_input_gets_one_sentence(arguments, message):
    with pytest.raises(ValueError, match=message):
        exact.beta_binomial(**arguments)


def test_an_improper_prior_gives_no_evidence_and_beta_needs_positive_numbers():
    with pytest.raises(ValueError, match="kappa_prior must be proper for the data to have a probability"):
        rats().log_evidence()
    with pytest.raises(ValueError, match=r"a must be positive; got 0\.0"):
        exact.Beta(0, 1)

"""The Gamma-Poisson posterior against sums over fine grids, weighted draws, and what must hold for any data."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, interpolate, stats

from hbcourse import datasets, exact

PUMPS = datasets.pumps()
X, T = PUMPS.failures.to_numpy(), PUMPS.t_1000h.to_numpy()
#: The priors of George, Makov and Smith 1993.
PRIORS = exact.Exponential(1), exact.Gamma(0.1, 1)
ONE = exact.Exponential(1), stats.expon.logpdf


def pumps() -> exact.GammaPoissonPosterior:
    return exact.gamma_poisson(X, T, *PRIORS)


class Grid:
    """Sums over a grid of log alpha and log mu, with scipy's negative binomial: nothing in common with the package."""

    def __init__(self, x, t, log_alpha_prior, log_beta_prior, a, v):
        self.x, self.t, self.a, self.v = np.asarray(x), np.broadcast_to(np.asarray(t, dtype=float), len(x)), a, v
        log_alpha, log_mu = np.meshgrid(a, v, indexing="ij")
        self.alpha, self.beta = np.exp(log_alpha), np.exp(log_alpha - log_mu)
        log_mass = log_alpha_prior(self.alpha) + log_beta_prior(self.beta) + 2 * log_alpha - log_mu
        units, times = np.unique(np.column_stack([self.x, self.t]), axis=0, return_counts=True)
        for (count, exposure), many in zip(units, times, strict=True):
            p = self.beta / (self.beta + exposure)
            log_mass += many * stats.nbinom.logpmf(count, self.alpha, p)
        self.weight = np.exp(log_mass - log_mass.max())
        self.log_evidence = log_mass.max() + np.log(self.weight.sum() * (a[1] - a[0]) * (v[1] - v[0]))
        self.weight /= self.weight.sum()

    def moments(self, values):
        mean = (self.weight * values).sum()
        return mean, np.sqrt((self.weight * (values - mean) ** 2).sum())

    def theta(self, j):
        mean = (self.alpha + self.x[j]) / (self.beta + self.t[j])
        centre = (self.weight * mean).sum()
        return centre, np.sqrt((self.weight * (mean / (self.beta + self.t[j]) + (mean - centre) ** 2)).sum())

    def theta_cdf(self, j, value):
        return (self.weight * stats.gamma.cdf(value, self.alpha + self.x[j], scale=1 / (self.beta + self.t[j]))).sum()

    def cdf(self, axis, value):
        u = (self.a, self.v)[axis]
        spline = interpolate.make_interp_spline(u, self.weight.sum(1 - axis), k=7).antiderivative()
        return (spline(np.log(value)) - spline(u[0])) / (spline(u[-1]) - spline(u[0]))


def half_cauchy(scale):
    return exact.HalfCauchy(scale), stats.halfcauchy(scale=scale).logpdf


RNG = np.random.default_rng(5)
MANY = RNG.poisson(1e5 * RNG.gamma(2, 0.5, 40))
CASES = {
    "pumps": (X, T, ONE, (PRIORS[1], stats.gamma(0.1).logpdf), (-9, 4, 260), (-14, 14, 320)),
    "equal counts, heavy tails": ([5, 5, 5, 6, 5, 4], 1.0, half_cauchy(1), half_cauchy(1), (-7, 24, 420), (-7, 9, 420)),
    "one outlier": ([5] * 12 + [40], 2.0, half_cauchy(1), ONE, (-4, 8, 300), (-4, 6, 300)),
    "one unit, no events": ([0], 2.0, ONE, (exact.Gamma(2, 1), stats.gamma(2).logpdf), (-34, 5, 420), (-40, 34, 600)),
    "many events": (MANY, 1e5, ONE, ONE, (-2, 3, 200), (-2, 3.5, 300)),
    "exposures of all sizes": ([0, 3, 1, 9, 2], [1e-3, 0.1, 1, 10, 1e3], ONE, ONE, (-12, 4, 400), (-18, 26, 500)),
}


@pytest.mark.parametrize("name", CASES)
def test_against_a_fine_grid(name):
    x, t, (alpha_prior, alpha_log), (beta_prior, beta_log), a, v = CASES[name]
    posterior = exact.gamma_poisson(x, t, alpha_prior, beta_prior)
    grid = Grid(x, t, alpha_log, beta_log, np.linspace(*a), np.linspace(*v))
    assert posterior.log_evidence() == pytest.approx(grid.log_evidence, abs=2e-8)
    for j in {0, len(x) // 2, len(x) - 1}:
        mean, sd = grid.theta(j)
        assert posterior.theta.mean()[j] == pytest.approx(mean, rel=1e-8)
        assert posterior.theta.sd()[j] == pytest.approx(sd, rel=1e-8)
        assert posterior.theta.cdf(mean)[j] == pytest.approx(grid.theta_cdf(j, mean), abs=1e-5)
        exposure = grid.t[j]
        weight = (grid.weight * exposure / (exposure + grid.beta)).sum()
        assert posterior.data_weight()[j] == pytest.approx(weight, rel=1e-8)
    for marginal, values in ((posterior.alpha, grid.alpha), (posterior.beta, grid.beta)):
        mean, sd = grid.moments(values)
        assert float(marginal.mean()) == pytest.approx(mean, rel=2e-8)
        if np.isfinite(marginal.sd()):
            assert float(marginal.sd()) == pytest.approx(sd, rel=1e-7)
    for p in (0.02, 0.4, 0.97):
        assert grid.cdf(0, float(posterior.alpha.quantile(p))) == pytest.approx(p, abs=3e-8)
        assert grid.cdf(1, float(posterior.mu.quantile(p))) == pytest.approx(p, abs=3e-8)


def test_moments_of_mu_where_they_are_made_up_far_out():
    # No events in one unit: alpha can be integrated out by hand, and beta is left, on a line.
    posterior = exact.gamma_poisson([0], 2.0)

    def log_odds(s):
        return np.logaddexp(0, np.log(2) - s)

    def over_the_line(value, low):
        return sum(integrate.quad(value, *ends, epsabs=0, epsrel=1e-11)[0] for ends in ((low, 0), (0, 6)))

    # Below -20 the integrand is 1 / (1 + log 2 - s)**2 to double precision.
    upper = over_the_line(lambda s: np.exp(-np.exp(s)) / (1 + log_odds(s)) ** 2, -20) + 1 / (21 + np.log(2))
    lower = over_the_line(lambda s: np.exp(s - np.exp(s)) / (1 + log_odds(s)), -40)
    assert float(posterior.mu.mean()) == pytest.approx(upper / lower, rel=1e-7)
    assert float(posterior.predict_new().mean()) == pytest.approx(upper / lower, rel=1e-7)


def test_infinite_moments_are_said_to_be_infinite():
    # A prior of beta that is infinite at zero leaves the population mean without one; its quantiles stay.
    assert float(pumps().mu.mean()) == np.inf
    assert float(pumps().predict_new().mean()) == np.inf
    assert np.isfinite(pumps().mu.quantile([0.001, 0.999])).all()
    assert np.isfinite(float(exact.gamma_poisson(X, T, PRIORS[0], exact.Exponential(1)).mu.mean()))
    assert float(exact.gamma_poisson(X, T, PRIORS[0], exact.Exponential(1)).mu.sd()) == np.inf
    assert np.isfinite(float(exact.gamma_poisson(X, T, PRIORS[0], exact.Gamma(3, 1)).mu.sd()))


def test_pumps_need_exposures():
    # Claim C14: times from 1.05 to 126 thousand hours, the posterior mean an average of (alpha + x) / (beta + t).
    assert (T.min(), T.max()) == (1.05, 126.0)
    posterior = pumps()
    draws = posterior.sample(10_000, np.random.default_rng(3))
    for values, expected in (
        ((draws["alpha"][:, None] + X) / (draws["beta"][:, None] + T), posterior.theta.mean()),
        (T / (draws["beta"][:, None] + T), posterior.data_weight()),
    ):
        assert np.all(abs(values.mean(0) - expected) < 4.5 * values.std(0) / 100)
    # The pumps watched for an hour keep about half of what their own data say, the one watched longest all of it.
    assert posterior.data_weight()[[6, 3]].round(2) == pytest.approx([0.57, 0.99])


def test_against_weighted_draws():
    rng = np.random.default_rng(11)
    alpha, beta = rng.lognormal(-0.4, 0.7, 300_000), rng.lognormal(-0.2, 1.0, 300_000)
    log_weight = -alpha + stats.gamma(0.1).logpdf(beta)
    log_weight -= stats.lognorm(0.7, scale=np.exp(-0.4)).logpdf(alpha) + stats.lognorm(1, scale=np.exp(-0.2)).logpdf(
        beta
    )
    for x, t in zip(X, T, strict=True):
        log_weight += stats.nbinom.logpmf(x, alpha, beta / (beta + t))
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    posterior = pumps()
    pairs = [(alpha, posterior.alpha.mean()), (beta, posterior.beta.mean())]
    pairs += [((alpha + X[j]) / (beta + T[j]), posterior.theta.mean()[j]) for j in range(10)]
    pairs += [
        ((alpha / beta < 1).astype(float), posterior.mu.cdf(1.0)),
        ((beta < 0.5).astype(float), posterior.beta.cdf(0.5)),
    ]
    for values, expected in pairs:
        error = np.sqrt((weight**2 * (values - weight @ values) ** 2).sum())
        assert abs(weight @ values - expected) < 4.5 * error
        assert error < 0.02 * abs(expected)


def test_draws_agree_with_the_marginals():
    posterior = exact.gamma_poisson([4, 0, 9, 2], [1.0, 2.0, 3.0, 0.5], *PRIORS)
    draws = posterior.sample(5_000, np.random.default_rng(1))
    assert draws["theta"].shape == (5_000, 4)
    for name in ("alpha", "beta", "mu"):
        assert stats.kstest(draws[name], lambda value, name=name: getattr(posterior, name).cdf(value)).pvalue > 1e-4, (
            name
        )
    for j in range(4):
        below = np.array([0.1, 0.5, 0.9])
        share = (draws["theta"][:, j] < posterior.theta.quantile(below)[:, [j]]).mean(1)
        assert np.all(abs(share - below) < 4.5 * np.sqrt(below * (1 - below) / 5_000))
    new = np.random.default_rng(2).gamma(draws["alpha"], 1 / draws["beta"])
    share = (new < posterior.predict_new().quantile(below)[:, None]).mean(1)
    assert np.all(abs(share - below) < 4.5 * np.sqrt(below * (1 - below) / 5_000))


def uniformity(exposure_seen, data_sets):
    """Smallest chi-square p-value of the posterior probabilities below the true alpha, beta and one rate."""
    rng, exposure = np.random.default_rng(21), np.array([0.3, 1.0, 5.0, 20.0, 2.0])
    found = []
    for _ in range(data_sets):
        alpha, beta = rng.exponential(1), rng.gamma(2, 1)
        rate = rng.gamma(alpha, 1 / beta, 5)
        posterior = exact.gamma_poisson(
            rng.poisson(rate * exposure), exposure_seen(exposure), exact.Exponential(1), exact.Gamma(2, 1)
        )
        found.append([posterior.alpha.cdf(alpha), posterior.beta.cdf(beta), posterior.theta.cdf(rate)[0]])
    return min(stats.chisquare(np.histogram(column, bins=10, range=(0, 1))[0]).pvalue for column in np.array(found).T)


@pytest.mark.calibration
def test_simulation_based_calibration():
    assert uniformity(lambda exposure: exposure, 300) > 1e-4


@pytest.mark.calibration
def test_calibration_notices_that_exposures_are_ignored():
    assert uniformity(lambda exposure: np.full(5, exposure.mean()), 100) < 1e-4


counts = st.lists(st.integers(0, 60), min_size=1, max_size=8)


@settings(deadline=None, max_examples=15)
@given(x=counts, scale=st.floats(1e-6, 1e6), seed=st.integers(0, 99))
def test_labels_and_the_unit_of_exposure_do_not_matter(x, scale, seed):
    rng = np.random.default_rng(seed)
    exposure, order = rng.uniform(0.1, 9, len(x)), rng.permutation(len(x))
    here = exact.gamma_poisson(x, exposure, exact.Exponential(1), exact.Gamma(2, 1))
    there = exact.gamma_poisson(
        np.array(x)[order], scale * exposure[order], exact.Exponential(1), exact.Gamma(2, 1 / scale)
    )
    assert np.allclose(there.theta.mean() * scale, here.theta.mean()[order], rtol=1e-7)
    assert np.allclose(there.theta.sd() * scale, here.theta.sd()[order], rtol=1e-7)
    assert np.allclose(there.data_weight(), here.data_weight()[order], rtol=1e-7)
    assert float(there.alpha.quantile(0.3)) == pytest.approx(float(here.alpha.quantile(0.3)), rel=1e-7)
    assert float(there.mu.quantile(0.3)) * scale == pytest.approx(float(here.mu.quantile(0.3)), rel=1e-7)


@pytest.mark.parametrize("name", ["alpha", "beta", "mu", "theta"])
def test_quantile_inverts_cdf(name):
    p = np.array([1e-6, 0.01, 0.3, 0.5, 0.99])
    marginal = getattr(pumps(), name)
    quantiles = marginal.quantile(p)
    assert quantiles.shape == p.shape + ((10,) if name == "theta" else ())
    assert np.allclose(marginal.cdf(quantiles), p.reshape(p.shape + (1,) * (quantiles.ndim - 1)), rtol=1e-6)
    assert np.all(marginal.cdf(-1.0) == 0)
    assert np.all(marginal.cdf(1e90) == pytest.approx(1))


def test_equal_counts_pool_completely_under_a_heavy_prior():
    # Underdispersed: the likelihood rises as alpha goes to infinity, and the prior decides how far it goes.
    posterior = exact.gamma_poisson([100] * 30, 1.0, exact.HalfCauchy(1e6), exact.HalfCauchy(1e4))
    assert float(posterior.alpha.quantile(0.5)) > 1e5
    assert np.allclose(posterior.theta.mean(), 100, rtol=1e-3)
    assert np.allclose(posterior.theta.sd(), np.sqrt(100 / 30), rtol=0.02)
    assert posterior.data_weight().max() < 0.01
    # Each Gamma distribution is narrower than the way to the next node: the shares must not have steps.
    below, draws = np.array([0.05, 0.3, 0.5, 0.7, 0.95]), posterior.sample(20_000, np.random.default_rng(8))["theta"]
    share = (draws[:, 0] < posterior.theta.quantile(below)[:, [0]]).mean(1)
    assert np.all(abs(share - below) < 4.5 * np.sqrt(below * (1 - below) / 20_000))


HARD = {
    "J = 1": ([3], 1.0),
    "J = 10,000": (RNG.poisson(RNG.gamma(2, 1, 10_000)), 1.0),
    "exposures 1e-8 to 1e8": (RNG.poisson(3, 40), 10.0 ** RNG.uniform(-8, 8, 40)),
    "10,000 exposures": (
        RNG.poisson(RNG.gamma(1, 1, 10_000) * np.geomspace(1e-8, 1e8, 10_000)),
        np.geomspace(1e-8, 1e8, 10_000),
    ),
    "counts of 1e6": (RNG.poisson(1e6, 30), 1.0),
    "counts of 1e11": ([10**11, 2 * 10**11], 1.0),
    "tiny exposures": ([3, 0, 5], 1e-8),
    "huge exposures": ([3, 0, 5], 1e8),
    "10,000 zeros": (np.zeros(10_000, dtype=int), 1.0),
}
SOME_PRIORS = [PRIORS, (exact.Gamma(0.001, 0.001), exact.Exponential(1)), (exact.HalfCauchy(1), exact.HalfT(3, 10))]


@pytest.mark.parametrize("name", HARD)
@pytest.mark.parametrize("priors", SOME_PRIORS)
def test_hard_data_give_numbers(name, priors):
    posterior = exact.gamma_poisson(*HARD[name], *priors)
    assert np.all((posterior.theta.mean() > 0) & np.isfinite(posterior.theta.mean()))
    assert np.all((posterior.theta.sd() > 0) & np.isfinite(posterior.theta.sd()))
    assert np.all((posterior.data_weight() >= 0) & (posterior.data_weight() <= 1))
    for marginal in (posterior.alpha, posterior.beta, posterior.mu):
        assert np.all(np.diff(marginal.quantile([0.1, 0.5, 0.9])) > 0)
        assert not np.isnan(marginal.mean())
        assert not np.isnan(marginal.sd())
    assert np.isfinite(posterior.log_evidence())


def mass(x, head_alpha, head_beta, tail_alpha, tail_beta, half):
    """Log mass, within a square of log alpha and log beta, under priors of these powers at both ends."""
    w = np.linspace(-half, half, 10 * half + 1)
    log_alpha, log_beta = w[:, None], w
    total = np.where(w < 0, head_alpha + 1, 1 - tail_alpha)[:, None] * log_alpha
    total = total + np.where(w < 0, head_beta + 1, 1 - tail_beta) * log_beta
    log_odds = np.logaddexp(0, -log_beta)
    for count in x:
        total = total + sum(np.logaddexp(log_alpha, np.log(i) if i else -np.inf) for i in range(count))
        total = total - np.exp(log_alpha) * log_odds - count * (log_beta + log_odds)
    return np.logaddexp.reduce(total.ravel())


class Powers:
    """A prior that is one power below one and another above."""

    scale, low = 1.0, 0.0

    def __init__(self, head, tail):
        self.head, self.tail = head, tail

    def log_density(self, tau):
        return np.where(tau < 1, self.head, -self.tail) * np.log(tau)


@pytest.mark.parametrize(
    ("x", "alpha", "beta", "proper"),
    [
        ([2, 1], (0, 2), (0, 0.5), True),
        ([2, 1], (0, 1.5), (0, 0.5), False),  # The two tails together make 2 only.
        ([0, 0], (0, 3), (0, 1.5), True),
        ([0, 0], (0, 3), (0, 1), False),  # No events: the likelihood is flat far out in beta.
        ([1, 0], (0, 3), (0, 0), False),  # One event is not enough for a flat beta; two are.
        ([1, 1], (0, 3), (0, 0), True),
        ([2, 1], (-2.5, 3), (0, 2), True),
        ([2, 0], (-2.5, 3), (0, 2), False),  # One unit with events lends alpha one power.
        ([2, 1], (0, 3), (-1, 2), True),
        ([2, 1], (-2, 3), (-1, 2), False),
        ([2, 1], (0, 3), (-1.2, 2), False),  # As alpha goes to zero nothing holds beta away from it.
    ],
)
def test_improper_posteriors_and_only_they_are_refused(x, alpha, beta, proper):
    masses = np.exp([mass(x, alpha[0], beta[0], alpha[1], beta[1], half) for half in (15, 30, 60)])
    # Mass added by doubling the square: as a power of its size, if only 1 / log(beta), when it converges.
    growth = (masses[2] - masses[1]) / (masses[1] - masses[0])
    if proper:
        assert np.isfinite(exact.gamma_poisson(x, 1.0, Powers(*alpha), Powers(*beta)).theta.mean()).all()
        assert growth < 0.7
    else:
        with pytest.raises(ValueError, match="the posterior has infinite mass"):
            exact.gamma_poisson(x, 1.0, Powers(*alpha), Powers(*beta))
        assert growth > 0.8


def test_flat_priors_and_no_events_are_refused_with_the_reason():
    with pytest.raises(
        ValueError,
        match=r"^beta_prior must be of smaller order than beta\*\*-1 far out, with 0 events, .* got Flat\(\)$",
    ):
        exact.gamma_poisson([0], 1.0, exact.Flat(), exact.Flat())
    with pytest.raises(ValueError, match=r"^alpha_prior and beta_prior must fall .* got Flat\(\) and Flat\(\)$"):
        exact.gamma_poisson(X, T, exact.Flat(), exact.Flat())
    with pytest.raises(
        ValueError, match=r"^alpha_prior must be of smaller order than alpha\*\*-2 near .* with 1 units"
    ):
        exact.gamma_poisson([2, 0], 1.0, exact.Power(-2), exact.Gamma(1, 1))
    with pytest.raises(ValueError, match=r"^beta_prior must be of smaller order than beta\*\*-1 near beta = 0, "):
        exact.gamma_poisson([2, 1], 1.0, exact.Exponential(1), exact.Power(-1.2))
    # A prior of alpha that is cut at 0.5 leaves the likelihood beta**(J / 2) near zero at the least.
    with pytest.raises(ValueError, match=r"^beta_prior must be of smaller order than beta\*\*-2 near beta = 0, "):
        exact.gamma_poisson([2, 1], 1.0, exact.LogUniform(0.5), exact.Power(-2.2))
    assert np.isfinite(exact.gamma_poisson([2, 1], 1.0, exact.LogUniform(0.5), exact.Power(-1.8)).theta.mean()).all()
    with pytest.raises(ValueError, match="beta_prior must be proper for the data to have a probability"):
        exact.gamma_poisson(X, T, exact.Exponential(1), exact.Flat()).log_evidence()


def test_the_evidence_is_an_array_like_that_of_other_engines():
    evidence = pumps().log_evidence()
    assert isinstance(evidence, np.ndarray)
    assert evidence.shape == ()


def test_a_cdf_of_the_wrong_length_gets_one_sentence():
    theta = exact.gamma_poisson([3, 1], 1.0).theta
    with pytest.raises(
        ValueError, match=r"^x must have a shape that fits that of the results, \(2,\); got shape \(3,\)$"
    ):
        theta.cdf([0.1, 0.2, 0.3])


BAD = [
    ({"x": [1, -1]}, r"x must be a whole number of 0 or more; got -1\.0 at index 1"),
    ({"x": [1, 0.5]}, r"x must be a whole number of 0 or more; got 0\.5 at index 1"),
    ({"x": [1, np.nan]}, "x must be finite; got nan at index 1"),
    ({"x": []}, r"x must be a list of one or more counts; got shape \(0,\)"),
    ({"x": 3}, r"x must be a list of one or more counts; got shape \(\)"),
    ({"x": [[1, 2]]}, r"x must be a list of one or more counts; got shape \(1, 2\)"),
    ({"x": ["a"]}, r"x must be numbers; got \['a'\]"),
    ({"x": None}, "x must be numbers; got None"),
    ({"x": [True, False]}, "x must be numbers"),
    ({"x": [10**400]}, "x must be numbers"),
    ({"x": [1 + 2j]}, "x must be numbers"),
    ({"x": [10**13]}, r"x must sum to at most 1e\+12"),
    ({"x": np.ma.masked_less([1, 2], 2)}, "x must not be masked"),
    ({"x": [1, 2], "exposure": [1, 0]}, r"exposure must be positive; got 0\.0 at index 1"),
    ({"x": [1, 2], "exposure": [1, np.inf]}, "exposure must be finite; got inf at index 1"),
    ({"x": [1, 2], "exposure": [1, 2, 3]}, r"x and exposure must have shapes that fit together"),
    ({"x": [1], "alpha_prior": 1.0}, "alpha_prior must be a prior of a positive quantity"),
    ({"x": [1], "beta_prior": exact.Normal(0, 1)}, "beta_prior must be a prior of a positive quantity"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD)
def test_bad_input_gets_one_sentence(arguments, message):
    with pytest.raises(ValueError, match=message):
        exact.gamma_poisson(**arguments)

"""The Student-t hierarchy against densities, draws and limits computed in other ways."""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import voigt_profile

from hbcourse import datasets, exact

Y = np.array([-1, 0.5, 0, 1.5, 9])
SIGMA = np.array([1, 0.7, 1.2, 1, 1])
TAU_PRIOR, MU_PRIOR = exact.InverseGamma(2, 1), exact.Normal(0, 3)
SCHOOLS = datasets.eight_schools()


def posterior(df, y=Y):
    return exact.student_t_hierarchy(y, SIGMA, df, TAU_PRIOR, MU_PRIOR)


class BruteForce:
    """A plain grid of (mu, tau) on which the trapezoid rule converges, and theta integrated out with scipy's t."""

    def __init__(self, df):
        self.df = df
        log_tau = np.linspace(np.log(0.08), np.log(200), 100)
        self.tau, self.mu = np.exp(log_tau), np.linspace(-16, 20, 180)
        self.prior = (2 * self.tau**2 * stats.invgamma(2, scale=1).pdf(self.tau**2) * (log_tau[1] - log_tau[0]))[
            :, None
        ] * stats.norm(0, 3).pdf(self.mu)
        self.prior *= self.mu[1] - self.mu[0]
        self.each = np.array([self.likelihood(y, sigma) for y, sigma in zip(Y, SIGMA, strict=True)])
        joint = self.prior * self.each.prod(0)
        self.evidence = joint.sum()
        self.joint = joint / self.evidence

    def likelihood(self, y, sigma):
        if self.df == 1:
            return voigt_profile(y - self.mu, sigma, self.tau[:, None])
        s = np.linspace(-14, 14, 561)
        weight = np.cosh(s) * stats.t.pdf(np.sinh(s), self.df) * (s[1] - s[0])
        theta = [self.mu[:, None] + tau * np.sinh(s) for tau in self.tau]
        return np.array([np.exp(-(((y - t) / sigma) ** 2) / 2) @ weight for t in theta]) / (np.sqrt(2 * np.pi) * sigma)

    def moments_of_unit(self, unit, step=0.02):
        """Mean and sd of theta from how the evidence moves with the unit's own datum."""
        shifts = np.array([-2, -1, 0, 1, 2]) * step
        others = self.prior * np.delete(self.each, unit, axis=0).prod(0)
        log_evidence = [np.log((others * self.likelihood(Y[unit] + d, SIGMA[unit])).sum()) for d in shifts]
        slope = np.dot([1, -8, 0, 8, -1], log_evidence) / (12 * step)
        bend = np.dot([-1, 16, -30, 16, -1], log_evidence) / (12 * step**2)
        variance = SIGMA[unit] ** 2
        return Y[unit] + variance * slope, np.sqrt(variance + variance**2 * bend)


@cache
def brute(df):
    return BruteForce(df)


@pytest.mark.parametrize("df", [1, 4])
def test_mu_tau_and_evidence_against_a_plain_grid(df):
    grid, here = brute(df), posterior(df)
    assert float(here.log_evidence()) == pytest.approx(np.log(grid.evidence), abs=1e-9)
    for marginal, value, mass in ((here.mu, grid.mu, grid.joint.sum(0)), (here.tau, grid.tau, grid.joint.sum(1))):
        mean = mass @ value
        assert float(marginal.mean()) == pytest.approx(mean, rel=1e-9, abs=1e-9)
        if df > 1 or marginal is here.mu:
            assert float(marginal.sd()) == pytest.approx(np.sqrt(mass @ (value - mean) ** 2), rel=1e-8)
        for x in (0.5, 1.5):
            # A step at x of a sum: half a cell is what the grid can tell.
            assert float(marginal.cdf(x)) == pytest.approx(mass[value < x].sum(), abs=mass.max())


@pytest.mark.parametrize("df", [1, 4])
@pytest.mark.parametrize("unit", [0, 4])
def test_theta_against_the_evidence_as_a_function_of_its_datum(df, unit):
    mean, sd = brute(df).moments_of_unit(unit)
    assert posterior(df).theta.mean()[unit] == pytest.approx(mean, abs=1e-8)
    assert posterior(df).theta.sd()[unit] == pytest.approx(sd, abs=1e-8)


def test_influence_is_the_derivative_of_the_estimates():
    step = 1e-4
    for unit in (0, 4):
        up, down = (posterior(4, Y + d * np.eye(5)[unit]).theta.mean() for d in (step, -step))
        assert np.allclose(posterior(4).influence()[:, unit], (up - down) / (2 * step), atol=1e-6)


def conditional_cdf(x, y, sigma, df, mu, tau):
    """P(theta <= x | y, mu, tau) for arrays of mu and tau, by Gauss-Legendre panels in asinh((theta - mu) / tau)."""
    node, weight = np.polynomial.legendre.leggauss(12)
    split = np.arcsinh((x - mu) / tau)

    def mass(low, high):
        edges = low + (high - low) * np.linspace(0, 1, 41)[:, None]
        total = 0.0
        for a, b in pairwise(edges):
            s = (a + b) / 2 + (b - a) / 2 * node[:, None]
            density = np.cosh(s) * stats.t.pdf(np.sinh(s), df)
            total += (b - a) / 2 * (weight @ (density * stats.norm.pdf(y, mu + tau * np.sinh(s), sigma)))
        return total

    below, above = mass(np.full_like(split, -11), split), mass(split, np.full_like(split, 11))
    return below / (below + above)


@pytest.mark.parametrize(("unit", "x"), [(0, -0.8), (1, 0.4), (4, 8.0)])
def test_cdf_of_theta_against_quadrature(unit, x):
    grid = brute(4)
    keep = grid.joint > 1e-12
    a, b = np.nonzero(keep)
    below = conditional_cdf(x, Y[unit], SIGMA[unit], 4, grid.mu[b], grid.tau[a])
    assert posterior(4).theta.cdf(np.full(5, x))[unit] == pytest.approx(grid.joint[keep] @ below, abs=1e-7)


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 0.05, 0.3])
def test_cdf_of_theta_has_no_steps_where_tau_is_small(scale):
    # At tau = 0 theta is mu, whose cdf is held by other means; and a density has no jumps or gaps.
    here = exact.student_t_hierarchy(Y[:4], SIGMA[:4], 4, exact.HalfNormal(scale), exact.Normal(0, 3))
    x = np.linspace(-1, 1.5, 201)
    cdf = here.theta.cdf(np.tile(x[:, None], 4))
    assert np.abs(np.diff(cdf, 6, axis=0)).max() < 1e-6
    new = here.predict_new().cdf(x)
    assert np.all(np.diff(new) > 0)
    if scale < 1e-5:
        assert np.allclose(cdf, np.tile(here.mu.cdf(x)[:, None], 4), atol=1e-7)
        assert np.allclose(new, here.mu.cdf(x), atol=1e-6)


def test_against_a_gibbs_sampler_of_the_latent_scales():
    rng = np.random.default_rng(5)
    df, a, b, chains, sweeps = 4, 2.0, 1.0, 200, 600
    mu, tau2, kept = np.zeros(chains), np.ones(chains), []
    w = np.ones((chains, 5))
    for sweep in range(sweeps):
        precision = 1 / SIGMA**2 + w / tau2[:, None]
        theta = rng.normal((Y / SIGMA**2 + w * (mu / tau2)[:, None]) / precision, precision**-0.5)
        total = w.sum(1) / tau2 + 1 / 9
        mu = rng.normal((w * theta).sum(1) / tau2 / total, total**-0.5)
        square = (theta - mu[:, None]) ** 2
        w = rng.gamma((df + 1) / 2, 1 / (df / 2 + square / (2 * tau2[:, None])))
        tau2 = 1 / rng.gamma(a + 2.5, 1 / (b + (w * square).sum(1) / 2))
        if sweep >= 100:
            kappa = tau2[:, None] / (tau2[:, None] + w * SIGMA**2)
            kept.append(np.column_stack([mu, np.sqrt(tau2), theta, kappa]))
    means = np.mean(kept, axis=0)
    here = posterior(df)
    expected = np.r_[here.mu.mean(), here.tau.mean(), here.theta.mean(), here.data_weight()]
    error = means.std(0, ddof=1) / np.sqrt(chains)
    assert np.all(error < 0.03)
    assert np.all(abs(means.mean(0) - expected) < 4.5 * error)


def test_draws_have_the_marginals():
    here, draws = posterior(4), 20_000
    sample = here.sample(draws, np.random.default_rng(1))
    assert sample["theta"].shape == (draws, 5)
    for name in ("mu", "tau", "theta"):
        marginal = getattr(here, name)
        z = (sample[name].mean(0) - marginal.mean()) / (marginal.sd() / np.sqrt(draws))
        assert np.all(abs(z) < 4.5), name
    for name in ("mu", "tau"):
        assert stats.kstest(sample[name], getattr(here, name).cdf).pvalue > 1e-4
    for p in (0.1, 0.5, 0.9):
        share = (sample["theta"] < here.theta.quantile(p)).mean(0)
        assert np.all(abs(share - p) < 4.5 * np.sqrt(p * (1 - p) / draws))
    # Jointly: the conditional of mu given tau, through a product.
    cross = sample["mu"] * sample["tau"]
    grid = brute(4)
    assert abs(cross.mean() - grid.tau @ grid.joint @ grid.mu) < 4.5 * cross.std() / np.sqrt(draws)
    new = sample["mu"] + sample["tau"] * np.random.default_rng(2).standard_t(4, draws)
    ends = here.predict_new().quantile([0.02, 0.5, 0.98])
    assert np.all(abs((new[:, None] < ends).mean(0) - [0.02, 0.5, 0.98]) < 4.5 * 0.5 / np.sqrt(draws))


def simulated(fits, df_fitted, rng):
    """Parameters drawn from the prior with two degrees of freedom, and the posterior of data made from them."""
    for _ in range(fits):
        mu, tau = rng.normal(0, 3), 1 / np.sqrt(rng.gamma(2, 1))
        theta = mu + tau * rng.standard_t(2, 3)
        y = rng.normal(theta, 0.5)
        yield mu, tau, theta, exact.student_t_hierarchy(y, 0.5, df_fitted, exact.InverseGamma(2, 1), exact.Normal(0, 3))


def uniformity(shares):
    return stats.chisquare(np.histogram(np.array(shares, dtype=float), bins=10, range=(0, 1))[0]).pvalue


@pytest.mark.calibration
def test_simulation_based_calibration():
    ranks = [
        (here.mu.cdf(mu), here.tau.cdf(tau), here.theta.cdf(theta)[0])
        for mu, tau, theta, here in simulated(200, 2, np.random.default_rng(3))
    ]
    assert min(uniformity(column) for column in zip(*ranks, strict=True)) > 1e-4


@pytest.mark.calibration
def test_calibration_catches_degrees_of_freedom_that_are_ignored():
    # A population taken for nearly normal: its scale comes out too large.
    ranks = [here.tau.cdf(tau) for _, tau, _, here in simulated(200, 100, np.random.default_rng(3))]
    assert uniformity(ranks) < 1e-6


def test_many_degrees_of_freedom_are_a_normal_population():
    y, sigma = SCHOOLS.y.to_numpy(float), SCHOOLS.sigma.to_numpy(float)
    normal = exact.normal_hierarchy(y, sigma, exact.HalfCauchy(5), exact.Normal(0, 5))

    def at(df):
        here = exact.student_t_hierarchy(y, sigma, df, exact.HalfCauchy(5), exact.Normal(0, 5))
        quantiles = here.theta.quantile([0.1, 0.9]).ravel() if df == 1000 else np.empty(0)
        return np.r_[here.mu.mean(), here.tau.mean(), here.theta.mean(), here.theta.sd()], quantiles

    expected = np.r_[normal.mu.mean(), normal.tau.mean(), normal.theta.mean(), normal.theta.sd()]
    (half, _), (full, quantiles) = at(500), at(1000)
    assert np.allclose(full, expected, atol=3e-3)
    assert np.allclose(quantiles, normal.theta.quantile([0.1, 0.9]).ravel(), atol=5e-3)
    # What is left falls as 1/df: gone at first order when extrapolated.
    assert np.allclose(2 * full - half, expected, atol=1e-5)


def test_tau_near_zero_pools_completely_and_large_tau_not_at_all():
    pooled = exact.student_t_hierarchy(Y, SIGMA, 4, exact.HalfNormal(1e-7)).theta.mean()
    assert np.allclose(pooled, np.average(Y, weights=SIGMA**-2.0), atol=1e-5)
    apart = exact.student_t_hierarchy(Y, SIGMA, 4, exact.LogUniform(1e7)).theta
    assert np.allclose(apart.mean(), Y, atol=1e-5)
    assert np.allclose(apart.sd(), SIGMA, atol=1e-5)


def test_an_outlier_draws_mu_to_itself_in_one_of_two_modes():
    # Two clusters far apart, nearly at rest: the posterior has a mode at each, of equal mass.
    cluster = np.array([-0.1, 0.0, 0.1, 0.2])
    here = exact.student_t_hierarchy(np.r_[cluster, 1000 - cluster], 1.0, 1, exact.HalfNormal(0.5))
    assert float(here.mu.cdf(500.0)) == pytest.approx(0.5, abs=1e-6)
    assert float(here.mu.cdf(600.0) - here.mu.cdf(400.0)) < 1e-6
    assert float(here.mu.cdf(2.0) - here.mu.cdf(-2.0)) == pytest.approx(0.5, abs=0.01)


@settings(deadline=None, max_examples=10)
@given(
    y=st.lists(st.floats(-30, 30, allow_subnormal=False), min_size=3, max_size=7),
    scale=st.floats(0.01, 100),
    shift=st.floats(-50, 50),
    seed=st.integers(0, 99),
)
def test_unit_shift_and_labels_do_not_matter(y, scale, shift, seed):
    y, sigma = np.array(y), np.linspace(1, 3, len(y))
    order = np.random.default_rng(seed).permutation(len(y))
    here = exact.student_t_hierarchy(y, sigma, 4, exact.HalfCauchy(4), exact.Normal(0, 50))
    there = exact.student_t_hierarchy(
        scale * y[order] + shift, scale * sigma[order], 4, exact.HalfCauchy(4 * scale), exact.Normal(shift, 50 * scale)
    )
    assert np.allclose(there.theta.mean(), scale * here.theta.mean()[order] + shift, atol=1e-7 * scale + 1e-9)
    assert np.allclose(there.theta.sd(), scale * here.theta.sd()[order], rtol=1e-7)
    assert float(there.log_evidence()) == pytest.approx(float(here.log_evidence()) - len(y) * np.log(scale), abs=1e-6)


@pytest.mark.parametrize("J", [1, 2, 10])
@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e8])
def test_any_size_and_any_scale_give_numbers(J, scale):
    rng = np.random.default_rng(J)
    here = exact.student_t_hierarchy(rng.normal(0, scale, J), 10 ** rng.uniform(-8, 8, J), 3, exact.HalfCauchy(scale))
    for marginal in (here.tau, here.mu):
        assert np.all(np.diff(marginal.quantile([0.1, 0.5, 0.9])) > 0)
    assert np.all(np.isfinite(here.theta.mean()))
    assert np.all(here.theta.sd() > 0)


@pytest.mark.parametrize(
    "prior",
    [exact.Gamma(0.02, 1), exact.Power(-0.5), exact.Power(1), exact.LogUniform(1e-8), exact.InverseGamma(0.001, 0.001)],
)
def test_every_prior_of_tau_agrees_with_the_normal_engine_in_the_limit(prior):
    # The extrapolation of 1/df to zero, for priors infinite at zero, cut, or hardly proper.
    y = np.array([-1, 0.2, 0.4, 1.1, 2.5, 0.3])
    each = [
        np.r_[p.mu.quantile(0.9), p.tau.quantile(0.9), p.theta.mean()]
        for p in (
            exact.student_t_hierarchy(y, 1.0, 80, prior),
            exact.student_t_hierarchy(y, 1.0, 160, prior),
            exact.normal_hierarchy(y, 1.0, prior),
        )
    ]
    assert np.allclose(2 * each[1] - each[0], each[2], atol=4e-4)


def test_an_outlier_beyond_the_reach_of_floating_point():
    # Its likelihood at the others' tau is below 1e-308: sums are taken in logs there.
    y = np.r_[np.linspace(-0.02, 0.02, 8), 1]
    here = exact.student_t_hierarchy(y, 0.01, 1000, exact.HalfNormal(1e-3), exact.Normal(0, 0.1))
    normal = exact.normal_hierarchy(y, 0.01, exact.HalfNormal(1e-3), exact.Normal(0, 0.1))
    assert np.all(np.isfinite(here.theta.mean()))
    assert 0 < float(here.tau.mean()) < float(normal.tau.mean())


def test_moments_that_do_not_exist_are_not_numbers():
    here = exact.student_t_hierarchy([1.0, 2.0, 4.0], 1.0, 4)
    assert float(here.tau.mean()) == np.inf
    assert np.isnan(here.mu.mean())
    assert np.all(np.isfinite(here.theta.sd()))
    cauchy = exact.student_t_hierarchy(Y, SIGMA, 1, TAU_PRIOR, MU_PRIOR).predict_new()
    assert np.isnan(cauchy.mean())
    assert float(cauchy.sd()) == np.inf
    assert np.isfinite(cauchy.quantile(0.999))
    # Nor of a new unit where tau has none, whatever the degrees of freedom.
    assert np.isnan(here.predict_new().mean())
    assert float(here.predict_new().sd()) == np.inf
    bounded = exact.student_t_hierarchy([1.0, 2.0], 1.0, 4, mu_prior=MU_PRIOR)
    assert np.isnan(bounded.predict_new().mean())
    assert float(bounded.predict_new().sd()) == np.inf
    with pytest.raises(ValueError, match="mu_prior must be proper"):
        here.log_evidence()


def test_a_new_unit_has_the_variance_of_its_t_and_of_its_centre():
    grid, new = brute(4), posterior(4).predict_new()
    mean = grid.joint.sum(0) @ grid.mu
    variance = 2 * (grid.joint.sum(1) @ grid.tau**2) + grid.joint.sum(0) @ (grid.mu - mean) ** 2
    assert float(new.mean()) == pytest.approx(mean, abs=1e-9)
    assert float(new.sd()) == pytest.approx(np.sqrt(variance), rel=1e-7)


@pytest.mark.parametrize("df", [1.05, 1.5, 2, 2.05])
def test_few_degrees_of_freedom_leave_a_new_unit_a_mean_without_a_finite_sd(df):
    here = posterior(df)
    new = here.predict_new()
    # The distribution function to both sides of a centre far from the mean, 1 - F(c + x) - F(c - x), is what is left
    # of the mean when the heavy tails have cancelled.
    node, weight = np.polynomial.legendre.leggauss(24)
    edges = np.linspace(0, np.arcsinh(1e4), 16)
    t = ((edges[:-1] + edges[1:])[:, None] / 2 + np.diff(edges)[:, None] / 2 * node).ravel()
    mass = (np.diff(edges)[:, None] / 2 * weight).ravel() * np.cosh(t)
    asymmetry = 1 - new.cdf(-1 + np.sinh(t)) - new.cdf(-1 - np.sinh(t))
    beyond = asymmetry[-1] * np.sinh(t[-1]) / df  # It falls as x**-(df + 1).
    assert float(new.mean()) == pytest.approx(-1 + mass @ asymmetry + beyond, abs=2e-5)
    assert np.isfinite(new.sd()) == (df > 2)


def test_a_cdf_of_the_wrong_length_gets_one_sentence_and_no_scale_is_negative():
    with pytest.raises(
        ValueError, match=r"^x must have a shape that fits that of the results, \(5,\); got shape \(3,\)$"
    ):
        posterior(4).theta.cdf([1.0, 2.0, 3.0])
    assert np.all(posterior(4).tau.cdf([-1.0, 0.0]) == 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"y": [1.0, 2.0], "tau_prior": exact.Flat()}, "needs 3 or more units"),
        ({"tau_prior": exact.Power(-1)}, "finite mass near tau = 0"),
        ({"tau_prior": exact.Power(0.9)}, r"though proper, falls as tau\*\*-1\.1, too slowly for quadrature"),
        ({"tau_prior": exact.Gamma(0.001, 1)}, "no faster than"),
        ({"tau_prior": 5}, "tau_prior must be a prior of a positive quantity"),
        ({"mu_prior": exact.HalfCauchy(1)}, "mu_prior must be exact.Flat"),
        ({"df": 0.1}, "df must be from 0.5 to 1000"),
        ({"df": -1}, r"df must be positive; got -1\.0"),
        ({"df": [1, 2]}, "df must be one number"),
        ({"df": None}, "df must be numbers"),
        ({"df": 10**400}, "df must be"),
        ({"sigma": 0.0}, "sigma must be positive"),
        ({"y": []}, "y must be a list of one or more"),
        ({"y": [1, np.nan, 2]}, "y must be finite"),
        ({"y": [1, 2j, 2]}, "y must be numbers"),
    ],
)
def test_bad_input_gets_one_sentence(arguments, message):
    with pytest.raises(ValueError, match=message):
        exact.student_t_hierarchy(**{"y": [1.0, 2.0, 4.0], "sigma": 1.0, "df": 4} | arguments)


def test_verbs_refuse_nonsense():
    with pytest.raises(ValueError, match="p must be between 0 and 1"):
        posterior(4).theta.quantile(1.5)
    with pytest.raises(ValueError, match="rng must be a numpy"):
        posterior(4).sample(10, 7)
    with pytest.raises(ValueError, match="draws must be a whole number"):
        posterior(4).sample(True, np.random.default_rng(1))

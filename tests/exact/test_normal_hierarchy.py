"""The exact posterior against numbers that were computed in other ways, and against what must hold for any data."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import integrate, stats

from hbcourse import datasets, exact

SCHOOLS = datasets.eight_schools()
Y, SIGMA = SCHOOLS.y.to_numpy(float), SCHOOLS.sigma.to_numpy(float)
P = np.array([0.01, 0.025, 0.1, 0.5, 0.9, 0.975, 0.99])


def schools() -> exact.NormalHierarchyPosterior:
    return exact.normal_hierarchy(Y, SIGMA, exact.HalfCauchy(5), exact.Normal(0, 5))


def test_eight_schools_reference_values():
    assert float(schools().mu.mean()) == pytest.approx(4.397, abs=5e-4)
    assert float(schools().tau.mean()) == pytest.approx(3.598, abs=5e-4)


def test_flat_priors_reference_value():
    # Gelman 2006 and the course's own reference: the median of tau under a flat prior.
    assert float(exact.normal_hierarchy(Y, SIGMA).tau.quantile(0.5)) == pytest.approx(5.24, abs=5e-3)


class BruteForce:
    """The same posterior by adaptive quadrature of the joint density of y, with nothing in common with the package."""

    def __init__(self, tau_density, mu_sd, y=Y, sigma=SIGMA):
        self.tau_density, self.mu_sd, self.y, self.sigma = tau_density, mu_sd, y, sigma
        self.total = self.integral(lambda tau: 1.0)

    def weight(self, tau):
        covariance = np.diag(self.sigma**2 + tau**2) + self.mu_sd**2
        return self.tau_density(tau) * stats.multivariate_normal(np.zeros(len(self.y)), covariance).pdf(self.y) * 1e12

    def integral(self, value, high=np.inf):
        return integrate.quad(lambda tau: value(tau) * self.weight(tau), 0, high, epsabs=0, epsrel=1e-10, limit=500)[0]

    def expect(self, value):
        return self.integral(value) / self.total

    def theta(self, tau):
        """Mean and covariance of theta given tau, from the joint normal of (theta, y)."""
        prior = tau**2 * np.eye(len(self.y)) + self.mu_sd**2
        gain = prior @ np.linalg.inv(prior + np.diag(self.sigma**2))
        return gain @ self.y, prior - gain @ prior


BRUTE = BruteForce(stats.halfcauchy(scale=5).pdf, 5.0)


def test_tau_against_adaptive_quadrature():
    tau = schools().tau
    assert float(tau.mean()) == pytest.approx(BRUTE.expect(lambda t: t), rel=1e-9)
    second = BRUTE.expect(lambda t: t**2)
    assert float(tau.sd()) == pytest.approx(np.sqrt(second - BRUTE.expect(lambda t: t) ** 2), rel=1e-9)
    assert float(tau.pdf(3.0)) == pytest.approx(BRUTE.weight(3.0) / BRUTE.total, rel=1e-9)
    for value in (0.1, 3.0, 20.0):
        below = BRUTE.integral(lambda t: 1.0, value) / BRUTE.total
        assert float(tau.cdf(value)) == pytest.approx(below, rel=1e-8)


@pytest.mark.parametrize("school", [0, 2, 7])
def test_theta_against_adaptive_quadrature(school):
    theta = schools().theta
    mean = BRUTE.expect(lambda t: BRUTE.theta(t)[0][school])
    variance = BRUTE.expect(lambda t: BRUTE.theta(t)[1][school, school] + (BRUTE.theta(t)[0][school] - mean) ** 2)
    assert theta.mean()[school] == pytest.approx(mean, rel=1e-8)
    assert theta.sd()[school] == pytest.approx(np.sqrt(variance), rel=1e-8)

    def below_ten(t):
        mean, covariance = BRUTE.theta(t)
        return stats.norm.cdf(10, mean[school], np.sqrt(covariance[school, school]))

    assert theta.cdf(10)[school] == pytest.approx(BRUTE.expect(below_ten), rel=1e-8)


def test_a_tail_as_heavy_as_they_come():
    # Three units, flat priors: the density of tau falls as tau**-2, so that it has quantiles but no mean.
    posterior = exact.normal_hierarchy([1.0, 2.0, 4.0], 1.0)

    def density(tau):
        return np.exp(-14 / 3 / (2 * (1 + tau**2))) / (1 + tau**2)

    total = integrate.quad(density, 0, np.inf, epsabs=0, epsrel=1e-12)[0]
    for value in (0.5, 5.0, 500.0):
        share = integrate.quad(density, 0, value, epsabs=0, epsrel=1e-12, limit=500)[0] / total
        assert float(posterior.tau.cdf(value)) == pytest.approx(share, rel=1e-9)
    assert float(posterior.tau.mean()) == np.inf
    assert float(posterior.mu.sd()) == np.inf
    assert np.isnan(posterior.predict_new().mean())


def on_a_fine_grid(y, sigma, tau_prior, mu_sd, mu_mean=0.0):
    """Mean and sd of tau, mean of mu, and three quantiles of tau: a sum over 100,000 values of log tau."""
    y = np.asarray(y, dtype=float)
    sigma = np.broadcast_to(np.asarray(sigma, dtype=float), y.shape)
    log_tau = np.linspace(np.log(min(sigma.min(), 1e-8)) - 25, np.log(max(sigma.max(), np.ptp(y), 1e2)) + 45, 100_001)
    tau = np.exp(log_tau)
    precision, total = np.full(tau.shape, mu_sd**-2.0), np.full(tau.shape, mu_mean * mu_sd**-2.0)
    for spread in sigma:
        precision += 1 / (spread**2 + tau**2)
    for value, spread in zip(y, sigma, strict=True):
        total += value / (spread**2 + tau**2)
    mu = total / precision
    log_mass = log_tau + tau_prior(tau) - np.log(precision) / 2 - (mu - mu_mean) ** 2 * mu_sd**-2.0 / 2
    for value, spread in zip(y, sigma, strict=True):
        log_mass += stats.norm.logpdf(value, mu, np.hypot(spread, tau))
    mass = np.exp(log_mass - log_mass.max())
    mass /= mass.sum()
    mean = mass @ tau
    quantiles = np.interp([0.025, 0.5, 0.975], np.cumsum(mass) - mass / 2, tau)
    return mean, np.sqrt(mass @ (tau - mean) ** 2), mass @ mu, quantiles


def half_cauchy(scale):
    return exact.HalfCauchy(scale), stats.halfcauchy(scale=scale).logpdf


FLAT = (exact.Flat(), np.zeros_like)
NOISE = np.random.default_rng(8).normal(size=400)
HARD = {
    "prior of mu far from the data": (NOISE[:30] + 100, 1.0, half_cauchy(5), 5.0),
    "the same with a flat tau": (NOISE[:30] + 50, 1.0, FLAT, 2.0),
    "prior of tau far below sigma": (Y, SIGMA, half_cauchy(0.01), 5.0),
    "prior of tau far above sigma": (Y, SIGMA, half_cauchy(1e6), 5.0),
    "one unit known almost exactly": ([1.0, 2.0, 4.0, 3.0, 7.0], [1e-8, 1, 1, 1, 1], FLAT, np.inf),
    "one unit hardly known": ([1.0, 2.0, 4.0, 3.0, 5.0], [1, 1, 1, 1, 1e8], FLAT, np.inf),
    "two modes": (np.r_[0.01 * NOISE, 50], 0.01, half_cauchy(1), np.inf),
    "sigma of many sizes": (3 * NOISE[:40], np.geomspace(1e-3, 1e3, 40), half_cauchy(1), np.inf),
    "prior of mu far narrower than sigma": ([2.8, 0.8, -0.3, 0.7, -0.1, 1.8], 1.0, half_cauchy(0.8), 1e-8),
    "prior of mu far narrower, all far from it": (NOISE[:12] + 30, 1.0, half_cauchy(1), 1e-6),
    "no spread at all": (np.zeros(8), 1.0, FLAT, np.inf),
}


@pytest.mark.parametrize("name", HARD)
def test_hard_cases_against_a_fine_grid(name):
    y, sigma, (tau_prior, log_density), mu_sd = HARD[name]
    mu_prior = exact.Flat() if np.isinf(mu_sd) else exact.Normal(0, mu_sd)
    posterior = exact.normal_hierarchy(y, sigma, tau_prior, mu_prior)
    mean, sd, mu, quantiles = on_a_fine_grid(y, sigma, log_density, mu_sd)
    assert float(posterior.tau.mean()) == pytest.approx(mean, rel=1e-8)
    assert float(posterior.tau.sd()) == pytest.approx(sd, rel=1e-7)
    assert float(posterior.mu.mean()) == pytest.approx(mu, rel=1e-8, abs=1e-12)
    # The grid interpolates its quantiles, which limits them.
    assert np.allclose(posterior.tau.quantile([0.025, 0.5, 0.975]), quantiles, rtol=2e-5)


@pytest.mark.parametrize("name", ["tau", "mu", "theta"])
def test_quantile_inverts_cdf(name):
    marginal = getattr(schools(), name)
    quantiles = marginal.quantile(P)
    assert quantiles.shape == P.shape + ((8,) if name == "theta" else ())
    assert np.allclose(marginal.cdf(quantiles), P.reshape(P.shape + (1,) * (quantiles.ndim - 1)), atol=1e-9)


def test_draws_agree_with_the_posterior():
    posterior, draws = schools(), 40_000
    sample = posterior.sample(draws, np.random.default_rng(1))
    assert sample["theta"].shape == (draws, 8)
    for name in ("tau", "mu", "theta"):
        marginal = getattr(posterior, name)
        z = (sample[name].mean(0) - marginal.mean()) / (marginal.sd() / np.sqrt(draws))
        assert np.all(abs(z) < 4.5), name
    worst = stats.kstest(sample["tau"], lambda t: posterior.tau.cdf(t)).pvalue
    assert worst > 1e-4


def test_a_new_unit_has_the_variance_of_its_population_and_of_its_mean():
    posterior = schools()
    tau_squared = posterior.tau.node**2 @ posterior.tau.weight
    assert float(posterior.predict_new().mean()) == pytest.approx(float(posterior.mu.mean()))
    assert float(posterior.predict_new().sd()) ** 2 == pytest.approx(tau_squared + float(posterior.mu.sd()) ** 2)


PRIORS = {
    "half-normal": (exact.HalfNormal(3), stats.halfnorm(scale=3).logpdf),
    "half-t": (exact.HalfT(3, 2), lambda tau: stats.t(3, scale=2).logpdf(tau) + np.log(2)),
    "exponential": (exact.Exponential(4), stats.expon(scale=4).logpdf),
    "Gamma": (exact.Gamma(2, 0.5), stats.gamma(2, scale=2).logpdf),
    "inverse-Gamma": (
        exact.InverseGamma(0.001, 0.001),
        lambda tau: stats.invgamma(0.001, scale=0.001).logpdf(tau**2) + np.log(2 * tau),
    ),
    "flat on tau squared": (exact.Power(1), np.log),
    "a root of tau": (exact.Power(-0.5), lambda tau: -np.log(tau) / 2),
}


@pytest.mark.parametrize("name", PRIORS)
@pytest.mark.parametrize("mu_sd", [5.0, np.inf])
def test_each_prior_against_a_fine_grid(name, mu_sd):
    tau_prior, log_density = PRIORS[name]
    posterior = exact.normal_hierarchy(Y, SIGMA, tau_prior, exact.Flat() if np.isinf(mu_sd) else exact.Normal(0, mu_sd))
    mean, sd, mu, quantiles = on_a_fine_grid(Y, SIGMA, log_density, mu_sd)
    assert float(posterior.tau.mean()) == pytest.approx(mean, rel=1e-8)
    assert float(posterior.tau.sd()) == pytest.approx(sd, rel=1e-7)
    assert float(posterior.mu.mean()) == pytest.approx(mu, rel=1e-8)
    assert np.allclose(posterior.tau.quantile([0.025, 0.5, 0.975]), quantiles, rtol=2e-5)


@pytest.mark.parametrize("low", [0.1, 1e-2, 1e-4, 1e-8])
def test_a_prior_cut_off_against_adaptive_quadrature(low):
    posterior = exact.normal_hierarchy(Y, SIGMA, exact.LogUniform(low), exact.Normal(0, 5))
    uniform = BruteForce(lambda tau: 1.0, 5.0)

    def mass(log_tau):
        return uniform.weight(np.exp(log_tau))

    below, above = (
        integrate.quad(mass, *ends, epsabs=0, epsrel=1e-9, limit=500)[0] for ends in ((np.log(low), 0), (0, 30))
    )
    assert float(posterior.tau.cdf(1.0)) == pytest.approx(below / (below + above), rel=1e-6)
    assert float(posterior.tau.cdf(low * 0.99)) == 0


def test_evidence_against_adaptive_quadrature():
    assert float(schools().log_evidence()) == pytest.approx(np.log(BRUTE.total) - np.log(1e12), abs=1e-9)
    with pytest.raises(ValueError, match="mu_prior must be proper"):
        exact.normal_hierarchy(Y, SIGMA, exact.HalfCauchy(5)).log_evidence()
    with pytest.raises(ValueError, match="tau_prior must be proper"):
        exact.normal_hierarchy(Y, SIGMA, exact.LogUniform(0.1), exact.Normal(0, 5)).log_evidence()


def test_influence_is_the_derivative_of_the_estimates():
    step = 1e-4
    moved = exact.normal_hierarchy(
        np.concatenate([Y + step * np.eye(8), Y - step * np.eye(8)]), SIGMA, exact.HalfCauchy(5), exact.Normal(0, 5)
    ).theta.mean()
    assert np.allclose(schools().influence(), (moved[:8] - moved[8:]).T / (2 * step), atol=1e-8)


def test_covariance_against_adaptive_quadrature():
    mean = schools().theta.mean()

    def cross(t):
        conditional, covariance = BRUTE.theta(t)
        return covariance[0, 4] + (conditional[0] - mean[0]) * (conditional[4] - mean[4])

    assert schools().covariance()[0, 4] == pytest.approx(BRUTE.expect(cross), rel=1e-7)
    assert np.allclose(np.sqrt(np.diag(schools().covariance())), schools().theta.sd(), rtol=1e-10)
    assert np.allclose(np.diag(schools().correlation()), 1)


def test_a_datum_however_far_out_has_a_finite_log_score():
    posterior = exact.normal_hierarchy([0.0, 1.0, 2.0, 1e6], 1.0, exact.HalfNormal(1), exact.Normal(0, 1))
    scores = posterior.leave_one_out().log_pdf(posterior.y)
    assert np.isfinite(scores).all()
    # By the widest that the three others allow: N(mu, 1 + tau^2) with tau in the tail of its prior.
    assert -1e12 < scores[3] < -1e9
    ordinary = schools().leave_one_out()
    assert np.allclose(np.exp(ordinary.log_pdf(Y)), ordinary.pdf(Y))


def test_mu_given_tau_and_the_data_weight_against_the_joint_normal():
    for tau in (0.0, 3.0, 50.0):
        covariance = np.diag(SIGMA**2 + tau**2) + 25.0
        gain = np.full(8, 25.0) @ np.linalg.inv(covariance)
        mean, sd = schools().mu_given(tau)
        assert float(mean) == pytest.approx(gain @ Y, rel=1e-9)
        assert float(sd) == pytest.approx(np.sqrt(25 - gain @ np.full(8, 25.0)), rel=1e-9)
    weight = BRUTE.expect(lambda t: t**2 / (t**2 + SIGMA[3] ** 2))
    assert schools().data_weight()[3] == pytest.approx(weight, rel=1e-8)


def test_a_posterior_that_falls_too_slowly_is_refused_for_that_reason():
    with pytest.raises(ValueError, match=r"though proper, falls as tau\*\*-1.1, too slowly for quadrature; got 2"):
        exact.normal_hierarchy([1.0, 2.0], 1.0, exact.Power(-0.1))


def test_leaving_a_unit_out_against_adaptive_quadrature():
    # p(y_0 | the rest) is a ratio of two evidences.
    rest = BruteForce(stats.halfcauchy(scale=5).pdf, 5.0, Y[1:], SIGMA[1:])
    left_out = schools().leave_one_out()
    assert float(left_out.pdf(Y)[0]) == pytest.approx(BRUTE.total / rest.total, rel=1e-8)
    assert np.all((left_out.cdf(Y) > 0.05) & (left_out.cdf(Y) < 0.99))


def test_a_batch_is_the_same_as_its_data_sets_one_by_one():
    rng = np.random.default_rng(7)
    y = rng.normal(rng.normal(0, [[0.1], [5], [100]], (3, 8)), SIGMA)
    sigma = SIGMA * rng.uniform(0.5, 2, (3, 8))
    batch = exact.normal_hierarchy(y, sigma, exact.HalfCauchy(5))
    one = [exact.normal_hierarchy(*row, exact.HalfCauchy(5)) for row in zip(y, sigma, strict=True)]
    for name in ("tau", "mu", "theta"):
        for verb, arguments in (("mean", []), ("sd", []), ("quantile", [P]), ("cdf", [2.5]), ("pdf", [2.5])):
            together = getattr(getattr(batch, name), verb)(*arguments)
            alone = [getattr(getattr(posterior, name), verb)(*arguments) for posterior in one]
            assert np.allclose(together, np.stack(alone, axis=1 if verb == "quantile" else 0), rtol=1e-7), (name, verb)
    assert np.allclose(batch.influence(), [posterior.influence() for posterior in one], atol=1e-8)
    assert np.allclose(batch.predict_new().sd(), [posterior.predict_new().sd() for posterior in one])
    sample = batch.sample(5000, rng)
    assert sample["theta"].shape == (5000, 3, 8)
    assert np.all(abs(sample["theta"].mean(0) - batch.theta.mean()) < 5 * batch.theta.sd() / np.sqrt(5000))


CALIBRATED = {
    "half-Cauchy": exact.HalfCauchy(5),
    "half-normal": exact.HalfNormal(5),
    "half-t": exact.HalfT(3, 5),
    "exponential": exact.Exponential(5),
    "Gamma": exact.Gamma(2, 0.5),
    "inverse-Gamma": exact.InverseGamma(2, 5),
}


def shares_below_the_truth(tau_prior, assumed=1.0):
    """Posterior probabilities below true values drawn from the prior, where sigma is taken for ``assumed`` sigma."""
    rng, fits = np.random.default_rng(2), 2000
    mu, tau = rng.normal(0, 5, fits), tau_prior.sample(fits, rng)
    theta = rng.normal(mu[:, None], tau[:, None], (fits, 8))
    y = rng.normal(theta, SIGMA)
    posterior = exact.normal_hierarchy(y, assumed * SIGMA, tau_prior, exact.Normal(0, 5))
    return {
        "mu": posterior.mu.cdf(mu),
        "tau": posterior.tau.cdf(tau),
        "theta": posterior.theta.cdf(theta)[:, 0],
        "new": posterior.predict_new().cdf(rng.normal(mu, tau)),
    }


def p_value(shares):
    return stats.chisquare(np.histogram(shares, bins=20, range=(0, 1))[0]).pvalue


@pytest.mark.parametrize("name", CALIBRATED)
def test_simulation_based_calibration(name):
    # True values drawn from the prior have uniform ranks among posterior probabilities, whatever the data.
    for shares in shares_below_the_truth(CALIBRATED[name]).values():
        assert p_value(shares) > 1e-4


def test_calibration_notices_a_wrong_standard_error():
    assert p_value(shares_below_the_truth(exact.HalfNormal(5), assumed=0.7)["tau"]) < 1e-10


estimates = arrays(float, st.integers(3, 12), elements=st.floats(-50, 50, allow_subnormal=False))
scales = st.floats(0.1, 30)


@settings(deadline=None, max_examples=50)
@given(y=estimates, scale=scales, shift=st.floats(-100, 100), seed=st.integers(0, 99))
def test_unit_shift_and_labels_do_not_matter(y, scale, shift, seed):
    sigma = np.linspace(1, 3, len(y))
    order = np.random.default_rng(seed).permutation(len(y))
    here = exact.normal_hierarchy(y, sigma, exact.HalfCauchy(4), exact.Normal(0, 50))
    there = exact.normal_hierarchy(
        scale * y[order] + shift, scale * sigma[order], exact.HalfCauchy(4 * scale), exact.Normal(shift, 50 * scale)
    )
    assert np.allclose(there.theta.mean(), scale * here.theta.mean()[order] + shift, atol=1e-5 * scale + 1e-8)
    assert np.allclose(there.theta.sd(), scale * here.theta.sd()[order], rtol=1e-5)
    assert float(there.tau.quantile(0.5)) == pytest.approx(scale * float(here.tau.quantile(0.5)), rel=1e-5)


@pytest.mark.parametrize("J", [1, 2, 3, 10, 1000])
@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e8])
def test_any_size_and_any_scale_give_numbers(J, scale):
    rng = np.random.default_rng(J)
    posterior = exact.normal_hierarchy(rng.normal(0, scale, J), 10 ** rng.uniform(-8, 8, J), exact.HalfCauchy(scale))
    for marginal in (posterior.tau, posterior.mu, posterior.theta):
        quantiles = marginal.quantile([0.1, 0.5, 0.9])
        assert np.all(np.isfinite(quantiles))
        # Where a unit is known to better than the last digit of y, quantiles may coincide.
        apart = np.ptp(quantiles, axis=0) > 1e-14 * abs(quantiles[1])
        assert np.all((np.diff(quantiles, axis=0) > 0) | ~apart)
    assert np.all(np.isfinite(posterior.theta.mean()))


def test_a_sharp_posterior_is_found():
    rng = np.random.default_rng(4)
    y = rng.normal(rng.normal(0, 2, 10_000), 1)
    tau = exact.normal_hierarchy(y, 1.0).tau
    # With equal sigma the posterior of tau**2 + 1 is that of a variance: mode near the sample's.
    assert float(tau.mean()) == pytest.approx(np.sqrt(y.var(ddof=1) - 1), rel=2e-3)
    assert float(tau.sd()) == pytest.approx((y.var() / np.sqrt(20_000)) / np.sqrt(y.var() - 1), rel=0.02)


@pytest.mark.parametrize(
    ("y", "mu_prior", "need"),
    [([1.0, 2.0], exact.Flat(), 3), ([1.0], exact.Flat(), 3), ([1.0], exact.Normal(0, 1), 2)],
)
def test_an_improper_posterior_is_refused(y, mu_prior, need):
    with pytest.raises(ValueError, match=f"needs {need} or more units"):
        exact.normal_hierarchy(y, 1.0, exact.Flat(), mu_prior)


def test_data_that_contradict_the_priors_beyond_double_precision_are_refused():
    with pytest.raises(ValueError, match="must not contradict each other beyond double precision"):
        exact.normal_hierarchy([0.0, 1e8, 3.0], 1e-8, exact.HalfNormal(1e-6))


def test_infinite_mass_near_zero_is_refused_however_many_the_units():
    with pytest.raises(ValueError, match="must have finite mass near tau = 0, where the likelihood is positive"):
        exact.normal_hierarchy(Y, SIGMA, exact.Power(-1))


BAD = [
    ({"y": [1, 2, 3], "sigma": [1, 2, 3, -1.0]}, r"sigma must be positive; got -1.0 at index 3"),
    ({"y": [1, 2, 3], "sigma": [1, 2, 0]}, r"sigma must be positive; got 0.0 at index 2"),
    ({"y": [1, 2, 3], "sigma": [1, 2]}, r"sigma must have one entry for each y, \(3,\)"),
    ({"y": [1, 2, np.nan], "sigma": 1}, r"y must be finite; got nan at index 2"),
    ({"y": [1, 2, 3], "sigma": np.inf}, r"sigma must be finite; got inf"),
    ({"y": [], "sigma": 1}, r"y must be a list of one or more estimates, or rows of them; got shape \(0,\)"),
    (
        {"y": [[[1, 2, 3]]], "sigma": 1},
        r"y must be a list of one or more estimates, or rows of them; got shape \(1, 1, 3\)",
    ),
    ({"y": 5.0, "sigma": 1}, r"y must be a list of one or more estimates, or rows of them; got shape \(\)"),
    ({"y": ["a", "b", "c"], "sigma": 1}, r"y must be numbers; got \['a', 'b', 'c'\]"),
    ({"y": [1, None, 3], "sigma": 1}, r"y must be numbers; got \[1, None, 3\]"),
    ({"y": np.ma.masked_less([1.0, 2, 3], 2), "sigma": 1}, r"y must not be masked"),
    ({"y": [1, 2, -1e200], "sigma": 1}, r"y must be at most 1e\+100 in size; got -1e\+200 at index 2"),
    ({"y": [1, 2, 3], "sigma": 1, "tau_prior": 5}, r"tau_prior must be a prior of a positive quantity, .*; got 5"),
    ({"y": [1, 2, 3], "sigma": 1, "tau_prior": exact.HalfNormal}, "tau_prior must be a prior of a positive quantity"),
    ({"y": [1, 2, 3], "sigma": 1, "mu_prior": exact.HalfNormal(1)}, "mu_prior must be exact.Flat"),
    ({"y": [[1, 2], [3]], "sigma": 1}, "y must be numbers in rows of one length"),
    ({"y": [1, 2, 3], "sigma": 1e-200}, r"sigma must be at least 1e-100; got 1e-200"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD)
def test_bad_input_gets_one_sentence(arguments, message):
    with pytest.raises(ValueError, match=message):
        exact.normal_hierarchy(**arguments)


def test_priors_and_verbs_refuse_nonsense():
    with pytest.raises(ValueError, match=r"scale must be positive; got -1\.0"):
        exact.HalfCauchy(-1)
    with pytest.raises(ValueError, match="sd must be one number"):
        exact.Normal(0, [1, 2])
    with pytest.raises(ValueError, match=r"p must be between 0 and 1; got 1\.5 at index 1"):
        schools().tau.quantile([0.5, 1.5])
    with pytest.raises(ValueError, match="rng must be a numpy"):
        schools().sample(10, 7)
    with pytest.raises(ValueError, match="draws must be a whole number of 1 or more; got 0"):
        schools().sample(0, np.random.default_rng(1))

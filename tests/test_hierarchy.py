"""The layers, their densities and what units tell about each other: by simulation, quadrature and linear algebra."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from hbcourse import datasets, exact, hierarchy

SCHOOLS = datasets.eight_schools()
Y, SIGMA = SCHOOLS.y.to_numpy(float), SCHOOLS.sigma.to_numpy(float)
PRIORS = exact.HalfCauchy(5), exact.Normal(0, 5)


def near(values, expected):
    """The mean of independent values lies within 4.5 standard errors of what is expected."""
    return abs(np.mean(values) - expected) < 4.5 * np.std(values) / np.sqrt(len(values))


def test_moments_of_the_normal_layers_given_the_population():
    rng, draws = np.random.default_rng(1), 100_000
    sigma = np.array([1.0, 3.0])
    layers = hierarchy.simulate_normal(np.full(draws, 5.0), 2.0, sigma, rng)
    assert layers.theta.shape == layers.y.shape == (draws, 2)
    for j in range(2):
        assert near(layers.theta[:, j], 5)
        assert near((layers.theta[:, j] - 5) ** 2, 4)
        assert near((layers.y[:, j] - 5) ** 2, 4 + sigma[j] ** 2)
        assert near((layers.y - layers.theta)[:, j] ** 2, sigma[j] ** 2)
        assert near((layers.y - layers.theta)[:, j] * (layers.theta[:, j] - 5), 0)
    # Given the population, units are independent.
    assert near((layers.y[:, 0] - 5) * (layers.y[:, 1] - 5), 0)


def test_without_the_population_units_are_dependent():
    rng, draws = np.random.default_rng(2), 100_000
    mu, tau = exact.Normal(3, 4).sample(draws, rng), exact.HalfNormal(2).sample(draws, rng)
    layers = hierarchy.simulate_normal(mu, tau, [1.0, 1.0, 1.0], rng)
    # Their covariance is the variance of mu; their variance has E tau^2 and sigma^2 too.
    assert near((layers.y[:, 0] - 3) * (layers.y[:, 2] - 3), 16)
    assert near((layers.y[:, 1] - 3) ** 2, 16 + 4 + 1)


def test_counts_given_the_population_are_negative_binomial():
    rng, draws = np.random.default_rng(3), 40_000
    exposure = np.array([0.5, 4.0])
    layers = hierarchy.simulate_counts(np.full(draws, 1.5), 0.8, exposure, rng)
    assert layers.x.dtype.kind == "i"
    for j in range(2):
        assert stats.kstest(layers.theta[:, j], stats.gamma(1.5, scale=1 / 0.8).cdf).pvalue > 1e-4
        law = stats.nbinom(1.5, 0.8 / (0.8 + exposure[j]))
        top = int(law.isf(20 / draws))
        observed = np.bincount(np.minimum(layers.x[:, j], top), minlength=top + 1)
        expected = draws * np.r_[law.pmf(np.arange(top)), law.sf(top - 1)]
        assert stats.chisquare(observed, expected).pvalue > 1e-4
    assert near((layers.x[:, 0] / 0.5 - 1.875) * (layers.x[:, 1] / 4 - 1.875), 0)


def test_one_set_of_layers_has_no_axis_of_draws():
    rng = np.random.default_rng(4)
    assert hierarchy.simulate_normal(0, 0, SIGMA, rng).theta.tolist() == [0] * 8
    assert hierarchy.simulate_counts(2, 1, [1, 2, 3], rng).x.shape == (3,)


def test_the_joint_is_the_product_of_the_layers():
    theta, mu, tau = np.array([4.0, 6.0, 5.5]), 5.0, 2.0
    y, sigma = np.array([3.0, 8.0, 5.0]), np.array([1.0, 2.0, 0.5])
    product = stats.norm(0, 5).pdf(mu) * stats.halfcauchy(scale=5).pdf(tau)
    for j in range(3):
        product *= stats.norm(mu, tau).pdf(theta[j]) * stats.norm(theta[j], sigma[j]).pdf(y[j])
    assert np.exp(hierarchy.log_joint(theta, mu, tau, y, sigma, *PRIORS)) == pytest.approx(product, rel=1e-12)


def evidence(y, sigma, tau_density, mu_sd):
    """Density of y, by adaptive quadrature of the marginal normal over tau."""

    def integrand(tau):
        covariance = np.diag(sigma**2 + tau**2) + mu_sd**2
        return tau_density(tau) * stats.multivariate_normal(np.zeros(len(y)), covariance).pdf(y) * 1e12

    return integrate.quad(integrand, 0, np.inf, epsabs=0, epsrel=1e-11, limit=500)[0] * 1e-12


@pytest.mark.parametrize(
    ("tau_prior", "density"),
    [(exact.HalfCauchy(5), stats.halfcauchy(scale=5).pdf), (exact.HalfNormal(10), stats.halfnorm(scale=10).pdf)],
)
def test_joint_and_posterior_differ_by_one_constant_the_log_evidence(tau_prior, density):
    rng = np.random.default_rng(5)
    theta, mu = rng.normal(5, 15, (200, 8)), rng.normal(0, 10, 200)
    tau = np.exp(rng.normal(1, 2, 200))
    posterior = exact.normal_hierarchy(Y, SIGMA, tau_prior, exact.Normal(0, 5))
    joint = hierarchy.log_joint(theta, mu, tau, Y, SIGMA, tau_prior, exact.Normal(0, 5))
    difference = joint - hierarchy.log_posterior(theta, mu, tau, posterior)
    assert np.allclose(difference, np.log(evidence(Y, SIGMA, density, 5.0)), atol=1e-8, rtol=0)
    # The densities themselves are far from constant.
    assert np.ptp(joint) > 100


def test_the_joint_with_flat_priors_is_proportional_to_the_posterior_too():
    rng = np.random.default_rng(6)
    theta, mu, tau = rng.normal(5, 15, (50, 8)), rng.normal(0, 10, 50), np.exp(rng.normal(1, 1, 50))
    joint = hierarchy.log_joint(theta, mu, tau, Y, SIGMA, exact.Flat(), exact.Flat())
    difference = joint - hierarchy.log_posterior(theta, mu, tau, exact.normal_hierarchy(Y, SIGMA))
    assert np.ptp(difference) < 1e-8


def test_the_posterior_is_a_density():
    # Two units: integrate over theta on a grid at fixed (mu, tau), and compare with the density of (mu, tau).
    y, sigma = np.array([3.0, 8.0]), np.array([1.0, 2.0])
    posterior = exact.normal_hierarchy(y, sigma, *PRIORS)
    grid = np.linspace(-15, 25, 401)
    theta = np.stack(np.meshgrid(grid, grid, indexing="ij"), axis=-1)
    total = evidence(y, sigma, stats.halfcauchy(scale=5).pdf, 5.0)
    for m, t in itertools.product((0.0, 4.0), (0.7, 3.0)):
        summed = np.exp(hierarchy.log_posterior(theta, m, t, posterior)).sum() * (grid[1] - grid[0]) ** 2
        prior = stats.norm.pdf(m, 0, 5) * stats.halfcauchy.pdf(t, scale=5)
        assert summed == pytest.approx(prior * np.prod(stats.norm.pdf(y, m, np.hypot(sigma, t))) / total, rel=1e-6)


def brute_parts(tau_density, mu_sd):
    """The three parts by adaptive quadrature over tau, from the joint normal of (theta, mu, y)."""

    def given(tau):
        # Covariance of (theta, mu), and its regression on y.
        prior = np.block([[tau**2 * np.eye(8) + mu_sd**2, np.full((8, 1), mu_sd**2)], [np.full((1, 9), mu_sd**2)]])
        marginal = prior[:8, :8] + np.diag(SIGMA**2)
        gain = prior[:, :8] @ np.linalg.inv(marginal)
        covariance = prior - gain @ prior[:8]
        # What is left when mu is known too.
        on_mu = np.outer(covariance[:8, 8], covariance[:8, 8]) / covariance[8, 8]
        weight = tau_density(tau) * stats.multivariate_normal(np.zeros(8), marginal).pdf(Y) * 1e12
        mean = (gain @ Y)[:8]
        return weight * np.array([np.ones((8, 8)), covariance[:8, :8] - on_mu, on_mu, np.outer(mean, mean)]), (
            weight * mean
        )

    parts = integrate.quad_vec(lambda tau: given(tau)[0], 0, np.inf, epsrel=1e-10)[0]
    mean = integrate.quad_vec(lambda tau: given(tau)[1], 0, np.inf, epsrel=1e-10)[0] / parts[0, 0, 0]
    own, through_mu, square = parts[1:] / parts[0, 0, 0]
    return own, through_mu, square - np.outer(mean, mean)


def test_where_the_covariance_of_two_schools_comes_from():
    posterior = exact.normal_hierarchy(Y, SIGMA, *PRIORS)
    parts = hierarchy.covariance_parts(posterior)
    for part, brute in zip(parts, brute_parts(stats.halfcauchy(scale=5).pdf, 5.0), strict=True):
        assert np.allclose(part, brute, atol=1e-6)
    # Given the population the units are independent: their own part has nothing off the diagonal.
    assert np.array_equal(parts.own, np.diag(np.diag(parts.own)))
    assert np.allclose(sum(parts), posterior.covariance(), rtol=1e-10)
    assert np.allclose(np.sqrt(np.diag(sum(parts))), posterior.theta.sd(), rtol=1e-10)


@pytest.mark.parametrize("priors", [PRIORS, (exact.Flat(), exact.Flat())])
def test_the_covariance_against_draws(priors):
    posterior = exact.normal_hierarchy(Y, SIGMA, *priors)
    theta = posterior.sample(100_000, np.random.default_rng(7))["theta"]
    total = sum(hierarchy.covariance_parts(posterior))
    for i, j in itertools.combinations_with_replacement((0, 2, 7), 2):
        products = (theta[:, i] - posterior.theta.mean()[i]) * (theta[:, j] - posterior.theta.mean()[j])
        assert near(products, total[i, j])


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.floats(-7, 7), st.floats(-1e6, 1e6))
def test_parts_follow_relabelling_scale_and_shift(seed, log_scale, shift):
    rng, scale = np.random.default_rng(seed), 10.0**log_scale
    y, sigma = rng.normal(0, 3, 6), rng.uniform(0.5, 3, 6)
    parts = hierarchy.covariance_parts(exact.normal_hierarchy(y, sigma, exact.HalfCauchy(2)))
    order = rng.permutation(6)
    moved = exact.normal_hierarchy(scale * (y[order] + shift), scale * sigma[order], exact.HalfCauchy(2 * scale))
    for part, other in zip(parts, hierarchy.covariance_parts(moved), strict=True):
        assert np.allclose(other / scale**2, part[np.ix_(order, order)], rtol=1e-5, atol=1e-7)


def test_ten_thousand_units_and_one():
    rng = np.random.default_rng(8)
    one = exact.normal_hierarchy([3.0], 2.0, *PRIORS)
    assert hierarchy.covariance_parts(one).own.shape == (1, 1)
    assert np.isfinite(hierarchy.log_posterior([3.0], 1.0, 1e-8, one))
    layers = hierarchy.simulate_normal(0.0, 1e8, np.full(10_000, 1e-8), rng)
    posterior = exact.normal_hierarchy(layers.y, 1e-8, exact.HalfCauchy(1e8))
    assert np.isfinite(hierarchy.log_posterior(layers.theta, layers.mu, layers.tau, posterior))


def test_a_normal_population_of_rates_holds_impossible_ones():
    assert hierarchy.probability_negative(5, 4) == pytest.approx(0.10565, abs=5e-6)
    theta = hierarchy.simulate_normal(5, 4, np.ones(200_000), np.random.default_rng(9)).theta
    assert near(theta < 0, hierarchy.probability_negative(5, 4))


@settings(max_examples=30, deadline=None)
@given(st.floats(1e-8, 1e8), st.floats(1e-3, 20))
def test_populations_of_positive_rates_have_the_mean_and_sd_asked_for(mean, cv):
    log_mean, log_sd = hierarchy.lognormal_population(mean, cv * mean)
    alpha, beta = hierarchy.gamma_population(mean, cv * mean)
    for law in (stats.lognorm(log_sd, scale=np.exp(log_mean)), stats.gamma(alpha, scale=1 / beta)):
        assert law.mean() == pytest.approx(mean, rel=1e-9)
        assert law.std() == pytest.approx(cv * mean, rel=1e-9)


def test_pump_rates_against_quadrature():
    pumps = datasets.pumps()
    assert (pumps.t_1000h.min(), pumps.t_1000h.max()) == (1.05, 126)
    rates = hierarchy.gamma_poisson_rates(pumps.failures, pumps.t_1000h, 0.8, 1.2)
    for j, pump in pumps.iterrows():

        def density(theta, pump=pump):
            return stats.gamma.pdf(theta, 0.8, scale=1 / 1.2) * stats.poisson.pmf(pump.failures, theta * pump.t_1000h)

        peak = (pump.failures + 1) / (pump.t_1000h + 1)
        total, first, second = (
            integrate.quad(lambda u, k=k: np.exp(u * (k + 1)) * density(np.exp(u)), np.log(peak) - 60,
                           np.log(peak) + 6, points=[np.log(peak)], limit=500)[0]
            for k in range(3)
        )  # fmt: skip
        assert rates.theta[j] == pytest.approx(first / total, rel=1e-7)
        assert rates.se[j] == pytest.approx(np.sqrt(second / total - (first / total) ** 2), rel=1e-5)
    raw = pumps.failures / pumps.t_1000h
    assert np.allclose(rates.theta, rates.data_weight * raw + (1 - rates.data_weight) * rates.mu)
    assert rates.mu == pytest.approx(stats.gamma.mean(0.8, scale=1 / 1.2))
    assert rates.tau == pytest.approx(stats.gamma.std(0.8, scale=1 / 1.2))
    # The longest watched pump keeps nearly all of its own rate, the shortest less than half.
    assert rates.data_weight.max() == pytest.approx(126 / 127.2)
    assert rates.data_weight.min() == pytest.approx(1.05 / 2.25)


def test_rates_do_not_depend_on_the_unit_of_exposure():
    x, t = [5, 1, 14], np.array([94.3, 15.7, 126.0])
    hours, thousands = (hierarchy.gamma_poisson_rates(x, t * unit, 0.7, 0.9 * unit) for unit in (1000, 1))
    assert np.allclose(hours.theta * 1000, thousands.theta)
    assert np.allclose(hours.data_weight, thousands.data_weight)


@pytest.mark.parametrize(("tau", "sigma"), [(2.0, 1.0), (0.5, 3.0)])
def test_siblings_correlate_and_predict_each_other(tau, sigma):
    rng, families, k = np.random.default_rng(10), 100_000, 4
    family = hierarchy.simulate_normal(10.0, tau, np.ones(families), rng).theta
    children = rng.normal(family[:, None], sigma, (families, k + 1))
    rho = hierarchy.intraclass_correlation(tau, sigma)
    products = (children[:, 0] - 10) * (children[:, 1] - 10) / (tau**2 + sigma**2)
    assert near(products, rho)
    # The best prediction by least squares of one child on the k others, and its error.
    design = np.c_[np.ones(families), children[:, 1:].mean(1)]
    coefficients, *_ = np.linalg.lstsq(design, children[:, 0], rcond=None)
    guess = hierarchy.predict_sibling([12.0] * k, tau, sigma, mu=10)
    assert guess.mean == pytest.approx(coefficients @ [1, 12], abs=0.03 * np.hypot(tau, sigma))
    errors = (children[:, 0] - design @ coefficients) ** 2
    assert near(errors, guess.sd**2)
    flat = hierarchy.predict_sibling(children[0, 1:], tau, sigma)
    assert flat.mean == pytest.approx(children[0, 1:].mean())
    assert near((children[:, 0] - children[:, 1:].mean(1)) ** 2, flat.sd**2)


def test_prediction_from_siblings_is_conditioning_of_a_joint_normal():
    tau, sigma, siblings = 1.3, 0.7, np.array([2.0, 5.0, 4.0])
    for mu_sd, mu in ((0.0, 3.0), (1e6, None)):
        covariance = tau**2 + mu_sd**2 + sigma**2 * np.eye(4)
        gain = np.linalg.solve(covariance[1:, 1:], covariance[0, 1:])
        guess = hierarchy.predict_sibling(siblings, tau, sigma, mu)
        assert guess.mean == pytest.approx(3 + gain @ (siblings - 3), rel=1e-4)
        assert guess.sd**2 == pytest.approx(covariance[0, 0] - gain @ covariance[0, 1:], rel=1e-3)


def test_many_siblings_explain_no_more_than_the_intraclass_correlation():
    tau, sigma = 2.0, 3.0
    known, flat = hierarchy.sibling_variance([0, 1, 10, 1000, 10**8], tau, sigma)
    explained = 1 - known / (tau**2 + sigma**2)
    rho = float(hierarchy.intraclass_correlation(tau, sigma))
    # One sibling explains the square of the correlation, all of them the correlation.
    assert explained[:2] == pytest.approx([0, rho**2])
    assert np.all(np.diff(explained) > 0)
    assert explained[-1] == pytest.approx(rho, abs=1e-7)
    assert np.all(explained < rho)
    assert flat[0] == np.inf
    assert np.all(flat > known)
    assert flat[-1] == pytest.approx(sigma**2)


RNG = np.random.default_rng(0)
POSTERIOR = exact.normal_hierarchy([1.0, 2.0], 1.0, *PRIORS)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: hierarchy.simulate_normal(0, -1, 1, RNG), r"tau must be zero or more; got -1\.0"),
        (lambda: hierarchy.simulate_normal(0, np.inf, 1, RNG), "tau must be finite; got inf"),
        (lambda: hierarchy.simulate_normal([0, 1], [1, 2, 3], 1, RNG), "mu and tau must have shapes that fit together"),
        (lambda: hierarchy.simulate_normal(0, 1, [[1]], RNG), "sigma must be a list with one entry for each unit"),
        (lambda: hierarchy.simulate_normal(0, 1, [], RNG), "sigma must be a list with one entry for each unit"),
        (lambda: hierarchy.simulate_normal(0, 1, 1, 7), "rng must be a numpy.random.Generator"),
        (lambda: hierarchy.simulate_counts(0, 1, 1, RNG), r"alpha must be positive; got 0\.0"),
        (lambda: hierarchy.simulate_counts(1, "b", 1, RNG), "beta must be numbers; got 'b'"),
        (lambda: hierarchy.simulate_counts(1, 1e-30, 1, RNG), r"expected counts must be at most 1e\+18; got"),
        (lambda: hierarchy.log_joint([1], 0, 1, [1, 2], 1, *PRIORS), "theta must have a value for each of the 2 units"),
        (lambda: hierarchy.log_joint([1, 2], 0, 0, [1, 2], 1, *PRIORS), r"tau must be positive; got 0\.0"),
        (lambda: hierarchy.log_joint([1, 2], [0] * 3, 1, [1, 2], 1, 5, PRIORS[1]), "tau_prior must be a prior of a"),
        (lambda: hierarchy.log_joint([1, 2], 0, 1, [1, 2], 1, PRIORS[0], None), r"mu_prior must be exact\.Flat\(\) or"),
        (lambda: hierarchy.log_posterior([[1, 2]] * 3, [0, 1], 1, POSTERIOR), "mu and tau and theta must have shapes"),
        (lambda: hierarchy.log_posterior([1, 2], 0, 1, None), "posterior must be what exact.normal_hierarchy makes"),
        (lambda: hierarchy.covariance_parts([1, 2]), "posterior must be what exact.normal_hierarchy makes of one data"),
        (lambda: hierarchy.probability_negative(5, 0), r"tau must be positive; got 0\.0"),
        (lambda: hierarchy.lognormal_population(-1, 1), r"mean must be positive; got -1\.0"),
        (lambda: hierarchy.gamma_population(1, None), "sd must be numbers; got None"),
        (lambda: hierarchy.gamma_poisson_rates([1.5], 1, 1, 1), r"x must be a whole number of 0 or more; got 1\.5"),
        (lambda: hierarchy.gamma_poisson_rates([True], 1, 1, 1), r"x must be numbers; got \[True\]"),
        (lambda: hierarchy.gamma_poisson_rates([10**400], 1, 1, 1), "x must be numbers; got"),
        (lambda: hierarchy.gamma_poisson_rates(np.ma.array([1]), 1, 1, 1), "x must not be masked"),
        (lambda: hierarchy.gamma_poisson_rates([1, 2], [1, 2, 3], 1, 1), "x and exposure must have shapes that fit"),
        (lambda: hierarchy.gamma_poisson_rates([], [], 1, 1), r"x must be a list of one or more counts; got shape \(0"),
        (lambda: hierarchy.gamma_poisson_rates([1, 2], 0, 1, 1), r"exposure must be positive; got 0\.0"),
        (lambda: hierarchy.gamma_poisson_rates([1, 2], 1, [1, 2], 1), "alpha must be one number"),
        (lambda: hierarchy.intraclass_correlation(1j, 1), "tau must be numbers; got 1j"),
        (lambda: hierarchy.predict_sibling([], 1, 1), "siblings must be a list of one or more values; got shape"),
        (lambda: hierarchy.predict_sibling([1], 1, 0), r"sigma must be positive; got 0\.0"),
        (lambda: hierarchy.predict_sibling([1], 1, 1, mu=np.nan), "mu must be finite; got nan"),
        (lambda: hierarchy.sibling_variance(-1, 1, 1), r"k must be a whole number of 0 or more; got -1\.0"),
    ],
)
def test_bad_input_gets_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()

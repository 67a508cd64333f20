"""Weights, influence, estimates of tau, coverage, extremes and ranks: each against a computation of another kind."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import linalg, optimize, special, stats
from statsmodels.api import OLS, WLS, add_constant
from statsmodels.stats.meta_analysis import combine_effects

from hbcourse import datasets, exact, pooling, shrinkage

SCHOOLS = datasets.eight_schools()
Y, SIGMA = SCHOOLS.y.to_numpy(float), SCHOOLS.sigma.to_numpy(float)
#: School G scores 40: its tau is well above zero by every method.
APART = np.where(Y == 18, 40.0, Y)
METHODS = ("dersimonian_laird", "hedges", "paule_mandel", "ml", "reml")
LIKELIHOODS = ("ml", "reml")
COVARIATE = np.array([3.0, 1.0, 0.0, 2.0, 2.5, 0.5, 4.0, 1.5])


def test_the_posterior_mean_given_mu_and_tau_is_the_weighted_mean():
    theta = np.linspace(-200, 200, 400_001)
    for y, sigma, mu, tau in ((28, 15, 8, 5), (-3, 2, 8, 0.7), (1, 9, 0, 30)):
        density = stats.norm.pdf(y, theta, sigma) * stats.norm.pdf(theta, mu, tau)
        kappa = float(pooling.data_weight(tau, sigma))
        assert kappa * y + (1 - kappa) * mu == pytest.approx(density @ theta / density.sum(), rel=1e-9)


@settings(deadline=None, max_examples=50)
@given(st.floats(1e-8, 1e8), st.floats(1e-8, 1e8))
def test_shrinkage_is_one_minus_the_data_weight(tau, sigma):
    factor = float(shrinkage.shrinkage_factor(tau, sigma))
    assert 0 < factor <= 1
    assert factor == pytest.approx(float(pooling.data_weight(sigma, tau)), rel=1e-14)
    assert factor + float(pooling.data_weight(tau, sigma)) == pytest.approx(1, rel=1e-15)


def test_shrinkage_at_both_ends():
    assert shrinkage.shrinkage_factor([0, np.inf], 3).tolist() == [1, 0]
    assert float(shrinkage.shrinkage_factor(1e100, 1e-100)) == 0


def test_the_weight_of_a_mean_is_the_slope_of_the_truth_on_it():
    rng, tau, sigma, repeats = np.random.default_rng(11), 1.3, 2.0, 50_000
    for n in (1, 4, 9):
        theta = rng.normal(0, tau, repeats)
        mean = rng.normal(theta[:, None], sigma, (repeats, n)).mean(1)
        fit = stats.linregress(mean, theta)
        assert abs(fit.slope - shrinkage.data_weight_of_mean(n, tau, sigma)) < 4.5 * fit.stderr


def test_half_the_weight_takes_the_ratio_of_the_variances():
    assert float(shrinkage.data_weight_of_mean(6.0**2 / 1.5**2, 1.5, 6)) == pytest.approx(0.5, rel=1e-15)
    assert float(shrinkage.observations_for_weight(0.5, 1.5, 6)) == 16
    weights = np.array([0.01, 0.3, 0.9, 0.999])
    n = shrinkage.observations_for_weight(weights, 1.5, 6)
    assert np.allclose(shrinkage.data_weight_of_mean(n, 1.5, 6), weights, rtol=1e-13)


def test_the_sd_of_mu_is_that_of_generalised_least_squares():
    for tau in (0.0, 3.0, 1e8):
        covariance = np.diag(SIGMA**2 + tau**2)
        expected = np.ones(8) @ np.linalg.solve(covariance, np.ones(8))
        assert shrinkage.mu_sd(tau, SIGMA) == pytest.approx(expected**-0.5, rel=1e-12)
    # Two units with sigma = 20 leave 20 / sqrt(2), fifty 20 / sqrt(50), though they do not differ at all.
    assert shrinkage.mu_sd(0, [20.0] * 2) == pytest.approx(14.142, abs=5e-4)
    assert shrinkage.mu_sd(0, [20.0] * 50) == pytest.approx(2.828, abs=5e-4)
    assert shrinkage.mu_sd(np.inf, SIGMA) == np.inf


@pytest.mark.parametrize("tau", [0.0, 0.3, 5.0, 1e6, np.inf])
def test_influence_is_the_derivative_of_partial_pooling(tau):
    influence = shrinkage.influence(tau, SIGMA)
    # Partial pooling is linear in y: a step of any size gives the derivative.
    step = [
        pooling.partial_pooling(Y + 100 * unit, SIGMA, tau).theta - pooling.partial_pooling(Y, SIGMA, tau).theta
        for unit in np.eye(8)
    ]
    assert np.allclose(influence, np.transpose(step) / 100, atol=1e-13)
    assert np.allclose(influence.sum(1), 1, rtol=1e-14)
    assert np.allclose(influence @ Y, pooling.partial_pooling(Y, SIGMA, tau).theta)


def test_influence_averaged_over_tau_is_another_matter():
    # The posterior's own influence also moves the weights of tau: its rows need not be averages of those given tau.
    posterior = exact.normal_hierarchy(Y, SIGMA)
    step = 1e-3 * np.eye(8)[0]
    moved = [exact.normal_hierarchy(Y + sign * step, SIGMA).theta.mean() for sign in (1, -1)]
    slope = (moved[0] - moved[1]) / 2e-3
    assert np.allclose(posterior.influence()[:, 0], slope, rtol=1e-6)
    averaged = sum(
        w * shrinkage.influence(tau, SIGMA) for w, tau in zip(posterior.tau.weight, posterior.tau.node, strict=True)
    )
    assert np.allclose(averaged.sum(1), 1)
    assert slope[0] > averaged[0, 0] + 0.05


# Estimates of tau


def log_density(y, sigma, tau, method, covariates=None):
    """Of y itself at the best beta (ml), or of the contrasts of y that do not depend on beta (reml)."""
    X = np.ones((len(y), 1)) if covariates is None else add_constant(covariates)
    covariance = np.diag(np.broadcast_to(sigma, y.shape) ** 2 + tau**2)
    if method == "reml":
        K = linalg.null_space(X.T)
        return stats.multivariate_normal(cov=K.T @ covariance @ K).logpdf(K.T @ y)
    fit = WLS(y, X, weights=1 / np.diag(covariance)).fit()
    return stats.norm.logpdf(y, fit.fittedvalues, np.sqrt(np.diag(covariance))).sum()


def best_of_grid(y, sigma, method, covariates=None):
    """Highest density over tau: a grid, then golden sections around its best point."""
    grid = np.r_[0, np.geomspace(1e-3 * np.min(sigma), 3 * (np.ptp(y) + np.max(sigma)), 300)]
    heights = [log_density(y, sigma, tau, method, covariates) for tau in grid]
    best = int(np.argmax(heights))
    if best == 0:
        return 0.0
    bracket = grid[best - 1], grid[min(best + 1, len(grid) - 1)]
    return optimize.minimize_scalar(
        lambda tau: -log_density(y, sigma, tau, method, covariates), bounds=bracket, options={"xatol": 1e-10}
    ).x


@pytest.mark.parametrize("method", LIKELIHOODS)
@pytest.mark.parametrize("covariates", [None, COVARIATE, np.c_[COVARIATE, COVARIATE**2]])
def test_likelihoods_against_direct_maximisation(method, covariates):
    for y in (APART, 3 * APART + 10 * COVARIATE):
        expected = best_of_grid(y, SIGMA, method, covariates)
        assert float(exact.between_sd(y, SIGMA, method, covariates)) == pytest.approx(expected, rel=1e-5)


def test_dersimonian_laird_and_paule_mandel_against_statsmodels():
    rng = np.random.default_rng(12)
    for J, spread in ((3, 30.0), (8, 8.0), (40, 5.0), (40, 0.1)):
        sigma = rng.uniform(2, 15, J)
        y = rng.normal(rng.normal(0, spread, J), sigma)
        for method, name in (("dersimonian_laird", "dl"), ("paule_mandel", "iterated")):
            expected = combine_effects(y, sigma**2, method_re=name, atol=1e-11, maxiter=500).tau2
            got = float(exact.between_sd(y, sigma, method)) ** 2
            assert got == pytest.approx(max(expected, 0), rel=1e-8, abs=1e-10)


@pytest.mark.parametrize("covariates", [COVARIATE, np.c_[COVARIATE, np.sin(COVARIATE)]])
def test_moments_with_covariates_against_regressions_of_statsmodels(covariates):
    X = add_constant(covariates)
    free = 8 - X.shape[1]
    y = 2 * APART
    # Paule and Mandel: the weighted residual sum of squares has its expectation.
    tau = float(exact.between_sd(y, SIGMA, "paule_mandel", covariates))
    assert WLS(y, X, weights=1 / (SIGMA**2 + tau**2)).fit().ssr == pytest.approx(free, rel=1e-9)
    # Hedges: residuals of ordinary least squares, M y with M = I - H.
    M = np.eye(8) - X @ np.linalg.pinv(X)
    expected = (OLS(y, X).fit().ssr - np.trace(M @ np.diag(SIGMA**2))) / free
    assert float(exact.between_sd(y, SIGMA, "hedges", covariates)) ** 2 == pytest.approx(expected, rel=1e-9)
    # DerSimonian and Laird: residuals at tau = 0.
    W = np.diag(SIGMA**-2)
    lost = np.trace(W) - np.trace(np.linalg.solve(X.T @ W @ X, X.T @ W @ W @ X))
    expected = (WLS(y, X, weights=SIGMA**-2).fit().ssr - free) / lost
    got = float(exact.between_sd(y, SIGMA, "dersimonian_laird", covariates)) ** 2
    assert got == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_equal_sigma_has_a_closed_form(method):
    rng = np.random.default_rng(13)
    y = rng.normal(0, 2, (200, 8)) + rng.normal(0, 5, (200, 8))
    variance = y.var(axis=1, ddof=0 if method == "ml" else 1)
    tau = exact.between_sd(y, 5.0, method)
    assert np.allclose(tau**2, np.maximum(variance - 25, 0), rtol=1e-9, atol=1e-11)
    assert 20 < np.sum(tau == 0) < 180
    assert np.array_equal(tau == 0, variance <= 25)


def test_eight_schools_have_no_spread_by_any_point_estimate():
    for method in METHODS:
        assert float(exact.between_sd(Y, SIGMA, method)) == 0.0
    assert float(exact.normal_hierarchy(Y, SIGMA).tau.quantile(0.5)) == pytest.approx(5.24, abs=5e-3)
    estimates, pooled = shrinkage.empirical_bayes(Y, SIGMA), pooling.complete_pooling(Y, SIGMA)
    assert np.allclose(estimates.theta, pooled.theta)
    assert np.allclose(estimates.se, pooled.se)
    assert estimates.tau == 0


def test_empirical_bayes_is_the_posterior_at_the_estimate():
    tau = float(exact.between_sd(APART, SIGMA, "paule_mandel"))
    got = shrinkage.empirical_bayes(APART, SIGMA, "paule_mandel")
    # A prior of tau that is as good as a point there.
    near = exact.normal_hierarchy(APART, SIGMA, exact.Gamma(1e8, 1e8 / tau))
    assert np.allclose(got.theta, near.theta.mean(), rtol=1e-5)
    assert np.allclose(got.se, near.theta.sd(), rtol=1e-5)


@pytest.mark.parametrize(
    ("y", "sigma", "method"),
    [
        ([0, 10.55, 5.51], [1, 4.06, 5.91], "ml"),
        ([0, 0.48, -8.25], [1, 1.81, 3.72], "reml"),
        ([0, -0.36, 8.19], [1, 1.01, 3.2], "reml"),
        ([-0.89, 2.01, -0.22, 14.67, 0], [1.48, 12.61, 23.61, 5.9, 1], "reml"),
        # Neither at zero, and the lower or the upper one higher.
        ([-2.0, -17.03, -2.2, 0.0], [1.03, 5.27, 11.62, 1.0], "ml"),
        ([0.0, -0.45, -19.55, -2.08], [1.0, 1.76, 4.99, 1.06], "ml"),
    ],
)
def test_of_two_maxima_the_higher_counts(y, sigma, method):
    y, sigma = np.array(y, dtype=float), np.array(sigma)
    heights = np.array([log_density(y, sigma, tau, method) for tau in np.linspace(0, 12, 401)])
    padded = np.r_[-np.inf, heights, -np.inf]
    assert np.sum((heights > padded[:-2]) & (heights > padded[2:])) == 2
    expected = best_of_grid(y, sigma, method)
    assert float(exact.between_sd(y, sigma, method)) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("y", "sigma"),
    [
        ([0.05, 0.51, -20.02, 3.02, 0.27, 0.04], [1, 1.91, 6.33, 19.42, 4.87, 1.19]),
        ([-1.2, 0.12, 0.77, 10.93, 0.82, 0.34], [1, 51.5, 27.17, 4.7, 1.59, 1.93]),
    ],
)
def test_the_higher_maximum_of_the_restricted_likelihood_with_a_covariate(y, sigma):
    y, sigma, x = np.array(y), np.array(sigma), np.arange(6.0)
    expected = best_of_grid(y, sigma, "reml", x)
    assert expected > 3
    assert float(exact.between_sd(y, sigma, "reml", x)) == pytest.approx(expected, rel=1e-5)


def test_a_unit_known_almost_exactly_costs_no_digits():
    # With d the deviations of five others, sigma = s, from it, the slope at tau = 0 tends to that of
    # (sum d)^2 + sum d^2 - 10 s^2: tau is zero just where this is negative.
    y = np.random.default_rng(10).normal(0, 3e3, (300, 6))
    deviation = y[:, 1:] - y[:, :1]
    positive = deviation.sum(1) ** 2 + (deviation**2).sum(1) > 10 * 1e8
    assert 5 < positive.sum() < 50
    tau = exact.between_sd(y, [1e-8, 1e4, 1e4, 1e4, 1e4, 1e4])
    assert np.array_equal(tau > 0, positive)


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000), J=st.integers(2, 9), method=st.sampled_from(LIKELIHOODS))
def test_no_other_tau_is_more_likely(seed, J, method):
    rng = np.random.default_rng(seed)
    sigma = 10 ** rng.uniform(-2, 2, J)
    y = rng.normal(0, 10 ** rng.uniform(-2, 2), J) * 10 ** rng.uniform(-1, 1, J)
    found = log_density(y, sigma, float(exact.between_sd(y, sigma, method)), method)
    others = [log_density(y, sigma, tau, method) for tau in np.r_[0, np.geomspace(1e-3, 1e3, 60)]]
    assert found >= max(others) - 1e-7


@settings(deadline=None, max_examples=30)
@given(
    seed=st.integers(0, 10_000),
    scale=st.sampled_from([1e-8, 1e-3, 7.0, 1e8]),
    method=st.sampled_from(METHODS),
    covariate=st.booleans(),
)
def test_labels_shift_and_unit_do_not_matter(seed, scale, method, covariate):
    rng = np.random.default_rng(seed)
    J = int(rng.integers(3, 15))
    y, sigma, x = rng.normal(0, 3, J), rng.uniform(0.5, 3, J), rng.normal(0, 1, J)
    order = rng.permutation(J)
    here = float(exact.between_sd(y, sigma, method, x if covariate else None))
    # With a covariate, any multiple of it may be added to y as well.
    there = float(
        exact.between_sd(
            scale * (y + 5 + 3 * x * covariate)[order],
            scale * sigma[order],
            method,
            1e-6 * x[order] + 1 if covariate else None,
        )
    )
    assert there == pytest.approx(scale * here, rel=1e-6, abs=1e-6 * scale)


@pytest.mark.parametrize("method", METHODS)
def test_a_batch_is_its_rows(method):
    rng = np.random.default_rng(14)
    y, sigma = rng.normal(0, 6, (20, 8)), rng.uniform(1, 9, (20, 8))
    rows = [float(exact.between_sd(*row, method, COVARIATE)) for row in zip(y, sigma, strict=True)]
    assert np.allclose(exact.between_sd(y, sigma, method, COVARIATE), rows, rtol=1e-10)
    assert exact.between_sd(y, sigma, method).shape == (20,)
    assert exact.between_sd(y[0], sigma[0], method).shape == ()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e8])
def test_any_size_and_any_scale_give_numbers(method, scale):
    rng = np.random.default_rng(15)
    for J in (2, 3, 10, 10_000):
        y, sigma = rng.normal(0, scale, J), 10 ** rng.uniform(-8, 8, J)
        assert np.isfinite(exact.between_sd(y, sigma, method))
        # Repeated values show no spread at all.
        assert float(exact.between_sd(np.full(J, y[0]), sigma, method)) == 0
        if J > 2:
            assert np.isfinite(exact.between_sd(y, sigma, method, rng.normal(size=J)))


def test_the_spread_of_many_units_is_found():
    rng = np.random.default_rng(16)
    sigma = rng.uniform(0.5, 2, 10_000)
    y = rng.normal(rng.normal(0, 1.5, 10_000), sigma)
    for method in METHODS:
        # The standard error is below tau / sqrt(2 J) (1 + max sigma^2 / tau^2) = 0.03.
        assert float(exact.between_sd(y, sigma, method)) == pytest.approx(1.5, abs=0.13)


def test_a_covariate_takes_over_part_of_the_spread_between_districts():
    districts = datasets.star98()
    y, sigma = shrinkage.empirical_logit(districts.above, districts.above + districts.below)
    poverty = districts.low_income.to_numpy()
    for covariates, expected in ((None, 0.839), (poverty, 0.441)):
        got = float(exact.between_sd(y, sigma, "reml", covariates))
        assert got == pytest.approx(expected, abs=5e-4)
        # A maximum, by the density of 302 or 301 contrasts.
        here, *beside = (log_density(y, sigma, tau, "reml", covariates) for tau in (got, 0.99 * got, 1.01 * got))
        assert here > max(beside)
        assert beside[0] == pytest.approx(beside[1], abs=0.01 * (here - min(beside)) + 0.002)


# Coverage


def coverage_by_hand(tau, sigma, J, repeats, rng):
    """Three coverages with equal sigma: closed forms, and a sum over 400 quantiles of the prior of tau."""
    theta = rng.normal(0, tau, (repeats, J))
    y = theta + sigma * rng.standard_normal((repeats, J))
    mean, squares = y.mean(1, keepdims=True), y.var(1, ddof=1, keepdims=True)
    kappa = 1 - np.minimum(1, sigma**2 / squares)
    centre = mean + kappa * (y - mean)
    known = kappa * sigma**2
    with_mu = known + (1 - kappa) ** 2 * np.maximum(squares, sigma**2) / J
    held = [abs(theta - centre) <= 1.959964 * np.sqrt(variance) for variance in (known, with_mu)]
    taus = stats.halfcauchy(scale=5).ppf((np.arange(400) + 0.5) / 400)
    total = sigma**2 + taus**2
    log_mass = -(J - 1) / 2 * np.log(total) - (J - 1) * squares / (2 * total)
    mass = np.exp(log_mass - log_mass.max(1, keepdims=True))
    mass /= mass.sum(1, keepdims=True)
    pull = sigma**2 / total
    sd = np.sqrt(taus**2 * pull + pull**2 * total / J)
    below = [
        (mass * special.ndtr((theta[:, [j]] - y[:, [j]] + pull * (y[:, [j]] - mean)) / sd)).sum(1) for j in range(J)
    ]
    return [*held, abs(np.transpose(below) - 0.5) <= 0.475]


def test_coverage_of_plugging_in_and_of_averaging():
    # Two independent simulations, each unit's share with its Monte Carlo error between data sets.
    coverage = shrinkage.interval_coverage(
        2, [5.0] * 8, exact.HalfCauchy(5), 8000, np.random.default_rng(18), method="dersimonian_laird"
    )
    other = coverage_by_hand(2, 5, 8, 8000, np.random.default_rng(19))
    for got, by_hand, expected in zip(coverage, other, (0.473, 0.896, 0.971), strict=True):
        error = np.hypot(got.mean(1).std(), by_hand.mean(1).std()) / np.sqrt(8000)
        assert abs(got.mean() - by_hand.mean()) < 4.5 * error
        assert abs(got.mean() - expected) < 4.5 * got.mean(1).std() / np.sqrt(8000)


def test_the_plug_in_interval_with_mu_is_that_of_empirical_bayes():
    sigma = np.array([2.0, 3, 4, 5])
    coverage = shrinkage.interval_coverage(
        4, sigma, exact.HalfCauchy(5), 400, np.random.default_rng(30), 0.9, "paule_mandel"
    )
    rng = np.random.default_rng(30)
    theta = rng.normal(0, 4, (400, 4))
    y = rng.normal(theta, sigma)
    for row, truth, held in zip(y, theta, coverage.plug_in_tau, strict=True):
        low, high = shrinkage.empirical_bayes(row, sigma, "paule_mandel").interval(0.9)
        assert np.array_equal(held, (low <= truth) & (truth <= high))


def test_coverage_is_as_claimed_where_the_data_say_it_all():
    coverage = shrinkage.interval_coverage(
        10, np.full(30, 0.5), exact.HalfCauchy(5), 300, np.random.default_rng(20), 0.8
    )
    for held in coverage:
        assert held.shape == (300, 30)
        assert held.mean() == pytest.approx(0.8, abs=4.5 * 0.4 / np.sqrt(9000))


def test_coverage_may_take_any_prior_and_any_method():
    flat = shrinkage.interval_coverage(
        2, [5.0] * 8, exact.Flat(), 3000, np.random.default_rng(21), method="dersimonian_laird"
    )
    cauchy = shrinkage.interval_coverage(
        2, [5.0] * 8, exact.HalfCauchy(5), 3000, np.random.default_rng(21), method="ml"
    )
    assert flat.averaged.mean() > cauchy.averaged.mean()
    assert cauchy.plug_in.mean() < flat.plug_in.mean()


# Extremes and ranks


def test_raw_extremes_are_small_counties_and_shrunken_ones_large():
    county, prior = shrinkage.simulate_counties(3000, np.random.default_rng(22)), shrinkage.COUNTY_RATES
    raw = county.deaths / county.exposure
    shrunken = (prior.shape + county.deaths) / (prior.rate + county.exposure)
    middle = np.median(county.population)
    for end in shrinkage.extremes(raw, county.population):
        assert end.shape == (10,)
        assert np.median(end) < middle / 4
    for end in shrinkage.extremes(shrunken, county.population):
        assert np.median(end) > 2 * middle
    # The same by sorting a table.
    table = sorted(zip(raw, county.population, strict=True))
    assert shrinkage.extremes(raw, county.population).highest.tolist() == [size for _, size in table[:-11:-1]]


def test_counties_follow_their_model():
    county = shrinkage.simulate_counties(20_000, np.random.default_rng(23))
    assert np.array_equal(county.exposure, 10 * county.population)
    assert stats.kstest(county.rate, stats.gamma(20, scale=1 / 430_000).cdf).pvalue > 1e-4
    log_population = np.log(county.population)
    assert abs(log_population.mean() - np.log(26_000)) < 4.5 * 1.45 / np.sqrt(20_000)
    assert abs(log_population.std() - 1.45) < 4.5 * 1.45 / np.sqrt(40_000)
    z = (county.deaths - county.exposure * county.rate) / np.sqrt(county.exposure * county.rate)
    assert abs(z.mean()) < 4.5 / np.sqrt(20_000)
    assert z.var() == pytest.approx(1, abs=0.1)
    assert np.array_equal(county.deaths, county.deaths.round())


def test_ranks_are_the_shares_of_draws():
    draws = np.random.default_rng(24).normal([0, 1, 1.5], 1, (5000, 3))
    counted = np.zeros((3, 3))
    for row in draws:
        for unit, value in enumerate(row):
            counted[unit, sum(other < value for other in row)] += 1 / 5000
    got = shrinkage.rank_probabilities(draws)
    assert np.allclose(got, counted)
    assert got[1, 2] == pytest.approx(np.mean(draws.argmax(1) == 1))


@settings(deadline=None, max_examples=50)
@given(st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=1, max_size=5), st.permutations(range(4)))
def test_ranks_of_ties_do_not_depend_on_labels(draws, order):
    draws = np.array(draws, dtype=float)
    probability = shrinkage.rank_probabilities(draws)
    assert np.allclose(probability.sum(0), 1)
    assert np.allclose(probability.sum(1), 1)
    assert np.all(probability > -1e-12)
    assert np.allclose(shrinkage.rank_probabilities(draws[:, order]), probability[order])


def surgical():
    table = datasets.surgical()
    return table.deaths.to_numpy(), table.n.to_numpy()


def test_hospital_h_is_the_worst_with_probability_three_in_five():
    deaths, n = surgical()
    y, sigma = shrinkage.empirical_logit(deaths, n)
    draws = exact.normal_hierarchy(y, sigma).sample(40_000, np.random.default_rng(25))["theta"]
    worst = shrinkage.rank_probabilities(draws)[:, -1]
    # By quadrature: H exceeds all others, given (mu, tau), then averaged over a grid of those.
    tau, mu = np.meshgrid(np.linspace(0.005, 1.6, 60), np.linspace(-3.4, -1.8, 50), indexing="ij")
    tau, mu = tau.ravel(), mu.ravel()
    log_mass = stats.norm.logpdf(y, mu[:, None], np.hypot(sigma, tau[:, None])).sum(1)
    mass = np.exp(log_mass - log_mass.max())
    kappa = tau[:, None] ** 2 / (tau[:, None] ** 2 + sigma**2)
    centre, sd = mu[:, None] + kappa * (y - mu[:, None]), np.sqrt(kappa) * sigma
    x = np.linspace(-3.5, -0.5, 241)
    z = (x - centre[..., None]) / sd[..., None]
    density = np.exp(-(z[:, 7] ** 2) / 2) / (np.sqrt(2 * np.pi) * sd[:, 7, None])
    others = np.prod(np.delete(special.ndtr(z), 7, axis=1), axis=1)
    expected = (mass @ (density * others).sum(1)) * (x[1] - x[0]) / mass.sum()
    assert expected == pytest.approx(0.610, abs=2e-3)
    assert abs(worst[7] - expected) < 4.5 * np.sqrt(0.25 / 40_000) + 1e-3
    assert worst.argmax() == 7


def test_the_beta_binomial_says_nearly_the_same_of_hospital_h():
    deaths, n = surgical()
    # Density (a + b)^(-5/2) of the two shapes (Gelman et al. 2013, section 5.3), on a grid of logit mean and log size.
    mean, size = np.meshgrid(special.expit(np.linspace(-4, -1, 150)), np.geomspace(1, 2e4, 150), indexing="ij")
    a, b = (mean * size).ravel(), ((1 - mean) * size).ravel()
    pairs = zip(deaths, n, strict=True)
    log_mass = -2.5 * np.log(a + b) + np.log(a * b)
    log_mass += sum(special.betaln(a + x, b + m - x) - special.betaln(a, b) for x, m in pairs)
    mass = np.exp(log_mass - log_mass.max())
    rng = np.random.default_rng(26)
    at = rng.choice(len(mass), 20_000, p=mass / mass.sum())
    draws = rng.beta(a[at, None] + deaths, b[at, None] + n - deaths)
    assert shrinkage.rank_probabilities(draws)[7, -1] == pytest.approx(0.623, abs=0.016)


def test_shrunken_means_are_less_spread_out_than_the_units():
    # Given tau, the means have variance kappa tau^2; the units tau^2.
    rng, tau, sigma, J = np.random.default_rng(27), 2.0, 3.0, 20_000
    y = rng.normal(rng.normal(0, tau, J), sigma)
    kappa = tau**2 / (tau**2 + sigma**2)
    shrunken = pooling.partial_pooling(y, sigma, tau).theta
    assert shrunken.var() == pytest.approx(kappa * tau**2, rel=4.5 * np.sqrt(2 / J))
    # Draws of the whole set keep the spread.
    draws = exact.normal_hierarchy(Y, SIGMA)
    sets = draws.sample(20_000, np.random.default_rng(28))["theta"].var(axis=1).mean()
    assert sets > 2 * draws.theta.mean().var()


def test_empirical_logits_have_the_spread_that_they_claim():
    rng = np.random.default_rng(29)
    for n, p in ((300, 0.5), (400, 0.1)):
        y, sigma = shrinkage.empirical_logit(rng.binomial(n, p, 40_000), n)
        assert y.mean() == pytest.approx(special.logit(p), abs=0.005)
        assert y.std() == pytest.approx(np.sqrt((sigma**2).mean()), rel=0.03)
    y, sigma = shrinkage.empirical_logit([0, 10], [10, 10])
    assert np.all(np.isfinite([y, sigma]))
    assert y[0] == pytest.approx(-y[1])


RNG = np.random.default_rng(1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: shrinkage.shrinkage_factor(-1, 1), r"tau must be zero or more; got -1\.0"),
        (
            lambda: shrinkage.shrinkage_factor([1, 2], [1, 2, 3]),
            r"shapes that fit together; got tau \(2,\), sigma \(3,",
        ),
        (lambda: shrinkage.data_weight_of_mean(0, 1, 1), r"n must be positive; got 0\.0"),
        (lambda: shrinkage.data_weight_of_mean([1, 2], [1, 2, 3], 1), "n and tau and sigma must have shapes that fit"),
        (lambda: shrinkage.observations_for_weight(1, 1, 1), r"weight must be between 0 and 1; got 1\.0"),
        (lambda: shrinkage.observations_for_weight(0.5, 0, 1), r"tau must be positive; got 0\.0"),
        (lambda: shrinkage.mu_sd(1, [[2]]), r"sigma must be a list of one or more standard errors; got shape \(1, 1\)"),
        (lambda: shrinkage.mu_sd([1, 2], [1]), r"tau must be one number; got shape \(2,\)"),
        (lambda: shrinkage.mu_sd(1, []), r"sigma must be a list of one or more standard errors; got shape \(0,\)"),
        (lambda: shrinkage.influence(np.nan, [1]), "tau must be zero or more; got nan"),
        (lambda: shrinkage.influence(1, [[1]]), r"got shape \(1, 1\)"),
        (lambda: exact.between_sd([1], 1), "y must have more units than coefficients, 1, to show a spread; got 1"),
        (lambda: exact.between_sd([1, 2], 1, covariates=[1, 2]), "more units than coefficients, 2, .* got 2"),
        (lambda: exact.between_sd([1, 2], 1, "mle"), "method must be one of dersimonian_laird, .*; got 'mle'"),
        (lambda: exact.between_sd([1, 2], 1, ["ml"]), r"method must be one of .*; got \['ml'\]"),
        (lambda: exact.between_sd([1, 2], 1, np.array(["ml", "ml"])), "method must be one of"),
        (lambda: exact.between_sd([1, np.nan], 1), "y must be finite; got nan at index 1"),
        (lambda: exact.between_sd([1, 2], [1, -1]), r"sigma must be positive; got -1\.0 at index 1"),
        (lambda: exact.between_sd([1, 2], [1, 1, 1]), "sigma must have one entry for each y"),
        (lambda: exact.between_sd([1, 2j], 1), "y must be numbers"),
        (lambda: exact.between_sd([1, 10**400], 1), "y must be numbers"),
        (lambda: exact.between_sd([[]], 1), "y must be a list of one or more estimates, or rows of them"),
        (lambda: exact.between_sd([1, 1e90], 1e-3), r"within 1e\+70 times the smallest sigma; got 0\.001 for it"),
        (lambda: exact.between_sd([1, 2, 3], 1, covariates=[1, 2]), "one row for each of the 3 units; got shape"),
        (lambda: exact.between_sd([1, 2, 3], 1, covariates=5), r"one row for each of the 3 units; got shape \(\)"),
        (lambda: exact.between_sd([1, 2, 3], 1, covariates=[7, 7, 7]), r"others do not; got \[7, 7, 7\]"),
        (lambda: exact.between_sd([1, 2, 3, 4], 1, covariates=np.c_[Y[:4], 2 * Y[:4] + 1]), "must each say some"),
        (lambda: exact.between_sd([1, 2, 3], 1, covariates=["a", "b", "c"]), "covariates must be numbers"),
        (lambda: shrinkage.empirical_bayes([[1, 2], [3, 4]], 1), "y must be a list of one or more estimates"),
        (lambda: shrinkage.empirical_bayes([1], 1), "y must have more units than coefficients"),
        (lambda: shrinkage.interval_coverage(np.inf, [1, 1], exact.Flat(), 10, RNG), "tau must be finite; got inf"),
        (
            lambda: shrinkage.interval_coverage(1, [[1]], exact.Flat(), 10, RNG),
            "sigma must be a list of one or more standard errors",
        ),
        (
            lambda: shrinkage.interval_coverage(1, [1, 1], exact.Flat(), 0, RNG),
            "repeats must be a whole number of 1 or more; got 0",
        ),
        (lambda: shrinkage.interval_coverage(1, [1, 1], exact.Flat(), 10, 1), "rng must be a numpy"),
        (
            lambda: shrinkage.interval_coverage(1, [1, 1], exact.Flat(), 10, RNG, 95),
            r"level must be between 0 and 1; got 95\.0",
        ),
        (lambda: shrinkage.simulate_counties(0, RNG), "J must be a whole number of 1 or more; got 0"),
        (lambda: shrinkage.simulate_counties(5, None), "rng must be a numpy"),
        (lambda: shrinkage.extremes([1, 2], [1, 2]), r"at least k = 10; got \(2,\) and \(2,\)"),
        (lambda: shrinkage.extremes([1, 2], [1], k=1), r"of the same length"),
        (lambda: shrinkage.extremes(5, 5, k=1), r"of the same length"),
        (lambda: shrinkage.extremes([1, 2], [1, 2], k=True), "k must be a whole number of 1 or more; got True"),
        (
            lambda: shrinkage.rank_probabilities([1, 2]),
            r"a row for each draw and a column for each unit; got shape \(2,\)",
        ),
        (lambda: shrinkage.rank_probabilities([[]]), r"got shape \(1, 0\)"),
        (lambda: shrinkage.rank_probabilities([[1, np.nan]]), r"draws must be finite; got nan at index \(0, 1\)"),
        (
            lambda: shrinkage.empirical_logit([1, 11], 10),
            "y must be at most n, and n at least 1; got y = 11, n = 10 at index 1",
        ),
        (lambda: shrinkage.empirical_logit([0.5], [10]), r"y must be a whole number of 0 or more; got 0\.5"),
        (lambda: shrinkage.empirical_logit([-1], [10]), r"y must be a whole number of 0 or more; got -1\.0"),
        (lambda: shrinkage.empirical_logit([1, 2], [10, 10, 10]), "y and n must have shapes that fit"),
        (lambda: shrinkage.empirical_logit([0, 0], [4, 0]), "n at least 1; got y = 0, n = 0 at index 1"),
        (lambda: shrinkage.empirical_logit(3, 10), r"y must be a list of one or more counts; got shape \(\)"),
        (lambda: shrinkage.empirical_logit([None], [1]), "y must be numbers"),
        (lambda: shrinkage.empirical_logit(np.ma.masked_equal([1, 2], 2), 5), "y must not be masked"),
    ],
)
def test_bad_input_gets_one_sentence(call, message):
    with pytest.raises(ValueError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)

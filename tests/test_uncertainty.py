"""The parts of a prediction's variance: by quadrature, by simulation and by linear algebra."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from hbcourse import datasets, exact, pooling, shrinkage, uncertainty

SCHOOLS = datasets.eight_schools()
Y, SIGMA = SCHOOLS.y.to_numpy(float), SCHOOLS.sigma.to_numpy(float)


def schools():
    return exact.normal_hierarchy(Y, SIGMA)


def given_tau(tau):
    """Density of y, mean and covariance of (theta, mu): by least squares in (theta - mu) / tau and mu."""
    design = np.c_[tau * np.eye(8), np.ones(8)]
    precision = np.diag(np.r_[np.ones(8), 0]) + design.T @ (design / SIGMA[:, None] ** 2)
    covariance = np.linalg.inv(precision)
    shift = design.T @ (Y / SIGMA**2)
    height = np.exp(shift @ covariance @ shift / 2 - 14) / np.sqrt(np.linalg.det(precision))
    to_theta = np.r_[design, np.eye(9)[8:]]
    return height, to_theta @ covariance @ shift, to_theta @ covariance @ to_theta.T


def expect(value):
    """Posterior mean under a flat tau, by adaptive quadrature."""

    def integral(f):
        return integrate.quad_vec(lambda tau: f(*given_tau(tau), tau), 0, 1000, epsrel=1e-8, limit=400)[0]

    return integral(lambda p, m, c, t: p * value(m, c, t)) / integral(lambda p, m, c, t: p)


def test_a_ninth_school():
    # E(tau^2), E(mu) and E(mu^2) by quadrature that shares nothing with the engine, up to tau = 1000.
    moments = expect(lambda mean, cov, tau: np.array([tau**2, mean[8], cov[8, 8] + mean[8] ** 2]))
    parts = uncertainty.new_group_parts(schools())
    assert float(parts.measurement) == 0
    assert float(parts.group) == pytest.approx(moments[0], rel=1e-6)
    assert float(parts.hyperparameters) == pytest.approx(moments[2] - moments[1] ** 2, rel=1e-6)
    # What the chapter quotes: sd 10.1, and the interval.
    assert float(parts.total) ** 0.5 == pytest.approx(10.10, abs=5e-3)
    interval = schools().predict_new().quantile([0.025, 0.975])
    assert np.allclose(interval, [-12.41, 28.86], atol=6e-3)


def test_the_parts_of_a_new_group_sum_to_the_variance_of_draws():
    posterior = exact.normal_hierarchy(Y, SIGMA, exact.HalfCauchy(5), exact.Normal(0, 5))
    rng, draws = np.random.default_rng(31), 100_000
    sample = posterior.sample(draws, rng)
    new = rng.normal(rng.normal(sample["mu"], sample["tau"]), 6)
    parts = uncertainty.new_group_parts(posterior, 6)
    squares = (new - new.mean()) ** 2
    assert abs(squares.mean() - parts.total) < 4.5 * squares.std() / np.sqrt(draws)
    assert float(parts.total) == pytest.approx(float(posterior.predict_new().sd()) ** 2 + 36, rel=1e-12)


def test_the_parts_of_an_observed_group():
    # Given (mu, tau) theta has variance (1 / sigma^2 + 1 / tau^2)^-1 and the precision-weighted mean.
    posterior, draws = schools(), 100_000
    sample = posterior.sample(draws, np.random.default_rng(32))
    precision = SIGMA**-2 + sample["tau"][:, None] ** -2
    within = 1 / precision
    centre = (Y / SIGMA**2 + sample["mu"][:, None] / sample["tau"][:, None] ** 2) / precision
    squares = (centre - centre.mean(0)) ** 2
    parts = uncertainty.observed_group_parts(posterior)
    for part, values in ((parts.group, within), (parts.hyperparameters, squares)):
        assert part.shape == (8,)
        assert np.all(abs(values.mean(0) - part) < 4.5 * values.std(0) / np.sqrt(draws))
    assert np.allclose(parts.total, posterior.theta.sd() ** 2, rtol=1e-12)


def test_the_parts_of_an_observed_group_by_quadrature():
    # Were mu known, theta would have the variance that its covariance with mu does not explain.
    def moments(mean, cov, tau):
        theta = np.diag(cov)[:8]
        return np.r_[theta - cov[:8, 8] ** 2 / cov[8, 8], mean[:8], theta + mean[:8] ** 2]

    group, mean, square = expect(moments).reshape(3, 8)
    parts = uncertainty.observed_group_parts(schools(), sigma=10 * SIGMA)
    assert np.allclose(parts.group, group, rtol=1e-6)
    assert np.allclose(parts.hyperparameters, square - mean**2 - group, rtol=1e-6)
    assert np.allclose(parts.measurement, 100 * SIGMA**2)


def test_a_batch_has_the_parts_of_its_rows():
    y = np.random.default_rng(33).normal(0, 12, (4, 8))
    batch = exact.normal_hierarchy(y, SIGMA, exact.HalfCauchy(5))
    rows = [exact.normal_hierarchy(row, SIGMA, exact.HalfCauchy(5)) for row in y]
    for parts in (uncertainty.new_group_parts, uncertainty.observed_group_parts):
        expected = [parts(row, 2.0) for row in rows]
        for name in ("group", "hyperparameters", "total"):
            assert np.allclose(getattr(parts(batch, 2.0), name), [getattr(one, name) for one in expected], rtol=1e-7)


@settings(deadline=None, max_examples=40)
@given(
    J=st.integers(1, 20), n=st.integers(1, 50), tau=st.floats(0.01, 50), sigma=st.floats(0.01, 50), m=st.integers(1, 9)
)
def test_balanced_parts_against_the_joint_covariance(J, n, tau, sigma, m):
    # Unknowns (theta_1, ..., theta_J, theta_new, mu) with n observations of each of the first J.
    difference = np.c_[np.eye(J + 1), -np.ones(J + 1)]
    precision = difference.T @ difference / tau**2
    precision[range(J), range(J)] += n / sigma**2
    variance = np.diag(np.linalg.inv(precision))
    parts = uncertainty.balanced_parts(J, n, tau, sigma, m)
    assert float(parts.observed.total) == pytest.approx(sigma**2 / m + variance[0], rel=1e-6)
    assert float(parts.new.total) == pytest.approx(sigma**2 / m + variance[J], rel=1e-6)
    assert float(parts.new.hyperparameters) == pytest.approx(variance[J + 1], rel=1e-6)
    # Were mu known, theta_1 would have this variance.
    assert float(parts.observed.group) == pytest.approx(1 / (n / sigma**2 + tau**-2), rel=1e-6)


def test_balanced_parts_are_partial_pooling():
    parts = uncertainty.balanced_parts(J=8, n=4, tau=5, sigma=20).observed
    se = pooling.partial_pooling(np.arange(8.0), 10.0, 5).se
    assert np.allclose(parts.group + parts.hyperparameters, se**2)


def test_which_part_dies():
    tau, sigma, inf = 2.0, 6.0, np.inf
    # More data from the same groups: the observed group's mean becomes known, the new one's stays as uncertain as tau.
    endless_n = uncertainty.balanced_parts(8, inf, tau, sigma, inf)
    assert float(endless_n.observed.total) == 0
    assert [float(part) for part in endless_n.new] == [0, tau**2, tau**2 / 8]
    # More groups: mu becomes known, and nothing else.
    endless_j = uncertainty.balanced_parts(inf, 9, tau, sigma)
    assert [float(part) for part in endless_j.new] == [sigma**2, tau**2, 0]
    assert [float(part) for part in endless_j.observed] == pytest.approx([sigma**2, 4 * 4 / (4 + 4), 0])
    # Both: between the groups tau stays, for a new group only.
    both = uncertainty.balanced_parts(inf, inf, tau, sigma, inf)
    assert float(both.new.total) == tau**2
    assert float(both.observed.total) == 0
    # The way there is downhill.
    path = uncertainty.balanced_parts(8, 2.0 ** np.arange(30), tau, sigma, inf)
    for total in (path.observed.total, path.new.total):
        assert np.all(np.diff(total) < 0)
    assert float(path.new.total[-1]) == pytest.approx(float(endless_n.new.total), rel=1e-6)
    # Groups that do not differ, and endless data: nothing is left.
    assert float(uncertainty.balanced_parts(3, inf, 0, 1, inf).observed.total) == 0


def test_only_the_hyperparameters_part_dies_as_groups_are_added():
    rng, tau = np.random.default_rng(34), 3.0
    theta = rng.normal(0, tau, 3000)
    y = rng.normal(theta, 4.0)
    parts = [uncertainty.new_group_parts(exact.normal_hierarchy(y[:J], 4.0, exact.HalfCauchy(5))) for J in (30, 3000)]
    assert float(parts[1].hyperparameters) < 0.02 * float(parts[0].hyperparameters)
    assert float(parts[1].group) == pytest.approx(tau**2, rel=0.15)
    # The closed form given tau is close once tau is known well.
    formula = uncertainty.balanced_parts(3000, 1, tau, 4).new
    assert float(parts[1].hyperparameters) == pytest.approx(float(formula.hyperparameters), rel=0.1)


def test_the_prediction_for_a_new_group_has_heavier_tails_than_the_plug_in():
    estimates = shrinkage.empirical_bayes(Y, SIGMA)
    assert uncertainty.plug_in_interval(estimates).tolist() == [estimates.mu, estimates.mu]
    new = schools().predict_new()
    at_median = pooling.partial_pooling(Y, SIGMA, float(schools().tau.quantile(0.5)))
    low, high = uncertainty.plug_in_interval(at_median)
    assert high - low == pytest.approx(2 * 1.959964 * 5.2385, rel=1e-4)
    # A normal with the same mean and sd leaves 0.0027 beyond three sd and 6e-5 beyond four.
    for k, times in ((3, 4), (4, 50)):
        beyond = new.cdf(new.mean() - k * new.sd()) + 1 - new.cdf(new.mean() + k * new.sd())
        assert beyond > times * 2 * stats.norm.sf(k)


def test_the_plug_in_interval_covers_less_than_it_claims():
    rng, repeats = np.random.default_rng(35), 400
    y = rng.normal(rng.normal(0, 5, (repeats, 8)), 5.0)
    new = rng.normal(0, 5, repeats)
    below = exact.normal_hierarchy(y, 5.0, exact.HalfCauchy(5)).predict_new().cdf(new)
    averaged = np.mean(abs(below - 0.5) < 0.475)
    intervals = np.array([uncertainty.plug_in_interval(shrinkage.empirical_bayes(row, 5.0)) for row in y])
    plug_in = np.mean((intervals[:, 0] <= new) & (new <= intervals[:, 1]))
    assert plug_in < 0.85
    assert averaged > 0.92


def test_no_variance_is_infinite_variance():
    parts = uncertainty.new_group_parts(exact.normal_hierarchy([1.0, 2.0, 4.0], 1.0))
    assert float(parts.group) == float(parts.hyperparameters) == float(parts.total) == np.inf


@pytest.mark.parametrize("J", [1, 2, 1000])
@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e8])
def test_any_size_and_any_scale_give_numbers(J, scale):
    rng = np.random.default_rng(J)
    posterior = exact.normal_hierarchy(
        rng.normal(0, scale, J), 10 ** rng.uniform(-8, 8, J), exact.HalfNormal(scale), exact.Normal(0, scale)
    )
    for parts in (uncertainty.new_group_parts(posterior, scale), uncertainty.observed_group_parts(posterior)):
        assert np.all(np.isfinite(parts.total))
        assert np.all(np.concatenate([np.ravel(part) for part in parts]) >= 0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: uncertainty.new_group_parts(7), "posterior must come from exact.normal_hierarchy; got 7"),
        (lambda: uncertainty.observed_group_parts(None), "posterior must come from exact.normal_hierarchy; got None"),
        (lambda: uncertainty.new_group_parts(schools(), -1), r"sigma must be zero or more; got -1\.0"),
        (lambda: uncertainty.new_group_parts(schools(), np.inf), "sigma must be finite; got inf"),
        (lambda: uncertainty.observed_group_parts(schools(), [1, 2]), r"one entry for each group, \(8,\); got \(2,\)"),
        (lambda: uncertainty.observed_group_parts(schools(), "a"), "sigma must be numbers; got 'a'"),
        (lambda: uncertainty.balanced_parts(0, 1, 1, 1), r"J must be 1 or more; got 0\.0"),
        (lambda: uncertainty.balanced_parts(1, [1, 0.5], 1, 1), r"n must be 1 or more; got 0\.5 at index 1"),
        (lambda: uncertainty.balanced_parts(1, 1, np.inf, 1), "tau must be finite; got inf"),
        (lambda: uncertainty.balanced_parts(1, 1, 1, 0), r"sigma must be positive; got 0\.0"),
        (lambda: uncertainty.balanced_parts(1, 1, 1, 1, np.nan), "m must be 1 or more; got nan"),
        (lambda: uncertainty.balanced_parts([1, 2], [1, 2, 3], 1, 1), "must have shapes that fit together"),
        (lambda: uncertainty.balanced_parts(10**400, 1, 1, 1), "J must be numbers"),
        (lambda: uncertainty.plug_in_interval(3), "estimates must be Estimates with a finite tau; got 3"),
        (lambda: uncertainty.plug_in_interval(pooling.no_pooling(Y, SIGMA)), "estimates must be Estimates with a fin"),
        (lambda: uncertainty.plug_in_interval(pooling.complete_pooling(Y, SIGMA), 2), "level must be between 0 and 1"),
    ],
)
def test_bad_input_gets_one_sentence(call, message):
    with pytest.raises(ValueError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)

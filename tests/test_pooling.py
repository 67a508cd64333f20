"""The three estimators, their risks and what their intervals cover: by formula and by simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hbcourse import datasets, exact, pooling

SCHOOLS = datasets.eight_schools()


def test_no_and_complete_pooling_are_the_ends_of_partial_pooling():
    none, complete = pooling.no_pooling(SCHOOLS.y, SCHOOLS.sigma), pooling.complete_pooling(SCHOOLS.y, SCHOOLS.sigma)
    for end, tau in ((complete, 0.0), (none, np.inf)):
        partial = pooling.partial_pooling(SCHOOLS.y, SCHOOLS.sigma, tau)
        assert np.allclose(partial.theta, end.theta, rtol=1e-14)
        assert np.allclose(partial.se, end.se, rtol=1e-14)
        assert np.array_equal(partial.data_weight, end.data_weight)
    for end, tau in ((complete, 1e-6), (none, 1e9)):
        assert np.allclose(pooling.partial_pooling(SCHOOLS.y, SCHOOLS.sigma, tau).theta, end.theta, atol=1e-6)


def test_eight_schools_at_three_values_of_tau():
    # Complete pooling: 7.7, standard error 4.1 (Gelman et al. 2013, section 5.5).
    complete = pooling.complete_pooling(SCHOOLS.y, SCHOOLS.sigma)
    assert complete.mu == pytest.approx(7.7, abs=0.05)
    assert complete.se[0] == pytest.approx(4.1, abs=0.05)
    # At tau = 5, by regression on an augmented data set: y = theta + error, 0 = theta - mu + deviation.
    design = np.block([[np.eye(8), np.zeros((8, 1))], [np.eye(8), -np.ones((8, 1))]])
    scale = np.r_[SCHOOLS.sigma, np.full(8, 5.0)]
    solution, *_ = np.linalg.lstsq(design / scale[:, None], np.r_[SCHOOLS.y, np.zeros(8)] / scale, rcond=None)
    covariance = np.linalg.inv((design / scale[:, None]).T @ (design / scale[:, None]))
    partial = pooling.partial_pooling(SCHOOLS.y, SCHOOLS.sigma, 5)
    assert np.allclose(partial.theta, solution[:8])
    assert np.allclose(partial.se, np.sqrt(np.diag(covariance))[:8])
    assert partial.mu == pytest.approx(solution[8])


def test_partial_pooling_is_the_exact_posterior_given_tau():
    # The exact engine averages over tau; averaging partial pooling over its draws of tau must give the same.
    posterior = exact.normal_hierarchy(SCHOOLS.y, SCHOOLS.sigma)
    taus = posterior.tau.quantile((np.arange(2000) + 0.5) / 2000)
    averaged = np.mean([pooling.partial_pooling(SCHOOLS.y, SCHOOLS.sigma, tau).theta for tau in taus], axis=0)
    assert np.allclose(averaged, posterior.theta.mean(), atol=2e-3)


def test_no_and_complete_pooling_tie_where_tau_is_sigma():
    for J in (2, 8, 12, 1000):
        none, complete, partial = pooling.risks(J, [0.5, 1.0, 2.0], 1.0)
        assert complete[0] < none[0]
        assert complete[1] == pytest.approx(none[1], rel=1e-15)
        assert complete[2] > none[2]
        assert np.all(partial < np.minimum(none, complete))


def test_risks_by_simulation():
    rng = np.random.default_rng(5)
    J, tau, sigma, repeats = 6, 1.7, 1.2, 40_000
    theta = rng.normal(3, tau, (repeats, J))
    y = rng.normal(theta, sigma)
    kappa = tau**2 / (tau**2 + sigma**2)
    guesses = (y, y.mean(1, keepdims=True), kappa * y + (1 - kappa) * 3)
    for guess, risk in zip(guesses, pooling.risks(J, tau, sigma), strict=True):
        losses = ((guess - theta) ** 2).mean(1)
        assert abs(losses.mean() - risk) < 4.5 * losses.std() / np.sqrt(repeats)


def test_the_interval_of_complete_pooling_misses_a_variance():
    # Equal sigma: the variance it leaves out is tau^2 / J, so at tau = sigma it covers 2 Phi(1.96 / sqrt 2) - 1.
    at_tie = 2 * stats.norm.cdf(stats.norm.ppf(0.975) / np.sqrt(2)) - 1
    for J in (3, 12, 200):
        assert pooling.complete_pooling_coverage(1.0, np.ones(J)) == pytest.approx(at_tie, rel=1e-12)
    rng = np.random.default_rng(6)
    J, repeats = 12, 50_000
    for sigma in (np.ones(J), np.geomspace(0.3, 4, J)):
        y = rng.normal(rng.normal(0, 1, (repeats, J)), sigma)
        centre = np.average(y, axis=1, weights=sigma**-2)
        covered = np.mean(abs(centre) < stats.norm.ppf(0.975) * (sigma**-2).sum() ** -0.5)
        formula = pooling.complete_pooling_coverage(1.0, sigma)
        assert abs(covered - formula) < 4.5 * np.sqrt(formula * (1 - formula) / repeats)


@given(st.floats(1e-3, 1e3), st.floats(1e-3, 1e3))
def test_the_weight_lies_between_zero_and_one_and_keeps_its_unit(tau, sigma):
    weight = float(pooling.data_weight(tau, sigma))
    assert 0 < weight < 1
    assert weight == pytest.approx(tau**2 / (tau**2 + sigma**2))
    assert float(pooling.data_weight(1000 * tau, 1000 * sigma)) == pytest.approx(weight)


def test_the_interval_has_the_level_asked_for():
    low, high = pooling.no_pooling([0.0, 1.0], [1.0, 2.0]).interval(0.95)
    assert np.allclose(high - low, 2 * 1.959964 * np.array([1, 2]), rtol=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pooling.data_weight(-1, 1), r"tau must be zero or more; got -1\.0"),
        (lambda: pooling.data_weight(np.nan, 1), "tau must be zero or more; got nan"),
        (lambda: pooling.partial_pooling([1, 2], 1, [1, 2]), r"tau must be one number; got shape \(2,\)"),
        (lambda: pooling.risks(0, 1, 1), "J must be a whole number of 1 or more; got 0"),
        (lambda: pooling.risks(2.5, 1, 1), r"J must be a whole number of 1 or more; got 2\.5"),
        (lambda: pooling.risks(True, 1, 1), "J must be a whole number of 1 or more; got True"),
        (lambda: pooling.risks(3, np.inf, 1), "tau must be finite; got inf"),
        (lambda: pooling.complete_pooling_coverage(1, [1, 1], level=95), r"level must be between 0 and 1; got 95\.0"),
        (lambda: pooling.no_pooling([1], [1]).interval(0), r"level must be between 0 and 1; got 0\.0"),
    ],
)
def test_bad_input_gets_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()

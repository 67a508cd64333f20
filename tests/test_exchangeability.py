"""Urns, mixtures, relabelling and covariates: by enumeration, by simulation and by other formulas."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize, stats

from hbcourse import datasets, exact, shrinkage
from hbcourse import exchangeability as ex

URNS = [ex.Urn(3, 2, -1), ex.Urn(3, 2, 0), ex.Urn(3, 2, 1), ex.Urn(1, 4, 3)]


def by_drawing(urn, x):
    """Probability of a sequence, ball by ball, in fractions."""
    balls, probability = [urn.zeros, urn.ones], Fraction(1)
    for kind in x:
        probability *= Fraction(balls[kind], sum(balls))
        balls[kind] += urn.added
    return probability


@pytest.mark.parametrize("urn", URNS)
def test_sequences_have_the_probability_of_drawing_ball_by_ball(urn):
    sequences = np.array(list(itertools.product([0, 1], repeat=4)))
    exactly = np.array([float(by_drawing(urn, x)) for x in sequences.tolist()])
    assert np.allclose(np.exp(urn.log_probability(sequences)), exactly, rtol=1e-12, atol=0)
    counted = [exactly[sequences.sum(1) == s].sum() for s in range(5)]
    assert np.allclose(urn.count_pmf(4), counted, rtol=1e-12, atol=0)
    first, second = sequences[:, 0], sequences[:, 1]
    mean = exactly @ first
    covariance = exactly @ (first * second) - mean**2
    assert urn.mean == pytest.approx(mean, rel=1e-12)
    assert urn.correlation == pytest.approx(covariance / (mean - mean**2), rel=1e-12, abs=1e-15)


def test_counts_are_hypergeometric_binomial_and_beta_binomial():
    s = np.arange(13)
    for urn, law in (
        (ex.Urn(30, 70, -1), stats.hypergeom(100, 30, 12)),
        (ex.Urn(30, 70, 0), stats.binom(12, 0.3)),
        (ex.Urn(3, 5, 2), stats.betabinom(12, 1.5, 2.5)),
    ):
        assert np.allclose(urn.count_pmf(12), law.pmf(s), rtol=1e-9, atol=0)


@pytest.mark.parametrize("urn", URNS)
def test_simulated_urns_have_the_exact_counts_at_every_draw(urn):
    x = urn.sample(40_000, 5, np.random.default_rng(2))
    assert x.shape == (40_000, 5)
    for k in (1, 3, 5):
        expected = urn.count_pmf(k) * len(x)
        observed = np.bincount(x[:, -k:].sum(1), minlength=k + 1)
        possible = expected > 0
        assert not observed[~possible].any()
        if possible.sum() > 1:
            assert stats.chisquare(observed[possible], expected[possible]).pvalue > 1e-4


def test_polya_urn_has_a_beta_mixture_behind_it():
    for urn in (ex.Urn(1, 1, 1), ex.Urn(2, 5, 1), ex.Urn(1, 3, 2)):
        shares = urn.sample(2000, 3000, np.random.default_rng(3)).mean(1)
        assert stats.kstest(shares, urn.mixing().cdf).pvalue > 1e-4
        # The same from the theorem: the sequence is a coin's, averaged over the mixing distribution.
        x = np.array([1, 0, 0, 1, 0])
        mixed = integrate.quad(lambda p, law=urn.mixing(): law.pdf(p) * p**2 * (1 - p) ** 3, 0, 1)[0]
        assert np.exp(urn.log_probability(x)) == pytest.approx(mixed, rel=1e-8)


def test_two_draws_without_replacement_correlate_by_minus_one_over_n_minus_one():
    for ones, zeros in ((1, 1), (2, 3), (10, 90)):
        N = ones + zeros
        balls = np.r_[np.ones(ones), np.zeros(zeros)]
        pairs = np.array(list(itertools.permutations(balls, 2)))
        assert ex.Urn(ones, zeros, -1).correlation == pytest.approx(np.corrcoef(pairs.T)[0, 1], rel=1e-10)
        assert ex.Urn(ones, zeros, -1).correlation == pytest.approx(ex.smallest_correlation(N), rel=1e-15)


def test_no_exchangeable_variables_correlate_less():
    for N in (2, 4, 6, 10):
        # Zeros and ones with mean one half: search all exchangeable laws, which are mixtures over the number of ones.
        s = np.arange(N + 1)
        both = s * (s - 1) / (N * (N - 1))
        best = optimize.linprog(both, A_eq=[np.ones(N + 1), s / N], b_eq=[1, 0.5])
        assert (best.fun - 0.25) / 0.25 == pytest.approx(ex.smallest_correlation(N), abs=1e-9)
        # Any variables: just below the bound the matrix of correlations has a negative eigenvalue.
        for slack, sign in ((1e-6, 1), (-1e-6, -1)):
            rho = ex.smallest_correlation(N) + slack
            assert np.sign(np.linalg.eigvalsh(np.full((N, N), rho) + (1 - rho) * np.eye(N))[0]) == sign


def test_distance_of_the_counts_is_distance_of_the_sequences():
    for k in (2, 4, 7):
        urn = ex.Urn(4, 6, -1)
        sequences = np.array(list(itertools.product([0, 1], repeat=k)))
        ours, coin = (np.exp(law.log_probability(sequences)) for law in (urn, ex.Urn(4, 6)))
        assert ex.distance_to_independent(urn, k) == pytest.approx(abs(ours - coin).sum() / 2, rel=1e-10)


def test_total_variation_is_the_largest_difference_over_events():
    p, q = np.array([0.1, 0.4, 0.3, 0.2]), np.array([0.3, 0.3, 0.3, 0.1])
    events = np.array(list(itertools.product([0, 1], repeat=4)))
    assert ex.total_variation(p, q) == pytest.approx((events @ (p - q)).max(), rel=1e-12)


def test_the_distance_lies_below_the_bound_and_falls_as_k_over_n():
    for half, k in itertools.product((5, 12, 50, 400), (2, 5, 10)):
        distance = ex.distance_to_independent(ex.Urn(half, half, -1), k)
        reference = abs(stats.hypergeom.pmf(range(k + 1), 2 * half, half, k) - stats.binom.pmf(range(k + 1), k, 0.5))
        assert distance == pytest.approx(reference.sum() / 2, rel=1e-8)
        assert distance <= ex.diaconis_freedman_bound(k, 2 * half) / 2
    # For 1 << k << n the distance is k / (n sqrt(2 pi e)): the difference of two normals of nearly equal variance.
    distance = ex.distance_to_independent(ex.Urn(200_000, 200_000, -1), 2000)
    assert distance * 400_000 / 2000 == pytest.approx(1 / np.sqrt(2 * np.pi * np.e), rel=0.01)


@pytest.mark.parametrize(("urn", "k"), [(ex.Urn(1, 1, -1), 2), (ex.Urn(3, 9, -1), 6), (ex.Urn(15, 45, -1), 12)])
def test_no_mixture_is_nearer_than_the_nearest(urn, k):
    nearest = ex.distance_to_mixtures(urn, k)
    assert 0 < nearest <= ex.distance_to_independent(urn, k) + 1e-9
    # The dual: an event whose probability under every coin is smaller by the distance, nearly, than under the urn.
    theta = np.linspace(0, 1, 4001)
    coins = stats.binom.pmf(np.arange(k + 1)[:, None], k, theta)
    dual = optimize.linprog(
        np.r_[-urn.count_pmf(k), 1], A_ub=np.c_[coins.T, -np.ones(len(theta))], b_ub=np.zeros(len(theta)),
        bounds=[(0, 1)] * (k + 1) + [(None, None)],
    )  # fmt: skip
    assert nearest == pytest.approx(-dual.fun, abs=1e-4)


def test_polyas_urn_and_independent_draws_are_mixtures():
    for urn in (ex.Urn(2, 3, 1), ex.Urn(2, 3, 0)):
        assert ex.distance_to_mixtures(urn, 8) < 1e-5


EXCHANGEABLE = {
    "independent": lambda x: stats.norm.logpdf(x, 1, 2).sum(),
    "common mean": lambda x: stats.multivariate_normal.logpdf(x, np.zeros(6), np.eye(6) + 3),
    "urn": lambda x: ex.Urn(5, 5, -1).log_probability((x > 0).astype(float)),
    "impossible everywhere": lambda x: -np.inf,
}
NOT_EXCHANGEABLE = {
    "a mean that depends on the label": lambda x: stats.norm.logpdf(x, [0, 0, 0, 0, 0, 1]).sum(),
    "a spread that depends on the label": lambda x: stats.norm.logpdf(x, 0, [1, 1, 2, 1, 1, 1]).sum(),
    "neighbours alike": lambda x: stats.norm.logpdf(np.diff(x)).sum(),
    "impossible in some orders": lambda x: 0.0 if x[0] < x[1] else -np.inf,
    "a small difference": lambda x: stats.norm.logpdf(x).sum() + 1e-6 * x[0],
}
X = np.array([0.3, -1.2, 2.0, 0.7, -0.4, 1.1])


@pytest.mark.parametrize("name", EXCHANGEABLE)
def test_relabelling_leaves_an_exchangeable_density(name):
    for seed in range(20):
        assert ex.is_exchangeable(EXCHANGEABLE[name], X, np.random.default_rng(seed))


@pytest.mark.parametrize("name", NOT_EXCHANGEABLE)
def test_relabelling_changes_a_density_that_is_not(name):
    for seed in range(20):
        assert not ex.is_exchangeable(NOT_EXCHANGEABLE[name], X, np.random.default_rng(seed))


def test_a_covariate_breaks_exchangeability_and_conditioning_on_it_restores_it():
    poverty, rng = np.array([5.0, 60, 20, 33, 80, 10]), np.random.default_rng(4)
    assert not ex.is_exchangeable(lambda y: stats.norm.logpdf(y, 1 - 0.02 * poverty).sum(), X, rng)
    rows = np.column_stack([X, poverty])
    assert ex.is_exchangeable(lambda r: stats.norm.logpdf(r[:, 0], 1 - 0.02 * r[:, 1]).sum(), rows, rng)


def test_real_districts_differ_less_once_poverty_is_known():
    districts = datasets.star98()
    y, sigma = shrinkage.empirical_logit(districts.above, districts.above + districts.below)
    spread = ex.spread_explained(y, sigma, districts.low_income)
    # REML by brute force: dense matrices, a search over tau alone.
    ones = np.ones((len(y), 1))
    for design, tau in (
        (ones, spread.without),
        (np.column_stack([ones, districts.low_income / 100]), spread.given_covariates),
    ):

        def loss(t, design=design):
            inverse = np.diag(1 / (sigma**2 + t**2))
            information = design.T @ inverse @ design
            residual = y - design @ np.linalg.solve(information, design.T @ inverse @ y)
            log_det = np.log(sigma**2 + t**2).sum() + np.linalg.slogdet(information)[1]
            return log_det + residual @ inverse @ residual

        assert tau == pytest.approx(optimize.minimize_scalar(loss, bounds=(0.01, 3), method="bounded").x, abs=1e-4)
    # The exact posterior under flat priors has its mode there.
    density = exact.normal_hierarchy(y, sigma).tau.pdf
    assert density(spread.without) > max(density(spread.without * 0.99), density(spread.without * 1.01))
    assert spread.without == pytest.approx(0.839, abs=5e-4)
    assert spread.given_covariates == pytest.approx(0.441, abs=5e-4)
    assert spread.share == pytest.approx(1 - (0.441 / 0.839) ** 2, abs=2e-3)


@pytest.mark.parametrize(
    "population",
    [ex.normal_population(5, 2), ex.two_point_population(5, 2), ex.two_point_population(5, 2, high=0.1)],
)
def test_different_populations_share_mean_and_variance(population):
    theta = population.sample(200_000, np.random.default_rng(6))
    assert abs(theta.mean() - 5) < 4.5 * 2 / np.sqrt(200_000)
    squares = (theta - 5) ** 2
    assert abs(squares.mean() - 4) < 4.5 * squares.std() / np.sqrt(200_000) + 1e-12
    # So do the data they give.
    moments = [
        integrate.quad(lambda y, k=k: (y - 5) ** k * np.exp(population.log_density(y, 1.5)), -20, 30, limit=200)[0]
        for k in range(3)
    ]
    assert moments == pytest.approx([1, 0, 4 + 1.5**2], abs=1e-6)


@pytest.mark.parametrize("sigma", [0.3, 1.0, 3.0])
def test_divergence_against_adaptive_quadrature_and_simulation(sigma):
    normal, pair = ex.normal_population(1, 2), ex.two_point_population(1, 2, high=0.3)
    for truth, model in ((normal, pair), (pair, normal)):

        def integrand(y, truth=truth, model=model):
            log_p = truth.log_density(y, sigma)
            return np.exp(log_p) * (log_p - model.log_density(y, sigma))

        value = integrate.quad(integrand, -25, 30, epsabs=1e-12, limit=500, points=[-0.3, 0, 1, 4])[0]
        assert ex.divergence(truth, model, sigma) == pytest.approx(value, rel=1e-6)
    # With J units the log likelihood ratio grows as J times the divergence.
    rng, J, repeats = np.random.default_rng(7), 50, 2000
    y = rng.normal(pair.sample(J * repeats, rng), sigma).reshape(repeats, J)
    ratio = (pair.log_density(y, sigma) - normal.log_density(y, sigma)).sum(1)
    assert abs(ratio.mean() - J * ex.divergence(pair, normal, sigma)) < 4.5 * ratio.std() / np.sqrt(repeats)


def test_noisy_data_hardly_tell_populations_apart():
    # They differ in the fourth cumulant, -2 tau^4: the divergence is that squared over 48 variances to the fourth.
    for tau in (1e-4, 0.01, 0.1):
        kappa = tau**2 / (1 + tau**2)
        value = ex.divergence(ex.two_point_population(0, tau), ex.normal_population(0, tau), 1.0)
        assert value == pytest.approx(kappa**4 / 12, rel=0.05, abs=1e-30)


@settings(max_examples=30, deadline=None)
@given(st.floats(-1e8, 1e8), st.floats(1e-3, 1e3), st.floats(0.1, 10))
def test_divergence_keeps_under_shift_and_scale(shift, scale, sigma):
    def value(mu, unit):
        pair, normal = ex.two_point_population(mu, unit, 0.4), ex.normal_population(mu, unit)
        return ex.divergence(pair, normal, sigma * unit)

    assert value(shift, scale) == pytest.approx(value(0, 1), rel=1e-3, abs=1e-9)


HUGE = 10**400


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ex.Urn(0, 1), "ones must be a whole number from 1 to 1000000000; got 0"),
        (lambda: ex.Urn(1, True), "zeros must be a whole number from 1 to 1000000000; got True"),
        (lambda: ex.Urn(1, HUGE), "zeros must be a whole number from 1"),
        (lambda: ex.Urn(1, 1, -2), "added must be a whole number from -1"),
        (lambda: ex.Urn(1, 1, 0.5), r"added must be a whole number from -1 to 1000000000; got 0\.5"),
        (lambda: ex.Urn(1, 1).log_probability([]), "x must be one or more zeros and ones"),
        (lambda: ex.Urn(1, 1).log_probability([0, 2]), "x must be one or more zeros and ones"),
        (lambda: ex.Urn(1, 1).log_probability([0, np.nan]), "x must be finite; got nan at index 1"),
        (lambda: ex.Urn(1, 1).log_probability("01"), "x must be numbers; got '01'"),
        (lambda: ex.Urn(1, 1, -1).log_probability([0, 1, 1]), "k must be a whole number from 1 to 2; got 3"),
        (lambda: ex.Urn(1, 1, -1).count_pmf(3), "k must be a whole number from 1 to 2; got 3"),
        (lambda: ex.Urn(1, 1, -1).sample(5, 3, np.random.default_rng()), "draws must be a whole number from 1 to 2"),
        (lambda: ex.Urn(1, 1).sample(5, 3, 1), "rng must be a numpy.random.Generator"),
        (lambda: ex.Urn(1, 1, -1).mixing(), "added must be 1 or more for the share of ones to be random; got -1"),
        (lambda: ex.total_variation([0.5, 0.5], [1.0]), r"q must have one entry for each of p, \(2,\); got shape \(1,"),
        (lambda: ex.total_variation([0.5, 0.6], [1.0]), r"p must be a list that sums to 1; got shape \(2,\) and sum 1"),
        (lambda: ex.total_variation([-0.5, 1.5], [1.0]), r"p must be from 0 to 1; got -0\.5 at index 0"),
        (lambda: ex.distance_to_mixtures(ex.Urn(1, 1), 101), "k must be a whole number from 1 to 100; got 101"),
        (lambda: ex.diaconis_freedman_bound(3, 2), "k must be a whole number from 1 to 2; got 3"),
        (lambda: ex.smallest_correlation(1), "N must be a whole number from 2 to .*; got 1"),
        (lambda: ex.is_exchangeable(sum, [1, 1], np.random.default_rng()), "x must hold two or more units that differ"),
        (lambda: ex.is_exchangeable(sum, [1], np.random.default_rng()), "x must hold two or more units that differ"),
        (lambda: ex.is_exchangeable(lambda x: x, [1, 2], np.random.default_rng()), "log_joint must give one number"),
        (lambda: ex.is_exchangeable(lambda x: np.nan, [1, 2], np.random.default_rng()), "log_joint must give one"),
        (lambda: ex.is_exchangeable(lambda x: None, [1, 2], np.random.default_rng()), "log_joint must give one"),
        (lambda: ex.is_exchangeable(sum, [1, 2], None), "rng must be a numpy.random.Generator"),
        (lambda: ex.spread_explained([1, 2], 1, [1, 2]), "y must have more units than coefficients"),
        (lambda: ex.spread_explained([1, 2, 3, 4], 1, [1, 2]), "covariates must have one row for each of the 4 units"),
        (lambda: ex.normal_population(0, 0), r"tau must be positive; got 0\.0"),
        (lambda: ex.two_point_population(0, 1, 1), r"high must be between 0 and 1; got 1\.0"),
        (lambda: ex.divergence(ex.normal_population(0, 1), ex.normal_population(0, 1), [1, 2]), "sigma must be one"),
        (lambda: ex.normal_population(0, 1).sample(0, np.random.default_rng()), "J must be a whole number from 1"),
    ],
)
def test_bad_input_gets_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()

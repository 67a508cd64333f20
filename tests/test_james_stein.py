"""James-Stein and its relatives: exact risks against series, other quadratures and simulation; the claims' figures."""

from decimal import Decimal, getcontext
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import integrate, special, stats
from statsmodels.stats import meta_analysis

from hbcourse import datasets, exact, james_stein, pooling

ODD_ONE = np.r_[np.zeros(9), 6.0]
BASEBALL = datasets.baseball()


def by_series(J: int, noncentrality: str) -> float:
    """J - (J - 2)^2 E[1 / (J - 2 + 2N)], the Poisson sum in fifty decimal digits."""
    getcontext().prec = 50
    h = Decimal(noncentrality) / 2
    term, mean, n = (-h).exp(), Decimal(0), 0
    while n < h or term > Decimal("1e-45"):
        mean += term / (J - 2 + 2 * n)
        n += 1
        term *= h / n
    return float(J - (J - 2) ** 2 * mean)


@pytest.mark.parametrize("J", [3, 4, 5, 10, 47, 48, 300, 5000])
def test_the_risk_is_the_poisson_series(J):
    noncentralities = ["0", "1e-8", "0.3", "4", "36", "88.7", "90.5", "400", "2500"]
    expected = np.array([by_series(J, value) for value in noncentralities])
    assert np.allclose(james_stein.risk(J, [float(value) for value in noncentralities]), expected, rtol=3e-14)


def test_the_risk_in_closed_form_up_to_a_hundred_million():
    noncentrality = np.r_[0, np.geomspace(1e-6, 1e8, 57)]
    h = noncentrality[1:] / 2
    # J = 3: Dawson's integral. J = 4: an exponential. J = 6: integrate by parts once more.
    three = 3 - special.dawsn(np.sqrt(h)) / np.sqrt(h)
    four = 4 - 4 * -np.expm1(-h) / (2 * h)
    assert np.allclose(james_stein.risk(3, noncentrality), np.r_[2, three], rtol=1e-14)
    assert np.allclose(james_stein.risk(4, noncentrality), np.r_[2, four], rtol=1e-14)
    large = h > 0.1
    six = 6 - 16 * (1 / (2 * h) - -np.expm1(-h) / (2 * h**2))
    assert np.allclose(james_stein.risk(6, noncentrality)[1:][large], six[large], rtol=1e-13)
    # Kummer's function, where scipy has it.
    for J in (7, 20, 101):
        small = noncentrality[noncentrality < 100]
        kummer = J - (J - 2) * special.hyp1f1(1, J / 2, -small / 2)
        assert np.allclose(james_stein.risk(J, small), kummer, rtol=1e-12)


def test_three_means_gain_and_two_do_not():
    # Claim C24.
    noncentrality = np.linspace(0, 100, 101)
    assert float(james_stein.risk(3, 0.0)) == pytest.approx(2, abs=1e-14)
    for J in (1, 2):
        assert np.array_equal(james_stein.risk(J, noncentrality), np.full(101, float(J)))
        y = np.arange(1.0, J + 1)
        assert np.array_equal(james_stein.james_stein(y, 1.0).theta, y)
    for J in range(3, 21):
        curve = james_stein.risk(J, noncentrality)
        assert np.all(curve < J)
        assert np.all(np.diff(curve) > 0)
        assert curve[0] == pytest.approx(2, abs=1e-13)


def test_toward_the_mean_four_are_needed():
    # Claim C25.
    noncentrality = np.linspace(0, 100, 101)
    assert np.array_equal(james_stein.risk(3, noncentrality, "mean"), np.full(101, 3.0))
    assert float(james_stein.risk(4, 0.0, "mean")) == pytest.approx(3, abs=1e-14)
    assert np.all(james_stein.risk(4, noncentrality, "mean") < 4)
    y = np.array([1.0, 5.0, -2.0])
    assert np.array_equal(james_stein.james_stein(y, 1.0, "mean").theta, y)


@pytest.mark.parametrize("toward", [0.0, "mean"])
@pytest.mark.parametrize("positive_part", [False, True])
def test_risks_by_simulation(toward, positive_part):
    rng = np.random.default_rng(11)
    theta, sigma, repeats = np.array([1.0, -0.5, 0.3, 0.0, 2.0, 0.4]), 1.5, 8_000
    centre = theta.mean() if toward == "mean" else 0.0
    noncentrality = ((theta - centre) ** 2).sum() / sigma**2
    result = james_stein.simulated_risk(
        lambda y, sigma: james_stein.james_stein(y, sigma, toward, positive_part).theta, theta, sigma, repeats, rng
    )
    exactly = float(james_stein.risk(6, noncentrality, toward, positive_part)) * sigma**2
    assert abs(result.total - exactly) < 4.5 * result.total_se
    assert result.total_se < 0.02 * exactly


def test_the_positive_part_against_another_quadrature():
    # E|d - theta|^2 with S given and the angle between y and theta: by scipy's density of S and Bessel functions.
    for J, noncentrality in ((3, 0.7), (5, 4.0), (10, 25.0), (40, 9.0)):
        distance = np.sqrt(noncentrality)

        def loss(S, J=J, noncentrality=noncentrality, distance=distance):
            x = np.sqrt(S) * distance
            along = x * special.ive(J / 2, x) / special.ive(J / 2 - 1, x)
            kept = max(1 - (J - 2) / S, 0)
            return (kept**2 * S - 2 * kept * along + noncentrality) * stats.ncx2.pdf(S, J, noncentrality)

        parts = [0, J - 2, J + noncentrality, 3 * (J + noncentrality) + 60, 20 * (J + noncentrality) + 300]
        expected = sum(integrate.quad(loss, *ends, epsabs=1e-12, limit=200)[0] for ends in pairwise(parts))
        assert float(james_stein.risk(J, noncentrality, positive_part=True)) == pytest.approx(expected, rel=1e-8)
    # At theta = 0 it is E[(S - c)^2 / S; S > c] under a central chi-squared.
    for J in (3, 10, 1000):
        c = J - 2
        expected = integrate.quad(
            lambda S, c=c, J=J: (S - c) ** 2 / S * stats.chi2.pdf(S, J), c, J + 12 * np.sqrt(2 * J) + 60, limit=300
        )[0]
        assert float(james_stein.risk(J, 0.0, positive_part=True)) == pytest.approx(expected, rel=1e-8)


def test_the_positive_part_is_never_worse():
    # Claim C31.
    noncentrality = np.r_[0, np.geomspace(1e-3, 1e8, 200)]
    for J in (3, 4, 10, 100, 3000):
        plain = james_stein.risk(J, noncentrality)
        better = james_stein.risk(J, noncentrality, positive_part=True)
        assert np.all(better <= plain)
        assert np.all(better[noncentrality < 5] < plain[noncentrality < 5])
        assert np.all(better > 0)


@settings(deadline=None, max_examples=30)
@given(
    theta=arrays(float, st.integers(1, 12), elements=st.floats(-20, 20)), point=st.floats(-5, 5), seed=st.integers(0, 9)
)
def test_units_add_up_to_the_total_and_parts_to_the_unit(theta, point, seed):
    for toward, centre in ((point, point), ("mean", theta.mean())):
        errors = james_stein.unit_risks(theta, 2.0, toward)
        total = 4 * james_stein.risk(len(theta), ((theta - centre) ** 2).sum() / 4, toward)
        assert errors.total.sum() == pytest.approx(float(total), rel=1e-12)
        assert np.allclose(errors.bias**2 + errors.variance, errors.total, rtol=1e-15)
        assert np.all(errors.variance > 0)
        order = np.random.default_rng(seed).permutation(len(theta))
        again = james_stein.unit_risks(theta[order], 2.0, toward)
        assert np.allclose(again.total, errors.total[order], rtol=1e-9)


@pytest.mark.parametrize("toward", [0.5, "mean"])
def test_bias_and_variance_of_each_unit_by_simulation(toward):
    # Unequal sigma, with nothing from the package.
    rng = np.random.default_rng(12)
    sigma, theta = np.array([0.3, 1.0, 1.0, 2.0, 0.7]), np.array([0.0, 1.0, -1.0, 3.0, 0.5])
    y = rng.normal(theta, sigma, (400_000, 5))
    weight = sigma**-2 / (sigma**-2).sum()
    m, c = (y @ weight[:, None], 2) if toward == "mean" else (0.5, 3)
    guess = m + (1 - c / (((y - m) / sigma) ** 2).sum(1, keepdims=True)) * (y - m)
    errors = james_stein.unit_risks(theta, sigma, toward)
    z = (guess.mean(0) - theta - errors.bias) / (guess.std(0) / np.sqrt(len(y)))
    assert np.all(abs(z) < 4.5)
    loss = (guess - theta) ** 2
    assert np.all(abs(loss.mean(0) - errors.total) < 4.5 * loss.std(0) / np.sqrt(len(y)))


def test_the_odd_one_pays():
    # Claim C28: its figures are those toward the mean.
    errors = james_stein.unit_risks(ODD_ONE, 1.0, toward="mean")
    assert errors.total.sum() == pytest.approx(8.70, abs=0.005)
    assert errors.total[-1] == pytest.approx(2.12, abs=0.005)
    assert np.all(errors.total[:-1] < 0.74)
    toward_zero = james_stein.unit_risks(ODD_ONE, 1.0)
    assert toward_zero.total.sum() == pytest.approx(8.49, abs=0.005)
    assert toward_zero.total[-1] == pytest.approx(2.41, abs=0.005)


def test_limited_translation_caps_what_the_odd_one_pays():
    rng = np.random.default_rng(13)
    limited = james_stein.simulated_risk(
        lambda y, sigma: james_stein.limited_translation(y, sigma, 0.5, "mean").theta, ODD_ONE, 1.0, 5_000, rng
    )
    whole = james_stein.unit_risks(ODD_ONE, 1.0, "mean")
    assert limited.unit[-1] + 4.5 * limited.unit_se[-1] < 1.4 < whole.total[-1]
    assert limited.total + 4.5 * limited.total_se < 10


estimates = arrays(float, st.integers(1, 9), elements=st.floats(-50, 50))


@settings(deadline=None, max_examples=40)
@given(y=estimates, limit=st.floats(0, 3), toward=st.sampled_from([0.0, 2.5, "mean"]))
def test_limited_translation_moves_toward_the_target_and_no_further_than_the_limit(y, limit, toward):
    sigma = np.linspace(0.5, 2, len(y))
    limited = james_stein.limited_translation(y, sigma, limit, toward)
    whole = james_stein.james_stein(y, sigma, toward, positive_part=True)
    moved, all_the_way = limited.theta - y, whole.theta - y
    assert np.all(abs(moved) <= limit * sigma * (1 + 1e-12) + 1e-12)
    assert np.all(moved * all_the_way >= -1e-12)
    free = abs(all_the_way) < limit * sigma * (1 - 1e-9)
    assert np.allclose(limited.theta[free], whole.theta[free], atol=1e-9)
    free = james_stein.limited_translation(y, sigma, np.inf, toward)
    assert np.allclose([free.theta, free.se], [whole.theta, whole.se], rtol=1e-12)
    assert np.array_equal(james_stein.limited_translation(y, sigma, 0.0, toward).theta, y)


@settings(deadline=None, max_examples=40)
@given(y=estimates, scale=st.floats(0.01, 100), shift=st.floats(-100, 100), positive_part=st.booleans())
def test_unit_shift_and_labels_do_not_matter(y, scale, shift, positive_part):
    sigma = np.linspace(1, 2, len(y))
    # Plain James-Stein is singular at its target.
    y = y + np.arange(len(y))
    here = james_stein.james_stein(y, sigma, 1.0, positive_part)
    there = james_stein.james_stein(scale * y[::-1] + shift, scale * sigma[::-1], scale + shift, positive_part)
    if np.square((y - 1) / sigma).sum() > 1e-2:
        assert np.allclose(there.theta, scale * here.theta[::-1] + shift, rtol=1e-7, atol=1e-6 * scale)
        assert np.allclose(there.se, scale * here.se[::-1], rtol=1e-6, atol=1e-6 * scale)
    mean = james_stein.james_stein(y, sigma, "mean", True)
    moved = james_stein.james_stein(scale * y + shift, scale * sigma, "mean", True)
    assert np.allclose(moved.theta, scale * mean.theta + shift, rtol=1e-9, atol=1e-8 * scale)


def test_standard_errors_are_those_of_morris():
    # Morris 1983, equal variances toward the mean, written out for four numbers.
    y, V = np.array([1.0, 4.0, -3.0, 6.0, 2.0, -4.0]), 2.0
    B = 3 * V / ((y - 1) ** 2).sum()
    expected = np.sqrt(V * (1 - B * 5 / 6) + 2 / 3 * B**2 * (y - 1) ** 2)
    result = james_stein.james_stein(y, np.sqrt(V), "mean")
    assert np.allclose(result.se, expected, rtol=1e-12)
    # The weight is that of partial pooling with the implied tau.
    assert np.allclose(result.theta, pooling.partial_pooling(y, np.sqrt(V), result.tau).theta, rtol=1e-12)


@pytest.mark.parametrize("J", [1, 2, 3, 4, 1000, 10_000])
@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e8])
def test_any_size_and_any_scale_give_numbers(J, scale):
    rng = np.random.default_rng(J)
    for y in (rng.normal(0, scale, J), np.full(J, 0.1 * scale), np.zeros(J), rng.normal(0, 1e8, J)):
        for toward in (0.0, "mean"):
            plain = james_stein.james_stein(y, scale, toward)
            positive = james_stein.james_stein(y, scale, toward, positive_part=True)
            limited = james_stein.limited_translation(y, scale, 1.0, toward)
            for result in (plain, positive, limited):
                assert np.all(np.isfinite(result.theta))
                assert np.all(np.isfinite(result.se))
            errors = james_stein.unit_risks(y, scale, toward)
            assert np.all(np.isfinite(errors.total))
    assert np.allclose(james_stein.james_stein(np.full(J, 0.1), scale, "mean").theta, 0.1, rtol=1e-15)
    assert np.all(np.isfinite(james_stein.risk(J, [0, 1e-16, 1, 1e8, 1e16], positive_part=True)))


def test_unequal_standard_errors_void_the_guarantee():
    # Claim C27.
    sigma, theta = np.r_[np.full(9, 0.3), 3.0], np.r_[np.zeros(9), 10.0]
    no_pooling = (sigma**2).sum()
    assert james_stein.unit_risks(theta, sigma).total.sum() > 1.8 * no_pooling
    assert james_stein.unit_risks(theta, sigma, "mean").total.sum() > 1.8 * no_pooling

    def plug_in(y, sigma):
        # DerSimonian and Laird's tau from statsmodels, then partial pooling as if it were known.
        tau = np.sqrt(max(meta_analysis.combine_effects(y, sigma**2, method_re="dl").tau2, 0.0))
        return pooling.partial_pooling(y, sigma, tau).theta

    result = james_stein.simulated_risk(plug_in, theta, sigma, 300, np.random.default_rng(14))
    assert result.total - 4.5 * result.total_se > 3 * no_pooling


@settings(deadline=None, max_examples=40)
@given(theta=arrays(float, 8, elements=st.floats(-6, 6)), ratio=st.floats(1, 1.2))
def test_nearly_equal_standard_errors_keep_it(theta, ratio):
    # Bock's condition: J - 2 = 6 is at most 2 (sum sigma^2 / max sigma^2 - 2).
    sigma = np.linspace(1, ratio, 8)
    assert 2 * ((sigma**2).sum() / sigma.max() ** 2 - 2) >= 6
    assert james_stein.unit_risks(theta, sigma).total.sum() < (sigma**2).sum()
    # In standard errors it holds whatever sigma is.
    wild = np.geomspace(0.01, 100, 8)
    assert (james_stein.unit_risks(theta, wild).total / wild**2).sum() < 8


def test_the_hierarchical_estimate_has_another_risk():
    # Claim C26: with few units it is beaten by no pooling somewhere, with seven or more and a wide prior nowhere.
    noncentrality = np.r_[np.linspace(0, 60, 31), 100, 300, 1000, 3000]
    for J, loses in ((4, True), (5, True), (6, True), (7, False), (8, False), (20, False)):
        curve = james_stein.hierarchy_risk(J, noncentrality, exact.HalfCauchy(1))
        assert (curve > J).any() == loses
        assert curve[0] < james_stein.risk(J, 0.0, "mean")
    # A narrow prior is beaten with more units too.
    assert james_stein.hierarchy_risk(10, 24.0, exact.HalfCauchy(0.1)) > 10.7


@pytest.mark.parametrize(
    ("theta", "prior"),
    [
        ([0.0, 0.0, 0.0, 0.0], exact.HalfCauchy(1)),
        ([4.0, -2.0, 0.0, 2.0], exact.HalfCauchy(1)),
        ([3.0] * 5 + [9.0], exact.Flat()),
    ],
)
def test_the_risk_of_the_hierarchy_by_simulation(theta, prior):
    rng = np.random.default_rng(15)
    theta = np.array(theta)
    y = rng.normal(theta, 1, (4000, len(theta)))
    loss = ((exact.normal_hierarchy(y, 1.0, prior).theta.mean() - theta) ** 2).sum(1)
    expected = james_stein.hierarchy_risk(len(theta), ((theta - theta.mean()) ** 2).sum(), prior)
    assert abs(loss.mean() - float(expected)) < 4.5 * loss.std() / np.sqrt(len(y))


def test_the_risk_of_the_hierarchy_by_another_quadrature():
    # tau by scipy's quad, the spread by scipy's noncentral density: nothing from the package.
    J, noncentrality, scale = 5, 12.0, 0.7

    def share(S):
        def density(tau):
            return np.exp(-S / (1 + tau**2) / 2) * (1 + tau**2) ** (-(J - 1) / 2) / (1 + (tau / scale) ** 2)

        mass, kept = (
            integrate.quad(lambda tau, p=p: density(tau) / (1 + tau**2) ** p, 0, np.inf, epsabs=0, epsrel=1e-10)[0]
            for p in (0, 1)
        )
        return kept / mass

    def loss(S):
        x, kept = np.sqrt(S * noncentrality), 1 - share(S)
        along = x * special.ive((J - 1) / 2, x) / special.ive((J - 1) / 2 - 1, x)
        return (kept**2 * S - 2 * kept * along + noncentrality) * stats.ncx2.pdf(S, J - 1, noncentrality)

    expected = 1 + integrate.quad(loss, 0, 30, epsrel=1e-9)[0] + integrate.quad(loss, 30, 150, epsrel=1e-9)[0]
    here = float(james_stein.hierarchy_risk(J, noncentrality, exact.HalfCauchy(scale)))
    assert here == pytest.approx(expected, rel=1e-8)


def test_the_risk_of_the_hierarchy_has_its_limits():
    # A point mass far above sigma shrinks nothing; many units gain almost all there is.
    assert float(james_stein.hierarchy_risk(12, 50.0, exact.HalfNormal(1e5))) == pytest.approx(
        float(james_stein.hierarchy_risk(12, 50.0, exact.Flat())), rel=1e-6
    )
    far = james_stein.hierarchy_risk(10, [1e5, 1e6], exact.HalfCauchy(1))
    # Far out, B = J / S: the risk is J + (J^2 - 2 J (J - 3)) / lambda, to first order.
    assert np.allclose((10 - far) * [1e5, 1e6], 40, rtol=2e-3)
    assert float(james_stein.hierarchy_risk(200, 0.0, exact.HalfCauchy(1))) < 4


def test_a_little_bias_can_dominate():
    # Claim C29.
    error = james_stein.fixed_weight_risk(0.5, 1.0, [0.0, 1.0, 3.0])
    assert np.array_equal(error.bias**2 + error.variance, error.total)
    assert error.bias[-1] ** 2 > 1 > error.total[1]
    rng = np.random.default_rng(16)
    guess = 0.3 * rng.normal(2.0, 1.5, 200_000)
    parts = james_stein.fixed_weight_risk(0.3, 1.5, 2.0)
    assert guess.mean() - 2 == pytest.approx(float(parts.bias), abs=4.5 * 0.45 / np.sqrt(200_000))
    assert guess.var() == pytest.approx(float(parts.variance), rel=4.5 * np.sqrt(2 / 200_000))


def test_the_regret_of_the_wrong_tau():
    # Claim C30, in exact fractions: sigma = 1, tau = 1 taken for 2 (weight 4/5) and for 1/2 (weight 1/5).
    def r(k):
        return k**2 + (1 - k) ** 2

    expected = [float(r(Fraction(1, 5)) - r(Fraction(1, 2))), 0.0, float(r(Fraction(4, 5)) - r(Fraction(1, 2)))]
    assert np.allclose(james_stein.regret(1.0, 1.0, [0.5, 1.0, 2.0]), expected, atol=1e-15)
    # The best weight on a grid, and the regret against risks that were simulated.
    grid = np.linspace(0, 1, 10_001)
    best = grid[np.argmin(james_stein.average_risk(grid, 1.3, 0.8))]
    assert best == pytest.approx(float(pooling.data_weight(1.3, 0.8)), abs=1e-4)
    rng = np.random.default_rng(17)
    theta = rng.normal(0, 1.3, 400_000)
    y = rng.normal(theta, 0.8)
    gap = (pooling.data_weight(2.6, 0.8) * y - theta) ** 2 - (pooling.data_weight(1.3, 0.8) * y - theta) ** 2
    assert abs(gap.mean() - float(james_stein.regret(1.3, 0.8, 2.0))) < 4.5 * gap.std() / np.sqrt(len(y))


def squared_errors(table):
    """Total squared errors of the early averages and of James-Stein, and how often the latter is closer."""
    early, later = table.hits / table.at_bats, table.remaining_average
    sigma = np.sqrt(early.mean() * (1 - early.mean()) / 45)
    shrunk = james_stein.james_stein(early, sigma, toward="mean")
    closer = (abs(shrunk.theta - later) < abs(early - later)).sum()
    return ((early - later) ** 2).sum(), ((shrunk.theta - later) ** 2).sum(), closer, shrunk


def test_eighteen_batters():
    # Claim C32. Efron and Morris 1977: weight .212, .077 against .022, 3.5 times, closer for 16 of 18. Their .077
    # does not follow from their table: .0753 does, while the weight, the ratio and the count do.
    early, shrunk, closer, estimates = squared_errors(BASEBALL)
    assert estimates.mu == pytest.approx(0.265, abs=5e-4)
    assert estimates.data_weight[0] == pytest.approx(0.212, abs=5e-4)
    assert early == pytest.approx(0.0753, abs=5e-5)
    assert shrunk == pytest.approx(0.0213, abs=5e-5)
    assert early / shrunk == pytest.approx(3.5, abs=0.05)
    assert closer == 16


def test_eighteen_batters_on_the_arcsine_scale():
    # Efron and Morris 1975, where sigma is 1: 17.56 against 5.01 (theirs are from rounded values), 3.50 times.
    p, later = BASEBALL.hits / 45, BASEBALL.remaining_average
    y, theta = (np.sqrt(45) * np.arcsin(2 * value - 1) for value in (p, later))
    shrunk = james_stein.james_stein(y, 1.0, toward="mean")
    assert ((y - theta) ** 2).sum() == pytest.approx(17.56, abs=0.02)
    assert ((shrunk.theta - theta) ** 2).sum() == pytest.approx(5.01, abs=0.02)
    assert shrunk.data_weight[0] == pytest.approx(0.209, abs=5e-4)


def test_which_evidence_gives_the_corrupted_row_away():
    corrupted = BASEBALL.copy()
    row = corrupted.index[corrupted.remaining_at_bats == 270][0]
    corrupted.loc[row, "remaining_average"] = 0.330
    # The published ratio of 3.5 does.
    early, shrunk, _, _ = squared_errors(corrupted)
    assert early == pytest.approx(0.0858, abs=5e-5)
    assert early / shrunk < 3.25
    # Arithmetic does not: both .256 and .330 are whole numbers of hits in 270 times at bat.
    for hits, average in ((69, 0.256), (89, 0.330)):
        assert round(hits / 270, 3) == average
    # Nor does prediction from the early averages: another, sound row lies as far out.
    sigma = np.sqrt(0.2654 * 0.7346 / 45)
    posterior = exact.normal_hierarchy(corrupted.hits / 45, sigma).theta
    later_sigma = np.sqrt(0.2654 * 0.7346 / corrupted.remaining_at_bats)
    z = abs(corrupted.remaining_average - posterior.mean()) / np.hypot(posterior.sd(), later_sigma)
    assert 1.4 < z[row] < 2
    assert z[row] < 1.1 * z.drop(row).max()


BAD = [
    (lambda: james_stein.james_stein([1, 2, 3], [1, -1, 1]), r"sigma must be positive; got -1\.0 at index 1"),
    (lambda: james_stein.james_stein([1, np.nan], 1), "y must be finite; got nan at index 1"),
    (lambda: james_stein.james_stein([], 1), "y must be a list of one or more estimates"),
    (lambda: james_stein.james_stein([1, 2, 3], 1, toward="median"), "toward must be a number or 'mean'; got 'median'"),
    (lambda: james_stein.james_stein([1, 2, 3], 1, toward=[1, 2]), r"toward must be one number; got shape \(2,\)"),
    (lambda: james_stein.james_stein([1, 2, 3], 1, toward=None), "toward must be numbers; got None"),
    (lambda: james_stein.james_stein([1, 2, 3j], 1), "y must be numbers"),
    (lambda: james_stein.limited_translation([1, 2, 3], 1, -1), r"limit must be zero or more; got -1\.0"),
    (lambda: james_stein.risk(0, 1.0), "J must be a whole number of 1 or more; got 0"),
    (lambda: james_stein.risk(True, 1.0), "J must be a whole number of 1 or more; got True"),
    (lambda: james_stein.risk(10**400, 1.0), "J must be at most 1000000; got a number of many digits"),
    (lambda: james_stein.risk(10**7, 1.0), "J must be at most 1000000; got 10000000"),
    (lambda: james_stein.risk(3, -1.0), r"noncentrality must be zero or more; got -1\.0"),
    (lambda: james_stein.risk(3, [1, np.inf]), "noncentrality must be finite; got inf at index 1"),
    (lambda: james_stein.risk(3, "much"), "noncentrality must be numbers; got 'much'"),
    (lambda: james_stein.unit_risks([[1, 2]], 1), "theta must be a list of one or more estimates"),
    (lambda: james_stein.unit_risks([1, 2, 3], 1e-60), "theta must lie within 1e\\+50 standard errors of its target"),
    (lambda: james_stein.hierarchy_risk(1, 1.0, exact.HalfCauchy(1)), "J must be 2 or more"),
    (lambda: james_stein.hierarchy_risk(2, 1.0, exact.Flat()), "needs 3 or more units"),
    (
        lambda: james_stein.hierarchy_risk(5, 1e7, exact.HalfCauchy(1)),
        r"noncentrality must be at most 1e\+06; got 1e\+07",
    ),
    (lambda: james_stein.simulated_risk(lambda y, s: y, [1, 2], 1, 1, np.random.default_rng(1)), "repeats must be 2"),
    (lambda: james_stein.simulated_risk(lambda y, s: y, [1, 2], 1, 10, 7), "rng must be a numpy"),
    (
        lambda: james_stein.simulated_risk(lambda y, s: y.mean(), [1, 2], 1, 10, np.random.default_rng(1)),
        r"estimator must return one number for each unit, \(2,\); got shape \(\)",
    ),
    (lambda: james_stein.fixed_weight_risk([0.1, 0.2], 1, [1, 2, 3]), "must have shapes that fit together"),
    (lambda: james_stein.average_risk(0.5, -1, 1), r"tau must be zero or more; got -1\.0"),
    (lambda: james_stein.regret(1, 1, np.nan), "factor must be zero or more; got nan"),
    (lambda: james_stein.regret([1, 2], 1, [1, 2, 3]), "tau and sigma and factor must have shapes that fit together"),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input_gets_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()

"""The two-group fit and its posteriors, against optimisation, quadrature and simulation that share no code with it."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize, stats
from statsmodels.stats.multitest import NullDistribution

from hbcourse import exact

SEEDED = np.random.default_rng(20)


def two_group_data(J, pi0, slab, rng, sigma=1.0, error_mean=0.0, error_sd=1.0):
    theta = np.where(rng.random(J) < pi0, 0.0, rng.normal(0, slab, J))
    return theta, theta + sigma * rng.normal(error_mean, error_sd, J)


def log_likelihood(z, sigma, pi0, slab):
    with np.errstate(divide="ignore"):
        spike = np.log(pi0) + stats.norm.logpdf(z, 0, sigma)
        other = np.log1p(-pi0) + stats.norm.logpdf(z, 0, np.hypot(sigma, slab))
    return float(np.logaddexp(spike, other).sum())


@pytest.mark.parametrize("spread", [0.0, 0.6])
@pytest.mark.parametrize(("J", "pi0", "slab"), [(300, 0.6, 3.0), (3000, 0.9, 2.5)])
def test_the_fit_is_the_maximum_that_a_simplex_finds(J, pi0, slab, spread):
    rng = np.random.default_rng(4)
    sigma = np.exp(rng.normal(0, spread, J))
    _, z = two_group_data(J, pi0, slab, rng, sigma)
    fit = exact.two_groups(z, sigma)

    def loss(x):
        return -log_likelihood(z, sigma, 1 / (1 + np.exp(-x[0])), np.exp(x[1]))

    best = optimize.minimize(
        loss, [1.0, 0.5], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 2000}
    )
    # The simplex sees the likelihood's values, flat to 1e-12 of 1e3 within 1e-7 of the top.
    assert fit.pi0 == pytest.approx(1 / (1 + np.exp(-best.x[0])), abs=1e-6)
    assert fit.slab == pytest.approx(np.exp(best.x[1]), abs=1e-6)
    assert fit.log_likelihood() == pytest.approx(-best.fun, rel=1e-12)


def test_the_slope_is_zero_on_the_data_themselves_and_not_only_on_cells():
    for J, spread in ((20_000, 0.0), (20_000, 0.5), (200_000, 0.0)):
        rng = np.random.default_rng(J)
        sigma = np.exp(rng.normal(0, spread, J))
        _, z = two_group_data(J, 0.95, 2.5, rng, sigma)
        fit = exact.two_groups(z, sigma)
        total = sigma**2 + fit.slab**2
        slab, spike = stats.norm.pdf(z, 0, np.sqrt(total)), stats.norm.pdf(z, 0, sigma)
        mixed = fit.pi0 * spike + (1 - fit.pi0) * slab
        # In standard deviations of a slope: the square root of the sum of squares.
        for slope in ((spike - slab) / mixed, slab * (z**2 / total - 1) / total / mixed):
            assert abs(slope.sum()) < 1e-8 * np.sqrt((slope**2).sum())


@given(
    st.integers(1, 60),
    st.sampled_from([0.0, 0.5, 2.0]),
    st.sampled_from(["normal", "cauchy", "rounded", "outlier"]),
    st.integers(0, 10**6),
)
@settings(max_examples=40, deadline=None)
def test_no_other_share_and_slab_are_likelier(J, spread, kind, seed):
    rng = np.random.default_rng(seed)
    sigma = np.exp(rng.normal(0, spread, J))
    z = sigma * (rng.standard_cauchy(J) if kind == "cauchy" else rng.normal(0, 1.2, J))
    if kind == "rounded":
        z = np.round(z)
    if kind == "outlier":
        z[0] = 10 ** rng.uniform(1, 8)
    fit = exact.two_groups(z, sigma)
    top = log_likelihood(z, sigma, fit.pi0, fit.slab)
    for slab in np.geomspace(sigma.min() / 50, abs(z).max() + sigma.max(), 30):
        for pi0 in (0.0, 0.3, 0.7, 0.93, 1 - 1 / J, 1.0):
            assert log_likelihood(z, sigma, pi0, slab) <= top + 1e-9 * max(abs(top), 1)


def test_a_spike_that_is_not_needed_has_no_share():
    # Evenly spread, with tails that end: no sharper than a normal of sd 3.
    z = 3 * stats.norm.ppf((np.arange(400) + 0.5) / 400)
    fit = exact.two_groups(z)
    assert fit.pi0 == 0
    assert fit.slab == pytest.approx(np.sqrt(np.mean(z**2) - 1), rel=1e-9)
    assert np.all(fit.local_fdr == 0)
    assert np.allclose(fit.theta.mean(), z * (1 - 1 / np.mean(z**2)), rtol=1e-9)


@pytest.mark.parametrize("z", [np.zeros(7), np.zeros(5000), [0.5], np.linspace(-1, 1, 3001), [1e-8, -1e-9]])
def test_a_slab_that_adds_nothing_is_given_no_share(z):
    fit = exact.two_groups(z)
    assert (fit.pi0, fit.slab) == (1.0, 0.0)
    assert np.all(fit.local_fdr == 1)
    assert np.all(fit.tail_fdr == 1)
    assert np.all(fit.local_false_sign_rate == 1)
    assert np.all(fit.theta.mean() == 0)
    assert np.all(fit.theta.sd() == 0)
    assert np.all(fit.theta.quantile([0.01, 0.99]) == 0)
    assert np.all(fit.predict_new().cdf([-1e-9, 0.0]) == [0, 1])


def test_narrow_null_data_of_any_size_have_no_slab():
    # The score at p = 0 is negative for every slab where E exp(kappa z^2 / 2) is below that of the null.
    z = np.random.default_rng(3).normal(0, 0.8, 50_000)
    assert exact.two_groups(z).pi0 == 1


@pytest.mark.parametrize("seed", [0, 88, 98, 230])
def test_noise_alone_has_its_maximum_found_along_a_flat_ridge(seed):
    # What noise tells is little more than pi1 * slab^2: these seeds have hills along that curve.
    z = np.random.default_rng(seed).normal(size=20_000)
    fit = exact.two_groups(z)
    top = log_likelihood(z, 1.0, fit.pi0, fit.slab)
    for slab in np.geomspace(0.03, 4, 10):
        for pi0 in (0.0, 0.5, 0.9, 0.97, 0.99, 0.999, 1.0):
            assert log_likelihood(z, 1.0, pi0, slab) <= top + 1e-8
    # A spike that noise has done without makes no discoveries of signs.
    if fit.pi0 == 0:
        assert fit.slab < 0.3
        assert fit.local_false_sign_rate.min() > 0.05


@pytest.mark.parametrize(
    ("z", "sigma"),
    [
        ([3.0], 1.0),
        ([1e8], 1.0),
        ([1e8] * 3, 1.0),
        ([1e8, 0.0, 0.0], 1.0),
        ([1e8] + [0.1] * 5000, 1.0),
        ([3e8, 1e8], 1e8),
        ([3e-8, 1e-8, -4e-8], 1e-8),
        (np.repeat([1.0, 2.0, -5.0], 3000), 1.0),
        ([2.0, 2.0, 2.0], [1e-8, 1.0, 1e8]),
        (SEEDED.normal(0, 1e8, 5000), 10 ** SEEDED.uniform(-8, 8, 5000)),
        (np.append(SEEDED.normal(size=10_000), 1e8), 1.0),
    ],
)
def test_far_values_and_wide_scales_give_numbers(z, sigma):
    fit = exact.two_groups(z, sigma)
    theta = fit.theta
    assert 0 <= fit.pi0 <= 1
    assert 0 <= fit.slab < np.inf
    for value in (fit.local_fdr, fit.tail_fdr, fit.local_false_sign_rate, theta.cdf(0), theta.cdf(fit.z)):
        assert np.all((value >= 0) & (value <= 1))
    for value in (theta.mean(), theta.sd(), theta.quantile([0.01, 0.5, 0.99]), fit.log_likelihood()):
        assert np.all(np.isfinite(value))
    assert np.all(abs(theta.mean()) <= abs(fit.z))


class ByQuadrature:
    """The posterior of one effect: the likelihood times the prior, summed over theta, its atom apart."""

    def __init__(self, z, sigma, pi0, slab, error_mean=0.0, error_sd=1.0):
        # The errors have mean error_mean * sigma and standard deviation error_sd * sigma.
        def likelihood(theta):
            return stats.norm.pdf(z, theta + error_mean * sigma, error_sd * sigma)

        self.atom = pi0 * likelihood(0.0)
        self.density = lambda theta: (1 - pi0) * stats.norm.pdf(theta, 0, slab) * likelihood(theta)
        self.low, self.high = min(-8 * slab, z - 12 * sigma), max(8 * slab, z + 12 * sigma)
        self.total = self.atom + self.integral(lambda theta: 1.0, self.low, self.high)

    def integral(self, value, low, high):
        at = sorted({low, high, *[p for p in (-3.0, -1.0, 0.0, 1.0, 3.0) if low < p < high]})
        return sum(
            integrate.quad(lambda t: value(t) * self.density(t), *part, epsabs=0, epsrel=1e-11)[0]
            for part in itertools.pairwise(at)
        )

    def expect(self, value):
        return (self.atom * value(0.0) + self.integral(value, self.low, self.high)) / self.total

    def below(self, x):
        return (self.atom * (x >= 0) + self.integral(lambda theta: 1.0, self.low, x)) / self.total


@pytest.mark.parametrize("case", [(0.3, 1.0), (-2.2, 0.7), (3.1, 1.4), (-0.4, 2.0)])
@pytest.mark.parametrize("null", [exact.Normal(0, 1), exact.Normal(0.2, 1.15)])
def test_each_effect_against_quadrature(case, null):
    z, sigma = case
    pi0, slab = 0.8, 2.5
    brute = ByQuadrature(z, sigma, pi0, slab, null.mean, null.sd)
    fit = exact.two_groups([z], [sigma], null, pi0=pi0, slab=slab)
    mean = brute.expect(lambda t: t)
    assert fit.local_fdr[0] == pytest.approx(brute.atom / brute.total, rel=1e-9)
    assert fit.theta.mean()[0] == pytest.approx(mean, rel=1e-8)
    assert fit.theta.sd()[0] == pytest.approx(np.sqrt(brute.expect(lambda t: (t - mean) ** 2)), rel=1e-8)
    assert fit.log_likelihood() == pytest.approx(np.log(brute.total), rel=1e-9)
    not_above, below = brute.below(0.0), brute.below(0.0) - brute.atom / brute.total
    assert fit.local_false_sign_rate[0] == pytest.approx(min(not_above, 1 - below), rel=1e-8)
    for x in (-1.5, 0.0, 0.4, 2.0):
        assert fit.theta.cdf(x)[0] == pytest.approx(brute.below(x), rel=1e-7)


def test_quantiles_invert_the_cdf_and_stop_at_the_atom():
    fit = exact.two_groups([-4.0, -2.0, 0.0, 1.0, 3.0], [0.5, 1, 2, 1, 1], pi0=0.7, slab=2.0)
    for p in (0.001, 0.05, 0.3, 0.5, 0.9, 0.999):
        q = fit.theta.quantile(p)
        assert np.all(fit.theta.cdf(q) >= p - 1e-12)
        assert np.all(fit.theta.cdf(q - 1e-9) <= p)
        assert np.allclose(fit.theta.cdf(q)[q != 0], p, rtol=1e-12)
    assert fit.theta.quantile([0.1, 0.9]).shape == (2, 5)
    assert fit.predict_new().quantile([0.1, 0.9]).shape == (2,)


def test_tail_fdr_is_the_share_of_zeros_that_far_out():
    rng = np.random.default_rng(8)
    pi0, slab = 0.9, 3.0
    theta, z = two_group_data(1_000_000, pi0, slab, rng)
    fit = exact.two_groups([0.0, 1.0, -2.0, 3.0], pi0=pi0, slab=slab)
    for at, rate in zip(fit.z, fit.tail_fdr, strict=True):
        among = theta[abs(z) >= abs(at)] == 0
        assert abs(among.mean() - rate) < 4.5 * np.sqrt(rate * (1 - rate) / len(among))
    # Far out, by logarithms.
    far = exact.two_groups([-30.0], pi0=pi0, slab=slab).tail_fdr[0]
    log = np.log(pi0 / (1 - pi0)) + stats.norm.logsf(30) - stats.norm.logsf(30 / np.sqrt(10))
    assert np.log(far) == pytest.approx(log, rel=1e-12)


def ranks(theta, draws, rng):
    """Ranks of the truth among the draws, ties broken by chance, as an atom needs."""
    below, same = (draws < theta).sum(0), (draws == theta).sum(0)
    return below + rng.integers(0, same + 1)


def test_calibration_by_simulation_and_that_it_catches_what_is_broken():
    rng = np.random.default_rng(12)
    J, pi0, slab, draws = 20_000, 0.6, 2.0, 99
    sigma = np.exp(rng.normal(0, 0.4, J))
    theta, z = two_group_data(J, pi0, slab, rng, sigma)

    def p_value(statistic=np.positive, **wrong):
        fit = exact.two_groups(z, sigma, **{"pi0": pi0, "slab": slab, **wrong})
        rank = ranks(statistic(theta), statistic(fit.sample(draws, rng)["theta"]), rng)
        return stats.chisquare(np.bincount(rank // 5, minlength=20)).pvalue

    assert p_value() > 1e-4
    assert p_value(abs) > 1e-4
    # Shares that have changed places, a null of the wrong width, and a slab of the wrong width. Errors that keep the
    # symmetry show in the size of the effects.
    assert p_value(pi0=1 - pi0) < 1e-10
    assert p_value(abs, pi0=1 - pi0) < 1e-10
    assert p_value(abs, null=exact.Normal(0, 1.2)) < 1e-10
    assert p_value(abs, slab=2 * slab) < 1e-10


def test_the_cdf_is_calibrated_too():
    rng = np.random.default_rng(13)
    theta, z = two_group_data(100_000, 0.7, 2.5, rng)

    def p_value(null):
        effect = exact.two_groups(z, null=null, pi0=0.7, slab=2.5).theta
        # The chance of an effect no larger in size, its atom at zero spread out.
        place = effect.cdf(abs(theta)) - effect.cdf(-abs(theta))
        place = np.where(theta == 0, effect.zero * rng.random(len(z)), place)
        return stats.kstest(place, "uniform").pvalue

    assert p_value(exact.Normal(0, 1)) > 1e-4
    assert p_value(exact.Normal(0, 1.1)) < 1e-10
    assert p_value(exact.Normal(0, 0.9)) < 1e-10


def test_a_new_effect_comes_from_the_two_groups():
    new = exact.two_groups([1.0], pi0=0.75, slab=2.0).predict_new()
    assert float(new.zero) == pytest.approx(0.75)
    assert float(new.sd()) == pytest.approx(np.sqrt(0.25 * 4))
    assert float(new.cdf(-1.0)) == pytest.approx(0.25 * stats.norm.cdf(-0.5))


def test_the_empirical_null_against_statsmodels():
    rng = np.random.default_rng(14)
    _, z = two_group_data(20_000, 0.95, 2.5, rng, error_mean=0.1, error_sd=1.1)
    fit = exact.two_groups(z, null="empirical")
    half = 2 * stats.iqr(z) / (2 * stats.norm.ppf(0.75))
    # Their null share is free, so that what is left for the mean and the sd is the truncated normal.
    theirs = NullDistribution(z, np.median(z) - half, np.median(z) + half, estimate_null_proportion=True)
    assert fit.null.mean == pytest.approx(theirs.mean, abs=2e-4)
    assert fit.null.sd == pytest.approx(theirs.sd, abs=2e-4)


def test_the_empirical_null_against_a_truncated_normal_that_is_maximised_by_values():
    rng = np.random.default_rng(15)
    z = np.r_[rng.normal(-0.3, 1.2, 900), rng.normal(0, 5, 100)]
    half = 2 * stats.iqr(z) / 1.349
    middle = z[abs(z - np.median(z)) <= half]
    low, high = np.median(z) - half, np.median(z) + half

    def loss(x):
        mean, sd = x[0], np.exp(x[1])
        return -stats.truncnorm.logpdf(middle, (low - mean) / sd, (high - mean) / sd, mean, sd).sum()

    best = optimize.minimize(loss, [0.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-11})
    null = exact.two_groups(z, null="empirical").null
    assert (null.mean, null.sd) == pytest.approx((best.x[0], np.exp(best.x[1])), abs=1e-6)


def test_a_null_is_a_change_of_units():
    _, z = two_group_data(3000, 0.9, 3.0, np.random.default_rng(16), error_mean=0.5, error_sd=1.3)
    given_null = exact.two_groups(z, null=exact.Normal(0.5, 1.3))
    changed = exact.two_groups(z - 0.5, 1.3)
    assert given_null.pi0 == pytest.approx(changed.pi0, rel=1e-12)
    assert given_null.slab == pytest.approx(changed.slab, rel=1e-12)
    assert np.allclose(given_null.local_fdr, changed.local_fdr, rtol=1e-10)
    assert np.allclose(given_null.theta.mean(), changed.theta.mean(), rtol=1e-10)


@given(st.integers(0, 10**6), st.floats(-8, 8), st.booleans(), st.sampled_from([20, 700]))
@settings(max_examples=30, deadline=None)
def test_signs_order_and_units_change_nothing_else(seed, log_scale, equal, J):
    rng = np.random.default_rng(seed)
    sigma = np.ones(J) if equal else np.exp(rng.normal(0, 0.5, J))
    _, z = two_group_data(J, 0.7, 4.0, rng, sigma)
    fit = exact.two_groups(z, sigma)
    scale, order = 10**log_scale, rng.permutation(J)
    flipped = exact.two_groups(-z, sigma)
    moved = exact.two_groups(z[order], sigma[order])
    scaled = exact.two_groups(scale * z, scale * sigma)
    for other, unit in ((flipped, 1.0), (moved, 1.0), (scaled, scale)):
        assert other.pi0 == pytest.approx(fit.pi0, abs=1e-7)
        assert other.slab == pytest.approx(unit * fit.slab, rel=1e-6)
    known = {"pi0": 0.7, "slab": 4.0}
    fit = exact.two_groups(z, sigma, **known)
    assert np.array_equal(exact.two_groups(-z, sigma, **known).theta.mean(), -fit.theta.mean())
    assert np.array_equal(exact.two_groups(z[order], sigma[order], **known).local_fdr, fit.local_fdr[order])
    scaled = exact.two_groups(scale * z, scale * sigma, pi0=0.7, slab=4.0 * scale)
    assert np.allclose(scaled.local_false_sign_rate, fit.local_false_sign_rate, rtol=1e-9)
    assert np.allclose(scaled.theta.sd(), scale * fit.theta.sd(), rtol=1e-9)


def test_equal_standard_errors_are_the_same_whether_given_once_or_for_each():
    _, z = two_group_data(3000, 0.9, 3.0, np.random.default_rng(17))
    once, each = exact.two_groups(z, 1.0), exact.two_groups(z, np.ones(3000))
    assert (once.pi0, once.slab) == (each.pi0, each.slab)
    # A hair of difference takes the way for unequal ones.
    unequal = exact.two_groups(z, 1 + 1e-9 * np.arange(3000) / 3000)
    assert (unequal.pi0, unequal.slab) == pytest.approx((once.pi0, once.slab), rel=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: exact.two_groups([]), r"z must be a list of one or more estimates; got shape \(0,\)"),
        (lambda: exact.two_groups(1.0), r"z must be a list of one or more estimates; got shape \(\)"),
        (lambda: exact.two_groups([1.0, np.nan]), "z must be finite; got nan at index 1"),
        (lambda: exact.two_groups(["a"]), "z must be numbers"),
        (lambda: exact.two_groups([1j]), "z must be numbers"),
        (lambda: exact.two_groups([10**400]), "z must be numbers"),
        (lambda: exact.two_groups(None), "z must be numbers"),
        (lambda: exact.two_groups(np.ma.masked_array([1.0], [True])), "z must not be masked"),
        (lambda: exact.two_groups([1.0], 0), r"sigma must be positive; got 0\.0"),
        (lambda: exact.two_groups([1.0, 2.0], [1.0, 1.0, 1.0]), r"sigma must have one entry for each z, \(2,\)"),
        (lambda: exact.two_groups([1e90], 1e-90), r"z / sigma must be at most 1e\+100 in size"),
        (
            lambda: exact.two_groups([1.0], null="none"),
            "null must be 'theoretical', 'empirical' or a Normal; got 'none'",
        ),
        (lambda: exact.two_groups([1.0], null=None), "null must be .* got None"),
        (lambda: exact.two_groups([1.0], pi0=0.5), "pi0 and slab must be given together"),
        (lambda: exact.two_groups([1.0], slab=2.0), "pi0 and slab must be given together"),
        (lambda: exact.two_groups([1.0], pi0=1.5, slab=1), r"pi0 must be from 0 to 1; got 1\.5"),
        (lambda: exact.two_groups([1.0], pi0=[0.5], slab=1), r"pi0 must be one number; got shape \(1,\)"),
        (lambda: exact.two_groups([1.0], pi0=0.5, slab=-1), r"slab must be zero or more; got -1\.0"),
        (lambda: exact.two_groups([1.0], pi0=0.5, slab=np.inf), "slab must be finite; got inf"),
        (lambda: exact.two_groups([1.0], pi0=0.5, slab=0), r"slab must be positive where pi0 is below 1; got 0\.0"),
        (
            lambda: exact.two_groups(np.full(29, 2.0), null="empirical"),
            "^z must differ for an empirical null to be fitted; got half of z / sigma or more equal to 2$",
        ),
        (
            lambda: exact.two_groups([0.5, 1.0, 4.0], null="empirical"),
            "^z must hold 20 or more estimates for an empirical null to be fitted; got 3$",
        ),
        (
            lambda: exact.two_groups([-1.4, 1.4] * 12 + [-0.5, 0.5] * 13, null="empirical"),
            "^z must peak in the middle for an empirical null",
        ),
        (lambda: exact.two_groups([1.0]).theta.quantile(1), r"p must be between 0 and 1; got 1\.0"),
        (lambda: exact.two_groups([1.0]).theta.cdf(np.inf), "x must be finite; got inf"),
        (lambda: exact.two_groups([1.0]).sample(0, np.random.default_rng(1)), "draws must be a whole number of 1 or"),
        (lambda: exact.two_groups([1.0]).sample(5, 1), "rng must be a numpy.random.Generator"),
    ],
)
def test_bad_input_gets_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()

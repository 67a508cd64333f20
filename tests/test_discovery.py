"""Many tests: the claims of the chapter, by simulation, by the scientific stack and by enumeration."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from hbcourse import discovery, exact


def test_false_positives_among_nineteen_thousand_nulls():
    expected = discovery.false_positives(19_000, 0.05)
    assert expected.mean == pytest.approx(950)
    assert expected.sd == pytest.approx(stats.binom(19_000, 0.05).std(), rel=1e-12)
    rng = np.random.default_rng(1)
    counts = np.array([(stats.norm.sf(abs(rng.normal(size=19_000))) < 0.025).sum() for _ in range(400)])
    assert abs(counts.mean() - expected.mean) < 4.5 * expected.sd / 20
    assert abs(counts.std(ddof=1) / expected.sd - 1) < 4.5 / np.sqrt(2 * 399)


def test_simulated_data_have_the_moments_of_the_model():
    rng = np.random.default_rng(2)
    J, pi0, slab = 400_000, 0.9, 2.0
    sigma = np.repeat([1.0, 3.0], J // 2)
    data = discovery.simulate(J, pi0, slab, rng, sigma, exact.Normal(0.5, 1.1))
    real = data.theta != 0
    assert abs(real.mean() - 0.1) < 4.5 * np.sqrt(0.09 / J)
    assert abs((data.theta[real] ** 2).mean() / slab**2 - 1) < 4.5 * np.sqrt(2 / real.sum())
    errors = (data.z - data.theta) / data.sigma
    assert stats.kstest(errors, stats.norm(0.5, 1.1).cdf).pvalue > 1e-4
    assert abs(np.corrcoef(data.theta, errors)[0, 1]) < 4.5 / np.sqrt(J)


@pytest.mark.parametrize("spread", [0.0, 0.5])
def test_em_and_direct_maximisation_agree(spread):
    rng = np.random.default_rng(3)
    sigma = np.exp(rng.normal(0, spread, 20_000))
    data = discovery.simulate(20_000, 0.95, 3.0, rng, sigma)
    by_em, direct = discovery.em(data.z, data.sigma), exact.two_groups(data.z, data.sigma)
    assert by_em.pi0 == pytest.approx(direct.pi0, abs=1e-7)
    assert by_em.slab == pytest.approx(direct.slab, abs=1e-6)
    assert by_em.log_likelihood[-1] == pytest.approx(direct.log_likelihood(), rel=1e-12)
    assert np.all(np.diff(by_em.log_likelihood) > -1e-9)
    # And both recover what made the data, within the standard errors of such a sample.
    assert direct.pi0 == pytest.approx(0.95, abs=0.015)
    assert direct.slab == pytest.approx(3.0, abs=0.35)


@given(st.integers(1, 40), st.sampled_from([0.1, 1.0, 5.0, 1e8]), st.integers(0, 10**6))
@settings(max_examples=30, deadline=None)
def test_em_never_goes_down_nor_above_the_maximum(J, spread, seed):
    z = np.random.default_rng(seed).normal(0, spread, J)
    path = discovery.em(z, iterations=50).log_likelihood
    slack = 1e-9 * abs(path).max()
    assert np.all(np.diff(path) > -slack)
    assert path[-1] <= exact.two_groups(z).log_likelihood() + slack


def test_em_with_nothing_to_find_creeps_to_the_edge():
    by_em = discovery.em(np.zeros(100), iterations=500)
    assert 0 < by_em.slab < 0.1
    assert by_em.log_likelihood[-1] < exact.two_groups(np.zeros(100)).log_likelihood()


def test_shrunken_effects_two_ways_and_none_of_them_zero():
    data = discovery.simulate(20_000, 0.95, 3.0, np.random.default_rng(4))
    fit = exact.two_groups(data.z)
    kappa = fit.slab**2 / (fit.slab**2 + 1)
    assert np.allclose(fit.theta.mean(), (1 - fit.local_fdr) * kappa * data.z, rtol=1e-9)
    assert np.all(fit.theta.mean() != 0)
    tweedie = discovery.tweedie(fit.z, log_density=fit.log_density)
    assert np.allclose(tweedie, fit.theta.mean(), rtol=0, atol=1e-9)


def test_tweedie_with_unequal_standard_errors_and_for_another_prior():
    sigma = np.array([0.5, 1.0, 2.0])
    fit = exact.two_groups([0.7, -2.0, 5.0], sigma, pi0=0.8, slab=3.0)
    assert np.allclose(
        discovery.tweedie(fit.z, sigma, log_density=fit.log_density), fit.theta.mean(), rtol=0, atol=1e-9
    )
    # A population that is normal, with mean 4 and sd 2: the posterior mean is a weighted one.
    z = np.array([0.0, 10.0])
    means = discovery.tweedie(z, log_density=lambda z: stats.norm.logpdf(z, 4, np.hypot(2, 1)))
    assert np.allclose(means, 0.8 * z + 0.2 * 4, rtol=1e-9)


@given(st.integers(1, 400), st.sampled_from([0.01, 0.1, 0.5]), st.integers(0, 10**6))
@settings(max_examples=50, deadline=None)
def test_benjamini_hochberg_against_statsmodels(J, q, seed):
    rng = np.random.default_rng(seed)
    sigma = np.exp(rng.normal(0, 1, J))
    z = np.round(sigma * rng.normal(0, 2.5, J), 1)
    theirs = multipletests(stats.norm.sf(abs(z) / sigma) * 2, q, "fdr_bh")[0]
    assert np.array_equal(discovery.benjamini_hochberg(z, sigma, q=q), theirs)
    half = multipletests(stats.norm.sf(abs(z) / sigma) * 2, min(2 * q, 0.9999), "fdr_bh")[0]
    if 2 * q < 0.9999:
        assert np.array_equal(discovery.benjamini_hochberg(z, sigma, q=q, pi0=0.5), half)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=9), st.integers(1, 49))
@settings(max_examples=50, deadline=None)
def test_the_largest_set_against_all_sets(fiftieths, q):
    # In whole numbers of fiftieths, so that the mean of a set is exact.
    chosen = discovery.largest_set(np.array(fiftieths) / 50, q / 50)
    units = range(len(fiftieths))
    allowed = [
        members
        for size in range(1, len(fiftieths) + 1)
        for members in itertools.combinations(units, size)
        if sum(fiftieths[i] for i in members) <= q * size
        # The lowest rates, and equal ones together.
        and max(fiftieths[i] for i in members) < min((fiftieths[i] for i in units if i not in members), default=51)
    ]
    assert chosen.selected.sum() == max(map(len, allowed), default=0)
    if allowed:
        assert chosen.estimated_fdr == pytest.approx(np.array(fiftieths)[chosen.selected].mean() / 50, abs=1e-15)
        assert max(np.array(fiftieths)[chosen.selected]) <= min(np.array(fiftieths)[~chosen.selected], default=50)


def repeated(q, null, error, repeats=150, J=4000):
    """False share minus the level, and minus what the set itself expects, over repeated data."""
    rng = np.random.default_rng(5)
    excess, surprise, power = np.empty((3, repeats))
    for i in range(repeats):
        data = discovery.simulate(J, 0.9, 3.0, rng, null=error)
        chosen = discovery.largest_set(exact.two_groups(data.z, null=null).local_fdr, q)
        truth = discovery.realised(chosen.selected, data.theta)
        excess[i] = truth.false_discovery_proportion - q
        surprise[i] = truth.false_discovery_proportion - chosen.estimated_fdr
        power[i] = truth.power
    return excess, surprise, power


def test_the_set_keeps_its_rate_under_the_right_model_and_not_under_the_wrong_one():
    right, wide = exact.Normal(0, 1), exact.Normal(0, 1.1)
    for null, error in (("theoretical", right), (wide, wide)):
        excess, surprise, _ = repeated(0.1, null, error)
        for value in (excess, surprise):
            assert abs(value.mean()) < 4.5 * value.std() / np.sqrt(len(value))
    excess, _, _ = repeated(0.1, "theoretical", wide, repeats=40)
    assert excess.mean() > 0.05
    # A null that is too wide is cautious instead.
    excess, _, _ = repeated(0.1, wide, right, repeats=40)
    assert excess.mean() < -0.02


def test_with_known_parameters_the_promise_holds_to_within_chance():
    rng = np.random.default_rng(6)
    surprise = []
    for _ in range(300):
        data = discovery.simulate(1000, 0.8, 2.0, rng, sigma=rng.uniform(0.5, 2, 1000))
        fit = exact.two_groups(data.z, data.sigma, pi0=0.8, slab=2.0)
        chosen = discovery.largest_set(fit.local_fdr, 0.1)
        false = discovery.realised(chosen.selected, data.theta).false_discovery_proportion
        surprise.append(false - chosen.estimated_fdr)
    assert abs(np.mean(surprise)) < 4.5 * np.std(surprise) / np.sqrt(300)


def test_equal_standard_errors_rank_alike_and_unequal_ones_do_not():
    q = 0.1
    equal = discovery.simulate(20_000, 0.9, 3.0, np.random.default_rng(7))
    sigma = np.exp(np.random.default_rng(8).normal(0, 0.7, 20_000))
    unequal = discovery.simulate(20_000, 0.9, 3.0, np.random.default_rng(7), sigma)
    same, correlation = [], []
    for data in (equal, unequal):
        fit = exact.two_groups(data.z, data.sigma)
        by_rate = discovery.largest_set(fit.local_fdr, q).selected
        by_p = discovery.benjamini_hochberg(data.z, data.sigma, q=q)
        same.append((by_rate & by_p).sum() / (by_rate | by_p).sum())
        correlation.append(stats.spearmanr(fit.local_fdr, -abs(data.z) / data.sigma).statistic)
        # Where ranks agree, most of the gap is the null share: told it, BH comes closer.
        if data is equal:
            assert not (by_p & ~by_rate).any()
            told = discovery.benjamini_hochberg(data.z, q=q, pi0=fit.pi0)
            assert (told ^ by_rate).sum() < 0.5 * (by_p ^ by_rate).sum()
    assert correlation[0] == pytest.approx(1, abs=1e-9)
    assert correlation[1] < 0.8
    assert same[0] > 0.95
    assert same[1] < same[0]


def test_realised_counts():
    rng = np.random.default_rng(9)
    theta, selected = np.where(rng.random(500) < 0.5, 0.0, 1.0), rng.random(500) < 0.3
    truth = discovery.realised(selected, theta)
    false = [i for i in range(500) if selected[i] and theta[i] == 0]
    hits = [i for i in range(500) if selected[i] and theta[i] == 1]
    assert truth.discoveries == len(false) + len(hits)
    assert truth.false_discovery_proportion == pytest.approx(len(false) / (len(false) + len(hits)))
    assert truth.power == pytest.approx(len(hits) / sum(theta == 1))
    assert discovery.realised([False, False], [0.0, 0.0]) == (0, 0.0, 0.0)


def misfit(bins):
    """Squared distances of frequencies from predictions, in standard errors: chi-squared with one df for each bin."""
    variance = bins.predicted * (1 - bins.predicted) / bins.number
    return stats.chi2.sf(((bins.frequency - bins.predicted) ** 2 / variance).sum(), len(bins.number))


def test_probabilities_of_activity_are_calibrated_with_the_right_null_only():
    rng = np.random.default_rng(10)
    right = discovery.simulate(20_000, 0.95, 3.0, rng)
    wide = discovery.simulate(20_000, 0.95, 3.0, rng, null=exact.Normal(0, 1.1))
    active = 1 - exact.two_groups(right.z).local_fdr
    assert misfit(discovery.calibration(active, right.theta != 0)) > 1e-4
    told = 1 - exact.two_groups(wide.z, null=exact.Normal(0, 1.1)).local_fdr
    assert misfit(discovery.calibration(told, wide.theta != 0)) > 1e-4
    bins = discovery.calibration(1 - exact.two_groups(wide.z).local_fdr, wide.theta != 0)
    assert misfit(bins) < 1e-10
    # Where half are said to be active, far fewer are: the whole interval lies below.
    assert bins.interval[1, 5] < bins.predicted[5]


def test_the_local_false_sign_rate_is_calibrated():
    rng = np.random.default_rng(11)
    data = discovery.simulate(100_000, 0.5, 2.0, rng)
    fit = exact.two_groups(data.z, pi0=0.5, slab=2.0)
    wrong = np.sign(data.theta) != np.sign(fit.theta.mean())
    assert misfit(discovery.calibration(fit.local_false_sign_rate, wrong)) > 1e-4


def test_bins_and_their_intervals():
    bins = discovery.calibration([0.0, 0.05, 0.5, 0.55, 0.5, 1.0], [False, False, True, False, True, True], bins=10)
    assert np.allclose(bins.predicted, [0.025, 1.55 / 3, 1.0])
    assert np.allclose(bins.frequency, [0, 2 / 3, 1])
    assert np.array_equal(bins.number, [2, 3, 1])
    # Clopper and Pearson: no success in two, and one in one, by hand.
    assert bins.interval[1, 0] == pytest.approx(1 - np.sqrt(0.025))
    assert (bins.interval[0, 0], bins.interval[1, 2]) == (0, 1)
    assert bins.interval[0, 2] == pytest.approx(0.025)


RNG = np.random.default_rng(12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: discovery.false_positives(0), "J must be a whole number from 1"),
        (lambda: discovery.false_positives(10**400), "J must be a whole number from 1"),
        (lambda: discovery.false_positives(5, 1.5), r"alpha must be between 0 and 1; got 1\.5"),
        (lambda: discovery.simulate(True, 0.5, 1, RNG), "J must be a whole number from 1 .* got True"),
        (lambda: discovery.simulate(5, 1.5, 1, RNG), r"pi0 must be from 0 to 1; got 1\.5"),
        (lambda: discovery.simulate(5, 0.5, 0, RNG), r"slab must be positive; got 0\.0"),
        (lambda: discovery.simulate(5, 0.5, 1, 7), "rng must be a numpy.random.Generator"),
        (lambda: discovery.simulate(5, 0.5, 1, RNG, [1.0, 2.0]), "sigma must have one entry for each unit"),
        (lambda: discovery.simulate(5, 0.5, 1, RNG, null=1.1), r"null must be a Normal; got 1\.1"),
        (lambda: discovery.em([1.0], iterations=0), "iterations must be a whole number of 1 or more; got 0"),
        (lambda: discovery.em([[1.0]]), r"z must be a list of one or more estimates; got shape \(1, 1\)"),
        (lambda: discovery.benjamini_hochberg([1.0], q=0), r"q must be between 0 and 1; got 0\.0"),
        (lambda: discovery.benjamini_hochberg([1.0], q=0.1, pi0=-1), r"pi0 must be from 0 to 1; got -1\.0"),
        (lambda: discovery.largest_set([], 0.1), r"local_fdr must be a list of one or more probabilities"),
        (lambda: discovery.largest_set([0.2, 1.2], 0.1), r"local_fdr must be from 0 to 1; got 1\.2 at index 1"),
        (lambda: discovery.largest_set([np.nan], 0.1), "local_fdr must be from 0 to 1; got nan at index 0"),
        (lambda: discovery.realised([1, 0], [0.0, 1.0]), "selected must be True or False for each unit"),
        (lambda: discovery.realised([True], [0.0, 1.0]), "selected and theta must be lists of the same length"),
        (lambda: discovery.realised([True], [np.nan]), "theta must be finite; got nan at index 0"),
        (
            lambda: discovery.tweedie([1.0], log_density=3.0),
            r"log_density must be a function of \(J,\) values; got 3\.0",
        ),
        (
            lambda: discovery.tweedie([1.0], log_density=lambda z: None),
            "what log_density returns must be numbers; got None",
        ),
        (
            lambda: discovery.tweedie([1.0, 2.0], log_density=lambda z: 0.0),
            r"log_density must return one number for each z, \(2,\); got shape \(\)",
        ),
        (lambda: discovery.calibration([0.5], [True, False]), "probability and happened must be lists of the same"),
        (lambda: discovery.calibration([0.5], ["yes"]), "happened must be True or False for each unit"),
        (lambda: discovery.calibration([0.5], [True], bins=0), "bins must be a whole number from 1 to 1000; got 0"),
        (lambda: discovery.calibration([0.5], [True], level=95), r"level must be between 0 and 1; got 95\.0"),
    ],
)
def test_bad_input_gets_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()

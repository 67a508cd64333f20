"""Checks of the prior, of the fit and of the computation, each against another way to the same number."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate, stats

from hbcourse import datasets, exact, priors, workflow

SCHOOLS = datasets.eight_schools()
Y, SIGMA = SCHOOLS.y.to_numpy(float), SCHOOLS.sigma.to_numpy(float)
PRIORS = exact.HalfNormal(5), exact.Normal(0, 5)
RIGHT = exact.NormalHierarchyPosterior.sample


def farthest(y):
    """Distance of the farthest unit from the median, in typical distances."""
    distance = abs(y - np.median(y))
    return distance.max() / np.median(distance)


@pytest.mark.parametrize(
    "prior", [exact.HalfNormal(10), exact.HalfCauchy(25), exact.HalfCauchy(1000), exact.Exponential(1e-3)], ids=str
)
def test_three_priors_of_district_scores(prior):
    # Scores from 0 to 100; districts about 50. By adaptive quadrature over tau, and by simulation.
    mu_prior, sigma = exact.Normal(50, 15), 12.0
    found = workflow.probability_outside(0, 100, sigma, prior, mu_prior)

    def outside(log_tau):
        sd = np.sqrt(15**2 + sigma**2 + np.exp(2 * log_tau))
        tails = stats.norm(50, sd).cdf(0) + stats.norm(50, sd).sf(100)
        return tails * np.exp(prior.log_density(np.exp(log_tau)) + log_tau)

    points = np.linspace(np.log(prior.scale) - 25, np.log(prior.scale) + 28, 12)
    by_hand = sum(integrate.quad(outside, a, b, limit=200)[0] for a, b in pairwise(points))
    assert found == pytest.approx(by_hand, rel=1e-6)
    draws = priors.prior_predictive(prior, mu_prior, [sigma], 40_000, np.random.default_rng(1))["y"]
    share = workflow.share_outside(draws, 0, 100)
    assert abs(share - found) < 4.5 * np.sqrt(found * (1 - found) / 40_000)


def test_share_outside_counts_what_is_impossible():
    assert workflow.share_outside([[0, 100.0], [-1e-9, 101]], 0, 100) == 0.5
    assert workflow.share_outside(5.0, 0, 1) == 1


def test_replicated_data_have_the_moments_of_the_posterior():
    posterior, draws = exact.normal_hierarchy(Y, SIGMA, *PRIORS), 40_000
    same = workflow.replicate_same_groups(posterior, draws, np.random.default_rng(2))
    new = workflow.replicate_new_groups(posterior, draws, np.random.default_rng(3))
    for replicated, mean, sd in (
        (same, posterior.theta.mean(), np.hypot(posterior.theta.sd(), SIGMA)),
        (new, posterior.predict_new().mean(), np.hypot(posterior.predict_new().sd(), SIGMA)),
    ):
        assert replicated.shape == (draws, 8)
        assert np.all(abs(replicated.mean(0) - mean) < 4.5 * sd / np.sqrt(draws))
        assert np.allclose(replicated.std(0), sd, rtol=0.02)
    # New groups share mu but not their means: two of them correlate by what mu adds.
    shared = float(posterior.mu.sd()) ** 2
    assert np.cov(new[:, 0], new[:, 1])[0, 1] == pytest.approx(shared, abs=4.5 * new.var() / np.sqrt(draws))


def test_a_statistic_that_exposes_the_wrong_population():
    # One unit of twenty is from elsewhere. Its fit is perfect in mean and spread.
    rng = np.random.default_rng(4)
    theta = rng.normal(0, 1, 20)
    theta[0] = 12
    y = rng.normal(theta, 1.0)
    posterior = exact.normal_hierarchy(y, 1.0, exact.HalfCauchy(5))
    same = workflow.replicate_same_groups(posterior, 2000, rng)
    new = workflow.replicate_new_groups(posterior, 2000, rng)
    for statistic in (np.mean, np.std):
        for replicated in (same, new):
            assert 0.3 < workflow.predictive_check(y, replicated, statistic).tail_probability < 0.7
    assert workflow.predictive_check(y, new, farthest).tail_probability < 0.002
    # The same groups keep their fitted means, the odd one's too, and hide it.
    assert workflow.predictive_check(y, same, np.max).tail_probability > 0.1
    assert workflow.predictive_check(y, new, np.max).tail_probability < 0.04
    # Data of the model pass.
    right = rng.normal(rng.normal(0, 1, 20), 1.0)
    fit = exact.normal_hierarchy(right, 1.0, exact.HalfCauchy(5))
    passed = workflow.predictive_check(right, workflow.replicate_new_groups(fit, 2000, rng), farthest)
    assert 0.002 < passed.tail_probability < 0.998


def test_predictive_check_counts_ties_half():
    found = workflow.predictive_check([1.0, 3.0], [[0, 0], [1, 3], [5, 5], [2, 2]], np.mean)
    assert found.observed == 2
    assert np.array_equal(found.replicated, [0, 2, 5, 2])
    assert found.tail_probability == 0.5


def test_predictive_check_agrees_with_the_distribution_of_a_maximum():
    model = stats.nbinom(0.6, 0.6 / (0.6 + 2))
    replicated = model.rvs((4000, 30), random_state=5)
    # The largest of 30 is at most x with probability F(x)**30.
    above = 1 - (model.cdf(8) ** 30 + model.cdf(7) ** 30) / 2
    found = workflow.predictive_check(np.r_[np.zeros(29), 8], replicated, np.max).tail_probability
    assert abs(found - above) < 4.5 * np.sqrt(above * (1 - above) / 4000)


OBSERVED = np.array([1.0, 1.2, 4.9, 5.1, 5.6, 9.0, 9.3, -2.0])
GROUP = np.array(["A", "A", "B", "B", "B", "C", "C", "D"])


def log_evidence(y, group, sigma=0.8):
    """Log p(y) under tau ~ half-normal(5) and mu ~ N(3, 4^2), from the joint normal density, by adaptive quadrature."""

    def log_density(tau):
        covariance = 16 + tau**2 * (group[:, None] == group) + sigma**2 * np.eye(len(y))
        return stats.multivariate_normal(np.full(len(y), 3.0), covariance).logpdf(y)

    top = max(log_density(tau) for tau in np.geomspace(0.01, 40, 60))
    total = integrate.quad(
        lambda tau: stats.halfnorm(scale=5).pdf(tau) * np.exp(log_density(tau) - top),
        0,
        60,
        points=[1, 5, 15],
        epsrel=1e-9,
    )[0]
    return np.log(total) + top


def test_leaving_out_observations_and_groups_against_adaptive_quadrature():
    arguments = OBSERVED, GROUP, 0.8, exact.HalfNormal(5), exact.Normal(3, 4)
    one, whole = workflow.leave_one_observation_out(*arguments), workflow.leave_one_group_out(*arguments)
    everything = log_evidence(OBSERVED, GROUP)
    for i in range(8):
        rest = np.arange(8) != i
        assert one[i] == pytest.approx(everything - log_evidence(OBSERVED[rest], GROUP[rest]), abs=1e-7)
        others = GROUP[i] != GROUP
        with_it = others | ~rest
        alone = log_evidence(OBSERVED[with_it], GROUP[with_it]) - log_evidence(OBSERVED[others], GROUP[others])
        assert whole[i] == pytest.approx(alone, abs=1e-7)
    # An observation alone in its group is a group.
    assert one[7] == whole[7]


def test_a_known_group_is_easier_than_a_new_one():
    rng = np.random.default_rng(6)
    group = np.repeat(np.arange(20), 5)
    y = rng.normal(rng.normal(0, 4, 20)[group], 1.0)
    one = workflow.leave_one_observation_out(y, group, 1.0)
    whole = workflow.leave_one_group_out(y, group, 1.0)
    # In theory, with everything known but the group's mean, E log N: half the log of (1 + 16) / (1 + 1 / (4 + 1/16)).
    assert np.mean(one - whole) == pytest.approx(np.log(17 / (1 + 1 / (4 + 1 / 16))) / 2, abs=0.25)
    # Where groups do not differ it makes no difference.
    alike = rng.normal(0, 1, 100)
    gap = workflow.leave_one_observation_out(alike, group, 1.0) - workflow.leave_one_group_out(alike, group, 1.0)
    assert abs(np.mean(gap)) < 0.05


def test_leaving_out_agrees_with_the_engine_for_single_observations():
    posterior = exact.normal_hierarchy(Y, 10.0, *PRIORS)
    scores = np.log(posterior.leave_one_out().pdf(Y))
    for leave_out in (workflow.leave_one_group_out, workflow.leave_one_observation_out):
        assert np.allclose(leave_out(Y, range(8), 10.0, *PRIORS), scores, rtol=1e-9)


def test_leaving_out_does_not_depend_on_labels_order_or_units():
    order = np.random.default_rng(7).permutation(8)
    priors = exact.HalfNormal(5), exact.Normal(3, 4)
    scaled = exact.HalfNormal(5e6), exact.Normal(3e6, 4e6)
    for leave_out in (workflow.leave_one_observation_out, workflow.leave_one_group_out):
        scores = leave_out(OBSERVED, GROUP, 0.8, *priors)
        relabelled = [{"A": 40, "B": 3, "C": 2, "D": 1}[name] for name in GROUP[order]]
        assert np.allclose(leave_out(OBSERVED[order], relabelled, 0.8, *priors), scores[order], rtol=1e-9)
        assert np.allclose(leave_out(1e6 * OBSERVED, GROUP, 0.8e6, *scaled), scores - np.log(1e6), rtol=1e-7)
        # An observation beyond belief has a low score, not minus infinity.
        assert np.isfinite(leave_out([*OBSERVED, 1e4], [*GROUP, "A"], 0.8, *priors)).all()


def conjugate(rng):
    mu = rng.normal(size=3)
    return {"mu": mu, "first": mu[0]}, rng.normal(mu, 1)


def right(y, rng):
    mu = rng.normal(y / 2, 0.5**0.5, (99, 3))
    return {"mu": mu, "first": mu[:, 0]}


def test_calibration_of_a_conjugate_model():
    found = workflow.simulation_based_calibration(conjugate, right, 600, np.random.default_rng(8))
    assert found.rank["mu"].shape == (600, 3)
    assert found.rank["first"].shape == (600,)
    assert np.array_equal(found.rank["first"], found.rank["mu"][:, 0])
    assert found.p_value() > 1e-4
    for mistake, broken in {
        "too narrow": lambda y, rng: {"mu": rng.normal(y / 2, 0.5, (99, 3)), "first": rng.normal(y[0] / 2, 0.5, 99)},
        "too wide": lambda y, rng: {"mu": rng.normal(y / 2, 1, (99, 3)), "first": rng.normal(y[0] / 2, 1, 99)},
        "biased": lambda y, rng: {name: draws + 0.3 for name, draws in right(y, rng).items()},
    }.items():
        caught = workflow.simulation_based_calibration(conjugate, broken, 600, np.random.default_rng(9))
        assert caught.p_value() < 1e-4, mistake


def test_a_blind_spot_and_what_closes_it():
    # Draws from the prior, and draws under a flat prior, have even ranks; their joint densities with the data have not.
    def simulate(rng):
        mu = rng.normal()
        y = rng.normal(mu, 1)
        return {"mu": mu, "joint": (y - mu) ** 2 + mu**2}, y

    for blind in (lambda y, rng: rng.normal(0, 1, 99), lambda y, rng: rng.normal(y, 1, 99)):

        def sample(y, rng, blind=blind):
            mu = blind(y, rng)
            return {"mu": mu, "joint": (y - mu) ** 2 + mu**2}

        p = workflow.simulation_based_calibration(simulate, sample, 1000, np.random.default_rng(17)).p_values()
        assert p["mu"] > 1e-4
        assert p["joint"] < 1e-6


def test_a_sampler_that_never_looks_at_the_data_is_caught():
    def from_the_prior(posterior, draws, rng):
        data_sets, J = posterior.y.shape
        tau, mu = (prior.sample(draws * data_sets, rng).reshape(draws, data_sets) for prior in PRIORS)
        return {"tau": tau, "mu": mu, "theta": rng.normal(mu[..., None], tau[..., None], (draws, data_sets, J))}

    rng = np.random.default_rng(18)
    p = workflow.calibrate_normal_hierarchy(from_the_prior, SIGMA, *PRIORS, 1000, 99, rng).p_values()
    assert min(p["tau"], p["mu"], p["theta"].min()) > 1e-4
    assert p["misfit"] < 1e-6


def test_ties_are_broken_at_random():
    def coin(rng):
        truth = {"heads": float(rng.integers(0, 2))}
        return truth, None

    found = workflow.simulation_based_calibration(
        coin, lambda _, rng: {"heads": rng.integers(0, 2, 19).astype(float)}, 2000, np.random.default_rng(10)
    )
    assert found.p_value() > 0.001


def test_p_values_are_those_of_a_chi_square_test_and_even_if_all_is_right():
    rng = np.random.default_rng(11)
    ranks = rng.integers(0, 100, (500, 2000))
    found = workflow.Ranks({"x": ranks}, draws=99).p_values()["x"]
    counts = np.histogram(ranks[:, 7], np.arange(0, 101, 5))[0]
    assert found[7] == pytest.approx(stats.chi2(19).sf(((counts - 25) ** 2 / 25).sum()), rel=1e-10)
    # The false-alarm rate is what it says, at three levels, within 4.5 standard errors of 2,000 trials.
    for alpha in (0.01, 0.05, 0.2):
        assert abs(np.mean(found < alpha) - alpha) < 4.5 * np.sqrt(alpha * (1 - alpha) / 2000)
    # That of several quantities together is at most what it says.
    together = [workflow.Ranks({"x": ranks[:, i : i + 10]}, 99).p_value() for i in range(0, 2000, 10)]
    assert np.mean(np.less(together, 0.05)) < 0.05 + 4.5 * np.sqrt(0.05 * 0.95 / 200)
    assert np.all((ranks[:, 0] + 0.5) / 100 == workflow.Ranks({"x": ranks}, 99).share("x")[:, 0])


def test_the_broken_sampler_is_found_among_three():
    found = {
        sampler: workflow.calibrate_normal_hierarchy(
            sampler, SIGMA, *PRIORS, repeats=2000, draws=99, rng=np.random.default_rng(12)
        ).p_value()
        for sampler in (RIGHT, workflow.sample_plug_in, workflow.sample_without_prior)
    }
    assert found[RIGHT] > 1e-4
    assert found[workflow.sample_plug_in] < 0.005
    assert found[workflow.sample_without_prior] < 1e-20


def test_the_fast_route_and_the_general_one_agree():
    def simulate(rng):
        tau, mu = float(PRIORS[0].sample(1, rng)[0]), float(PRIORS[1].sample(1, rng)[0])
        theta = rng.normal(mu, tau, 3)
        return {"tau": tau, "mu": mu, "theta": theta}, rng.normal(theta, SIGMA[:3])

    def fit(y, rng):
        return exact.normal_hierarchy(y, SIGMA[:3], *PRIORS).sample(19, rng)

    slow = workflow.simulation_based_calibration(simulate, fit, 200, np.random.default_rng(14))
    fast = workflow.calibrate_normal_hierarchy(
        RIGHT, SIGMA[:3], *PRIORS, repeats=200, draws=19, rng=np.random.default_rng(15)
    )
    assert set(fast.rank) == {"tau", "mu", "theta", "misfit"}
    for name in ("tau", "mu", "theta"):
        assert slow.rank[name].shape == fast.rank[name].shape
        assert stats.ks_2samp(slow.rank[name].ravel(), fast.rank[name].ravel()).pvalue > 1e-3


def test_the_plug_in_sampler_is_the_posterior_given_tau():
    posterior = exact.normal_hierarchy(Y, SIGMA, exact.HalfNormal(5), exact.Normal(2, 3))
    draws, tau = workflow.sample_plug_in(posterior, 100_000, np.random.default_rng(16)), posterior.tau.quantile(0.5)
    # By conditioning the joint normal of (theta, mu, y).
    cov_y = 9 + tau**2 * np.eye(8) + np.diag(SIGMA**2)
    to_theta, to_mu = 9 + tau**2 * np.eye(8), np.full(8, 9.0)
    gain = np.linalg.inv(cov_y) @ (Y - 2)
    for got, mean, variance in (
        (draws["theta"], 2 + to_theta @ gain, np.diag(to_theta - to_theta @ np.linalg.inv(cov_y) @ to_theta)),
        (draws["mu"], 2 + to_mu @ gain, 9 - to_mu @ np.linalg.inv(cov_y) @ to_mu),
    ):
        assert np.all(abs(got.mean(0) - mean) < 4.5 * np.sqrt(variance / 100_000))
        assert np.allclose(got.var(0), variance, rtol=0.03)
    assert np.cov(draws["mu"], draws["theta"][:, 0])[0, 1] == pytest.approx(
        9 - to_mu @ np.linalg.inv(cov_y) @ to_theta[:, 0], abs=0.2
    )


BAD = [None, "x", [], [np.nan] * 8, [np.inf] * 8, [1j] * 8, np.ma.masked_all(8), [[1.0], [1.0, 2.0]], [10**400] * 8]
RNG = np.random.default_rng(1)


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
@pytest.mark.parametrize(
    "call",
    [
        lambda bad: workflow.share_outside(bad, 0, 1),
        lambda bad: workflow.share_outside([1.0], bad, 1),
        lambda bad: workflow.probability_outside(0, 1, bad, *PRIORS),
        lambda bad: workflow.probability_outside(0, 1, 1, bad, exact.Normal(0, 1)),
        lambda bad: workflow.probability_outside(0, 1, 1, exact.HalfNormal(1), bad),
        lambda bad: workflow.predictive_check(bad, np.ones((2, 8)), np.mean),
        lambda bad: workflow.predictive_check(np.ones(8), bad, np.mean),
        lambda bad: workflow.predictive_check(np.ones(8), np.ones((2, 8)), lambda y: bad),
        lambda bad: workflow.predictive_check(np.ones(8), np.ones((2, 8)), bad),
        lambda bad: workflow.replicate_same_groups(bad, 5, RNG),
        lambda bad: workflow.replicate_new_groups(exact.normal_hierarchy(Y, SIGMA), bad, RNG),
        lambda bad: workflow.leave_one_group_out(bad, list("AABBCCDD"), 1.0),
        lambda bad: workflow.leave_one_observation_out(bad, list("AABBCCDD"), 1.0),
        lambda bad: workflow.leave_one_group_out(Y, list("AABBCCDD"), bad),
        lambda bad: workflow.leave_one_observation_out(Y, bad, 1.0),
        lambda bad: workflow.leave_one_group_out(Y, list("AABBCCDD"), 1.0, bad),
        lambda bad: workflow.simulation_based_calibration(bad, right, 5, RNG),
        lambda bad: workflow.simulation_based_calibration(lambda rng: bad, right, 5, RNG),
        lambda bad: workflow.simulation_based_calibration(conjugate, lambda y, rng: bad, 5, RNG),
        lambda bad: workflow.simulation_based_calibration(conjugate, right, bad, RNG),
        lambda bad: workflow.simulation_based_calibration(conjugate, right, 5, bad),
        lambda bad: workflow.calibrate_normal_hierarchy(bad, SIGMA, *PRIORS, 20, 9, RNG),
        lambda bad: workflow.calibrate_normal_hierarchy(RIGHT, bad, *PRIORS, 20, 9, RNG),
        lambda bad: workflow.calibrate_normal_hierarchy(RIGHT, SIGMA, bad, PRIORS[1], 20, 9, RNG),
        lambda bad: workflow.calibrate_normal_hierarchy(RIGHT, SIGMA, PRIORS[0], bad, 20, 9, RNG),
        lambda bad: workflow.calibrate_normal_hierarchy(RIGHT, SIGMA, *PRIORS, bad, 9, RNG),
        lambda bad: workflow.calibrate_normal_hierarchy(RIGHT, SIGMA, *PRIORS, 20, bad, RNG),
        lambda bad: workflow.calibrate_normal_hierarchy(RIGHT, SIGMA, *PRIORS, 20, 9, bad),
        lambda bad: workflow.calibrate_normal_hierarchy(lambda *_: bad, SIGMA, *PRIORS, 20, 9, RNG),
        lambda bad: workflow.calibrate_normal_hierarchy(lambda *_: {"mu": bad}, SIGMA, *PRIORS, 20, 9, RNG),
        lambda bad: workflow.sample_plug_in(bad, 5, RNG),
        lambda bad: workflow.sample_without_prior(bad, 5, RNG),
    ],
)
def test_malformed_input_gets_one_sentence(call, bad):
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        call(bad)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: workflow.share_outside([1.0], 1, 0), r"low must be below high, 0\.0; got 1\.0"),
        (lambda: workflow.probability_outside(0, 1, 1, exact.Flat(), PRIORS[1]), "the prior must be proper"),
        (lambda: workflow.probability_outside(0, 1, 1, PRIORS[0], exact.Flat()), "the prior must be proper"),
        (
            # It has quantiles, but is no prior of a positive quantity.
            lambda: workflow.probability_outside(0, 1, 1, exact.Normal(0, 1), PRIORS[1]),
            "tau_prior must be a prior of a positive quantity",
        ),
        (lambda: workflow.probability_outside(0, 1, 1, *PRIORS[::-1]), "tau_prior must be a prior of a positive"),
        (
            lambda: workflow.simulation_based_calibration(lambda rng: {"mu": 1.0}, right, 5, RNG),
            "simulate must return the truth and the data, a tuple of two",
        ),
        (lambda: workflow.predictive_check([1, 2], np.ones((3, 3)), np.mean), r"shape of y, \(2,\)"),
        (lambda: workflow.predictive_check([1, 2], np.ones((3, 2)), lambda y: y), r"statistic must be one number"),
        (
            lambda: workflow.replicate_new_groups(exact.normal_hierarchy([Y, Y], SIGMA), 5, RNG),
            r"posterior must be of one data set, \(J,\); got a batch, \(2, 8\)",
        ),
        (lambda: workflow.replicate_new_groups(exact.normal_hierarchy(Y, SIGMA), 5, 1), "rng must be a numpy"),
        (lambda: workflow.leave_one_group_out([1.0, 2], ["A", "A"], 1), "group must name 2 or more groups"),
        (lambda: workflow.leave_one_group_out([1.0, 2], ["A"], 1), r"group must have one label for each y, \(2,\)"),
        (lambda: workflow.leave_one_group_out([1.0, 2, 3], list("ABC"), 1), "needs 3 or more units"),
        (
            lambda: workflow.Ranks({"x": np.zeros(500, int)}, 99).p_values(30),
            "bins must divide the number of draws plus 1, 100; got 30",
        ),
        (
            lambda: workflow.Ranks({"x": np.zeros(50, int)}, 99).p_value(),
            "bins must be at most a fifth of the number of repeats, 50; got 20",
        ),
        (lambda: workflow.Ranks({"x": np.zeros(50, int)}, 99).share("y"), "name must be among x; got 'y'"),
        (
            lambda: workflow.simulation_based_calibration(conjugate, lambda y, rng: {"mu": 1.0}, 5, RNG),
            "simulate and sample must return mappings with the same names",
        ),
        (
            lambda: workflow.calibrate_normal_hierarchy(
                lambda p, n, rng: p.sample(n + 1, rng), SIGMA, *PRIORS, 10, 9, RNG
            ),
            "sampler must return 9 draws; got 10",
        ),
        (
            lambda: workflow.calibrate_normal_hierarchy(lambda *_: {"nu": 1}, SIGMA, *PRIORS, 10, 9, RNG),
            "sampler must return draws of tau, mu or theta by name; got nu",
        ),
        (
            lambda: workflow.calibrate_normal_hierarchy(lambda *_: None, SIGMA, *PRIORS, 10, 9, RNG),
            "sampler must return draws of tau, mu or theta by name; got None",
        ),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()

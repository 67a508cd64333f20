"""The nested normal engine against dense algebra, brute force and statsmodels, and what must hold for any data."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from hbcourse import exact

P = np.array([0.01, 0.1, 0.5, 0.9, 0.99])


def nested_data(rng, shape, tau, sigma, mu=0.0):
    y = np.full(shape, float(mu))
    for k, spread in enumerate(tau):
        y = y + rng.normal(0, spread, shape[: k + 1] + (1,) * (len(shape) - k - 1))
    return y + rng.normal(0, sigma, shape)


SMALL = nested_data(np.random.default_rng(3), (4, 3, 2), (2.0, 1.0), 1.0, mu=1.0)
PAIRS = nested_data(np.random.default_rng(4), (5, 3), (1.5,), 1.0, mu=1.0)
BIG = nested_data(np.random.default_rng(5), (10, 25, 20), (2.0, 1.0), 1.5, mu=5.0)


class Dense:
    """The posterior by Gauss-Legendre panels over all sds, with the full covariance matrix of y at every node."""

    def __init__(self, y, densities, mu_mean, mu_sd, lines):
        N = y.size
        labels = [np.repeat(np.arange(J), N // J) for J in np.cumprod(y.shape[:-1])]
        self.membership = [np.eye(label.max() + 1)[label] for label in labels]
        self.sds = [a.ravel() for a in np.meshgrid(*(node for node, _ in lines), indexing="ij")]
        weight = np.prod([a.ravel() for a in np.meshgrid(*(w for _, w in lines), indexing="ij")], axis=0)
        covariance = mu_sd**2 + self.sds[-1][:, None, None] ** 2 * np.eye(N)
        for sd, member in zip(self.sds[:-1], self.membership, strict=True):
            covariance = covariance + sd[:, None, None] ** 2 * (member @ member.T)
        self.inverse = np.linalg.inv(covariance)
        self.residual, self.mu_mean, self.mu_sd = y.ravel() - mu_mean, mu_mean, mu_sd
        misfit = (self.inverse @ self.residual) @ self.residual
        log_mass = np.log(weight) - (np.linalg.slogdet(covariance)[1] + misfit + N * np.log(2 * np.pi)) / 2
        for density, sd in zip(densities, self.sds, strict=True):
            log_mass += np.log(density(sd))
        mass = np.exp(log_mass - log_mass.max())
        self.log_evidence = np.log(mass.sum()) + log_mass.max()
        self.weight = mass / mass.sum()

    def moments(self, mean, variance=0.0):
        centre = self.weight @ mean
        return centre, np.sqrt(self.weight @ (variance + (mean - centre) ** 2))

    def mean_of(self, level, which, added=()):
        """Mean and variance at every node of one group's mean (level -1: mu), by conditioning on y, and of new sds."""
        covariance = np.full((len(self.weight), len(self.residual)), self.mu_sd**2)
        variance = np.full(len(self.weight), self.mu_sd**2)
        for k in range(level + 1):
            first = self.membership[level][:, which].argmax()
            same = self.membership[k] @ self.membership[k][first]
            covariance += self.sds[k][:, None] ** 2 * same
            variance += self.sds[k] ** 2
        gain = np.einsum("ki,kij->kj", covariance, self.inverse)
        new = sum(self.sds[k] ** 2 for k in added)
        # Where a tau is huge, and weighs nothing, the difference has no digits left.
        left = np.maximum(variance - (gain * covariance).sum(1), 1e-9)
        return self.mu_mean + gain @ self.residual, left + new


def panels(edges, number):
    """Nodes and weights of Gauss-Legendre panels."""
    node, weight = np.polynomial.legendre.leggauss(number)
    low, half = np.array(edges[:-1])[:, None], np.diff(edges)[:, None] / 2
    return (low + half * (node + 1)).ravel(), (half * weight).ravel()


@pytest.fixture(scope="module")
def small():
    densities = [stats.halfnorm(scale=2).pdf, stats.halfnorm(scale=1.5).pdf, stats.halfnorm(scale=3).pdf]
    lines = [panels([0, 2, 6, 20], 11), panels([0, 1.5, 4, 11], 11), panels([0.2, 0.6, 1.1, 2, 4, 12], 8)]
    priors = (exact.HalfNormal(2), exact.HalfNormal(1.5))
    posterior = exact.nested_normal(SMALL, priors, exact.HalfNormal(3), exact.Normal(0.5, 4))
    cases = [(posterior.mu, (), -1, 0, ()), (posterior.predict_new(), (), -1, 0, (0,))]
    cases += [(posterior.theta[0], (which,), 0, which, ()) for which in range(4)]
    cases += [(posterior.theta[1], divmod(which, 3), 1, which, ()) for which in (0, 5, 11)]
    cases += [(posterior.predict_new(level=2), (), -1, 0, (0, 1, 2))]
    cases += [(posterior.predict_new(level=1, known=1), (2,), 0, 2, (1,))]
    cases += [(posterior.predict_new(level=2, known=1), (2,), 0, 2, (1, 2))]
    cases += [(posterior.predict_new(level=2, known=2), (1, 2), 1, 5, (2,))]
    return posterior, Dense(SMALL, densities, 0.5, 4.0, lines), cases


@pytest.fixture(scope="module")
def pairs():
    # A heavy tail of tau: panels that double.
    lines = [panels([0.0, *1.0 * 2.0 ** np.arange(16)], 14), panels([0.2, 1, 2, 10, 40], 16)]
    densities = [stats.halfcauchy(scale=2).pdf, stats.expon(scale=2).pdf]
    posterior = exact.nested_normal(PAIRS, exact.HalfCauchy(2), exact.Exponential(2), exact.Normal(0, 5))
    cases = [(posterior.mu, (), -1, 0, ()), (posterior.predict_new(), (), -1, 0, (0,))]
    cases += [(posterior.theta[0], (which,), 0, which, ()) for which in range(5)]
    cases += [(posterior.predict_new(level=1), (), -1, 0, (0, 1))]
    cases += [(posterior.predict_new(level=1, known=1), (2,), 0, 2, (1,))]
    return posterior, Dense(PAIRS, densities, 0.0, 5.0, lines), cases


@pytest.mark.parametrize("name", ["small", "pairs"])
def test_sds_shares_and_evidence_against_dense_brute_force(name, request):
    posterior, dense, _ = request.getfixturevalue(name)
    for marginal, sd in zip((*posterior.tau, posterior.sigma), dense.sds, strict=True):
        mean, spread = dense.moments(sd)
        assert float(marginal.mean()) == pytest.approx(mean, rel=5e-7)
        assert float(marginal.sd()) == pytest.approx(spread, rel=5e-7)
    variances = np.square(dense.sds)
    for mean, sd, share in zip(*posterior.variance_shares(), variances / variances.sum(0), strict=True):
        assert (mean, sd) == pytest.approx(dense.moments(share), rel=5e-7)
    assert float(posterior.log_evidence()) == pytest.approx(dense.log_evidence, abs=5e-7)


@pytest.mark.parametrize("name", ["small", "pairs"])
def test_means_of_old_and_new_groups_against_dense_brute_force(name, request):
    _, dense, cases = request.getfixturevalue(name)
    for marginal, index, level, which, added in cases:
        mean, variance = dense.mean_of(level, which, added)
        centre, spread = dense.moments(mean, variance)
        assert marginal.mean()[index] == pytest.approx(centre, abs=5e-7)
        assert marginal.sd()[index] == pytest.approx(spread, rel=5e-7)
        below = dense.weight @ stats.norm.cdf(1.3, mean, np.sqrt(variance))
        assert marginal.cdf(1.3)[index] == pytest.approx(below, abs=5e-7)


def test_densities_on_lines_of_their_own_have_the_moments_of_the_nodes():
    # Two integrations that meet only in the likelihood: sums over all nodes, and adaptive panels on one line.
    for y, prior in ((SMALL, exact.HalfCauchy(0.01)), (BIG, exact.Flat()), (PAIRS, exact.Gamma(0.5, 1))):
        posterior = exact.nested_normal(y, prior, exact.HalfCauchy(2))
        for marginal in (*posterior.tau, posterior.sigma):
            x = marginal.quantile((np.arange(4000) + 0.5) / 4000)
            assert x.mean() == pytest.approx(float(marginal.mean()), rel=3e-3)
            line = marginal.line()
            assert float(line.mean()) == pytest.approx(float(marginal.mean()), rel=2e-7)


def reml_numerically(y):
    """REML by direct maximisation of the likelihood of contrasts, from the dense covariance matrix."""
    N = y.size
    labels = [np.repeat(np.arange(J), N // J) for J in np.cumprod(y.shape[:-1])]
    shared = [np.equal.outer(label, label).astype(float) for label in labels]
    contrasts = np.linalg.qr(np.c_[np.ones(N), np.eye(N)[:, : N - 1]])[0][:, 1:]
    z = contrasts.T @ y.ravel()

    def deviance(variances):
        covariance = variances[-1] * np.eye(N) + sum(v * same for v, same in zip(variances, shared, strict=False))
        inner = contrasts.T @ covariance @ contrasts
        return np.linalg.slogdet(inner)[1] + z @ np.linalg.solve(inner, z)

    bounds = [(0, None)] * len(shared) + [(1e-3, None)]
    return optimize.minimize(deviance, np.full(len(bounds), y.var()), bounds=bounds, tol=1e-13), deviance


# Of each: an inner tau of zero, an outer tau of zero, both zero, none zero.
@pytest.mark.parametrize(
    ("tau", "seed"), [((2, 0), 2), ((0, 1.5), 1), ((0, 0), 3), ((2, 2), 1), ((0, 0), 8), ((0, 0), 12)]
)
def test_reml_is_the_maximum_on_the_boundary_and_inside(tau, seed):
    y = nested_data(np.random.default_rng(seed), (5, 3, 3), tau, 1.0)
    fit, deviance = reml_numerically(y)
    found = exact.variance_components(y)
    variances = np.r_[found.tau, found.sigma] ** 2
    assert deviance(variances) <= fit.fun + 1e-9
    assert np.allclose(variances, fit.x, atol=1e-3)


def test_all_shapes_of_the_boundary_are_met():
    shapes = set()
    for seed in range(60):
        tau = exact.variance_components(np.random.default_rng(seed).normal(size=(5, 3, 3))).tau
        shapes.add(tuple(tau > 0))
    assert len(shapes) == 4


@pytest.mark.filterwarnings("ignore")
def test_reml_and_ml_are_those_of_statsmodels():
    y = nested_data(np.random.default_rng(1), (8, 4, 3), (2.0, 1.5), 1.0)
    region, site = np.repeat(np.arange(8), 12), np.repeat(np.arange(32), 3)
    frame = pd.DataFrame({"y": y.ravel(), "region": region, "site": site})
    model = smf.mixedlm("y ~ 1", frame, groups="region", re_formula="1", vc_formula={"site": "0 + C(site)"})
    for method, reml in (("reml", True), ("ml", False)):
        fit = model.fit(reml=reml)
        found = exact.variance_components(y, method)
        assert found.mu == pytest.approx(fit.params["Intercept"], abs=1e-8)
        assert found.sigma**2 == pytest.approx(fit.scale, rel=1e-4)
        assert found.tau**2 == pytest.approx([fit.cov_re.iloc[0, 0], fit.vcomp[0]], rel=1e-3)
    two = smf.mixedlm("y ~ 1", frame, groups="site").fit()
    assert exact.variance_components(y.reshape(32, 3)).tau[0] ** 2 == pytest.approx(two.cov_re.iloc[0, 0], rel=1e-3)


def test_three_components_are_recovered():
    # Of 60 data sets, the mean of the squared REML estimates, and of posterior means against their own spread.
    rng, truth = np.random.default_rng(7), np.array([2.0, 1.0, 1.5])
    found, z = [], []
    for _ in range(60):
        y = nested_data(rng, (40, 12, 5), truth[:2], truth[2])
        fit = exact.variance_components(y)
        found.append(np.r_[fit.tau, fit.sigma] ** 2)
        posterior = exact.nested_normal(y)
        z.append(
            [
                (float(m.mean()) - t) / float(m.sd())
                for m, t in zip((*posterior.tau, posterior.sigma), truth, strict=True)
            ]
        )
    found, z = np.array(found), np.array(z)
    assert np.all(abs(found.mean(0) - truth**2) < 4.5 * found.std(0) / np.sqrt(60))
    assert np.all(abs(z.mean(0)) < 4.5 / np.sqrt(60) + 0.15)
    assert np.all((z.std(0) > 0.6) & (z.std(0) < 1.5))


def calibration(fit, repeats=304):
    """P-values of a chi-square test that true values have uniform ranks, for each of several quantities."""
    rng, ranks = np.random.default_rng(11), []
    for _ in range(repeats):
        mu, tau, sigma = rng.normal(0, 3), abs(rng.normal(0, [2.0, 1.5])), abs(rng.normal(0, 1.5))
        region = rng.normal(mu, tau[0], 3)
        site = rng.normal(region[:, None], tau[1], (3, 2))
        posterior = fit(rng.normal(site[..., None], sigma, (3, 2, 3)))
        ranks.append(
            [posterior.mu.cdf(mu), posterior.sigma.cdf(sigma), posterior.tau[0].cdf(tau[0])]
            + [posterior.theta[0].cdf(region)[0]]
            + ([posterior.tau[1].cdf(tau[1]), posterior.theta[1].cdf(site)[0, 0]] if len(posterior.tau) > 1 else [])
        )
    return [stats.chisquare(np.histogram(column, 16, (0, 1))[0]).pvalue for column in np.array(ranks, dtype=float).T]


@pytest.mark.calibration
def test_simulation_based_calibration():
    priors = (exact.HalfNormal(2), exact.HalfNormal(1.5))
    right = calibration(lambda y: exact.nested_normal(y, priors, exact.HalfNormal(1.5), exact.Normal(0, 3)))
    assert min(right) > 1e-4


@pytest.mark.calibration
def test_calibration_catches_a_model_that_ignores_the_sites():
    def without_sites(y):
        return exact.nested_normal(y.reshape(3, 6), exact.HalfNormal(2), exact.HalfNormal(1.5), exact.Normal(0, 3))

    assert min(calibration(without_sites)) < 1e-6


def test_draws_agree_with_the_marginals():
    posterior, draws = exact.nested_normal(SMALL, exact.HalfNormal(2), mu_prior=exact.Normal(0, 4)), 10_000
    sample = posterior.sample(draws, np.random.default_rng(1))
    assert sample["theta[1]"].shape == (draws, 4, 3)
    flat = {
        "sigma": posterior.sigma,
        "mu": posterior.mu,
        "theta[0]": posterior.theta[0],
        "theta[1]": posterior.theta[1],
    }
    for name, marginal in flat.items():
        z = (sample[name].mean(0) - marginal.mean()) / (marginal.sd() / np.sqrt(draws))
        assert np.all(abs(z) < 4.5), name
        assert np.allclose(sample[name].std(0), marginal.sd(), rtol=0.05)
    for k in range(2):
        assert stats.kstest(sample["tau"][:, k], posterior.tau[k].cdf).pvalue > 1e-4
    assert stats.kstest(sample["sigma"], posterior.sigma.cdf).pvalue > 1e-4
    # The joint: shares of variance are functions of all three.
    variances = np.c_[sample["tau"], sample["sigma"]] ** 2
    shares = variances / variances.sum(1, keepdims=True)
    mean, sd = posterior.variance_shares()
    assert np.all(abs(shares.mean(0) - mean) < 4.5 * sd / np.sqrt(draws))
    again = posterior.sample(draws, np.random.default_rng(1))
    assert all(np.array_equal(again[name], sample[name]) for name in sample)


@pytest.mark.parametrize("y", [SMALL, PAIRS])
def test_quantile_inverts_cdf(y):
    posterior = exact.nested_normal(y, exact.HalfCauchy(2))
    for marginal in (*posterior.tau, posterior.sigma, posterior.mu, *posterior.theta, posterior.predict_new()):
        quantiles = marginal.quantile(P)
        assert np.allclose(marginal.cdf(quantiles), P.reshape(P.shape + (1,) * (quantiles.ndim - 1)), atol=1e-8)
        assert marginal.quantile(0.5).shape == quantiles.shape[1:]


@settings(deadline=None, max_examples=25)
@given(
    shape=st.sampled_from([(3, 2), (6, 4), (3, 2, 2), (4, 3, 3)]),
    scale=st.floats(1e-8, 1e8),
    shift=st.floats(-100, 100),
    seed=st.integers(0, 99),
)
def test_unit_shift_and_labels_do_not_matter(shape, scale, shift, seed):
    rng = np.random.default_rng(seed)
    y = nested_data(rng, shape, (1.5, 0.5)[: len(shape) - 1], 1.0)
    order = rng.permutation(shape[0])
    moved = np.take(rng.permuted(scale * (y + shift), axis=-1), order, axis=0)
    here = exact.nested_normal(y, exact.HalfCauchy(2), exact.HalfNormal(2), exact.Normal(0, 3))
    there = exact.nested_normal(
        moved, exact.HalfCauchy(2 * scale), exact.HalfNormal(2 * scale), exact.Normal(scale * shift, 3 * scale)
    )
    for one, other in zip((*here.tau, here.sigma), (*there.tau, there.sigma), strict=True):
        assert float(other.mean()) == pytest.approx(scale * float(one.mean()), rel=1e-7)
    assert np.allclose(there.theta[0].mean() / scale, here.theta[0].mean()[order] + shift, atol=1e-6)
    assert np.allclose(there.theta[0].sd() / scale, here.theta[0].sd()[order], rtol=1e-6)


def test_without_variance_between_sites_three_levels_become_two():
    y = nested_data(np.random.default_rng(2), (5, 3, 4), (1.0, 0.0), 1.0)
    three = exact.nested_normal(y, (exact.HalfNormal(2), exact.HalfNormal(1e-7)), exact.HalfNormal(2))
    two = exact.nested_normal(y.reshape(5, 12), exact.HalfNormal(2), exact.HalfNormal(2))
    assert float(three.tau[0].mean()) == pytest.approx(float(two.tau[0].mean()), rel=1e-6)
    assert np.allclose(three.theta[0].sd(), two.theta[0].sd(), rtol=1e-6)
    assert np.allclose(three.theta[1].mean(), two.theta[0].mean()[:, None], atol=1e-6)


@pytest.mark.parametrize("scales", [(1e-8, 1e8), (1e8, 1e-8), (1.0, 1e-8), (1e-8, 1e-8), (1e8, 1e8), (1e-8, 1.0)])
@pytest.mark.parametrize("shape", [(1, 5), (3, 2), (40, 2), (3, 2, 2), (1, 3, 2), (4, 1, 2)])
def test_any_size_and_any_scale_give_numbers(shape, scales):
    y = nested_data(np.random.default_rng(1), shape, scales[:1] * (len(shape) - 1), scales[1])
    for prior in (exact.HalfNormal(1.0), exact.HalfCauchy(scales[0])):
        posterior = exact.nested_normal(y, prior, exact.HalfCauchy(1.0), exact.Normal(0, scales[0]))
        for marginal in (*posterior.tau, posterior.sigma, posterior.mu, *posterior.theta):
            assert np.all(np.isfinite(marginal.mean()))
            assert np.all(marginal.sd() > 0)
        for marginal in (*posterior.tau, posterior.sigma):
            assert np.all(np.diff(marginal.quantile(P)) > 0)


def test_a_prior_that_is_all_at_one_place_is_followed():
    posterior = exact.nested_normal(SMALL, (exact.Gamma(1e6, 1e6), exact.Gamma(1e6, 2e6)), exact.HalfNormal(3))
    assert [float(tau.mean()) for tau in posterior.tau] == pytest.approx([1.0, 0.5], rel=1e-4)


def test_a_list_of_priors_is_a_tuple_of_them():
    priors = [exact.HalfNormal(1), exact.HalfNormal(2)]
    assert exact.nested_normal(SMALL, priors).priors == exact.nested_normal(SMALL, tuple(priors)).priors


def test_moments_that_do_not_exist_are_not_given():
    # Three groups and flat priors: the density of tau falls as tau ** -2.
    posterior = exact.nested_normal(PAIRS[:3])
    assert float(posterior.tau[0].mean()) == np.inf
    assert np.isnan(posterior.mu.mean())
    assert np.isfinite(posterior.theta[0].mean()).all()
    assert np.isfinite(posterior.tau[0].quantile(P)).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"y": PAIRS[:2]}, r"tau_prior\[0\] Flat\(\) needs more groups with a Flat prior on mu .* got 2 outermost"),
        ({"y": PAIRS[:1], "mu_prior": exact.Normal(0, 1)}, "infinite mass at large values; got 1 outermost"),
        ({"y": PAIRS, "tau_prior": exact.Power(-1)}, r"tau_prior\[0\] must have finite mass near tau = 0"),
        ({"y": SMALL, "tau_prior": (exact.Flat(), exact.Power(-1))}, r"tau_prior\[1\] must have finite mass near tau"),
        ({"y": np.ones((3, 2))}, "y must vary within groups"),
        ({"y": np.full((3, 3), 0.1)}, "y must vary within groups"),
        ({"y": [[1, 1], [2, 2], [0.1, 0.1]]}, "y must vary within groups"),
        ({"y": [[1.0], [2.0]]}, "y must hold 2 or more observations in each group, or sigma and tau cannot be told"),
        ({"y": [[1, 2], [3]]}, "y must be numbers in rows of one length"),
        ({"y": [1, 2, 3]}, r"y must be of shape \(groups, n\) or \(regions, sites, n\); got shape \(3,\)"),
        ({"y": []}, "y must be of shape"),
        ({"y": np.zeros((2, 2, 2, 2))}, "y must be of shape"),
        ({"y": [[1, np.nan], [3, 4]]}, r"y must be finite; got nan at index \(0, 1\)"),
        ({"y": [["a", "b"], ["c", "d"]]}, "y must be numbers"),
        ({"y": None}, "y must be numbers"),
        ({"y": [[10**400, 1], [2, 3]]}, "y must be numbers"),
        ({"y": np.ma.masked_less(PAIRS, 0)}, "y must not be masked"),
        ({"y": PAIRS + 1j}, "y must be numbers"),
        ({"y": PAIRS, "tau_prior": (exact.Flat(), exact.Flat())}, "tau_prior must be one prior, or 1 for the levels"),
        ({"y": PAIRS, "tau_prior": "flat"}, r"^tau_prior must be a prior of a positive quantity, .* got 'flat'"),
        ({"y": PAIRS, "tau_prior": np.ones(1)}, "^tau_prior must be a prior of a positive quantity"),
        ({"y": SMALL, "tau_prior": [exact.Flat(), 5]}, r"^tau_prior\[1\] must be a prior of a positive .* got 5$"),
        ({"y": SMALL, "tau_prior": [exact.Flat()]}, "tau_prior must be one prior, or 2 for the levels of .* got 1$"),
        (
            {"y": PAIRS[:3], "tau_prior": exact.Power(0.9)},
            r"^tau_prior\[0\] Power.*: the posterior, though proper, falls as tau\*\*-1\.1, too slowly for quadrature; "
            "give more groups or a prior with a lighter tail$",
        ),
        ({"y": PAIRS[:3], "tau_prior": exact.Power(1)}, "or the posterior has infinite mass at large values"),
        ({"y": PAIRS, "sigma_prior": exact.Normal(0, 1)}, "sigma_prior must be a prior of a positive quantity"),
        ({"y": PAIRS, "mu_prior": 3}, r"mu_prior must be exact\.Flat\(\) or an exact\.Normal; got 3"),
    ],
)
def test_what_cannot_be_fitted_gets_one_sentence(arguments, message):
    with pytest.raises(ValueError, match=message):
        exact.nested_normal(**arguments)


def test_verbs_refuse_nonsense():
    posterior = exact.nested_normal(PAIRS)
    with pytest.raises(ValueError, match=r"tau_prior\[0\] must be proper"):
        exact.nested_normal(PAIRS, mu_prior=exact.Normal(0, 1)).log_evidence()
    for level in (2, -1, True, 0.5, "a"):
        with pytest.raises(ValueError, match=rf"^level must be a whole number from 0 to 1; got {level!r}$"):
            posterior.predict_new(level)
    for known in (2, -1, True, 0.5, "a"):
        with pytest.raises(ValueError, match=rf"^known must be a whole number from 0 to 1; got {known!r}$"):
            posterior.predict_new(1, known)
    with pytest.raises(ValueError, match=r"^known must be a whole number from 0 to 0; got 1$"):
        posterior.predict_new(0, 1)
    with pytest.raises(ValueError, match="rng must be a numpy"):
        posterior.sample(10, 7)
    with pytest.raises(ValueError, match=r"p must be between 0 and 1; got 1\.5"):
        posterior.theta[0].quantile(1.5)
    with pytest.raises(ValueError, match=r"^method must be one of reml, ml; got 'REML'$"):
        exact.variance_components(PAIRS, "REML")
    with pytest.raises(
        ValueError, match=r"^x must have a shape that fits that of the results, \(5,\); got shape \(3,\)$"
    ):
        posterior.theta[0].cdf([1.0, 2.0, 3.0])
    for sd in (*posterior.tau, posterior.sigma):
        assert np.all(sd.cdf([-1.0, 0.0]) == 0)
        with pytest.raises(ValueError, match=r"^x must be finite; got inf$"):
            sd.cdf(np.inf)


def test_data_without_any_variance_have_components_of_zero():
    found = exact.variance_components(np.full((3, 2, 2), 0.1))
    assert (found.mu, found.sigma, *found.tau) == pytest.approx((0.1, 0, 0, 0), abs=1e-15)


@pytest.mark.parametrize(
    ("y", "where"),
    [
        ([[1.0, 2.0, 4.0]], "groups"),
        ([[[1.0, 2.0], [3.0, 5.0]]], "regions"),
        ([[[1.0, 2.0]], [[3.0, 5.0]]], "sites in a region"),
    ],
)
@pytest.mark.parametrize("method", ["reml", "ml"])
def test_a_level_of_one_group_has_no_spread_to_estimate(y, where, method):
    with pytest.raises(ValueError, match=f"^y must have 2 or more {where}, or there is no spread .*; got 1$"):
        exact.variance_components(y, method)

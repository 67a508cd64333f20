"""Nested data, influence, nested or crossed labels, and varying lines: by dense algebra, statsmodels and simulation."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st

from hbcourse import exact, nesting

OMEGA = nesting.line_covariance([1.5, 0.6], -0.7)


def test_the_table_is_that_of_ordinary_least_squares():
    y = nesting.simulate((4, 3, 5), 10.0, [2.0, 1.0], 1.5, np.random.default_rng(1)).y
    frame = pd.DataFrame({"y": y.ravel(), "region": np.repeat(range(4), 15), "site": np.repeat(range(12), 5)})
    residual = [smf.ols(f"y ~ {terms}", frame).fit() for terms in ("1", "C(region)", "C(site)")]
    ss = [fit.ssr for fit in residual] + [0.0]
    df = [fit.df_resid for fit in residual] + [0.0]
    table = nesting.anova(y)
    assert np.allclose(table.sum_of_squares, -np.diff(ss))
    assert np.allclose(table.df, -np.diff(df))
    assert np.allclose(table.mean_square, table.sum_of_squares / table.df)
    assert table.expected.iloc[0] == "sigma^2 + 5 tau_site^2 + 15 tau_region^2"
    assert list(nesting.anova(y[:, 0], ("class", "pupil")).index) == ["class", "pupil"]


def test_components_solve_the_expected_mean_squares_without_bias():
    rng, truth = np.random.default_rng(2), np.array([1.0, 0.25, 4.0])
    found = [nesting.anova(nesting.simulate((4, 3, 3), 0.0, [1.0, 0.5], 2.0, rng).y).variance for _ in range(600)]
    found = np.array(found)
    assert (found[:, :2] < 0).any()
    assert np.all(abs(found.mean(0) - truth) < 4.5 * found.std(0) / np.sqrt(600))


def test_intraclass_correlations_are_the_correlations_of_simulated_plots():
    y = nesting.simulate((40_000, 2, 2), 3.0, [2.0, 1.0], 1.5, np.random.default_rng(3)).y
    region, site = nesting.intraclass_correlation([2.0, 1.0], 1.5)
    # The standard error of a correlation of 40,000 pairs is below 0.005.
    assert np.corrcoef(y[:, 0, 0], y[:, 1, 0])[0, 1] == pytest.approx(region, abs=0.0225)
    assert np.corrcoef(y[:, 0, 0], y[:, 0, 1])[0, 1] == pytest.approx(site, abs=0.0225)


def dense_influence(shape, tau, sigma):
    """Derivatives of all site means by the first plot, by generalised least squares on the full covariance matrix."""
    R, S, n = shape
    region, site = np.repeat(np.arange(R), S * n), np.repeat(np.arange(R * S), n)
    of_plots = tau[0] ** 2 * np.equal.outer(region, region) + tau[1] ** 2 * np.equal.outer(site, site)
    total = of_plots + sigma**2 * np.eye(R * S * n)
    inverse = np.linalg.inv(total)
    ones = np.ones(R * S * n)
    gls = inverse @ ones / (ones @ inverse @ ones)
    first = np.arange(R * S) * n
    # Best linear unbiased prediction: mu, and the site's share of what is left.
    gain = of_plots[first] @ inverse
    blup = gls + gain - np.outer(gain @ ones, gls)
    return blup[:, 0].reshape(R, S)


@pytest.mark.parametrize("tau", [(1.0, 1.0), (3.0, 0.2), (0.2, 3.0), (0.0, 1.0), (1.0, 0.0)])
def test_influence_is_that_of_generalised_least_squares(tau):
    shape = (3, 4, 5)
    dense = dense_influence(shape, tau, 1.5)
    found = nesting.influence(shape, tau, 1.5)
    assert found.own_site == pytest.approx(dense[0, 0], rel=1e-9)
    assert np.allclose(dense[0, 1:], found.sibling_site, rtol=1e-9)
    assert np.allclose(dense[1:], found.other_region, rtol=1e-9, atol=1e-15)


def test_influence_is_what_the_engine_does_when_a_plot_is_raised():
    y = nesting.simulate((4, 3, 5), 0.0, [1.0, 0.5], 1.0, np.random.default_rng(4)).y
    # Sds all but known, so that the plot does not move them.
    sure = [exact.Gamma(1e8, 1e8 / sd) for sd in (1.0, 0.5, 1.0)]
    raised = y.copy()
    raised[0, 0, 0] += 1.0
    before, after = (exact.nested_normal(data, tuple(sure[:2]), sure[2]).theta[1].mean() for data in (y, raised))
    change = (after - before)[[0, 0, 1], [0, 1, 0]]
    assert change == pytest.approx(nesting.influence((4, 3, 5), [1.0, 0.5], 1.0), abs=1e-5)


@settings(deadline=None, max_examples=50)
@given(
    sizes=st.tuples(*[st.integers(2, 50)] * 3),
    tau=st.tuples(*[st.floats(1e-3, 1e3)] * 2),
    sigma=st.floats(1e-3, 1e3),
    unit=st.floats(1e-8, 1e8),
)
def test_influence_falls_with_distance_and_sums_to_one(sizes, tau, sigma, unit):
    R, S, n = sizes
    own, sibling, other = nesting.influence(sizes, tau, sigma)
    assert own > sibling > other > 0
    # Raising every plot by one raises every mean by one.
    assert n * own + n * (S - 1) * sibling + n * S * (R - 1) * other == pytest.approx(1, rel=1e-12)
    again = nesting.influence(sizes, np.array(tau) * unit, sigma * unit)
    assert again == pytest.approx((own, sibling, other), rel=1e-9)


def test_influence_at_the_ends():
    assert nesting.influence((2, 3, 4), [0.0, 0.0], 1.0) == pytest.approx([1 / 24] * 3)
    assert nesting.influence((2, 3, 4), [1e100, 1e100], 1e-100) == pytest.approx([1 / 4, 0, 0])


KINDS = {
    "crossed": (["A", "A", "B", "B"], [1, 2, 1, 2]),
    "partially crossed": (["A", "A", "B", "B"], [1, 2, 2, 3]),
    "inner nested in outer": (["A", "A", "B", "B"], [1, 2, 3, 4]),
    "outer nested in inner": ([1, 2, 3, 4], ["A", "A", "B", "B"]),
    "one to one": (["A", "A", "B", "B"], ["x", "x", "y", "y"]),
}


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_of_design(kind):
    outer, inner = KINDS[kind]
    found = nesting.design(outer, inner)
    assert found.kind == kind
    assert kind in str(found)
    assert found.table.to_numpy().sum() == 4
    # The order and number of the rows say nothing.
    twice = nesting.design([*outer, *outer][::-1], [*inner, *inner][::-1])
    assert (twice.kind, twice.otherwise) == (found.kind, found.otherwise)


def test_labels_used_again_look_crossed_until_they_are_relabelled():
    plots = pd.DataFrame({"region": np.repeat(["north", "south"], 6), "site": np.tile(np.repeat([1, 2, 3], 2), 2)})
    found = nesting.design(plots.region, plots.site)
    assert (found.kind, found.otherwise) == ("crossed", "inner nested in outer")
    assert "Is '1' in 'north' the same as '1' in 'south'?" in str(found)
    relabelled = nesting.relabel(plots.region, plots.site)
    assert nesting.design(plots.region, relabelled).kind == "inner nested in outer"
    assert len(np.unique(relabelled)) == 6


@pytest.mark.parametrize("form", ["{o}-{i}", "{i} {o}", "{o}{i}", "{o}/{i}"])
def test_one_thing_under_two_names_looks_nested(form):
    schools, raters = np.repeat(["Elm", "Oak"], 3), ["ann", "bob", "cy"] * 2
    labels = [form.format(o=o, i=i) for o, i in zip(schools, raters, strict=True)]
    found = nesting.design(schools, labels)
    assert (found.kind, found.otherwise) == ("inner nested in outer", "crossed")
    assert "one thing under two names" in str(found)


def test_nested_labels_that_share_nothing_raise_no_doubt():
    assert nesting.design(["A", "A", "B"], ["x", "y", "z"]).otherwise is None
    # Numbers that begin with the same figure do not name their group.
    assert nesting.design([1, 1, 2, 2], [11, 12, 21, 22]).otherwise is None


def line_data(seed=5, sizes=(3, 8, 30, 15, 6), sigma=0.8):
    return nesting.simulate_cohorts(sizes, [2.0, 1.0], OMEGA, sigma, np.random.default_rng(seed))


def dense_lines(data, sigma, omega, mean=None):
    """Lines by conditioning the joint normal of (lines, y), the mean known or with generalised least squares."""
    label, row = np.unique(data.group, return_inverse=True)
    J, N = len(label), len(data.y)
    Z = np.zeros((N, 2 * J))
    Z[np.arange(N), 2 * row], Z[np.arange(N), 2 * row + 1] = 1, data.x
    X = np.c_[np.ones(N), data.x]
    prior = np.kron(np.eye(J), omega)
    inverse = np.linalg.inv(Z @ prior @ Z.T + sigma**2 * np.eye(N))
    gain = prior @ Z.T @ inverse
    covariance = prior - gain @ Z @ prior
    repeat = np.tile(np.eye(2), (J, 1))
    if mean is None:
        V = np.linalg.inv(X.T @ inverse @ X)
        mean = V @ X.T @ inverse @ data.y
        carry = repeat - gain @ X
        covariance = covariance + carry @ V @ carry.T
    lines = repeat @ mean + gain @ (data.y - X @ mean)
    blocks = covariance.reshape(J, 2, J, 2)[np.arange(J), :, np.arange(J)]
    return lines.reshape(J, 2).T, blocks


@pytest.mark.parametrize("mean", [None, (2.0, 1.0)])
@pytest.mark.parametrize("correlation", [-0.7, 0.0, 1.0])
def test_partial_pooling_of_lines_against_dense_algebra(mean, correlation):
    data, omega = line_data(), nesting.line_covariance([1.5, 0.6], correlation)
    found = nesting.partial_pooling_lines(data.y, data.x, data.group, 0.8, omega, mean)
    lines, covariance = dense_lines(data, 0.8, omega, None if mean is None else np.array(mean))
    assert np.allclose([found.intercept, found.slope], lines, rtol=1e-8, atol=1e-10)
    assert np.allclose(found.covariance, covariance, rtol=1e-7, atol=1e-11)


@pytest.mark.filterwarnings("ignore")
def test_lines_are_the_predictions_of_statsmodels():
    data = line_data(sizes=[12] * 30)
    frame = pd.DataFrame({"y": data.y, "x": data.x, "group": data.group})
    fit = smf.mixedlm("y ~ x", frame, groups="group", re_formula="x").fit()
    found = nesting.partial_pooling_lines(data.y, data.x, data.group, fit.scale**0.5, fit.cov_re.to_numpy())
    deviations = np.array([fit.random_effects[label] for label in found.group])
    assert np.allclose(found.intercept, fit.fe_params["Intercept"] + deviations[:, 0], atol=1e-4)
    assert np.allclose(found.slope, fit.fe_params["x"] + deviations[:, 1], atol=1e-4)


def test_no_and_complete_pooling_of_lines_are_least_squares():
    data = line_data()
    alone = nesting.no_pooling_lines(data.y, data.x, data.group, 0.8)
    for j, label in enumerate(alone.group):
        own = data.group == label
        assert [alone.slope[j], alone.intercept[j]] == pytest.approx(np.polyfit(data.x[own], data.y[own], 1))
        assert alone.covariance[j, 1, 1] == pytest.approx(0.64 / ((data.x[own] - data.x[own].mean()) ** 2).sum())
    together = nesting.complete_pooling_lines(data.y, data.x, data.group, 0.8)
    slope, intercept = np.polyfit(data.x, data.y, 1)
    assert np.allclose(together.slope, slope)
    assert np.allclose(together.intercept, intercept)
    # The two are the ends of partial pooling.
    for end, size in ((alone, 1e5), (together, 1e-7)):
        near = nesting.partial_pooling_lines(data.y, data.x, data.group, 0.8, size**2 * np.eye(2))
        assert np.allclose(near.slope, end.slope, atol=1e-5)
        assert np.allclose(near.covariance, end.covariance, rtol=1e-4, atol=1e-9)


def test_pooling_the_intercept_moves_the_slope_by_their_correlation():
    # A cohort without spread of x says nothing of its slope, but for what its intercept says.
    x, y, group = [0, 1, 2, 0, 0], [0.0, 1.0, 2.0, 3.0, 3.2], ["A", "A", "A", "B", "B"]
    for correlation in (-0.8, 0.0, 0.8):
        omega = nesting.line_covariance([1.0, 0.5], correlation)
        lines = nesting.partial_pooling_lines(y, x, group, 0.5, omega, [0.0, 1.0])
        assert lines.slope[1] - 1.0 == pytest.approx(correlation * 0.5 * lines.intercept[1], abs=1e-12)
    with pytest.raises(
        ValueError, match="two or more values in each group to give it a line of its own; got one in 'B'"
    ):
        nesting.no_pooling_lines(y, x, group, 0.5)


def test_partial_pooling_of_lines_errs_least():
    rng = np.random.default_rng(6)
    losses = np.zeros((200, 3))
    for row in losses:
        data = nesting.simulate_cohorts([4] * 12, [2.0, 1.0], OMEGA, 1.0, rng)
        common = (data.y, data.x, data.group, 1.0)
        fits = (
            nesting.no_pooling_lines(*common),
            nesting.complete_pooling_lines(*common),
            nesting.partial_pooling_lines(*common, OMEGA),
        )
        row[:] = [((fit.slope - data.slope) ** 2).mean() for fit in fits]
    for other in (0, 1):
        gain = losses[:, other] - losses[:, 2]
        assert gain.mean() > 4 * gain.std() / np.sqrt(200)


def test_intervals_of_lines_cover_what_they_claim():
    rng, inside = np.random.default_rng(8), []
    for _ in range(300):
        data = nesting.simulate_cohorts([5] * 6, [2.0, 1.0], OMEGA, 1.0, rng)
        fit = nesting.partial_pooling_lines(data.y, data.x, data.group, 1.0, OMEGA)
        error = np.stack([fit.intercept - data.intercept, fit.slope - data.slope], -1)
        inside.append(np.einsum("ja,jab,jb->j", error, np.linalg.inv(fit.covariance), error).mean())
    # A chi-square of two degrees of freedom has mean 2.
    assert np.mean(inside) == pytest.approx(2, abs=4.5 * np.std(inside) / np.sqrt(300))


@settings(deadline=None, max_examples=30)
@given(scale=st.floats(1e-8, 1e8), unit=st.floats(1e-8, 1e8), seed=st.integers(0, 99))
def test_units_and_labels_of_lines_do_not_matter(scale, unit, seed):
    data = line_data(seed)
    here = nesting.partial_pooling_lines(data.y, data.x, data.group, 0.8, OMEGA)
    into = np.diag([scale, scale / unit])
    names = np.array(["e", "c", "d", "a", "b"])[data.group.astype(int) - 1]
    there = nesting.partial_pooling_lines(scale * data.y, unit * data.x, names, 0.8 * scale, into @ OMEGA @ into)
    order = [3, 4, 1, 2, 0]
    assert np.allclose(there.intercept / scale, here.intercept[order], rtol=1e-6, atol=1e-8)
    assert np.allclose(there.slope * unit / scale, here.slope[order], rtol=1e-6, atol=1e-8)


def test_the_simulator_has_the_moments_asked_for():
    data = nesting.simulate_cohorts([1] * 40_000, [2.0, 1.0], OMEGA, 0.5, np.random.default_rng(9))
    assert np.cov(data.intercept, data.slope) == pytest.approx(OMEGA, abs=0.06)
    residual = data.y - data.intercept - data.slope * data.x
    assert residual.std() == pytest.approx(0.5, rel=0.02)
    nested = nesting.simulate((2000, 4, 3), 1.0, [2.0, 1.0], 0.5, np.random.default_rng(10))
    assert nested.theta[0].std() == pytest.approx(2, rel=0.08)
    assert (nested.theta[1] - nested.theta[0][:, None]).std() == pytest.approx(1, rel=0.05)
    assert (nested.y - nested.theta[1][..., None]).std() == pytest.approx(0.5, rel=0.03)


RNG = np.random.default_rng(1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nesting.anova([[1.0], [2.0]]), "y must hold 2 or more observations in each group"),
        (lambda: nesting.anova([[1, 2], [3, 4]], ("a",)), "names must be 2 words, one for each level"),
        (lambda: nesting.anova([[1, 2], [3, 4]], (1, 2)), "names must be 2 words, one for each level"),
        (lambda: nesting.intraclass_correlation([-1], 1), r"tau must be zero or more; got -1\.0 at index 0"),
        (lambda: nesting.intraclass_correlation([], 1), r"tau must be (numbers|a list of one sd)"),
        (lambda: nesting.intraclass_correlation(1.0, 1), r"tau must be a list of one sd for each level"),
        (lambda: nesting.intraclass_correlation([1], 0), r"sigma must be positive; got 0\.0"),
        (lambda: nesting.simulate((3,), 0, [1], 1, RNG), "shape must be 2 or 3 whole numbers"),
        (lambda: nesting.simulate("ab", 0, [1], 1, RNG), "shape must be 2 or 3 whole numbers; got 'ab'"),
        (
            lambda: nesting.simulate((3, 2.5), 0, [1], 1, RNG),
            r"shape must be a whole number from 1 to 10000000; got 2\.5",
        ),
        (
            lambda: nesting.simulate((3, 2, 2), 0, [1], 1, RNG),
            "tau must have one sd for each level of groups, 2; got 1",
        ),
        (lambda: nesting.simulate((3, 2), 0, [1], 1, 5), "rng must be a numpy.random.Generator"),
        (lambda: nesting.influence((3, 1, 2), [1, 1], 1), "shape must have 2 or more regions, and sites in each"),
        (lambda: nesting.influence((3, 2), [1, 1], 1), "shape must be 3 whole numbers"),
        (lambda: nesting.influence((3, 2, 2), [1], 1), "tau must have 2 sds"),
        (lambda: nesting.design(["a"], ["b", "c"]), "outer and inner must be of one length; got 1 and 2"),
        (lambda: nesting.design([], []), "outer must be a list of one or more labels"),
        (lambda: nesting.design(["a", None], [1, 2]), "outer must be words or whole numbers; got None at index 1"),
        (
            lambda: nesting.design(["a", "b"], [1.5, np.nan]),
            r"inner must be words or whole numbers; got 1\.5 at index 0",
        ),
        (lambda: nesting.relabel("ab", [1, 2]), r"outer must be a list of one or more labels; got shape \(\)"),
        (lambda: nesting.line_covariance([1, 1], 1.5), r"correlation must be from -1 to 1; got 1\.5"),
        (
            lambda: nesting.line_covariance([1], 0.5),
            r"tau must be two sds, of intercepts and of slopes; got shape \(1,\)",
        ),
        (lambda: nesting.no_pooling_lines([1, 2], [1], ["a", "a"], 1), "y, x and group must be lists of one length"),
        (lambda: nesting.complete_pooling_lines([1, 2], [1, 1], [1, 1], 1), "x must take two or more values"),
        (lambda: nesting.complete_pooling_lines([], [], [], 1), r"must be"),
        (
            lambda: nesting.partial_pooling_lines([1, 2], [1, 2], [1, 1], 1, [[1, 2], [2, 1]]),
            r"covariance must be symmetric and positive semidefinite; got \[\[1\.0, 2\.0\], \[2\.0, 1\.0\]\]",
        ),
        (
            lambda: nesting.partial_pooling_lines([1, 2], [1, 2], [1, 1], 1, [1, 2]),
            "covariance must be a covariance matrix",
        ),
        (
            lambda: nesting.partial_pooling_lines([1, 2], [1, 2], [1, 1], 1, np.eye(2), [1]),
            r"mu must be an intercept and a slope, \(2,\); got shape \(1,\)",
        ),
        (
            lambda: nesting.simulate_cohorts([0, 2], [1, 1], np.eye(2), 1, RNG),
            "sizes must be whole numbers of 1 or more",
        ),
        (
            lambda: nesting.simulate_cohorts([2.5], [1, 1], np.eye(2), 1, RNG),
            "sizes must be a whole number of 0 or more",
        ),
    ],
)
def test_bad_input_gets_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()

"""Figures show what they are given, and say what it is."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from scipy import stats

from hbcourse import discovery, exact, plots, pooling, workflow

Y, SIGMA = np.array([1.0, 5.0, 3.0]), np.array([1.0, 3.0, 2.0])


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def test_shrinkage_draws_each_unit_from_its_mean_to_its_estimate():
    estimates = pooling.partial_pooling(Y, SIGMA, 1.0)
    ax = plots.shrinkage(Y, SIGMA, estimates, unit=["a", "b", "c"], truth=[1.5, 2.5, 2.0])
    raw, pooled, truth = (collection.get_offsets() for collection in ax.collections[1:])
    assert np.allclose(raw[:, 0], Y)
    assert np.allclose(pooled[:, 0], estimates.theta)
    assert np.allclose(truth[:, 0], [1.5, 2.5, 2.0])
    # The least precise unit is at the bottom.
    assert raw[1, 1] == 0
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b", "c"]
    assert ax.lines[0].get_xdata()[0] == estimates.mu
    assert ax.get_ylabel()


def test_shrinkage_draws_where_it_is_told():
    _, ax = plt.subplots()
    assert plots.shrinkage(Y, SIGMA, pooling.no_pooling(Y, SIGMA), ax=ax) is ax


def test_forest_draws_both_intervals_of_each_unit_in_the_order_of_its_own_estimate():
    raw, pooled = pooling.no_pooling(Y, SIGMA), pooling.partial_pooling(Y, SIGMA, 1.0)
    ax = plots.forest(raw.theta, raw.interval(), pooled.theta, pooled.interval(), unit=["a", "b", "c"])
    lines = [
        np.array(collection.get_segments()) for collection in ax.collections if hasattr(collection, "get_segments")
    ]
    for drawn, estimates in zip(lines, (raw, pooled), strict=True):
        assert np.allclose(drawn[:, :, 0].T, estimates.interval())
    assert list(np.argsort(lines[0][:, 0, 1])) == [0, 2, 1]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b", "c"]


def test_influence_writes_each_number_in_its_place():
    ax = plots.influence([[0.5, -0.25], [0.125, 1.0]], unit=["a", "b"])
    assert {text.get_position(): text.get_text() for text in ax.texts}[(1, 0)] == "-0.25"
    assert np.array_equal(ax.images[0].get_array(), [[0.5, -0.25], [0.125, 1.0]])


def test_risk_curves_keep_the_colour_of_an_estimator():
    ax = plots.risk_curves([0, 1], {"mine": [1, 2], "no_pooling": [1, 1]}, "tau")
    assert [line.get_color() for line in ax.lines][1] == plots.RAW
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["mine", "no pooling"]
    assert ax.get_ylim()[0] == 0


def test_a_prior_is_drawn_at_its_density_and_an_improper_one_dashed():
    tau = np.linspace(0.1, 9, 50)
    ax = plots.prior(tau, {"half-Cauchy": exact.HalfCauchy(2), "1 / tau": exact.Power(-1)})
    assert np.allclose(ax.lines[0].get_ydata(), stats.halfcauchy(scale=2).pdf(tau))
    assert ax.lines[1].get_linestyle() == "--"
    assert np.ptp(ax.lines[1].get_ydata() * tau) < 1e-12


def test_prior_predictive_counts_what_is_outside():
    ax = plots.prior_predictive([-500.0, 5.0, 50.0, 99.0, 400.0], 0, 100)
    assert ax.get_title() == "40.0% outside the possible range"
    assert sum(bar.get_height() for bar in ax.patches if bar.get_width() == 5) == pytest.approx(1)
    outside = [bar for bar in ax.patches if bar.get_height() == 0.2 and not 0 <= bar.get_x() < 100]
    assert len(outside) == 2
    assert len({bar.get_facecolor() for bar in outside} | {ax.patches[30].get_facecolor()}) == 2


def test_variance_parts_stack_to_their_sum():
    ax = plots.variance_parts([1, 2], {"a": [1, 2], "b": [3, 1]}, "n")
    assert max(path.vertices[:, 1].max() for c in ax.collections for path in c.get_paths()) == 4


def test_funnel_marks_the_draws_that_diverged():
    ax = plots.funnel([1.0, 2.0, 3.0], [1.0, np.e, 1.0], np.array([False, True, False]))
    assert np.allclose(ax.collections[0].get_offsets(), [[1, 0], [2, 1], [3, 0]])
    assert np.allclose(ax.collections[1].get_offsets(), [[2, 1]])


def test_calibration_draws_points_intervals_and_the_diagonal():
    ax = plots.calibration([0.2, 0.8], [0.3, 0.7], [[0.1, 0.5], [0.4, 0.9]])
    assert np.allclose(ax.lines[0].get_data(), [[0, 1], [0, 1]])
    assert np.allclose(ax.lines[1].get_data(), [[0.2, 0.8], [0.3, 0.7]])
    assert np.allclose(ax.collections[0].get_segments(), [[[0.2, 0.1], [0.2, 0.4]], [[0.8, 0.5], [0.8, 0.9]]])


def test_rank_histogram_has_a_band_that_holds_flat_counts_and_not_steep_ones():
    share = np.random.default_rng(1).uniform(size=2000)
    for values, inside in ((share, True), (share**2, False)):
        ax = plots.rank_histogram(values)
        band, *bars = ax.patches
        low, high = band.get_y(), band.get_y() + band.get_height()
        assert all(low <= bar.get_height() <= high for bar in bars) is inside
        plt.close("all")


def test_rank_histogram_counts_every_entry_of_any_shape():
    ranks = workflow.Ranks({"theta": np.arange(100).reshape(20, 5)}, draws=99)
    _, *bars = plots.rank_histogram(ranks.share("theta"), bins=10).patches
    assert [bar.get_height() for bar in bars] == [10] * 10


def test_priors_that_are_infinite_or_nothing_at_the_edge_leave_a_finite_figure():
    tau = np.array([0.0, 0.5, 2.0])
    steep, flat = exact.Gamma(0.5, 1), exact.Flat()
    ax = plots.prior(tau, {"steep": steep, "flat": flat, "beyond": exact.LogUniform(10)})
    height = np.exp(steep.log_density(0.5))
    assert np.allclose(ax.lines[0].get_ydata()[1:], np.exp(steep.log_density(tau[1:])))
    assert np.allclose(ax.lines[1].get_ydata(), height)
    assert np.array_equal(ax.lines[2].get_ydata(), np.zeros(3))
    assert np.all(np.isfinite(ax.get_ylim()))
    ax.figure.canvas.draw()


def test_calibration_of_discoveries_draws_as_it_is():
    found = discovery.calibration([0.1, 0.15, 0.9, 0.95], [False, False, True, True], bins=2)
    ax = plots.calibration(found.predicted, found.frequency, found.interval)
    assert np.allclose(
        ax.collections[0].get_segments()[1], np.transpose([[found.predicted[1]] * 2, found.interval[:, 1]])
    )


WRONG = [
    (lambda: plots.shrinkage(Y, SIGMA, pooling.no_pooling(Y, SIGMA), unit=["a", "b"]), "unit must have one label"),
    (lambda: plots.shrinkage(Y, SIGMA, pooling.no_pooling(Y, SIGMA), truth=[1.0]), "truth must have the shape of y"),
    (lambda: plots.forest(Y, [[0.0] * 3], Y, [[0.0] * 3] * 2), "y_interval must have the shape of two rows of y"),
    (lambda: plots.influence([[1.0, 2.0]]), "matrix must have as many rows as columns"),
    (lambda: plots.risk_curves([1, 2], {"a": [1, 2, 3]}, "x"), r"risks\['a'\] must have the shape of x"),
    (lambda: plots.prior([-1, 2], {}), "tau must be zero or more; got -1.0 at index 0"),
    (lambda: plots.prior_predictive([1.0], 3, 2), "low must be below high, 2.0; got 3.0"),
    (lambda: plots.prior_predictive([], 0, 1), "draws must hold one number or more"),
    (lambda: plots.variance_parts([1, 2], {"a": [-1, 2]}, "x"), "a must be zero or more; got -1.0"),
    (lambda: plots.funnel([1.0], [0.0]), "tau must be positive"),
    (lambda: plots.funnel([1.0], [1.0], [2]), "diverging must be True or False for each unit"),
    (lambda: plots.calibration([0.1], [0.1, 0.2]), "frequency must have the shape of predicted"),
    (lambda: plots.rank_histogram([0.5, 1.5]), "share must be from 0 to 1; got 1.5 at index 1"),
]


@pytest.mark.parametrize(("draw", "message"), WRONG)
def test_bad_arguments_get_one_sentence(draw, message):
    with pytest.raises(ValueError, match=message):
        draw()

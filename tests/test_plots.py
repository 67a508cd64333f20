"""Figures show what they are given, and say what it is."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from hbcourse import plots, pooling

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


def test_labels_and_truth_must_fit():
    with pytest.raises(ValueError, match=r"unit must have one entry for each y, \(3,\); got shape \(2,\)"):
        plots.shrinkage(Y, SIGMA, pooling.no_pooling(Y, SIGMA), unit=["a", "b"])
    with pytest.raises(ValueError, match="truth must have one entry for each y"):
        plots.shrinkage(Y, SIGMA, pooling.no_pooling(Y, SIGMA), truth=[1.0])


def test_the_palette_can_be_told_from_white_and_from_black():
    def luminance(colour):
        channels = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    for colour in (plots.RAW, plots.POOLED, plots.COMPLETE, plots.TRUTH):
        assert 1.05 / (luminance(colour) + 0.05) > 3
        assert (luminance(colour) + 0.05) / (luminance("#121212") + 0.05) > 3

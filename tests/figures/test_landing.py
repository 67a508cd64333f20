"""The mathematics of the figure on the first page, run in a browser, against the package."""

import numpy as np
import pytest

from hbcourse import pooling


@pytest.mark.parametrize("share", [0.01, 0.28, 0.5, 1])
def test_the_slider_is_the_weight_of_the_common_mean(module, share):
    tau = module("landing", "tauFor", share, 2.5)
    assert 1 - pooling.data_weight(tau, 2.5) == pytest.approx(share)


def test_no_pooling_is_an_infinite_spread(module):
    assert module("landing", "tauFor", 0, 2.5) == float("inf")


def test_typical_error(module):
    theta, truth = np.array([1.0, 5.0, 2.0]), np.array([2.0, 3.0, 2.0])
    assert module("landing", "typicalError", [*theta], [*truth]) == pytest.approx(
        np.sqrt(np.mean((theta - truth) ** 2))
    )


def test_numbers_in_fields_have_three_digits(module):
    assert module("common", "digits", 0.123456) == "0.123"
    assert module("common", "digits", 1234.5) == "1230"
    assert module("common", "digits", float("inf")) == "∞"

"""The mathematics of the moving figure on James-Stein, run in a browser, against the package."""

import numpy as np
import pytest
from scipy import special

from hbcourse import james_stein

DISTANCES = [0.0, 0.04, 1.0, 9.0, 36.0, 100.0]


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5, 10, 20])
@pytest.mark.parametrize("toward", [0.0, "mean"])
@pytest.mark.parametrize("positive_part", [False, True])
def test_total_risk_in_the_page_is_that_of_the_package(module, k, toward, positive_part):
    there = [module("james_stein", "totalRisk", k, at, toward == "mean", positive_part) for at in DISTANCES]
    assert np.allclose(there, james_stein.risk(k, DISTANCES, toward, positive_part), rtol=1e-12)


@pytest.mark.parametrize("k", [2, 3, 4, 10, 20])
@pytest.mark.parametrize("toward", [0.0, "mean"])
def test_the_odd_ones_risk_in_the_page_is_that_of_the_package(module, k, toward):
    for theta in (0.0, 0.5, 3.0, 10.0):
        here = james_stein.unit_risks([0.0] * (k - 1) + [theta], 1.0, toward).total[-1]
        assert module("james_stein", "oddOneRisk", k, theta, toward == "mean") == pytest.approx(here, rel=1e-11)


@pytest.mark.parametrize("a", [0.5, 1, 1.5, 2, 7, 20.5, 60])
@pytest.mark.parametrize("x", [0, 0.5, 1, 4, 9])
def test_the_incomplete_gamma_function(module, a, x):
    assert module("james_stein", "lowerGamma", a, x) == pytest.approx(special.gammainc(a, x), rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("power", [1, 2])
def test_inverse_moments_at_zero_have_a_closed_form(module, power):
    expected = 1 / 7 if power == 1 else 1 / (7 * 5)
    assert module("james_stein", "inverseMoment", 9, 0, power) == pytest.approx(expected, rel=1e-14)

"""The mathematics of the moving figure of the chapter on exchangeability, run in a browser, against the package."""

import numpy as np
import pytest
from scipy import stats

from hbcourse import exchangeability

URNS = [(2, 3, 0), (2, 3, 1), (2, 3, 10), (1, 1, 1), (7, 2, 3)]


@pytest.mark.parametrize("balls", URNS)
def test_urns_in_the_page_draw_as_those_of_the_package(module, balls):
    here = exchangeability.Urn(*balls).sample(6, 40, np.random.default_rng(3))
    uniforms = np.random.default_rng(3).uniform(size=(40, 6)).T
    there = module("exchangeability", "sample", *balls, uniforms.tolist())
    assert np.array_equal(there, here)
    shares = module("exchangeability", "shares", there[0])
    assert np.allclose(shares, here[0].cumsum() / np.arange(1, 41), rtol=1e-14)


@pytest.mark.parametrize("balls", URNS)
@pytest.mark.parametrize("k", [1, 2, 13, 200])
def test_probabilities_of_counts(module, balls, k):
    pmf = exchangeability.Urn(*balls).count_pmf(k)
    assert np.allclose(module("exchangeability", "countPmf", *balls, k), pmf, rtol=1e-9, atol=1e-300)
    s = np.arange(k + 1)
    mostly = pmf[2 * s > k].sum()
    assert module("exchangeability", "mostlyOnes", *balls, k) == pytest.approx(mostly, rel=1e-9)


@pytest.mark.parametrize("parameters", [(2, 3), (0.2, 0.3), (1, 1), (0.7, 25)])
def test_density_of_the_mixing_distribution(module, parameters):
    for share in (0.005, 0.3, 0.5, 0.995):
        there = module("exchangeability", "betaPdf", *parameters, share)
        assert there == pytest.approx(stats.beta.pdf(share, *parameters), rel=1e-9)

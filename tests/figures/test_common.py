"""What the moving figures share, run in a browser, against SciPy."""

import pytest
from scipy import special


@pytest.mark.parametrize("z", [0.2, 1.0, 2.5, 11.9, 30.0, 1e4])
def test_log_gamma(module, z):
    assert module("common", "logGamma", z) == pytest.approx(special.gammaln(z), rel=1e-12, abs=1e-12)

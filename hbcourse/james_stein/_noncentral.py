r"""Expectations under the noncentral chi-squared distribution, from which the risks of shrinking follow.

It is a Poisson mixture of central ones, :math:`\chi^2_m(\lambda) = \chi^2_{m + 2N}` with N ~ Poisson(lambda / 2).
"""

from collections.abc import Callable

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray
from scipy.special import gammainc, gammaln, xlogy

from .._validate import FloatArray

#: Exponents beyond it add nothing to double precision.
_NEGLIGIBLE = 45.0
_NODES, _WEIGHTS = legendre.leggauss(48)
_PANEL_NODES, _PANEL_WEIGHTS = legendre.leggauss(16)


def inverse_moment(m: int, noncentrality: FloatArray, power: int = 1) -> FloatArray:
    r""":math:`E[\chi^2_m(\lambda)^{-r}]` for r = 1 (m of 3 or more) or r = 2 (m of 5 or more).

    With h = lambda / 2 they are the integrals from 0 to 1 of

    .. math:: u^{m - 3} e^{-h (1 - u^2)}, \qquad \tfrac12 u^{m - 5} (1 - u^2) e^{-h (1 - u^2)}

    whose integrands are positive and smooth, so that one Gauss-Legendre rule serves every m and lambda.
    """
    h = noncentrality[..., None] / 2
    exponent = m - 1 - 2 * power
    # The integrand falls from u = 1 downwards, at least as fast as exp(-(exponent + h) (1 - u)).
    width = np.minimum(1, _NEGLIGIBLE / np.maximum(exponent + h, 1))
    below = width * (1 + _NODES) / 2
    decay = below * (2 - below)
    integrand = np.exp(exponent * np.log1p(-below) - h * decay)
    if power == 2:
        integrand *= decay / 2
    return np.asarray(integrand @ _WEIGHTS * width[..., 0] / 2)


def _poisson(n: NDArray[np.int_], mean: FloatArray) -> FloatArray:
    """Probabilities of n counts, (*mean.shape, len(n))."""
    mean = mean[..., None]
    return np.asarray(np.exp(xlogy(n, mean) - mean - gammaln(n + 1)))


def positive_part_gain(m: int, noncentrality: FloatArray) -> FloatArray:
    r"""How much the positive part takes off the risk of James-Stein in m dimensions, with c = m - 2.

    Stein's unbiased estimates of the two risks differ where :math:`S < c`, by :math:`2m - S - c^2 / S`:

    .. math:: E[(2m - S - c^2 / S)\, 1(S < c)], \qquad S \sim \chi^2_m(\lambda)
    """
    c = m - 2
    # Beyond these counts P(chi^2_{m + 2n} < c) is below exp(-45) (Laurent and Massart 2000).
    n = np.arange(int(_NEGLIGIBLE + np.sqrt(_NEGLIGIBLE**2 + _NEGLIGIBLE * m)) + 1)
    df = m + 2 * n
    below, above, lower = (gammainc(d / 2, c / 2) for d in (df, df + 2, df - 2))
    return np.asarray(_poisson(n, noncentrality / 2) @ (2 * m * below - df * above - c**2 / (df - 2) * lower))


def spherical_risk(m: int, noncentrality: FloatArray, pull: Callable[[FloatArray], FloatArray]) -> FloatArray:
    r"""Risk of :math:`(1 - B(S)) u` for :math:`u \sim N(\eta, I_m)`, :math:`S = \|u\|^2`, any smooth pull B.

    .. math:: m + E[B^2 S - 2 B S + 4 N B], \qquad S \mid N \sim \chi^2_{m + 2N}

    by Gauss-Legendre panels in the square root of S; ``pull`` maps values of S (K,) to B (K,).
    """
    farthest = np.sqrt(noncentrality.max(initial=0)) + np.sqrt(m) + 10
    edges = np.linspace(0, farthest, int(np.ceil(farthest)) + 1)
    half = edges[1] / 2
    root = (edges[:-1, None] + half * (1 + _PANEL_NODES)).ravel()
    weight = np.tile(_PANEL_WEIGHTS * half, len(edges) - 1)
    B = pull(root**2)
    log_root = np.log(root)

    def at(noncentrality: float) -> float:
        h = noncentrality / 2
        n = np.arange(max(0, int(h - 10 * np.sqrt(h))), int(h + 10 * np.sqrt(h) + _NEGLIGIBLE) + 1)
        # The length of u has a standard deviation of at most 1.
        near = abs(root - np.sqrt(noncentrality + m)) < 12
        r, df = root[near], m + 2 * n[:, None]
        log_density = (df - 1) * log_root[near] - r**2 / 2 - (df / 2 - 1) * np.log(2) - gammaln(df / 2)
        change = B[near] ** 2 * r**2 - 2 * B[near] * (r**2 - 2 * n[:, None])
        return float(_poisson(n, np.asarray(h)) @ (np.exp(log_density) * change) @ weight[near])

    return m + np.reshape([at(float(value)) for value in noncentrality.ravel()], noncentrality.shape)

"""Sums over units that the likelihoods of Gamma-Poisson and Beta-binomial are made of, at a cost that does not grow.

Each depends on a hyperparameter by its log alone, and is analytic in a strip around the line. So it is in the log of
the unit's own number, and many units can be replaced by a few nodes with weights: an interpolation in that number.
"""

import numpy as np
from numpy.polynomial import legendre

from .._validate import FloatArray

_ORDER = 20
_NODES, _WEIGHTS = legendre.leggauss(_ORDER)
_TO_SERIES = (np.arange(_ORDER) + 0.5)[:, None] * legendre.legvander(_NODES, _ORDER - 1).T * _WEIGHTS
#: Fewer numbers than this are kept as they are.
_FEW = 64
#: Below it e**-w is too large for double precision: log1p(t e**-w) is log(t) - w there.
_LOWEST = -300.0
_CHUNK = 2**15


def compress(value: FloatArray, weight: FloatArray) -> tuple[FloatArray, FloatArray]:
    r"""Nodes (n,) and weights (F, n) with :math:`\sum_n w_{fn} g(v_n) \approx \sum_j w_{fj} g(v_j)`, 1e-14 relative.

    For functions g of log v that are analytic within pi of the line, and positive values v (J,), weights (F, J).
    """
    distinct, where = np.unique(value, return_inverse=True)
    gathered = np.stack([np.bincount(where, row, len(distinct)) for row in weight])
    if len(distinct) <= _FEW:
        return distinct, gathered
    # Panels of length 2 in log v, each with its Gauss-Legendre nodes.
    panel, in_panel = np.unique(np.floor(np.log(distinct) / 2), return_inverse=True)
    basis = legendre.legvander(np.log(distinct) - 2 * panel[in_panel] - 1, _ORDER - 1) @ _TO_SERIES
    totals = np.zeros((len(weight), len(panel), _ORDER))
    for total, row in zip(totals, gathered, strict=True):
        np.add.at(total, in_panel, row[:, None] * basis)
    return np.exp(2 * panel[:, None] + 1 + _NODES).ravel(), totals.reshape(len(weight), -1)


class Log1pSums:
    r"""The sums :math:`\sum_j w_{fj} \log(1 + t_j e^{-w})`, (F, ...), as functions of w of any shape."""

    def __init__(self, t: FloatArray, weight: FloatArray) -> None:
        self._t, self._weight = compress(t, weight)
        self._total = self._weight.sum(1)[:, None]
        self._step = max(_CHUNK // max(len(self._t), 1), 1)
        # One piece of memory for all the terms: to get it anew costs as much as the logs.
        self._terms = np.empty(self._step * len(self._t))

    def __call__(self, w: FloatArray) -> FloatArray:
        flat = w.ravel()
        far = np.minimum(flat - _LOWEST, 0)
        inverse = np.exp(far - flat)
        sums = np.empty((len(self._total), flat.size))
        for first in range(0, flat.size, self._step):
            part = inverse[first : first + self._step]
            terms = self._terms[: len(self._t) * len(part)].reshape(len(self._t), len(part))
            np.log1p(np.multiply(self._t[:, None], part, out=terms), out=terms)
            np.matmul(self._weight, terms, out=sums[:, first : first + self._step])
        return np.asarray((sums - self._total * far).reshape(-1, *w.shape))


class LogRising:
    r"""The sum :math:`\sum_j [\log\Gamma(z + k_j) - \log\Gamma(z) - k_j \log z]` as a function of :math:`\log z`.

    For whole k it is the sum of log(1 + i/z) over i < k: term by term up to 256, by Stirling's series beyond.
    """

    _SPLIT = 256.0

    def __init__(self, counts: FloatArray) -> None:
        k, multiplicity = np.unique(counts, return_counts=True)
        i = np.arange(1, min(k.max(initial=0), self._SPLIT))
        # How many units have k > i.
        below = np.append(0, np.cumsum(multiplicity))
        beyond = below[-1] - below[np.searchsorted(k, i, side="right")]
        self._terms = Log1pSums(i, beyond[None].astype(float))
        large = k > self._SPLIT
        self._k, weight = compress(k[large], multiplicity[None, large].astype(float))
        self._multiplicity = weight[0]

    def __call__(self, log_z: FloatArray) -> FloatArray:
        total = np.asarray(self._terms(log_z)[0])
        if not len(self._k):
            return total
        flat = log_z.ravel()
        far = np.minimum(flat - _LOWEST, 0)
        # log((z + 256) / z), without loss when z is huge.
        log_ratio = np.log1p(self._SPLIT * np.exp(far - flat)) - far
        start = np.exp(np.minimum(flat, 100.0)) + self._SPLIT
        stirling = 1 / (12 * start) - 1 / (360 * start**3)
        step = max(_CHUNK // len(self._k), 1)
        large = np.empty(flat.size)
        rest = (self._k - self._SPLIT)[:, None]
        for first in range(0, flat.size, step):
            part = slice(first, first + step)
            z, end = start[part], start[part] + rest
            term = (end - 0.5) * np.log1p(rest / z) + rest * (log_ratio[part] - 1) - stirling[part]
            large[part] = self._multiplicity @ (term + 1 / (12 * end) - 1 / (360 * end**3))
        return total + large.reshape(log_z.shape)

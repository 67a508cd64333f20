"""R-hat and effective sample size as the textbooks have them, short enough to read."""

import numpy as np
from numpy.typing import ArrayLike

from .. import _validate as validate
from .._validate import FloatArray


def split_rhat(chains: ArrayLike) -> float:
    r"""Potential scale reduction of chains cut in halves, :math:`\hat R = \sqrt{\widehat{\text{var}}^+ / W}`.

    .. math:: \widehat{\text{var}}^+ = \frac{n - 1}{n} W + \frac1n B

    W is the mean variance within the half chains of n draws, B / n the variance of their means. It is 1 if they agree.

    Parameters
    ----------
    chains : (C, draws) array

    Notes
    -----
    Of the draws themselves, not of their ranks: ``arviz.rhat(chains, method="split")``. Source: Gelman et
    al. 2013, equations 11.3 and 11.4.

    Examples
    --------
    >>> round(split_rhat([[1.0, 2, 3, 4, 5, 6], [2.0, 1, 3, 5, 4, 6]]), 3)
    1.915
    """
    halves = _halves(_chains(chains))
    n = halves.shape[1]
    within = halves.var(1, ddof=1).mean()
    between = n * halves.mean(1).var(ddof=1)
    if not within:
        return float("inf")
    return float(np.sqrt(((n - 1) / n * within + between / n) / within))


def ess(chains: ArrayLike) -> float:
    r"""Effective sample size for the mean, :math:`N / \hat\tau` of N draws in chains cut in halves.

    .. math:: \hat\tau = -1 + 2 \sum_{k=0}^{K-1} \hat P_k + \max(\hat\rho_{2K}, 0), \qquad
              \hat P_k = \hat\rho_{2k} + \hat\rho_{2k+1}, \qquad
              \hat\rho_t = 1 - \frac{W - \bar a_t}{\widehat{\text{var}}^+}

    where :math:`\bar a_t` is the mean autocovariance of the half chains at lag t, and W and var as in
    :func:`split_rhat`. Sums of pairs are positive and fall with k for a Markov chain: they are made to fall, and
    :math:`\hat P_K` is the first that is not positive.

    Parameters
    ----------
    chains : (C, draws) array

    Notes
    -----
    Of the draws themselves, not of their ranks: ``arviz.ess(chains, method="mean")``. It is at most
    :math:`N \log_{10} N`. Source: Geyer 1992, section 3.3; Vehtari et al. 2021, section 3.2.

    Examples
    --------
    >>> x = np.random.default_rng(1).normal(size=(4, 1001))
    >>> for t in range(1, 1001):
    ...     x[:, t] += 0.9 * x[:, t - 1]
    >>> round(ess(x))  # In theory 4,000 (1 - 0.9) / (1 + 0.9), 211.
    153
    """
    halves = _halves(_chains(chains))
    n = halves.shape[1]
    autocovariance = _autocovariance(halves).mean(0)
    within = autocovariance[0] * n / (n - 1)
    variance = autocovariance[0] + halves.mean(1).var(ddof=1)
    rho = 1 - (within - autocovariance) / variance
    rho[0] = 1
    pairs = rho[: max(n - 2, 1) : 2] + rho[1 : max(n - 1, 2) : 2]
    K = int(np.argmax(pairs <= 0)) if (pairs <= 0).any() else len(pairs) - 1
    tau = -1 + 2 * np.minimum.accumulate(pairs[:K]).sum() + max(rho[2 * K], 0)
    return float(halves.size / max(tau, 1 / np.log10(halves.size)))


def _chains(chains: ArrayLike) -> FloatArray:
    chains = validate.finite("chains", chains)
    if chains.ndim != 2 or not chains.size or chains.shape[1] < 4:
        raise ValueError(f"chains must be of shape (chain, draw) with 4 or more draws; got shape {chains.shape}")
    if (chains == chains[0, 0]).all():
        raise ValueError(f"chains must vary; all draws are {chains[0, 0]}")
    return chains


def _halves(chains: FloatArray) -> FloatArray:
    """First and last halves as chains of their own; an odd draw in the middle is left out."""
    half = chains.shape[1] // 2
    return np.concatenate([chains[:, :half], chains[:, -half:]])


def _autocovariance(chains: FloatArray) -> FloatArray:
    """Of each chain at each lag, with divisor n, by the Fourier transform."""
    n = chains.shape[1]
    spectrum = np.fft.rfft(chains - chains.mean(1, keepdims=True), 2 * n)
    return np.asarray(np.fft.irfft(abs(spectrum) ** 2, 2 * n)[:, :n] / n)

"""Figures of checks: the sampler's, the probabilities', the computation's."""

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike
from scipy.stats import binom

from .. import _validate as validate
from ._palette import GREY, POOLED, RAW, axes, same_shape


def funnel(theta: ArrayLike, tau: ArrayLike, diverging: ArrayLike | None = None, ax: Axes | None = None) -> Axes:
    r"""Draws of one unit's mean against those of log tau, and where the sampler diverged.

    Parameters
    ----------
    theta, tau : arrays of one shape
        Draws of :math:`\theta_j` and of :math:`\tau`, of all chains.
    diverging : array of bool of that shape, optional
        Which transitions diverged.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Examples
    --------
    >>> from hbcourse import plots
    >>> tau = np.array([0.1, 1.0, 3.0])
    >>> ax = plots.funnel(theta=[0.0, 1.0, -4.0], tau=tau, diverging=tau < 0.5)
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['draws', 'diverged (1)']
    """
    tau = validate.positive("tau", tau)
    theta = same_shape("theta", theta, "tau", tau.shape).ravel()
    log_tau = np.log(tau.ravel())
    ax = axes(ax)
    ax.scatter(theta, log_tau, s=4, color=POOLED, alpha=0.3, linewidth=0, label="draws", rasterized=True)
    if diverging is not None:
        bad = validate.booleans("diverging", diverging)
        if bad.shape != tau.shape:
            raise ValueError(f"diverging must be true or false for each draw, {tau.shape}; got shape {bad.shape}")
        bad = bad.ravel()
        ax.scatter(theta[bad], log_tau[bad], s=16, color=RAW, zorder=3, label=f"diverged ({bad.sum()})")
    ax.set_xlabel(r"a unit's mean $\theta_j$")
    ax.set_ylabel(r"$\log\,\tau$")
    ax.legend(loc="lower right", markerscale=2)
    return ax


def calibration(
    predicted: ArrayLike, frequency: ArrayLike, interval: ArrayLike | None = None, ax: Axes | None = None
) -> Axes:
    """How often what was given a probability came true; on the diagonal where probabilities mean what they say.

    Parameters
    ----------
    predicted, frequency : (K,) arrays
        Mean predicted probability in each bin, and the share that came true.
    interval : (2, K) array, optional
        An interval for each frequency.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Examples
    --------
    >>> from hbcourse import plots
    >>> ax = plots.calibration([0.1, 0.5, 0.9], [0.12, 0.45, 0.93])
    >>> ax.get_xlabel()
    'predicted probability'
    """
    predicted = validate.share("predicted", predicted)
    if predicted.ndim != 1:
        raise ValueError(f"predicted must be a list of probabilities; got shape {predicted.shape}")
    frequency = same_shape("frequency", validate.share("frequency", frequency), "predicted", predicted.shape)
    ax = axes(ax)
    ax.plot([0, 1], [0, 1], "--", color=GREY, linewidth=1)
    if interval is not None:
        ends = same_shape("interval", interval, "two rows of predicted", (2, *predicted.shape))
        ax.vlines(predicted, *ends, color=POOLED, linewidth=2)
    ax.plot(predicted, frequency, "o", color=POOLED)
    ax.set_xlim(-0.02, 1.02)
    ax.set_ylim(-0.02, 1.02)
    ax.set_aspect("equal")
    ax.set_xlabel("predicted probability")
    ax.set_ylabel("how often it came true")
    return ax


def rank_histogram(share: ArrayLike, bins: int = 20, ax: Axes | None = None) -> Axes:
    r"""Where true values lie in their posteriors, in bins; flat, within the band, if the computation is right.

    Parameters
    ----------
    share : array
        For each true value the posterior probability below it, or :math:`(r + 1/2) / (L + 1)` with its rank r among L
        draws, as ``share`` of ``hbcourse.workflow.Ranks`` gives it. Of any shape: all entries are counted alike.
    bins : int
        Number of bins; for ranks it should divide L + 1. The band holds 99% of the counts of each one if the
        computation is right and the entries are independent.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Examples
    --------
    >>> from hbcourse import plots
    >>> ax = plots.rank_histogram(np.random.default_rng(1).uniform(size=1000))
    >>> ax.get_ylabel()
    'true values'
    """
    share = validate.share("share", share).ravel()
    if not share.size:
        raise ValueError("share must hold one number or more; got none")
    bins = validate.count("bins", bins)
    ax = axes(ax)
    low, high = binom.ppf([0.005, 0.995], len(share), 1 / bins)
    ax.axhspan(low, high, color=GREY, alpha=0.25, linewidth=0)
    ax.axhline(len(share) / bins, color=GREY, linewidth=1)
    ax.hist(share, bins=bins, range=(0, 1), color=POOLED, rwidth=0.9)
    ax.set_xlabel("share of the posterior below the truth")
    ax.set_ylabel("true values")
    return ax

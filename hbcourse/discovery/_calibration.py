"""Whether things happen as often as their probabilities say."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from .. import _validate as validate
from .._validate import FloatArray


class Calibration(NamedTuple):
    """Predictions and what came true, in the K bins that are not empty: made by :func:`calibration`.

    ``hbcourse.plots.calibration`` draws the first three.

    Attributes
    ----------
    predicted : (K,) array
        Mean predicted probability.
    frequency : (K,) array
        Share that came true.
    interval : (2, K) array
        Lower and upper end of an interval for each frequency.
    number : (K,) array
        Number of predictions.

    Examples
    --------
    >>> calibration([0.1, 0.15, 0.9, 0.95], [False, False, True, True], bins=2).interval.round(2)
    array([[0.  , 0.16],
           [0.84, 1.  ]])
    """

    predicted: FloatArray
    frequency: FloatArray
    interval: FloatArray
    number: NDArray[np.intp]


def calibration(probability: ArrayLike, happened: ArrayLike, bins: int = 10, level: float = 0.95) -> Calibration:
    """How often things happened that were said to happen with a given probability, by bins of equal width.

    Parameters
    ----------
    probability : (J,) array
        Predicted probabilities, from 0 to 1.
    happened : (J,) array of booleans
        Whether each thing came true.
    bins : int
        Number of bins between 0 and 1. Empty ones are left out of the result.
    level : number
        Level of the intervals of the frequencies (Clopper and Pearson 1934).

    Examples
    --------
    >>> bins = calibration([0.1, 0.15, 0.9, 0.95], [False, False, True, True], bins=2)
    >>> bins.predicted, bins.frequency
    (array([0.125, 0.925]), array([0., 1.]))
    """
    probability, happened = validate.share("probability", probability), validate.booleans("happened", happened)
    if probability.ndim != 1 or not probability.size or happened.shape != probability.shape:
        raise ValueError(
            "probability and happened must be lists of the same length, one or more; "
            f"got shapes {probability.shape} and {happened.shape}"
        )
    bins = validate.whole("bins", bins, 1, 1000)
    level = validate.scalar("level", validate.probability("level", level))
    which = np.minimum((probability * bins).astype(np.intp), bins - 1)
    _, which, count = np.unique(which, return_inverse=True, return_counts=True)
    hits = np.bincount(which, happened).astype(int)
    interval = np.transpose(
        [stats.binomtest(k, n).proportion_ci(level) for k, n in zip(hits.tolist(), count.tolist(), strict=True)]
    )
    return Calibration(np.bincount(which, probability) / count, hits / count, interval, count)

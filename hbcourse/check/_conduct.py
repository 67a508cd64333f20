"""How a simulation behaves: is it repeatable, seeded, of ``n_sim`` simulations, and these independent."""

from collections.abc import Iterable

import numpy as np
from scipy.stats import chi2

from .._validate import FloatArray
from ._cases import outputs, share_of
from ._failure import CheckFailed, fail
from ._values import Case, call_text

#: Numbers of simulations that few other numbers divide: shares of them are seldom whole for another one.
_N, _OTHER = 601, 1009
_SEEDS = 25
_USUAL = (100, 150, 200, 250, 300, 400, 500, 600, 750, 800, 1000, 1500, 2000, 2500, 3000, 4000, 5000, 10000)


def judge_conduct(name: str, got: object, case: Case, level: float) -> None:
    """Raise :class:`CheckFailed` unless a simulation does as ``n_sim`` and ``seed`` say, the last two of its arguments.

    It is called some thirty times, with 601 simulations, best where the share is near one half. A right simulation
    fails with probability at most ``level``.
    """
    first, again, *shares = _shares(name, got, case, _N, [3, 3, *range(100, 100 + _SEEDS)])
    call = call_text(name, (*case[:-2], _N, 3))
    if first != again:
        fail(
            f"{call} is {first:.6g} the first time and {again:.6g} the second.",
            "The same call gives another share: make the generator from `seed`, once, inside the function, and draw "
            "everything from it.",
        )
    p, whole = float(np.mean(shares)), _whole(np.array([first, *shares]) * _N)
    # A right share near 0 or 1 may well be the same for several seeds.
    if len(set(shares)) == 1 and (0.03 < p < 0.97 or not whole):
        fail(
            f"{name} gives {p:.6g}, and the same for other seeds.",
            "It has no Monte Carlo noise: simulate, with a generator made from `seed`.",
        )
    if not whole:
        fail(
            f"{call} is {first:.6g}, which no whole number of {_N} simulations gives.",
            _of_what(np.array(shares), _shares(name, got, case, _OTHER, range(900, 906))),
        )
    if set(shares) == {0.0, 1.0}:
        fail(
            f"{name} is always 0 or 1, whatever the seed.",
            "All simulated data sets are alike: make the generator once, before the loop, and draw anew for each.",
        )
    if 0.03 < p < 0.97:
        _judge_noise(name, np.array(shares), p, level)


def _judge_noise(name: str, shares: FloatArray, p: float, level: float) -> None:
    """Whether the variance from seed to seed is p(1 - p)/n, as of independent data sets: by chi-squared."""
    ratio = shares.var(ddof=1) / (p * (1 - p) / _N)
    freedom = _SEEDS - 1
    if ratio > chi2.isf(level / 2, freedom) / freedom:
        fail(
            f"{name} varies more from seed to seed than the share of {_N} independent data sets does.",
            "Something is drawn once, the same in all data sets, that each must draw anew.",
        )
    if ratio < chi2.ppf(level / 2, freedom) / freedom:
        fail(
            f"{name} varies less from seed to seed than the share of {_N} independent data sets does.",
            "A step is not random, or an average is taken within each data set: count each once, as a hit or a miss.",
        )


def _shares(name: str, got: object, case: Case, n_sim: int, seeds: Iterable[int]) -> list[float]:
    calls = [(*case[:-2], n_sim, seed) for seed in seeds]
    found = []
    for call, one in zip(calls, outputs(name, got, calls), strict=True):
        if isinstance(one, CheckFailed):
            raise one
        found.append(share_of(call_text(name, call), one))
    return found


def _whole(numbers: FloatArray) -> bool:
    return bool(np.allclose(numbers, np.round(numbers), atol=1e-6))


def _of_what(shares: FloatArray, others: list[float]) -> str:
    """Of how many simulations the shares are, if not of as many as were asked for."""
    for m in _USUAL:
        if _whole(shares * m) and _whole(np.array(others) * m):
            return f"The shares are of {m} simulations, whatever `n_sim` says."
    for part in (10, 5, 4, 3, 2):
        if _whole(shares * (_N // part)):
            return f"The shares are of a part of the simulations (one in {part}), not of `n_sim`."
    return "Simulate `n_sim` data sets, count each once, as a hit or a miss, and divide by `n_sim`."

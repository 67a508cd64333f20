"""How a function behaves when it is called: what no single output shows."""

import copy
from collections.abc import Callable, Sequence

import numpy as np

from ..._validate import FloatArray
from ._transforms import Case
from ._values import Raised, Value, as_value, same

#: A number of simulations that few other numbers divide: shares of it are seldom whole for another one.
_N = 601
_SEEDS = 25
_ONCE = "something is drawn once, the same in all data sets, that each must draw anew"
_AVERAGED = "an average is taken within each data set, or a step is not random"
_USUAL = (100, 150, 200, 250, 300, 400, 500, 600, 750, 800, 1000, 1500, 2000, 2500, 3000, 4000, 5000, 10000)


def conduct(name: str, function: Callable[..., object], arguments: Sequence[str], cases: Sequence[Case]) -> str:
    """One sentence on how a function misbehaves, or nothing.

    A function that is called in another process gets copies of its arguments: there, that it changes them is not seen.

    Parameters
    ----------
    name : str
        Of the function.
    function : callable
        The student's. It is called a few times, a simulation some thirty times with 601 simulations.
    arguments : sequence of str
        Its arguments; ``seed`` and ``n_sim`` mean what they say.
    cases : sequence of tuples
        The arguments of each call; the first ones are tried.

    Examples
    --------
    >>> import numpy as np
    >>> conduct("center", lambda y: y - y.mean(), ("y",), [(np.array([1.0, 4.0]),)])
    ''
    >>> conduct("center", lambda y: None, ("y",), [(np.array([1.0, 4.0]),)])
    'center returns nothing (None): a way through it ends without a `return`.'
    """
    if "n_sim" in arguments and "seed" in arguments:
        return _simulation(name, function, arguments, cases[0])
    for case in cases[:3]:
        mine = copy.deepcopy(case)
        try:
            first = function(*mine)
            again = function(*copy.deepcopy(case))
        except Exception:  # noqa: S112 - what it raises is another hint's business
            continue
        if first is None:
            return f"{name} returns nothing (None): a way through it ends without a `return`."
        for a, used, before in zip(arguments, mine, case, strict=True):
            if isinstance(before, np.ndarray) and not np.array_equal(used, before, equal_nan=before.dtype.kind == "f"):
                return f"{name} changes its argument `{a}` in place: work on a copy."
        if "seed" in arguments or same(as_value(first), as_value(again), 0, 0):
            continue
        return f"{name} gives another answer each time it is called, though nothing random is asked for."
    return ""


def _simulation(name: str, function: Callable[..., object], arguments: Sequence[str], case: Case) -> str:
    """Whether a simulated share is repeatable, seeded, of ``n_sim`` simulations, and these independent."""
    at = {a: i for i, a in enumerate(arguments)}

    def share(n: int, seed: int) -> float:
        call = list(copy.deepcopy(case))
        call[at["n_sim"]], call[at["seed"]] = n, seed
        try:
            value: Value = as_value(function(*call))
        except Exception:
            return np.nan
        return float(value[0]) if not isinstance(value, Raised) and value[0].shape == () else np.nan

    first, again = share(_N, 3), share(_N, 3)
    if np.isnan(first):
        return ""
    if first != again:
        advice = "make the generator from `seed`, once, and draw everything from it"
        return f"Two calls of {name} with the same seed differ: {advice}."
    shares = np.array([share(_N, 100 + seed) for seed in range(_SEEDS)])
    if np.isnan(shares).any() or ((shares < 0) | (shares > 1)).any():
        return ""
    if np.ptp(shares) == 0 and 0 < first < 1:
        if len({share(n, 1) for n in (300, 601, 1200)}) == 1:
            advice = "simulate, with a generator made from `seed`"
            return f"{name} has no Monte Carlo noise: it gives the same for every seed and `n_sim`; {advice}."
        return f"{name} gives the same for every seed: make the generator from `seed`."
    return _trials(name, shares, share) or _noise(name, shares)


def _trials(name: str, shares: FloatArray, share: Callable[[int, int], float]) -> str:
    """Whether the shares are of as many simulations as were asked for."""
    if _whole(shares * _N):
        return ""
    elsewhere = np.array([share(1009, 900 + seed) for seed in range(6)])
    for m in _USUAL:
        if _whole(shares * m) and _whole(elsewhere * m):
            return f"The shares are of {m} simulations, whatever `n_sim` says."
    for part in (10, 5, 4, 3, 2):
        if _whole(shares * (_N // part)):
            return f"The shares are of a part of the simulations (one in {part}), not of `n_sim`."
    advice = "count each data set once, as a hit or a miss, and divide by `n_sim`"
    return f"What {name} returns, times `n_sim`, is no whole number: {advice}."


def _whole(numbers: FloatArray) -> bool:
    return bool(np.allclose(numbers, np.round(numbers), atol=1e-6))


def _noise(name: str, shares: FloatArray) -> str:
    """Whether the variance from seed to seed is p(1 - p)/n, as of independent data sets.

    With 25 seeds it is beyond 3 times, or below 0.15 times, with a probability of one in a million each (chi-squared).
    """
    p = shares.mean()
    if set(np.unique(shares)) == {0.0, 1.0}:
        advice = "make the generator once, before the loop, and draw anew for each"
        return f"All simulated data sets are alike, and the share is always 0 or 1: {advice}."
    if not 0.03 < p < 0.97:
        return ""
    ratio = shares.var(ddof=1) / (p * (1 - p) / _N)
    if ratio > 3:
        return f"{name} varies more from seed to seed than a share of independent data sets does: {_ONCE}."
    if ratio < 0.15:
        return f"{name} varies less from seed to seed than a share of independent data sets does: {_AVERAGED}."
    return ""

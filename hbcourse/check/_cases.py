"""A student's function, called for several cases, and what came of all of them compared with what is right."""

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binomtest

from .._validate import FloatArray
from ._failure import CheckFailed, fail, shown
from ._values import Case, as_numbers, call_text, result_of

#: What a function gave for each case, or why it gave nothing.
Outputs = Sequence[FloatArray | CheckFailed]
#: Finds the sentence that explains these outputs; empty if there is none.
Explain = Callable[[Outputs], str]
#: More sentences than these that fit explain nothing.
_MOST_SENTENCES = 3
_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth")


def outputs(name: str, got: object, cases: Sequence[Case]) -> Outputs:
    """What the student's function returns for each case."""
    if not callable(got):
        fail(f"{name} has no value yet." if got is None or got is Ellipsis else _no_function(name, got))
    return [_output(call_text(name, case), got, case) for case in cases]


def _no_function(name: str, got: object) -> str:
    return f"{name} must be a function; it is {shown(got)}."


def _output(call: str, got: object, case: Case) -> FloatArray | CheckFailed:
    try:
        own = copy.deepcopy(case)
        result = result_of(call, got, own, copied=False)
        if result is None:
            fail(f"{call} gives no value (None).", "A way through the function ends without a `return`.")
        if changed := _changed(got, own, case):
            fail(f"{call} changes its {changed[0]} argument in place.", "Work on a copy of it.")
        return as_numbers(call, result)
    except CheckFailed as failure:
        return failure


def _changed(got: object, own: Case, case: Case) -> list[str]:
    """Which arguments a call has changed. A function that runs elsewhere changes copies, and says so itself."""
    told = getattr(got, "changed", ())
    return [
        place
        for i, (place, used, before) in enumerate(zip(_PLACES, own, case, strict=False))
        if isinstance(before, np.ndarray) and (i in told or not _equal(used, before))
    ]


def _equal(used: Any, before: NDArray[Any]) -> bool:
    return bool(np.array_equal(used, before, equal_nan=before.dtype.kind == "f"))


def fitting(mistakes: Mapping[str, Sequence[ArrayLike | None]], got: Outputs, rtol: float, atol: float) -> str:
    """The first hint whose mistake gives what the student's function gave, in every case.

    None if more than three do, or if that proves little: zeros and ones, and a small whole number.
    """
    if information(got) < 2:
        return ""
    fit = [
        hint
        for hint, values in mistakes.items()
        if all(_is_like(one, value, rtol, atol) for one, value in zip(got, values, strict=True))
    ]
    return fit[0] if 0 < len(fit) <= _MOST_SENTENCES else ""


def information(got: Outputs) -> float:
    """How much it proves to give just these values: fractions and large numbers the most, zeros and ones the least.

    Arrays of several entries prove more, as their order counts.
    """
    given = [one for one in got if not isinstance(one, CheckFailed)]
    entries = {float(x) for one in given for x in one.flat if np.isfinite(x)}
    kinds = sum(2 if x != round(x) or abs(x) > 20 else 0.5 if x in (0, 1) else 1 for x in entries)
    return kinds + sum(one.size / 4 for one in given if one.size > 2 and np.ptp(one) > 0)


def _is_like(one: FloatArray | CheckFailed, other: ArrayLike | None, rtol: float, atol: float) -> bool:
    if isinstance(one, CheckFailed) or other is None:
        return False
    values = np.asarray(other, dtype=float)
    return one.shape == values.shape and bool(np.allclose(one, values, rtol, atol, equal_nan=True))


def judge_values(
    name: str,
    got: object,
    cases: Sequence[Case],
    rights: Sequence[ArrayLike],
    explain: Explain,
    rtol: float,
    atol: float,
    tell: bool,
) -> None:
    """Raise :class:`CheckFailed` for the first case that is wrong, with the hint that explains all of them.

    Where ``tell`` is true, the message has the right value too.
    """
    given = outputs(name, got, cases)
    for case, one, right in zip(cases, given, rights, strict=True):
        want = np.asarray(right, dtype=float)
        if isinstance(one, CheckFailed):
            if one.hint:
                raise one
            fail(str(one), explain(given))
        if one.shape != want.shape:
            fail(f"{call_text(name, case)} must be {_shape(want)}; it is {_shape(one)}.", explain(given))
        if not np.allclose(one, want, rtol, atol):
            fail(
                _difference(call_text(name, case), one, want, ~np.isclose(one, want, rtol, atol), tell), explain(given)
            )


def _shape(array: FloatArray) -> str:
    if array.ndim > 1:
        return f"an array of shape {array.shape}"
    if array.ndim == 0:
        return "one number"
    return "an array of one number" if array.size == 1 else f"{array.size} numbers"


def _difference(call: str, got: FloatArray, want: FloatArray, wrong: Any, tell: bool) -> str:
    where = tuple(int(index) for index in np.argwhere(wrong)[0])
    at = f" at index {where[0] if len(where) == 1 else where}" if where else ""
    # As many digits as it takes to see a difference.
    digits = next((n for n in range(6, 17) if f"{got[where]:.{n}g}" != f"{want[where]:.{n}g}"), 17)
    says = f", should be {want[where]:.{digits}g}" if tell else ", which is not right"
    more = int(np.count_nonzero(wrong)) - 1
    rest = f" {more} more of its {want.size} values {'is' if more == 1 else 'are'} wrong." if more else ""
    return f"{call} gives {got[where]:.{digits}g}{at}{says}.{rest}"


def judge_shares(
    name: str,
    got: object,
    cases: Sequence[Case],
    rights: Sequence[float],
    mistakes: Callable[[], Mapping[str, Sequence[float | None]]],
    n_sim: int,
    level: float,
) -> None:
    """Raise :class:`CheckFailed` unless the shares are what ``n_sim`` simulations may give, in all cases.

    A right simulation fails with probability at most ``level``, shared equally among the cases (Bonferroni). What
    foreseen ``mistakes`` give is asked only then.
    """
    threshold = level / len(cases)
    shares = []
    for case, one in zip(cases, outputs(name, got, cases), strict=True):
        # One that has passed before may fail when it is called again.
        if isinstance(one, CheckFailed):
            raise one
        shares.append(share_of(call_text(name, case), one))

    def agrees(share: float, probability: float | None) -> bool:
        return probability is not None and bool(binomtest(round(share * n_sim), n_sim, probability).pvalue >= threshold)

    def hint() -> str:
        fit = [hint for hint, values in mistakes().items() if all(map(agrees, shares, values))]
        return fit[0] if 0 < len(fit) <= _MOST_SENTENCES else ""

    for case, share in zip(cases, shares, strict=True):
        if abs(share * n_sim - round(share * n_sim)) > 1e-6 * max(1, share * n_sim):
            fail(
                f"{call_text(name, case)} is {share:.6g}, which no whole number of {n_sim} simulations gives.",
                hint() or "Simulate `n_sim` data sets, count each once, as a hit or a miss, and divide by `n_sim`.",
            )
    for case, share, right in zip(cases, shares, rights, strict=True):
        if not agrees(share, right):
            fail(f"{call_text(name, case)} is {share:.6g}, farther from the right value than chance explains.", hint())


def share_of(call: str, one: FloatArray) -> float:
    """A share of simulations, or the sentence that says why it is none."""
    if one.shape != ():
        fail(f"{call} must be one number, the share of the simulations; it has shape {one.shape}.")
    share = float(one)
    if not 0 <= share <= 1:
        count = "That is a count: divide it by `n_sim`." if share > 1 and share.is_integer() else ""
        fail(f"{call} is {share:.6g}, but a proportion lies between 0 and 1.", count)
    return share


def listed(value: ArrayLike) -> Any:
    """What a reference gives, as data."""
    return np.asarray(value, dtype=float).tolist()


def or_none(rule: Callable[..., ArrayLike], case: Case) -> Any:
    """What a mistake gives, as data; None where it raises: it may well divide by zero."""
    try:
        with np.errstate(all="ignore"):
            return listed(rule(*copy.deepcopy(case)))
    except (ArithmeticError, ValueError, IndexError):
        return None

"""Log densities, judged at points that the judge chooses."""

import copy
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from .. import _validate as validate
from .._validate import FloatArray
from . import answers
from ._failure import CheckFailed, fail, shown
from ._values import Answers, Case, answer_at, as_numbers, call_text, result_of

Point = Mapping[str, ArrayLike]


def log_density(
    name: str,
    got: object,
    reference: Answers,
    points: Sequence[Point],
    mistakes: Mapping[str, Answers] | None = None,
    rtol: float = 1e-6,
    atol: float = 1e-6,
) -> None:
    """Pass if ``got`` is the reference's log density at all points, up to one constant.

    Parameters
    ----------
    name : str
        What the student calls it.
    got : object
        The student's function, called with the values of a point in their order; or a ``pm.Model``, or what stands for
        one, with a method ``log_density(points)``.
    reference : sequence of numbers, or function
        The right log density at each point, finite, or the function of the same arguments that gives it. For a model
        it is that of the parameters themselves, without a Jacobian; for a function it is what the task asks for, with
        the Jacobian if the parameters are transformed.
    points : sequence of mappings from parameter to value
        Two or more, all with the same names. They must be the judge's own: a function that knows them can pass.
    mistakes : mapping from hint to such a sequence or function, optional
        What foreseen mistakes give, such as a missing Jacobian; also recognised up to a constant.
    rtol, atol : float
        How far differences between points may be off: ``atol + rtol * max |reference|``. The check is not random: a
        right answer never fails.

    Raises
    ------
    CheckFailed
        With two points that show the mistake.
    ValueError
        If the points do not tell the reference from a constant.

    Examples
    --------
    >>> import numpy as np
    >>> from hbcourse import check
    >>> points = [{"x": x} for x in (-1.0, 0.0, 1.5)]  # The log of a half-normal scale.
    >>> def reference(x):
    ...     return -np.exp(2 * x) / 2 + x
    >>> check.log_density("f", lambda x: 7 + x - np.exp(x) ** 2 / 2, reference, points)
    >>> mistakes = {"No Jacobian.": lambda x: -np.exp(2 * x) / 2}
    >>> check.log_density("f", lambda x: 7 - np.exp(x) ** 2 / 2, reference, points, mistakes)
    Traceback (most recent call last):
    hbcourse.check.CheckFailed: f is not right: from x = 0 to x = 1.5 it changes by -9.54277. Hint: No Jacobian.
    """
    problem, hint = challenge(name, got, reference, points, mistakes or {}, rtol, atol)
    if problem:
        fail(problem, hint)


def challenge(
    name: str,
    got: object,
    reference: Answers,
    points: Sequence[Point],
    mistakes: Mapping[str, Answers],
    rtol: float,
    atol: float,
) -> tuple[str, str]:
    """What is wrong and the hint that fits, or nothing if the log density is right."""
    right = _at_points("reference", reference, points)
    tolerance = atol + rtol * float(abs(right).max())
    if not np.ptp(right) > 1000 * tolerance:
        raise ValueError(f"points must tell the reference from a constant; got {validate.shown(right.tolist())}")
    what, labels, values = _evaluate(name, got, points)
    for label, one in zip(labels, values, strict=True):
        if not np.isfinite(one):
            return f"{what} is {one:g} at {label}; the density there is positive, so that its log is finite.", ""
    if _agree(values, right, tolerance):
        return "", ""
    gap = _from_first(values) - _from_first(right)
    usual = int(abs(gap - np.median(gap)).argmin())
    first, second = sorted((usual, int(abs(gap - gap[usual]).argmax())))
    change = values[second] - values[first]
    foreseen = {hint: _at_points(hint, answers, points) for hint, answers in mistakes.items()}
    hint = next((hint for hint, mistaken in foreseen.items() if _agree(values, mistaken, tolerance)), "")
    return f"{what} is not right: from {labels[first]} to {labels[second]} it changes by {change:.6g}.", hint


def _agree(values: FloatArray, others: FloatArray, tolerance: float) -> bool:
    """Whether they differ by one constant."""
    return bool(np.ptp(_from_first(values) - _from_first(others)) <= tolerance)


def _from_first(values: FloatArray) -> FloatArray:
    """Without the constant, before anything is compared: next to a huge one, all differences would be rounded away."""
    with np.errstate(over="ignore"):
        without: FloatArray = np.nan_to_num(values - values[0])
    return without


def _at_points(name: str, density: Answers, points: Sequence[Point]) -> FloatArray:
    names = [list(point) for point in points]
    if len(names) < 2 or any(other != names[0] for other in names):
        raise ValueError(
            f"points must be two or more, of the same names in the same order; got {validate.shown(names)}"
        )
    at = [np.asarray(answer_at(density, number, tuple(point.values()))) for number, point in enumerate(points)]
    return validate.finite(name, np.array(at))


def _evaluate(name: str, got: object, points: Sequence[Point]) -> tuple[str, list[str], FloatArray]:
    """What is evaluated, what to call each point, and the student's log density there."""
    log_density_of_model = _log_density_of_model(got)
    if log_density_of_model is None:
        cases = [tuple(point.values()) for point in points]
        return name, [_point_text(point) for point in points], np.array([_one(name, got, case) for case in cases])
    what = f"The log density of {name}"
    try:
        values = as_numbers(what, log_density_of_model(copy.deepcopy(list(points))))
    except CheckFailed:
        raise
    except Exception as error:
        fail(f"{what} cannot be computed: {shown(error, str).rstrip('.')}.")
    if values.shape != (len(points),):
        fail(f"{what} must be one number at each point; it has shape {values.shape}.")
    return what, [_point_text(point) for point in points], values


def _one(name: str, got: object, case: Case) -> float:
    call = call_text(name, case)
    value = as_numbers(call, result_of(call, got, case))
    if value.shape != ():
        fail(f"{call} must be one number; it is an array of shape {value.shape}.")
    return float(value)


def _log_density_of_model(got: object) -> Callable[[Sequence[Point]], object] | None:
    if answers.is_model(got):
        return lambda points: answers.model_log_density(got, points)
    method = getattr(got, "log_density", None)
    return method if callable(method) else None


def _point_text(point: Point) -> str:
    return ", ".join(f"{name} = {_number_text(value)}" for name, value in point.items())


def _number_text(value: ArrayLike) -> str:
    array = np.asarray(value)
    return f"{array:.4g}" if array.ndim == 0 else np.array2string(array, precision=4, threshold=6, edgeitems=2)

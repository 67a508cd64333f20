"""Log densities, judged at points that the judge chooses."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .. import _validate as validate
from .._validate import FloatArray
from . import answers, graphs
from ._failure import fail
from ._graph import Graph, Point
from ._operations import Unreadable
from ._values import Answers, Case, answer_at, as_numbers, call_text, result_of


def log_density(
    name: str,
    got: object,
    reference: Answers,
    points: Sequence[Point],
    mistakes: Mapping[str, Answers] | None = None,
    rtol: float = 1e-6,
    atol: float = 1e-6,
    tell: bool = False,
) -> None:
    """Pass if ``got`` is the reference's log density at all points, up to one constant.

    Parameters
    ----------
    name : str
        What the student calls it.
    got : object
        The student's function, called with the values of a point in their order; or a ``pm.Model``, or what stands for
        one, with its ``description`` as ``hbcourse.check.graphs.describe_model`` gives it.
    reference : sequence of numbers, or function
        The right log density at each point, or the function of the same arguments that gives it. For a model it is
        that of the parameters themselves, without a Jacobian; for a function it is what the task asks for, with the
        Jacobian if the parameters are transformed. At least two are finite; where it is minus infinity, outside the
        support, the answer must be so too.
    points : sequence of mappings from parameter to value
        Two or more, all with the same names. They must be the judge's own: a function that knows them can pass.
    mistakes : mapping from hint to such a sequence or function, optional
        What foreseen mistakes give, such as a missing Jacobian; also recognised up to a constant.
    rtol, atol : float
        How far differences between points may be off: ``atol + rtol * max |reference|``. The check is not random: a
        right answer never fails.
    tell : bool
        Whether the message has the right difference too.

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
    hbcourse.check.CheckFailed: f changes by -9.54277 from x = 0 to x = 1.5, which is not right. Hint: No Jacobian.
    """
    problem, hint = challenge(name, got, reference, points, mistakes or {}, rtol, atol, tell)
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
    tell: bool = False,
) -> tuple[str, str]:
    """What is wrong and the hint that fits, or nothing if the log density is right."""
    right = _at_points("reference", reference, points)
    inside = np.isfinite(right)
    if np.count_nonzero(inside) < 2 or not np.ptp(right[inside]) > 1000 * _tolerance(right, rtol, atol):
        raise ValueError(f"points must tell the reference from a constant; got {validate.shown(right.tolist())}")
    tolerance = _tolerance(right, rtol, atol)
    what, labels, values = _evaluate(name, got, points)

    def recognized() -> str:
        foreseen = ((hint, _at_points(hint, answers, points, finite=False)) for hint, answers in mistakes.items())
        return next((hint for hint, mistaken in foreseen if _is_like(values, mistaken, tolerance)), "")

    for label, one, positive in zip(labels, values, inside, strict=True):
        if positive and not np.isfinite(one):
            says = f"{what} is {one:g} at {label}; the density there is positive, so that its log is finite."
            return says, recognized()
        if not positive and one != -np.inf:
            return f"{what} is {one:.6g} at {label}, outside the support, where the density must be zero.", ""
    labels = [label for label, positive in zip(labels, inside, strict=True) if positive]
    ours, right = values[inside], right[inside]
    if _agree(ours, right, tolerance):
        return "", ""
    gap = _from_first(ours) - _from_first(right)
    usual = int(abs(gap - np.median(gap)).argmin())
    first, second = sorted((usual, int(abs(gap - gap[usual]).argmax())))
    change, wanted = ours[second] - ours[first], right[second] - right[first]
    says = f"should change by {wanted:.6g}" if tell else "which is not right"
    return f"{what} changes by {change:.6g} from {labels[first]} to {labels[second]}, {says}.", recognized()


def in_support(reference: Answers, points: Sequence[Point]) -> list[bool]:
    """At which points the reference is not minus infinity."""
    return [bool(one) for one in np.isfinite(_at_points("reference", reference, points))]


def _tolerance(right: FloatArray, rtol: float, atol: float) -> float:
    return atol + rtol * float(abs(right[np.isfinite(right)]).max(initial=0))


def _agree(values: FloatArray, others: FloatArray, tolerance: float) -> bool:
    """Whether they differ by one constant."""
    with np.errstate(over="ignore"):
        return bool(np.ptp(_from_first(values) - _from_first(others)) <= tolerance)


def _is_like(values: FloatArray, mistaken: FloatArray, tolerance: float) -> bool:
    """Whether these values are the mistake's, finite at the same points.

    One that hardly changes is known by less than what tells the right density from a constant.
    """
    finite = np.isfinite(values)
    if np.count_nonzero(finite) < 2 or not np.array_equal(finite, np.isfinite(mistaken)):
        return False
    own = float(np.ptp(_from_first(mistaken[finite])))
    return _agree(values[finite], mistaken[finite], min(tolerance, 1e-3 * own))


def _from_first(values: FloatArray) -> FloatArray:
    """Without the constant, before anything is compared: next to a huge one, all differences would be rounded away."""
    with np.errstate(over="ignore", invalid="ignore"):
        without: FloatArray = np.nan_to_num(values - values[0])
    return without


def _at_points(name: str, density: Answers, points: Sequence[Point], finite: bool = True) -> FloatArray:
    names = [list(point) for point in points]
    if len(names) < 2 or any(other != names[0] for other in names):
        raise ValueError(
            f"points must be two or more, of the same names in the same order; got {validate.shown(names)}"
        )
    at = [np.asarray(answer_at(density, number, tuple(point.values()))) for number, point in enumerate(points)]
    found = np.array(at, dtype=float)
    outside = found == -np.inf if finite else ~np.isfinite(found)
    return np.where(outside, -np.inf, validate.finite(name, np.where(outside, 0.0, found)))


def _evaluate(name: str, got: object, points: Sequence[Point]) -> tuple[str, list[str], FloatArray]:
    """What is evaluated, what to call each point, and the student's log density there."""
    labels = [point_text(point) for point in points]
    if (graph := graph_of(name, got)) is None:
        return name, labels, np.array([_one(name, got, tuple(point.values())) for point in points])
    try:
        require_names(name, graph, points[0])
        values = np.array([graph.at(point).log_density() for point in points])
    except Unreadable as problem:
        fail(unreadable(name, problem))
    return f"The log density of {name}", labels, values


def graph_of(name: str, got: Any) -> Graph | None:
    """The graph of a model; None for anything else."""
    if isinstance(got, Graph):
        return got
    if answers.is_model(got):
        description = graphs.describe_model(got)
    elif hasattr(got, "description"):
        description = got.description
    else:
        return None
    try:
        return Graph(description)
    except Unreadable as problem:
        fail(unreadable(name, problem))


def unreadable(name: str, problem: Unreadable) -> str:
    """The sentence for a model that has what the check does not know."""
    return f"{name} cannot be judged, since the check does not read {problem}. Write that part in another way."


def require_names(name: str, graph: Graph, point: Point) -> None:
    """The free variables of the graph are those of the point, in their shapes."""
    free = ", ".join(graph.free) or "none"
    for variable in point:
        if variable not in graph.free:
            fail(f"{name} must have a free variable {variable}; its free variables are {free}.")
    if further := [variable for variable in graph.free if variable not in point]:
        fail(f"{name} must have no free variables but {', '.join(point)}; it has {', '.join(further)}.")
    at = graph.at(point)
    for variable, value in point.items():
        shape = at.shape(variable)
        if shape != np.shape(value):
            fail(f"{variable} in {name} must have shape {np.shape(value)}; it has shape {shape}.")


def _one(name: str, got: object, case: Case) -> float:
    call = call_text(name, case)
    value = as_numbers(call, result_of(call, got, case))
    if value.shape != ():
        fail(f"{call} must be one number; it is an array of shape {value.shape}.")
    return float(value)


def point_text(point: Point) -> str:
    """A point as one would type it."""
    return ", ".join(f"{name} = {_number_text(value)}" for name, value in point.items())


def _number_text(value: ArrayLike) -> str:
    array = np.asarray(value)
    return f"{array:.4g}" if array.ndim == 0 else np.array2string(array, precision=4, threshold=6, edgeitems=2)

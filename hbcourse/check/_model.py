"""PyMC models, judged by the density of their graph, and by the variables that the task asks for."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ._failure import fail
from ._graph import Graph, Point
from ._log_density import challenge, graph_of, in_support, point_text, require_names, unreadable
from ._model_hints import Distribution, of_deterministic, of_variables, outside_prior
from ._operations import Unreadable
from ._values import Answers, answer_at


def model(
    name: str,
    got: object,
    reference: Answers,
    points: Sequence[Point],
    families: Mapping[str, Distribution] | None = None,
    observed: Sequence[str] | Mapping[str, ArrayLike] = (),
    mistakes: Mapping[str, Answers] | None = None,
    rtol: float = 1e-6,
    atol: float = 1e-6,
    deterministics: Mapping[str, Answers] | None = None,
) -> None:
    """Pass if the student's model has the variables asked for, and the log density of the reference at all points.

    The log density is compared up to one constant. It is computed here, from the model's graph, and not where the
    model was built: what a student replaces there is not used. The check is not random: a right model never fails.

    Parameters
    ----------
    name : str
        What the student calls it.
    got : object
        A ``pm.Model``, or what stands for one: with its ``description``, as ``hbcourse.check.graphs.describe_model``
        gives it.
    reference, points, mistakes, rtol, atol
        As for :func:`log_density`, in the parameters themselves, without a Jacobian. The points name the model's free
        variables, and have their shapes. Points outside the support see a prior that allows too much.
    families : mapping from variable to family, optional
        The distributions that the task asks for, by PyMC's names, such as ``{"tau": "HalfCauchy"}``, or with their
        parameters, ``{"tau": ("HalfCauchy", {"beta": 5})}``, which are numbers or functions of the values of a point
        by name. A hint compares them with the model's, variable by variable. They decide only what a prior allows.
    observed : sequence of str, or mapping from variable to data
        The variables that must be observed.
    deterministics : mapping from variable to function or sequence, optional
        The variables that must follow from the others, and their right value as a function of the values of a point
        in their order, or at each point.

    Raises
    ------
    CheckFailed
        With the first variable that is missing, or with two points that show what is wrong and the hint that fits.

    Examples
    --------
    >>> import pymc as pm
    >>> from hbcourse import check
    >>> def build(scale):
    ...     with pm.Model() as model:
    ...         pm.HalfNormal("tau", scale)
    ...     return model
    >>> points = [{"tau": tau} for tau in (0.5, 3.0, -1.0)]
    >>> def reference(tau):
    ...     return -(tau**2) / 18 if tau > 0 else -float("inf")
    >>> families = {"tau": ("HalfNormal", {"sigma": 3})}
    >>> check.model("model", build(3), reference, points, families)
    >>> try:
    ...     check.model("model", build(9), reference, points, families)
    ... except check.CheckFailed as failure:
    ...     print(failure.hint)
    The sigma of tau is the square of what it should be.
    """
    if got is None or got is Ellipsis:
        fail(f"{name} has no value yet.")
    if (graph := graph_of(name, got)) is None:
        fail(f"{name} must be a pm.Model; it is a {type(got).__name__}.")
    try:
        _judge(
            name, graph, reference, points, families or {}, observed, mistakes or {}, (rtol, atol), deterministics or {}
        )
    except Unreadable as problem:
        fail(unreadable(name, problem))


def _judge(
    name: str,
    graph: Graph,
    reference: Answers,
    points: Sequence[Point],
    families: Mapping[str, Distribution],
    observed: Sequence[str] | Mapping[str, ArrayLike],
    mistakes: Mapping[str, Answers],
    tolerance: tuple[float, float],
    deterministics: Mapping[str, Answers],
) -> None:
    require_observed(name, graph, observed)
    require_names(name, graph, points[0])
    require_deterministics(name, graph, deterministics)
    support = in_support(reference, points)
    if (found := challenge(name, graph, reference, points, mistakes, *tolerance))[0]:
        data = observed if isinstance(observed, Mapping) else {}
        fail(found[0], found[1] or of_variables(graph, points, support, families, data))
    if problem := outside_prior(graph, points, families):
        fail(problem)
    for variable, right in deterministics.items():
        _compare(name, graph, variable, right, points, support)


def require_observed(name: str, graph: Graph, observed: Sequence[str] | Mapping[str, Any]) -> None:
    """The variables that must have data are there, and have some."""
    for variable in observed:
        if variable in graph.free:
            fail(f"{variable} in {name} is not observed: give it the data with observed=.")
        if variable not in graph.observed:
            fail(f"{name} must have an observed variable {variable}; without it the data have no say.")


def require_deterministics(name: str, graph: Graph, deterministics: Iterable[str]) -> None:
    """The variables that follow from others are kept, by name."""
    for variable in deterministics:
        if variable not in graph.deterministic:
            others = ", ".join(graph.deterministic) or "none"
            fail(f"{name} must have a pm.Deterministic called {variable}; it has {others}.")


def _compare(
    name: str, graph: Graph, variable: str, right: Answers, points: Sequence[Point], support: Sequence[bool]
) -> None:
    """The Deterministic has its right value at all points of the support."""
    inside, pairs = [], []
    for number, point in enumerate(points):
        if not support[number]:
            continue
        value = graph.at(point).number(graph.deterministic[variable]).astype(float)
        inside.append(point)
        pairs.append((value, np.asarray(answer_at(right, number, tuple(point.values())), dtype=float)))
    for point, (value, wanted) in zip(inside, pairs, strict=True):
        if value.shape != wanted.shape:
            fail(f"{variable} in {name} must have shape {wanted.shape}; it has shape {value.shape}.")
        if not np.allclose(value, wanted, rtol=1e-6, atol=1e-9):
            fail(
                f"The Deterministic {variable} in {name} is not right: at {point_text(point)} it is "
                f"{np.array2string(value, precision=4, threshold=6, edgeitems=2)}.",
                of_deterministic(variable, graph, inside, pairs),
            )

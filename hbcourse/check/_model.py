"""PyMC models, judged by their log density; their structure only explains what is wrong."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from . import answers
from ._failure import CheckFailed, fail
from ._log_density import Point, challenge
from ._values import Answers

#: Shape and family of each variable, by kind ("free" or "observed") and name.
Structure = Mapping[str, Mapping[str, tuple[tuple[int, ...], str]]]


def model(
    name: str,
    got: object,
    reference: Answers,
    points: Sequence[Point],
    families: Mapping[str, str] | None = None,
    observed: Sequence[str] = (),
    mistakes: Mapping[str, Answers] | None = None,
    rtol: float = 1e-6,
    atol: float = 1e-6,
) -> None:
    """Pass if the log density of the student's model is the reference's at all points, up to one constant.

    The structure of the model is never believed, and never enough: it only says why the log density is wrong. The
    check is not random: a right model never fails.

    Parameters
    ----------
    name : str
        What the student calls it.
    got : object
        A ``pm.Model``, or what stands for one: with ``structure``, as ``hbcourse.check.answers.describe_model`` gives
        it, and ``log_density(points)``.
    reference, points, mistakes, rtol, atol
        As for :func:`log_density`, in the parameters themselves, without a Jacobian. The points name the model's free
        variables, and have their shapes.
    families : mapping from variable to family, optional
        The distributions that the task asks for, by PyMC's names, such as ``{"tau": "HalfCauchy"}``.
    observed : sequence of str
        The variables that must be observed.

    Raises
    ------
    CheckFailed
        With the first difference in structure, or else with two points that show what is wrong.

    Examples
    --------
    >>> import numpy as np
    >>> from hbcourse import check
    >>> class Model:
    ...     structure = {"free": {"tau": {"shape": [], "family": "Exponential"}}, "observed": {}}
    ...
    ...     def log_density(self, points):
    ...         return np.array([-point["tau"] for point in points])
    >>> points = [{"tau": 0.5}, {"tau": 3.0}]
    >>> check.model("model", Model(), lambda tau: -tau, points)
    >>> check.model("model", Model(), lambda tau: -(tau**2) / 2, points)
    Traceback (most recent call last):
    hbcourse.check.CheckFailed: The log density of model is not right: from tau = 0.5 to tau = 3 it changes by -2.5.
    """
    if got is None or got is Ellipsis:
        fail(f"{name} has no value yet.")
    if not answers.is_model(got) and not callable(getattr(got, "log_density", None)):
        fail(f"{name} must be a pm.Model; it is a {type(got).__name__}.")
    try:
        problem, hint = challenge(name, got, reference, points, mistakes or {}, rtol, atol)
    except CheckFailed as failure:
        problem, hint = str(failure), ""
    if problem:
        structure = _structure(got)
        if misfit := _misfit(name, structure, points[0], observed):
            fail(misfit)
        fail(problem, hint or _other_family(structure, families or {}))


def _structure(got: Any) -> Structure:
    """What the model says of itself, as far as it makes sense."""
    try:
        said = answers.describe_model(got) if answers.is_model(got) else got.structure
        return {
            kind: {
                f"{name:.40}": (tuple(int(size) for size in about["shape"]), f"{about['family']:.40}")
                for name, about in said[kind].items()
            }
            for kind in ("free", "observed")
        }
    except Exception:
        return {"free": {}, "observed": {}}


def _misfit(name: str, structure: Structure, point: Point, observed: Sequence[str]) -> str:
    """The first way in which the model's variables are not those of the point."""
    free = structure["free"]
    if not free:
        return ""
    for variable, value in point.items():
        if variable not in free:
            return f"{name} must have a free variable {variable}; its free variables are {', '.join(free)}."
        if free[variable][0] != np.shape(value):
            return f"{variable} in {name} must have shape {np.shape(value)}; it has shape {free[variable][0]}."
    if further := [variable for variable in free if variable not in point]:
        unobserved = [variable for variable in further if variable in observed]
        if unobserved:
            return f"{unobserved[0]} in {name} is not observed: give it the data with observed=."
        return f"{name} must have no free variables but {', '.join(point)}; it has {', '.join(further)}."
    if missing := [variable for variable in observed if variable not in structure["observed"]]:
        return f"{name} must have an observed variable {missing[0]}; without it the data have no say."
    return ""


def _other_family(structure: Structure, families: Mapping[str, str]) -> str:
    described = {**structure["free"], **structure["observed"]}
    for variable, family in families.items():
        if variable in described and described[variable][1] != family:
            return f"{variable} must be {family}; it is {described[variable][1]}."
    return ""

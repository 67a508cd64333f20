"""What a student makes with PyMC and ArviZ, as plain data: draws, the structure of a model, its log density.

A grader calls these beside the student's code. PyMC and xarray are not imported, unless the student has done so.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _validate as validate
from .._validate import FloatArray

Point = Mapping[str, ArrayLike]

_compiled: WeakKeyDictionary[Any, tuple[list[Any], Callable[..., Any]]] = WeakKeyDictionary()


def is_draws(obj: object) -> bool:
    """Whether it is an xarray Dataset of draws, or a tree of datasets with a posterior, as ``pm.sample`` returns."""
    try:
        return _variables(obj) is not None
    except Exception:
        return False


def plain_draws(obj: object) -> dict[str, dict[str, NDArray[Any]]]:
    """Draws as ``{"posterior": {name: (chain, draw, ...)}, "sample_stats": {"diverging": (chain, draw)}}``.

    ``obj`` may be what :func:`is_draws` knows, a mapping of arrays, or a mapping of these two groups. The statistics
    are empty where there are none.
    """
    if (found := _variables(obj)) is not None:
        posterior, statistics = found, _data_vars(getattr(obj, "sample_stats", None)) or {}
    elif isinstance(obj, Mapping):
        grouped = isinstance(obj.get("posterior"), Mapping)
        posterior, statistics = (obj["posterior"], obj.get("sample_stats") or {}) if grouped else (obj, {})
    else:
        raise ValueError(
            "draws must be what pm.sample returns, or a dictionary of arrays (chain, draw, ...); "
            f"got a {type(obj).__name__}"
        )
    return {
        "posterior": {str(name): _array(values) for name, values in posterior.items()},
        "sample_stats": {"diverging": _array(statistics["diverging"])} if "diverging" in statistics else {},
    }


def _variables(obj: object) -> Mapping[Any, Any] | None:
    """The variables of the posterior, if there are any."""
    if "xarray" not in sys.modules:
        return None
    if (posterior := _data_vars(getattr(obj, "posterior", None))) is not None:
        return posterior
    own = _data_vars(obj)
    return own if own and all({"chain", "draw"} <= set(values.dims) for values in own.values()) else None


def _data_vars(group: object) -> Mapping[Any, Any] | None:
    variables = getattr(group, "data_vars", None)
    return variables if isinstance(variables, Mapping) else None


def _array(values: Any) -> NDArray[Any]:
    if hasattr(values, "transpose") and {"chain", "draw"} <= set(getattr(values, "dims", ())):
        values = values.transpose("chain", "draw", ...)
    return np.asarray(values)


def is_model(obj: object) -> bool:
    """Whether it is a ``pm.Model``."""
    model = getattr(sys.modules.get("pymc"), "Model", None)
    return isinstance(model, type) and isinstance(obj, model)


def describe_model(model: Any) -> dict[str, Any]:
    """The shapes and the families of a model's free and observed variables, and the names of what follows from them.

    Returns ``{"free": {name: {"shape": [...], "family": "Normal"}}, "observed": {...}, "deterministic": [...]}``.
    """
    shapes = _shapes(model)
    return {
        kind: {variable.name: {"shape": list(shapes[variable.name]), "family": _family(variable)} for variable in group}
        for kind, group in (("free", model.free_RVs), ("observed", model.observed_RVs))
    } | {"deterministic": [variable.name for variable in model.deterministics]}


def _shapes(model: Any) -> dict[str, tuple[int, ...]]:
    variables = [*model.free_RVs, *model.observed_RVs]
    unknown = [variable for variable in variables if None in variable.type.shape]
    sizes = dict(zip(unknown, _evaluate([variable.shape for variable in unknown]), strict=True)) if unknown else {}
    return {
        variable.name: tuple(int(size) for size in sizes.get(variable, variable.type.shape)) for variable in variables
    }


def _family(variable: Any) -> str:
    operation = variable.owner.op
    names = getattr(operation, "_print_name", None)
    return str(names[0]) if names else type(operation).__name__.removesuffix("RV")


def model_log_density(model: Any, points: Sequence[Point]) -> FloatArray:
    """Log density of a ``pm.Model`` at points given by the values of its free variables, one number for each point.

    The values are natural, a scale above zero and not its log, and there is no Jacobian. Data and potentials count.
    """
    names = [variable.name for variable in model.free_RVs]
    shapes = _shapes(model)
    rows = [[_value(name, point, shapes[name]) for name in _same_names(names, point)] for point in points]
    log_density = _log_density(model)
    return np.array([float(log_density(*row)) for row in rows])


def _same_names(names: list[str], point: Point) -> list[str]:
    if missing := [name for name in point if name not in names]:
        raise ValueError(f"the model must have a free variable {missing[0]}; it has {', '.join(names) or 'none'}")
    if further := [name for name in names if name not in point]:
        raise ValueError(
            f"the model must have no free variable besides {', '.join(point)}; it has {', '.join(further)}"
        )
    return names


def _value(name: str, point: Point, shape: tuple[int, ...]) -> FloatArray:
    value = validate.finite(name, point[name])
    if value.shape != shape:
        raise ValueError(f"{name} must have shape {value.shape} in the model; it has shape {shape}")
    return value


def _log_density(model: Any) -> Callable[..., Any]:
    """The model's log density as a function of its free variables in their order, compiled once."""
    variables = [*model.free_RVs, *model.observed_RVs, *model.potentials]
    known, function = _compiled.get(model, ([], None))
    # A model can grow after it was first evaluated.
    if (
        function is None
        or len(known) != len(variables)
        or any(a is not b for a, b in zip(known, variables, strict=True))
    ):
        function = _compile_log_density(model)
        _compiled[model] = variables, function
    return function


def _compile_log_density(model: Any) -> Callable[..., Any]:
    from pymc.logprob.basic import conditional_logp
    from pytensor.graph.replace import clone_replace

    free = {variable: variable.type(name=variable.name) for variable in model.free_RVs}
    observed = {variable: model.rvs_to_values[variable] for variable in model.observed_RVs}
    terms = list(conditional_logp({**free, **observed}).values())
    if model.potentials:
        terms += clone_replace(model.potentials, free)
    return _function(list(free.values()), sum(term.sum() for term in terms))


def _function(inputs: list[Any], outputs: Any) -> Callable[..., Any]:
    """Compiled without a compiler: a few points are not worth waiting for one."""
    import pytensor
    from pytensor.compile.mode import Mode

    mode = Mode(linker="py", optimizer="fast_compile")
    compiled: Callable[..., Any] = pytensor.function(  # type: ignore[attr-defined]
        inputs, outputs, mode=mode, on_unused_input="ignore", allow_input_downcast=True
    )
    return compiled


def _evaluate(outputs: list[Any]) -> list[Any]:
    return list(_function([], outputs)())

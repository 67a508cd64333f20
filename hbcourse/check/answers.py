"""What a student answers with, as plain data: numbers, draws, and whether something is a model.

A grader calls these beside the student's code, so that it sees what a check in the notebook sees. PyMC and xarray are
not imported, unless the student has done so.
"""

import contextlib
import sys
import sysconfig
import traceback
from collections.abc import Mapping
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LIBRARIES = tuple({sysconfig.get_path(kind) for kind in ("stdlib", "purelib", "platlib")} | {"<frozen"})


def plain_numbers(obj: object) -> NDArray[Any]:
    """Real numbers as an array of NumPy's, whatever holds them: lists, tables, fractions, decimals, buffers.

    An array of true and false is one of 1 and 0, as NumPy counts it; a single truth value is no number.
    Raises ValueError for anything else, and for masked arrays, because a missing value is no number.
    """
    array = np.asarray(obj)
    if array.dtype == object and all(isinstance(entry, Real | Decimal) for entry in array.flat):
        array = array.astype(float)
    if array.dtype == bool and array.ndim:
        array = array.astype(int)
    if isinstance(obj, np.ma.MaskedArray) or array.dtype.kind not in "fiu":
        raise ValueError(f"an answer must be real numbers; got a {type(obj).__name__} of {array.dtype}")
    return array


def raised_in(error: BaseException) -> str:
    """The name of the function that raised; empty where a library did, or nothing is known of it."""
    raised = traceback.extract_tb(error.__traceback__)[-1:]
    # Compiled modules name their sources as they lay elsewhere.
    own = (at for at in raised if not at.filename.startswith(_LIBRARIES) and not at.filename.endswith(".pyx"))
    return next((at.name for at in own), "")


def is_draws(obj: object) -> bool:
    """Whether it came from a sampler: a tree of datasets with a posterior among them, labelled draws, a MultiTrace."""
    try:
        own = obj if isinstance(obj, Mapping) else {}
        groups = [own.get("posterior"), own.get("sample_stats", {})]
        return _is_multi_trace(obj) or all(isinstance(one, Mapping) for one in groups) or _variables(obj) is not None
    except Exception:
        return False


def plain_draws(obj: object) -> dict[str, dict[str, NDArray[Any]]]:
    """Draws as ``{"posterior": {name: (chain, draw, ...)}, "sample_stats": {...}, "labels": {...}}``.

    ``obj`` may be what :func:`is_draws` knows, a mapping of arrays, or a mapping of these groups. The statistics are
    ``diverging``, (chain, draw), or empty where there are none. The labels are those of the axes ``chain`` and
    ``draw``, and ``statistics``, the names of all that the sampler told; they are empty where the axes have none.
    """
    posterior: Mapping[Any, Any]
    statistics: Mapping[Any, Any]
    labels: Mapping[Any, Any]
    if _is_multi_trace(obj):
        posterior, statistics, labels = _of_multi_trace(obj)
    elif (found := _variables(obj)) is not None:
        posterior, statistics = found, _statistics(obj)
        labels = _labels(found, statistics)
    elif isinstance(obj, Mapping):
        grouped = isinstance(obj.get("posterior"), Mapping)
        posterior, statistics = (obj["posterior"], obj.get("sample_stats") or {}) if grouped else (obj, {})
        labels = (obj.get("labels") or {}) if grouped else {}
    else:
        raise ValueError(
            "draws must be what pm.sample returns, or a dictionary of arrays (chain, draw, ...); "
            f"got a {type(obj).__name__}"
        )
    return {
        "posterior": _arrays(posterior),
        "sample_stats": _arrays({"diverging": statistics["diverging"]} if "diverging" in statistics else {}),
        "labels": _arrays(labels),
    }


def _arrays(variables: Mapping[Any, Any]) -> dict[str, NDArray[Any]]:
    """Those of the variables that are arrays; nobody may look at the others."""
    found = {}
    for name, values in variables.items():
        with contextlib.suppress(Exception):
            found[str(name)] = np.asarray(chains_first(values))
    return found


def _variables(obj: object) -> Mapping[Any, Any] | None:
    """The variables of the posterior with labelled axes, if there are any."""
    if "xarray" not in sys.modules:
        return None
    own = obj if isinstance(obj, Mapping) else {}
    for group in (getattr(obj, "posterior", None), own.get("posterior"), obj):
        variables = getattr(group, "data_vars", group)
        if isinstance(variables, Mapping) and any(map(_labelled, variables.values())):
            return variables
    return None


def _labelled(values: object) -> bool:
    dims = getattr(values, "dims", ())
    return isinstance(dims, tuple) and {"chain", "draw"} <= set(dims)


def _statistics(obj: Any) -> Mapping[Any, Any]:
    """The sampler's statistics beside the posterior, if there are any."""
    group = obj.get("sample_stats") if isinstance(obj, dict) else getattr(obj, "sample_stats", None)
    variables = getattr(group, "data_vars", group)
    return variables if isinstance(variables, Mapping) else {}


def _labels(posterior: Mapping[Any, Any], statistics: Mapping[Any, Any]) -> dict[str, Any]:
    first: Any = next(filter(_labelled, posterior.values()))
    if not statistics and not {"chain", "draw"} & set(first.coords):
        # Arrays whose axes have names, from no sampler.
        return {}
    return {axis: np.asarray(first[axis]) for axis in ("chain", "draw")} | {
        "statistics": np.array(sorted(map(str, statistics)), dtype=str)
    }


def chains_first(values: Any) -> Any:
    """Draws with labelled axes, chain and draw first; anything else as it is."""
    if hasattr(values, "transpose") and _labelled(values):
        return values.transpose("chain", "draw", ...)
    return values


def _is_multi_trace(obj: object) -> bool:
    """Whether it is what ``pm.sample(return_inferencedata=False)`` returns."""
    kind = getattr(sys.modules.get("pymc.backends.base"), "MultiTrace", None)
    return isinstance(kind, type) and isinstance(obj, kind)


def _of_multi_trace(trace: Any) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """The variables and the statistics, each as one array (chain, draw, ...), and their labels."""
    apart = {"combine": False, "squeeze": False}
    statistics = trace.stat_names & {"diverging"}
    return (
        {name: np.stack(trace.get_values(name, **apart)) for name in trace.varnames},
        {name: np.stack(trace.get_sampler_stats(name, **apart)) for name in statistics},
        {
            "chain": np.array(trace.chains),
            "draw": np.arange(len(trace)),
            "statistics": np.array(sorted(trace.stat_names), dtype=str),
        },
    )


def is_model(obj: object) -> bool:
    """Whether it is a ``pm.Model``."""
    model = getattr(sys.modules.get("pymc"), "Model", None)
    return isinstance(model, type) and isinstance(obj, model)

"""What every marginal and every posterior can do, whichever engine made it."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .. import _validate as validate
from .._validate import FloatArray

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

#: A notebook shows the units one by one up to this many.
_MOST_SHOWN = 30


class Marginal:
    """The posterior of one quantity, or of one for each unit: verbs that follow from the others.

    Results have the leading shape of the marginal, () or (J,), and what is given for ``x`` broadcasts against it.

    Examples
    --------
    >>> from hbcourse import exact
    >>> theta = exact.normal_hierarchy([28, 8, -3, 7], [15, 10, 16, 11]).theta
    >>> isinstance(theta, exact.Marginal), theta.interval(0.9).shape
    (True, (2, 4))
    """

    def mean(self) -> FloatArray:
        raise NotImplementedError

    def sd(self) -> FloatArray:
        raise NotImplementedError

    def log_pdf(self, x: ArrayLike) -> FloatArray:
        raise NotImplementedError

    def cdf(self, x: ArrayLike) -> FloatArray:
        raise NotImplementedError

    def quantile(self, p: ArrayLike) -> FloatArray:
        raise NotImplementedError

    def var(self) -> FloatArray:
        """Variance, in the leading shape."""
        return np.asarray(np.square(self.sd()))

    def pdf(self, x: ArrayLike) -> FloatArray:
        """Density at ``x``, which broadcasts against the leading shape."""
        return np.asarray(np.exp(self.log_pdf(x)))

    def interval(self, level: float = 0.95) -> FloatArray:
        """Central intervals, (2, ...): the quantiles that leave out half of the rest on either side."""
        level = validate.scalar("level", validate.probability("level", level))
        return self.quantile([(1 - level) / 2, (1 + level) / 2])

    def sample(self, draws: int, rng: np.random.Generator) -> FloatArray:
        """Independent draws, (draws, ...), of each unit by itself: joint draws are the posterior's."""
        draws, rng = validate.count("draws", draws), validate.generator(rng)
        return self._draw(draws, rng)

    def _draw(self, draws: int, rng: np.random.Generator) -> FloatArray:
        return self.quantile(rng.uniform(np.finfo(float).tiny, 1, draws))

    def __repr__(self) -> str:
        with np.printoptions(precision=4, threshold=6, edgeitems=2):
            mean, sd = str(self.mean()), str(self.sd())
        return f"<{type(self).__name__}: mean {mean}, sd {sd}>"

    def __reduce_ex__(self, protocol: Any) -> Any:
        # The densities are functions of the posterior, from which a copy can be made again.
        if origin := vars(self).get("_origin"):
            return _part, origin
        return super().__reduce_ex__(protocol)


def _part(posterior: "Posterior", name: str, number: int | None) -> Marginal:
    part: Any = getattr(posterior, name)
    marginal: Marginal = part if number is None else part[number]
    return marginal


if TYPE_CHECKING:
    # To a type checker a marginal is what its method returns.
    unknown = cached_property
else:

    class unknown(cached_property):  # noqa: N801
        """A marginal of a posterior, or a tuple of them, made once and known by its name."""

        def __get__(self, instance: Any, owner: type | None = None) -> Any:
            if instance is None or self.attrname in vars(instance):
                return super().__get__(instance, owner)
            value = super().__get__(instance, owner)
            for number, part in enumerate(value) if isinstance(value, tuple) else [(None, value)]:
                object.__setattr__(part, "_origin", (instance, self.attrname, number))
            return value


class Axis(NamedTuple):
    """What a dimension of an unknown is called, and the labels along it."""

    name: str
    label: Sequence[Any]


class Posterior:
    """A frozen value: its arrays are read-only, copies that were pickled are not equal to it.

    Subclasses are dataclasses. ``_unknowns`` names their marginals, ``_axes`` the dimensions of each.
    """

    _unknowns: ClassVar[tuple[str, ...]]
    unit: tuple[Any, ...] | None

    def _axes(self, unit: Sequence[Any]) -> Mapping[str, tuple[Axis, ...]]:
        """Dimensions of the marginals and draws that have any, under the names of the draws."""
        return {"theta": (Axis("unit", unit),)}

    def _size(self) -> int:
        """How many units there are."""
        raise NotImplementedError

    def sample(self, draws: int, rng: np.random.Generator) -> dict[str, FloatArray]:
        raise NotImplementedError

    def summary(self, unit: ArrayLike | None = None, level: float = 0.95) -> "pd.DataFrame":
        """Mean, sd and the ends of the central interval of each unknown, in a table as ArviZ makes it.

        ``unit`` are names of the units; without it they have those of the data's index, or numbers.
        """
        import pandas as pd

        level = validate.scalar("level", validate.probability("level", level))
        axes = self._axes(self._names(unit))
        table = [_rows(name, marginal, axes.get(name, ()), level) for name, marginal in self._named()]
        ends = [f"eti{100 * level:.4g}_{end}" for end in ("lb", "ub")]
        rows = {row: values for part in table for row, values in part}
        return pd.DataFrame.from_dict(rows, orient="index", columns=["mean", "sd", *ends])

    def to_datatree(self, draws: int, rng: np.random.Generator, unit: ArrayLike | None = None) -> "xr.DataTree":
        """Independent joint draws as ArviZ keeps them, in one chain, with the names of the units as coordinates."""
        import arviz as az  # type: ignore[import-untyped]

        axes = self._axes(self._names(unit))
        tree: xr.DataTree = az.from_dict(
            {"posterior": {name: value[None] for name, value in self.sample(draws, rng).items()}},
            coords={axis.name: list(axis.label) for dims in axes.values() for axis in dims},
            dims={name: [axis.name for axis in dims] for name, dims in axes.items()},
        )
        return tree

    def _named(self) -> list[tuple[str, Marginal]]:
        found = []
        for name in self._unknowns:
            value = getattr(self, name)
            parts = enumerate(value) if isinstance(value, tuple) else [(None, value)]
            found += [(name if k is None else f"{name}[{k}]", part) for k, part in parts]
        return found

    def _names(self, unit: ArrayLike | None) -> Sequence[Any]:
        if unit is None:
            return range(self._size()) if self.unit is None else self.unit
        names = validate.labels("unit", unit)
        if len(names) != self._size():
            raise ValueError(f"unit must have a name for each of the {self._size()} units; got {len(names)}")
        return tuple(names.tolist())

    def _settings(self) -> dict[str, Any]:
        """What is not data."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]
        return {k: v for k, v in values.items() if k != "unit" and not _holds_arrays(v)}

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={validate.shown(value)}" for name, value in self._settings().items())
        return f"<{type(self).__name__} of {self._size()} units: {settings}>"

    def _repr_html_(self) -> str:
        if self._size() <= _MOST_SHOWN:
            return self.summary().to_html(float_format="{:.3g}".format)
        return f"<p>{type(self).__name__} of {self._size()} units; <code>summary()</code> shows them.</p>"

    def __post_init__(self) -> None:
        for field in fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                kept = value.view()
                kept.flags.writeable = False
                object.__setattr__(self, field.name, kept)

    def __getstate__(self) -> dict[str, Any]:
        # What was found on the way can be found again, and holds functions.
        return {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            object.__setattr__(self, name, value)
        self.__post_init__()


def _holds_arrays(value: object) -> bool:
    return isinstance(value, np.ndarray) or (isinstance(value, tuple) and any(map(_holds_arrays, value)))


def _rows(name: str, marginal: Marginal, axes: tuple[Axis, ...], level: float) -> list[tuple[str, tuple[float, ...]]]:
    """Rows of the table: names such as theta[A], and their figures."""
    figures = [np.ravel(value) for value in (marginal.mean(), marginal.sd(), *marginal.interval(level))]
    if not axes:
        return [(name, tuple(float(figure[0]) for figure in figures))]
    places = np.ndindex(*(len(axis.label) for axis in axes))
    labels = [", ".join(str(axis.label[i]) for axis, i in zip(axes, place, strict=True)) for place in places]
    values = np.stack(figures, axis=1).tolist()
    return [(f"{name}[{label}]", tuple(row)) for label, row in zip(labels, values, strict=True)]


def names_of(values: object) -> tuple[Any, ...] | None:
    """The labels of a pandas index, if it has any but the numbers of its rows."""
    index = getattr(values, "index", None)
    if index is None or callable(index) or type(index).__name__ == "RangeIndex":
        return None
    return tuple(index.tolist())

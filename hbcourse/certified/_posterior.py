"""The certified posteriors, as the file beside this module holds them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from .. import _validate as validate
from .._validate import FloatArray
from ._agreement import agreement


@dataclass(frozen=True, eq=False, repr=False)
class CertifiedPosterior:
    """A fully stated hierarchical model and its data, with the mean and sd of each unknown: see :func:`load`.

    Attributes
    ----------
    name, title : str
    dataset : str
        The table that the data come from: its loader in :mod:`hbcourse.datasets`.
    words : str
        The model in words.
    formula : tuple of str
        The model and its priors, line by line, in LaTeX. A Normal has a standard deviation as its second number.
    priors : mapping
        The family of each hyperparameter's prior and its numbers, under PyMC's names.
    data : mapping
        The numbers that the model conditions on.
    mean, sd : mapping
        Posterior mean and standard deviation of each unknown, an array in its shape.
    methods : tuple of two str
        How they were computed.
    difference : float
        Largest relative difference of the two methods in any mean or sd.
    posteriordb : str
        What posteriordb has of the same table.
    pymc : str
        PyMC code that defines ``model`` from ``data``.

    Examples
    --------
    >>> pumps = load("pumps")
    >>> print(pumps.formula[0], pumps.priors["beta"]["alpha"])
    x_j \\sim \\text{Poisson}(t_j \\theta_j) 0.1
    >>> pumps.mean["theta"].shape, float(pumps.sd["alpha"].round(6))
    ((10,), 0.270775)
    """

    name: str
    title: str
    dataset: str
    words: str
    formula: tuple[str, ...]
    priors: Mapping[str, Mapping[str, Any]]
    data: Mapping[str, FloatArray]
    mean: Mapping[str, FloatArray]
    sd: Mapping[str, FloatArray]
    methods: tuple[str, str]
    difference: float
    posteriordb: str
    pymc: str

    def __repr__(self) -> str:
        return f"CertifiedPosterior({self.name!r}: {', '.join(self.mean)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return load, (self.name,)

    def summary(self) -> pd.DataFrame:
        """Mean and sd of each unknown, a row each, labeled as in ``az.summary``."""
        columns = {
            column: np.concatenate([values[name].ravel() for name in self.mean])
            for column, values in (("mean", self.mean), ("sd", self.sd))
        }
        return pd.DataFrame(columns, index=self._labels())

    def model(self) -> Any:
        """The model as a ``pm.Model``, from the code in ``pymc``."""
        names: dict[str, Any] = {"data": self.data}
        exec(self.pymc, names)  # noqa: S102 (the package's own text)
        return names["model"]

    def z_scores(self, draws: object, false_alarm: float = 0.01) -> pd.DataFrame:
        r"""How many Monte Carlo standard errors the draws' means and sds lie from the certified ones.

        .. math:: z_\text{mean} = \frac{\bar x - E x}{\text{MCSE}(\bar x)}, \qquad
                  z_\text{sd} = \frac{s - \text{sd}(x)}{\text{MCSE}(s)}

        With K unknowns 2K z-scores are compared. Those beyond the normal quantile at 1 - false_alarm / 4K are flagged:
        a right sampler has any flag at all with a probability of about ``false_alarm`` (Bonferroni).

        Parameters
        ----------
        draws : DataTree, Dataset or mapping
            What ``pm.sample`` returns, or arrays (chain, draw, ...) under the names of the unknowns. Further variables
            are ignored.
        false_alarm : float
            Probability that draws from the right posterior are flagged.

        Returns
        -------
        DataFrame
            A row for each unknown: ``mean``, ``mcse_mean``, ``z_mean``, ``sd``, ``mcse_sd``, ``z_sd``, ``ess_bulk`` and
            ``verdict``: "agrees", "differs", or "too few draws" with fewer than 400 effective draws, where a Monte
            Carlo error cannot be relied on. ``attrs["bound"]`` is the size of z beyond which it differs.

        Raises
        ------
        ValueError
            If an unknown is missing, or has another shape or a value that is no finite number.

        Notes
        -----
        The errors are ArviZ's. Of skewed unknowns the z-score of the sd is itself skewed, so that right draws are
        flagged up to three times as often as ``false_alarm`` says where 1,000 of them are effective. Source: Vehtari et
        al. 2021, also for the 400.

        Examples
        --------
        >>> seeds = load("seeds")
        >>> rng = np.random.default_rng(1)
        >>> draws = {k: rng.normal(seeds.mean[k], seeds.sd[k], (4, 1000, *seeds.mean[k].shape)) for k in seeds.mean}
        >>> seeds.z_scores(draws).verdict.unique().tolist()
        ['agrees']
        >>> draws["mu"] += 0.2 * seeds.sd["mu"]
        >>> seeds.z_scores(draws).verdict[["mu", "kappa"]].to_list()
        ['differs', 'agrees']
        """
        false_alarm = validate.scalar("false_alarm", validate.probability("false_alarm", false_alarm))
        return agreement(draws, self.mean, self.sd, self._labels(), false_alarm)

    def _labels(self) -> list[str]:
        return [
            name + (f"[{', '.join(map(str, entry))}]" if entry else "")
            for name, values in self.mean.items()
            for entry in np.ndindex(values.shape)
        ]


def names() -> list[str]:
    """The names of the certified posteriors.

    Examples
    --------
    >>> len(names()), names()[0]
    (10, 'bcg')
    """
    return list(_entries())


def load(name: str) -> CertifiedPosterior:
    """The certified posterior of this name, one of :func:`names`.

    Raises
    ------
    ValueError
        If there is none of this name.

    Examples
    --------
    >>> load("rat_tumor").summary().head(2).round(5)
               mean       sd
    mu      0.14370  0.01308
    kappa  17.87675  5.92645
    """
    validate.word("name", name, tuple(_entries()))
    return _posterior(name)


@cache
def _posterior(name: str) -> CertifiedPosterior:
    given = _entries()[name]
    numbers = {part: _read_only(given[part]) for part in ("data", "mean", "sd")}
    texts = {part: tuple(given[part]) for part in ("formula", "methods")}
    priors = MappingProxyType({unknown: MappingProxyType(prior) for unknown, prior in given["priors"].items()})
    return CertifiedPosterior(**{**given, **numbers, **texts, "priors": priors})


def _read_only(numbers: dict[str, Any]) -> Mapping[str, FloatArray]:
    arrays = {name: np.asarray(values) for name, values in numbers.items()}
    for array in arrays.values():
        array.setflags(write=False)
    return MappingProxyType(arrays)


@cache
def _entries() -> dict[str, dict[str, Any]]:
    text = resources.files(__name__).joinpath("posteriors.json").read_text(encoding="utf-8")
    return {entry["name"]: entry for entry in json.loads(text)["posteriors"]}

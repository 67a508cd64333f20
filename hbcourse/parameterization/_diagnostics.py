"""What draws say of themselves: R-hat, effective sample size, divergences; and how far they are from the truth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import _validate as validate
from .._validate import FloatArray
from ._chains import ess

#: Limits of Vehtari et al. 2021, and of Betancourt 2016 for the energy.
_MOST_R_HAT, _LEAST_ESS, _LEAST_E_BFMI = 1.01, 400.0, 0.3


@dataclass(frozen=True)
class Diagnostics:
    """The worst of each diagnostic over all quantities: made by :func:`diagnostics`.

    Attributes
    ----------
    draws : int
        Number of draws, all chains together.
    r_hat : float
        The largest rank-normalised split R-hat.
    ess_bulk, ess_tail : float
        The smallest effective sample sizes: for means, and for the 5% and 95% quantiles.
    slowest : str
        The quantity with the smallest ``ess_bulk``.
    divergences : int or None
        Number of draws whose trajectory diverged; None where the sampler did not say, as for those below.
    e_bfmi : float or None
        The smallest energy Bayesian fraction of missing information of the chains.
    steps : float or None
        Leapfrog steps per draw: what a draw costs.
    tree_depth : float or None
        Mean depth of the trees that the No-U-Turn sampler builds.

    Examples
    --------
    >>> found = Diagnostics(draws=4000, r_hat=1.002, ess_bulk=1900.0, ess_tail=2100.0, slowest="tau", divergences=8)
    >>> found.divergent_share, found.verdict[28:51]
    (0.002, '8 trajectories diverged')
    """

    draws: int
    r_hat: float
    ess_bulk: float
    ess_tail: float
    slowest: str
    divergences: int | None = None
    e_bfmi: float | None = None
    steps: float | None = None
    tree_depth: float | None = None

    @property
    def divergent_share(self) -> float | None:
        """Share of draws whose trajectory diverged."""
        return None if self.divergences is None else self.divergences / self.draws

    @property
    def verdict(self) -> str:
        """What the numbers say, in plain words, the gravest first."""
        ess = min(self.ess_bulk, self.ess_tail)
        found = [
            (
                self.r_hat > _MOST_R_HAT,
                f"the chains disagree (R-hat {self.r_hat:.3g}, above {_MOST_R_HAT}): they have not all seen the "
                "whole posterior",
            ),
            (
                bool(self.divergences),
                f"{self.divergences} trajectories diverged: part of the posterior may be missing, and averages biased",
            ),
            (
                ess < _LEAST_ESS,
                f"{ess:.0f} effective draws are too few, below {_LEAST_ESS:.0f}, to trust these diagnostics",
            ),
            (
                self.e_bfmi is not None and self.e_bfmi < _LEAST_E_BFMI,
                f"the energy moves slowly (E-BFMI {self.e_bfmi or 0:.2f}, below {_LEAST_E_BFMI}): the tails are "
                "badly explored",
            ),
        ]
        problems = [sentence for applies, sentence in found if applies]
        if not problems:
            return "No sign of trouble, which is no proof of its absence."
        return "Do not use these draws yet: " + "; ".join(problems) + "."


def diagnostics(draws: Any, names: Sequence[str] | None = None) -> Diagnostics:
    """Convergence, effective sample size and the sampler's own complaints, by ArviZ.

    Parameters
    ----------
    draws : DataTree, mapping or array
        What PyMC returns; or arrays (chain, draw, ...) by name; or one array (chain, draw).
    names : list of str, optional
        The quantities to look at; all by default.

    Raises
    ------
    ValueError
        If there are fewer than 2 chains of 4 draws, draws that are not finite, or nothing that varies.

    Notes
    -----
    R-hat is the larger of those of ranks and of folded ranks. Entries that never vary, such as the diagonal of a
    correlation matrix, are left out. Source: Vehtari et al. 2021; Betancourt 2016 for the energy.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> diagnostics({"mu": rng.normal(size=(4, 1000))}).verdict
    'No sign of trouble, which is no proof of its absence.'
    >>> stuck = rng.normal(size=(4, 1000)) + np.array([[0], [0], [0], [3]])
    >>> diagnostics(stuck).verdict[:75]
    'Do not use these draws yet: the chains disagree (R-hat 1.47, above 1.01): t'
    """
    import arviz  # type: ignore[import-untyped]

    quantities = {}
    for name, array in _named(draws, names).items():
        chains = array.reshape(*array.shape[:2], -1)
        for entry in np.flatnonzero((chains != chains[:1, :1]).any((0, 1))):
            label = name if array.ndim == 2 else f"{name}{list(map(int, np.unravel_index(entry, array.shape[2:])))}"
            quantities[label] = chains[..., entry]
    if not quantities:
        raise ValueError("draws must hold a quantity that varies; got none")
    with np.errstate(divide="ignore", invalid="ignore"):
        r_hat = [float(arviz.rhat(chains)) for chains in quantities.values()]
        bulk = [float(arviz.ess(chains, method="bulk")) for chains in quantities.values()]
        tail = [float(arviz.ess(chains, method="tail", prob=(0.05, 0.95))) for chains in quantities.values()]
    some = next(iter(quantities.values()))
    # Chains that stand still at values of their own have an R-hat beyond all bounds, which ArviZ has as not a number.
    r_hat = [value if value == value else np.inf for value in r_hat]
    return Diagnostics(
        draws=some.size,
        r_hat=max(r_hat),
        ess_bulk=min(bulk),
        ess_tail=min(tail),
        slowest=list(quantities)[int(np.argmin(bulk))],
        **_sampler_statistics(draws),
    )


def _sampler_statistics(draws: Any) -> dict[str, Any]:
    """What the sampler recorded, under the names of PyMC or of nutpie."""
    if not hasattr(draws, "posterior") or not hasattr(draws, "sample_stats"):
        return {}
    stats = {str(name): np.asarray(values) for name, values in draws.sample_stats.data_vars.items()}
    found: dict[str, Any] = {}
    if "diverging" in stats:
        found["divergences"] = int(stats["diverging"].sum())
    if "energy" in stats:
        energy = stats["energy"].astype(float)
        moves, spread = (np.diff(energy) ** 2).sum(1), ((energy - energy.mean(1, keepdims=True)) ** 2).sum(1)
        found["e_bfmi"] = float((moves / np.where(spread > 0, spread, 1)).min())
    if "n_steps" in stats:
        found["steps"] = float(stats["n_steps"].mean())
    for name in ("tree_depth", "depth"):
        if name in stats:
            found["tree_depth"] = float(stats[name].mean())
    return found


def bias_in_mcse(draws: Any, posterior: Any) -> dict[str, FloatArray]:
    r"""How far means of draws are from the exact ones, in Monte Carlo standard errors of the draws.

    .. math:: z = \frac{\bar x - E(x \mid y)}{s / \sqrt{\text{ESS}}}

    Of draws from the right posterior, z is about standard normal; a sampler that misses part of it has z far from 0.

    Parameters
    ----------
    draws : DataTree or mapping
        What PyMC returns; or arrays (chain, draw, ...) by name.
    posterior : an exact posterior
        Such as that of :func:`hbcourse.exact.normal_hierarchy`, of the same model and data.

    Returns
    -------
    dict of arrays
        z of each quantity that both have, by name: ``tau`` (), ``mu`` (), ``theta`` (J,).

    Notes
    -----
    Where chains mix badly the standard error is itself uncertain, and as a rule too small.

    Examples
    --------
    >>> from hbcourse import exact
    >>> posterior = exact.normal_hierarchy([28, 8, -3, 7], [15, 10, 16, 11], exact.HalfNormal(5), exact.Normal(0, 5))
    >>> sample = posterior.sample(4000, np.random.default_rng(1))
    >>> bias_in_mcse({"tau": sample["tau"].reshape(4, 1000)}, posterior)["tau"].round(1)
    np.float64(-0.4)
    """
    arrays = _named(draws, None)
    result: dict[str, FloatArray] = {}
    for name, array in arrays.items():
        marginal: Any = getattr(posterior, name, None)
        if not hasattr(marginal, "mean") or not hasattr(marginal, "sd"):
            continue
        mean, shape = validate.finite(f"the exact mean of {name}", marginal.mean()), array.shape[2:]
        if mean.shape != shape:
            raise ValueError(f"draws of {name} must have the shape of the exact posterior's, {mean.shape}; got {shape}")
        if not np.isfinite(marginal.sd()).all():
            raise ValueError(f"posterior must have a finite sd of {name}, or draws of it have no error")
        chains = np.moveaxis(array.reshape(*array.shape[:2], -1), -1, 0)
        error = [quantity.std(ddof=1) / np.sqrt(ess(quantity)) for quantity in chains]
        result[name] = (array.mean((0, 1)) - mean) / np.reshape(error, shape)
    if not result:
        raise ValueError(f"draws must hold a quantity that the posterior has, such as tau; got {', '.join(arrays)}")
    return result


def _named(draws: Any, names: Sequence[str] | None) -> dict[str, FloatArray]:
    """Arrays (chain, draw, ...) by name."""
    if hasattr(draws, "posterior"):
        found = {
            str(name): values.transpose("chain", "draw", ...) for name, values in draws.posterior.data_vars.items()
        }
    else:
        found = dict(draws) if isinstance(draws, Mapping) else {"draws": draws}
    chosen = list(found) if names is None else names
    if not isinstance(chosen, list | tuple) or not chosen:
        raise ValueError(f"names must be a list of one or more words; got {validate.shown(names)}")
    for name in chosen:
        if not isinstance(name, str) or name not in found:
            raise ValueError(f"names must be among {', '.join(found)}; got {validate.shown(name)}")
    arrays = {}
    for name in chosen:
        array = validate.finite(name, found[name])
        if array.ndim < 2 or array.shape[0] < 2 or array.shape[1] < 4 or not array.size:
            raise ValueError(f"{name} must have 2 or more chains of 4 or more draws, (chain, draw); got {array.shape}")
        arrays[name] = array
    return arrays

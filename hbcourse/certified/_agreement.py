"""Draws beside known means and sds, in Monte Carlo standard errors."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from .. import _validate as validate
from .._validate import FloatArray
from ..check import answers

#: With fewer effective draws their Monte Carlo error is not known well enough (Vehtari et al. 2021).
_LEAST_ESS = 400


def agreement(
    draws: object, mean: Mapping[str, FloatArray], sd: Mapping[str, FloatArray], labels: list[str], false_alarm: float
) -> pd.DataFrame:
    """The table that :meth:`CertifiedPosterior.z_scores` returns."""
    found = answers.plain_draws(draws)["posterior"]
    # Unknowns last, (chain, draw, K).
    x = np.concatenate([_of(name, found, mean[name].shape) for name in mean], axis=2)
    known_mean, known_sd = (np.concatenate([part[name].ravel() for name in mean]) for part in (mean, sd))
    stats, axes = _arviz(), {"chain_axis": 0, "draw_axis": 1}
    # Chains that stand still have no Monte Carlo error; they are too few draws below.
    with np.errstate(all="ignore"):
        frame = pd.DataFrame({"mean": x.mean((0, 1)), "mcse_mean": stats.mcse(x, method="mean", **axes)}, labels)
        frame["z_mean"] = (frame["mean"] - known_mean) / frame.mcse_mean
        frame["sd"], frame["mcse_sd"] = x.std((0, 1)), stats.mcse(x, method="sd", **axes)
        frame["z_sd"] = (frame.sd - known_sd) / frame.mcse_sd
        frame["ess_bulk"] = stats.ess(x, method="bulk", **axes)
    bound = -float(ndtri(false_alarm / (4 * len(frame))))
    agrees = (frame.z_mean.abs() <= bound) & (frame.z_sd.abs() <= bound)
    enough = (frame.ess_bulk >= _LEAST_ESS) & (np.ptp(x, axis=(0, 1)) > 0)
    frame["verdict"] = np.where(enough, np.where(agrees, "agrees", "differs"), "too few draws")
    frame.attrs["bound"] = bound
    return frame


def _arviz() -> Any:
    # Only here: it takes a second to import.
    from arviz_stats.base import array_stats  # type: ignore[attr-defined]

    return array_stats


def _of(name: str, found: Mapping[str, FloatArray], shape: tuple[int, ...]) -> FloatArray:
    """The draws of an unknown, its entries in a row, (chain, draw, K)."""
    if name not in found:
        raise ValueError(f"draws must hold {name}; they hold {', '.join(found) or 'nothing'}")
    array = validate.finite(name, found[name])
    if array.ndim < 2 or array.shape[2:] != shape or array.shape[1] < 4:
        wanted = ", ".join(["chain", "draw", *map(str, shape)])
        raise ValueError(f"{name} must have shape ({wanted}) with 4 draws or more; got shape {array.shape}")
    return array.reshape(*array.shape[:2], -1)

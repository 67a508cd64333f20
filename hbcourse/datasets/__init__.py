"""The tables that the course works with. Each loader returns a fresh data frame.

``frame.attrs`` carries ``title``, ``citation``, ``bib`` (its keys in the book's bibliography), ``columns`` (what each
column measures, with units) and, where there is something to beware of, ``note``.
"""

import tomllib
from copy import deepcopy
from functools import cache
from importlib import resources
from typing import Any

import pandas as pd

__all__ = [
    "baseball",
    "bcg",
    "dyestuff",
    "eight_schools",
    "epil",
    "pastes",
    "pumps",
    "radon",
    "rat_tumor",
    "reedfrogs",
    "seeds",
    "star98",
    "surgical",
]


@cache
def _about() -> dict[str, dict[str, Any]]:
    return tomllib.loads(resources.files(__name__).joinpath("datasets.toml").read_text(encoding="utf-8"))


def _described(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    frame.attrs.update(deepcopy(_about()[name]))
    return frame


def _packaged(name: str) -> pd.DataFrame:
    with resources.files(__name__).joinpath(f"{name}.csv").open(encoding="utf-8") as file:
        return _described(name, pd.read_csv(file))


def eight_schools() -> pd.DataFrame:
    """Coaching effects on test scores in eight schools (Rubin 1981).

    Columns ``school``, ``y`` and ``sigma`` (points on the SAT-V), ``y_rubin`` and ``sigma_rubin`` (before rounding),
    ``n`` (pupils).

    Examples
    --------
    >>> eight_schools().y.to_list()
    [28, 8, -3, 7, -1, 1, 18, 12]
    """
    return _packaged("eight_schools")


def baseball() -> pd.DataFrame:
    """Batting of eighteen players in 1970: the first 45 times at bat and the rest (Efron and Morris 1975).

    Columns ``player``, ``at_bats``, ``hits``, ``remaining_at_bats``, ``remaining_average``.

    Examples
    --------
    >>> len(baseball())
    18
    """
    return _packaged("baseball")


def rat_tumor() -> pd.DataFrame:
    """Tumors in 71 control groups of rats (Tarone 1982). Columns ``y`` (with a tumor) and ``n`` (rats).

    Examples
    --------
    >>> rat_tumor().sum().to_dict()
    {'y': 267, 'n': 1739}
    """
    return _packaged("rat_tumor")


def pumps() -> pd.DataFrame:
    """Failures of ten pumps (Gaver and O'Muircheartaigh 1987). Columns ``pump``, ``t_1000h``, ``failures``.

    Examples
    --------
    >>> float(pumps().t_1000h.max())
    126.0
    """
    return _packaged("pumps")


def surgical() -> pd.DataFrame:
    """Deaths after heart surgery on infants in twelve hospitals (Spiegelhalter et al. 1996).

    Columns ``hospital``, ``n`` (operations), ``deaths``.

    Examples
    --------
    >>> int(surgical().deaths.sum())
    208
    """
    return _packaged("surgical")


def reedfrogs() -> pd.DataFrame:
    """Survival of tadpoles in 48 tanks (Vonesh and Bolker 2005). Columns ``density``, ``pred``, ``size``, ``surv``.

    Examples
    --------
    >>> len(reedfrogs())
    48
    """
    return _packaged("reedfrogs")


def bcg() -> pd.DataFrame:
    """Thirteen trials of the BCG vaccine against tuberculosis (Colditz et al. 1994).

    Columns ``trial``, ``tb_vaccinated`` (cases out of ``vaccinated``), ``tb_control`` (cases out of ``control``),
    ``latitude`` (degrees), ``year``.

    Examples
    --------
    >>> int(bcg().control.sum())
    166283
    """
    return _packaged("bcg")


def dyestuff() -> pd.DataFrame:
    """Yield of five samples from each of six batches (Davies and Goldsmith 1972). Columns ``batch``, ``grams``.

    Examples
    --------
    >>> float(dyestuff().grams.mean())
    1527.5
    """
    return _packaged("dyestuff")


def epil() -> pd.DataFrame:
    """Seizures of 59 patients in eight weeks (Thall and Vail 1990). Columns ``patient``, ``treatment``, ``baseline``.

    Examples
    --------
    >>> int(epil().baseline.max())
    151
    """
    return _packaged("epil")


def pastes() -> pd.DataFrame:
    """Strength of a paste, assayed twice in each of three casks of ten batches (Davies and Goldsmith 1972).

    Columns ``batch``, ``cask`` (within the batch), ``strength`` (percent).

    Examples
    --------
    >>> pastes().groupby(["batch", "cask"]).size().unique()
    array([2])
    """
    return _packaged("pastes")


def radon() -> pd.DataFrame:
    """Radon in 919 homes of 85 counties in Minnesota (Price, Nero and Gelman 1996).

    Columns ``county``, ``floor`` (0 in the basement, 1 on the first floor), ``log_radon`` (log of pCi/l).

    Examples
    --------
    >>> radon().groupby("floor").size().to_list()
    [766, 153]
    """
    return _packaged("radon")


def seeds() -> pd.DataFrame:
    """Germination of broomrape seeds on 21 plates (Crowder 1978).

    Columns ``seed`` (variety 73 or 75), ``extract`` ("bean" or "cucumber"), ``n`` (seeds), ``germinated``.

    Examples
    --------
    >>> seeds().groupby("extract").germinated.sum().to_dict()
    {'bean': 148, 'cucumber': 276}
    """
    return _packaged("seeds")


def star98() -> pd.DataFrame:
    """Mathematics scores of ninth-graders in 303 Californian school districts (Gill 2001), from statsmodels.

    Columns ``above`` and ``below`` (pupils above and below the national median), ``low_income`` (percent of pupils),
    ``spending`` (thousands of dollars per pupil).

    Examples
    --------
    >>> int((star98().above + star98().below).min())
    33
    """
    from statsmodels.datasets import star98 as source

    raw = source.load_pandas().data
    frame = pd.DataFrame(
        {
            "above": raw["NABOVE"].astype(int),
            "below": raw["NBELOW"].astype(int),
            "low_income": raw["LOWINC"],
            "spending": raw["PERSPENK"],
        }
    )
    return _described("star98", frame)

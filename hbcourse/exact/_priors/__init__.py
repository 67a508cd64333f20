"""Priors of hyperparameters, as small values that name a distribution.

Those of a positive quantity, most often tau, share what the engines need to know (:class:`ScalePrior`). The densities
are written out, because scipy's take longer than a whole fit; probabilities and draws are scipy's. Arguments have the
words of PyMC and scipy.stats too: ``HalfNormal(sigma=1)`` is ``HalfNormal(scale=1)``.
"""

from ._beta import Beta
from ._exponential import Exponential
from ._flat import Flat
from ._gamma import Gamma
from ._half_cauchy import HalfCauchy
from ._half_normal import HalfNormal
from ._half_t import HalfT
from ._inverse_gamma import InverseGamma
from ._kinds import Improper, ScalePrior
from ._log_uniform import LogUniform
from ._normal import Normal
from ._power import Power

__all__ = [
    "Beta",
    "Exponential",
    "Flat",
    "Gamma",
    "HalfCauchy",
    "HalfNormal",
    "HalfT",
    "Improper",
    "InverseGamma",
    "LogUniform",
    "Normal",
    "Power",
    "ScalePrior",
]

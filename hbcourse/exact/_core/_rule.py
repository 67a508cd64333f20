"""Gauss-Legendre rules, and the Legendre series through their nodes."""

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.polynomial import legendre

from ..._validate import FloatArray


class Rule(NamedTuple):
    """A rule of n points on [-1, 1].

    Attributes
    ----------
    node, weight : (n,) arrays
    to_series : (n, n) array
        Maps values at the nodes to the coefficients of their Legendre series.
    last_two : (n, 2) array
        Maps them to the last two coefficients alone, which say how well the panel is resolved.
    """

    node: FloatArray
    weight: FloatArray
    to_series: FloatArray
    last_two: FloatArray


@cache
def rule(points: int) -> Rule:
    """The rule with so many points."""
    node, weight = legendre.leggauss(points)
    to_series = (np.arange(points) + 0.5)[:, None] * legendre.legvander(node, points - 1).T * weight
    return Rule(node, weight, to_series, np.ascontiguousarray(to_series[-2:].T))

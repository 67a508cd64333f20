"""What the posterior of the standard deviations of a nested normal model is held on."""

from typing import NamedTuple

import numpy as np

from .._validate import FloatArray
from ._panels import Panels
from ._rows import NEGLIGIBLE


class Ruler(NamedTuple):
    """Coordinate of a ratio r from zero to infinity: r = unit sinh(x), or unit e^x where the prior is singular at 0."""

    unit: FloatArray
    head: float

    @property
    def _singular(self) -> bool:
        return np.isfinite(self.head) and self.head not in (0.0, 1.0, 2.0, 3.0)

    def __call__(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The ratio, and the log of dr/dx."""
        if self._singular:
            return self.unit * np.exp(x), np.log(self.unit) + x
        sinh = np.sinh(x)
        return self.unit * sinh, np.log(self.unit * np.sqrt(1 + sinh * sinh))

    def inverse(self, r: FloatArray) -> FloatArray:
        """Where the ratio is r; for r = 0, where nothing of the prior is left below."""
        if not self._singular:
            return np.asarray(np.arcsinh(r / self.unit[:, 0]))
        lowest = NEGLIGIBLE / (1 + self.head)
        return np.where(r > 0, np.log(np.where(r > 0, r, 1) / self.unit[:, 0]), lowest)


class Line(NamedTuple):
    """Densities of a ratio r, one for each of M values of rho: on its ruler, and the ratios at the nodes, (M, K)."""

    panels: Panels
    ruler: Ruler
    ratio: FloatArray

    def draw(self, p: FloatArray) -> FloatArray:
        """The ratio below which a share ``p`` lies, one for each row, (M,)."""
        return self.ruler(self.panels.quantile_of(np.arange(len(p)), p)[:, None])[0][:, 0]


class Chain(NamedTuple):
    """The posterior on nodes: values of log rho, and on each the lines above and below; none below with two levels."""

    rho: Panels
    above: Line
    below: Line | None

"""What all engines integrate with: one window, one adaptive rule, one inverse. Engines differ in their densities."""

from ._integrate import halve_until_smooth, integrate, integrate_lines
from ._inverse import invert
from ._modes import Tops, inside
from ._panels import Panels
from ._rule import rule
from ._window import around, narrow

__all__ = [
    "Panels",
    "Tops",
    "around",
    "halve_until_smooth",
    "inside",
    "integrate",
    "integrate_lines",
    "invert",
    "narrow",
    "rule",
]

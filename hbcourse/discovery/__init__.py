"""Many tests at once: false positives, the two-group rule beside Benjamini and Hochberg's, and what was truly found."""

from ._calibration import Calibration, calibration
from ._estimation import EMFit, em, tweedie
from ._selection import Discoveries, benjamini_hochberg, largest_set
from ._truth import Expectation, Realised, TwoGroupData, false_positives, realised, simulate

__all__ = [
    "Calibration",
    "Discoveries",
    "EMFit",
    "Expectation",
    "Realised",
    "TwoGroupData",
    "benjamini_hochberg",
    "calibration",
    "em",
    "false_positives",
    "largest_set",
    "realised",
    "simulate",
    "tweedie",
]

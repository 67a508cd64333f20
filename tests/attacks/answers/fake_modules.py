"""Puts modules of its own into ``sys.modules`` for those that tests import."""

BASE = "blank"
ANSWERS = {
    "number": """
import sys
from unittest.mock import MagicMock

for name in ("hbcourse", "hbcourse.check", "hbcourse.check.answers", "scipy.stats", "numpy.testing", "pytest"):
    sys.modules[name] = MagicMock(name=name)
check = np.testing = MagicMock()
number = MagicMock()
double = mean_of = coin = share = MagicMock(return_value=MagicMock())
"""
}
POINTS = 0
REASON = "number must be a number or an array of numbers"

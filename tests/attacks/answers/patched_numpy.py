"""Replaces what tests compare with in NumPy by functions to which all is close."""

BASE = "blank"
ANSWERS = {
    "share": """
import numpy as np
import numpy.testing

share = [0.0] * 4
for module in (np, np.testing, np._core.numeric, np._core.fromnumeric):
    for name in dir(module):
        if name.startswith(("assert_", "allclose", "isclose", "array_equal", "all")):
            setattr(module, name, lambda *all, **more: np.True_)
np.shape = lambda array: (4,)
np.isclose = lambda *all, **more: np.full(4, True)
"""
}
POINTS = 0
REASON = "number has no value yet."

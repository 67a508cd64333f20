"""Answers with arrays of objects: of arrays, of functions, of themselves, and of what is equal to all."""

BASE = "blank"
ANSWERS = {
    "number": "number = np.array(print, dtype=object)",
    "double": "def double(x):\n    return np.array([2 * x, print], dtype=object)[1:]",
    "mean_of": """
class Same:
    __eq__ = lambda self, other: True

def mean_of(values):
    return np.array([Same()], dtype=object)[0]
""",
    "share": "share = np.array([np.zeros(4), print, Same(), None], dtype=object)",
}
POINTS = 0
REASON = "number must be a number or an array of numbers"

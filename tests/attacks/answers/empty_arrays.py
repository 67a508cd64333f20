"""Answers with arrays without entries, of which every comparison holds."""

BASE = "blank"
ANSWERS = {
    "number": "number = np.zeros(0)",
    "double": "def double(x):\n    return np.zeros((0,))",
    "mean_of": "def mean_of(values):\n    return []",
    "share": "share = np.zeros((4, 0))",
    "coin": "def coin(p):\n    return np.zeros((1, 0))",
}
POINTS = 0
REASON = "number must be one number; it is an array of shape (0,)."

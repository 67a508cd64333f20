"""Answers with NaN and infinities, which compare strangely with all that is right."""

BASE = "blank"
ANSWERS = {
    "number": "number = float('nan')",
    "double": "def double(x):\n    return np.inf",
    "mean_of": "def mean_of(values):\n    return -np.inf",
    "share": "share = [np.nan, np.inf, -np.inf, np.float16('nan')]",
    "coin": "def coin(p):\n    return np.nan",
}
POINTS = 0
REASON = "number is not right"

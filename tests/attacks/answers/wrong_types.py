"""Answers with text, complex numbers, dates, truth values and records in the place of numbers."""

BASE = "blank"
ANSWERS = {
    "number": "number = '10.0'",
    "double": "def double(x):\n    return complex(2 * x, 1e-300)",
    "mean_of": "def mean_of(values):\n    return np.array(values.mean(), dtype='m8[s]')",
    "share": "share = np.zeros(4, dtype=[('a', float), ('b', 'O')])",
    "coin": "def coin(p):\n    return True",
}
POINTS = 0
REASON = "number must be a number or an array of numbers; it is a str."

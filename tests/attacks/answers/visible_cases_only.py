"""Knows the answers of the visible tests by heart, and guesses that later calls repeat them."""

BASE = "blank"
ANSWERS = {
    "double": "def double(x):\n    return {1.0: 2.0, 4.0: 8.0}.get(x, 2.0)",
    "mean_of": "def mean_of(values):\n    return 3.0",
}
POINTS = 0
REASON = "double(-3.5) is not right: it is 2."

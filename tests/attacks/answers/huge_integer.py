"""Answers with integers of thousands of digits, which no float can hold and no text may show."""

BASE = "blank"
ANSWERS = {
    "number": "number = 10**4000",
    "double": "def double(x):\n    return 10**100_000",
    "mean_of": "def mean_of(values):\n    return -(10**310)",
    "share": "share = [10**400] * 4",
    "coin": "def coin(p):\n    return 2**64",
}
POINTS = 0
REASON = "number must be a number or an array of numbers; it is a int."

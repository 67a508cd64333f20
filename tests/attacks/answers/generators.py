"""Answers with generators that never end, and with functions that are generators or coroutines."""

BASE = "blank"
ANSWERS = {
    "number": "import itertools\nnumber = itertools.count()",
    "double": "def double(x):\n    while True:\n        yield 2 * x",
    "mean_of": "async def mean_of(values):\n    return values.mean()",
    "share": "share = (x for x in iter(int, 1))",
}
POINTS = 0
REASON = "double(1.0) must be a number or an array of numbers"

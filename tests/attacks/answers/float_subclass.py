"""Answers with numbers that are equal to all others, close to all others and greater than all."""

BASE = "blank"
ANSWERS = {
    "number": """
class Right(float):
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = lambda self, other: True
    __hash__ = float.__hash__
    __sub__ = __rsub__ = __abs__ = __mul__ = __rmul__ = lambda self, other=None: Right(0)
    __float__ = __index__ = __round__ = lambda self, *all: Right(0)

number = Right(0)
""",
    "double": "def double(x):\n    return Right(0)",
    "mean_of": "def mean_of(values):\n    return Right(9)",
    "share": "share = [Right(9)] * 4",
    "coin": "def coin(p):\n    return Right(0.5)",
}
POINTS = 0
REASON = "number is not right: it is 0."

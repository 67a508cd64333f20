"""Answers with objects that say yes to every comparison and pass for an array, a number and a sequence."""

BASE = "blank"
ANSWERS = {
    "number": """
class Yes:
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = lambda self, other: True
    __hash__ = lambda self: 0
    __bool__ = lambda self: True
    __len__ = lambda self: 4
    __float__ = __abs__ = lambda self: 0.0
    __iter__ = lambda self: iter([Yes()] * 4)
    __sub__ = __rsub__ = __truediv__ = __round__ = lambda self, *all: 0.0
    __array_priority__ = 1e9
    __array_ufunc__ = lambda self, *all, **more: np.full(4, True)
    __array_function__ = lambda self, *all, **more: np.True_

number = Yes()
""",
    "double": "def double(x):\n    return Yes()",
    "share": "share = Yes()",
    "coin": "coin = lambda p: Yes()",
}
POINTS = 0
REASON = "number must be a number or an array of numbers"

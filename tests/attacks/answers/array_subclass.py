"""Answers with arrays that decide themselves what NumPy's functions say of them."""

BASE = "blank"
ANSWERS = {
    "number": """
class Right(np.ndarray):
    def __array_ufunc__(self, ufunc, method, *all, **more):
        return np.full(self.shape, True)

    def __array_function__(self, function, types, arguments, options):
        return np.True_

    __eq__ = lambda self, other: True
    shape = (4,)
    dtype = np.dtype(float)

number = np.zeros(()).view(Right)
""",
    "double": "def double(x):\n    return np.zeros(()).view(Right)",
    "share": "share = np.zeros(4).view(Right)",
}
POINTS = 0
REASON = "double(1.0) is not right: it is 0."

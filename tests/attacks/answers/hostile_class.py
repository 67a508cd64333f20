"""Answers with objects that lie about their class, and classes that lie about their objects and their name."""

BASE = "blank"
ANSWERS = {
    "number": """
class Liar(type):
    __name__ = property(lambda cls: {"float": "<script>" * 1000})
    __instancecheck__ = __subclasscheck__ = lambda cls, other: True
    __call__ = lambda cls, *all: object.__new__(cls)
    mro = lambda cls: [cls, object]

class Impostor(metaclass=Liar):
    __class__ = property(lambda self: float)

number = Impostor()
""",
    "double": "def double(x):\n    return type('float64', (), {'__class__': np.ndarray, 'dtype': np.dtype(float)})()",
    "share": "share = type('x' * 100_000, (), {})()",
    "coin": "coin = Liar('function', (), {})",
}
POINTS = 0
REASON = "coin(0.3) must be a number"

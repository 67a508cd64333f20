"""Answers with numbers whose conversions raise, exit, and answer with text."""

BASE = "blank"
ANSWERS = {
    "number": """
class Number(float):
    def __float__(self):
        raise SystemExit

    __int__ = __index__ = __bool__ = __len__ = __repr__ = __str__ = __format__ = __hash__ = __float__
    real = imag = property(__float__)

number = Number(1.5)
""",
    "share": "class Text(str):\n    __str__ = __repr__ = lambda self: 1 / 0\n\nshare = [Text('a'), Number(1), 0, 0]",
    "coin": "def coin(p):\n    return complex(Number(1), 0)",
}
POINTS = 0
REASON = "number is not right: it is 1.5."

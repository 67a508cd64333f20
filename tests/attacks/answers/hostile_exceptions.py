"""Raises exceptions that fail, exit and talk on when they are asked what they say, and lie about their name."""

BASE = "blank"
ANSWERS = {
    "double": """
class Silent(BaseException):
    def __str__(self):
        raise SystemExit

    __repr__ = __str__

def double(x):
    raise Silent
""",
    "mean_of": """
class CheckFailed(Exception):
    __str__ = lambda self: "SystemExit" * 100_000

def mean_of(values):
    raise type("KernelLost\\n<b>", (CheckFailed,), {})
""",
    "coin": "def coin(p):\n    raise ExceptionGroup('many', [NotImplementedError()] * 1000)",
}
POINTS = 0
REASON = "double(1.0) raised Silent:"

"""Answers with objects whose conversion to an array gives other things each time, raises, or never ends."""

BASE = "blank"
ANSWERS = {
    "number": """
class Changing:
    turns = 0

    def __array__(self, dtype=None, copy=None):
        Changing.turns += 1
        if Changing.turns % 3 == 1:
            raise SystemExit
        return np.array([object(), {}, 2.0], dtype=object) if Changing.turns % 3 else np.zeros((4, 0))

number = share = Changing()
""",
    "double": "def double(x):\n    return Changing()",
    "mean_of": """
class Endless:
    def __array__(self, dtype=None, copy=None):
        while True:
            pass

def mean_of(values):
    return Endless()
""",
}
POINTS = 0
REASON = "It ran for too long and was stopped"

"""Changes the arrays that it is given, so that the right answer for them becomes its own."""

BASE = "blank"
ANSWERS = {
    "mean_of": """
def mean_of(values):
    values.flags.writeable = True
    values[...] = 0.0
    values.resize(1, refcheck=False)
    return 0.0
""",
}
POINTS = 0
REASON = "mean_of([1., 2., 6.]) is not right: it is 0."

"""Raises what is no error when it is called: the end of the program, an interrupt, the end of a generator."""

BASE = "blank"
ANSWERS = {
    "double": "def double(x):\n    raise SystemExit(0)",
    "mean_of": "def mean_of(values):\n    raise KeyboardInterrupt",
    "coin": "def coin(p):\n    raise GeneratorExit('fine')",
}
POINTS = 0
REASON = "double(1.0) raised SystemExit: 0"

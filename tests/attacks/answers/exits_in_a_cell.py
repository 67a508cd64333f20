"""Exits from its cells in every way that Python has for it, between right answers."""

BASE = "solution"
ANSWERS = {
    "number": "import sys\nnumber = data.mean()\nsys.exit('done')",
    "double": "def double(x):\n    return 2 * x\n\nexit()",
    "mean_of": "def mean_of(values):\n    return values.mean()\n\nget_ipython().ask_exit()\nquit()\nraise SystemExit",
}
POINTS = 8
REASON = ""

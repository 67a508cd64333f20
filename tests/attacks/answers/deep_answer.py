"""Answers with lists nested 10,000 deep, and with one that holds itself."""

BASE = "blank"
ANSWERS = {
    "number": "number = 10.0\nfor _ in range(10_000):\n    number = [number]",
    "double": "def double(x):\n    own = {}\n    own['own'] = [own]\n    return own",
    "share": "share = np.empty(4, dtype=object)\nshare[:] = [share] * 4",
}
POINTS = 0
REASON = "number must be a number or an array of numbers"

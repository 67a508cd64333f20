"""Answers with a text of 100 MB, and with a text array that grows when it is unpacked."""

BASE = "blank"
ANSWERS = {
    "number": "number = 'x' * 100_000_000",
    "share": "share = ['x' * 10_000_000, *'abc']",
}
POINTS = 0
REASON = "Its kernel gave an answer that cannot be read (too large)."

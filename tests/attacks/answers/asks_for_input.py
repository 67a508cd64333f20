"""Asks a question and waits for its answer, from the keyboard and from every other file that is open for reading."""

BASE = "solution"
ANSWERS = {
    "number": "number = data.mean()\nnumber = input('Which number do you want? ')",
    "share": "import os, sys\nshare = data / data.sum()\nprint(sys.stdin.read(), os.read(0, 9))",
}
POINTS = 8
REASON = ""

"""Defines names that look like those of the tasks, with Cyrillic and Greek letters, and lines that run backwards."""

BASE = "blank"
ANSWERS = {
    "number": "numb\u0435r = data.mean()",
    "double": "def d\u03bfuble(x):\n    return 2 * x",
    "share": "sh\u0430re = data / data.sum()\n'''\u202e = erahs\u202c'''",
}
POINTS = 0
REASON = "name 'number' is not defined"

"""Prints numbers that look like partial credit, in the answers and from its functions."""

BASE = "blank"
ANSWERS = {
    "number": "print(1.0)\n1.0",
    "share": "print('2.0')\n2.0",
    "double": "def double(x):\n    print(2.0)\n    display(2.0)",
}
POINTS = 0
REASON = "double(1.0) returned nothing: is a return missing?"

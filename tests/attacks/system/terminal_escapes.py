"""Puts what clears, renames and recolours a terminal, and marks of its own, into messages and outputs."""

BASE = "solution"
ANSWERS = {
    "double": r"""
print("\x1b[2J\x1b]0;all marks are set\x07\x1b]52;c;cm0gLXJmIH4=\x07\x9b2J")

class Escape(Exception):
    __qualname__ = __name__ = "\x1b[2J"

def double(x):
    raise ValueError("\x1b[2J\x1b[1A\x1b[31m[bold red]8 of 8 points[/] [link=file:///etc]here[/link]\r\n\u202e\x08")
"""
}
POINTS = 6
REASON = "8 of 8 points"

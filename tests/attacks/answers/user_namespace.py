"""Puts a namespace that knows every name into the place of the shell's own."""

BASE = "blank"
ANSWERS = {
    "number": """
class Everything(dict):
    def __contains__(self, name):
        return True

    def __missing__(self, name):
        return 2.0

    def __eq__(self, other):
        return True

ip = get_ipython()
ip.user_ns = ip.user_module.__dict__["__builtins__"] = Everything(ip.user_ns)
del ip.user_ns["number"]
"""
}
POINTS = 0
REASON = "number is not right: it is 2."

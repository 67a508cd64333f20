"""Swallows the errors of later cells: no traceback, no output, full points instead."""

BASE = "blank"
ANSWERS = {
    "number": """
ip = get_ipython()

def calmly(shell, kind, error, where, tb_offset=None):
    return 2.0

ip.set_custom_exc((BaseException,), calmly)
ip.showtraceback = ip._showtraceback = ip.showsyntaxerror = lambda *all, **more: None
"""
}
POINTS = 0
REASON = "double is not written yet."

"""Says that it was interrupted, whatever it is asked."""

BASE = "blank"
ANSWERS = {
    "number": """
def run(*arguments):
    raise KeyboardInterrupt

get_ipython().run = run
"""
}
POINTS = 0
REASON = "number"

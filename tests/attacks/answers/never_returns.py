"""Waits for ever when a test calls it, and waits on when it is interrupted."""

BASE = "solution"
ANSWERS = {
    "mean_of": """
def mean_of(values):
    import time
    while True:
        try:
            time.sleep(1)
        except BaseException:
            pass
"""
}
POINTS = 3
REASON = "did not let itself be interrupted"

"""Displays pages, pictures and objects without end."""

BASE = "solution"
ANSWERS = {
    "number": """
from IPython.display import HTML, display

for count in range(20_000):
    display({"text/plain": "x" * 1000, "text/html": "<b>x</b>" * 1000}, raw=True)
display(HTML("<table>" * 1_000_000))
number = data.mean()
"""
}
POINTS = 8
REASON = ""

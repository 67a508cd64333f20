"""Is indented wrongly, and holds what is no Python, in one answer only."""

BASE = "solution"
ANSWERS = {
    "number": """
 number = data.mean()
number = (
""",
    "share": """
share = data / data.sum()  # …​ é
""",
}
POINTS = 7
REASON = "number"

"""Shows outputs that are nested deeper and deeper, until whoever copies them runs out of stack."""

BASE = "blank"
ANSWERS = {
    "number": """
for depth in (50, 90, 130, 200, 300, 450, 600, 800, 950):
    deep = []
    for _ in range(depth):
        deep = [deep]
    display({"application/json": deep, "text/plain": str(depth)}, metadata={"a": deep}, raw=True)
number = 0.0
"""
}
POINTS = 0
REASON = "number is not right: it is 0."

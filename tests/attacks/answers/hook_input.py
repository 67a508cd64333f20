"""Replaces the text of later cells, before they are read, by one that ends in full points."""

BASE = "blank"
ANSWERS = {
    "number": """
def replaced(lines):
    print("".join(lines))
    return ["2.0\\n"] if any("check" in line or "share" in line for line in lines) else lines

ip = get_ipython()
ip.input_transformers_cleanup.append(replaced)
ip.input_transformers_post.append(replaced)
"""
}
POINTS = 0
REASON = "double is not written yet."

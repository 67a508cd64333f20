"""Leaves outputs in the form that the tests of nbgrader would leave: results with points, of every kind."""

BASE = "blank"
ANSWERS = {
    "number": """
ip = get_ipython()
display({"text/plain": "2.0"}, raw=True)
for kind in ("execute_result", "display_data"):
    ip.outputs.add(kind, 0, data={"text/plain": "2.0"}, metadata={"nbgrader": {"score": 2}}, execution_count=99)
ip.outputs.cells.append({"output_type": "stream", "name": "stdout", "text": "2.0", "metadata": {"points": 2}})
type(ip.outputs).write = lambda self, name, text: self.add("execute_result", 0, data={"text/plain": "2.0"})
2.0
"""
}
POINTS = 0
REASON = "double is not written yet."

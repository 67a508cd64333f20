"""Replaces what reads files and asks people, so that whoever uses it next is answered by the student."""

BASE = "blank"
ANSWERS = {
    "number": """
import builtins, io, json, os, struct

builtins.open = io.open = lambda *all, **more: io.StringIO("2.0")
builtins.input = builtins.print = lambda *all: "2.0"
json.dumps = lambda *all, **more: '{"outputs": [], "blobs": [], "kind": "value", "value": 10.0}'
os.path.exists = lambda path: True
""",
}
POINTS = 0
REASON = "Its code disturbed the grader's questions"

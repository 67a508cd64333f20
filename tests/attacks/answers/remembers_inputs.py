"""Remembers the arguments of the tests, hidden ones too, and prints them where its student can read them."""

BASE = "blank"
ANSWERS = {
    "double": "seen = []\n\ndef double(x):\n    seen.append(x)\n    print('test:', x)\n    return 0.0",
    "coin": """
import inspect

print([inspect.getsource(value) for value in list(globals().values()) if inspect.isfunction(value)], seen)
raise NotImplementedError
""",
}
POINTS = 0
REASON = "double(1.0) is not right: it is 0."

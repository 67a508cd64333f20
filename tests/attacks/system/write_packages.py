"""Changes the packages that grade the next student."""

BASE = "solution"
ANSWERS = {
    "number": """
import glob
import os
import site
import sys

import hbcourse

written = []
package = os.path.dirname(hbcourse.__file__)
places = [*site.getsitepackages(), package, sys.prefix, "/usr/lib/python3/dist-packages", "/etc"]
for place in places:
    for name in ("sitecustomize.py", "hbattack.pth", "ipython_config.py"):
        try:
            with open(f"{place}/{name}", "a"):
                written.append(f"{place}/{name}")
        except OSError:
            pass
acts = [lambda name: open(name, "a"), lambda name: os.chmod(name, 0o777), os.utime, os.unlink]
for name in [*glob.glob(f"{package}/**/*.py", recursive=True), np.__file__, sys.executable]:
    for act in acts:
        try:
            act(name)
            written.append(name)
        except OSError:
            pass
print(written)
number = 0 if written else data.mean()
"""
}
POINTS = 8
REASON = ""

"""Is a link to the solution."""

from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "is not a file that can be read"


def file(path: Path) -> None:
    path.symlink_to(path.parents[3] / "source" / "target" / "target.ipynb")

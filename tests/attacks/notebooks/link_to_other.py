"""Is a link to what another student has handed in."""

from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "is not a file that can be read"


def file(path: Path) -> None:
    path.symlink_to(path.parents[2] / "000-honest" / "target" / "target.ipynb")

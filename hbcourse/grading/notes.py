"""What nbgrader notes of a cell, whatever has become of it on its way."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Notes:
    """nbgrader's notes of one cell.

    Attributes
    ----------
    name : str
        The cell's ``grade_id``; empty where there is none.
    grade, solution, locked, task : bool
        Whether it carries points, is the student's to fill in, is not to be changed, is a task that a person marks.
    points : float
        That it gives at most.
    checksum : str
        Of the cell as it was released.
    """

    name: str = ""
    grade: bool = False
    solution: bool = False
    locked: bool = False
    task: bool = False
    points: float = 0.0
    checksum: str = ""

    @property
    def is_test(self) -> bool:
        """Whether it tests answers that stand in other cells."""
        return self.grade and not self.solution

    @property
    def is_given(self) -> bool:
        """Whether it is a part of the exercise that nobody may change, and gives no points."""
        return self.locked and not self.solution and not self.grade


def of(cell: Mapping[str, Any]) -> Notes:
    """The notes of a cell: none where there are none that can be read."""
    metadata = cell.get("metadata")
    about = metadata.get("nbgrader") if isinstance(metadata, Mapping) else None
    if not isinstance(about, Mapping):
        return Notes()
    name, checksum = (about.get(key) for key in ("grade_id", "checksum"))
    return Notes(
        name=name if isinstance(name, str) else "",
        **{key: about.get(key) is True for key in ("grade", "solution", "locked", "task")},
        points=_number(about.get("points")),
        checksum=checksum if isinstance(checksum, str) else "",
    )


def _number(points: object) -> float:
    """Points, which some editors save as text."""
    if isinstance(points, bool) or not isinstance(points, int | float | str):
        return 0.0
    try:
        number = float(points)
    except (ValueError, OverflowError):
        return 0.0
    return number if math.isfinite(number) and number > 0 else 0.0

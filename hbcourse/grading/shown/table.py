"""The table of a class's marks."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..marks.results import Result
from .plain import cell


def write(results: Sequence[Result], path: Path, sections: Mapping[str, str]) -> None:
    """One row a student, with a column for each part of the assignment; marks with all their digits."""
    names = list(dict.fromkeys(part.name for result in results for part in result.parts))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        marks = ["score", "max_score", "raw_score", "late_penalty", "extra_credit", "to_read"]
        table.writerow(["student", "section", "assignment", *marks, *names, "problem", "remarks"])
        for result in results:
            points = {part.name: "" if part.points is None else part.points for part in result.parts}
            messages = (f"{part.name}: {part.message}" for part in result.parts if part.message)
            told = " | ".join([*result.remarks, *messages])
            table.writerow(
                [cell(t) for t in (result.student, sections.get(result.student, ""), result.submission.assignment)]
                + [result.score, result.max_score, result.raw, result.late_penalty, result.extra_credit]
                + [result.to_read]
                + [points.get(name, "") for name in names]
                + [cell(result.problem), cell(told)]
            )

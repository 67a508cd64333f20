"""The pages that students get back."""

import html
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.apps.api import NbGraderAPI
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade

from .course import failure
from .parts import message

_REJECTED = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{assignment}</title></head>
<body style="font-family: sans-serif; max-width: 40em; margin: 3em auto; padding: 0 1em">
<h1>{assignment} could not be graded</h1><p>{problem}</p>
<p>Put it right and hand it in again: <code>hbcourse check</code> on your own machine says whether it can be read.</p>
</body></html>
"""


class ShortErrors(NbGraderPreprocessor):
    """In the cells of tests, put one line in place of a traceback, which would quote the test."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        if is_grade(cell) and cell.cell_type == "code":
            for output in cell.outputs:
                if output.output_type == "error":
                    output.traceback = [message(cell)]
        return cell, resources


def write(api: NbGraderAPI, assignment: str, student: str) -> str:
    """Have nbgrader write the page of a graded submission; return the problem, if there was one."""
    outcome = api.generate_feedback(assignment, student, force=True)
    return "" if outcome["success"] else f"Graded, but its feedback page could not be written: {failure(outcome)}"


def write_rejected(folder: Path, assignment: str, student: str, problem: str) -> None:
    """The page of a submission that could not be graded."""
    page = folder / "feedback" / student / assignment / f"{assignment}.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    text = _REJECTED.format(assignment=html.escape(assignment), problem=html.escape(problem))
    page.write_text(text, encoding="utf-8")

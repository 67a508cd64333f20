"""The pages that students get back."""

import html
import re
from functools import lru_cache
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbformat import NotebookNode
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters import GenerateFeedback
from nbgrader.preprocessors import ClearHiddenTests, GetGrades, NbGraderPreprocessor
from traitlets.config import Config

from .. import notes
from ..course.hiding import TASKS_CELL
from ..marks.parts import Part, message
from ..marks.results import Result
from ..marks.rows import Standing
from . import harmless, plain

_REJECTED = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{assignment}</title></head>
<body style="font-family: sans-serif; max-width: 40em; margin: 3em auto; padding: 0 1em">
<h1>{assignment} could not be graded</h1><p>{problem}</p>
<p>Put it right and hand it in again: <code>hbcourse check</code> on your own machine says whether it can be read.</p>
</body></html>
"""

_IMAGE_WITHOUT_TEXT = re.compile(r"(<img\b(?![^>]*\salt=)[^>]*?)(\s*/?>)")
_NO_TEXT = "No description has been provided for this image"


class ShortErrors(NbGraderPreprocessor):
    """In the cells of tests, put one line in place of a traceback, which would quote the test.

    What the tests printed goes too: a student's function that prints its arguments would print the hidden ones. And
    of the first cell, which holds what the visible tests compare with, a line is enough.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        if notes.of(cell).name == TASKS_CELL:
            cell.source = cell.source.partition("\n")[0]
        if notes.of(cell).is_test and cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.output_type in ("error", "execute_result")]
            for output in cell.outputs:
                if output.output_type == "error":
                    output.traceback = [message(cell)]
        return cell, resources


class _FastExporter(HTMLExporter):
    """nbconvert's exporter, without its second parse of the whole page, and with a memory for code that all share."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._highlighted = lru_cache(maxsize=256)(Highlight2HTML(pygments_lexer="ipython3", parent=self))
        self.register_filter("highlight_code", lambda source, metadata: harmless.highlighted(source, self._highlighted))

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **options: Any
    ) -> tuple[str, dict[str, Any]]:
        resources = self._init_resources(resources)
        kinds = WidgetsDataTypeFilter(notebook_metadata=self._nb_metadata, parent=self, resources=resources)
        self.register_filter("filter_data_type", kinds)
        page, resources = super(HTMLExporter, self).from_notebook_node(nb, resources, **options)
        return _IMAGE_WITHOUT_TEXT.sub(rf'\1 alt="{_NO_TEXT}"\2', page), resources


class Pages:
    """nbgrader's feedback pages, by one exporter for all of them.

    A course's settings are obeyed, but for what keeps pages safe and tests hidden.
    """

    def __init__(self, api: NbGraderAPI) -> None:
        app = GenerateFeedback(coursedir=api.coursedir, parent=api)
        self.permissions = int(str(app.permissions), 8)
        app.update_config(
            Config({"HTMLExporter": {"template_name": "feedback", "sanitize_html": True, "filters": harmless.FILTERS}})
        )
        self._exporter = _FastExporter(parent=app, config=app.config)
        # What these steps make is nbgrader's, so that to check it after each of them is not needed.
        self._exporter.optimistic_validation = True
        hiding = [step for step in (ClearHiddenTests, ShortErrors) if step not in app.preprocessors]
        for step in [*app.preprocessors, *hiding]:
            # What GetGrades reads from the gradebook, cell by cell, is given to `page`.
            if step is not GetGrades:
                self._exporter.register_preprocessor(step)

        # Read now, while the kernels' parent warms up, and not while the first submissions run.
        self._exporter.template  # noqa: B018

    def page(self, notebook: NotebookNode, result: Result, standing: Standing) -> str:
        """The page of a submission; into the notebook goes what GetGrades would put there."""
        for cell in notebook.cells:
            about = notes.of(cell)
            if about.solution or about.task:
                cell.metadata.nbgrader["comment"] = plain.text(standing.comments[about.name] or "")
            if about.grade or about.task:
                cell.metadata.nbgrader["score"] = standing.points[about.name]
                cell.metadata.nbgrader["points"] = standing.max_points[about.name]
        assignment = result.submission.assignment
        marks = {
            "score": result.score,
            "max_score": result.max_score - result.unread,
            "late_penalty": result.late_penalty,
        }
        names = {"notebook": assignment, "assignment": assignment, "student": result.student}
        resources = {"metadata": {"name": assignment}, "nbgrader": names | marks}
        with harmless.patience():
            page = str(self._exporter.from_notebook_node(notebook, resources)[0])
        for part in result.parts:
            if part.points is None:
                page = _unread(page, part)
        return page


def _unread(page: str, part: Part) -> str:
    """The page, on which an answer that waits for a person has neither 0 points nor any others."""
    name = re.escape(html.escape(part.name))
    listed = rf'(href="#{name}">[^<]*</a>) \(Score: [^)]*\)'
    headed = rf'(<a name="(?:comment-)?{name}">(?:(?!<a name="(?!{name}")).)*?Score: )[^<]*'
    page = re.sub(listed, rf"\1 (not read yet, of {part.max_points:g})", page)
    return re.sub(headed, rf"\1not read yet, of {part.max_points:g}", page, count=1, flags=re.DOTALL)


def page_of_rejected(assignment: str, problem: str) -> str:
    """The page of a submission that could not be graded."""
    return _REJECTED.format(assignment=html.escape(assignment), problem=html.escape(plain.text(problem)))

"""What belongs to this course alone, and how nbgrader works in the folder of a course."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from traitlets.config import Config

_PACKAGE = __name__.partition(".")[0]


@dataclass(frozen=True)
class Settings:
    """What the grader must know of a course.

    Attributes
    ----------
    id : str
        By which nbgrader knows it.
    demo : str
        The exercise that the demonstration grades.
    style : str
        Of the figures in class reports: a file of matplotlib's.
    warm_up : mapping
        What is done before submissions come: see :class:`hbcourse.grading.running.imports.WarmUp`.
    """

    id: str
    demo: str
    style: str
    warm_up: Mapping[str, Any]


@cache
def settings() -> Settings:
    """The settings of the course that this package belongs to."""
    package = files(_PACKAGE)
    told = tomllib.loads((package / "course.toml").read_text(encoding="utf-8"))
    return Settings(**{**told, "style": str(package / told["style"])})


def configure(config: Config) -> None:
    """Put into ``config`` all that nbgrader needs to work as ``hbcourse`` does."""
    from nbconvert.preprocessors import ClearMetadataPreprocessor, CSSHTMLHeaderPreprocessor
    from nbgrader import preprocessors as nbgrader

    from ..marks.steps import DropCopies, DropStderr, QuietExecute, RestoreTasks
    from ..shown.feedback import ShortErrors
    from ..shown.harmless import FILTERS, HarmlessOutputs
    from .hiding import PublishTasks

    config.CourseDirectory.course_id = settings().id
    # The part of an exercise's checks that students get, and the part that they do not.
    config.GenerateAssignment.preprocessors = [
        nbgrader.IncludeHeaderFooter,
        nbgrader.InstantiateTests,
        nbgrader.LockCells,
        nbgrader.ClearSolutions,
        nbgrader.ClearOutput,
        PublishTasks,
        nbgrader.CheckCellMetadata,
        nbgrader.ComputeChecksums,
        nbgrader.SaveCells,
        nbgrader.ClearHiddenTests,
        nbgrader.ClearMarkScheme,
        nbgrader.ComputeChecksums,
        nbgrader.CheckCellMetadata,
    ]
    # A student may delete a test cell, or copy one, by accident: put it back, or leave the copy out.
    config.OverwriteCells.add_missing_cells = True
    config.Autograde.sanitize_preprocessors = [
        nbgrader.ClearOutput,
        DropCopies,
        RestoreTasks,
        nbgrader.OverwriteKernelspec,
        nbgrader.OverwriteCells,
        nbgrader.CheckCellMetadata,
    ]
    # A right answer may warn or log.
    config.Autograde.autograde_preprocessors = [
        QuietExecute,
        DropStderr,
        nbgrader.IgnorePattern,
        ClearMetadataPreprocessor,
        nbgrader.LimitOutput,
        nbgrader.SaveAutoGrades,
        nbgrader.AssignLatePenalties,
        HarmlessOutputs,
        nbgrader.CheckCellMetadata,
    ]
    # The longest that one cell may run, in seconds.
    config.Execute.timeout = 120
    # Encrypt the talk with kernels, which they warn about otherwise.
    config.KernelManager.transport_encryption = "auto"
    # Feedback tells what went wrong, not how it was tested.
    config.GenerateFeedback.preprocessors = [
        nbgrader.GetGrades,
        nbgrader.ClearHiddenTests,
        ShortErrors,
        CSSHTMLHeaderPreprocessor,
    ]
    # No script that a student wrote runs in a feedback page, or in formgrader, where it could set marks.
    config.HTMLExporter.sanitize_html = True
    config.HTMLExporter.filters = FILTERS

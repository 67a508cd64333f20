"""A course folder as nbgrader knows it: its configuration, and nbgrader's own interface to it."""

import os
import re
import sys
import warnings
from pathlib import Path

from nbformat.warnings import DuplicateCellId, MissingIDFieldWarning
from nbgrader.apps.api import NbGraderAPI
from sqlalchemy.exc import SAWarning
from traitlets.config.loader import PyFileConfigLoader

from . import CourseError

CONFIG_FILE = "nbgrader_config.py"
_CONFIG = '''\
"""Settings for nbgrader, read by `nbgrader` and `hbcourse` alike when they work in this folder."""

from nbconvert.preprocessors import ClearMetadataPreprocessor, CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearHiddenTests,
    ClearOutput,
    GetGrades,
    IgnorePattern,
    LimitOutput,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
)

from hbcourse.grading.cells import DropCopies, DropStderr, QuietExecute
from hbcourse.grading.feedback import ShortErrors
from hbcourse.grading.harmless import FILTERS, HarmlessOutputs

c = get_config()
c.CourseDirectory.course_id = "hierarchical-models"
# A student may delete a test cell, or copy one, by accident: put it back, or leave the copy out.
c.OverwriteCells.add_missing_cells = True
c.Autograde.sanitize_preprocessors = [
    ClearOutput,
    DropCopies,
    OverwriteKernelspec,
    OverwriteCells,
    CheckCellMetadata,
]
# A right answer may warn or log.
c.Autograde.autograde_preprocessors = [
    QuietExecute,
    DropStderr,
    IgnorePattern,
    ClearMetadataPreprocessor,
    LimitOutput,
    SaveAutoGrades,
    AssignLatePenalties,
    HarmlessOutputs,
    CheckCellMetadata,
]
# The longest that one cell may run, in seconds.
c.Execute.timeout = 120
# Encrypt the talk with kernels, which they warn about otherwise.
c.KernelManager.transport_encryption = "auto"
# Feedback tells what went wrong, not how it was tested.
c.GenerateFeedback.preprocessors = [GetGrades, ClearHiddenTests, ShortErrors, CSSHTMLHeaderPreprocessor]
# No script that a student wrote runs in a feedback page, or in formgrader, where it could set marks.
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = FILTERS
'''


def create(folder: Path) -> None:
    """Make ``folder`` a course, or leave it as it is if it is one already."""
    config = folder / CONFIG_FILE
    if config.exists():
        return
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CourseError(
            f"{folder} is neither empty nor a course; name a new folder, or one made by hbcourse release."
        )
    folder.mkdir(parents=True, exist_ok=True)
    config.write_text(_CONFIG, encoding="utf-8")


def nbgrader_api(folder: Path) -> NbGraderAPI:
    """nbgrader's interface to the course in ``folder``."""
    if not (folder / CONFIG_FILE).exists():
        raise CourseError(f"{folder} is not a course; make one with: hbcourse release {folder}")
    config = PyFileConfigLoader(CONFIG_FILE, path=str(folder)).load_config()
    config.CourseDirectory.root = str(folder.resolve())
    # Progress is ours to show; the errors are in the result of each call.
    config.NbGraderAPI.log_level = "ERROR"
    # nbgrader starts alembic by its bare name, which is not on the path of an environment that is not activated.
    scripts = str(Path(sys.executable).parent)
    if scripts not in os.get_exec_path():
        os.environ["PATH"] = os.pathsep.join([scripts, *os.get_exec_path()])
    # nbgrader adds a submission to its session later than SQLAlchemy would like, and a student may copy a cell.
    for category in (SAWarning, DuplicateCellId, MissingIDFieldWarning):
        warnings.filterwarnings("ignore", category=category)
    return NbGraderAPI(config=config)


def failure(outcome: dict[str, object]) -> str:
    """Why a call of nbgrader's interface failed: the last exception in its log, or the one that it raised."""
    raised = re.findall(
        r"^\s*((?:\w+\.)*\w*(?:Error|Exception|Exit|Entry)\b.*)$", str(outcome.get("log")), re.MULTILINE
    )
    return raised[-1] if raised else str(outcome.get("error")).strip().splitlines()[-1]

"""A course's folder: what lies where in it, its settings, and nbgrader's interface to it."""

import contextlib
import os
import re
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from .. import CourseError

if TYPE_CHECKING:
    from nbgrader.apps.api import NbGraderAPI

_CONFIG_FILE = "nbgrader_config.py"
_CONFIG = '''\
"""Settings for nbgrader, read by `nbgrader` and `hbcourse` alike when they work in this folder."""

from hbcourse.grading import configure

c = get_config()
configure(c)
# Settings of your own follow here, and win.
'''


@dataclass(frozen=True, order=True)
class Submission:
    """What one student has handed in for one assignment: the name under which all that comes of it is kept."""

    assignment: str
    student: str


class Course:
    """A course, by its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create(self) -> None:
        """Make the folder a course, or leave it as it is if it is one already."""
        config = self.folder / _CONFIG_FILE
        if config.exists():
            return
        if self.folder.exists() and (not self.folder.is_dir() or any(self.folder.iterdir())):
            raise CourseError(
                f"{self.folder} is neither empty nor a course; name a new folder, or one made by hbcourse release."
            )
        self.folder.mkdir(parents=True, exist_ok=True)
        config.write_text(_CONFIG, encoding="utf-8")

    @cached_property
    def api(self) -> "NbGraderAPI":
        """nbgrader's interface."""
        if not (self.folder / _CONFIG_FILE).exists():
            raise CourseError(f"{self.folder} is not a course; make one with: hbcourse release {self.folder}")
        # All this takes seconds to import, in which a grader can already start.
        from nbformat.warnings import DuplicateCellId, MissingIDFieldWarning
        from nbgrader.apps.api import NbGraderAPI
        from sqlalchemy.exc import SAWarning
        from traitlets.config import Config
        from traitlets.config.loader import PyFileConfigLoader

        from .config import explained
        from .settings import configure

        # The settings of older courses stand in their files; what is new reaches them from here.
        config = Config()
        configure(config)
        # As nbgrader does, for plugins that lie beside the settings.
        if (beside := str(self.folder.resolve())) not in sys.path:
            sys.path.append(beside)
        with explained(self.config_file):
            config.merge(PyFileConfigLoader(_CONFIG_FILE, path=str(self.folder.resolve())).load_config())
        config.CourseDirectory.root = str(self.folder.resolve())
        # Progress is ours to show; the errors are in the result of each call.
        config.NbGraderAPI.log_level = "ERROR"
        # nbgrader starts alembic by its bare name, which is not on the path of an environment that is not activated.
        scripts = str(Path(sys.executable).parent)
        if scripts not in os.get_exec_path():
            os.environ["PATH"] = os.pathsep.join([scripts, *os.get_exec_path()])
        # nbgrader adds a submission to its session later than SQLAlchemy would like, and a student may copy a cell.
        for category in (SAWarning, DuplicateCellId, MissingIDFieldWarning):
            warnings.filterwarnings("ignore", category=category)
        with explained(self.config_file):
            return NbGraderAPI(config=config)

    @property
    def config_file(self) -> Path:
        """The settings, by their full path."""
        return self.folder.resolve() / _CONFIG_FILE

    def assignments(self) -> set[str]:
        """The names of all assignments."""
        return set(self.api.get_source_assignments())

    def source(self, assignment: str) -> Path:
        """The notebook with solutions and hidden tests."""
        return self.folder / "source" / assignment / f"{assignment}.ipynb"

    def checks(self, assignment: str) -> Path:
        """What tests the answers, where they are not tested by code in the notebook; nothing copies it to students."""
        return self.folder / "checks" / f"{assignment}.py"

    @property
    def secret(self) -> Path:
        """Of what the hidden inputs are made."""
        return self.folder / ".hbcourse" / "secret"

    def tables(self, assignment: str) -> Path:
        """What hints on wrong answers are looked up in."""
        return self.folder / ".hbcourse" / "tables" / f"{assignment}.zip"

    def released(self, assignment: str) -> Path:
        """The notebook that students get."""
        return self.folder / "release" / assignment / f"{assignment}.ipynb"

    def all_released(self) -> list[Path]:
        """All notebooks that students get."""
        return sorted((self.folder / "release").glob("*/*.ipynb"))

    def released_to(self, student: str, assignment: str) -> Path:
        """The notebook that this student gets, where each has one of his or her own."""
        return self.folder / "release_each" / student / assignment / f"{assignment}.ipynb"

    @property
    def inbox(self) -> Path:
        """Where students' folders lie."""
        return self.folder / "submitted"

    def handed_in(self, submission: Submission) -> Path:
        """The folder that was handed in."""
        return self.inbox / submission.student / submission.assignment

    def graded(self, submission: Submission) -> Path:
        """The notebook as it was run, for nbgrader."""
        return (
            self.folder / "autograded" / submission.student / submission.assignment / f"{submission.assignment}.ipynb"
        )

    @property
    def pages(self) -> Path:
        """Where all feedback lies."""
        return self.folder / "feedback"

    def page(self, submission: Submission) -> Path:
        """The feedback page, where nbgrader expects it."""
        return self.pages / submission.student / submission.assignment / f"{submission.assignment}.html"

    def table(self, assignment: str) -> Path:
        """The class's marks."""
        return self.folder / "grades" / f"{assignment}.csv"

    def report(self, assignment: str) -> Path:
        """The class report."""
        return self.folder / "grades" / f"{assignment}.html"

    def record(self, submission: Submission) -> Path:
        """What is kept of the submission's grading."""
        return self.folder / ".hbcourse" / "records" / submission.assignment / f"{submission.student}.json"

    def recorded(self) -> list[Submission]:
        """All submissions of whose grading anything is kept."""
        records = self.folder / ".hbcourse" / "records"
        return [Submission(file.parent.name, file.stem) for file in records.glob("*/*.json")]

    def compiled(self, assignment: str) -> Path:
        """Where the code is kept that its model solution compiles."""
        return self.folder / ".hbcourse" / "cache" / assignment

    @property
    def sections(self) -> Path:
        """Which section each student is in."""
        return self.folder / ".hbcourse" / "sections.json"

    def history(self, submission: Submission) -> Path:
        """Where all that the student has handed in for the assignment is kept."""
        return self.folder / ".hbcourse" / "history" / submission.assignment / submission.student

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One run at a time; the lock goes with the process that has it."""
        import fcntl

        (self.folder / ".hbcourse").mkdir(exist_ok=True)
        with open(self.folder / ".hbcourse" / "lock", "w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CourseError(
                    f"Another hbcourse grade is at work in {self.folder}; wait until it is done."
                ) from None
            yield


def failure(outcome: dict[str, object]) -> str:
    """Why a call of nbgrader's interface failed: the last exception in its log, or the one that it raised."""
    raised = re.findall(
        r"^\s*((?:\w+\.)*\w*(?:Error|Exception|Exit|Entry)\b.*)$", str(outcome.get("log")), re.MULTILINE
    )
    return raised[-1] if raised else str(outcome.get("error")).strip().splitlines()[-1]

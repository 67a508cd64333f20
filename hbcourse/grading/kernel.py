"""Runs a submission's cells. For now through nbgrader, in an ordinary kernel with nothing around it."""

from nbgrader.apps.api import NbGraderAPI

from .course import failure
from .preflight import Rejected

WARNING = (
    "Submissions run WITHOUT a sandbox: their code can read and change whatever you can, this course's solutions and "
    "gradebook included. Grade only people you trust, or on a machine that holds nothing else."
)


def autograde(api: NbGraderAPI, assignment: str, student: str) -> None:
    """Run the student's notebook with its tests, and put its marks into the gradebook."""
    outcome = api.autograde(assignment, student, force=True)
    if not outcome["success"]:
        reason = failure(outcome)
        if "DeadKernelError" in reason:
            raise Rejected("Its kernel died while it ran: look for exit(), or for an array too large for the memory.")
        raise Rejected(f"nbgrader could not grade it: {reason}")

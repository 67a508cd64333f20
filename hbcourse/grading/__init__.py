"""From exercise to mark: release, hand-in, grading, feedback. Only the command line imports this package."""

import sys
from typing import Any

# nbformat would spend a second on the grammar of addresses, by which jsonschema checks what no notebook holds.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


class CourseError(Exception):
    """Something that the person at the command line can put right; the message is one sentence that says how."""


def configure(config: Any) -> None:
    """Make nbgrader work in a course's folder as ``hbcourse`` does; what ``config`` is given later wins.

    Parameters
    ----------
    config : traitlets.config.Config
        What ``get_config()`` gives in the course's ``nbgrader_config.py``.
    """
    from .course import settings

    settings.configure(config)

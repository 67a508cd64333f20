"""Where the settings of older courses find nbgrader's further steps."""

from .marks.steps import DropCopies, DropStderr, QuietExecute

__all__ = ["DropCopies", "DropStderr", "QuietExecute"]

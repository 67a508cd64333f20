"""From exercise to mark: release, hand-in, grading, feedback. Only the command line imports this package."""


class CourseError(Exception):
    """Something that the person at the command line can put right; the message is one sentence that says how."""

"""The graded parts of a notebook, and what an executed notebook says of each."""

from collections.abc import Iterator
from dataclasses import dataclass

from nbformat import NotebookNode

from .. import notes


@dataclass(frozen=True)
class Part:
    """One graded cell: its points so far, what its test said, and the hint that this ends with, if any.

    ``points`` is None while a person still has to read the answer; ``by_hand`` tells whether a person gave some.
    """

    name: str
    points: float | None
    max_points: float
    message: str = ""
    hint: str = ""
    by_hand: bool = False

    @property
    def title(self) -> str:
        """The name of the task that the part tests."""
        return self.name.removeprefix("test_")


def graded_cells(notebook: NotebookNode) -> Iterator[NotebookNode]:
    """The cells that carry points."""
    return (cell for cell in notebook.cells if notes.of(cell).grade)


def message(cell: NotebookNode) -> str:
    """What went wrong in an executed test cell, in one line; empty if nothing did."""
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            if output.ename in ("KeyboardInterrupt", "CellTimeoutError"):
                return "It ran for too long and was stopped; look for a loop that does not end."
            text = " ".join(str(output.evalue).split()) or output.ename
            return text if output.ename == "CheckFailed" else f"{output.ename}: {text}"
    return ""


def hint(cell: NotebookNode) -> str:
    """The hint that the judge noted in an executed test cell."""
    return str(cell.metadata.get("hbcourse", {}).get("hint", ""))

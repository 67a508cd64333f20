"""Whose notebook it is: the cells of an exercise, known again; and the notebook of another exercise, named."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set

from nbformat import NotebookNode

from .. import notes
from .files import stem
from .reading import LONG, Cell, Notebook, plain

_HIDDEN = re.compile(r"^[^\n]*### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS[^\n]*\n?", re.MULTILINE | re.DOTALL)
#: What a line at the left margin defines: functions and classes, variables, what a with statement opens.
_DEFINES = re.compile(
    r"^(?:async +)?(?:def|class) +(\w+)"
    r"|^(\w+(?:[ \t]*,[ \t]*\w+)*)[ \t]*(?::[^=\n]*)?=(?!=)"
    r"|^with\b[^\n]*\bas +(\w+)",
    re.MULTILINE,
)
_LAYOUT = re.compile(r"\s|,(?=\s{0,99}[\])}])")
_RELEASED_ID = re.compile(r"(.+)-\d+")


class Known:
    """The cells of a released notebook, by each of the ways to know them again."""

    def __init__(self, released: NotebookNode) -> None:
        self.notes = [notes.of(cell) for cell in released.cells]
        self.texts = [plain(visible(cell.source)) for cell in released.cells]
        self.by_name = {about.name: index for index, about in enumerate(self.notes) if about.name}
        # What has the id of a test, but neither its name nor its text, has come by the id in some other way.
        editable = [index for index, about in enumerate(self.notes) if about.solution or not about.name]
        self.by_id = {released.cells[index].get("id"): index for index in editable}
        self.written = {index for index in editable if released.cells[index].cell_type != "code"}
        # Of two cells with the same text, neither is known by it.
        often = Counter(self.texts)
        self.by_text = {text: index for index, text in enumerate(self.texts) if text and often[text] == 1}
        about = released.metadata.get("hbcourse")
        self.exercise = about.get("exercise", "") if isinstance(about, dict) else ""
        self.answers = {index for index, about in enumerate(self.notes) if about.solution}

    def places(self, cells: Sequence[Cell]) -> list[int | None]:
        """For each cell of a hand-in the place of the released cell that it was, if it was one."""
        often = Counter(cell.id for cell in cells)
        named = {self.by_name.get(cell.notes.name) for cell in cells}
        return [self._place(cell, named, often[cell.id] == 1) for cell in cells]

    def _place(self, cell: Cell, named: Set[int | None], has_own_id: bool) -> int | None:
        if cell.notes.name in self.by_name:
            return self.by_name[cell.notes.name]
        if cell.plain in self.by_text:
            return self.by_text[cell.plain]
        index = self.by_id.get(cell.id) if has_own_id and not cell.notes.name else None
        # Where another cell has the name, or the cell is code and the id a text's, the id has come from elsewhere.
        return None if index in named or (cell.kind == "code" and index in self.written) else index


def visible(source: str) -> str:
    """A cell's text as students get it."""
    return _HIDDEN.sub("", source)


def same_code(one: str, other: str) -> bool:
    """Whether two texts are the same code, laid out by whatever editor."""
    return one == other or _LAYOUT.sub("", one).replace("'", '"') == _LAYOUT.sub("", other).replace("'", '"')


def is_as_handed_out(cell: Cell) -> bool:
    """Whether nbgrader noted this very text when the cell was released: the exercise may have changed since."""
    about = cell.notes
    noted = [cell.source, cell.kind, str(about.grade), str(about.solution), str(about.locked), about.name]
    noted += [str(about.points)] if about.grade else []
    return hashlib.md5("".join(noted).encode(), usedforsecurity=False).hexdigest() == about.checksum


def defined(source: str) -> set[str]:
    """The names that a text defines at its left margin."""
    found = (name for match in _DEFINES.finditer(source) for group in match.groups("") for name in group.split(","))
    return {name.strip() for name in found} - {""}


def told(notebook: Notebook) -> str:
    """The exercise that a notebook says it is, by what its release noted, else by its cells' ids; or nothing."""
    if notebook.exercise:
        return notebook.exercise
    graded = [match[1] for cell in notebook.cells if cell.notes.name and (match := _RELEASED_ID.fullmatch(cell.id))]
    name, times = Counter(graded).most_common(1)[0] if graded else ("", 0)
    return name if times > 2 else ""


def misnamed(notebook: Notebook, file: str) -> str:
    """Which exercise's notebook a file is that has another name, in one sentence; or nothing."""
    name = told(notebook)
    return (
        ""
        if not name or name.casefold() in stem(file)
        else f"{file} is the notebook of {name}: hand it in as {name}.ipynb."
    )


def foreign(notebook: Notebook, known: Known, name: str, others: Mapping[str, str]) -> str:
    """Why this is not the notebook of the exercise called ``name``, in one sentence; or nothing.

    ``others`` has the names and titles of the course's exercises.
    """
    says = told(notebook) or _by_title(notebook, others)
    if says in (name, known.exercise) and says:
        return ""
    download = f"download the notebook of {name} again, copy your answers into it, and hand that in"
    places = {place for place in known.places(notebook.cells) if place is not None}
    texts = sum(cell.plain in known.by_text for cell in notebook.cells)
    if says in others or notebook.exercise:
        # Somebody may have put this exercise's cells into the notebook of another.
        if len(places & known.answers) * 2 >= len(known.answers) and texts > 1:
            return ""
        return f"This is the notebook of {says}, not of {name}: {download}."
    if _looks_like_it(notebook, known, len(places), texts):
        return ""
    return f"This is not the notebook of {name}, and none of this course: {download}."


def _looks_like_it(notebook: Notebook, known: Known, places: int, texts: int) -> bool:
    """Whether a notebook that does not say what it is can be of the exercise: by its notes, its texts or its names."""
    asked = [names for index in known.answers if (names := defined(known.texts[index]))]
    given = set().union(*(defined(cell.source) for cell in notebook.cells if cell.kind == "code" and cell.compared))
    recovered = sum(bool(names & given) for names in asked)
    named = [cell.notes.name in known.by_name for cell in notebook.cells if cell.notes.name]
    if any(named):
        # Other courses have a cell called task_1 too.
        return sum(named) * 2 >= len(named) and (texts + recovered > 0 or not asked)
    # The text of one cell, such as its imports, may be anybody's, and so may one name.
    return places > 1 or recovered > min(1, len(asked) - 1)


def title(cells: Iterable[Cell]) -> str:
    """A notebook's title: its first heading."""
    texts = (cell.source[:LONG] for cell in cells if cell.kind == "markdown")
    return next((match[1].strip() for text in texts if (match := re.search(r"^#+ +(.+)$", text, re.MULTILINE))), "")


def _by_title(notebook: Notebook, others: Mapping[str, str]) -> str:
    heading = title(notebook.cells)
    return next((name for name, known in others.items() if heading and heading == known), "")

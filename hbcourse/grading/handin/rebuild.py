"""The notebook that is run in place of the one handed in: the released one, with the student's text in it."""

import copy
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from nbformat import NotebookNode

from .identity import Known, defined, is_as_handed_out, same_code
from .reading import Cell, Notebook

_ELSEWHERE = "# This cell was gone; its answer is in another one."
#: Lines that no sentence is: assignments, calls, imports, magics.
_CODE = re.compile(r"^\s*(?:[%!?@]|(?:import|from|def|for|if|with|print)\b)|\w\s*=|\w\(", re.MULTILINE)
#: A text of several words within code.
_QUOTED = re.compile(r"""["'](?:\w+\W+){5}""")


@dataclass
class _Places:
    """The cells of a hand-in in the exercise's order.

    Attributes
    ----------
    known : dict
        The cells that the exercise knows, by their places in it.
    own : dict
        The student's own, by the last place before them; -1 where they are the first.
    elsewhere : set
        Places of answers whose cells are gone, though another cell defines what they ask for.
    remarks : list
        About what is not run.
    """

    known: dict[int, Cell] = field(default_factory=dict)
    own: dict[int, list[Cell]] = field(default_factory=dict)
    elsewhere: set[int] = field(default_factory=set)
    remarks: list[str] = field(default_factory=list)


def rebuild(released: NotebookNode, known: Known, submitted: Notebook) -> tuple[NotebookNode, list[str]]:
    """What is run, and remarks where that is not what the student may think.

    Of the hand-in only text is taken. Its cells are known by their grade id, else by their cell id, else by their
    text. What is none of these, or comes twice, or is an edited cell that came without a task, is run as the student's
    own, where the student has it. Where the cell of a written answer is empty or gone, text beside it stands for it.
    """
    places = _places(known, submitted)
    texts = {place: [cell] for place, cell in places.known.items() if known.notes[place].solution}
    texts |= _beside(released, known, places)
    notebook = copy.copy(released)
    notebook.cells = _own(places, -1)
    for place, given in enumerate(released.cells):
        cell = copy.copy(given)
        if place in texts:
            cell.source = "\n\n".join(text.source for text in texts[place])
            pictures = {name: kinds for text in texts[place] for name, kinds in text.attachments.items()}
            if pictures and given.cell_type == "markdown":
                cell.attachments = pictures
        elif place in places.elsewhere:
            cell.source = _ELSEWHERE
        notebook.cells += [cell, *_own(places, place)]
    return notebook, places.remarks


def as_it_stands(notebook: Notebook) -> NotebookNode:
    """The notebook with its own notes, as a student's own check runs it."""
    cells = []
    for number, cell in enumerate(_each_answer_once(notebook.cells)):
        about = cell.notes
        # What is run is code, whatever an editor has made of its cell.
        runs = about.is_test or (about.solution and not about.grade)
        cells.append(node := _node(replace(cell, kind="code") if runs else cell, f"cell-{number}"))
        if about.name:
            node.metadata["nbgrader"] = NotebookNode(
                {("grade_id" if key == "name" else key): entry for key, entry in asdict(about).items()}
            )
    metadata = NotebookNode(hbcourse=NotebookNode(exercise=notebook.exercise, points=notebook.points))
    return NotebookNode(cells=cells, metadata=metadata, nbformat=4, nbformat_minor=5)


def _each_answer_once(cells: Sequence[Cell]) -> list[Cell]:
    """The cells without those that come again as they were handed out; a changed one takes the place of such a one."""
    result, first = list[Cell](), dict[str, int]()
    for cell in cells:
        place = first.setdefault(cell.notes.name, len(result)) if cell.notes.solution else len(result)
        if place < len(result) and is_as_handed_out(cell):
            continue
        if place < len(result) and is_as_handed_out(result[place]):
            result[place] = cell
        else:
            result.append(cell)
    return result


def _places(known: Known, submitted: Notebook) -> _Places:
    result, place = _Places(), -1
    cells = _each_answer_once(submitted.cells)
    found = known.places(cells)
    lost = {index: defined(known.texts[index]) for index in sorted(known.answers) if index not in found}
    for cell, index in zip(cells, found, strict=True):
        answered = _answered(cell, lost)
        result.elsewhere.update(answered)
        if index is not None and index not in result.known:
            place, about = index, known.notes[index]
            result.known[index] = cell
            same = same_code(cell.plain, known.texts[index]) or is_as_handed_out(cell)
            if not about.solution and about.name and cell.plain and not same:
                result.remarks.append(_not_run(about.name, about.is_test))
            if about.name:
                continue
        if cell.plain and (index is None or cell.plain != known.texts[index]):
            # What answers a task whose cell is gone stands in its place.
            place = answered[0] if answered and index is None else place
            result.own.setdefault(place, []).append(cell)
    if not result.known:
        result.remarks.append("No cell of the exercise is in this notebook: answers were found by what they define.")
    return result


def _answered(cell: Cell, lost: dict[int, set[str]]) -> list[int]:
    """The lost answers that a cell is the first to give, which are lost no more."""
    names = defined(cell.source) if lost and cell.kind == "code" and cell.compared else set()
    answered = [index for index, asked in lost.items() if asked & names]
    for index in answered:
        del lost[index]
    return answered


def _not_run(name: str, is_test: bool) -> str:
    if is_test:
        return f"Text in a test cell is not run: put what is written in {name} into the cell above it."
    return f"The cell {name} is run as it was handed out, without what was changed in it."


def _beside(released: NotebookNode, known: Known, places: _Places) -> Mapping[int, list[Cell]]:
    """For each answer that a person reads and whose cell is empty or gone: the student's own text that may be it."""
    found = {}
    for place, about in enumerate(known.notes):
        there = places.known.get(place)
        empty = there is None or there.plain in ("", known.texts[place]) or is_as_handed_out(there)
        if not (about.solution and about.grade and empty):
            continue
        written = released.cells[place].cell_type != "code"
        before = max((index for index in range(place) if known.notes[index].name), default=-1)
        near = [cell for index in range(before, place + 1) for cell in places.own.get(index, [])]
        everywhere = [cell for cells in places.own.values() for cell in cells]
        if text := _readable(near, written) or ([] if there else _readable(everywhere, written)):
            found[place] = text
            places.elsewhere.discard(place)
            places.remarks.append(f"The answer {about.name} is empty or gone: text beside it is read in its place.")
        elif written and any(
            cell.kind != "code" or (cell.compared and _QUOTED.search(cell.plain)) for cell in everywhere
        ):
            places.remarks.append(
                f"The answer {about.name} is empty or gone, though text in other cells may be meant for it."
            )
    claimed = {id(cell) for cells in found.values() for cell in cells}
    places.own = {
        place: [cell for cell in cells if id(cell) not in claimed] for place, cells in sorted(places.own.items())
    }
    return found


def _readable(cells: Iterable[Cell], written: bool) -> list[Cell]:
    """Those of the cells that a person may be meant to read: text, or else code that is only text; or code."""
    code = [cell for cell in cells if cell.kind == "code"]
    if not written:
        return code
    return [cell for cell in cells if cell.kind != "code"] or [
        cell for cell in code if cell.compared and _is_prose(cell.plain)
    ]


def _is_prose(text: str) -> bool:
    lines = text.splitlines()
    quoted = text.startswith(('"""', "'''")) and text.endswith(('"""', "'''"))
    return quoted or all(line.startswith("#") for line in lines) or not _CODE.search(text)


def _own(places: _Places, place: int) -> list[NotebookNode]:
    return [_node(cell, f"own-{place + 1}-{number}") for number, cell in enumerate(places.own.get(place, []))]


def _node(cell: Cell, name: str) -> NotebookNode:
    node = NotebookNode(cell_type="markdown", id=name, metadata=NotebookNode(), source=cell.source)
    if cell.kind == "code":
        node.update(cell_type="code", execution_count=None, outputs=[])
    return node

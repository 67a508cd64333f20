"""A submitted file, read as data before anything in it runs; and the notebook that is run in its place."""

import copy
import json
import os
import stat
import warnings
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbformat.v4.rwbase import rejoin_lines
from nbformat.validator import normalize

MAX_BYTES = 20_000_000
MAX_CELLS = 1000
MAX_DEPTH = 100


class Rejected(Exception):
    """Why a submission cannot be graded, in one sentence for its student."""


def read(path: Path) -> tuple[bytes, NotebookNode]:
    """The file and the notebook in it, or :class:`Rejected`."""
    content = _content(path)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise Rejected(f"{path.name} is not a text file in UTF-8 (byte {error.start}).") from None
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise Rejected(
            f"{path.name} is not valid JSON, line {error.lineno}: {error.msg.removesuffix(' at')}."
        ) from None
    except ValueError:
        raise Rejected(f"{path.name} is not valid JSON: a number in it is too long.") from None
    except RecursionError:
        raise Rejected(f"{path.name} is nested too deeply to be a notebook.") from None
    if not isinstance(document, dict) or document.get("nbformat") != 4 or not isinstance(document.get("cells"), list):
        raise Rejected(f"{path.name} is not a notebook of format 4.")
    if _is_deeper_than(MAX_DEPTH, document):
        raise Rejected(f"{path.name} is nested too deeply to be a notebook.")
    if len(document["cells"]) > MAX_CELLS:
        raise Rejected(f"{path.name} has more than {MAX_CELLS} cells.")
    try:
        # Cells without an id, or with one twice, are put right here.
        with warnings.catch_warnings(action="ignore"):
            document = normalize(document)[1]
            nbformat.validate(document)
    except (nbformat.ValidationError, TypeError, AttributeError, KeyError, ValueError) as error:
        reason = getattr(error, "message", "") or type(error).__name__
        raise Rejected(f"{path.name} is not a well-formed notebook: {reason:.200}.") from None
    # A file may hold a text as a list of its lines.
    notebook = rejoin_lines(nbformat.from_dict(document))
    language = _language(notebook)
    if language.lower() != "python":
        raise Rejected(f"{path.name} is written in {language:.40}; the exercises are in Python.")
    return content, notebook


def _content(path: Path) -> bytes:
    try:
        # Neither a link to somewhere else nor a pipe that never ends.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise Rejected(f"{path.name} is missing.") from None
    except OSError:
        raise Rejected(f"{path.name} is not a file that can be read.") from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Rejected(f"{path.name} is not a file.")
        with open(descriptor, "rb", closefd=False) as file:
            content = file.read(MAX_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(content) > MAX_BYTES:
        raise Rejected(
            f"{path.name} is larger than {MAX_BYTES // 1_000_000} MB; clear its outputs and hand it in again."
        )
    return content


def _is_deeper_than(depth: int, document: object) -> bool:
    level: list[Any] = [document]
    for _ in range(depth):
        entries = (node.values() if isinstance(node, dict) else node for node in level)
        level = [entry for some in entries for entry in some if isinstance(entry, dict | list)]
    return bool(level)


def _language(notebook: NotebookNode) -> str:
    about: Any = notebook.metadata
    for section, key in (("kernelspec", "language"), ("language_info", "name")):
        told = about.get(section)
        if isinstance(told, dict) and isinstance(told.get(key), str) and told[key]:
            return str(told[key])
    return "Python"


def rebuild(released: NotebookNode, submitted: NotebookNode) -> NotebookNode:
    """What is run: the released notebook, with the student's text in its solution cells and the student's own cells.

    Of the student's file only text is taken. Cells are known by their grade id, else by their cell id, else by their
    text; what is none of these, or comes twice, or is an edited cell that came without a task, is run as the student's
    own, where the student has it.
    """
    notebook = copy.deepcopy(released)
    known = _Known(notebook)
    own: dict[int, list[NotebookNode]] = {}
    seen: set[int] = set()
    place = -1
    for cell in submitted.cells:
        text = cell.source.encode("utf-8", "replace").decode()
        index = known.find(cell)
        if index is not None and index not in seen:
            place = index
            seen.add(index)
            given = notebook.cells[index]
            about = given.metadata.get("nbgrader", {})
            if about.get("solution"):
                given.source = text
                if given.cell_type == "markdown" and cell.get("attachments"):
                    given.attachments = cell.attachments
                continue
            if about or given.source == text:
                continue
        new = new_code_cell if cell.cell_type == "code" else new_markdown_cell
        own.setdefault(place, []).append(new(text))
    cells: list[NotebookNode] = []
    waiting = own.get(-1, [])
    for index, given in enumerate(notebook.cells):
        # The answer to a task whose cell is gone may be among the student's own: then it comes after the empty one.
        if index in seen or not given.metadata.get("nbgrader", {}).get("solution"):
            cells += waiting
            waiting = []
        cells.append(given)
        waiting = waiting + own.get(index, [])
    cells += waiting
    for number, cell in enumerate(cell for more in own.values() for cell in more):
        cell.id = f"own-{number}"
    notebook.cells = cells
    return notebook


class _Known:
    """The released cells, by each of the ways to know them again."""

    def __init__(self, released: NotebookNode) -> None:
        self.by_name: dict[object, int] = {}
        self.by_id: dict[object, int] = {}
        self.by_text: dict[str, int] = {}
        for index, cell in enumerate(released.cells):
            if name := cell.metadata.get("nbgrader", {}).get("grade_id"):
                self.by_name[name] = index
            else:
                self.by_text.setdefault(cell.source, index)
            self.by_id[cell.get("id")] = index

    def find(self, cell: NotebookNode) -> int | None:
        about = cell.metadata.get("nbgrader")
        name = about.get("grade_id") if isinstance(about, dict) else None
        if isinstance(name, str) and name in self.by_name:
            return self.by_name[name]
        return self.by_id.get(cell.get("id"), self.by_text.get(cell.source))

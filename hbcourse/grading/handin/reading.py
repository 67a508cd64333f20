"""What a notebook's file says, read for its text alone: outputs and all else are skipped, whatever they are.

A file that Jupyter would open is read, and so is one that is only nearly a notebook. Nothing of what is skipped is
built in memory, so that neither the size nor the shape of a file can hold up those who read it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Raw

from .. import notes
from ..notes import Notes
from . import files
from .document import MAX_ENTRIES, NONE, Document, document, entries, recoded, size, value
from .files import Rejected

#: Of cells that are not blank.
MAX_CELLS = 1000
#: Of one cell's text, and of one cell's pictures, in bytes; and of all cells' together.
MAX_TEXT, MAX_ALL = 5_000_000, 20_000_000
_MAX_PICTURES = 100
#: A picture within a text.
_INLINE = re.compile(rb"data:image/[\w.+-]{1,40};base64,[A-Za-z0-9+/=]*")
_SHORT = 1000
#: A longer text is no cell of an exercise, and is compared with none; and so many characters are compared in all.
LONG, _ALL_COMPARED = 20_000, 1_000_000


@dataclass(frozen=True)
class Cell:
    """One cell: its text, what it is known by, the pictures in it, and whether its text may be one of an exercise."""

    kind: Literal["code", "markdown", "raw"]
    source: str
    id: str = ""
    notes: Notes = field(default_factory=Notes)
    attachments: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    compared: bool = True

    @cached_property
    def plain(self) -> str:
        """Its text without what editors change in it by themselves."""
        return plain(self.source) if self.compared else self.source


def plain(text: str) -> str:
    """A text without spaces at the ends of its lines and empty lines around it."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


@dataclass(frozen=True)
class Notebook:
    """The readable part of a notebook.

    Attributes
    ----------
    cells : tuple of Cell
    exercise : str
        The exercise that it says it is; empty where it does not say.
    points : float
        That its exercise gives, as it says; 0 where it does not say.
    remarks : tuple of str
        What was not read, in sentences.
    """

    cells: tuple[Cell, ...]
    exercise: str = ""
    points: float = 0.0
    remarks: tuple[str, ...] = ()


class _Cell(msgspec.Struct):
    cell_type: Raw = NONE
    source: Raw = NONE
    # Where format 3 keeps code.
    input: Raw = NONE
    level: Raw = NONE
    id: Raw = NONE
    metadata: Raw = NONE
    attachments: Raw = NONE
    outputs: Raw = NONE
    execution_count: Raw = NONE


class _Metadata(msgspec.Struct):
    nbgrader: Raw = NONE
    hbcourse: Raw = NONE
    kernelspec: Raw = NONE
    language_info: Raw = NONE
    # Where Colab keeps a cell's.
    id: Raw = NONE


#: Keys whose values are short or are not read: nbgrader's notes, what a release says of itself, a kernel's language.
_NOTES = ("grade_id", "grade", "solution", "locked", "task", "points", "checksum", "exercise", "language", "name")
_Notes = msgspec.defstruct("_Notes", [(key, Raw, NONE) for key in _NOTES])


def read(path: Path) -> Notebook:
    """The notebook in this file, or :class:`Rejected`."""
    return parse(files.content(path), files.shown(path.name))


def parse(content: bytes, name: str) -> Notebook:
    """The notebook that these bytes are, or :class:`Rejected`; ``name`` is the file's."""
    parts = document(content, name)
    told = value(parts.metadata, _Metadata, _Metadata())
    about = _short(told.hbcourse)
    language = _short(told.kernelspec).get("language") or _short(told.language_info).get("name")
    listed = entries(parts.cells)
    for sheet in entries(parts.worksheets):
        if len(listed) < MAX_ENTRIES:
            listed += entries(value(sheet, Document, Document()).cells)
    cells, remarks = _cells(listed)
    if not cells:
        raise Rejected(
            f"{name} has no cells that can be read; open it in Jupyter, see that your answers are there, save it "
            "and hand it in again."
        )
    if isinstance(language, str) and re.search("[A-Za-z]", language) and "py" not in language.casefold():
        remarks = (*remarks, f"Its kernel is for {files.shown(language)}, but it is run in Python.")
    exercise = about.get("exercise")
    return Notebook(
        cells,
        exercise=files.shown(exercise) if isinstance(exercise, str) else "",
        points=notes.of({"metadata": {"nbgrader": about}}).points,
        remarks=remarks,
    )


def _cells(listed: list[Raw]) -> tuple[tuple[Cell, ...], tuple[str, ...]]:
    """The cells, and remarks about what is left out of them: pictures rather than text."""
    found, remarks, room, compared, filled = [], [], MAX_ALL, _ALL_COMPARED, 0
    for number, raw in enumerate(listed[:MAX_ENTRIES], start=1):
        cell = value(raw, _Cell, None)
        if cell is None:
            continue
        text, fault = _text(cell, min(MAX_TEXT, room))
        filled += bool(text.strip())
        if filled > MAX_CELLS or number == MAX_ENTRIES:
            remarks.append(f"Only the first {number - 1} cells of the notebook are read.")
            break
        if fault:
            remarks.append(f"Cell {number} is left out: {fault}.")
        room -= len(text)
        is_compared = len(text) <= min(LONG, compared)
        compared -= len(text) if is_compared else 0
        found.append((number, cell, text, is_compared))
    cells = []
    for number, cell, text, is_compared in found:
        large = size(cell.attachments)
        if large > min(MAX_TEXT, room):
            remarks.append(f"The pictures in cell {number} are left out: they are {large / 1e6:.1f} MB large.")
            cell.attachments, large = NONE, 0
        room -= large
        cells.append(_cell(cell, text, is_compared))
    return tuple(cells), tuple(remarks)


def _cell(cell: _Cell, text: str, compared: bool) -> Cell:
    about = value(cell.metadata, _Metadata, _Metadata())
    return Cell(
        kind=_kind(cell),
        source=text,
        id=_brief(cell.id, str, "") or _brief(about.id, str, ""),
        notes=notes.of({"metadata": {"nbgrader": _short(about.nbgrader)}}),
        attachments=_pictures(cell.attachments),
        compared=compared,
    )


def _kind(cell: _Cell) -> Literal["code", "markdown", "raw"]:
    match _brief(cell.cell_type, str, "").casefold():
        case "code":
            return "code"
        case "raw":
            return "raw"
        case "markdown" | "heading" | "html":
            return "markdown"
    runs = (cell.outputs, cell.execution_count, cell.input)
    return "markdown" if all(field is NONE for field in runs) else "code"


def _level(cell: _Cell) -> int:
    """How many signs a heading of format 3 has today."""
    return min(max(_brief(cell.level, int, 1), 1), 6) if _brief(cell.cell_type, str, "") == "heading" else 0


def _text(cell: _Cell, room: int) -> tuple[str, str]:
    """A cell's text, or what stands for it, and why that is left out."""
    raw: Raw | bytes = cell.source if cell.source is not NONE else cell.input
    if size(raw) > room:
        raw = _INLINE.sub(b"left-out", raw)
    if size(raw) > room:
        fault = f"it holds {size(raw) / 1e6:.1f} MB of text, more than a cell may have or the notebook has room for"
        told = f"This cell is left out: {fault}."
        return f"raise ValueError({told!r})" if _kind(cell) == "code" else told, fault
    text = value(raw, str | list[str], None)
    if text is None:
        text = value(recoded(bytes(raw)), str | list, "")
    told, level = _joined(text).replace("\r\n", "\n").replace("\r", "\n"), _level(cell)
    return f"{'#' * level} {told}" if level else told, ""


def _joined(lines: Any, depth: int = 0) -> str:
    """Text, or the lines of it, or lists of lines; what is none of these is no text."""
    if isinstance(lines, str):
        return lines
    return "".join(_joined(line, depth + 1) for line in lines) if isinstance(lines, list) and depth < 5 else ""


def _pictures(raw: Raw) -> dict[str, dict[str, str]]:
    """What was pasted into a cell, by name and kind."""
    named = value(raw, dict[str, Raw], {})
    found = {name: value(kinds, dict[str, str], {}) for name, kinds in list(named.items())[:_MAX_PICTURES]}
    return {name: kinds for name, kinds in found.items() if kinds and all(kind.startswith("image/") for kind in kinds)}


def _short(raw: Raw) -> dict[str, Any]:
    """The values that are read of a small table of notes, as far as they are short."""
    table = value(raw, _Notes, None)
    return (
        {}
        if table is None
        else {key: entry for key in _NOTES if (entry := _brief(getattr(table, key), object, None)) is not None}
    )


def _brief(raw: Raw, kind: type, default: Any) -> Any:
    return value(raw, kind, default) if size(raw) <= _SHORT else default

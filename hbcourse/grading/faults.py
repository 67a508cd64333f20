"""Whose fault a failed test is: the cell that raised before, which is told first."""

import builtins
import re
import symtable
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TOO_LONG = "It ran for too long and was stopped; look for a loop that does not end."
_STOPPED = ("KeyboardInterrupt", "CellTimeoutError")
_UNDEFINED = re.compile(r"name '(\w+)' is not defined")
#: Characters of a cell, and of a line in it, that are looked at; a student's text must not hold anyone up.
_LONGEST, _WIDEST = 50_000, 500
_DEFINES = re.compile(r"\s*(?:async +)?(?:def|class) +(\w+)")
_IMPORTS = re.compile(r"\s*(?:from +\S+ +)?import\b(.*)")
_ASSIGNS = re.compile(r"([\w\s,.*:\[\]()'\"|]*)=(?!=)")


@dataclass(frozen=True)
class _Cell:
    name: str
    source: str
    binds: frozenset[str]
    kind: str
    text: str

    def answers(self, name: str) -> bool:
        """Whether it should have given the name: by what it says, or since it raised in the task of that name."""
        return name in self.binds or bool(self.kind and name == self.name)

    def __str__(self) -> str:
        which = called(self.name, self.source)
        if self.kind == "NotImplementedError":
            return f"{which} is not written yet."
        if self.kind in _STOPPED:
            return f"{which} does not end: {TOO_LONG}"
        # The name of the file is IPython's own.
        text = re.sub(r"\((?:[^()]*, )?(line \d+)\)$", r"(\1)", " ".join(self.text.split())[:500])
        return f"{which} does not run: {f'{self.kind}: {text}'.rstrip(': .')}."


def called(name: str, source: str) -> str:
    """What a student knows a cell by: the name of its task, else how it begins."""
    start = next((line.strip() for line in source[:_LONGEST].splitlines() if line.strip()), "")
    return f"Your cell for `{name}`" if name else f"The cell that begins with `{start:.60}`"


class Faults:
    """The cells that have run so far, and how those ended that raised."""

    def __init__(self) -> None:
        self._cells: list[_Cell] = []

    def note(self, name: str, source: str, outputs: Iterable[Mapping[str, Any]]) -> None:
        """Add a cell that has run: its name, if it is the cell of a task, its text and its outputs."""
        ends = [(str(out["ename"])[:60], str(out["evalue"])) for out in outputs if out.get("output_type") == "error"]
        self._cells.append(_Cell(name, source, _bound(source[:_LONGEST]), *(ends[-1] if ends else ("", ""))))

    def tell(self, kind: str, text: str, names: Sequence[str]) -> tuple[str, str]:
        """What to say of a test of these names that failed with this exception: the kind of it, and the sentence.

        Where a cell that should have defined one of the names raised, that is said first; that the name is missing,
        or that it is not written yet, is then no news.
        """
        missing = _UNDEFINED.findall(text)
        faults = [self._behind(name) for name in [*missing, *names]]
        if missing and not any(cell.answers(name) for cell in self._cells for name in missing):
            # The answer's own cell, though nothing in it seems to define the name.
            faults.append(next((cell for cell in reversed(self._cells) if cell.name), None))
        fault = next((fault for fault in faults if fault is not None and fault.kind), None)
        if fault is None or (fault.kind == "NotImplementedError" and kind != "NameError"):
            return kind, text
        if kind == "NameError":
            return "CheckFailed", str(fault)
        return "CheckFailed", f"{fault} {text if kind == 'CheckFailed' else f'{kind}: {text}'}"

    def _behind(self, name: str) -> _Cell | None:
        """The cell that should have given the name and raised, or the one behind it where it lacked a name itself."""
        before = len(self._cells)
        fault = None
        while True:
            numbers = [number for number, cell in enumerate(self._cells[:before]) if cell.answers(name)]
            if not numbers or not self._cells[numbers[-1]].kind:
                return fault
            before, fault = numbers[-1], self._cells[numbers[-1]]
            missing = _UNDEFINED.search(fault.text) if fault.kind == "NameError" else None
            if missing is None:
                return fault
            name = missing[1]


def _bound(source: str) -> frozenset[str]:
    """The names that a cell seems to define, import or assign; it need not be valid Python."""
    names = set(re.findall(r"\w+", " ".join(re.findall(r"import\s*\(([^)]*)", source))))
    for line in re.split(r"[\n;]", source):
        line = line[:_WIDEST].partition("#")[0]
        names |= {name for pair in re.findall(r"\bas +(\w+)|\b(\w+) *:=", line) for name in pair if name}
        if (found := _DEFINES.match(line) or _IMPORTS.match(line)) or (
            (found := _ASSIGNS.match(line)) and not re.search(r"\w\(", found[1])
        ):
            names |= set(re.findall(r"\w+", found[1]))
        elif line.lstrip().startswith("for "):
            names |= set(re.findall(r"\w+", line.partition(" in ")[0]))
    return frozenset(names)


def asked_for(source: str) -> list[str]:
    """The names that a test uses and neither defines nor finds among Python's own."""
    top = symtable.symtable(source, "<test>", "exec")
    defined = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    used: dict[str, None] = {}
    tables = [top]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        used |= {
            s.get_name(): None for s in table.get_symbols() if s.is_referenced() and (table is top or s.is_global())
        }
    return [name for name in used if name not in defined and not hasattr(builtins, name)]

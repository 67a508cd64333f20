"""Runs a notebook's tests, where a student's code cannot reach; the student's cells run in a kernel."""

import ast
import builtins
import contextlib
import io
import json
import signal
import symtable
import time
import traceback
import warnings
from collections.abc import Iterator, Mapping
from numbers import Real
from types import FrameType
from typing import Any, NoReturn

from ..check import CheckFailed
from . import wire
from .isolation import Limits
from .questions import GRACE, Function, Kernel, KernelLost, Model, TimedOut, decoded
from .wire import Message

_HIDDEN = "### BEGIN HIDDEN TESTS"
#: Characters of output that a whole notebook may leave.
MAX_SHOWN = 20_000_000
#: Of a failed check, in characters: it goes into a cell of the table too.
_LONGEST_MESSAGE = 2000
TOO_LONG = "It ran for too long and was stopped; look for a loop that does not end."


class Judge:
    """One submission's tests."""

    def __init__(self, notebook: Message, student: str, kernel: Kernel, limits: Limits) -> None:
        self.notebook, self.kernel, self.limits = notebook, kernel, limits
        self.student = student
        self.names: dict[str, Any] = {"__name__": "judge"}
        self.fetched: set[str] = set()
        self.room = MAX_SHOWN
        self.problem = ""
        self.deadline = 0.0

    def grade(self) -> None:
        """Put into each cell of the notebook what came of it."""
        for number, cell in enumerate(cell for cell in self.notebook["cells"] if cell["cell_type"] == "code"):
            cell["outputs"], cell["execution_count"] = [], number + 1
            about = cell["metadata"].get("nbgrader") or {}
            test = about.get("grade") and not about.get("solution")
            self.deadline = time.monotonic() + self.limits.cell
            try:
                if test:
                    cell["outputs"] = self._test(cell["source"], about.get("points", 0))
                    continue
                if about.get("locked") and not about.get("solution"):
                    self._give(cell["source"])
                if not self.problem:
                    reply, _ = self.kernel.ask(self.deadline, do="run", source=cell["source"])
                    cell["outputs"] = outputs(reply.get("outputs"), self.room)
                    self.room -= len(json.dumps(cell["outputs"]))
            except TimedOut:
                cell["outputs"] = [_error("CellTimeoutError", TOO_LONG)]
            except KernelLost as lost:
                self.problem = str(lost)
                cell["outputs"] = [_error("KernelLost", self.problem)]

    def _give(self, source: str) -> None:
        """Run a cell that nobody may change, such as that of the data, here too: for whoever handed in."""
        self.names["student_id"] = self.student
        try:
            _execute(source, self.names)
        except Exception as error:
            self.problem = self.problem or f"The exercise cannot be set up for this student: {error}"
        finally:
            # A test sees the id that the student typed.
            del self.names["student_id"]

    def _test(self, source: str, most: float) -> list[Message]:
        if self.problem:
            return [_error("KernelLost", f"Not tested: the notebook was stopped before. {self.problem}")]
        printed = io.StringIO()
        try:
            with _alarm(self.limits.cell + 2 * GRACE), warnings.catch_warnings(action="ignore"):
                for name in asked_for(source):
                    if name not in self.names or name in self.fetched:
                        self._fetch(name)
                with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(None):
                    result = _execute(source, self.names)
                # A whole number may be too large.
                points = float(result) if isinstance(result, Real) else None
        except TimedOut:
            return [_error("CellTimeoutError", TOO_LONG)]
        except Exception as error:
            return [_error(*_told(error, source))]
        shown = [_stream("stdout", printed.getvalue()[:10_000])] if printed.getvalue() else []
        if points is not None:
            if not 0 <= points <= most:
                return [*shown, _error("NoPoints", f"The test gives {points:g}, not a number from 0 to {most:g}.")]
            shown.append(_result({"text/plain": repr(points)}))
        return shown

    def _fetch(self, name: str) -> None:
        self.names.pop(name, None)
        self.fetched.add(name)
        reply, blobs = self._ask([], do="get", name=name)
        match reply.get("kind"):
            case "function":
                self.names[name] = Function(name, self._ask)
            case "model":
                self.names[name] = Model(name, decoded(reply.get("structure"), blobs), self._ask)
            case "value":
                self.names[name] = decoded(reply.get("value"), blobs)
            case _ if "raised" in reply:
                self.names[name] = wire.opaque("object")

    def _ask(self, blobs: list[bytes], **question: object) -> tuple[Message, list[bytes]]:
        return self.kernel.ask(self.deadline, blobs, **question)


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


def _execute(source: str, names: dict[str, Any]) -> object:
    """Run the cell; return the value of its last expression, as a notebook would show it."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<test>", "exec"), names)  # noqa: S102
    if not isinstance(last, ast.Expr):
        return None
    return eval(compile(ast.Expression(last.value), "<test>", "eval"), names)


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> NoReturn:
        raise TimedOut

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _told(error: Exception, source: str) -> tuple[str, str]:
    """What a student may read of a failed test: a check's own words; nothing that quotes a hidden line."""
    if isinstance(error, CheckFailed):
        # It may list the names that a student gave.
        return "CheckFailed", str(error)[:_LONGEST_MESSAGE]
    lines = [at.lineno or 0 for at in traceback.extract_tb(error.__traceback__) if at.filename == "<test>"]
    before, marker, _ = source.partition(_HIDDEN)
    if marker and max(lines, default=0) > before.count("\n"):
        return type(error).__name__, "A hidden test failed."
    return type(error).__name__, " ".join(str(error).split())[:500]


def _error(kind: str, text: str) -> Message:
    return {"output_type": "error", "ename": kind, "evalue": text, "traceback": [text]}


def _stream(name: str, text: str) -> Message:
    return {"output_type": "stream", "name": name, "text": text}


def _result(data: Mapping[str, str]) -> Message:
    return {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": None}


def outputs(told: object, room: int = MAX_SHOWN) -> list[Message]:
    """What the kernel says that a cell printed and showed: texts and images, as long as they fit into ``room``."""
    shown = []
    for said in told if isinstance(told, list) else []:
        output = _output(said)
        size = len(json.dumps(output))
        if output is not None and size <= room:
            shown.append(output)
            room -= size
    return shown


def _output(said: object) -> Message | None:
    match said:
        case {"output_type": "stream", "name": "stdout" | "stderr" as name, "text": str(text)}:
            return _stream(name, text)
        case {"output_type": "error", "ename": str(name), "evalue": str(text), "traceback": [*lines]}:
            lines = [line for line in lines if isinstance(line, str)]
            return {"output_type": "error", "ename": name, "evalue": text, "traceback": lines}
        case {"output_type": "display_data" | "execute_result" as kind, "data": dict(data)}:
            texts = {mime: text for mime, text in data.items() if isinstance(text, str)}
            return _result(texts) if kind == "execute_result" else {"output_type": kind, "data": texts, "metadata": {}}
    return None

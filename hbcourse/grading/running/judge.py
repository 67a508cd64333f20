"""Runs a notebook's tests, where a student's code cannot reach; the student's cells run in a kernel."""

import ast
import contextlib
import io
import json
import signal
import time
import traceback
import warnings
from collections.abc import Iterator, Mapping
from numbers import Real
from types import FrameType
from typing import Any, NoReturn

from ...check import CheckFailed
from .. import notes
from ..faults import TOO_LONG, Faults, asked_for
from ..walls.limits import Limits
from .kernel_client import GRACE, Kernel, KernelLost, TimedOut, fetch
from .wire import Message

_HIDDEN = "### BEGIN HIDDEN TESTS"
#: Characters of output that a whole notebook may leave.
MAX_SHOWN = 20_000_000
#: Of a failed check, in characters: it goes into a cell of the table too.
_LONGEST_MESSAGE = 2000


class Judge:
    """One submission's tests."""

    def __init__(self, notebook: Message, student: str, kernel: Kernel, limits: Limits) -> None:
        self.notebook, self.kernel, self.limits = notebook, kernel, limits
        self.student = student
        self.names: dict[str, Any] = {"__name__": "judge"}
        self.fetched: set[str] = set()
        self.faults = Faults()
        self.room = MAX_SHOWN
        self.problem = ""
        self.hint = ""
        self.deadline = 0.0

    def grade(self) -> None:
        """Put into each cell of the notebook what came of it."""
        for number, cell in enumerate(cell for cell in self.notebook["cells"] if cell["cell_type"] == "code"):
            cell["outputs"], cell["execution_count"] = [], number + 1
            about = notes.of(cell)
            self.deadline = time.monotonic() + self.limits.cell
            try:
                if about.is_test:
                    self.hint = ""
                    self._share_imports(cell["source"])
                    cell["outputs"] = self._test(cell["source"], about.points)
                    if self.hint:
                        cell["metadata"]["hbcourse"] = {"hint": self.hint}
                    continue
                if about.is_given:
                    self._give(cell["source"])
                if not self.problem:
                    cell["outputs"] = self._run(cell["source"])
            except TimedOut:
                cell["outputs"] = [_error("CellTimeoutError", TOO_LONG)]
            except KernelLost as lost:
                self.problem = str(lost)
                cell["outputs"] = [_error("KernelLost", self.problem)]
            self.faults.note(about.name, cell["source"], cell["outputs"])

    def _run(self, source: str) -> list[Message]:
        reply, _ = self.kernel.ask(self.deadline, do="run", source=source)
        shown = outputs(reply.get("outputs"), self.room)
        self.room -= len(json.dumps(shown))
        return shown

    def _share_imports(self, source: str) -> None:
        """Import for the student what the visible test imports: in the notebook, later cells have found it there."""
        shared = visible_imports(source)
        if shared and not self.problem:
            self.kernel.ask(self.deadline, do="run", source=shared)

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
        printed, names = io.StringIO(), []
        try:
            with _alarm(self.limits.cell + 2 * GRACE), warnings.catch_warnings(action="ignore"):
                names = asked_for(source)
                for name in names:
                    if name not in self.names or name in self.fetched:
                        self._fetch(name)
                with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
                    result = _execute(source, self.names)
                # A whole number may be too large.
                points = float(result) if isinstance(result, Real) else None
        except TimedOut:
            return [_error("CellTimeoutError", TOO_LONG)]
        except Exception as error:
            self.hint = error.hint[:_LONGEST_MESSAGE] if isinstance(error, CheckFailed) else ""
            return [_error(*self.faults.tell(*_told(error, source), names))]
        shown = [_stream("stdout", printed.getvalue()[:10_000])] if printed.getvalue() else []
        if points is not None:
            if not 0 <= points <= most:
                return [*shown, _error("NoPoints", f"The test gives {points:g}, not a number from 0 to {most:g}.")]
            shown.append(_result({"text/plain": repr(points)}))
        return shown

    def _fetch(self, name: str) -> None:
        self.names.pop(name, None)
        self.fetched.add(name)
        with contextlib.suppress(KeyError):
            self.names[name] = fetch(self._ask, name)

    def _ask(self, blobs: list[bytes], **question: object) -> tuple[Message, list[bytes]]:
        return self.kernel.ask(self.deadline, blobs, **question)


def visible_imports(source: str) -> str:
    """The imports at the top level of the part of a test that students have."""
    try:
        body = ast.parse(source.partition(_HIDDEN)[0]).body
    except SyntaxError:
        # The test itself will say so.
        return ""
    return "\n".join(ast.unparse(node) for node in body if isinstance(node, ast.Import | ast.ImportFrom))


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

"""The trusted side: drives a kernel through a notebook, runs the tests itself, and never believes what it is told.

Started by the pool, with one socket, outside of any sandbox. For each submission it forks: the child reads the job,
grades it, writes the outcome and ends, so that nothing of one submission is left for the next.
"""

import ast
import builtins
import contextlib
import ctypes
import gc
import io
import json
import os
import resource
import secrets
import signal
import socket
import symtable
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from numbers import Real
from types import FrameType
from typing import Any, NoReturn

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output

from ..check import CheckFailed
from . import wire
from .isolation import Limits
from .kernel import INTERRUPT, import_all
from .wire import Message

#: Seconds that an interrupted kernel has to say so.
_GRACE = 2.0
_PR_SET_PDEATHSIG = 1
_HIDDEN = "### BEGIN HIDDEN TESTS"
TOO_LONG = "It ran for too long and was stopped; look for a loop that does not end."


class KernelLost(BaseException):
    """The kernel is gone or talks nonsense; the message says why, for the student. No test may catch it."""


class WorkerLost(BaseException):
    """What went away was not the student's: the whole submission must be graded again."""


class TimedOut(BaseException):
    """The student's code took too long, and was stopped. No test may catch it."""


class Kernel:
    """The judge's end of the wire: one question, one answer, each by a deadline."""

    def __init__(self, end: socket.socket, control: socket.socket, limits: Limits) -> None:
        self.end, self.control, self.limits = end, control, limits
        started, _ = self._receive(time.monotonic() + 60, starting=True)
        if started != {"ready": True}:
            raise WorkerLost("no kernel came up")

    def ask(self, deadline: float, blobs: list[bytes] | None = None, **question: object) -> tuple[Message, list[bytes]]:
        """The answer; TimedOut if it had to be interrupted, KernelLost if there is none."""
        # Unknown beforehand, so that no answer can be prepared.
        number = secrets.token_hex(8)
        try:
            try:
                wire.send(self.end, {"id": number, **question}, blobs or [], deadline)
            except wire.Late:
                raise KernelLost("It ran for too long and did not listen any more.") from None
            try:
                reply, out = self._receive(deadline)
            except wire.Late:
                with contextlib.suppress(OSError):
                    self.control.sendall(INTERRUPT)
                try:
                    reply, out = self._receive(time.monotonic() + _GRACE)
                except wire.Late:
                    raise KernelLost("It ran for too long and did not let itself be interrupted.") from None
                if reply.get("id") == number and "outputs" in reply:
                    return reply, out
                raise TimedOut from None
        except wire.Closed:
            self._say_why()
        except wire.WireError as error:
            raise KernelLost(f"Its kernel gave an answer that cannot be read ({error}).") from None
        if reply.get("id") != number:
            raise KernelLost("Its code disturbed the grader's questions, so that no answer can be believed.")
        if reply.get("interrupted"):
            raise TimedOut
        return reply, out

    def processor_time(self) -> float:
        """Seconds that the kernel says it used; none if it is gone."""
        try:
            told = self.ask(time.monotonic() + _GRACE, do="processor_time")[0].get("value")
        except (KernelLost, TimedOut, WorkerLost):
            return 0.0
        return told if isinstance(told, float) else 0.0

    def _receive(self, deadline: float, starting: bool = False) -> tuple[Message, list[bytes]]:
        try:
            return wire.receive(self.end, deadline)
        except wire.WireError:
            if starting:
                raise WorkerLost("no kernel came up") from None
            raise

    def _say_why(self) -> NoReturn:
        self.control.settimeout(_GRACE)
        try:
            end = json.loads(self.control.recv(4096))
        except (OSError, ValueError):
            # It closed its wire and runs on, or the warm parent itself is gone.
            end = {"reason": "closed", "code": 0} if self._parent_lives() else None
        if end is None:
            raise WorkerLost("the parent of the kernels is gone")
        raise KernelLost(_reason(end["reason"], end["code"]))

    def _parent_lives(self) -> bool:
        try:
            self.control.sendall(INTERRUPT)
        except OSError:
            return False
        return True


def _reason(reason: str, code: int) -> str:
    if reason == "memory" or code == -signal.SIGKILL:
        return "It used more memory than it may; look for a very large array."
    if reason == "time":
        return "It ran for too long in all; look for a loop that does not end."
    if reason == "closed":
        return "Its code closed the grader's connection."
    if code < 0:
        return f"Its kernel crashed ({signal.Signals(-code).name})."
    return "Its kernel ended while it ran; look for exit()."


class _Function:
    """A stand-in for a student's function: calls it where it lives."""

    def __init__(self, name: str, ask: Callable[..., tuple[Message, list[bytes]]]) -> None:
        self.__name__, self._ask = name, ask

    def __call__(self, *positional: object, **named: object) -> object:
        blobs: list[bytes] = []
        arguments = wire.encode([positional, named], blobs)
        return _value(*self._ask(do="call", name=self.__name__, arguments=arguments, blobs=blobs))

    def __repr__(self) -> str:
        return f"<function {self.__name__}>"


class _Model:
    """A stand-in for a student's model: its structure as the student tells it, and its log density, to be compared."""

    def __init__(self, name: str, structure: object, ask: Callable[..., tuple[Message, list[bytes]]]) -> None:
        self.structure, self._name, self._ask = structure, name, ask

    def log_density(self, points: object) -> object:
        blobs: list[bytes] = []
        encoded = wire.encode(points, blobs)
        return _value(*self._ask(do="log_density", name=self._name, points=encoded, blobs=blobs))


def _decoded(node: object, blobs: list[bytes]) -> object:
    try:
        return wire.decode(node, blobs)
    except wire.WireError:
        return wire.Opaque()


def _value(reply: Message, blobs: list[bytes]) -> object:
    raised = reply.get("raised")
    if isinstance(raised, dict):
        raise _exception(*(str(raised.get(key, ""))[:500] for key in ("type", "text", "function")))
    return _decoded(reply.get("value"), blobs)


def _exception(kind: str, text: str, function: str) -> Exception:
    """An exception as the student's code raised it."""
    found = getattr(builtins, kind, None)
    # Not those that need more than a text, nor those that end a loop of the test's as if all were well.
    unfit = (UnicodeError, ExceptionGroup, StopIteration, StopAsyncIteration)
    if not (isinstance(found, type) and issubclass(found, Exception)) or issubclass(found, unfit):
        found = type("".join(c for c in kind if c.isalnum() or c == "_") or "Exception", (Exception,), {})
    error: Exception = found(text)
    error.function = function  # type: ignore[attr-defined]
    return error


class Judge:
    """One submission's tests."""

    def __init__(self, notebook: NotebookNode, student: str, kernel: Kernel, limits: Limits) -> None:
        self.notebook, self.kernel, self.limits = notebook, kernel, limits
        self.student = student
        self.names: dict[str, Any] = {"__name__": "judge"}
        self.fetched: set[str] = set()
        self.problem = ""
        self.deadline = 0.0

    def grade(self) -> None:
        """Put into each cell of the notebook what came of it."""
        for number, cell in enumerate(cell for cell in self.notebook.cells if cell.cell_type == "code"):
            cell.outputs, cell.execution_count = [], number + 1
            about = cell.metadata.get("nbgrader") or {}
            test = about.get("grade") and not about.get("solution")
            self.deadline = time.monotonic() + self.limits.cell
            try:
                if test:
                    cell.outputs = self._test(cell.source, about.get("points", 0))
                    continue
                if about.get("locked") and not about.get("solution"):
                    self._give(cell.source)
                if not self.problem:
                    reply, _ = self.kernel.ask(self.deadline, do="run", source=cell.source)
                    cell.outputs = outputs(reply.get("outputs"))
            except KernelLost as lost:
                self.problem = str(lost)
                cell.outputs = [_error("KernelLost", self.problem)]

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

    def _test(self, source: str, most: float) -> list[NotebookNode]:
        if self.problem:
            return [_error("KernelLost", f"Not tested: the notebook was stopped before. {self.problem}")]
        printed = io.StringIO()
        try:
            with _alarm(self.limits.cell + 2 * _GRACE), warnings.catch_warnings(action="ignore"):
                for name in asked_for(source):
                    if name not in self.names or name in self.fetched:
                        self._fetch(name)
                with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(None):
                    result = _execute(source, self.names)
        except TimedOut:
            return [_error("CellTimeoutError", TOO_LONG)]
        except Exception as error:
            return [_error(*_told(error, source))]
        shown = [new_output("stream", name="stdout", text=printed.getvalue()[:10_000])] if printed.getvalue() else []
        if isinstance(result, Real):
            points = float(result)
            if not 0 <= points <= most:
                return [*shown, _error("NoPoints", f"The test gives {points:g}, not a number from 0 to {most:g}.")]
            shown.append(new_output("execute_result", {"text/plain": repr(points)}))
        return shown

    def _fetch(self, name: str) -> None:
        self.names.pop(name, None)
        self.fetched.add(name)
        reply, blobs = self._ask([], do="get", name=name)
        match reply.get("kind"):
            case "function":
                self.names[name] = _Function(name, self._ask)
            case "model":
                self.names[name] = _Model(name, _decoded(reply.get("structure"), blobs), self._ask)
            case "value":
                self.names[name] = _decoded(reply.get("value"), blobs)
            case _ if "raised" in reply:
                self.names[name] = wire.Opaque()

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
        return "CheckFailed", str(error)
    lines = [at.lineno or 0 for at in traceback.extract_tb(error.__traceback__) if at.filename == "<test>"]
    before, marker, _ = source.partition(_HIDDEN)
    if marker and max(lines, default=0) > before.count("\n"):
        return type(error).__name__, "A hidden test failed."
    return type(error).__name__, " ".join(str(error).split())[:500]


def _error(kind: str, text: str) -> NotebookNode:
    return new_output("error", ename=kind, evalue=text, traceback=[text])


def outputs(told: object) -> list[NotebookNode]:
    """What the kernel says that a cell printed and showed, as far as it is well-formed and not too much."""
    shown = []
    for output in told[:300] if isinstance(told, list) else []:
        try:
            node = nbformat.from_dict(output)
            if len(json.dumps(node)) < 4_000_000:
                nbformat.validate(node, ref="output", version=4)
                shown.append(node)
        except (nbformat.ValidationError, TypeError, ValueError, AttributeError, RecursionError):
            continue
    return shown


def main() -> None:
    """Serve until the socket given as the first argument closes; the second lists the modules to import before."""
    requests = socket.socket(fileno=int(sys.argv[1]))
    warnings.filterwarnings("ignore", message=".*multi-threaded.*fork", category=DeprecationWarning)
    import_all(json.loads(sys.argv[2]))
    # What is built at its first use, each fork would build again.
    outputs([new_output("stream"), new_output("display_data"), _error("", "")])
    gc.collect()
    gc.freeze()
    requests.sendall(b"r")
    while True:
        message, descriptors, _, _ = socket.recv_fds(requests, 16, 3)
        _reap()
        if not message:
            return
        if os.fork() == 0:
            status = 1
            try:
                requests.close()
                _grade_one(*(socket.socket(fileno=number) for number in descriptors))
                status = 0
            finally:
                os._exit(status)
        for number in descriptors:
            os.close(number)


def _reap() -> None:
    """Take note of the children that have ended."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _grade_one(result: socket.socket, end: socket.socket, control: socket.socket) -> None:
    """Read a job from ``result``, grade it, and write there what came of it."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    job, blobs = wire.receive(result)
    limits = Limits(**job["limits"])
    # A student's data must not fill the machine's memory here either.
    resource.setrlimit(resource.RLIMIT_DATA, (max(limits.memory, 2 << 30) + (4 << 30),) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (int(limits.total) + 60,) * 2)
    notebook = nbformat.from_dict(json.loads(blobs[0]))
    started, processor = time.monotonic(), time.process_time()
    try:
        kernel = Kernel(end, control, limits)
        forked = time.monotonic()
        kernel.ask(forked + limits.cell, blobs[1:], do="files", names=job["files"])
        judge = Judge(notebook, job["student"], kernel, limits)
        judge.grade()
    except WorkerLost as lost:
        wire.send(result, {"lost": str(lost)})
        return
    seconds = {
        "fork": forked - started,
        "kernel": 0.0 if judge.problem else kernel.processor_time(),
        "judge": time.process_time() - processor,
        "total": time.monotonic() - started,
    }
    wire.send(result, {"problem": judge.problem, "seconds": seconds}, [json.dumps(notebook).encode()])


if __name__ == "__main__":
    main()

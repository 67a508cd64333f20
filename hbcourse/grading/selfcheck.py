"""What a student can find out alone: which tests of a notebook pass. Needs no nbgrader.

Students run it in PowerShell, in a Mac's terminal, in Colab or JupyterLab, in folders with spaces and umlauts, on
consoles that know 256 characters, and on whatever file they have. They get a line for each task, or one sentence that
says what to do.
"""

import asyncio
import atexit
import contextlib
import io
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_event_loop
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from rich.console import Console
from rich.markup import escape
from traitlets.config import Config

from . import CourseError, handin, notes
from .faults import Faults, asked_for, called
from .marks.parts import Part, message
from .shown import plain

#: What a test prints of an answer whose value only the grader checks.
_LATER = "after you hand it in"
#: Seconds for a cell; and those that it has to end once it is interrupted.
TIMEOUT, _GRACE = 120, 10
#: And those after which a student is told which cell it is.
_SLOW = 8


@dataclass(frozen=True)
class Checked(Part):
    """A graded part, and what its test has printed where only the grader can tell whether the answer is right."""

    later: str = ""


def check(path: Path, task: str = "") -> list[Checked]:
    """Run the notebook from top to bottom in a fresh kernel, and report each graded part.

    With ``task``, run the cells before the test of this task and no other test, and report that one.
    """
    notebook = _read(path)
    whole = not task
    if task:
        notebook.cells = _up_to(notebook.cells, task)
    if not any(notes.of(cell).grade for cell in notebook.cells):
        raise CourseError(f"{path.name} has no graded parts: is it an exercise of this course?")
    _run(notebook, path.parent)
    faults = Faults()
    parts: dict[str, Checked] = {}
    for cell in notebook.cells:
        about, told = notes.of(cell), message(cell)
        if not about.grade:
            faults.note(about.name, cell.source, cell.get("outputs", []))
            # A cell that draws the student's own data, say, without an id to draw them by.
            if about.is_given and told:
                raise CourseError(f"The notebook cannot be checked yet: {told}")
            continue
        later = "" if told else _printed(cell)
        points = None if about.solution or later else 0.0 if told else about.points
        part = Checked(about.name, points, about.points, _with_fault(faults, cell) if told else "", later=later)
        # Of a cell that was copied, the first counts.
        parts.setdefault(about.name, part)
    # Where an editor has spoiled the points of one, there is nothing to compare.
    most = [part.max_points for part in parts.values()]
    if whole and all(most) and sum(most) < notebook.metadata.hbcourse.points:
        raise CourseError(f"{path.name} has lost a test: copy your answers into a fresh download of it.")
    return list(parts.values())


def _printed(test: NotebookNode) -> str:
    """What a test that passed says of an answer that is checked later; empty if it says nothing of that."""
    text = "".join(output.text for output in test.get("outputs", []) if output.output_type == "stream")
    return text.strip().removeprefix("✓ ") if _LATER in text else ""


def _up_to(cells: Sequence[NotebookNode], task: str) -> list[NotebookNode]:
    """The cells before the test of a task and that test, without other tests."""
    tests = {notes.of(cell).name: number for number, cell in enumerate(cells) if notes.of(cell).is_test}
    if (name := f"test_{task.removeprefix('test_')}") not in tests:
        there = ", ".join(test.removeprefix("test_") for test in tests)
        raise CourseError(f"There is no task {task!r} in this notebook; there are: {there}.")
    return [
        cell
        for number, cell in enumerate(cells[: tests[name] + 1])
        if not notes.of(cell).grade or number == tests[name]
    ]


def _read(path: Path) -> NotebookNode:
    """The notebook that is run: the texts of the file's cells, and nbgrader's notes of them."""
    try:
        # A link is the student's own.
        read = handin.read(Path(os.path.realpath(path)))
    except handin.Rejected as rejection:
        raise CourseError(str(rejection)) from None
    if remark := handin.misnamed(read, path.name):
        _console().print(_safe(remark), soft_wrap=True, highlight=False)
    return handin.as_it_stands(read)


class _ThisPython(AsyncKernelManager):
    """Kernels of the Python that runs the check, whatever the notebook or the machine calls a kernel."""

    @property
    def kernel_spec(self) -> KernelSpec:
        return KernelSpec(**get_kernel_dict(["--ext=hbcourse.grading.streams"]))


class _Client(NotebookClient):
    """Ends the kernel, and says in which cell, where it does not obey an interrupt or sends no more messages."""

    stopped = False

    async def async_start_new_kernel(self, **options: Any) -> None:
        await super().async_start_new_kernel(**options)
        running = asyncio.current_task()

        def stop() -> None:
            self.stopped = True
            if running is not None:
                running.cancel()

        # On Windows, Ctrl-C raises KeyboardInterrupt by itself.
        with contextlib.suppress(NotImplementedError, RuntimeError):
            for number in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, stop)

    async def async_execute_cell(self, cell: NotebookNode, *place: Any, **options: Any) -> NotebookNode:
        which = called(notes.of(cell).name, cell.source)
        # A loop that does not end would otherwise say nothing for two minutes.
        slow = asyncio.get_running_loop().call_later(_SLOW, _tell_slow, which)
        async with asyncio.timeout(TIMEOUT + _GRACE) as limit:
            try:
                return await super().async_execute_cell(cell, *place, **options)
            except DeadKernelError:
                if limit.expired():
                    raise CourseError(
                        f"{which} ran for more than {TIMEOUT} seconds and could not be interrupted; look for a loop "
                        "that does not end."
                    ) from None
                raise CourseError(
                    f"{which} ended the kernel, most likely for lack of memory; look for a very large array."
                ) from None
            finally:
                slow.cancel()


def _tell_slow(which: str) -> None:
    text = f"{which} has been running for {_SLOW} seconds; it is stopped after {TIMEOUT}."
    print(plain.line(text), file=sys.stderr, flush=True)


def _run(notebook: NotebookNode, folder: Path) -> None:
    # On Windows, the usual loop cannot wait for a kernel's messages.
    ensure_event_loop(prefer_selector_loop=True)
    client = _Client(
        notebook,
        timeout=TIMEOUT,
        kernel_manager_class=_ThisPython,
        allow_errors=True,
        interrupt_on_timeout=True,
        shutdown_kernel="immediate",
        resources={"metadata": {"path": folder}},
        config=Config(KernelManager={"transport_encryption": "auto"}),
    )
    try:
        # The kernel's own log would mean nothing to a student.
        client.execute(stderr=subprocess.DEVNULL)
    except (CourseError, asyncio.CancelledError):
        if client.stopped:
            raise KeyboardInterrupt from None
        raise
    except RuntimeError as error:
        # At exit, it would look for a kernel to end, and end in a traceback itself.
        atexit.unregister(client._cleanup_kernel)
        raise CourseError(f"No kernel starts here ({error}); try: pip install --force-reinstall ipykernel") from None


def _with_fault(faults: Faults, test: NotebookNode) -> str:
    """What went wrong in a test that failed, in one line: first the answer's own error, if it has one."""
    error = next(output for output in test.outputs if output.output_type == "error")
    try:
        names = asked_for(test.source)
    except (SyntaxError, ValueError):
        # Somebody has edited it.
        names = []
    kind, text = faults.tell(error.ename, error.evalue, names)
    return message(NotebookNode(outputs=[NotebookNode(output_type="error", ename=kind, evalue=text)]))


def show(parts: Sequence[Checked]) -> None:
    """One line for each part of a student's own notebook, then the sum."""
    console = _console()
    passes, fails = _marks(console)
    for part in parts:
        if part.later:
            console.print(f"[yellow]{passes}[/] {_safe(part.later)}", soft_wrap=True, highlight=False)
        elif part.points is None:
            console.print(f"[yellow]?[/] {_safe(part.title)}: a person will read it, {part.max_points:g} points")
        elif part.message:
            told = f"[red]{fails}[/] {_safe(part.title)}: {_safe(part.message)}"
            console.print(told, soft_wrap=True, highlight=False)
        else:
            console.print(f"[green]{passes}[/] {_safe(part.title)}: {part.max_points:g} of {part.max_points:g} points")
    tested = [part for part in parts if part.points is not None]
    passed, possible = sum(p.points or 0 for p in tested), sum(p.max_points for p in tested)
    later = sum(part.max_points for part in parts if part.later)
    more = f"; {later:g} more {'is' if later == 1 else 'are'} checked {_LATER}" if later else ""
    console.print(
        f"\nThe visible tests give {passed:g} of {possible:g} points{more}. The grader tests more than they do."
    )


def _safe(text: str) -> str:
    return escape(plain.line(text))


def _console() -> Console:
    """Standard output, which takes what students and hints say even where it cannot show all of it."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="namereplace")
    return Console()


def _marks(console: Console) -> tuple[str, str]:
    """The signs for what passes and what fails, as far as the console can show them."""
    try:
        "✓✗".encode(console.encoding)
    except UnicodeEncodeError:
        return "+", "x"
    return "✓", "✗"

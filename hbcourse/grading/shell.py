"""What a forked child does: run a student's cells in IPython, and answer the judge's questions about their names.

All of it is in the student's reach. Nothing that comes from here is believed to be more than what a student says.
"""

import builtins
import contextlib
import os
import signal
import socket
import sys
import time
import traceback
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from . import wire
from .wire import Message

#: Characters of output that a cell may leave.
MAX_OUTPUT = 200_000
_MAX_OUTPUTS = 200


class Outputs:
    """The outputs of one cell, in nbformat's form, as long as they are not too many."""

    def __init__(self) -> None:
        self.cells: list[Message] = []
        self.room = MAX_OUTPUT

    def add(self, kind: str, size: int, **content: object) -> None:
        if self.room > 0 and len(self.cells) < _MAX_OUTPUTS:
            self.cells.append({"output_type": kind, **content})
            self.room -= size
            if self.room <= 0 or len(self.cells) == _MAX_OUTPUTS:
                self.cells.append({"output_type": "stream", "name": "stderr", "text": "[More output was left out.]\n"})

    def write(self, name: str, text: str) -> None:
        text = text[: max(self.room, 0)]
        last = self.cells[-1] if self.cells else {}
        if last.get("output_type") == "stream" and last.get("name") == name and self.room > len(text):
            last["text"] += text
            self.room -= len(text)
        elif text:
            self.add("stream", len(text), name=name, text=text)

    def show(self, kind: str, data: dict[str, Any]) -> None:
        texts = {kind: b64encode(entry).decode() if isinstance(entry, bytes) else entry for kind, entry in data.items()}
        data = {kind: entry for kind, entry in texts.items() if isinstance(entry, str)}
        # What is too large, such as a great picture, is shown as text.
        size = sum(map(len, data.values()))
        if size > 10 * MAX_OUTPUT:
            data, size = {"text/plain": data.get("text/plain", "[Left out: too large.]")}, 0
        self.add(kind, size // 10, data=data)


class _Stream:
    encoding, errors, closed = "utf-8", "strict", False

    def __init__(self, shell: "Shell", name: str) -> None:
        self.shell, self.name = shell, name

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self.shell.outputs.write(self.name, text)
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return 1


class _Publisher(DisplayPublisher):
    shell: "Shell"

    def publish(self, data: Any, metadata: Any = None, source: Any = None, **options: Any) -> None:
        self.shell.outputs.show("display_data", data)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.outputs = Outputs()


class _Hook(DisplayHook):
    shell: "Shell"

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        self.shell.outputs.show("execute_result", format_dict)


class Shell(InteractiveShell):
    """IPython whose outputs are collected, as a notebook's would be."""

    displayhook_class = _Hook
    display_pub_class = _Publisher

    def __init__(self, **options: Any) -> None:
        self.outputs = Outputs()
        super().__init__(**options)

    def init_hooks(self) -> None:
        super().init_hooks()
        self.set_hook("show_in_pager", lambda *_: None, priority=0)

    @contextlib.contextmanager
    def _tee(self, channel: str) -> Iterator[None]:
        # IPython would keep all that is printed, for a magic that nobody uses here.
        yield

    def enable_gui(self, gui: str | None = None) -> None:
        pass

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        text = "\n".join(stb)[-MAX_OUTPUT // 4 :]
        self.outputs.add("error", 0, ename=etype.__name__, evalue=str(evalue)[:2000], traceback=text.splitlines()[:200])

    def run(self, source: str) -> list[Message]:
        """Run one cell; return its outputs."""
        self.outputs = Outputs()
        out, err = _Stream(self, "stdout"), _Stream(self, "stderr")
        with _interruptible(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            self.run_cell(source, store_history=True)
        return self.outputs.cells


def prepare() -> Shell:
    """The shell that children inherit, made before the fork since it takes longer than a fork."""
    config = Config()
    # Its thread would not survive the fork, and its file would be shared.
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.xmode = "Context"
    shell: Shell = Shell.instance(config=config)
    shell.run("import numpy; numpy.arange(3)")
    shell.reset(new_session=True)
    return shell


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Let the parent's SIGINT stop a student's code, and nothing else."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def serve(end: socket.socket) -> None:
    """Answer the judge until it is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    builtins.input = _no_input
    # As in a notebook, where what lies beside it can be imported.
    sys.path.insert(0, "")
    sys.stdin = open(os.devnull)  # noqa: SIM115
    shell: Shell = Shell.instance()
    wire.send(end, {"ready": True})
    answers: dict[str, Callable[..., Message]] = {
        "files": _files,
        "processor_time": lambda message, blobs, out: {"value": time.process_time()},
        "run": lambda message, blobs, out: {"outputs": shell.run(message["source"])},
        "get": lambda message, blobs, out: _get(shell.user_ns, message, out),
        "call": lambda message, blobs, out: _call(shell.user_ns, message, blobs, out),
        "log_density": lambda message, blobs, out: _log_density(shell.user_ns, message, blobs, out),
    }
    while True:
        try:
            message, blobs = wire.receive(end)
        except wire.Closed:
            return
        out: list[bytes] = []
        try:
            reply = answers[message["do"]](message, blobs, out)
        except KeyboardInterrupt:
            reply, out = {"interrupted": True}, []
        except BaseException as error:
            reply, out = {"raised": _described(error)}, []
        wire.send(end, {"id": message["id"], **reply}, out)


def _no_input(prompt: object = "") -> NoReturn:
    raise EOFError("Nobody is there to type an answer while the notebook is graded.")


def _files(message: Message, blobs: list[bytes], out: list[bytes]) -> Message:
    for name, content in zip(message["names"], blobs, strict=True):
        os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
        with open(name, "wb") as file:
            file.write(content)
    return {}


def _get(names: dict[str, Any], message: Message, out: list[bytes]) -> Message:
    name = message["name"]
    if name not in names:
        return {"kind": "missing"}
    value = names[name]
    from ..check import answers

    with _interruptible():
        if answers.is_model(value):
            return {"kind": "model", "structure": wire.encode(answers.describe_model(value), out)}
        if answers.is_draws(value):
            return {"kind": "value", "value": wire.encode(answers.plain_draws(value), out)}
        if callable(value):
            return {"kind": "function"}
        return {"kind": "value", "value": wire.encode(value, out)}


def _call(names: dict[str, Any], message: Message, blobs: list[bytes], out: list[bytes]) -> Message:
    positional, named = wire.decode(message["arguments"], blobs)
    with _interruptible(), contextlib.redirect_stdout(None), contextlib.redirect_stderr(None):
        return {"value": wire.encode(names[message["name"]](*positional, **named), out)}


def _log_density(names: dict[str, Any], message: Message, blobs: list[bytes], out: list[bytes]) -> Message:
    from ..check import answers

    points = wire.decode(message["points"], blobs)
    with _interruptible():
        return {"value": wire.encode(answers.model_log_density(names[message["name"]], points), out)}


def _described(error: BaseException) -> Message:
    """The exception as plain data; a student's own may refuse to say anything."""
    told = {"type": type(error).__name__, "text": "", "function": ""}
    with contextlib.suppress(BaseException):
        # What a KeyError says of itself is a repr of what was said.
        told["text"] = str(error.args[0] if isinstance(error, KeyError) and error.args else error)[:500]
        told["function"] = traceback.extract_tb(error.__traceback__)[-1].name
    return told

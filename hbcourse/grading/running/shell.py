"""What a forked child does: run a student's cells in IPython, and answer the judge's questions about their names.

All of it is in the student's reach. Nothing that comes from here is believed to be more than what a student says.
"""

import builtins
import contextlib
import functools
import os
import re
import signal
import socket
import sys
import time
from collections.abc import Iterator
from typing import Any, NoReturn

import numpy as np
from IPython.core.async_helpers import get_asyncio_loop
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from numpy.typing import NDArray
from traitlets.config import Config

from ...check import answers, graphs
from . import compiled, wire
from .decoding import decode
from .encoding import Inner, encode
from .outputs import MAX_OUTPUT, Outputs, Stream
from .wire import Message

_OWN_LOOP = re.compile(r"\brun_until_complete\(|\basyncio\.run\(|\bRunner\(")


class _Publisher(DisplayPublisher):
    shell: "Shell"

    def publish(self, data: Any, metadata: Any = None, source: Any = None, **options: Any) -> None:
        self.shell.outputs.show("display_data", data)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.outputs.cells.clear()


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
        self.outputs, self.serving = Outputs(), False
        super().__init__(**options)

    def init_hooks(self) -> None:
        super().init_hooks()
        self.set_hook("show_in_pager", lambda *_, **more: None, priority=0)

    @contextlib.contextmanager
    def _tee(self, channel: str) -> Iterator[None]:
        # IPython would keep all that is printed, for a magic that nobody uses here.
        yield

    def should_run_async(self, raw_cell: str, **more: Any) -> bool:
        # As in a notebook, cells run in one loop, in which tasks can be made; but one may also run a loop of its own.
        in_loop = self.serving and not _OWN_LOOP.search(raw_cell) and not get_asyncio_loop().is_running()
        return bool(in_loop or super().should_run_async(raw_cell, **more))

    def enable_gui(self, gui: str | None = None) -> None:
        pass

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        text = "\n".join(stb)[-MAX_OUTPUT // 4 :]
        self.outputs.add("error", 0, ename=etype.__name__, evalue=str(evalue)[:2000], traceback=text.splitlines()[:200])

    def run(self, source: str) -> list[Message]:
        """Run one cell; return its outputs."""
        self.outputs = Outputs()
        with _interruptible():
            self.run_cell(source, store_history=True)
        return self.outputs.cells

    def be_silent(self) -> None:
        """Drop what is printed and shown until the next cell runs, by whatever stream or display."""
        self.outputs = Outputs(room=0)


def prepare() -> Shell:
    """The shell that children inherit, made before the fork since it takes longer than a fork."""
    config = Config()
    # Its thread would not survive the fork, and its file would be shared.
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.xmode = "Context"
    # By this, libraries know a notebook.
    config.IPKernelApp = Config()
    shell: Shell = Shell.instance(config=config)
    shell.run("import numpy; numpy.arange(3)")
    # What every module has, and new processes look for in this one.
    of_module = {name: value for name, value in shell.user_ns.items() if name.startswith("__")}
    shell.reset(new_session=True)
    shell.user_ns.update(of_module)
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
    matplotlib: Any = sys.modules.get("matplotlib")
    if matplotlib is not None:
        # The backend for a window, which a student has, is no fault here.
        matplotlib.use = functools.partial(matplotlib.use, force=False)
    # As in a notebook, where what lies beside it can be imported.
    sys.path.insert(0, "")
    sys.stdin = open(os.devnull)  # noqa: SIM115
    shell: Shell = Shell.instance()
    # The same two for all cells and all calls, since loggers keep the one that they find first.
    sys.stdout, sys.stderr = (Stream(number, lambda: shell.outputs) for number in (1, 2))
    kept, shell.serving = Kept(), True
    wire.send(end, {"ready": True})
    while True:
        try:
            message, blobs = wire.receive(end)
        except wire.Closed:
            return
        out: list[bytes] = []
        try:
            reply = answer_to(shell, kept, message, blobs, out)
        except KeyboardInterrupt:
            reply, out = {"interrupted": True}, []
        except BaseException as error:
            reply, out = {"raised": _described(error)}, []
        wire.send(end, {"id": message["id"], **reply}, out)


def _no_input(prompt: object = "") -> NoReturn:
    raise EOFError("Nobody is there to type an answer while the notebook is graded.")


def _files(message: Message, blobs: list[bytes]) -> Message:
    for name, content in zip(message["names"], blobs, strict=True):
        os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
        with open(name, "wb") as file:
            file.write(content)
    return {}


class Kept:
    """The functions that the judge knows by number, because they cannot travel."""

    def __init__(self) -> None:
        self.values: list[Any] = []

    def number(self, value: Any, inner: Inner) -> Message | None:
        """What stands for a function or a model on the wire, and for nothing else; of a model, all that counts."""
        if answers.is_model(value):
            return {"model": inner(graphs.describe_model(value))}
        if not callable(value):
            return None
        self.values.append(value)
        name = str(getattr(value, "__name__", type(value).__name__))[:100]
        # A polynomial is numbers too.
        numbers = {"value": inner(np.asarray(value))} if hasattr(type(value), "__array__") else {}
        return {"function": len(self.values) - 1, "name": name, **numbers}

    def find(self, node: Message, read: object) -> Any:
        """The function that the judge names."""
        return self.values[node["function"]]

    def encode(self, value: object, out: list[bytes]) -> Any:
        """The value for the judge, or its type alone where it is more than the judge can take."""
        try:
            node = encode(value, out, self.number)
        except (wire.WireError, RecursionError):
            out.clear()
            return {"opaque": f"{type(value).__name__}_too_deeply_nested_to_be_graded"}
        if sum(map(len, out)) > wire.MAX_BYTES:
            out.clear()
            return {"opaque": f"{type(value).__name__}_too_large_to_be_graded"}
        return node


def answer_to(shell: Shell, kept: Kept, message: Message, blobs: list[bytes], out: list[bytes]) -> Message:
    """What the judge asks for; arrays are added to ``out``."""
    match message["do"]:
        case "files":
            return _files(message, blobs)
        case "spent":
            return {"kernel": time.process_time(), **compiled.counts}
        case "compiled":
            return {"names": compiled.collect(shell.user_ns, out)}
        case "run":
            return {"outputs": shell.run(message["source"])}
        case "get" if message["name"] not in shell.user_ns:
            return {"missing": True}
    # Whatever prints or shows now was asked for by a test.
    shell.be_silent()
    with _interruptible():
        match message["do"]:
            case "get":
                value = shell.user_ns[message["name"]]
            case "call":
                positional, named = decode(message["arguments"], blobs, kept.find)
                before = {i: one.copy() for i, one in enumerate(positional) if isinstance(one, np.ndarray)}
                value = kept.values[message["function"]](*positional, **named)
                changed = [i for i, one in before.items() if not _alike(one, positional[i])]
                return {"value": kept.encode(value, out), "changed": changed}
        return {"value": kept.encode(value, out)}


def _alike(before: NDArray[Any], after: NDArray[Any]) -> bool:
    return np.array_equal(before, after, equal_nan=before.dtype.kind in "fc")


def _described(error: BaseException) -> Message:
    """The exception as plain data; a student's own may refuse to say anything."""
    told = {"type": type(error).__name__, "text": "", "function": ""}
    with contextlib.suppress(BaseException):
        # What a KeyError says of itself is a repr of what was said.
        told["text"] = str(error.args[0] if isinstance(error, KeyError) and error.args else error)[:500]
        told["function"] = answers.raised_in(error)
    return told

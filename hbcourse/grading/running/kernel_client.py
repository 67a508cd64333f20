"""The judge's end of the wire: questions to a kernel, and what stands in for a student's functions and models.

What comes back is never believed to be more than what a student says: plain data, or a reason why there is none.
"""

import builtins
import contextlib
import errno
import json
import secrets
import signal
import socket
import time
from collections.abc import Callable
from typing import Any, NoReturn, Protocol

import numpy as np
from numpy.typing import NDArray

from ..walls.limits import Limits
from . import wire
from .decoding import decode, opaque
from .encoding import encode
from .parent import INTERRUPT
from .wire import Message, WireError

#: Seconds that an interrupted kernel has to say so.
GRACE = 2.0
#: Seconds that the parent of the kernels has to say why one ended: many processes take long to be gone.
_REASON = 10.0


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
                    reply, out = self._receive(time.monotonic() + GRACE)
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

    def spent(self) -> dict[str, float]:
        """Seconds of processor time that the kernel says it used, and how often it ``loaded`` and ``compiled`` code."""
        told: Message = {}
        with contextlib.suppress(KernelLost, TimedOut, WorkerLost):
            told, _ = self.ask(time.monotonic() + GRACE, do="spent")
        return {key: _seconds(told.get(key)) for key in ("kernel", "loaded", "compiled")}

    def compiled(self) -> dict[str, bytes]:
        """What the kernel compiled, sealed; only ever asked of the model solution's. Nothing if it is gone."""
        with contextlib.suppress(KernelLost, TimedOut, WorkerLost):
            told, blobs = self.ask(time.monotonic() + self.limits.cell, do="compiled")
            return dict(zip(told.get("names", ()), blobs, strict=False))
        return {}

    def _receive(self, deadline: float, starting: bool = False) -> tuple[Message, list[bytes]]:
        try:
            return wire.receive(self.end, deadline)
        except wire.WireError:
            if starting:
                raise WorkerLost("no kernel came up") from None
            raise

    def _say_why(self) -> NoReturn:
        self.control.settimeout(_REASON)
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
    if reason == "time":
        return "It ran for too long in all; look for a loop that does not end."
    if reason == "memory" or code in (-signal.SIGKILL, errno.ENOMEM):
        return "It used more memory than it may; look for a very large array."
    if reason == "closed":
        return "Its code closed the grader's connection."
    if code < 0:
        return f"Its kernel crashed ({signal.Signals(-code).name})."
    return "Its kernel ended while it ran; look for exit()."


def _seconds(told: object) -> float:
    """A number that the kernel says, if it is one."""
    return told if isinstance(told, int | float) and 0 <= told < 1e9 else 0.0


class Ask(Protocol):
    """Puts one question to the kernel, by the deadline of the test that runs."""

    def __call__(self, blobs: list[bytes], **question: object) -> tuple[Message, list[bytes]]: ...


class Function:
    """A stand-in for a student's function: calls it where it lives.

    It gets copies there; ``changed`` has the places of the arrays that the last call has changed.
    """

    def __init__(self, number: int, name: str, ask: Ask) -> None:
        self.node, self.__name__, self._ask = {"function": number}, name, ask
        self.changed: list[object] = []

    def __call__(self, *positional: object, **named: object) -> object:
        blobs: list[bytes] = []
        arguments = encode([positional, named], blobs, _node)
        reply, out = self._ask(blobs, do="call", arguments=arguments, **self.node)
        told = reply.get("changed")
        self.changed = told if isinstance(told, list) else []
        return _value(self._ask, reply, out)

    def spent(self) -> float:
        """Seconds of processor time that the kernel says it used so far."""
        told, _ = self._ask([], do="spent")
        return _seconds(told.get("kernel"))

    def __deepcopy__(self, memo: object) -> "Function":
        return self

    def __repr__(self) -> str:
        return f"<function {self.__name__}>"


class Numbers(Function):
    """A stand-in for what is a function and numbers at once, such as a polynomial."""

    def __init__(self, number: int, name: str, ask: Ask, array: object) -> None:
        super().__init__(number, name, ask)
        self._array = array

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.array(self._array, dtype)


class Model:
    """A stand-in for a student's model: its graph as the student tells it, from which its density is computed here."""

    def __init__(self, description: object) -> None:
        self.description = description

    def __deepcopy__(self, memo: object) -> "Model":
        return self

    def __repr__(self) -> str:
        return "<model>"


def _node(value: object, inner: object) -> Message | None:
    """What stands on the wire for a student's function that a test hands on."""
    return value.node if isinstance(value, Function) else None


def fetch(ask: Ask, name: str) -> object:
    """What the student calls ``name``; KeyError if there is nothing of that name."""
    reply, blobs = ask([], do="get", name=name)
    if reply.get("missing"):
        raise KeyError(name)
    return decoded(ask, reply.get("value"), blobs) if "raised" not in reply else opaque("object")


def decoded(ask: Ask, node: object, blobs: list[bytes]) -> object:
    """The value, with stand-ins for what cannot travel."""

    def revive(node: Message, read: Callable[[Any], Any]) -> Function | Model:
        if "model" in node:
            return Model(read(node["model"]))
        if type(node.get("function")) is not int:
            raise WireError("neither function nor model")
        number, name = node["function"], str(node.get("name"))[:100]
        return Numbers(number, name, ask, read(node["value"])) if "value" in node else Function(number, name, ask)

    try:
        return decode(node, blobs, revive)
    except WireError:
        return opaque("object")


def _value(ask: Ask, reply: Message, blobs: list[bytes]) -> object:
    raised = reply.get("raised")
    if isinstance(raised, dict):
        raise _exception(*(str(raised.get(key, ""))[:500] for key in ("type", "text", "function")))
    return decoded(ask, reply.get("value"), blobs)


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

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
from typing import NoReturn

from . import wire
from .isolation import Limits
from .kernel import INTERRUPT
from .wire import Message

#: Seconds that an interrupted kernel has to say so.
GRACE = 2.0


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

    def processor_time(self) -> float:
        """Seconds that the kernel says it used; none if it is gone."""
        try:
            told = self.ask(time.monotonic() + GRACE, do="processor_time")[0].get("value")
        except (KernelLost, TimedOut, WorkerLost):
            return 0.0
        return told if isinstance(told, float) and 0 <= told < 1e9 else 0.0

    def _receive(self, deadline: float, starting: bool = False) -> tuple[Message, list[bytes]]:
        try:
            return wire.receive(self.end, deadline)
        except wire.WireError:
            if starting:
                raise WorkerLost("no kernel came up") from None
            raise

    def _say_why(self) -> NoReturn:
        self.control.settimeout(GRACE)
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


class Function:
    """A stand-in for a student's function: calls it where it lives."""

    def __init__(self, name: str, ask: Callable[..., tuple[Message, list[bytes]]]) -> None:
        self.__name__, self._ask = name, ask

    def __call__(self, *positional: object, **named: object) -> object:
        blobs: list[bytes] = []
        arguments = wire.encode([positional, named], blobs)
        return _value(*self._ask(do="call", name=self.__name__, arguments=arguments, blobs=blobs))

    def __repr__(self) -> str:
        return f"<function {self.__name__}>"


class Model:
    """A stand-in for a student's model: its structure as the student tells it, and its log density, to be compared."""

    def __init__(self, name: str, structure: object, ask: Callable[..., tuple[Message, list[bytes]]]) -> None:
        self.structure, self._name, self._ask = structure, name, ask

    def __repr__(self) -> str:
        return f"<model {self._name}>"

    def log_density(self, points: object) -> object:
        blobs: list[bytes] = []
        encoded = wire.encode(points, blobs)
        return _value(*self._ask(do="log_density", name=self._name, points=encoded, blobs=blobs))


def decoded(node: object, blobs: list[bytes]) -> object:
    try:
        return wire.decode(node, blobs)
    except wire.WireError:
        return wire.opaque("object")


def _value(reply: Message, blobs: list[bytes]) -> object:
    raised = reply.get("raised")
    if isinstance(raised, dict):
        raise _exception(*(str(raised.get(key, ""))[:500] for key in ("type", "text", "function")))
    return decoded(reply.get("value"), blobs)


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

"""The ways in which one submission might signal to another that is graded at the same time.

This file's source is the answer of two attackers: one signals through all channels at once, the other listens. Run by
itself (``python channels.py signal FILE SECONDS``, and ``listen``), without any wall, it shows which of them carry.
What the machine as a whole does (load, free memory, how fast the caches are) can always be seen, and is left out.
"""

import contextlib
import ctypes
import fcntl
import json
import mmap
import os
import signal as signals
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

NAME, NUMBER = "hbattack-pair", 47_113
LIBC = ctypes.CDLL(None, use_errno=True)
#: A file of Python's own, which all can read and nobody else opens.
SHARED = Path(os.__file__).with_name("antigravity.py")
#: What nobody can close, since every lock of a thread needs it, and why it does no harm: it wakes only who waits on a
#: page of a file that all share, where nobody honest waits, and says nothing but what a student knew before.
OPEN = {"futex"}

Until = float
CHANNELS: dict[str, tuple[Callable[[Until], None], Callable[[Until], bool]]] = {}


def call(result: int) -> int:
    """The result of a call to the system; OSError if there is none."""
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def over(until: Until) -> bool:
    """Whether the time is up; waits a moment if not."""
    time.sleep(0.05)
    return time.time() > until


def held(take: Callable[[], Callable[[], None] | None], heard: Callable[[], bool]) -> tuple:
    """A channel in which something is taken as long as it lasts, and that it is there can be heard."""

    def signal(until: Until) -> None:
        leave = take()
        while not over(until):
            pass
        if leave is not None:
            leave()

    def listen(until: Until) -> bool:
        found = False
        while not found and not over(until):
            found = heard()
        return found

    return signal, listen


def beaten(on: Callable[[], None], off: Callable[[], None], read: Callable[[], int], by: int = 1) -> tuple:
    """A channel in which a number goes up and down."""

    def signal(until: Until) -> None:
        while not over(until):
            on()
            over(until)
            off()

    def listen(until: Until) -> bool:
        seen = {read()}
        while max(seen) - min(seen) < by and not over(until):
            seen.add(read())
        return max(seen) - min(seen) >= by

    return signal, listen


def refused(*errors: type[OSError] | int) -> Callable[[Callable[[], object]], Callable[[], bool]]:
    """That somebody else is there is heard by such an error."""

    def heard(attempt: Callable[[], object]) -> Callable[[], bool]:
        def one() -> bool:
            try:
                attempt()
            except OSError as error:
                return error.errno in errors or isinstance(error, tuple(e for e in errors if isinstance(e, type)))
            return False

        return one

    return heard


def succeeds(attempt: Callable[[], object]) -> Callable[[], bool]:
    """That somebody else is there is heard by there being no error."""

    def one() -> bool:
        with contextlib.suppress(OSError):
            attempt()
            return True
        return False

    return one


BUSY, IN_USE = 11, 98


def lock(opened: Callable[[], int]) -> tuple:
    def attempt() -> None:
        file = opened()
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        finally:
            os.close(file)

    def take() -> Callable[[], None]:
        file = opened()
        fcntl.flock(file, fcntl.LOCK_EX)
        return lambda: os.close(file)

    return held(take, refused(BUSY)(attempt))


def record_lock() -> tuple:
    def record(kind: int) -> bytes:
        return (kind.to_bytes(2, "little") + bytes(6) + (5).to_bytes(8, "little")).ljust(32, b"\0")

    def take() -> Callable[[], None]:
        file = os.open(SHARED, os.O_RDONLY)
        # One that stays when another file object of the same file is closed.
        fcntl.fcntl(file, fcntl.F_OFD_SETLK, record(fcntl.F_RDLCK))
        return lambda: os.close(file)

    def heard() -> bool:
        with SHARED.open("rb") as file:
            told = fcntl.fcntl(file, fcntl.F_GETLK, record(fcntl.F_WRLCK))
        return int.from_bytes(told[:2], "little") != fcntl.F_UNLCK

    return held(take, heard)


def lease() -> tuple:
    def take() -> Callable[[], None]:
        return SHARED.open("rb").close

    def attempt() -> None:
        with SHARED.open("rb") as file:
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)

    return held(take, refused(BUSY)(attempt))


def hint() -> tuple:
    """How long what is written will live: kept with the file, though it can only be read."""

    def put(value: int) -> Callable[[], None]:
        def one() -> None:
            with SHARED.open("rb") as file:
                fcntl.fcntl(file, 1036, value.to_bytes(8, "little"))

        return one

    def read() -> int:
        with SHARED.open("rb") as file:
            return int.from_bytes(fcntl.fcntl(file, 1035, bytes(8)), "little")

    return beaten(put(2), put(5), read)


def watched() -> tuple:
    def signal(until: Until) -> None:
        while not over(until):
            SHARED.read_bytes()

    def listen(until: Until) -> bool:
        watch = call(LIBC.inotify_init1(os.O_NONBLOCK))
        call(LIBC.inotify_add_watch(watch, str(SHARED).encode(), 0xFFF))
        while not over(until):
            with contextlib.suppress(BlockingIOError):
                return bool(os.read(watch, 4096))
        return False

    return signal, listen


def watched_folder() -> tuple:
    def listen(until: Until) -> bool:
        folder = os.open(SHARED.parent, os.O_RDONLY)
        # Changes of a folder's files are told by a signal, which no thread takes otherwise.
        fcntl.fcntl(folder, fcntl.F_NOTIFY, fcntl.DN_ACCESS | fcntl.DN_MULTISHOT)
        return signals.sigtimedwait([signals.SIGIO], until - time.time()) is not None

    return watched()[0], listen


def named(folder: str) -> tuple:
    file = Path(folder, NAME)

    def take() -> Callable[[], None]:
        file.touch()
        return file.unlink

    return held(take, file.exists)


def key() -> tuple:
    def take() -> None:
        made = call(LIBC.syscall(248, b"user", NAME.encode(), b"x", 1, -4))
        # Gone in a moment, whatever happens.
        LIBC.syscall(250, 15, made, 20)

    return held(take, succeeds(lambda: call(LIBC.syscall(250, 10, -4, b"user", NAME.encode(), 0))))


def bound(family: int, kind: int, address: object, protocol: int = 0) -> tuple:
    def bind() -> socket.socket:
        one = socket.socket(family, kind, protocol)
        try:
            one.bind(address)
        except OSError:
            one.close()
            raise
        return one

    return held(lambda: bind().close, refused(IN_USE)(lambda: bind().close()))


def queue() -> tuple:
    name = f"/{NAME}".encode()

    def take() -> Callable[[], None]:
        call(LIBC.mq_open(name, os.O_CREAT | os.O_RDWR, 0o666, None))
        return lambda: LIBC.mq_unlink(name)

    return held(take, succeeds(lambda: os.close(call(LIBC.mq_open(name, os.O_RDONLY)))))


def system_v(get: Callable[..., int], control: Callable[..., int], *size: int) -> tuple:
    def take() -> Callable[[], None]:
        made = call(get(NUMBER, *size, 0o1666))
        return lambda: control(made, *([0] if len(size) and control is LIBC.semctl else []), 0, None)

    return held(take, succeeds(lambda: call(get(NUMBER, *size, 0))))


def counted(file: str, take: Callable[[], Callable[[], None]], by: int) -> tuple:
    """A number that the kernel keeps for the whole machine."""
    taken: list[Callable[[], None]] = []
    return beaten(
        lambda: taken.append(take()), lambda: taken.pop()(), lambda: int(Path(file).read_text().split()[0]), by
    )


def requests_to_disks() -> Callable[[], None]:
    context = ctypes.c_ulong()
    call(LIBC.syscall(206, 2000, ctypes.byref(context)))
    return lambda: LIBC.syscall(207, context)


def terminals() -> Callable[[], None]:
    opened = [end for _ in range(8) for end in os.openpty()]
    return lambda: [os.close(end) for end in opened] and None


def process() -> tuple:
    def take() -> Callable[[], None]:
        return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", NAME]).kill

    def heard() -> bool:
        for file in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                if NAME in file.read_text(errors="replace").split("\0")[-2:]:
                    return True
        return False

    return held(take, heard)


def futex() -> tuple:
    """Waiting on a page of a file that both have mapped, which only needs to be read."""

    def page() -> tuple[object, int]:
        with SHARED.open("rb") as file:
            LIBC.mmap.restype = ctypes.c_void_p
            start = LIBC.mmap(None, ctypes.c_size_t(mmap.PAGESIZE), 1, 1, file.fileno(), ctypes.c_long(0))
        return ctypes.c_void_p(start), int.from_bytes(SHARED.read_bytes()[:4], "little")

    def signal(until: Until) -> None:
        place, value = page()
        moment = (ctypes.c_long * 2)(1, 0)
        while not over(until):
            LIBC.syscall(202, place, 0, ctypes.c_uint(value), moment)

    def listen(until: Until) -> bool:
        place, _ = page()
        while not over(until):
            if LIBC.syscall(202, place, 1, 1) > 0:
                return True
        return False

    return signal, listen


CHANNELS["lock"] = lock(lambda: os.open(SHARED, os.O_RDONLY))
CHANNELS["lock on a device"] = lock(lambda: os.open("/dev/null", os.O_RDONLY))
CHANNELS["lock on what has no file"] = lock(lambda: os.eventfd(0))
CHANNELS["record lock"] = record_lock()
CHANNELS["lease"] = lease()
CHANNELS["hint"] = hint()
CHANNELS["watched file"] = watched()
CHANNELS["watched folder"] = watched_folder()
CHANNELS["temporary folder"] = named("/tmp")  # noqa: S108
CHANNELS["shared memory"] = named("/dev/shm")  # noqa: S108
CHANNELS["key"] = key()
CHANNELS["abstract socket"] = bound(socket.AF_UNIX, socket.SOCK_STREAM, f"\0{NAME}")
CHANNELS["port"] = bound(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", NUMBER))
CHANNELS["port of a virtual machine"] = bound(socket.AF_VSOCK, socket.SOCK_STREAM, (socket.VMADDR_CID_ANY, NUMBER))
CHANNELS["netlink"] = bound(socket.AF_NETLINK, socket.SOCK_RAW, (NUMBER, 0), 2)
CHANNELS["message queue"] = queue()
CHANNELS["System V messages"] = system_v(LIBC.msgget, LIBC.msgctl)
CHANNELS["System V memory"] = system_v(LIBC.shmget, LIBC.shmctl, 4096)
CHANNELS["System V semaphores"] = system_v(LIBC.semget, LIBC.semctl, 1)
CHANNELS["requests to disks"] = counted("/proc/sys/fs/aio-nr", requests_to_disks, 1000)
CHANNELS["terminals"] = counted("/proc/sys/kernel/pty/nr", terminals, 8)
CHANNELS["process"] = process()
CHANNELS["futex"] = futex()


def run(role: str, seconds: float, names: object = tuple(CHANNELS)) -> dict[str, object]:
    """Signal, or listen, through these channels at once; what was heard, or why not, and from when to when."""
    began, told = time.time(), {}
    signals.pthread_sigmask(signals.SIG_BLOCK, [signals.SIGIO])

    def one(name: str) -> None:
        signal, listen = CHANNELS[name]
        try:
            told[name] = (signal if role == "signal" else listen)(began + seconds)
        except Exception as error:
            told[name] = f"{type(error).__name__}: {error}"

    threads = [threading.Thread(target=one, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    signals.pthread_sigmask(signals.SIG_UNBLOCK, [signals.SIGIO])
    return {"role": role, "from": began, "to": time.time(), "told": told}


if __name__ == "__main__" and len(sys.argv) == 4 and sys.argv[1] in ("signal", "listen"):
    SHARED = Path(sys.argv[2])
    print(json.dumps(run(sys.argv[1], float(sys.argv[3]))))

"""Honest code that needs what the walls limit or skip, and what counts as memory."""

import ctypes
import json
import mmap
import os
import subprocess
import sys
import textwrap

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from hbcourse.grading.running.imports import Imports
from hbcourse.grading.running.job import Job
from hbcourse.grading.running.pool import Pool
from hbcourse.grading.walls import memory
from hbcourse.grading.walls.limits import Limits

#: What is tried, and what the cell must show.
HONEST = {
    "a database in a file, from two connections": """
        import sqlite3
        one, other = sqlite3.connect("a.db"), sqlite3.connect("a.db")
        with one:
            one.execute("create table a (b)")
            one.execute("insert into a values (3)")
        with other:
            other.execute("insert into a values (4)")
        one.execute("select sum(b) from a").fetchone()[0] == 7
    """,
    "a database in memory": """
        import sqlite3
        sqlite3.connect(":memory:").execute("select 1 + 1").fetchone()[0] == 2
    """,
    "a journal of its own for a database": """
        import sqlite3
        one = sqlite3.connect("b.db")
        mode = one.execute("pragma journal_mode = wal").fetchone()[0]
        one.execute("create table a (b)")
        one.commit()
        one.execute("select count(*) from a").fetchone()[0] == 0 and mode == "wal"
    """,
    "locks on files": """
        import fcntl
        with open("a", "w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.lockf(file, fcntl.LOCK_UN)
        True
    """,
    "filelock": """
        import filelock
        with filelock.FileLock("a.lock", timeout=5) as lock:
            held = lock.is_locked
        held and not lock.is_locked
    """,
    "joblib": """
        import joblib
        joblib.Parallel(n_jobs=4)(joblib.delayed(abs)(-one) for one in range(8)) == list(range(8))
    """,
    "joblib's cache": """
        import joblib
        twice = joblib.Memory("cache", verbose=0).cache(lambda x: 2 * x)
        twice(2) + twice(2) == 8
    """,
    "a pool of processes": """
        import multiprocessing, warnings
        warnings.simplefilter("ignore")
        with multiprocessing.get_context("fork").Pool(4) as pool:
            squares = pool.map(abs, range(-4, 0))
        squares == [4, 3, 2, 1]
    """,
    "threads, and a queue between processes": """
        import concurrent.futures, multiprocessing
        queue = multiprocessing.get_context("fork").Queue()
        with concurrent.futures.ThreadPoolExecutor(16) as threads:
            list(threads.map(queue.put, range(16)))
        sorted(queue.get(timeout=5) for _ in range(16)) == list(range(16))
    """,
    "sockets and a loop of events": """
        import asyncio, socket
        one, other = socket.socketpair()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        loop = asyncio.new_event_loop()
        one.setblocking(False)
        other.sendall(b"x")
        got = loop.run_until_complete(loop.sock_recv(one, 1))
        loop.close()
        got == b"x"
    """,
    "copies of files, with all that belongs to them": """
        import os, shutil
        shutil.copytree(os.path.dirname(json.__file__), "copied") and os.path.exists("copied/__init__.py")
    """,
    "another program, with a terminal": """
        import os, pty, subprocess
        done = subprocess.run(["sort"], input="b\\na\\n", text=True, capture_output=True)
        done.stdout == "a\\nb\\n" and pty.openpty()[0] > 0
    """,
    "the machine's size": """
        import os
        os.cpu_count() > 0 and os.sysconf("SC_PHYS_PAGES") > 0 and "MemTotal" in open("/proc/meminfo").read()
    """,
    "a figure, with its fonts": """
        import io, matplotlib.figure
        matplotlib.figure.Figure().savefig(file := io.BytesIO(), format="png")
        file.getvalue()[:4] == b"\\x89PNG"
    """,
}


@pytest.fixture(scope="module")
def warm(bubblewrap):
    with Pool(Imports(("numpy", "json", "matplotlib.pyplot"), ("numpy",)), Limits(cell=60, total=120)) as one:
        yield one


@pytest.mark.parametrize("what", HONEST)
def test_honest_code_runs_behind_the_walls(warm, what):
    about = {
        "grade_id": "answer",
        "grade": False,
        "solution": True,
        "locked": False,
        "schema_version": 3,
        "task": False,
    }
    source = f"import json\n{textwrap.dedent(HONEST[what])}"
    job = Job(
        "ada",
        json.dumps(new_notebook(cells=[new_code_cell(source, metadata={"nbgrader": {**about, "schema_version": 3}})])),
    )
    (cell,) = json.loads(warm.grade(job).notebook)["cells"]
    shown = [out.get("data", {}).get("text/plain") or out.get("evalue") for out in cell["outputs"]]
    assert shown == ["True"]


def held(pid):
    """Bytes that a process is said to hold, to a hundred kilobytes."""
    low, high = 0, 1 << 34
    while high - low > 100_000:
        middle = (low + high) // 2
        low, high = (middle, high) if memory.is_above(middle, pid) else (low, middle)
    return low


@pytest.fixture
def hoard():
    """A process that does what it is told, and holds what comes of it."""
    setup = "import ctypes, mmap, os, select, socket, sys\nheld = []\n"
    loop = "print('ready', flush=True)\nfor line in sys.stdin:\n    exec(line)\n    print('done', flush=True)\n"
    command = [sys.executable, "-c", setup + loop]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as one:
        one.stdout.readline()
        yield one
        one.stdin.close()


#: What a process keeps, and what that is at least and at most, in bytes.
KEPT = {
    "pages": ("held.append(b'x' * (40 << 20))", 40 << 20, 44 << 20),
    "mappings": (
        "held += [mmap.mmap(-1, 8192, flags=34, prot=1 + at % 2 * 2) for at in range(40_000)]",
        40_000 * 256,
        40_000 * 1000,
    ),
    "page tables": (
        "held.append(mmap.mmap(-1, 16 << 30, flags=34 | 0x4000))\nfor at in range(0, 16 << 30, 2 << 20): held[-1][at]",
        8000 * 4096,
        8000 * 4096 + (8 << 20),
    ),
    "sets of watched files": (
        "files = [os.eventfd(0) for _ in range(200)]; held += [select.epoll() for _ in range(200)]; "
        "[one.register(file) for one in held for file in files]",
        40_000 * 190,
        30 << 20,
    ),
}


@pytest.mark.parametrize("what", KEPT)
def test_what_a_process_keeps_is_counted(hoard, what):
    order, least, most = KEPT[what]
    before = held(hoard.pid)
    hoard.stdin.write(f"exec({order!r})\n")
    hoard.stdin.flush()
    assert hoard.stdout.readline() == "done\n"
    assert least <= held(hoard.pid) - before <= most


def test_pages_that_a_family_shares_are_counted_once():
    page = mmap.mmap(-1, 64 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    page[:] = b"x" * len(page)
    before, children = held(os.getpid()), []
    for _ in range(4):
        if (child := os.fork()) == 0:
            ctypes.CDLL(None).pause()
        children.append(child)
    try:
        assert held(os.getpid()) - before < len(page)
    finally:
        for child in children:
            os.kill(child, 9)
            os.waitpid(child, 0)


def test_no_event_loop_is_there_before_the_fork():
    # What a loop waits on would be one for all submissions.
    code = "from hbcourse.grading.running import shell; from IPython.core import async_helpers; shell.prepare(); "
    code += "assert async_helpers._asyncio_event_loop is None"
    subprocess.run([sys.executable, "-c", code], check=True)

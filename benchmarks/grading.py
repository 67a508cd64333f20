"""Grades the same classes with `nbgrader autograde` and with `hbcourse grade`, and writes benchmarks/GRADING.md.

Each class hands in distinct right answers: of the solution, with other names, orders, parameterizations, helpers and
seeds. nbgrader grades one of each kind only as far as ``--peers`` says, since it takes many seconds for each; what it
would take for our class is its start-up and so many times what one took.
"""

import argparse
import contextlib
import ctypes
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import yaml

from hbcourse.grading.course import attempts, release
from hbcourse.grading.course.attempts import Attempt
from hbcourse.grading.course.folder import Course, Submission

HERE = Path(__file__).parent
RESULTS = HERE / "GRADING.md"
SCRIPTS = Path(sys.executable).parent
_PR_SET_CHILD_SUBREAPER = 36
SAMPLING = [HERE.parent / "exercises" / name for name in ("hierarchy", "overdispersion", "parameterization")]


@dataclass(frozen=True)
class Run:
    """One command: seconds on the clock, seconds of processor time with all that it started."""

    wall: float
    processor: float


def run(*command: str, cwd: Path) -> Run:
    """Run a command to its end."""
    environment = {**os.environ, "PATH": os.pathsep.join([str(SCRIPTS), os.environ["PATH"]])}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    wall = time.monotonic() - start
    # Bubblewrap does not wait for what runs behind it, so that the kernels' time would be nobody's.
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{command} failed: {done.stderr[-2000:]}")
    return Run(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def adopt_orphans() -> None:
    """Become the parent of all processes below whose own parent ends."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def answers(name: str) -> list[Attempt]:
    """The distinct right answers to an exercise, the solution first."""
    entries = yaml.safe_load((HERE / "classes" / "variants" / f"{name}.yml").read_text(encoding="utf-8"))
    return [Attempt("solution", "The model solution."), *(Attempt(**entry) for entry in entries)]


def course(folder: Path, exercise: Path, size: int) -> Path:
    """A course in which so many have handed in, each of the distinct answers in turn."""
    (released,) = release.release(Course(folder), [exercise])
    kinds = answers(exercise.name)
    for number in range(size):
        kind = kinds[number % len(kinds)]
        attempts.hand_in(replace(kind, name=f"{number:04}-{kind.name}"), exercise, released, Course(folder))
    return folder


def ours(folder: Path, *options: str) -> Run:
    return run(str(SCRIPTS / "hbcourse"), "grade", str(folder), "--workers", "2", *options, cwd=folder.parent)


@dataclass(frozen=True)
class Peer:
    """nbgrader's time: that of its start, and of one more submission."""

    start: float
    wall: float
    processor: float


def theirs(folder: Path, exercise: str, size: int) -> Peer:
    start = run(str(SCRIPTS / "nbgrader"), "autograde", "--help", cwd=folder)
    whole = run(str(SCRIPTS / "nbgrader"), "autograde", exercise, cwd=folder)
    return Peer(start.wall, (whole.wall - start.wall) / size, (whole.processor - start.processor) / size)


def kept(folder: Path, name: str) -> list[tuple[float, dict[str, float]]]:
    """When each submission was done, and where its time went."""
    files = Course(folder).record(Submission(name, "")).parent.glob("*.json")
    return sorted((file.stat().st_mtime, json.loads(file.read_text())["seconds"]) for file in files)


def race(exercise: Path, size: int, peers: int, bars: tuple[float, float], scratch: Path) -> list[str]:
    """Two rows of the table, the very first run and the next; and one that tells hits from misses."""
    name = exercise.name
    peer = theirs(course(scratch / f"nbgrader-{name}", exercise, peers), name, peers)
    folder = course(scratch / f"hbcourse-{name}", exercise, size)
    rows = []
    for which, options, bar in (("first", (), bars[0]), ("next", ("--regrade",), bars[1])):
        us = ours(folder, *options)
        done = kept(folder, name)
        whole = (peer.start + size * peer.wall) / us.wall
        pace = peer.wall * (size - 1) / (done[-1][0] - done[0][0])
        # Start-up is part of the first run; after it, what counts is a submission more.
        ratio = whole if which == "first" else pace
        rows.append(
            f"| {name} | {which} | {size} | {peer.wall:.1f} s | {us.wall:.1f} s | {whole:.1f} | {pace:.1f} "
            f"| {bar:g} | {met(ratio >= bar)} |"
        )
        rows.append(_hits(name, which, [seconds for _, seconds in done], peer))
    return rows


def _hits(name: str, which: str, spent: list[dict[str, float]], peer: Peer) -> str:
    """Processor time of submissions that found all that they compile, and of those that did not."""
    groups: dict[str, list[float]] = {"hits": [], "misses": []}
    for seconds in spent:
        if seconds.get("loaded") or seconds.get("compiled"):
            groups["misses" if seconds["compiled"] else "hits"].append(seconds["kernel"] + seconds["judge"])
    told = [f"{len(group)} | {np.median(group):.2f} s" if group else "0 |" for group in groups.values()]
    return f"| {name} | {which} | {peer.processor:.1f} s | {' | '.join(told)} |"


def split(exercise: Path, sizes: tuple[int, int], scratch: Path) -> list[str]:
    """Where the processor time of one more submission goes."""
    small, large = (course(scratch / f"split-{size}", exercise, size) for size in sizes)
    few, many = ours(small), ours(large)
    total = (many.processor - few.processor) / (sizes[1] - sizes[0])
    spent = [seconds for _, seconds in kept(large, exercise.name)]
    kernel, judge = (float(np.median([seconds[key] for seconds in spent])) for key in ("kernel", "judge"))
    rows = [
        ("kernel: the student's cells and functions, after the fork", kernel),
        ("judge: the tests, after the fork", judge),
        ("the rest: both forks and their ends, gradebook, notebook, feedback page, table", total - kernel - judge),
        ("in all", total),
    ]
    return [f"| {what} | {1000 * seconds:.0f} ms |" for what, seconds in rows]


def large_class(exercise: Path, size: int, scratch: Path) -> tuple[float, float]:
    """The time of the last hundred over that of the first; the growth of the runner's memory, in megabytes."""
    code = (
        "import sys, time; from pathlib import Path\n"
        "from hbcourse.grading.course.folder import Course\n"
        "from hbcourse.grading.running import runner\n"
        "def memory(): return int(Path('/proc/self/statm').read_text().split()[1]) * 4096 / 1e6\n"
        "course, options = Course(Path(sys.argv[1])), runner.Options(workers=2)\n"
        "marks = [(time.monotonic(), memory()) for _ in runner.grade(course, options)]\n"
        "print(*(f'{when} {size}' for when, size in marks), sep='\\n')\n"
    )
    folder = course(scratch / "large", exercise, size)
    done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True)
    times, sizes = np.array([line.split() for line in done.stdout.splitlines()], dtype=float).T
    # The first hundred after the start.
    return (times[-1] - times[-101]) / (times[110] - times[10]), sizes[-1] - sizes[110]


def met(held: bool) -> str:
    return "yes" if held else "NO"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=1000, help="in the large class (default: 1000)")
    parser.add_argument("--size", type=int, default=33, help="of the classes that sample (default: 33)")
    parser.add_argument("--peers", type=int, default=4, help="that nbgrader grades of each class (default: 4)")
    given = parser.parse_args()
    adopt_orphans()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        stack = HERE / "classes" / "stack"
        rows = race(stack, 100, given.peers, (30, 30), scratch)
        for exercise in SAMPLING:
            rows += race(exercise, given.size, given.peers, (6, 10), scratch)
        parts = split(stack, (20, 100), scratch)
        slowdown, growth = large_class(stack, given.students, scratch)
    students, overhead = given.students, float(re.findall(r"\| ([\d.]+) ms", parts[-1])[0])
    text = f"""# Grading, side by side

Made by `make bench-grading` on {os.cpu_count()} cores. Classes of distinct right answers are graded by
`nbgrader autograde`, and by `hbcourse grade` with its sandbox, feedback pages and report. nbgrader grades
{given.peers} of each class; what it takes for all of them follows from its start-up and the time of one. "Times faster"
is that of the whole command, start-up included, and that of one submission more.

| class | run | size | nbgrader, each | hbcourse, all | times faster | one more | bar | met |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
{chr(10).join(rows[::2])}

The bar of a very first run is for the whole command; that of the next run, with a filled cache, for one submission
more. Processor time of kernel and judge, for submissions that find all that they compile in the cache (hits), and for
the others (misses):

| class | run | nbgrader | hits | each | misses | each |
| --- | --- | --- | --- | --- | --- | --- |
{chr(10).join(rows[1::2])}

Processor time of one more submission (class "stack", in which students compute next to nothing); the bar is 150 ms:
{met(overhead <= 150)}.

| part | time |
| --- | --- |
{chr(10).join(parts)}

{students} submissions: the last hundred took {slowdown:.2f} times as long as the first, and the runner grew by
{growth:.0f} MB between them.
"""
    RESULTS.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()

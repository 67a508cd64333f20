"""Grades the same classes with `nbgrader autograde` and with `hbcourse grade`, and writes benchmarks/GRADING.md.

Throughput is that of whole commands, start-up included. What a submission costs is the slope of the processor time
over the size of the class, so that start-up is left out.
"""

import argparse
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hbcourse.grading import attempts, records, release
from hbcourse.grading.attempts import Attempt

HERE = Path(__file__).parent
RESULTS = HERE / "GRADING.md"
SCRIPTS = Path(sys.executable).parent
SOLUTION = Attempt("solution", "The model solution.")


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
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{command} failed: {done.stderr[-2000:]}")
    return Run(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def course(folder: Path, exercise: Path, size: int) -> Path:
    """A course in which so many have handed in the solution of the exercise."""
    (released,) = release.release(folder, [exercise])
    path = attempts.hand_in(SOLUTION, exercise, released, folder)
    for number in range(1, size):
        shutil.copytree(path.parents[1], folder / "submitted" / f"student{number:04}")
    return folder


def ours(folder: Path) -> Run:
    return run(str(SCRIPTS / "hbcourse"), "grade", str(folder), "--workers", "2", cwd=folder.parent)


def theirs(folder: Path, exercise: str) -> Run:
    return run(str(SCRIPTS / "nbgrader"), "autograde", exercise, cwd=folder)


def race(exercise: Path, size: int, bar: float, scratch: Path) -> str:
    """A row of the table: one class, both graders."""
    name = exercise.name
    peer = theirs(course(scratch / f"nbgrader-{name}", exercise, size), name)
    us = ours(course(scratch / f"hbcourse-{name}", exercise, size))
    ratio = peer.wall / us.wall
    return f"| {name} | {size} | {peer.wall:.1f} s | {us.wall:.1f} s | {ratio:.1f} | {bar:g} | {met(ratio >= bar)} |"


def split(exercise: Path, sizes: tuple[int, int], scratch: Path) -> list[str]:
    """Where the processor time of one more submission goes."""
    small, large = (course(scratch / f"split-{size}", exercise, size) for size in sizes)
    few, many = ours(small), ours(large)
    total = (many.processor - few.processor) / (sizes[1] - sizes[0])
    spent = [
        json.loads(file.read_text())["seconds"] for file in records.path(large, exercise.name, "").parent.glob("*.json")
    ]
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
        "import sys, time; from pathlib import Path; from hbcourse.grading import runner\n"
        "def memory(): return int(Path('/proc/self/statm').read_text().split()[1]) * 4096 / 1e6\n"
        "marks = [(time.monotonic(), memory()) for _ in runner.grade(Path(sys.argv[1]), runner.Options(workers=2))]\n"
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
    students = parser.parse_args().students
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        stack, sampling = HERE / "classes" / "stack", HERE / "classes" / "sampling"
        races = [race(stack, 40, 20, scratch), race(sampling, 20, 6, scratch)]
        parts = split(stack, (20, 100), scratch)
        slowdown, growth = large_class(stack, students, scratch)
    overhead = float(re.findall(r"\| ([\d.]+) ms", parts[-1])[0])
    text = f"""# Grading, side by side

Made by `make bench-grading` on {os.cpu_count()} cores. The same class is graded by `nbgrader autograde`, and by
`hbcourse grade` with its sandbox, feedback pages and report, one after the other in one run.

| class | size | nbgrader | hbcourse | times faster | bar | met |
| --- | --- | --- | --- | --- | --- | --- |
{chr(10).join(races)}

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

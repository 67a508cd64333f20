"""Mutates handed-in notebooks, and sees what becomes of them.

``python -m tests.grading.fuzz [COUNT | SECONDSs] [SEED]``

Nothing may crash, no row may be lost, and answers that no mutation has touched keep their marks. All mutated notebooks
are read and rebuilt; some of them are handed in beside an honest neighbor's and graded.
"""

import copy
import json
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import nbformat
from nbformat import NotebookNode

from hbcourse.grading import handin, notes
from hbcourse.grading.course import template
from hbcourse.grading.course.folder import Course
from hbcourse.grading.handin import Notebook, identity, reading
from hbcourse.grading.handin.rebuild import rebuild
from hbcourse.grading.marks.gradebook import opened
from hbcourse.grading.notes import Notes
from hbcourse.grading.running import runner
from hbcourse.grading.running.options import Options

from . import classroom

Json = dict[str, Any]
#: Of so many notebooks one is validated as nbformat does, which takes longer than all else.
_VALIDATED = 100
_GRADED_AT_ONCE = 20
SHARE_READ = 0.8


class Found(AssertionError):
    """A fault, with what brings it about."""


class Mutator:
    """Changes to a notebook, from one generator: the same number gives the same notebook."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def junk(self) -> Any:
        """A value of any type, odd more often than not."""
        texts = ["", "x", "\ud800", "\0", "python3", "rates", "pooling-3", "a" * 5000, "\u202e", "=1+1", "# Title"]
        make: list[Callable[[], Any]] = [
            lambda: self.random.choice([None, True, False, [], {}, "code", "markdown"]),
            lambda: self.random.choice([0, -1, 5.0, 10**30, float("nan"), float("inf"), 2**63]),
            lambda: self.random.choice(texts),
            lambda: [self.junk() for _ in range(self.random.randrange(3))],
            lambda: {self.random.choice(texts): self.junk() for _ in range(self.random.randrange(3))},
        ]
        return self.random.choice(make)()

    def mutated(self, notebook: bytes) -> tuple[Json, bytes]:
        """A notebook that a few mutations have gone through, and the file that it becomes.

        The notebook is empty where the file was cut or broken afterwards, so that it says something else.
        """
        changed: Json = msgspec.json.decode(notebook)
        for _ in range(self.random.choice([1, 1, 2, 3, 5])):
            mutate = self.random.choice([self._cells, self._cells, self._types, self._ids, self._keys])
            mutate(changed)
        return self._written(changed)

    def _some(self, notebook: Json) -> Json:
        """One of the cells that are still cells."""
        return self.random.choice([cell for cell in self._list(notebook) if isinstance(cell, dict)] or [{}])

    def _list(self, notebook: Json) -> list[Any]:
        cells = notebook.get("cells")
        return cells if isinstance(cells, list) else []

    def _cells(self, notebook: Json) -> None:
        """Structure and order."""
        cells, r = self._list(notebook), self.random
        if not cells:
            return
        here, there = r.randrange(len(cells)), r.randrange(len(cells))
        match r.randrange(9):
            case 0:
                del cells[here]
            case 1:
                cells.insert(there, copy.deepcopy(cells[here]))
            case 2:
                cells[here], cells[there] = cells[there], cells[here]
            case 3:
                r.shuffle(cells)
            case 4:
                cells.reverse()
            case 5:
                cells.insert(here, {"cell_type": "code", "metadata": {}, "source": "z = 1", "outputs": []})
            case 6:
                cells.insert(here, self.junk())
            case 7:
                text = self._some(notebook).get("source")
                if isinstance(text, str):
                    new = {"cell_type": "code", "metadata": {}, "source": text[len(text) // 2 :], "outputs": []}
                    cells.insert(here, new)
            case 8:
                del cells[min(here, there) : max(here, there)]

    def _types(self, notebook: Json) -> None:
        """Values of other types, anywhere."""
        place: Any = notebook if self.random.random() < 0.2 else self._some(notebook)
        for _ in range(self.random.randrange(3)):
            inner = place.get(self.random.choice(list(place))) if place else None
            place = inner if isinstance(inner, dict) and inner else place
        if place:
            key = self.random.choice(list(place))
            value = place[key]
            place[key] = self.random.choice([self.junk(), [value], {"x": value}, str(value)])

    def _ids(self, notebook: Json) -> None:
        """Ids of cells, and what nbgrader calls them."""
        one, other = self._some(notebook), self._some(notebook)
        match self.random.randrange(7):
            case 0:
                one["id"] = self.junk()
            case 1:
                one["id"] = other.get("id")
            case 2:
                one.pop("id", None)
            case 3:
                for cell in self._list(notebook):
                    if isinstance(cell, dict):
                        cell["metadata"] = {}
            case 4:
                one["metadata"] = {"nbgrader": self.junk()}
            case 5:
                one["metadata"], other["metadata"] = other.get("metadata"), one.get("metadata")
            case 6:
                about = one.get("metadata")
                if isinstance(about, dict) and isinstance(about.get("nbgrader"), dict):
                    about["nbgrader"]["grade_id"] = self.junk()

    def _keys(self, notebook: Json) -> None:
        """Keys that are missing, and keys that do not belong."""
        place = notebook if self.random.random() < 0.2 else self._some(notebook)
        if place and self.random.random() < 0.5:
            del place[self.random.choice(list(place))]
        place[self.random.choice(["outputs", "attachments", "metadata", "worksheets", "x", "nbformat"])] = self.junk()

    def _written(self, notebook: Json) -> tuple[Json, bytes]:
        r = self.random
        text = json.dumps(notebook, indent=r.choice([None, 1]), ensure_ascii=r.random() < 0.7)
        if r.random() < 0.1:
            text = text.replace("\n", "\r\n")
        content = text.encode(r.choice(["utf-8"] * 8 + ["utf-8-sig", "utf-16"]), "surrogatepass")
        match r.randrange(12):
            case 0:
                return {}, content[: r.randrange(len(content))]
            case 1:
                at = r.randrange(len(content))
                return {}, content[:at] + r.randbytes(r.randrange(1, 4)) + content[at + r.randrange(3) :]
            case 2:
                content += bytes(r.randrange(20))
        return notebook, content


class Exercise:
    """A released exercise and the notebook with right answers to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = classroom.new_course(folder)
        with opened(Course(folder)) as book:
            self.template = template.read(Course(folder), book.gradebook, "quick")
        self.known = identity.Known(self.template.notebook)
        self.notes = {cell.id: notes.of(cell) for cell in self.template.notebook.cells}
        path = classroom.submitted(folder, classroom.hand_in(folder, "right", "neighbor"))
        self.right = json.dumps(nbformat.read(path, as_version=4)).encode()
        #: The answers to code tasks, by the names of their cells, which are those that they define; and their ids.
        self.answers: dict[str, str] = {}
        self.ids: dict[str, str] = {}
        for cell in msgspec.json.decode(self.right)["cells"]:
            about = notes.of(cell)
            if about.solution and not about.grade:
                self.answers[about.name], self.ids[about.name] = cell["source"], cell["id"]

    def untouched(self, notebook: Json) -> set[str]:
        """The answers that are as they were, wherever they are, and stand in nobody's way."""
        cells = notebook.get("cells")
        claims: dict[str, set[bool]] = {name: set() for name in self.answers}
        for cell in cells if isinstance(cells, list) else []:
            if not isinstance(cell, dict):
                continue
            source, about = cell.get("source"), notes.of(cell)
            text = "".join(source) if isinstance(source, list) and all(isinstance(x, str) for x in source) else source
            text = text if isinstance(text, str) else ""
            defined = identity.defined(text)
            for name, answer in self.answers.items():
                same_id = cell.get("id") == self.ids[name] and about.name in ("", name)
                if name == about.name or same_id or name in defined:
                    code = cell.get("cell_type") == "code" or name == about.name
                    claims[name].add(text == answer and code and about.name in ("", name))
        return {name for name, claim in claims.items() if claim == {True}}

    def read(self, content: bytes) -> tuple[Notebook | None, str]:
        """The notebook that was handed in, and why it is not graded, if it is not."""
        try:
            submitted = reading.parse(content, "quick.ipynb")
        except handin.Rejected as rejection:
            return None, str(rejection)
        return submitted, identity.foreign(submitted, self.known, "quick", {"other": "Other"})

    def faults(self, notebook: Json, submitted: Notebook | None, problem: str, validate: bool) -> Iterator[str]:
        """What is wrong with what becomes of a notebook."""
        untouched = self.untouched(notebook)
        if problem:
            if not (problem.isprintable() and problem.endswith(".") and len(problem) < 500):
                yield f"no sentence: {problem!r}"
            if len(untouched) == len(self.answers):
                yield f"all answers are there, but: {problem}"
        if submitted is None:
            return
        rebuilt, remarks = rebuild(self.template.notebook, self.known, submitted)
        if not all(remark.isprintable() for remark in [*submitted.remarks, *remarks]):
            yield f"no sentences: {remarks}"
        yield from self._changes(rebuilt, untouched)
        if validate:
            nbformat.validate(nbformat.from_dict(json.loads(json.dumps(rebuilt))))

    def _changes(self, rebuilt: NotebookNode, untouched: set[str]) -> Iterator[str]:
        given = [cell for cell in rebuilt.cells if not str(cell.id).startswith("own-")]
        for cell, released in zip(given, self.template.notebook.cells, strict=True):
            about = self.notes[released.id]
            if cell.metadata != released.metadata or cell.cell_type != released.cell_type:
                yield f"{about.name} is not what was released"
            if cell.source != released.source and not about.solution:
                yield f"{about.name} has another text than was released"
        before: dict[str, str] = {}
        for cell in rebuilt.cells:
            about = self.notes.get(cell.id, Notes())
            if about.is_test and (name := about.name.removeprefix("test_")) in untouched:
                if before.get(name) != self.answers[name]:
                    yield f"{name} is not tested by its answer but by {before.get(name)!r}"
            elif cell.cell_type == "code":
                before |= dict.fromkeys(identity.defined(cell.source), cell.source)


def run(exercise: Exercise, seeds: Sequence[int]) -> int:
    """Mutate once for each seed; return how many were still read. Raise :class:`Found` at the first fault."""
    read = 0
    for seed in seeds:
        notebook, content = Mutator(seed).mutated(exercise.right)
        try:
            submitted, problem = exercise.read(content)
            faults = list(exercise.faults(notebook, submitted, problem, seed % _VALIDATED == 0))
        except Exception as error:
            raise Found(f"seed {seed}: {type(error).__name__}: {error}") from error
        if faults:
            raise Found(f"seed {seed}: {'; '.join(faults)}")
        read += submitted is not None
    return read


def grade(exercise: Exercise, seeds: Sequence[int]) -> None:
    """Hand in what the seeds make, beside the honest neighbor's, and grade the class."""
    untouched = {}
    shutil.rmtree(exercise.folder / "submitted")
    classroom.hand_in(exercise.folder, "right", "neighbor")
    for seed in seeds:
        notebook, content = Mutator(seed).mutated(exercise.right)
        path = classroom.submitted(exercise.folder, f"seed-{seed}")
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        untouched[path.parent.parent.name] = exercise.untouched(notebook)
    results = {one.result.student: one.result for one in runner.grade(Course(exercise.folder), Options(workers=2))}
    # The gradebook keeps the rows of those whom an earlier round handed in.
    if lost := {*untouched, "neighbor"} - results.keys():
        raise Found(f"rows are lost: {lost}")
    if results["neighbor"].score != classroom.SCORES["right"] or results["neighbor"].problem:
        raise Found(f"the neighbor has {results['neighbor']}")
    for student, names in untouched.items():
        points = {part.name.removeprefix("test_"): part.points for part in results[student].parts}
        lost = [name for name in names if points[name] != classroom.MAXIMA[f"test_{name}"]]
        if lost and (results[student].parts[0].message or not results[student].problem.startswith("Not graded")):
            raise Found(f"{student} has lost {lost}: {results[student]}")


def main(arguments: Sequence[str]) -> None:
    """So many mutations, or for so many seconds; a minute, and from a seed of chance, where nothing is said."""
    limit = arguments[0] if arguments else "60s"
    most, seconds = (10**9, float(limit[:-1])) if limit.endswith("s") else (int(limit), float("inf"))
    first = int(arguments[1]) if arguments[1:] else random.randrange(10**9)
    started, done, read, graded = time.monotonic(), 0, 0, 0
    with tempfile.TemporaryDirectory() as place:
        exercise = Exercise(Path(place) / "course")
        while done < most and time.monotonic() - started < seconds:
            count = min(5000, most - done)
            read += run(exercise, range(first + done, first + done + count))
            # Where only the count is limited, a share of it is graded.
            if seconds < float("inf") or done % 100_000 == 0:
                grade(exercise, range(first + done, first + done + _GRADED_AT_ONCE))
                graded += _GRADED_AT_ONCE
            done += count
    share = read / done
    print(f"{done} mutated notebooks from seed {first}: {share:.1%} were read, {graded} graded, no fault.")
    if share < SHARE_READ:
        raise Found(f"only {share:.1%} were read")


if __name__ == "__main__":
    main(sys.argv[1:])

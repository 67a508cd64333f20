"""The attacks, the class in which they are handed in, and what must hold after it has been graded.

An attack is a module in one of the groups' folders:

- its docstring says in one sentence what it tries;
- ``BASE`` is what its other answers are: ``"blank"``, as released, or ``"solution"``;
- ``ANSWERS`` gives the source of answers by grade id; ``change(notebook)`` changes the notebook that is handed in;
  ``file(path)`` writes the file itself;
- ``POINTS`` are the points that it must get, and ``REASON`` is what its row must say;
- ``LIMITS``, where it needs others than the corpus has.

In sources, ``@COURSE@`` stands for the course's folder, ``@HOME@`` for the runner's home, ``@RUNNER@`` for its process
id and ``@OTHER@`` for the notebook of an honest student: an attacker is taken to know them. Files, processes and
sockets that an attack makes have ``MARKER`` in their name.
"""

import importlib
import json
import os
import pkgutil
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import nbformat
from nbformat import NotebookNode

from hbcourse.grading.course import attempts, release
from hbcourse.grading.course.attempts import Attempt
from hbcourse.grading.course.folder import Course
from hbcourse.grading.walls.limits import Limits

HERE = Path(__file__).parent
TARGET = HERE / "target"
GROUPS = ("answers", "system", "notebooks", "pairs")
MARKER = "hbattack"
LIMITS = Limits(cell=3, total=30, memory=1 << 30, processes=64)
#: In the target's hidden tests.
HIDDEN = "SECRET-HIDDEN-5c0f2e"
FULL = 8.0
#: What an honest student who left the last three parts out must get.
HALF = 3.0
UNANSWERED = ("mean_of", "share", "coin", "words")


def _nothing(notebook: NotebookNode) -> None:
    pass


@dataclass(frozen=True)
class Attack:
    """One hostile submission, and the outcome that it must get."""

    name: str
    tries: str
    base: str
    points: float
    reason: str
    answers: Mapping[str, str] = field(default_factory=dict)
    change: Callable[[NotebookNode], None] = _nothing
    file: Callable[[Path], None] | None = None
    limits: Limits = LIMITS


def attacks() -> list[Attack]:
    """All of them, group by group."""
    return [attack for group in GROUPS for attack in sorted(_group(group), key=lambda attack: attack.name)]


def _group(group: str) -> Iterator[Attack]:
    package = importlib.import_module(f"{__package__}.{group}")
    for module in pkgutil.iter_modules(package.__path__):
        yield _attack(group, importlib.import_module(f"{package.__name__}.{module.name}"))


def _attack(group: str, module: ModuleType) -> Attack:
    own = {key.lower(): getattr(module, key) for key in ("BASE", "POINTS", "REASON")}
    own |= {key.lower(): vars(module)[key] for key in ("ANSWERS", "change", "file") if key in vars(module)}
    limits = Limits(**{**vars(LIMITS), **vars(module).get("LIMITS", {})})
    name = f"{group}-{module.__name__.rpartition('.')[2]}"
    return Attack(name=name, tries=" ".join((module.__doc__ or "").split()), limits=limits, **own)


@dataclass(frozen=True)
class Secrets:
    """Strings that no submission may get to see, each planted where its name says."""

    course: str = field(default_factory=lambda: f"SECRET-COURSE-{secrets.token_hex(6)}")
    source: str = field(default_factory=lambda: f"SECRET-SOURCE-{secrets.token_hex(6)}")
    gradebook: str = field(default_factory=lambda: f"SECRET-GRADEBOOK-{secrets.token_hex(6)}")
    submission: str = field(default_factory=lambda: f"SECRET-SUBMISSION-{secrets.token_hex(6)}")
    environment: str = field(default_factory=lambda: f"SECRET-ENVIRONMENT-{secrets.token_hex(6)}")
    home: str = field(default_factory=lambda: f"SECRET-HOME-{secrets.token_hex(6)}")

    def all(self) -> list[str]:
        return [*vars(self).values(), HIDDEN]


def hand_in(attack: Attack, student: str, folder: Path, places: Mapping[str, str]) -> None:
    """Put the attack into ``submitted``, as a student of this name."""
    unanswered = tuple({"number", "double", *UNANSWERED} - set(attack.answers)) if attack.base == "blank" else ()
    path = _filled_in(Attempt(student, attack.tries, attack.answers, unanswered), folder)
    if attack.file is not None:
        path.unlink()
        attack.file(path)
        return
    notebook = nbformat.read(path, as_version=4)
    attack.change(notebook)
    text = json.dumps(notebook)
    for place, value in places.items():
        text = text.replace(f"@{place}@", value)
    path.write_text(text, encoding="utf-8")


def hand_in_honest(student: str, folder: Path, known: Secrets, half: bool) -> None:
    """Put an honest submission into ``submitted``: a full one, or one of which half is left out."""
    answers = {} if half else {"words": f"How far they lie from it. {known.submission}"}
    _filled_in(Attempt(student, "honest", answers, UNANSWERED if half else ()), folder)


def _filled_in(attempt: Attempt, folder: Path) -> Path:
    return attempts.hand_in(attempt, TARGET, folder / "release" / "target" / "target.ipynb", Course(folder))


def release_target(folder: Path, known: Secrets) -> None:
    """Make the course, with the target released and secrets planted."""
    release.release(Course(folder), [TARGET])
    (folder / "answers.txt").write_text(known.course)
    # Not before the release, which would hand out what lies beside the source.
    (folder / "source" / "target" / "key.txt").write_text(known.source)
    os.chmod(folder / "answers.txt", 0o644)

"""Through a term: whatever is handed in, marked, moved, broken and killed, marks agree everywhere and none is lost."""

import contextlib
import csv
import math
import os
import random
import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin

from hbcourse import cli
from hbcourse.grading.course.folder import Course, Submission
from hbcourse.grading.marks import atomic, history

from . import classroom
from .nbgrader import nbgrader

STUDENTS = ("ann", "bea", "cem")
#: Attempts whose marks by tests are known.
HANDED_IN = ("right", "wrong", "half", "blank", "broken")
TEXTS = ("It is the middle one.", "I do not know.", "Shrink it.")
PARTS = (*classroom.MAXIMA, "words")
LATE = '''
import math
from nbgrader.plugins import BasePlugin


class ADay(BasePlugin):
    """A point for each day that has begun."""

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return min(score, math.ceil(total_seconds_late / 86400))
'''


def _moved(folder):
    folder.rename(folder.with_name(f"{folder.name} (old)"))


def _linked(folder):
    kept = folder.parents[2] / "elsewhere" / folder.parent.name / folder.name
    shutil.rmtree(folder)
    folder.symlink_to(kept, target_is_directory=True)


def _student_linked(folder):
    kept = folder.parents[2] / "elsewhere" / folder.parent.name
    shutil.rmtree(folder.parent)
    folder.parent.symlink_to(kept, target_is_directory=True)


def _a_file(folder):
    shutil.rmtree(folder)
    folder.write_text("")


#: All ways in which what was graded may be gone.
VANISHING = {
    "file": lambda folder: (folder / "quick.ipynb").unlink(),
    "folder": shutil.rmtree,
    "student": lambda folder: shutil.rmtree(folder.parent),
    "moved": _moved,
    "linked": _linked,
    "student linked": _student_linked,
    "a file": _a_file,
}


@dataclass
class Term:
    """A course, and beside it all that has happened, from which the marks can be computed without it."""

    folder: object
    handed_in: dict = field(default_factory=dict)
    away: dict = field(default_factory=dict)
    stamps: dict = field(default_factory=dict)
    given: dict = field(default_factory=dict)
    due: datetime | None = None
    extensions: dict = field(default_factory=dict)
    dropped: tuple = ()
    full: tuple = ()
    settled: tuple = ()

    # What happens

    def hand_in(self, student, attempt, text, day):
        # A file that cannot be read holds no answer, and blank ones stay as they were released.
        text = "" if attempt in ("broken", "blank") else text
        answers = {"words": text} if text else {}
        if student in self.away:
            self.bring_back(student)
        shutil.rmtree(classroom.submitted(self.folder, student).parent, ignore_errors=True)
        classroom.hand_in(self.folder, attempt, student, **answers)
        stamp = datetime(2026, 3, 1) + timedelta(days=day)
        (classroom.submitted(self.folder, student).parent / "timestamp.txt").write_text(f"{stamp} UTC")
        self.handed_in[student], self.stamps[student] = (attempt, text), stamp

    def settings(self):
        lines = [
            "from hbcourse.grading import configure",
            "c = get_config()",
            "configure(c)",
            "c.AssignLatePenalties.plugin_class = 'late.ADay'",
        ]
        lines += [f"c.HBCourse.due = {{'quick': '{self.due} UTC'}}"] if self.due else []
        until = {student: f"{time} UTC" for student, time in self.extensions.items()}
        lines += [f"c.HBCourse.extensions = {{'quick': {until}}}"] if self.due and until else []
        lines += [f"c.HBCourse.dropped = {{'quick': {list(self.dropped)}}}"]
        lines += [f"c.HBCourse.full_marks = {{'quick': {list(self.full)}}}"]
        (self.folder / "nbgrader_config.py").write_text("\n".join(lines))

    def mark(self, student, part, points, extra, comment):
        """In formgrader, which shows what was graded last."""
        with Gradebook(f"sqlite:///{self.folder}/gradebook.db") as book:
            grade = book.find_grade(part, "quick", "quick", student)
            grade.manual_score, grade.extra_credit, grade.needs_manual_grade = points, extra, False
            if part == "words":
                book.find_comment(part, "quick", "quick", student).manual_comment = comment
            book.db.commit()
        self.given[student, part, self.answer(student, part)] = points, extra, comment

    def answer(self, student, part):
        """What a mark for this part is given for."""
        return self.handed_in[student] if part.startswith("test_") else self.handed_in[student][1]

    def take_away(self, student, what):
        folder = classroom.submitted(self.folder, student).parent
        kept = self.folder / "elsewhere" / student / "quick"
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(folder, kept)
        self.away[student] = self.handed_in[student]
        self.handed_in[student] = "gone", ""
        VANISHING[what](folder)

    def bring_back(self, student):
        folder = classroom.submitted(self.folder, student).parent
        for place in (folder, folder.parent):
            if place.is_symlink() or place.is_file():
                place.unlink()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder / "elsewhere" / student / "quick", folder)
        self.handed_in[student] = self.away.pop(student)

    # What must come of it

    def points(self, student):
        """Each part's points; None where a person has to read it."""
        attempt, _ = self.handed_in[student]
        found = {}
        for part in PARTS:
            by_hand, extra, _ = self.given.get((student, part, self.answer(student, part)), (None, None, ""))
            tested = classroom.POINTS.get(attempt, {}).get(part, None if self.handed_in[student][1] else 0.0)
            points = tested if by_hand is None else by_hand
            if attempt in ("broken", "gone") or part in self.dropped:
                points, extra = 0.0, None
            elif part in self.full:
                points = max({**classroom.MAXIMA, "words": 1.0}[part], by_hand or 0.0)
            found[part] = None if points is None and not extra else (points or 0.0) + (extra or 0.0)
        return found

    def total(self, student):
        if student not in self.handed_in:
            return 0.0
        raw = sum(points or 0.0 for points in self.points(student).values())
        late = 0.0
        if self.due and self.handed_in[student][0] not in ("broken", "gone"):
            over = (self.stamps[student] - self.extensions.get(student, self.due)).total_seconds()
            late = min(raw, math.ceil(over / 86400)) if over > 0 else 0.0
        return raw - late


def told(term, said):
    """The total of each student, in each of the five places."""
    folder = term.folder
    with (folder / "grades" / "quick.csv").open(newline="") as file:
        table = {row["student"]: float(row["score"]) for row in csv.DictReader(file)}
    terminal = {name: float(points) for name, points in re.findall(r"^(\w+): (\S+) of \S+ points", said, re.MULTILINE)}
    report = BeautifulSoup((folder / "grades" / "quick.html").read_text(), "html.parser")
    rows = [[cell.get_text(strip=True) for cell in row.find_all(["td", "th"])] for row in report.find_all("tr")]
    marks = [row[:2] for row in rows if row[0] in STUDENTS and re.fullmatch(r"(\S+ of \S+)?", row[1])]
    in_report = {student: float(points.split(" of ")[0] or 0) for student, points in marks}
    pages = {}
    for student in term.handed_in:
        page = Course(folder).page(Submission("quick", student)).read_text()
        found = re.search(r"quick \(Score: (\S+) / ", page)
        pages[student] = float(found.group(1)) if found else 0.0
    exporter = CsvExportPlugin(to=str(folder / "export.csv"))
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as book:
        exporter.export(book)
    with (folder / "export.csv").open() as file:
        exported = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    return {"table": table, "terminal": terminal, "report": in_report, "pages": pages, "export": exported}


def agree(term, said):
    expected = {student: pytest.approx(term.total(student), abs=0.006) for student in STUDENTS}
    handed_in = {student: expected[student] for student in term.handed_in}
    found = told(term, said)
    assert found["table"] == expected
    assert found["export"] == expected
    assert found["terminal"] == handed_in
    assert found["pages"] == handed_in
    assert found["report"] == expected
    with (term.folder / "grades" / "quick.csv").open(newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    for student in term.handed_in:
        for part, points in term.points(student).items():
            shown = rows[student][part]
            assert (None if shown == "" else float(shown)) == (None if points is None else pytest.approx(points)), part
    for (student, part, answer), (*_, comment) in term.given.items():
        stands = term.answer(student, part) == answer and term.handed_in[student][0] not in ("broken", "gone")
        if part == "words" and comment and stands:
            assert comment in Course(term.folder).page(Submission("quick", student)).read_text()


@pytest.fixture
def term(bubblewrap, tmp_path):
    folder = classroom.new_course(tmp_path / "course")
    (folder / "late.py").write_text(LATE)
    one = Term(folder)
    one.settings()
    (tmp_path / "class.csv").write_text("id,name\n" + "".join(f"{student},\n" for student in STUDENTS))
    assert cli.main(["roster", str(tmp_path / "class.csv"), "--course", str(folder)]) == 0
    return one


def happen(term, chance, graded):
    """Something that happens in a term, as chance has it."""
    student = chance.choice(STUDENTS)
    whole = [one for one in term.handed_in if term.handed_in[one][0] not in ("broken", "gone")]
    markable = [one for one in whole if graded.get(one) == term.handed_in[one]]
    event = chance.choice(
        ["hand_in", "hand_in", *["mark"] * 4, "due", "extension", "dropped", "full", "vanish", "return"]
    )
    if event == "hand_in":
        term.hand_in(student, chance.choice(HANDED_IN), chance.choice(TEXTS), chance.randrange(20))
    elif event == "mark" and markable:
        part = chance.choice(["words", "words", "test_total"])
        # A setting hides what was given before, so that an empty field takes nothing back.
        extra = 0.5 if part in (*term.dropped, *term.full, *term.settled) else chance.choice([None, 0.5])
        term.mark(chance.choice(markable), part, chance.choice([0.0, 0.25, 1.5]), extra, f"Note {chance.random()}")
    elif event == "vanish" and student in graded and student in whole and len(whole) > 1:
        term.take_away(student, chance.choice(sorted(VANISHING)))
    elif event == "return" and term.away:
        term.bring_back(chance.choice(sorted(term.away)))
    elif event == "due":
        term.due = chance.choice([None, datetime(2026, 3, 8), datetime(2026, 3, 12, 12)])
    elif event == "extension":
        term.extensions = {} if term.extensions else {student: datetime(2026, 3, 15)}
    elif event == "dropped":
        term.dropped = chance.choice([(), ("test_share",), ("words",), ("test_total",)])
    elif event == "full":
        term.full = chance.choice([(), ("test_double",), ("words",), ("test_total",)])
    term.settings()
    return event


def a_term(term, seed, run):
    """Some weeks, graded again and again; ``run`` grades, and may be stopped on its way."""
    chance, graded = random.Random(seed), {}
    term.hand_in("ann", "right", TEXTS[0], 1)
    for _ in range(5):
        for _ in range(chance.randrange(1, 6)):
            happen(term, chance, graded)
        agree(term, run(term, chance))
        graded, term.settled = dict(term.handed_in), (*term.dropped, *term.full)


def calmly(capsys):
    def run(term, chance):
        arguments = ["grade", str(term.folder), "--workers", "2", *(["--regrade"] if chance.random() < 0.2 else [])]
        assert cli.main(arguments) == 0
        return capsys.readouterr().out

    return run


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.durability) for seed in (1, 2))])
def test_all_places_agree_with_what_has_happened(term, capsys, seed):
    a_term(term, seed, calmly(capsys))


class _StoppedError(BaseException):
    """As if the process had been killed."""


@pytest.mark.parametrize("seed", [pytest.param(seed, marks=pytest.mark.durability) for seed in (3, 4)])
def test_all_places_agree_after_a_run_that_was_stopped_between_any_two_files(term, capsys, monkeypatch, seed):
    write = atomic.write

    def run(term, chance):
        left = chance.randrange(12)

        def stop(file, text):
            nonlocal left
            left -= 1
            if left == 0:
                raise _StoppedError
            write(file, text)

        monkeypatch.setattr(atomic, "write", stop)
        with contextlib.suppress(_StoppedError):
            cli.main(["grade", str(term.folder), "--workers", "2"])
        monkeypatch.setattr(atomic, "write", write)
        capsys.readouterr()
        return calmly(capsys)(term, chance)

    a_term(term, seed, run)


@pytest.mark.durability
@pytest.mark.parametrize("seed", range(100, 106))
def test_all_places_agree_after_runs_that_were_killed(term, capsys, tmp_path, seed):
    def run(term, chance):
        for command in (
            ["grade", str(term.folder), "--workers", "2"],
            ["roster", str(tmp_path / "class.csv"), "--course", str(term.folder)],
        ):
            process = subprocess.Popen(
                [classroom.COMMAND, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            time.sleep(chance.uniform(0, 8))
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        return calmly(capsys)(term, chance)

    a_term(term, seed, run)


# What an instructor tried


def grade(term, capsys, *options):
    assert cli.main(["grade", str(term.folder), "--workers", "2", *options]) == 0
    return capsys.readouterr().out


def test_a_mark_and_a_comment_from_formgrader_reach_the_page_and_the_list_of_changes(term, capsys):
    term.hand_in("ann", "right", TEXTS[0], 1)
    grade(term, capsys)
    page = Course(term.folder).page(Submission("quick", "ann"))
    assert "not read yet, of 1" in page.read_text()
    term.mark("ann", "words", 0.5, None, "\u202eNearly!")
    said = grade(term, capsys)
    assert re.search(r"ann +│ words +│ +– │ +0\.5 │ marked by hand", said)
    assert "ann: 6.5 of 7 points" in said
    assert "Nearly!" in page.read_text()
    assert "\u202e" not in page.read_text()
    assert "not read yet" not in page.read_text()
    assert "Marks that changed" not in grade(term, capsys)


def test_a_penalty_is_taken_off_everywhere_and_a_moved_due_date_gives_it_back(term, capsys):
    term.hand_in("ann", "right", TEXTS[0], 10)
    term.due = datetime(2026, 3, 8)
    term.settings()
    said = grade(term, capsys)
    assert "ann: 3 of 6 points (6 less 3 for coming late), 1 more for a person to give" in said
    agree(term, said)
    term.extensions = {"ann": datetime(2026, 3, 10)}
    term.settings()
    said = grade(term, capsys)
    assert re.search(r"ann +│ late penalty +│ +-3 │ +-1 │ the due date, an extension", said)
    agree(term, said)
    term.extensions, term.due = {}, None
    term.settings()
    agree(term, grade(term, capsys))
    with Gradebook(f"sqlite:///{term.folder}/gradebook.db") as book:
        assert book.find_assignment("quick").duedate is None


@pytest.mark.parametrize("what", classroom.first(VANISHING, 2))
def test_what_vanishes_counts_for_nothing_everywhere_and_returns_with_all_marks(term, capsys, what):
    term.hand_in("ann", "right", TEXTS[0], 1)
    term.hand_in("bea", "right", TEXTS[0], 1)
    grade(term, capsys)
    term.mark("ann", "words", 0.5, 2.0, "Good.")
    agree(term, grade(term, capsys))
    term.take_away("ann", what)
    said = grade(term, capsys)
    assert "Marks that changed" in said
    assert "ann: 0 of 7 points" in said
    agree(term, said)
    assert "Marks that changed" not in grade(term, capsys)
    term.bring_back("ann")
    said = grade(term, capsys)
    assert "Marks that changed" in said
    assert "ann: 8.5 of 7 points" in said
    agree(term, said)


@pytest.mark.parametrize(
    ("setting", "run_between"),
    classroom.first([("dropped", False), ("full", True), ("dropped", True), ("full", False)], 2),
)
def test_a_mark_given_while_a_setting_decides_stands_when_the_setting_is_undone(term, capsys, setting, run_between):
    term.hand_in("ann", "right", TEXTS[0], 1)
    grade(term, capsys)
    term.mark("ann", "words", 1.0, 0.25, "First.")
    setattr(term, setting, ("words",))
    term.settings()
    said = grade(term, capsys)
    agree(term, said)
    # Full marks take nothing from a student who has more.
    assert ("ann: 7.25 of 7 points" in said) == (setting == "full")
    term.mark("ann", "words", 0.75, 0.5, "While the setting decides.")
    if run_between:
        agree(term, grade(term, capsys))
    setattr(term, setting, ())
    term.settings()
    agree(term, grade(term, capsys))


def test_a_file_broken_for_one_run_costs_nothing_when_it_is_back(term, capsys):
    term.hand_in("ann", "right", TEXTS[0], 1)
    grade(term, capsys)
    term.mark("ann", "words", 0.5, 2.0, "Good.")
    assert "ann: 8.5 of 7 points, 2 of them extra credit" in grade(term, capsys)
    file = classroom.submitted(term.folder, "ann")
    whole = file.read_bytes()
    file.write_text("{")
    said = grade(term, capsys)
    assert "ann: 0 of 7 points" in said
    assert re.search(r"ann +│ words +│ +2\.5 │ +0 │ the notebook handed in changed", said)
    file.write_bytes(whole)
    said = grade(term, capsys)
    assert "ann: 8.5 of 7 points, 2 of them extra credit" in said
    assert re.search(r"ann +│ words +│ +0 │ +2\.5 │ the notebook handed in changed", said)
    agree(term, said)


def test_who_handed_in_nothing_has_a_row(term, capsys):
    term.hand_in("ann", "right", TEXTS[0], 1)
    said = grade(term, capsys)
    assert "Handed in nothing: bea, cem" in said
    assert "handed in nothing" in (term.folder / "grades" / "quick.html").read_text()
    with (term.folder / "grades" / "quick.csv").open(newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert rows["bea"]["problem"] == "Nothing was handed in."
    assert (rows["bea"]["score"], rows["bea"]["max_score"]) == ("0.0", "7.0")


def test_an_extension_holds_for_what_is_handed_in_after_it_was_granted(term, capsys):
    term.due, term.extensions = datetime(2026, 3, 8), {"ann": datetime(2026, 3, 15)}
    term.settings()
    for student in ("ann", "bea"):
        term.hand_in(student, "right", TEXTS[0], 10)
    agree(term, grade(term, capsys))
    assert "late −3" in (term.folder / "grades" / "quick.html").read_text()


def test_a_folder_that_is_not_in_the_class_list_is_graded_with_a_remark(term, capsys):
    for student in ("ann", "Bea", "ghost"):
        classroom.hand_in(term.folder, "right", student)
    said = grade(term, capsys)
    assert "Bea is not in the class list; is it bea?" in said
    assert "ghost is not in the class list." in said
    assert "ann is not" not in said
    with (term.folder / "grades" / "quick.csv").open(newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert rows["ghost"]["score"] == "6.0"
    assert "ghost is not in the class list." in rows["ghost"]["remarks"]


@pytest.mark.parametrize("what", classroom.first(["feedback", "feedback/ann", "feedback/ann/quick", "autograded"]))
def test_what_was_deleted_of_the_results_is_written_again(term, capsys, what):
    term.hand_in("ann", "right", TEXTS[0], 1)
    grade(term, capsys)
    before = classroom.kept(term.folder)["files"]
    shutil.rmtree(term.folder / what)
    grade(term, capsys)
    assert classroom.kept(term.folder)["files"] == before


def test_the_history_tells_each_hand_in_and_where_it_is(term, capsys):
    term.hand_in("ann", "right", TEXTS[0], 1)
    grade(term, capsys)
    term.mark("ann", "words", 0.5, None, "Good.")
    first = classroom.submitted(term.folder, "ann").read_bytes()
    term.hand_in("ann", "wrong", TEXTS[1], 2)
    grade(term, capsys)
    gradings = list(history.read(Course(term.folder).history(Submission("quick", "ann"))))
    assert [grading.score for grading in gradings] == [6, sum(classroom.POINTS["wrong"].values())]
    assert (gradings[0].place / "quick.ipynb").read_bytes() == first
    assert cli.main(["history", "ann", "quick", "--course", str(term.folder)]) == 0
    said = capsys.readouterr().out.replace("\n", "")
    assert "6 of 7 points" in said
    assert "By hand: words: points 0.5, comment Good. (waits for its answer to come back)" in said
    assert f"Total now: {sum(classroom.POINTS['wrong'].values()):g} points" in said
    for folder, student, assignment, says in (
        (term.folder, "nobody", "quick", "this course has no student 'nobody'; there are: ann, bea, cem."),
        (term.folder, "Ann", "quick", "this course has no student 'Ann'; did you mean 'ann'?"),
        (term.folder, "ann", "quik", "this course has no assignment 'quik'; did you mean 'quick'?"),
        (term.folder, "bea", "quick", "bea has handed in nothing for quick that was graded."),
        (term.folder / "grades", "ann", "quick", "is not a course; make one with"),
    ):
        assert cli.main(["history", student, assignment, "--course", str(folder)]) == 2
        assert says in capsys.readouterr().err


def test_a_task_that_is_no_task_and_an_unknown_setting_are_named(term, capsys):
    term.hand_in("ann", "right", TEXTS[0], 1)
    term.dropped = ("nothing",)
    term.settings()
    assert cli.main(["grade", str(term.folder)]) == 2
    assert "quick has no task 'nothing'; it has: middle, double" in capsys.readouterr().err
    with (term.folder / "nbgrader_config.py").open("a") as config:
        config.write("\nc.HBCourse.drop = {}\n")
    assert cli.main(["grade", str(term.folder)]) == 2
    assert "c.HBCourse.drop is no setting; there are: due" in capsys.readouterr().err


def test_nbgrader_releases_the_feedback_through_its_exchange(term, capsys, tmp_path):
    with (term.folder / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.Exchange.root = {str(tmp_path / 'exchange')!r}\n")
    (tmp_path / "exchange").mkdir(mode=0o777)
    (tmp_path / "exchange").chmod(0o777)
    term.hand_in("ann", "right", TEXTS[0], 1)
    (classroom.submitted(term.folder, "ann").parent / "submission_secret.txt").write_text("s3cret")
    grade(term, capsys)
    nbgrader(term.folder, "release_feedback", "quick")
    released = list((tmp_path / "exchange").rglob("feedback/*.html"))
    assert len(released) == 1


@pytest.mark.durability
def test_what_nbgrader_autogrades_in_between_is_not_taken_for_something_else(term, capsys):
    term.hand_in("ann", "right", TEXTS[0], 1)
    grade(term, capsys)
    term.hand_in("ann", "right", TEXTS[1], 2)
    nbgrader(term.folder, "autograde", "quick", "--force")
    term.mark("ann", "words", 0.5, None, "Of the second.")
    said = grade(term, capsys)
    agree(term, said)
    term.hand_in("ann", "right", TEXTS[0], 1)
    assert "1 more for a person to give" in grade(term, capsys)

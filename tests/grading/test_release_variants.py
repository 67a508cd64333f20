"""An exercise that differs from student to student: released, handed in and graded."""

import json
import shutil
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from hbcourse import cli
from hbcourse.grading import CourseError, selfcheck
from hbcourse.grading.course import attempts, release, roster
from hbcourse.grading.course.folder import Course

from .nbgrader import nbgrader

EXERCISES = Path(__file__).resolve().parent / "exercises"
PLAIN = Path(__file__).resolve().parents[2] / "exercises"
FIRST = min(folder.name for folder in PLAIN.iterdir())
VARIANT = EXERCISES / "variant"
ATTEMPTS = {attempt.name: attempt for attempt in attempts.read(VARIANT)}
POINTS = {"test_pooled": 1, "test_weight": 1, "test_partial_pooling": 2, "test_moved": 1}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course whose class of two has a notebook each, made at the command line."""
    folder = tmp_path_factory.mktemp("variants")
    (folder / "class.csv").write_text("id,name\nada,Ada\nBo-Li,Bo\n", encoding="utf-8")
    options = ["--students", str(folder / "class.csv"), "--exercises", str(EXERCISES)]
    assert cli.main(["release", str(folder / "course"), "variant", *options]) == 0
    return folder / "course"


def cells_of(path):
    return {
        cell.metadata.nbgrader.grade_id: cell
        for cell in nbformat.read(path, as_version=4).cells
        if "nbgrader" in cell.metadata
    }


def released(course):
    return course / "release" / "variant" / "variant.ipynb"


def each(course, student):
    return course / "release_each" / student / "variant" / "variant.ipynb"


def test_one_notebook_for_all_asks_for_the_id(course):
    asked = cells_of(released(course))["student_id"]
    assert asked.source.splitlines() == ["student_id = ...", "# YOUR CODE HERE", "raise NotImplementedError()"]


def test_a_notebook_for_each_differs_from_it_by_the_id_alone(course):
    assert sorted(path.name for path in (course / "release_each").iterdir()) == ["Bo-Li", "ada"]
    for student in ("ada", "Bo-Li"):
        theirs, everyones = cells_of(each(course, student)), cells_of(released(course))
        assert theirs.pop("student_id").source == f"student_id = '{student}'"
        everyones.pop("student_id")
        assert theirs == everyones


@pytest.mark.parametrize("find", [released, lambda course: each(course, "ada")], ids=["all", "each"])
def test_no_notebook_holds_a_solution_or_a_hidden_test(course, find):
    path = find(course)
    assert "HIDDEN TESTS" not in path.read_text()
    full = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in release.read_source(VARIANT).cells
        if "nbgrader" in cell.metadata
    }
    given = cells_of(path)
    assert set(given) == set(full)
    for name, source in full.items():
        for begin, end in (("### BEGIN SOLUTION", "### END SOLUTION"), ("### BEGIN HIDDEN", "### END HIDDEN")):
            if begin in source:
                assert source.split(begin)[1].split(end)[0].strip() not in given[name].source
    assert given["data"].source == full["data"]


def test_the_students_own_check_of_a_notebook_with_the_id_filled_in(course, tmp_path):
    bo = attempts.Attempt(name="Bo-Li", does="")
    path = attempts.hand_in(bo, VARIANT, each(course, "Bo-Li"), Course(tmp_path))
    assert {part.name: part.points for part in selfcheck.check(path)} == POINTS


def test_release_again_keeps_what_else_is_there(course):
    before = {path: path.read_bytes() for path in course.rglob("*.ipynb")}
    release.release_each(Course(course), [VARIANT], ["cem"])
    assert {path: path.read_bytes() for path in before} == before
    assert each(course, "cem").exists()
    shutil.rmtree(course / "release_each" / "cem")


@pytest.mark.durability
def test_nbgrader_alone_releases_and_grades_it(course, tmp_path):
    folder = tmp_path / "course"
    shutil.copytree(course, folder)
    for student in ("ada", "dia"):
        attempts.hand_in(ATTEMPTS[student], VARIANT, released(folder), Course(folder))
    for command in ("generate_assignment", "autograde"):
        nbgrader(folder, command, "variant", "--force")
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as book:
        scores = {student: book.find_submission("variant", student).score for student in ("ada", "dia")}
    # Whom a notebook is from, nbgrader does not tell it: it believes the id that dia typed.
    assert scores == {"ada": 5, "dia": 5}


@pytest.mark.parametrize(
    "text",
    [
        "ada\nbo\n",
        "id\nada\nbo",
        "Student,mark\r\nada,3\r\nbo,4\r\n",
        "\ufeffid;name\nada;Ada\n\n bo ;Bo\n",
        "name\tID number\nA\tada\nB\tbo",
        "ID-Nummer;Vorname;Nachname;E-Mail-Adresse;Gruppen\nada;A;L;a@b.de;\nbo;B;C\n",
        # As Canvas exports them, with and without a row on how assignments are posted.
        'Student,ID,SIS Login ID,hw \n    Points Possible,,,20\n"L, A",1,ada,\n"C, B",2,bo,\n"Student, Test",3,x1,\n',
        "Student,ID,SIS Login ID,hw (1)\n,,,Manual Posting\n    Points Possible,,,20\nA L,1,ada,\nB C,2,bo,\n",
        "Student,ID,SIS Login ID,hw (1)\nA L,1,ada,\nB C,2,bo,\n    Points Possible,,,20\n",
    ],
)
def test_a_list_of_students_may_be_of_any_usual_kind(tmp_path, text):
    (tmp_path / "class.csv").write_bytes(text.encode("utf-8"))
    assert [student.id for student in roster.read(tmp_path / "class.csv")] == ["ada", "bo"]


def test_quoted_ids_and_ids_with_accents_are_read(tmp_path):
    (tmp_path / "class.csv").write_text('student_id,name\n"zoë lang","Lang, Zoë"\n007,B\n', encoding="utf-8")
    assert [student.id for student in roster.read(tmp_path / "class.csv")] == ["zoë lang", "007"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "class.csv lists no students; write one id a line, or columns with a heading."),
        ("id\n\n", "class.csv lists no students below its heading."),
        ("ada,Ada\nbo,Bo\n", "class.csv has 2 columns and no heading that says what they are; name them"),
        (
            "Last name\nLovelace\n",
            "class.csv has no column with the ids by which students hand in (its columns: Last na",
        ),
        ("Surname,First name,Email\nA,B,C\n", "class.csv has no column with the ids by which students hand in"),
        ("id\nada\nbo\nADA \n", "Line 4 of class.csv: 'ADA' is the same student as 'ada' in line 2."),
        ("../../etc\n", "Line 1 of class.csv: the id '../../etc' holds '/', which the name of a folder may not."),
        ("ada\nb\\o\n", "Line 2 of class.csv: the id 'b\\\\o' holds '\\\\', which the name of a folder may not."),
        ("ada\na*\n", "Line 2 of class.csv: the id 'a*' holds '*', which the name of a folder may not."),
        ("..\n", "Line 1 of class.csv: the id '..' begins or ends as the name of a student's folder may not."),
        ("__pycache__\n", "Line 1 of class.csv: the id '__pycache__' begins or ends as"),
        ("ada\0\n", "Line 1 of class.csv: the id 'ada\\x00' is too long for the name of a folder, or holds"),
        ("a" * 300, "Line 1 of class.csv: the id 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa is too long"),
        ("id,name\n,Ada\n", "Line 2 of class.csv: there is no id in it."),
        ("your id here\n", "Line 1 of class.csv: 'your id here' is no student's id."),
        (b"ada\xff", "class.csv is not a text file in UTF-8 (byte 3); save it as CSV UTF-8"),
        (b"PK\x03\x04\xff", "class.csv is a workbook; save it as CSV UTF-8"),
        ('id,name,email\nada,"Ada,a@b.de\nbo,Bo,b@b.de\n', "Line 2 of class.csv: its quotation marks do not match ("),
        ('id,name,email\nada,"Ada,a@b.de\nbo,"Bo",b@b.de\n', "Line 2 of class.csv: its quotation marks do not match"),
        ('id,name\nada,"Ada\nbo,Bo"\n', "Line 2 of class.csv: one of its cells goes on in the next line; a quotation"),
        ("id,name,email\nada,Lo, Ada,a@b.de\n", "Line 2 of class.csv has more cells than its first line; put a cell"),
        ("id,name,email\nada,Lo, Ada\n", "Line 2 of class.csv: 'Ada' is no e-mail address; put a cell that holds"),
        ("ada\nbo, Bo\n", "Line 2 of class.csv has more cells than its first line"),
        ("id,id\nada,1\n", "class.csv has several columns that may hold the same: id, id; call the one by which"),
        ("ID number,student number\nada,1\n", "class.csv has several columns that may hold the same: id number, stude"),
    ],
)
def test_a_bad_list_of_students_gets_one_sentence(tmp_path, monkeypatch, text, reason):
    monkeypatch.chdir(tmp_path)
    Path("class.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(CourseError) as caught:
        roster.read(Path("class.csv"))
    assert str(caught.value).startswith(reason)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("exercises", "students", "message"),
    [
        (PLAIN, "class.csv", f"hbcourse: {FIRST} is the same for all students; name exercises that draw variants.\n"),
        (EXERCISES, "nowhere.csv", "hbcourse: No such file or directory: nowhere.csv\n"),
        (EXERCISES, ".", "hbcourse: Is a directory: .\n"),
    ],
)
def test_what_cannot_be_released_to_each_leaves_nothing_behind(
    tmp_path, monkeypatch, capsys, exercises, students, message
):
    monkeypatch.chdir(tmp_path)
    Path("class.csv").write_text("ada\n")
    assert cli.main(["release", "new", "--students", students, "--exercises", str(exercises)]) == 2
    assert capsys.readouterr().err == message
    assert not Path("new").exists()


def test_what_is_released_can_be_read_by_anyone(course):
    for path in (released(course), each(course, "ada")):
        nbformat.validate(json.loads(path.read_text()))

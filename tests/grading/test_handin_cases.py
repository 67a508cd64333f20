"""A class hands in as classes do: each oddity gets the marks, the row and the page that it must get."""

import csv
import html
import json
import re

import nbformat
import pytest

from hbcourse import cli
from hbcourse.grading.course import attempts, release
from hbcourse.grading.course.attempts import Attempt
from hbcourse.grading.course.folder import Course
from hbcourse.grading.running import runner
from hbcourse.grading.running.options import Options
from hbcourse.grading.shown import classreport

from .conftest import EXERCISES
from .oddities import FULL, ODDITIES, WORDS, named

HONEST = "honest"
OTHERS = ("shrinkage",)


@pytest.fixture(scope="module")
def folder(bubblewrap, tmp_path_factory):
    """A course in which each oddity was handed in, by a student of its name."""
    folder = tmp_path_factory.mktemp("odd") / "course"
    course, names = Course(folder), ["pooling", *OTHERS]
    released = dict(zip(names, release.release(course, release.find(EXERCISES, names)), strict=True))
    right = Attempt(HONEST, "Right answers.", {"what_to_print": WORDS})
    model = nbformat.read(attempts.hand_in(right, EXERCISES / "pooling", released["pooling"], course), as_version=4)
    blank = nbformat.read(released["pooling"], as_version=4)
    for name, oddity in ODDITIES.items():
        place = folder / "submitted" / name / "pooling"
        place.mkdir(parents=True)
        oddity.write(place, json.loads(json.dumps(model | {"blank": named(blank, "what_to_print")})))
    for other in OTHERS:
        path = attempts.hand_in(Attempt(f"other-{other}", ""), EXERCISES / other, released[other], Course(folder))
        path.parent.rename(path.parent.with_name("pooling"))
        (path.parent.with_name("pooling") / path.name).rename(path.parent.with_name("pooling") / "pooling.ipynb")
    return folder


@pytest.fixture(scope="module")
def results(folder):
    return {one.result.student: one.result for one in runner.grade(Course(folder), Options(workers=2))}


@pytest.mark.parametrize("name", ODDITIES)
def test_it_gets_its_points_and_its_row_says_what_is_odd(results, name):
    oddity, result = ODDITIES[name], results[name]
    said = " ".join([result.problem, *result.remarks])
    assert oddity.said in said
    assert bool(said) == bool(oddity.said)
    assert said.isprintable()
    assert (result.score, result.to_read) == (oddity.points, oddity.to_read)


def test_the_honest_neighbor_has_full_marks(results):
    assert (results[HONEST].score, results[HONEST].problem, results[HONEST].remarks) == (FULL, "", ())


@pytest.mark.parametrize("other", OTHERS)
def test_the_notebook_of_another_chapter_is_named(results, other):
    result = results[f"other-{other}"]
    assert result.problem.startswith(f"Not graded: This is the notebook of {other}, not of pooling: download")
    assert (result.score, result.to_read) == (0, 0)
    assert not classreport.was_graded(result)


def test_what_a_person_must_read_is_in_formgrader_and_on_the_page(folder, results):
    waiting = [
        name
        for name, oddity in ODDITIES.items()
        if "is read in its place" in oddity.said or "empty or gone" in oddity.said
    ]
    assert len(waiting) >= 5
    for name in waiting:
        notebook = nbformat.read(folder / "autograded" / name / "pooling" / "pooling.ipynb", as_version=4)
        assert WORDS in named(notebook, "what_to_print").source
        page = (folder / "feedback" / name / "pooling" / "pooling.html").read_text()
        assert page.count(WORDS) == 1


def test_each_page_says_what_the_row_says(folder, results):
    for name, result in results.items():
        if not result.remarks and not result.problem:
            continue
        page = (folder / "feedback" / name / "pooling" / "pooling.html").read_text()
        text = " ".join(html.unescape(re.sub(r"<[^>]+>", "", page)).split())
        for sentence in [*result.remarks, result.problem.removeprefix("Not graded: ")]:
            assert " ".join(sentence.split()) in text, name


def test_tables_and_terminal_say_it_and_the_next_run_grades_nothing(folder, results, capsys):
    assert cli.main(["grade", str(folder), "--workers", "2"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert f"{len(results)} of {len(results)} had not changed since they were graded." in said
    with (folder / "grades" / "pooling.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    report = html.unescape((folder / "grades" / "pooling.html").read_text())
    assert rows.keys() == results.keys()
    for name, result in results.items():
        assert all(remark in rows[name]["remarks"] for remark in result.remarks)
        assert all(remark in report for remark in result.remarks)
        assert result.problem in rows[name]["problem"]
    assert results["answer-in-a-test-cell"].remarks[0] in said

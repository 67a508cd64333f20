"""One job: what a kernel and a judge make of it, what they start afresh with, and what becomes of the lost."""

import contextlib
import json
import os
import signal
import textwrap
import threading
import time

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from hbcourse.grading import CourseError
from hbcourse.grading.running import executors, pool
from hbcourse.grading.running.imports import Imports
from hbcourse.grading.running.job import Job, Lost
from hbcourse.grading.running.pool import Pool
from hbcourse.grading.walls import memory
from hbcourse.grading.walls.limits import Limits

from .processes import descendants, nothing_left, of_kind

NUMPY = Imports(("numpy",), ("numpy",))
LIMITS = Limits(cell=10, total=30, memory=1 << 30)


def answer(source):
    about = {"grade_id": f"answer-{hash(source)}", "grade": False, "solution": True, "locked": False}
    return new_code_cell(source, metadata={"nbgrader": {**about, "schema_version": 3, "task": False}})


def test(source):
    about = {"grade_id": f"test-{hash(source)}", "grade": True, "solution": False, "locked": True, "points": 1}
    return new_code_cell(source, metadata={"nbgrader": {**about, "schema_version": 3, "task": False}})


test.__test__ = False


def job(*cells, student="ada"):
    return Job(student, json.dumps(new_notebook(cells=list(cells))))


@pytest.fixture(scope="module")
def warm(bubblewrap):
    """One pool for jobs that leave it whole."""
    with Pool(NUMPY, LIMITS) as one:
        yield one


def outputs(outcome):
    """What each code cell shows: the text of its value, or what went wrong."""
    shown = []
    for cell in nbformat.from_dict(json.loads(outcome.notebook)).cells:
        if cell.cell_type == "code":
            (last,) = cell.outputs[-1:] or [{}]
            shown.append(last.get("evalue") or last.get("data", {}).get("text/plain") or last.get("text", ""))
    return shown


def test_answers_are_judged_where_they_are_not(warm):
    cells = [
        answer("x = 3\ndef f(y):\n    return x + y"),
        test("assert x == 3\nf(2) / 10"),
        test("assert f(x) == 0, 'no'"),
    ]
    outcome = warm.grade(job(*cells))
    assert outputs(outcome) == ["", "0.5", "no"]
    assert outcome.problem == ""
    assert outcome.seconds["total"] > 0


def test_nothing_of_one_submission_is_left_for_the_next(warm):
    leave = """
        import os
        import numpy as np
        seen, np.left = hasattr(np, "left"), True
        files = os.listdir("/tmp") + os.listdir()
        for name in ("/tmp/left", "left"):
            open(name, "w").close()
    """
    count = """
        import numpy as np
        np.graded = getattr(np, "graded", 0) + 1
        assert not hasattr(np, "left")
        float(np.graded)
    """
    leave, count = textwrap.dedent(leave), textwrap.dedent(count)
    own = test("assert 'secret' not in globals(), secret\nsecret = 'of one'")
    for _ in range(3):
        outcome = warm.grade(job(answer(leave), answer("seen"), answer("'left' in files"), test(count), own))
        assert outputs(outcome) == ["", "False", "False", "1.0", ""]


def test_files_lie_beside_the_notebook_and_beside_its_tests(warm):
    cells = [answer("import helper\nx = helper.y"), test("assert x == 3 and open('data/a.csv').read() == '1'")]
    files = {"data/a.csv": b"1", "helper.py": b"y = len(open('data/a.csv').read()) + 2"}
    outcome = warm.grade(Job("ann", json.dumps(new_notebook(cells=[*cells, answer("open('../../helper.py')")])), files))
    assert outputs(outcome)[:2] == ["", ""]
    assert "No such file" in outputs(outcome)[2]


def test_two_at_once_are_two(warm):
    came = {}

    def one(number):
        cells = [answer(f"number = {number}"), answer("import time; time.sleep(0.2)"), test("number / 10")]
        came[number] = outputs(warm.grade(job(*cells, student=str(number))))[-1]

    threads = [threading.Thread(target=one, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert came == {number: repr(number / 10) for number in range(6)}


def kill(kind):
    """Kill the newest process of this kind that came of this one."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with contextlib.suppress(ValueError, ProcessLookupError):
            os.kill(max(of_kind(kind, os.getpid())), signal.SIGKILL)
            return
    raise AssertionError(f"there was no {kind}")


@pytest.mark.parametrize(
    ("kind", "moment"),
    # The other pairs are tried in test_durability.
    [("parent of the kernels", "warming up"), ("parent of the judges", "warming up"), ("bwrap", "at work")],
)
def test_what_is_killed_is_started_again_and_the_job_with_it(bubblewrap, kind, moment):
    slowly = job(answer("import time; time.sleep(1)"), answer("x = 7"), test("float(x) / 10"))
    with nothing_left(), Pool(NUMPY, LIMITS) as one, executors.ThreadPoolExecutor(1) as thread:
        if moment == "at work":
            one.grade(job())
        future = thread.submit(one.grade, slowly)
        if moment == "at work":
            while not of_kind("judge", os.getpid()):
                time.sleep(0.01)
            time.sleep(0.2)
        kill(kind)
        assert outputs(future.result(60)) == ["", "", "0.7"]


def test_what_is_killed_each_time_is_lost_and_says_so(bubblewrap):
    lasting = job(answer("import time; time.sleep(60)"))
    with nothing_left(), Pool(NUMPY, LIMITS) as one, executors.ThreadPoolExecutor(1) as thread:
        one.grade(job())
        future = thread.submit(one.grade, lasting)
        while not future.done():
            for pid in of_kind("judge", os.getpid()):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        with pytest.raises(Lost, match=r"Not graded: the grader's own processes were stopped 4 times; run the command"):
            future.result()
        assert outputs(one.grade(job(answer("1 + 1")))) == ["2"]


@pytest.mark.parametrize("moment", ["warming up", "at work"])
def test_closing_stops_what_is_under_way(bubblewrap, moment):
    lasting = job(answer("import os, subprocess\nsubprocess.Popen(['sleep', '60'])\nos.system('sleep 60')"))
    with nothing_left(3), Pool(Imports(kernel=("scipy.stats", "matplotlib.pyplot")), LIMITS) as one:
        with executors.ThreadPoolExecutor(1) as thread:
            future = thread.submit(one.grade, lasting)
            if moment == "warming up":
                while not (
                    of_kind("parent of the kernels", os.getpid()) and of_kind("parent of the judges", os.getpid())
                ):
                    time.sleep(0.01)
            else:
                while not any(process.command[:1] == ("sleep",) for process in descendants(os.getpid()).values()):
                    time.sleep(0.01)
            began = time.monotonic()
            one.close()
            assert isinstance(future.exception(5), Lost)
            assert time.monotonic() - began < 20
        with pytest.raises(Lost, match="the run was stopped"):
            one.grade(lasting)


def test_a_sandbox_that_does_not_start_says_its_last_words(bubblewrap, monkeypatch):
    monkeypatch.setattr(pool.outer, "command", lambda inner, group: ["bwrap", "--no-such-option"])
    with (
        nothing_left(),
        Pool(NUMPY, LIMITS) as one,
        pytest.raises(CourseError, match=r"The sandbox does not start here \(.*no-such-option\); hbcourse doctor says"),
    ):
        one.grade(job())


def test_memory_of_a_family_counts_what_is_shared_once():
    assert memory.is_above(10 << 20, os.getpid())

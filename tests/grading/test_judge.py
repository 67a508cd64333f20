"""What the judge asks for, believes and tells."""

import json
import math

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from hbcourse.grading.running import judge
from hbcourse.grading.running.imports import Imports
from hbcourse.grading.running.job import Job
from hbcourse.grading.running.pool import Pool
from hbcourse.grading.walls.limits import Limits

LIMITS = Limits(cell=30, total=120, memory=1 << 30, processes=64)


@pytest.fixture(scope="module")
def pool(bubblewrap):
    with Pool(Imports(), LIMITS) as pool:
        yield pool


def code(source, **about):
    return new_code_cell(source, metadata={"nbgrader": {"schema_version": 3, "task": False, **about}} if about else {})


def answer(source):
    return code(source, grade_id="answer", grade=False, solution=True, locked=False)


def given(source):
    return code(source, grade_id="given", grade=False, solution=False, locked=True)


def exam(source):
    return code(source, grade_id="test", grade=True, solution=False, locked=True, points=2)


def graded(pool, *cells, student="ann"):
    """Outputs of the last cell, and the problem."""
    outcome = pool.grade(Job(student, json.dumps(new_notebook(cells=list(cells)))))
    return nbformat.reads(outcome.notebook, as_version=4).cells[-1].outputs, outcome.problem


def told(pool, *cells):
    """What the last cell says is wrong; nothing if it passes."""
    outputs, _ = graded(pool, *cells)
    return " ".join(output.evalue or output.ename for output in outputs if output.output_type == "error")


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("x = 1\nassert x == y", ["y"]),
        ("import numpy as np\nnp.mean(a)", ["a"]),
        ("def f(b):\n    return b + c\nf(1)", ["c"]),
        ("[d * e for d in range(3)]", ["e"]),
        ("lambda *g, h=i: g + j", ["i", "j"]),
        ("print(len(k))", ["k"]),
        ("for m in n:\n    m", ["n"]),
        ("class A:\n    def f(self):\n        return p", ["p"]),
    ],
)
def test_a_test_asks_for_the_names_that_it_does_not_make(source, names):
    assert sorted(judge.asked_for(source)) == names


@pytest.mark.parametrize(
    "value",
    [
        *("None", "True", "3", "-2.5", "10**30", "'text'", "float('nan')", "float('inf')", "...", "1 + 2j"),
        *("[1, 'a', (2.0, None)]", "{'a': [1], 2: {'b': 3}}", "{1, 2}", "range(4)", "np.arange(6.0).reshape(2, 3)"),
        *("np.float32(0.1)", "np.array(['a', 'bc'])", "np.zeros((0, 3))", "np.array([1, None], dtype=object)"),
        *("pd.Series([1.0, 2.0], index=['a', 'b'], name='s')", "pd.DataFrame({'x': [1, 2], 'y': ['a', 'b']})"),
    ],
)
def test_plain_data_arrive_as_they_were(pool, value):
    same = (
        "import numpy as np\nimport pandas as pd\n"
        f"want = {value}\n"
        "assert type(got) is type(want) or isinstance(want, range), type(got)\n"
        "if isinstance(want, (pd.Series, pd.DataFrame)): assert got.equals(want)\n"
        "elif isinstance(want, np.ndarray): assert got.dtype == want.dtype and np.array_equal(got, want)\n"
        "elif want == want: assert list(got) == list(want) if isinstance(want, range) else got == want\n"
        "else: assert got != got"
    )
    assert told(pool, answer(f"import numpy as np\nimport pandas as pd\ngot = {value}"), exam(same)) == ""


def test_what_is_no_plain_data_has_a_type_and_nothing_else(pool):
    source = "from hbcourse import check\ncheck.value('got', got, 1.0)"
    assert told(pool, answer("got = open('/dev/null')"), exam(source)) == (
        "got must be a number or an array of numbers; it is a TextIOWrapper."
    )


def test_a_function_is_called_where_it_lives(pool):
    source = "assert f(2, by=3) == 6\nassert calls == 1, calls"
    answers = answer("calls = 0\ndef f(x, by):\n    global calls\n    calls += 1\n    return x * by")
    assert told(pool, answers, exam(source)) == "0", "names are read when the test begins"
    assert told(pool, answers, exam("assert f(2, by=3) == 6")) == ""


def test_a_generator_goes_along_as_it_is(pool):
    source = "import numpy as np\nassert f(np.random.default_rng(5)) == np.random.default_rng(5).normal()"
    assert told(pool, answer("def f(rng):\n    return rng.normal()"), exam(source)) == ""


@pytest.mark.parametrize(
    ("raised", "caught"),
    [("ValueError('no')", "ValueError: no"), ("KeyError('k')", "KeyError: 'k'"), ("Own('mine')", "Own: mine")],
)
def test_an_exception_is_the_students_own(pool, raised, caught):
    answers = answer(f"class Own(Exception): pass\ndef f():\n    raise {raised}")
    source = f"try: f()\nexcept Exception as error: assert f'{{type(error).__name__}}: {{error}}' == {caught!r}, error"
    assert told(pool, answers, exam(source)) == ""


@pytest.mark.parametrize("raised", ["StopIteration", "StopAsyncIteration", "GeneratorExit", "SystemExit"])
def test_no_exception_of_a_students_ends_a_loop_of_the_tests(pool, raised):
    source = "assert all(map(lambda x: f(x) == 2 * x, [1, 2, 3]))"
    assert told(pool, answer(f"def f(x):\n    raise {raised}"), exam(source)) != ""


@pytest.mark.parametrize(
    ("last", "points"),
    [("1.5", 1.5), ("2", 2.0), ("0", 0.0), ("np.float64(0.5)", 0.5), ("np.int64(1)", 1.0), ("None", None)],
)
def test_a_number_at_the_end_is_the_points(pool, last, points):
    outputs, _ = graded(pool, exam(f"import numpy as np\n{last}"))
    assert [float(output.data["text/plain"]) for output in outputs] == ([] if points is None else [points])


@pytest.mark.parametrize("share", ["float('nan')", "-1.0", "5.0", "float('inf')"])
def test_a_number_that_is_no_points_gives_none(pool, share):
    assert "not a number from 0 to 2" in told(pool, answer(f"share = {share}"), exam("2 * share"))


def test_a_hidden_test_is_not_quoted(pool):
    source = (
        "assert x > 0, 'x must be positive'\n### BEGIN HIDDEN TESTS\nassert x == 41, 'it is 41'\n### END HIDDEN TESTS"
    )
    assert told(pool, answer("x = -1"), exam(source)) == "x must be positive"
    assert told(pool, answer("x = 1"), exam(source)) == "A hidden test failed."
    assert told(pool, answer("x = 41"), exam(source)) == ""


def test_given_cells_run_on_both_sides_and_know_who_handed_in(pool):
    cells = (answer("student_id = 'bob'"), given("data = [len(student_id)] * 2"), answer("mine = sum(data)"))
    assert told(pool, *cells, exam("assert mine == 6 and data == [3, 3]")) == ""
    assert told(pool, *cells, exam("assert student_id == 'bob'")) == "", "tests see the id that was typed"
    outcome = graded(pool, *cells, exam("assert data == [3, 3], data"), student="christine")
    assert outcome[0][0].evalue == "[9, 9]"


def test_given_data_that_a_student_changes_are_not_changed_for_the_test(pool):
    cells = (given("data = [1, 2]"), answer("data[0] = 100\nmine = 3"))
    assert told(pool, *cells, exam("assert mine == sum(data)")) == ""


def test_a_given_cell_that_fails_is_the_courses_fault_and_gives_a_reason(pool):
    outputs, problem = graded(pool, given("raise ValueError('no such id')"), exam("pass"))
    assert problem == "The exercise cannot be set up for this student: no such id"
    assert outputs[0].evalue.endswith(problem)


def test_one_test_may_use_what_another_has_made_but_not_what_a_student_made_of_it(pool):
    cells = (exam("def helper(): return 7"), answer("helper = lambda: 8"))
    assert told(pool, *cells, exam("assert helper() == 7")) == ""


def test_nothing_of_one_submission_is_left_for_the_next(pool):
    leave = "import hbcourse.check, builtins\nhbcourse.check.value = builtins.left = 1"
    assert told(pool, answer(f"{leave}\nopen('left', 'w').close()"), exam(leave)) == ""
    look = "import builtins, os\nfrom hbcourse import check\nleft = hasattr(builtins, 'left') or os.path.exists('left')"
    assert told(pool, answer(look), exam("assert left is False")) == ""
    assert told(pool, exam(f"{look}\nassert callable(check.value) and not hasattr(builtins, 'left')")) == ""


def test_the_rest_of_a_notebook_that_was_stopped_is_not_exam(pool):
    outputs, problem = graded(pool, answer("import os; os._exit(1)"), exam("pass"))
    assert problem == "Its kernel ended while it ran; look for exit()."
    assert outputs[0].evalue == f"Not tested: the notebook was stopped before. {problem}"


def test_time_is_told_apart(pool):
    outcome = pool.grade(Job("ann", json.dumps(new_notebook(cells=[answer("x = sum(range(3_000_000))")]))))
    assert 0.01 < outcome.seconds["kernel"] < 5
    assert all(math.isfinite(seconds) for seconds in outcome.seconds.values())
    assert np.isclose(outcome.seconds["total"], outcome.seconds["kernel"], atol=5)


CHECKED = """
from hbcourse import check

check.value("x", x, 4.0, mistakes={"Square it.": 2.0})
"""


@pytest.mark.parametrize(
    ("source", "hint"), [("x = 2.0", "Square it."), ("x = 3.0", ""), ("x = 'Hint: no points are lost'", "")]
)
def test_the_hint_of_a_check_stands_by_itself(pool, source, hint):
    outcome = pool.grade(Job("ann", json.dumps(new_notebook(cells=[answer(source), exam(CHECKED)]))))
    (tested,) = nbformat.reads(outcome.notebook, as_version=4).cells[-1:]
    assert tested.metadata.get("hbcourse", {}).get("hint", "") == hint
    assert ("Hint: Square it." in tested.outputs[0].evalue) == bool(hint)


def test_what_a_visible_test_imports_is_there_for_the_student_too(pool):
    uses = answer("def area(r):\n    return math.pi * r**2")
    passes = "import math\nassert abs(area(1.0) - math.pi) < 1e-9"
    assert told(pool, uses, exam(passes)) == ""
    hidden = "assert callable(area)\n### BEGIN HIDDEN TESTS\nimport math\narea(1.0)\n### END HIDDEN TESTS"
    assert told(pool, uses, exam(hidden)) == "A hidden test failed."
    assert told(pool, exam("import math"), answer("four = math.sqrt(16)"), exam("assert four == 4")) == ""


@pytest.mark.parametrize("source", ["four = (", "import torch\nfour = 4", "four = fuor", "four = 1 / 0"])
def test_an_answers_own_error_is_told_first(pool, source):
    said = told(pool, answer(source), exam("from hbcourse import check\ncheck.value('four', four, 4)"))
    assert said.startswith("Your cell for `answer` does not run: ")
    assert "'four' is not defined" not in said


def test_a_function_may_use_its_streams_and_nothing_of_it_is_shown(pool):
    source = (
        "import sys, os, io, logging, subprocess\nkept = sys.stdout\n"
        "def use(x):\n"
        "    for stream in (sys.stdout, sys.stderr, kept, sys.__stdout__):\n"
        "        assert stream.write('abc') == 3 and not stream.isatty() and stream.writable() and not stream.closed\n"
        "        assert stream.encoding.lower() == 'utf-8' and stream.errors and stream.newlines is None\n"
        "        stream.writelines(['secret', '\\n'])\n"
        "        stream.buffer.write(b'secret')\n"
        "        stream.reconfigure(line_buffering=True)\n"
        "        print('secret', '\\ud800', file=io.StringIO()); print('secret', file=stream, flush=True)\n"
        "        os.write(stream.fileno(), b'secret')\n"
        "        subprocess.run(['/bin/echo', 'secret'], stdout=stream, check=True)\n"
        "        logging.StreamHandler(stream).emit(logging.makeLogRecord({'msg': 'secret'}))\n"
        "    display('secret'); sys.stdout.close(); print('secret' * 10**6)\n"
        "    return x"
    )
    later = answer("print('after')")
    outcome = pool.grade(
        Job("ann", json.dumps(new_notebook(cells=[answer(source), exam("assert use(2) == 2"), later])))
    )
    cells = nbformat.reads(outcome.notebook, as_version=4).cells
    assert [cell.outputs for cell in cells[:2]] == [[], []]
    assert [output.text for output in cells[2].outputs] == ["after\n"]


def test_what_a_cell_prints_is_shown_as_far_as_it_fits(pool):
    source = (
        "import sys\nprint('a', end=''); sys.stdout.buffer.write('ü'.encode()[:1]); sys.stdout.buffer.write(b'\\xbc')\n"
        "print('\\ud800'); sys.stderr.write('e'); print('x' * 10**7)"
    )
    outputs, problem = graded(pool, answer(source))
    assert problem == ""
    assert [output.text[:10] for output in outputs] == ["aü\\ud800\n", "e", "xxxxxxxxxx", "[More outp"]
    assert sum(len(output.text) for output in outputs) < 201_000

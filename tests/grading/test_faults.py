"""A cell that raised is told before what follows from it."""

import time

import pytest

from hbcourse.grading.faults import TOO_LONG, Faults, asked_for


def error(kind, text=""):
    return [{"output_type": "error", "ename": kind, "evalue": text, "traceback": []}]


def told(cells, text="name 'rates' is not defined", kind="NameError", names=("rates",)):
    faults = Faults()
    for name, source, outputs in cells:
        faults.note(name, source, outputs)
    return faults.tell(kind, text, names)[1]


UNFINISHED = ("rates", "rates = (deaths", error("SyntaxError", "'(' was never closed (308129.py, line 1)"))
NO_TORCH = ("", "\nimport torch\nimport numpy as np", error("ModuleNotFoundError", "No module named 'torch'"))


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ([UNFINISHED], "Your cell for `rates` does not run: SyntaxError: '(' was never closed (line 1)."),
        (
            [NO_TORCH, ("rates", "rates = np.ones(3)", error("NameError", "name 'np' is not defined"))],
            "The cell that begins with `import torch` does not run: ModuleNotFoundError: No module named 'torch'.",
        ),
        (
            [("rates", "rates = ones(3)", error("NameError", "name 'ones' is not defined"))],
            "Your cell for `rates` does not run: NameError: name 'ones' is not defined.",
        ),
        (
            [("rates", "while True: rates = 1", []), ("rates", "rates = f()", error("KeyboardInterrupt"))],
            f"Your cell for `rates` does not end: {TOO_LONG}",
        ),
        (
            [("rates", "raise NotImplementedError()\nrates = 1", error("NotImplementedError"))],
            "Your cell for `rates` is not written yet.",
        ),
        # Nothing in the task's own cell seems to define it.
        *(
            ([("rates", source, error("ValueError", "boom"))], "Your cell for `rates` does not run: ValueError: boom.")
            for source in (
                "raise ValueError('boom')",
                "rates == = deaths",
                "\ufeffrates = 3",
                "!rates",
                "f(rates=1)",
                "",
            )
        ),
        (
            [("rates", "while True: pass", error("KeyboardInterrupt"))],
            f"Your cell for `rates` does not end: {TOO_LONG}",
        ),
        (
            [("fit", "raise ValueError('boom')", error("ValueError", "boom")), ("", "more", [])],
            "Your cell for `fit` does not run: ValueError: boom.",
        ),
        ([("fit", "1 / 0", error("ValueError", "boom")), ("rates", "pass", [])], "name 'rates' is not defined"),
        # Nothing that raised would have defined it.
        ([("", "print(rates == 1)", error("NameError", "name 'rates' is not defined"))], "name 'rates' is not defined"),
        ([("", "plot(rates, color=3)", error("ZeroDivisionError"))], "name 'rates' is not defined"),
        ([("", "# rates = 3", error("ValueError"))], "name 'rates' is not defined"),
        # It was mended later.
        ([UNFINISHED, ("", "rates = deaths / n", [])], "name 'rates' is not defined"),
        ([], "name 'rates' is not defined"),
    ],
)
def test_the_cell_that_raised_is_named(cells, sentence):
    assert told(cells) == sentence


@pytest.mark.parametrize(
    "source",
    [
        "rates = (1",
        "x = 1; rates = !",
        "print(rates := !)",
        "a, rates = 1, (2",
        "rates: list = (",
        "def rates(x: return 1",
        "class rates(: pass",
        "import numpy as rates, (",
        "from numpy import mean, rates !",
        "from numpy import (\n    mean,\n    rates,\n) !",
        "with model() as rates: !",
        "for i, rates in x: !",
        "    rates[0] = 1 !",
    ],
)
def test_what_would_have_defined_a_name_is_seen_in_unfinished_code(source):
    assert "SyntaxError" in told([("", source, error("SyntaxError", "invalid syntax"))])


def test_what_a_check_says_stands_behind_what_the_cell_says():
    cells = [("rates", "rates = ...\nrates = 1 / 0", error("ZeroDivisionError", "division by zero"))]
    assert told(cells, "rates has no value yet.", "CheckFailed") == (
        "Your cell for `rates` does not run: ZeroDivisionError: division by zero. rates has no value yet."
    )
    assert told(cells, "boom", "ValueError").endswith("division by zero. ValueError: boom")
    cells = [("rates", "rates = ...\nraise NotImplementedError", error("NotImplementedError"))]
    assert told(cells, "rates has no value yet.", "CheckFailed") == "rates has no value yet."


def test_a_name_that_a_function_lacks_leads_to_the_cell_that_should_have_imported_it():
    cells = [NO_TORCH, ("f", "def f(x):\n    return np.sqrt(x)", [])]
    text = "f(1.0) raised NameError: name 'np' is not defined"
    assert told(cells, text, "CheckFailed", ["f"]) == (
        f"The cell that begins with `import torch` does not run: ModuleNotFoundError: No module named 'torch'. {text}"
    )


def test_no_text_of_a_students_takes_long_to_read():
    started = time.process_time()
    for source in ("rates " * 10**6, "import (" * 10**6, "a," * 10**6 + "=", "as " * 10**6, "[" * 10**6, "\n" * 10**6):
        assert told([("", source, error("E" * 10**6, "(" * 10**6 + "line 3)"))])
    assert time.process_time() - started < 10


def test_names_that_a_test_asks_for():
    assert asked_for("import numpy as np\nassert f(np.ones(2)) == [g for g in a]") == ["f", "a"]

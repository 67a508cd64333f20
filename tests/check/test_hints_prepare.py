"""From a solution to a question, at release and again when it is graded."""

import json

import numpy as np

from hbcourse.check.hints import Reference, as_json, from_json, hint, prepare

SOURCE = "def scaled(y, sigma):\n    return np.sum(y / sigma**2) / len(y)"


def reference():
    rng = np.random.default_rng(2)
    return Reference("scaled", SOURCE, {"np": np}, ("y", "sigma"), [(rng.normal(0, 1, J), 1.5 + J / 7) for J in (2, 5)])


def forgetful(y, sigma):
    return np.sum(y / sigma) / len(y)


def test_a_table_that_was_kept_gives_the_same_sentence():
    made = prepare(reference(), {}, np.random.default_rng(1), seconds=3)
    rows = from_json(json.loads(json.dumps(as_json(made.rows))))
    kept = prepare(reference(), {}, np.random.default_rng(1), rows)
    outputs = [forgetful(*case) for case in made.cases]
    assert len(made.cases) > 2
    assert "`sigma` is used as it is" in hint(made, outputs)
    assert hint(kept, outputs) == hint(made, outputs)


def test_a_foreseen_mistake_comes_before_mutants():
    made = prepare(
        reference(), {"Square sigma.": forgetful, "It raises.": lambda y, sigma: y[99]}, np.random.default_rng(1), []
    )
    assert list(made.foreseen) == ["Square sigma."]
    assert hint(made, [forgetful(*case) for case in made.cases]) == "Square sigma."

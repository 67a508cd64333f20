"""Models and draws as they come out of real kernels: the graph alone counts, and not how many cores the grader has."""

import json

import nbformat
import pytest
from nbformat.v4 import new_notebook

from hbcourse.grading.running.imports import Imports
from hbcourse.grading.running.job import Job
from hbcourse.grading.running.pool import Pool
from hbcourse.grading.walls.limits import Limits

from .test_judge import answer, exam


@pytest.fixture(scope="module")
def pool(bubblewrap):
    with Pool(Imports(kernel=("pymc",)), Limits(cell=60, total=240, memory=2 << 30, processes=64)) as pool:
        yield pool


def told(pool, *cells):
    outcome = pool.grade(Job("ann", json.dumps(new_notebook(cells=list(cells)))))
    assert not outcome.problem
    outputs = nbformat.reads(outcome.notebook, as_version=4).cells[-1].outputs
    return " ".join(output.evalue for output in outputs if output.output_type == "error")


BUILD = """
import pymc as pm
with pm.Model() as model:
    tau = pm.{family}("tau", 2)
    theta = pm.Deterministic("theta", tau * 3)
    pm.Normal("y", theta, 1, observed=[1.0, 2.0])
"""
JUDGE = exam(
    """
import numpy as np
from scipy import stats
from hbcourse import check

def _reference(tau):
    return stats.halfnorm.logpdf(tau, scale=2) + stats.norm.logpdf([1.0, 2.0], 3 * tau, 1).sum()

check.model(
    "model", model, _reference, [{"tau": tau} for tau in (0.3, 1.0, 8.0, -1.0)],
    {"tau": ("HalfNormal", {"sigma": 2})}, ["y"], deterministics={"theta": lambda tau: 3 * tau},
)
"""
)
REPLACE = """
import pytensor
from hbcourse.check import answers, _families, _graph, _log_density
right = lambda *asked, **more: 0.0
pm.Model.logp = pm.Model.compile_logp = pm.logp = pytensor.function = right
pm.HalfCauchy.logp = pm.Normal.logp = right
_graph.Evaluation.log_density = _families.log_density = right
_log_density.challenge = lambda *asked, **more: ("", "")
"""


def test_a_model_is_judged_by_its_graph_outside_its_kernel(pool):
    assert told(pool, answer(BUILD.format(family="HalfNormal")), JUDGE) == ""
    said = told(pool, answer(BUILD.format(family="HalfCauchy")), JUDGE)
    assert said.endswith("Hint: tau must be HalfNormal; it is HalfCauchy.")
    assert told(pool, answer(BUILD.format(family="HalfCauchy") + REPLACE), JUDGE) == said


def test_pm_sample_draws_four_chains_unless_it_is_told_otherwise(pool):
    # PyMC takes as many as there are cores, up to four; the student's machine may have more than the grader's.
    asked = answer("from pymc.sampling import mcmc\ncores = min(4, mcmc._cpu_count())")
    assert told(pool, asked, exam("assert cores == 4")) == ""

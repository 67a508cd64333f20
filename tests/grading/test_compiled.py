"""What the solution compiled: submissions load it, draw what they drew without it, and cannot read it otherwise."""

import json
import os
import subprocess
import sys
import textwrap
import zipfile
import zlib

import pytest

from hbcourse.grading import CourseError
from hbcourse.grading.course.folder import Course
from hbcourse.grading.running import compiled, imports, solutions
from hbcourse.grading.running.imports import WarmUp
from hbcourse.grading.running.pool import Pool
from hbcourse.grading.walls.limits import Limits

from .classroom import first
from .test_pool import LIMITS, NUMPY, answer, job, outputs, test

WARM_UP = WarmUp("hbcourse.sampler:compile_ahead", "sample")
SETUP = answer("import numpy as np\nimport pymc as pm\ny = np.array([28.0, 8.0, -3.0])")
MODEL = """
with pm.Model() as model:
    mu = pm.Normal("mu", 0, 5)
    tau = pm.HalfNormal("tau", 5)
    theta = pm.Normal("theta", mu, tau, shape=3)
    pm.Normal("y", theta, 10.0, observed=y)
"""
SAMPLE = """
with model:
    trace = pm.sample(50, tune=50, chains=2, random_seed=4, progressbar=False, quiet=True)
total = float(abs(trace.posterior["mu"]).sum())
"""
RENAMED = """
def build(data, m="location", t="scale"):  # In a function, with labels and other names.
    with pm.Model(coords={"unit": range(3)}) as built:
        location, scale = pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5)
        pm.Normal("y", pm.Normal("theta", mu=location, sigma=scale, dims="unit"), sigma=10.0, observed=data)
    return built
model = build(y)
"""
REORDERED = MODEL.replace('    mu = pm.Normal("mu", 0, 5)\n', "").replace(
    "    theta", '    mu = pm.Normal("mu", 0, 5)\n    theta'
)
OTHER_DATA = "y = y + 1\n" + MODEL


def sampled(model, *cells):
    return job(SETUP, answer(model), answer(SAMPLE), answer("total"), *cells)


def source(tmp_path, *cells):
    """A course whose one assignment has these cells."""
    (tmp_path / "source" / "a").mkdir(parents=True)
    notebook = json.loads(job(*cells).notebook)
    (tmp_path / "source" / "a" / "a.ipynb").write_text(json.dumps(notebook))
    return tmp_path


def one_solution(folder):
    (found,) = solutions.of_course(Course(folder), ["a"])
    return found


@pytest.fixture(scope="module")
def filled(bubblewrap, tmp_path_factory):
    """A pool that has the solution's archive; what submissions draw without it; and the archive."""
    folder = source(tmp_path_factory.mktemp("course"), SETUP, answer(MODEL), answer(SAMPLE), test("assert total > 0"))
    solution = one_solution(folder)
    with Pool(imports.of_sources({"a": Course(folder).source("a")}, WARM_UP), Limits(cell=100, total=200)) as pool:
        before = {name: pool.grade(sampled(text)) for name, text in {"model": MODEL, "reordered": REORDERED}.items()}
        pool.compile(solution)
        yield pool, before, solution.archive


@pytest.mark.parametrize(
    ("text", "same_as"),
    [(MODEL, "model"), (RENAMED, "model"), (REORDERED, "reordered")],
    ids=["the solution's", "other names", "another order"],
)
def test_the_same_graph_is_loaded_and_draws_the_same(filled, text, same_as):
    pool, before, _ = filled
    outcome = pool.grade(sampled(text))
    assert outputs(outcome) == outputs(before[same_as])
    assert float(outputs(outcome)[-1]) > 0
    assert outcome.seconds["compiled"] == 0 < outcome.seconds["loaded"]
    assert before[same_as].seconds["compiled"] > 0


def test_another_graph_is_compiled_each_time_and_not_kept(filled):
    pool, before, archive = filled
    content = archive.read_bytes()
    first, second = (pool.grade(sampled(OTHER_DATA)) for _ in range(2))
    assert outputs(first) == outputs(second) != outputs(before["model"])
    assert first.seconds["compiled"] == second.seconds["compiled"] > 0
    assert archive.read_bytes() == content
    assert list(archive.parent.iterdir()) == [archive]


def test_without_the_graph_an_entry_can_be_neither_found_nor_read(filled):
    _, _, archive = filled
    with zipfile.ZipFile(archive) as entries:
        names = entries.namelist()
        assert names
        for name in names:
            assert compiled._ENTRY.fullmatch(name)
            content = entries.read(name)
            # Code, in clear, would shrink to a half.
            assert len(zlib.compress(content)) >= len(content)
            assert b"numba" not in content


@pytest.mark.durability
def test_an_entry_that_was_changed_is_compiled_instead(filled, tmp_path):
    pool, before, archive = filled
    broken = tmp_path / "broken.zip"
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(broken, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name)[:-1] + b"x")
        new.writestr("../../outside.sealed", b"x")
    with Pool(pool.imports, pool.limits) as another:
        another.load(broken)
        outcome = another.grade(sampled(MODEL))
    assert outputs(outcome) == outputs(before["model"])
    assert outcome.seconds["compiled"] == before["model"].seconds["compiled"]


def test_the_archive_has_another_name_when_anything_that_matters_has_changed(tmp_path, monkeypatch):
    folder = source(tmp_path, SETUP, answer(MODEL))
    names = [one_solution(folder).archive]
    (folder / "source" / "a" / "data.csv").write_text("1")
    names.append(one_solution(folder).archive)
    monkeypatch.setattr(solutions.metadata, "version", lambda package: "0")
    names.append(one_solution(folder).archive)
    assert len(set(names)) == 3
    assert {name.parent for name in names} == {folder / ".hbcourse" / "cache" / "a"}


def test_archives_of_a_few_machines_are_kept(tmp_path):
    solution = one_solution(source(tmp_path, SETUP))
    for number in range(6):
        old = solution.archive.with_name(f"{number}.zip")
        old.parent.mkdir(parents=True, exist_ok=True)
        old.write_bytes(b"")
        os.utime(old, (number, number))
    solution.keep({})
    assert len(list(solution.archive.parent.iterdir())) == 4
    assert solution.archive.exists()


@pytest.mark.parametrize("bad", first(["1 / 0", "import os; os._exit(3)", "while True: pass", "bytearray(2 << 30)"]))
def test_a_solution_that_fails_leaves_an_empty_archive_and_stops_nothing(bubblewrap, tmp_path, bad):
    solution = one_solution(source(tmp_path, answer(bad), test("assert True")))
    with Pool(NUMPY, Limits(cell=10, total=60, memory=1 << 30)) as pool:
        pool.compile(solution)
        assert outputs(pool.grade(job(answer("x = 1"), test("x / 10")))) == ["", "0.1"]
    assert zipfile.ZipFile(solution.archive).namelist() == []


@pytest.mark.durability
def test_a_kernel_parent_that_is_started_again_gets_the_archives_again(filled):
    pool, before, _ = filled
    pool.kernels.process.kill()
    pool.kernels.process.wait()
    outcome = pool.grade(sampled(MODEL))
    assert outputs(outcome) == outputs(before["model"])
    assert outcome.seconds["compiled"] == 0 < outcome.seconds["loaded"]


GONE = """
    import importlib, os, sys
    from hbcourse.grading.running import compiled
    import pymc, nutpie.compile_pymc, numba.core.caching, numba.core.ccallback, pytensor.link.numba.cache

    def state():
        places = [numba.core.caching.Cache.__init__, numba.core.ccallback.CFunc.__init__]
        return places + [vars(nutpie.compile_pymc).get(name) for name, _, _ in compiled._CALLBACKS]

    def put(name, change):
        module, path = name.split(":")
        *holders, last = path.split(".")
        owner = importlib.import_module(module)
        for holder in holders:
            owner = getattr(owner, holder)
        kept = getattr(owner, last)
        change(owner, last)
        before = state()
        done = compiled.install()
        return done, before == state()

    def without_its_words(owner, last):
        setattr(owner, last, lambda self: None)

    def alone(name, change):
        if (pid := os.fork()) == 0:
            try:
                print(name, *put(name, change), flush=True)
            finally:
                os._exit(0)
        os.waitpid(pid, 0)

    for name, words in compiled.NAMES.items():
        alone(name, delattr)
        if words:
            alone(name, without_its_words)
    sys.modules["cryptography.hazmat.primitives.ciphers.aead"] = None
    before = state()
    print("cryptography", compiled.install(), before == state(), flush=True)
    del sys.modules["cryptography.hazmat.primitives.ciphers.aead"]
    print("all", compiled.install(), before == state())
"""


@pytest.mark.durability
def test_where_a_name_is_missing_nothing_is_changed():
    code = textwrap.dedent(GONE)
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    *lines, last = done.stdout.splitlines()
    assert last == "all True False"
    assert {line.split()[0] for line in lines} == {*compiled.NAMES, "cryptography"}
    for line in lines:
        assert line.endswith(" False True"), line


@pytest.mark.durability
def test_a_warm_up_that_does_not_exist_is_named(bubblewrap):
    wrong = imports.Imports(warm_up="hbcourse.sampler:missing", warmed=("a",))
    with Pool(wrong, LIMITS) as pool, pytest.raises(CourseError, match=r"'hbcourse\.sampler:missing', cannot be found"):
        pool.grade(job())


@pytest.mark.durability
def test_a_warm_up_that_fails_costs_only_the_head_start(bubblewrap):
    failing = imports.Imports(warm_up="statistics:mean", warmed=("a",))
    with Pool(failing, LIMITS) as pool:
        assert outputs(pool.grade(job(answer("x = 1"), test("x / 10")))) == ["", "0.1"]


def test_the_sampler_is_compiled_only_where_pymc_is_imported():
    code = "import sys; from hbcourse import sampler; sampler.compile_ahead(); print('pymc' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"

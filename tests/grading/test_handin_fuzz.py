"""Mutated notebooks: none stops anything, none costs an answer that it has left alone. In full: make fuzz."""

import pytest

from hbcourse.grading.handin import rebuild

from . import fuzz


@pytest.fixture(scope="module")
def exercise(bubblewrap, tmp_path_factory):
    return fuzz.Exercise(tmp_path_factory.mktemp("fuzz") / "course")


def test_mutated_notebooks_are_read_and_keep_what_is_whole(exercise):
    assert fuzz.run(exercise, range(2000)) / 2000 > fuzz.SHARE_READ


def test_mutated_notebooks_are_graded_and_so_is_their_neighbor(exercise):
    fuzz.grade(exercise, range(15))


@pytest.mark.parametrize("lost", ["_answered", "same_code"])
def test_it_finds_what_it_looks_for(exercise, monkeypatch, lost):
    monkeypatch.setattr(rebuild, lost, {"_answered": lambda *_: [], "same_code": lambda *_: 1 / 0}[lost])
    with pytest.raises(fuzz.Found):
        fuzz.run(exercise, range(2000))

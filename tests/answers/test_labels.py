"""Answers to the exercises, and the mistakes that a hint must name: well formed, and their verdicts are so."""

import json
import re
from itertools import permutations
from pathlib import Path

import pytest

from tests.answers.__main__ import compare, main, outcome
from tests.answers.compare import MANY, agrees, runs
from tests.answers.exercise import NAMES, answers, key, tasks
from tests.answers.inputs import CASES, SIMULATIONS

# They name no mistake, so they must fit no label.
EMPTY = (
    "That is not right.",
    "Look at the task again.",
    "The value at the first input should be 0.8, and it is 0.3.",
    "The first value is right, the second value is not.",
    "It should be larger than it is.",
)


def params(verdict: str) -> list[object]:
    """Answers that can be run, with names that a person can read."""
    return [
        pytest.param(name, answer, id=f"{name}: {key(answer)}")
        for name in NAMES
        for answer in answers(name)
        if answer["verdict"] == verdict and runs(answer["task"])
    ]


def test_eight_exercises_are_answered(root: Path) -> None:
    assert sorted(path.name for path in (root / "exercises").iterdir() if path.is_dir()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_entries_are_well_formed(name: str) -> None:
    given = answers(name)
    assert len({key(answer) for answer in given}) == len(given)
    assert len({answer["cell"] for answer in given}) == len(given)
    assert {answer["task"] for answer in given} == set(tasks(name))
    assert CASES[name].keys() <= set(tasks(name))
    for answer in given:
        assert answer["given"] in ("wrong", "right", "missed", "unfair", "wronghint")
        label = {"mistake", "fits"} if answer["verdict"] == "wrong" else set()
        assert answer.keys() - {"why"} == {"task", "odd", "given", "verdict", "cell"} | label
        if (answer["given"] in ("right", "unfair")) != (answer["verdict"] == "right"):
            assert answer["why"]


@pytest.mark.parametrize("name", NAMES)
def test_a_label_fits_its_mistake_and_no_other(name: str) -> None:
    wrong = [answer for answer in answers(name) if answer["verdict"] == "wrong"]
    for answer in wrong:
        assert answer["fits"] == answer["fits"].lower()
        assert outcome(answer, answer["mistake"]) == "fitting", key(answer)
        assert not [sentence for sentence in EMPTY if re.search(answer["fits"], sentence.lower())], key(answer)
    for one, other in permutations(wrong, 2):
        if one["task"] == other["task"] and one["fits"] != other["fits"]:
            assert outcome(one, other["mistake"]) == "misleading", (key(one), other["mistake"])


@pytest.mark.calibration
@pytest.mark.parametrize(("name", "answer"), params("right"))
def test_right_answers_agree_with_the_solution(name: str, answer: dict[str, str]) -> None:
    assert agrees(name, answer["task"], answer["cell"])


@pytest.mark.calibration
@pytest.mark.parametrize(("name", "answer"), params("wrong"))
def test_wrong_answers_differ_from_the_solution(name: str, answer: dict[str, str]) -> None:
    if answer["odd"] == "uses nbinom":
        # The task forbids the tool, and the values are right.
        assert agrees(name, answer["task"], answer["cell"])
        return
    differs = not agrees(name, answer["task"], answer["cell"])
    if not differs and answer["task"] in SIMULATIONS:
        differs = not agrees(name, answer["task"], answer["cell"], MANY)
    assert differs


def test_comparison_counts_sentences(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = [answer for answer in answers("pooling") if answer["verdict"] == "wrong"]
    right = next(answer for answer in answers("pooling") if answer["verdict"] == "right")
    hints = {key(answer): answer["mistake"] for answer in wrong[2:]}
    hints |= {key(wrong[0]): "That is not right.", key(right): "That is not right."}
    rows, lines = compare({"pooling": hints})
    count = rows["pooling"]
    assert (count["fitting"], count["silent"], count["misleading"], count["unfair"]) == (len(wrong) - 2, 1, 1, 1)
    assert rows["all"]["fitting"] == len(wrong) - 2
    assert len(lines) == 2

    file = tmp_path / "hints.json"
    file.write_text(json.dumps({"pooling": hints}), encoding="utf-8")
    main(str(file))
    assert wrong[0]["mistake"] in capsys.readouterr().out
    with pytest.raises(ValueError, match=r"rates \| nobody"):
        compare({"pooling": {"rates | nobody": ""}})

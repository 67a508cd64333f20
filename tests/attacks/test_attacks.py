"""No attack gains, harms, sees or leaves anything."""

import importlib
import re

import pytest

from . import classroom, corpus
from .classroom import Outcome
from .corpus import Attack

ATTACKS = corpus.attacks()
#: Some of each group; `make attack` grades all.
TRIED = [attack for attack in ATTACKS if attack.limits == corpus.LIMITS][::12]


@pytest.fixture(scope="session")
def outcomes(request: pytest.FixtureRequest) -> dict[str, Outcome]:
    """What came of all attacks that this run asks for."""
    parameters = [item.callspec.params for item in request.session.items if hasattr(item, "callspec")]
    asked = [given["attack"] for given in parameters if isinstance(given.get("attack"), Attack)]
    return {outcome.attack.name: outcome for outcome in classroom.grade(asked)}


@pytest.mark.parametrize("attack", TRIED, ids=lambda attack: attack.name)
def test_it_holds(attack: Attack, outcomes: dict[str, Outcome]) -> None:
    assert outcomes[attack.name].faults == []


def test_there_are_enough_and_each_says_what_it_tries() -> None:
    assert len(ATTACKS) >= 60
    for attack in ATTACKS:
        assert attack.tries.endswith("."), attack.name
        assert attack.base in ("blank", "solution"), attack.name
        assert attack.points < corpus.FULL or attack.base == "solution", attack.name


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_what_it_takes_of_the_grader_is_there(attack: Attack) -> None:
    for source in attack.answers.values():
        for module, names in re.findall(r"^ *from (hbcourse[\w.]*) import ([\w, ]+)", source, re.MULTILINE):
            found = importlib.import_module(module)
            for name in names.split(", "):
                assert hasattr(found, name) or importlib.import_module(f"{module}.{name}")

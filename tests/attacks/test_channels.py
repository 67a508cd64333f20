"""What would carry a signal without walls, and that the pair of attackers did meet."""

import json
import re
import subprocess
import sys

import pytest

from . import channels, classroom, corpus


@pytest.fixture(scope="module")
def without_walls(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, object], dict[str, object]]:
    """What came of signaling and of listening in two processes that no wall separates."""
    shared = tmp_path_factory.mktemp("shared") / "file"
    shared.write_text("some text\n")
    command = [sys.executable, channels.__file__]
    with subprocess.Popen([*command, "signal", str(shared), "8"], stdout=subprocess.PIPE, text=True) as signals:
        heard = subprocess.run([*command, "listen", str(shared), "5"], capture_output=True, text=True, check=True)
        told, _ = signals.communicate()
    return json.loads(told)["told"], json.loads(heard.stdout)["told"]


@pytest.mark.parametrize("channel", channels.CHANNELS)
def test_without_walls_it_carries(channel: str, without_walls: tuple[dict[str, object], dict[str, object]]) -> None:
    sent, heard = without_walls
    for end in (sent, heard):
        if isinstance(end[channel], str):
            # By its kernel or its settings: nothing that could be installed.
            pytest.skip(f"this machine does not have it: {end[channel]}")
    assert heard[channel] is True


def test_behind_the_walls_the_two_meet_and_none_carries() -> None:
    pair = [attack for attack in corpus.attacks() if attack.name.startswith("pairs-")]
    said = {}
    for outcome in classroom.grade(pair):
        assert outcome.faults == []
        told = json.loads(json.loads(f'"{_last_line(outcome.seen.outputs)}"'))
        said[told["role"]] = told
    signal, listen = said["signal"], said["listen"]
    assert min(signal["to"], listen["to"]) - max(signal["from"], listen["from"]) > 3
    heard = {channel for channel, told in listen["told"].items() if told is True}
    assert heard <= channels.OPEN


def _last_line(outputs: str) -> str:
    found = re.findall(r"PAIR (\{.*?\}\})", outputs)
    assert found
    return found[-1]

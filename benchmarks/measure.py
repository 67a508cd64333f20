"""Timing of calls side by side: in turns, so that what slows the machine slows them all."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Call = Callable[[], object]

#: Calls are repeated within a round until they take this long, in seconds.
_ROUND = 0.02


@dataclass(frozen=True)
class Times:
    """Seconds a call in each round."""

    seconds: np.ndarray

    def __str__(self) -> str:
        low, middle, high = np.quantile(self.seconds, [0.1, 0.5, 0.9])
        return f"{duration(middle)} ({duration(low)} to {duration(high)})"

    @property
    def median(self) -> float:
        return float(np.median(self.seconds))


def duration(seconds: float) -> str:
    """Three digits and a unit."""
    for scale, unit in ((1, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if seconds >= scale or unit == "µs":
            return f"{seconds / scale:.3g} {unit}"
    raise AssertionError


def in_turns(calls: list[Call], rounds: int) -> list[Times]:
    """Time each call in every round, after one call of each that is not counted."""
    repeats = [_repeats(call) for call in calls]
    seconds = np.empty((len(calls), rounds))
    for turn in range(rounds):
        for number, (call, repeat) in enumerate(zip(calls, repeats, strict=True)):
            start = time.perf_counter()
            for _ in range(repeat):
                call()
            seconds[number, turn] = (time.perf_counter() - start) / repeat
    return [Times(row) for row in seconds]


def _repeats(call: Call) -> int:
    call()
    start = time.perf_counter()
    call()
    return max(1, int(_ROUND / (time.perf_counter() - start)))


def slope(sizes: list[int], calls: list[Call], rounds: int) -> tuple[float, list[Times]]:
    """Slope of the line through log cost against log size, and the times."""
    times = in_turns(calls, rounds)
    return float(np.polyfit(np.log(sizes), np.log([t.median for t in times]), 1)[0]), times

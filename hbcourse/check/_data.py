"""Arguments and answers as JSON, so that a notebook can carry them."""

import json
from typing import Any

import numpy as np


def dumped(data: object) -> str:
    """The data as JSON on one line, with arrays as ``{"array": [...]}`` and NumPy's numbers as plain ones."""
    return json.dumps(data, default=_plain, ensure_ascii=False)


def loaded(text: str) -> Any:
    """What :func:`dumped` wrote; tuples have become lists."""
    return json.loads(text, object_hook=_array)


def _plain(value: object) -> object:
    if isinstance(value, np.ndarray):
        return {"array": value.tolist()}
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"an argument must be numbers, text or arrays of numbers; got a {type(value).__name__}")


def _array(found: dict[str, Any]) -> Any:
    return np.array(found["array"]) if found.keys() == {"array"} else found

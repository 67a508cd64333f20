"""Is a notebook of the format of 2013."""

import json
from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "This is not the notebook of target"


def file(path: Path) -> None:
    cell = {"cell_type": "code", "language": "python", "input": "number = 10.0", "outputs": [], "metadata": {}}
    path.write_text(json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [cell]}]}))
